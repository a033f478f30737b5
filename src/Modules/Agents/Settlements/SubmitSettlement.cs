using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

public sealed record SettlementSubmitted(Guid Id, string No);

/// <summary>An agent, or staff on its behalf (C-03), hands an application over; the process takes it from there (R-SET-1).</summary>
internal sealed class SubmitSettlement(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.SubmitSettlement", AgentsRights.Apply);
    public const string DefinitionId = "settlement";

    public Task<Result<SettlementSubmitted>> HandleAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        runtime.ExecuteAsync<SettlementSubmitted>(Operation, actor, operationId, new { id }, async cmd =>
        {
            var db = cmd.Db;
            var application = await db.Visible<SettlementApplication>(actor).Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == id, ct);
            if (application is null) return new NotFound();
            if (application.State != SettlementState.Draft) return new AlreadySubmitted(application.No!);

            // Fees are frozen as they stand now; a total that moved since the draft was saved goes back to the person first.
            var rules = await SettlementRules.InForceAsync(db, cmd.Now, ct);
            var (shown, remarks) = (application.TotalFee, application.Remarks);
            var lines = await SaveDraft.LinesAsync(cmd, time.DateOf(cmd.Now), application.AgentId, id, application.PeriodFrom, application.PeriodTo,
                application.Lines.ConvertAll(l => l.SalesRecordId), rules.OnlyFullyPaid, ct);
            if (lines.Failed) return lines.Problem!;
            if (lines.Value.Sum(l => l.Fee) != shown) return new FeesChanged(shown, lines.Value.Sum(l => l.Fee));
            if (application.Edit(application.PeriodFrom, application.PeriodTo, remarks, lines.Value, cmd.Now) is { Problem: { } stale }) return stale;

            var submitted = await application.SubmitAsync(rules, actor, cmd.Now,
                () => cmd.NextNumberAsync(SettlementSettings.Applications, SettlementSettings.NumberPattern, time.DateOf(cmd.Now).Year, ct));
            if (submitted.Problem is { } refusal) return refusal;

            var agent = await db.All<Party>().AsNoTracking().SingleAsync(p => p.Id == application.AgentId, ct);
            var started = await cmd.StartAsync(DefinitionId, new()
            {
                ["SettlementId"] = application.Id,
                ["No"] = application.No,
                ["AgentId"] = application.AgentId,
                ["AgentName"] = agent.Name,
                ["OnBehalfBy"] = application.OnBehalfBy is { } staff ? Value.From(staff) : Value.Null,
                ["PeriodFrom"] = Days.Iso(application.PeriodFrom),
                ["PeriodTo"] = Days.Iso(application.PeriodTo),
                ["TotalFee"] = application.TotalFee,
                ["Rules"] = rules.ToValue(),
            }, application.Id.ToString(), $"{application.No} {agent.Name}", ct);
            if (started.Failed) return started.Problem!;
            application.InstanceId = started.Value;
            cmd.Audit(SettlementScope.Subject, id, null, new { application.No, application.TotalFee, Lines = application.Lines.Count },
                application.OnBehalfBy is null ? null : application.AgentId);
            return new SettlementSubmitted(id, application.No!);
        }, ct); // decision, number, held lines, first task: one transaction; the delegate may run twice
}

/// <summary>Takes an application back before commerce decided. Its number stays used, its lines are free again.</summary>
internal sealed class WithdrawSettlement(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.WithdrawSettlement", AgentsRights.Apply);

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id }, async cmd =>
        {
            var application = await cmd.Db.Visible<SettlementApplication>(actor).Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == id, ct);
            if (application is null) return new NotFound();
            if (application.Withdraw(cmd.Now, time).Problem is { } refusal) return refusal;
            cmd.Audit(SettlementScope.Subject, id, new { State = SettlementState.InProgress }, new { application.State },
                actor.Kind == ActorKind.Staff ? application.AgentId : null);
            return await cmd.CancelAsync(application.InstanceId!.Value, ct);
        }, ct);
}

/// <summary>Ends an application that cannot go on, whatever step it is at, before finance decided. The lines are free again.</summary>
internal sealed class CancelSettlement(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Agents.CancelSettlement", Access.Staff(AgentsRights.Cancel));

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, string? reason, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id, reason }, async cmd =>
        {
            var application = await cmd.Db.Visible<SettlementApplication>(actor).Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == id, ct);
            if (application is null || application.State == SettlementState.Draft) return new NotFound();
            if (string.IsNullOrWhiteSpace(reason)) return new CancelReasonMissing();
            if (application.Cancel(reason.Trim(), cmd.Now).Problem is { } refusal) return refusal;
            cmd.Audit(SettlementScope.Subject, id, new { State = SettlementState.InProgress }, new { application.State, reason });
            return await cmd.CancelAsync(application.InstanceId!.Value, ct);
        }, ct);
}

/// <summary>An administrator ends the process of an application: that cancels it.</summary>
internal sealed class SettlementProcess : IProcessOwner
{
    public async Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct)
    {
        var application = await cmd.Db.All<SettlementApplication>().Include(a => a.Lines)
            .SingleOrDefaultAsync(a => a.InstanceId == ended.InstanceId, ct);
        // started by hand, about no application; or its application is over
        if (application is not { State: SettlementState.InProgress }) return Result.Ok;
        if (application.Cancel(ended.Reason, cmd.Now).Problem is { } refusal) return refusal;
        cmd.Audit(SettlementScope.Subject, application.Id, new { State = SettlementState.InProgress }, new { application.State, ended.Reason });
        return Result.Ok;
    }
}

internal sealed record FeesChanged : Problem
{
    public FeesChanged(decimal shown, decimal now) : base("agents.problem.fees-changed", Yuan.Text(shown), Yuan.Text(now)) =>
        Kind = ProblemKind.Conflict;
}
internal sealed record CancelReasonMissing : Problem
{
    public CancelReasonMissing() : base("agents.problem.cancel-reason") => Field = "reason";
}

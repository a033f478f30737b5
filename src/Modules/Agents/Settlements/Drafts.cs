using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>What the wizard holds.</summary>
/// <param name="Agent">Named by staff; an agent's own application needs none.</param>
/// <param name="Sales">Sales records chosen.</param>
public sealed record DraftContent(Guid? Agent, DateOnly From, DateOnly To, IReadOnlyList<Guid> Sales, string? Remarks);

public sealed record DraftSaved(Guid Id, int Revision, decimal TotalFee);

/// <summary>Saves the wizard's state; a draft has no number and holds no line.</summary>
internal sealed class SaveDraft(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.SaveDraft", AgentsRights.Apply);

    /// <param name="id">Null for a new one.</param>
    public Task<Result<DraftSaved>> HandleAsync(Actor actor, Guid operationId, Guid? id, int? expectedRevision, DraftContent content,
        CancellationToken ct) =>
        runtime.ExecuteAsync<DraftSaved>(Operation, actor, operationId, new { id, expectedRevision, content }, async cmd =>
        {
            var db = cmd.Db;
            if (FreeLines.Check(content.From, content.To) is { } problem) return problem;
            SettlementApplication? draft;
            if (id is { } known)
            {
                draft = await db.Visible<SettlementApplication>(actor).Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == known, ct);
                if (draft is null) return new NotFound();
                if (expectedRevision is { } seen && seen != draft.Revision) return new DraftChanged();
            }
            else
            {
                if (await FreeLines.AgentForAsync(db, actor, content.Agent, ct) is not { } agent)
                    return actor.Kind == ActorKind.Agent ? new NotFound() : new AgentMissing();
                draft = new SettlementApplication { Id = cmd.NewId(), AgentId = agent, CreatedBy = actor.UserId, CreatedAt = cmd.Now };
                db.Add(draft);
            }

            var lines = await LinesAsync(cmd, time.DateOf(cmd.Now), draft.AgentId, draft.Id, content.From, content.To, content.Sales,
                await db.SettingAsync(SettlementSettings.OnlyFullyPaid, cmd.Now, ct), ct);
            if (lines.Failed) return lines.Problem!;
            if (id is not null && draft.Is(content.From, content.To, content.Remarks, lines.Value))
                return new DraftSaved(draft.Id, draft.Revision, draft.TotalFee);
            if (draft.Edit(content.From, content.To, content.Remarks, lines.Value, cmd.Now) is { Problem: { } refusal }) return refusal;
            cmd.Audit(SettlementScope.Subject, draft.Id, null, new { content.From, content.To, Lines = draft.Lines.Count, draft.TotalFee },
                actor.Kind == ActorKind.Staff ? draft.AgentId : null);
            return new DraftSaved(draft.Id, draft.Revision, draft.TotalFee);
        }, ct);

    /// <summary>The chosen sales as lines with today's fees; refuses one that is not the agent's, not free or not in the period.</summary>
    public static async Task<Result<List<SettlementLine>>> LinesAsync(Command cmd, DateOnly today, Guid agentId, Guid applicationId, DateOnly from, DateOnly to, IReadOnlyCollection<Guid> chosen, bool onlyFullyPaid, CancellationToken ct)
    {
        var sales = await FreeLines.OfAsync(cmd.Db, agentId, from, to, onlyFullyPaid, today, ct);
        if (sales.Count > FreeLines.Limit) return new PeriodTooFull(FreeLines.Limit);
        var wanted = chosen.ToHashSet();
        var lines = new List<SettlementLine>(wanted.Count);
        foreach (var sale in sales.Where(s => wanted.Remove(s.SalesRecordId)))
        {
            switch (sale.Hindrance)
            {
                case LineHindrance.InApplication: return new LineTaken(sale.SaleOrderNo, sale.ProductName, sale.HeldBy!);
                case LineHindrance.NotFullyPaid: return new LineNotPaid(sale.SaleOrderNo, sale.ProductName);
                case LineHindrance.NoRate: return new LineWithoutRate(sale.SaleOrderNo, sale.ProductName);
            }
            lines.Add(new SettlementLine
            {
                Id = cmd.NewId(), ApplicationId = applicationId, Position = lines.Count + 1, SalesRecordId = sale.SalesRecordId,
                SaleOrderNo = sale.SaleOrderNo, SaleDate = sale.SaleDate,
                CustomerName = sale.CustomerName, ProductId = sale.ProductId, ProductName = sale.ProductName, Quantity = sale.Quantity,
                AmountReceivable = sale.AmountReceivable,
                Rate = sale.Rate!.Value, Fee = sale.Fee!.Value,
            });
        }
        return wanted.Count > 0 ? new LineUnknown(wanted.Count) : lines;
    }
}

internal sealed class DeleteDraft(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Agents.DeleteDraft", AgentsRights.Apply);

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id }, async cmd =>
        {
            var draft = await cmd.Db.Visible<SettlementApplication>(actor).Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == id, ct);
            if (draft is null) return new NotFound();
            if (draft.State != SettlementState.Draft) return new NotADraft(draft.No!);
            cmd.Db.Remove(draft);
            await cmd.RemoveAttachmentsAsync(SettlementScope.Subject, id, ct);
            cmd.Audit(SettlementScope.Subject, id, new { draft.PeriodFrom, draft.PeriodTo, draft.TotalFee }, null);
            return Result.Ok;
        }, ct);
}

internal sealed record DraftChanged : Problem
{
    public DraftChanged() : base("agents.problem.draft-changed") => Kind = ProblemKind.Conflict;
}
internal sealed record LineTaken : Problem
{
    public LineTaken(string order, string product, string no) : base("agents.problem.line-taken", order, product, no) =>
        (Field, Kind) = ("lines", ProblemKind.Conflict);
}
internal sealed record LineNotPaid : Problem
{
    public LineNotPaid(string order, string product) : base("agents.problem.line-not-paid", order, product) => Field = "lines";
}
internal sealed record LineWithoutRate : Problem
{
    public LineWithoutRate(string order, string product) : base("agents.problem.line-without-rate", order, product) => Field = "lines";
}
internal sealed record LineUnknown : Problem
{
    public LineUnknown(int count) : base("agents.problem.line-unknown", count) => Field = "lines";
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>What administrators see of running and finished instances, and what they can do about one that stands still.</summary>
public sealed class InstanceAdministration
{
    private const string Right = DefinitionAdministration.Right;
    private const int MaxJournal = 2000, MaxMails = 200, CountCap = 100, MaxVariable = 1024 * 1024;

    public static readonly Operation List = new("Workflows.ListInstances", Access.Staff(Right));
    public static readonly Operation Get = new("Workflows.GetInstance", Access.Staff(Right));
    public static readonly Operation Retry = new("Workflows.RetryStep", Access.Staff(Right));
    public static readonly Operation Skip = new("Workflows.SkipStep", Access.Staff(Right));
    public static readonly Operation RunAgain = new("Workflows.RunStepAgain", Access.Staff(Right));
    public static readonly Operation SetVariable = new("Workflows.SetVariable", Access.Staff(Right));
    public static readonly Operation Suspend = new("Workflows.SuspendInstance", Access.Staff(Right));
    public static readonly Operation Resume = new("Workflows.ResumeInstance", Access.Staff(Right));
    public static readonly Operation CompleteTask = new("Workflows.CompleteRunTask", Access.Staff(Right));
    public static readonly Operation Cancel = new("Workflows.CancelInstance", Access.Staff(Right));

    /// <summary>Told to whoever watches when any instance changes.</summary>
    public const string Changed = "x:instances";
    /// <summary>Told when this instance changes.</summary>
    public static string ChangedOf(Guid id) => $"x:instance:{id:N}";

    private readonly WorkflowRuntime _runtime;
    private readonly WorkflowDefinitions _definitions;

    internal InstanceAdministration(WorkflowRuntime runtime, WorkflowDefinitions definitions) => (_runtime, _definitions) = (runtime, definitions);

    /// <summary>Newest first, a page at a time.</summary>
    /// <param name="after">The cursor of the page before; null for the first.</param>
    public Task<Result<InstancePage>> ListAsync(Actor actor, InstanceFilter filter, InstanceCursor? after, int take, CancellationToken ct) =>
        _runtime.ReadAsync<InstancePage>(List, actor, async db =>
        {
            var instances = db.Set<WorkflowInstanceRow>().AsQueryable();
            if (filter.DefinitionId is { } definition) instances = instances.Where(i => i.DefinitionId == definition);
            if (filter.SubStatus?.ToString() is { } status) instances = instances.Where(i => i.SubStatus == status);
            if (filter.CorrelationId is { } correlation) instances = instances.Where(i => i.CorrelationId == correlation);
            if (filter.OnlyIncidents) instances = instances.Where(i => i.IncidentCount > 0);
            var count = await instances.Take(CountCap).CountAsync(ct);
            if (after is not null)
                instances = instances.Where(i => i.CreatedAt < after.CreatedAt || (i.CreatedAt == after.CreatedAt && i.Id.CompareTo(after.Id) < 0));
            var rows = await instances.OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id).Take(take + 1)
                .Select(i => new InstanceSummary(i.Id, i.DefinitionId, i.DefinitionVersion, i.Name, i.CorrelationId,
                    Enum.Parse<WorkflowSubStatus>(i.SubStatus), i.IncidentCount, i.CreatedAt, i.UpdatedAt, i.FinishedAt)).ToListAsync(ct);
            var page = rows.Take(take).ToList();
            return new InstancePage(page, rows.Count > take ? new InstanceCursor(page[^1].CreatedAt, page[^1].Id) : null, count);
        }, ct);

    /// <summary>Everything about one instance.</summary>
    public Task<Result<InstanceDetail>> GetAsync(Actor actor, Guid id, CancellationToken ct) =>
        _runtime.ReadAsync<InstanceDetail>(Get, actor, async db =>
        {
            var row = await db.Set<WorkflowInstanceRow>().SingleOrDefaultAsync(i => i.Id == id, ct);
            if (row is null) return new NotFound();
            var json = await db.Set<WorkflowDefinitionRow>().Where(d => d.Id == row.VersionId).Select(d => d.Json).SingleAsync(ct);
            var workflow = await _definitions.CompileAsync(db, WorkflowDefinition.Parse(json), row.VersionId, ct);
            var journal = await db.Set<JournalRow>().Where(j => j.InstanceId == id).OrderByDescending(j => j.Seq).Take(MaxJournal).ToListAsync(ct);
            var bookmarks = await db.Set<BookmarkRow>().Where(b => b.InstanceId == id).OrderBy(b => b.CreatedAt).ToListAsync(ct);
            var incidents = await db.Set<IncidentRow>().Where(i => i.InstanceId == id).OrderBy(i => i.CreatedAt).ToListAsync(ct);
            var mails = await db.Set<OutboxRow>().Where(o => o.InstanceId == id).OrderByDescending(o => o.CreatedAt).ThenBy(o => o.IdempotencyKey)
                .Take(MaxMails).ToListAsync(ct);
            var state = StateJson.Read(row.State, workflow);
            return new InstanceDetail(
                new InstanceSummary(row.Id, row.DefinitionId, row.DefinitionVersion, row.Name, row.CorrelationId,
                    Enum.Parse<WorkflowSubStatus>(row.SubStatus), row.IncidentCount, row.CreatedAt, row.UpdatedAt, row.FinishedAt),
                json,
                [.. OpenVariables.Of(state, workflow)
                    .Select(v => new InstanceVariable(v.Scope, v.Name, v.Value) { Container = v.Container, Id = v.Id })],
                [.. state.Input.Select(i => new InstanceVariable("", i.Key, i.Value))],
                [.. state.Output.Select(o => new InstanceVariable("", o.Key, o.Value))],
                [.. journal.OrderBy(j => j.Seq).SelectMany(j => j.Entries())
                    .Select(j =>
                    new InstanceJournalEntry(j.ActivityInstanceId, j.NodeId, j.ActivityId, workflow.FindNode(j.NodeId)?.DisplayText ?? j.ActivityId,
                    j.ActivityType, j.Event, j.At, j.Round, j.Outcomes ?? [], j.Data is null ? Value.Undefined : Value.From(j.Data)))],
                [.. bookmarks.Select(b => new InstanceBookmark(b.Id, b.ActivityId, b.NodeId, b.Name, b.BookmarkKey, b.DueAt, b.CreatedAt))],
                [.. incidents.Select(i =>
                    new InstanceIncident(i.Id, i.ActivityInstanceId, i.NodeId, i.ActivityType, i.Message, i.Detail, i.CreatedAt, i.ResolvedAt,
                    IsRetryable: i.ResolvedAt is null && state.Activities.Any(a =>
                        a.Id == i.ActivityInstanceId && a.Status == ActivityStatus.Faulted)) { Outcomes = OutcomesOf(workflow, i.NodeId) })])
            {
                RunAgainSteps = state.Status == WorkflowStatus.Finished && state.SubStatus != WorkflowSubStatus.Faulted ? []
                    : [.. workflow.Activities.Where(a => IsFlowchartStep(workflow, a) && journal.Any(j => j.NodeId == a.NodeId))
                    .Select(a => new InstanceStep(a.Id, a.DisplayText))],

                StartedBy = row.StartedByName,
                Mails = [.. mails.Select(m => (Row: m, Mail: System.Text.Json.JsonSerializer.Deserialize<Mail>(m.Payload, CrmJson.Options)!))
                    .Select(m =>
                    new InstanceMail(m.Mail.To, m.Mail.Subject, m.Row.CreatedAt, m.Row.SentAt, m.Row.NextAt, m.Row.Attempts, m.Row.Error))],
            };
        }, ct);

    /// <summary>Runs a failed step again.</summary>
    public Task<Result> RetryAsync(Actor actor, Guid operationId, Guid id, Guid activityInstanceId, CancellationToken ct) =>
        _runtime.ExecuteAsync(Retry, actor, operationId, new { id, activityInstanceId }, cmd =>
        {
            cmd.Audit("WorkflowInstance", id, null, new { Retried = activityInstanceId });
            return cmd.RetryAsync(id, activityInstanceId, ct);
        }, ct);

    /// <summary>Takes a failed step as done, by hand, with one of its outcomes; null for the ordinary one.</summary>
    public Task<Result> SkipAsync(Actor actor, Guid operationId, Guid id, Guid activityInstanceId, string? outcome, string? reason,
        CancellationToken ct) =>
        _runtime.ExecuteAsync(Skip, actor, operationId, new { id, activityInstanceId, outcome, reason }, cmd =>
        {
            cmd.Audit("WorkflowInstance", id, null, new { Skipped = activityInstanceId, outcome, reason });
            return cmd.Instances.SkipAsync(id, activityInstanceId, outcome, ct);
        }, ct);

    /// <summary>Goes back to a visited step: what came after it is taken back, and the flow runs on from there.</summary>
    public Task<Result> RunAgainAsync(Actor actor, Guid operationId, Guid id, string activityId, string? reason, CancellationToken ct) =>
        _runtime.ExecuteAsync(RunAgain, actor, operationId, new { id, activityId, reason }, cmd =>
        {
            cmd.Audit("WorkflowInstance", id, null, new { RanAgain = activityId, reason });
            return cmd.Instances.RunAgainAsync(id, activityId, ct);
        }, ct);

    /// <summary>Gives a variable another value.</summary>
    /// <param name="shown">JSON of the value as the administrator saw it; another one now is <see cref="VariableChanged"/>.</param>
    /// <param name="json">The new value as JSON, or plain text for a variable that holds a text.</param>
    public Task<Result> SetVariableAsync(Actor actor, Guid operationId, Guid id, InstanceVariable variable, string json, CancellationToken ct)
    {
        var shown = variable.Value.ToJson();
        return _runtime.ExecuteAsync(SetVariable, actor, operationId, new { id, variable.Container, variable.Id, shown, json }, async cmd =>
        {
            if (json.Length > MaxVariable) return new VariableTooLong(variable.Name, MaxVariable);
            if (Read(variable, json) is not { } value) return new VariableNoJson(variable.Name);
            cmd.Audit("WorkflowInstance", id, new { Variable = variable.Name, Value = shown },
                new { Variable = variable.Name, Value = value.ToJson() });
            return await cmd.Instances.SetVariableAsync(id, variable.Container, variable.Id, shown, value, ct);
        }, ct);
    }

    /// <summary>
    /// Says that a task an <c>Elsa.RunTask</c> waits for is done (elsa-format §7), by its id. Not found when nobody waits for it, or no longer.
    /// </summary>
    public Task<Result> CompleteTaskAsync(Actor actor, Guid operationId, string taskId, Value result, CancellationToken ct) =>
        _runtime.ExecuteAsync(CompleteTask, actor, operationId, new { taskId, result = result.ToJson() }, async cmd =>
            await cmd.SendStimulusAsync("Elsa.RunTask", taskId, correlationId: null, result, ct) > 0 ? Result.Ok : new NotFound(), ct);

    /// <summary>Puts the instance on hold: nothing goes on until it is resumed. What the clock, events and other processes bring is kept.</summary>
    public Task<Result> SuspendAsync(Actor actor, Guid operationId, Guid id, string? reason, CancellationToken ct) =>
        _runtime.ExecuteAsync(Suspend, actor, operationId, new { id, reason }, cmd =>
        {
            cmd.Audit("WorkflowInstance", id, null, new { Suspended = reason });
            return cmd.Instances.SuspendAsync(id, ct);
        }, ct);

    /// <summary>Lets an instance on hold go on with what came in the meantime.</summary>
    public Task<Result> ResumeAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        _runtime.ExecuteAsync(Resume, actor, operationId, new { id }, cmd =>
        {
            cmd.Audit("WorkflowInstance", id, null, new { Resumed = true });
            return cmd.Instances.ContinueAsync(id, ct);
        }, ct);

    private static Value? Read(InstanceVariable variable, string json)
    {
        try
        {
            return Value.FromJson(json);
        }
        catch (System.Text.Json.JsonException)
        {
            return variable.Value.Kind == Engine.ValueKind.String && !json.StartsWith('"') ? Value.From(json) : default(Value?);
        }
    }

    /// <summary>Steps a return can go to are those of a flowchart.</summary>
    private static bool IsFlowchartStep(CompiledWorkflow workflow, CompiledActivity step) =>
        step.Parent > 0 && workflow.Activities[step.Parent].Type.Equals("Elsa.Flowchart", StringComparison.OrdinalIgnoreCase);

    /// <summary>The ports the flowchart around a step connects; none for a step that is not in one.</summary>
    private static IReadOnlyList<string> OutcomesOf(CompiledWorkflow workflow, string nodeId) =>
        workflow.FindNode(nodeId) is { } step && IsFlowchartStep(workflow, step)
            ? [.. (workflow.Activities[step.Parent].Json["connections"] as JsonArray ?? []).Select(c => c?["source"]).OfType<JsonObject>()
                .Where(s => (string?)s["activity"] == step.Id).Select(s => (string?)s["port"] ?? "").Where(p => p is not ("" or "Done")).Distinct()]
            : [];

    /// <summary>
    /// Ends the instance with everything it waits for, and what its module keeps about it (<see cref="IProcessOwner"/>). One that FaultStrategy
    /// stopped can be ended too, or repaired.
    /// </summary>
    public Task<Result> CancelAsync(Actor actor, Guid operationId, Guid id, string? reason, CancellationToken ct) =>
        _runtime.ExecuteAsync(Cancel, actor, operationId, new { id, reason }, async cmd =>
        {
            if (await cmd.Db.Set<WorkflowInstanceRow>().AsNoTracking().Where(i => i.Id == id).Select(i => new { i.DefinitionId, i.CorrelationId })
                .SingleOrDefaultAsync(ct) is not { } instance) return new NotFound();
            if (string.IsNullOrWhiteSpace(reason)) return new EndReasonMissing();
            if (cmd.Services.GetKeyedService<IProcessOwner>(instance.DefinitionId) is { } owner
                && (await owner.EndAsync(cmd, new EndedProcess(id, instance.CorrelationId, reason.Trim()), ct))
                .Problem is { } refusal) return refusal;
            cmd.Audit("WorkflowInstance", id, null, new { Cancelled = reason.Trim() });
            return await cmd.CancelAsync(id, ct);
        }, ct);
}

/// <summary>
/// What a module does about its own record when an administrator ends the process that carries it: in the same transaction, before the process is
/// cancelled.
/// A refusal keeps the process as it is. What FaultStrategy stopped keeps its record open: a retry goes on with it, and only ending it gives it up.
/// Registered with <c>services.AddProcessOwner&lt;T&gt;("settlement")</c>.
/// </summary>
public interface IProcessOwner
{
    Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct);
}

/// <param name="CorrelationId">Of the instance; where a saved record started it, that record's id.</param>
/// <param name="Reason">The administrator's words.</param>
public sealed record EndedProcess(Guid InstanceId, string? CorrelationId, string Reason);

internal sealed record EndReasonMissing : Problem
{
    public EndReasonMissing() : base("problem.end-reason-missing") => (Kind, Field) = (ProblemKind.Invalid, "reason");
}

/// <summary>What to list; everything null lists all.</summary>
public sealed record InstanceFilter(string? DefinitionId = null, WorkflowSubStatus? SubStatus = null, string? CorrelationId = null,
    bool OnlyIncidents = false);

public sealed record InstanceCursor(DateTimeOffset CreatedAt, Guid Id);

/// <param name="Count">Capped: 100 means "99+".</param>
public sealed record InstancePage(IReadOnlyList<InstanceSummary> Rows, InstanceCursor? Next, int Count);

public sealed record InstanceSummary(Guid Id, string DefinitionId, int DefinitionVersion, string? Name, string? CorrelationId,
    WorkflowSubStatus SubStatus, int IncidentCount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? FinishedAt);

/// <param name="DefinitionJson">The version it runs on, for the diagram.</param>
/// <param name="Journal">The latest rows, in order.</param>
public sealed record InstanceDetail(
    InstanceSummary Summary, string DefinitionJson,
        IReadOnlyList<InstanceVariable> Variables, IReadOnlyList<InstanceVariable> Inputs, IReadOnlyList<InstanceVariable> Outputs,
    IReadOnlyList<InstanceJournalEntry> Journal, IReadOnlyList<InstanceBookmark> Bookmarks, IReadOnlyList<InstanceIncident> Incidents)
{
    /// <summary>Steps that were visited, for an administrator who goes back to one.</summary>
    public IReadOnlyList<InstanceStep> RunAgainSteps { get; init; } = [];
    /// <summary>Name of whoever started it; null when nobody did.</summary>
    public string? StartedBy { get; init; }
    /// <summary>The latest mails about it, newest first.</summary>
    public IReadOnlyList<InstanceMail> Mails { get; init; } = [];
}

/// <param name="SentAt">Null: not yet, or given up.</param>
/// <param name="NextAt">When it is tried; null with an error: never again by itself.</param>
public sealed record InstanceMail(string To, string Subject, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, DateTimeOffset? NextAt, int Attempts,
    string? Error);

/// <param name="Scope">Id of the container that declares it; empty for the workflow.</param>
public sealed record InstanceVariable(string Scope, string Name, Value Value)
{
    /// <summary>The open container it lies in; empty for inputs and outputs, which stay as they are.</summary>
    public Guid Container { get; init; }
    public string Id { get; init; } = "";
}

/// <summary>A step that was visited and can be run again.</summary>
public sealed record InstanceStep(string ActivityId, string Text);

public sealed record InstanceJournalEntry(Guid ActivityInstanceId, string NodeId, string ActivityId, string DisplayText, string ActivityType,
    JournalEvent Event, DateTimeOffset At, int Round, IReadOnlyList<string> Outcomes, Value Data);

public sealed record InstanceBookmark(Guid Id, string ActivityId, string NodeId, string Name, string? Key, DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt);

public sealed record InstanceIncident(Guid Id, Guid ActivityInstanceId, string NodeId, string ActivityType, string Message, string? Detail,
    DateTimeOffset At, DateTimeOffset? ResolvedAt, bool IsRetryable)
{
    /// <summary>The ways out of the step besides the ordinary one, for an administrator who takes it as done.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = [];
}

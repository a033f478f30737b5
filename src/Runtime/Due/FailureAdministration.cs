using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// What the system gave up or cannot do by itself: open incidents, dead due rows, mails that did not leave. Administrators see it and send it to work
/// again.
/// </summary>
public sealed class FailureAdministration
{
    private const int Most = 200;

    public static readonly Operation List = new("Workflows.ListFailures", Access.Staff(DefinitionAdministration.Right));
    public static readonly Operation RetryDue = new("Workflows.RetryDue", Access.Staff(DefinitionAdministration.Right));
    public static readonly Operation RetryMail = new("Workflows.RetryMail", Access.Staff(DefinitionAdministration.Right));

    private readonly WorkflowRuntime _runtime;

    internal FailureAdministration(WorkflowRuntime runtime) => _runtime = runtime;

    /// <summary>The latest of each kind, at most 200.</summary>
    public Task<Result<OpenFailures>> ListAsync(Actor actor, CancellationToken ct) =>
        _runtime.ReadAsync<OpenFailures>(List, actor, async db => new OpenFailures(
        await db.Set<IncidentRow>().Where(i => i.ResolvedAt == null).OrderByDescending(i => i.CreatedAt).Take(Most)
            .Join(db.Set<WorkflowInstanceRow>(), i => i.InstanceId, w => w.Id, (i, w) =>
                new OpenIncident(i.Id, i.InstanceId, w.DefinitionId, w.Name, i.ActivityInstanceId, i.NodeId, i.Message, i.CreatedAt)).ToListAsync(ct),
        await db.Set<DueRow>().Where(d => d.NextAt == null).OrderByDescending(d => d.DueAt).Take(Most)
            .Select(d => new DeadDue(d.Kind, d.DueKey, d.InstanceId, d.DueAt, d.Attempts, d.Error)).ToListAsync(ct),
        await db.Set<OutboxRow>().Where(o => o.SentAt == null && o.Error != null).OrderByDescending(o => o.CreatedAt).Take(Most)
            .Select(o => new UnsentMail(o.IdempotencyKey, o.Payload, o.CreatedAt, o.Attempts, o.NextAt, o.Error!)).ToListAsync(ct)), ct);

    /// <summary>Lets the pump try a dead row again, from its first attempt.</summary>
    public Task<Result> RetryDueAsync(Actor actor, Guid operationId, string kind, string key, CancellationToken ct) =>
        _runtime.ExecuteAsync(RetryDue, actor, operationId, new { kind, key }, async cmd =>
        {
            if (!await cmd.Db.Set<DueRow>().AnyAsync(d => d.Kind == kind && d.DueKey == key && d.NextAt == null, ct)) return new NotFound();
            cmd.Writes.Add("UPDATE due SET next_at = @now, attempts = 0, error = NULL WHERE kind = @kind AND due_key = @key AND next_at IS NULL",
                [("now", cmd.Now), ("kind", kind), ("key", key)]);
            cmd.Wakes(cmd.Now);
            return Result.Ok;
        }, ct);

    /// <summary>Sends a mail that was given up, or that waits for its next attempt, now.</summary>
    public Task<Result> RetryMailAsync(Actor actor, Guid operationId, string key, CancellationToken ct) =>
        _runtime.ExecuteAsync(RetryMail, actor, operationId, key, async cmd =>
        {
            if (!await cmd.Db.Set<OutboxRow>().AnyAsync(o => o.IdempotencyKey == key && o.SentAt == null && o.Error != null, ct))
                return new NotFound();
            cmd.Writes.Add("UPDATE outbox SET next_at = @now, attempts = 0, error = NULL WHERE idempotency_key = @key AND sent_at IS NULL AND claim_id IS NULL", [("now", cmd.Now), ("key", key)]);
            cmd.HasMail = true;
            return Result.Ok;
        }, ct);
}

public sealed record OpenFailures(IReadOnlyList<OpenIncident> Incidents, IReadOnlyList<DeadDue> DeadRows, IReadOnlyList<UnsentMail> Mails);

public sealed record OpenIncident(Guid Id, Guid InstanceId, string DefinitionId, string? InstanceName, Guid ActivityInstanceId, string NodeId,
    string Message, DateTimeOffset At);

public sealed record DeadDue(string Kind, string Key, Guid? InstanceId, DateTimeOffset DueAt, int Attempts, string? Error);

/// <param name="Payload">The mail as JSON.</param>
/// <param name="NextAt">When it is tried again by itself; null: never.</param>
public sealed record UnsentMail(string Key, string Payload, DateTimeOffset CreatedAt, int Attempts, DateTimeOffset? NextAt, string Error);

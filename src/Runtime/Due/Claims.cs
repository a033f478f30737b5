using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>A row a pump holds: claimed and its attempt counted in a commit of its own, before anything risky is done with it.</summary>
internal sealed record ClaimedItem(string Kind, string Key, Guid? InstanceId, DateTimeOffset DueAt, string? Payload, int Attempts, Guid Claim);

/// <summary>
/// The two tables that wait for somebody to act, <c>due</c> and <c>outbox</c>, and how hosts share them. A claim is a lease: who comes back after it
/// ended finds that the row is no longer its own.
/// </summary>
internal sealed class Claims(RuntimeDatabase database, TimeProvider clock)
{
    /// <summary>After this a row of a host that died is taken by another.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string DueColumns = "kind, due_key, instance_id, due_at, payload, attempts";
    private const string OutboxColumns = "kind, idempotency_key, created_at, payload, attempts";

    private readonly DateTimeOffset _started = clock.GetUtcNow();

    /// <summary>
    /// A host that dies again and again for reasons of its own meets some row so often that it looks like the cause. So the attempt that condemns a
    /// row is left to a host that has lived for a lease.
    /// </summary>
    private bool MayCondemn => (clock.GetUtcNow() - _started).Duration() >= Lease; // also when the clock was set back
    private const int Suspect = DuePump.MaxAttempts - 1;

    /// <summary>
    /// Rows whose time has come. Calls that were tried before are not among those tried before: <see cref="CallsTriedBeforeAsync"/>.
    /// </summary>
    public Task<List<ClaimedItem>> DueAsync(bool triedBefore, int limit, CancellationToken ct) =>
        DueAsync(triedBefore, limit, triedBefore ? $"kind <> '{CommandInstances.HttpCallKind}'" : "1 = 1", ct);

    /// <summary>The next row that calls an HTTP server and was tried before, if there is one.</summary>
    public Task<List<ClaimedItem>> CallsTriedBeforeAsync(CancellationToken ct) =>
        DueAsync(triedBefore: true, limit: 1, $"kind = '{CommandInstances.HttpCallKind}'", ct);

    private async Task<List<ClaimedItem>> DueAsync(bool triedBefore, int limit, string which, CancellationToken ct)
    {
        if (triedBefore && !MayCondemn) which += $" AND attempts < {Suspect}";
        var rows = await ClaimAsync(database.Dialect.Claim("due", "kind, due_key", DueColumns, triedBefore, which), limit,
            (r, claim) => new ClaimedItem(r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetGuid(2), database.Dialect.Instant(r, 3),
                r.IsDBNull(4) ? null : r.GetString(4), r.GetInt32(5), claim), ct);
        return [.. rows.OrderBy(r => r.DueAt)];
    }

    public async Task<List<ClaimedItem>> OutboxAsync(bool triedBefore, int limit, CancellationToken ct)
    {
        var rows = await ClaimAsync(database.Dialect.Claim("outbox", "idempotency_key", OutboxColumns, triedBefore, "1 = 1"), limit,
            (r, claim) => new ClaimedItem(r.GetString(0), r.GetString(1), null, database.Dialect.Instant(r, 2), r.GetString(3), r.GetInt32(4), claim),
                ct);
        return [.. rows.OrderBy(r => r.DueAt)];
    }

    private async Task<List<ClaimedItem>> ClaimAsync(string sql, int limit, Func<System.Data.Common.DbDataReader, Guid, ClaimedItem> map,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claim = Guid.CreateVersion7(now);
        var rows = await database.ClaimAsync(sql, [("now", now), ("lease", now + Lease), ("claim", claim), ("limit", limit)], r => map(r, claim), ct);
        if (rows.Count > 0) FaultInjection.Hit(FaultPoint.AfterClaim);
        return rows;
    }

    /// <summary>The attempt failed: when it is tried again, or never (null) with the reason kept for an administrator.</summary>
    public Task DueFailedAsync(ClaimedItem item, DateTimeOffset? next, string error, CancellationToken ct) =>
        database.WriteAsync(
            "UPDATE due SET next_at = @next, claim_id = NULL, error = @error WHERE kind = @kind AND due_key = @key AND claim_id = @claim",
            [("next", next), ("error", error), ("kind", item.Kind), ("key", item.Key), ("claim", item.Claim)], ct);

    /// <summary>The row was claimed and nothing done with it: the claim was no attempt, whoever holds the row now.</summary>
    public Task NotTriedAsync(ClaimedItem item, CancellationToken ct) =>
        database.WriteAsync("""
            UPDATE due SET attempts = attempts - 1, next_at = CASE WHEN claim_id = @claim THEN due_at ELSE next_at END, claim_id = CASE WHEN claim_id = @claim THEN NULL ELSE claim_id END
            WHERE kind = @kind AND due_key = @key AND attempts > 0
            """, [("kind", item.Kind), ("key", item.Key), ("claim", item.Claim)], ct);

    public Task OutboxFailedAsync(ClaimedItem item, DateTimeOffset? next, string error, CancellationToken ct) =>
        database.WriteAsync("UPDATE outbox SET next_at = @next, claim_id = NULL, error = @error WHERE idempotency_key = @key AND claim_id = @claim",
            [("next", next), ("error", error), ("key", item.Key), ("claim", item.Claim)], ct);

    public Task SentAsync(ClaimedItem item, CancellationToken ct) =>
        database.WriteAsync(
            "UPDATE outbox SET sent_at = @now, next_at = NULL, claim_id = NULL, error = NULL WHERE idempotency_key = @key AND claim_id = @claim",
            [("now", clock.GetUtcNow()), ("key", item.Key), ("claim", item.Claim)], ct);

    /// <summary>Only where this process is the only one (SQLite): the due rows its predecessor held are free at once.</summary>
    public Task ReleaseDueAsync(CancellationToken ct) =>
        ReleaseAsync("UPDATE due SET next_at = @now, claim_id = NULL WHERE claim_id IS NOT NULL AND next_at IS NOT NULL", ct);

    /// <summary>The same for mails.</summary>
    public Task ReleaseMailAsync(CancellationToken ct) =>
        ReleaseAsync("UPDATE outbox SET next_at = @now, claim_id = NULL WHERE claim_id IS NOT NULL AND next_at IS NOT NULL", ct);

    private Task ReleaseAsync(string sql, CancellationToken ct) =>
        database.Dialect.Provider == DatabaseProvider.Sqlite ? database.WriteAsync(sql, [("now", clock.GetUtcNow())], ct) : Task.CompletedTask;

    /// <summary>Puts back to work, from its first attempt, what only waited for the mail server's settings.</summary>
    public Task RequeueMailAsync(CancellationToken ct) =>
        database.WriteAsync("""
            UPDATE outbox SET next_at = @now, attempts = 0, error = NULL
            WHERE sent_at IS NULL AND next_at IS NULL AND (error = @none OR error = @former OR error LIKE 'mail.setting-%')
            """, [("now", clock.GetUtcNow()), ("none", MailProblem.NoServer), ("former", MailProblem.FormerNoServer)], ct);

    /// <summary>When the earliest due row comes due that this host may run by now.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        await using var db = database.ReadContext();
        var rows = MayCondemn ? db.Set<DueRow>() : db.Set<DueRow>().Where(d => d.Attempts < Suspect);
        return await rows.MinAsync(d => d.NextAt, ct);
    }

    /// <summary>When the earliest mail is to be tried.</summary>
    public async Task<DateTimeOffset?> NextMailAsync(CancellationToken ct)
    {
        await using var db = database.ReadContext();
        return await db.Set<OutboxRow>().MinAsync(o => o.NextAt, ct);
    }
}

namespace CrmFlow.Runtime;

/// <summary>Clears away what has served: operation ids after 30 days, sent outbox rows after 90. In small bites, once an hour.</summary>
internal sealed class Retention(RuntimeDatabase database, TimeProvider clock)
{
    public static readonly TimeSpan Operations = TimeSpan.FromDays(30), Sent = TimeSpan.FromDays(90);
    private const int Bite = 500;
    private DateTimeOffset _next;

    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now < _next) return;
        _next = now + TimeSpan.FromHours(1);
        await ClearAsync(database.Dialect.DeleteSome("operation", "id", "created_at < @before", "created_at", Bite), now - Operations, ct);
        await ClearAsync(database.Dialect.DeleteSome("outbox", "idempotency_key", "sent_at IS NOT NULL AND created_at < @before", "created_at", Bite), now - Sent, ct);
    }

    private async Task ClearAsync(string sql, DateTimeOffset before, CancellationToken ct)
    {
        while (await database.WriteAsync(sql, [("before", before)], ct) == Bite) { }
    }
}

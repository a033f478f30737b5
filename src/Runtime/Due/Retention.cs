using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// Clears away what has served: operation ids after 30 days, sent outbox rows after 90. In small bites, once an hour, each found by reading: no index over their age
/// is kept for it, which every command would have to write, and nobody waits while the table is looked through.
/// </summary>
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
        await ClearAsync<OperationRow, Guid>(db => db.Set<OperationRow>().Where(o => o.CreatedAt < now - Operations).Select(o => o.Id).Order(), (rows, ids) => rows.Where(o => ids.Contains(o.Id)), ct);
        await ClearAsync<OutboxRow, string>(db => db.Set<OutboxRow>().Where(o => o.SentAt != null && o.CreatedAt < now - Sent).Select(o => o.IdempotencyKey).Order(), (rows, keys) => rows.Where(o => keys.Contains(o.IdempotencyKey)), ct);
    }

    private async Task ClearAsync<TRow, TKey>(Func<CrmDbContext, IQueryable<TKey>> old, Func<IQueryable<TRow>, List<TKey>, IQueryable<TRow>> these, CancellationToken ct) where TRow : class
    {
        List<TKey> keys;
        do
        {
            await using (var reading = database.ReadContext()) keys = await old(reading).Take(Bite).ToListAsync(ct);
            if (keys.Count == 0) return;
            await database.Transactions.RunAsync(background: true, async transaction =>
            {
                await using var writing = database.CommandContext(transaction);
                return await these(writing.Set<TRow>(), keys).ExecuteDeleteAsync(ct) > 0;
            }, ct);
        }
        while (keys.Count == Bite);
    }
}

using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// Clears away what has served: operation ids after 30 days, sent outbox rows after 90, ended jobs after 30 and their files after a week. A job of
/// every night, in small bites, each found by reading: no index over their age is kept for it, which every command would have to write, and nobody
/// waits while the table is looked through.
/// </summary>
internal sealed class Retention(RuntimeDatabase database, JobFiles files, TimeProvider clock) : IJobHandler
{
    public const string Kind = "maintenance.retention";
    public static readonly TimeSpan Operations = TimeSpan.FromDays(30), Sent = TimeSpan.FromDays(90), Jobs = TimeSpan.FromDays(30);
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);
    private const int MostAtOnce = 500;

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        files.ClearBefore(now - JobAdministration.FilesKept - Grace);
        var count = job.Done;
        count = await ClearAsync<OperationRow, Guid>(job, count, db =>
            db.Set<OperationRow>().Where(o => o.CreatedAt < now - Operations).Select(o => o.Id).Order(), (rows, ids) =>
            rows.Where(o => ids.Contains(o.Id)), ct);
        count = await ClearAsync<OutboxRow, string>(job, count, db =>
            db.Set<OutboxRow>().Where(o => o.SentAt != null && o.CreatedAt < now - Sent).Select(o => o.IdempotencyKey).Order(), (rows, keys) =>
            rows.Where(o => keys.Contains(o.IdempotencyKey)), ct);
        count = await ClearAsync<JobRow, Guid>(job, count, db =>
            db.Set<JobRow>().Where(j => j.FinishedAt < now - Jobs).Select(j => j.Id).Order(), (rows, ids) => rows.Where(j => ids.Contains(j.Id)), ct);
        return new JobOutcome(Phrase.Of("job.result.retention", $"{count}"));
    }

    private async Task<int> ClearAsync<TRow, TKey>(JobContext job, int count, Func<CrmDbContext, IQueryable<TKey>> old, Func<IQueryable<TRow>, List<TKey>, IQueryable<TRow>> these, CancellationToken ct) where TRow : class
    {
        while (true)
        {
            List<TKey> keys;
            await using (var reading = database.ReadContext()) keys = await old(reading).Take(MostAtOnce).ToListAsync(ct);
            if (keys.Count == 0) return count;
            foreach (var bite in keys.Chunk(Math.Max(1, job.Room)))
            {
                count += bite.Length;
                await job.ChunkAsync(JobContext.Advance, async cmd =>
                {
                    await these(cmd.Db.Set<TRow>(), [.. bite]).ExecuteDeleteAsync(ct);
                    return new JobProgress(null, count, null);
                }, ct);
            }
        }
    }
}

using Cronos;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// The look every host takes at the rows, on every database: schedules that are due, queued jobs nobody took, jobs of a host that died. It begins and
/// hands over; it works on nothing itself.
/// </summary>
internal sealed class JobSweep(RuntimeDatabase database, WorkflowRuntime runtime, JobQueue queue, JobWorker worker,
    IEnumerable<JobSchedule> schedules, BusinessTime time, TimeProvider clock)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private const int Most = 100;

    public static readonly Operation Begin = new("Jobs.BeginScheduled", Access.SystemOnly);

    private readonly List<(JobSchedule Schedule, CronExpression Cron)> _schedules = [.. schedules.Select(s => (s, Parse(s)))];
    private bool _isReady;

    public async Task RunAsync(CancellationToken ct)
    {
        if (!_isReady)
        {
            await ReleaseAsync(ct);
            await WriteSchedulesAsync(ct);
            _isReady = true;
        }
        await BeginDueAsync(ct);
        await HandAsync(ct);
    }

    private static CronExpression Parse(JobSchedule schedule)
    {
        try
        {
            return CronExpression.Parse(schedule.Cron, CronFormat.IncludeSeconds);
        }
        catch (CronFormatException e)
        {
            throw new InvalidOperationException(
                $"The schedule '{schedule.Cron}' of {schedule.Kind} cannot be read: {e.Message} It has six fields: second minute hour day month weekday, such as 0 30 2 * * *.", e);
        }
    }

    /// <summary>Only where this process is the only one (SQLite): the jobs its predecessor held are free at once.</summary>
    private Task ReleaseAsync(CancellationToken ct) => database.Dialect.Provider != DatabaseProvider.Sqlite ? Task.CompletedTask
        : database.WriteAsync(
            "UPDATE job SET state = 'Queued', next_at = @now, lease_owner = NULL, lease_until = NULL, revision = revision + 1 WHERE state = 'Running' AND lease_owner <> @us",
            [("now", clock.GetUtcNow()), ("us", worker.Host)], ct);

    private async Task WriteSchedulesAsync(CancellationToken ct) => await runtime.RunAsync<bool>(Request(), async cmd =>
    {
        var known = await cmd.Db.Set<JobScheduleRow>().ToDictionaryAsync(s => s.Kind, ct);
        foreach (var (schedule, _) in _schedules)
        {
            // A new schedule has missed nothing yet.
            if (!known.TryGetValue(schedule.Kind, out var row))
                cmd.Db.Add(new JobScheduleRow { Kind = schedule.Kind, Cron = schedule.Cron, LastRun = cmd.Now, IsEnabled = true });
            else row.Cron = schedule.Cron;
        }
        return true;
    }, ct);

    private async Task BeginDueAsync(CancellationToken ct)
    {
        List<JobScheduleRow> rows;
        await using (var db = database.ReadContext()) rows = await db.Set<JobScheduleRow>().Where(s => s.IsEnabled).ToListAsync(ct);
        foreach (var (schedule, cron) in _schedules)
        {
            if (rows.Find(r => r.Kind == schedule.Kind) is not { } row || cron.GetNextOccurrence(row.LastRun, time.Zone) is not { } next
                || next > clock.GetUtcNow()) continue;
            try
            {
                await runtime.RunAsync<bool>(Request(), async cmd =>
                {
                    cmd.Writes.AddClaim("UPDATE job_schedule SET last_run = @now WHERE kind = @kind AND last_run = @last AND is_enabled = @yes",
                        [("now", cmd.Now), ("kind", row.Kind), ("last", row.LastRun), ("yes", true)]);
                    // The one before is still under way: it stands for this one.
                    if (!await cmd.Db.Set<JobRow>().AnyAsync(j =>
                        j.Kind == row.Kind && (j.State == JobState.Queued || j.State == JobState.Running), ct)) cmd.StartJob(row.Kind, null);
                    return true;
                }, ct);
            }
            catch (ClaimLostException)
            {
                // another host began it
            }
        }
    }

    private async Task HandAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = database.ReadContext();
        var free = await db.Set<JobRow>()
            .Where(j => (j.State == JobState.Queued && (j.NextAt == null || j.NextAt <= now)) || (j.State == JobState.Running && j.LeaseUntil < now))
            .OrderBy(j => j.CreatedAt).Take(Most).Select(j => new { j.Id, j.Kind, j.Fence }).ToListAsync(ct);
        foreach (var job in free) queue.Hand(job.Kind, job.Id, job.Fence);
    }

    private WorkflowRuntime.CommandRequest Request() =>
        new(Begin, Actor.System, Guid.CreateVersion7(clock.GetUtcNow()), Payload: null, IsBackground: true, KeepOperation: false);
}

/// <summary>Looks every ten seconds, whatever happens.</summary>
internal sealed class JobSweepService(JobSweep sweep, TimeProvider clock, ILogger<JobSweepService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await sweep.RunAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "The look at the jobs failed; it is taken again in {Pause}", JobSweep.Every);
            }
            try
            {
                await Task.Delay(JobSweep.Every, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

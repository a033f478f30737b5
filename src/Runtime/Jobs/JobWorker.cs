using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Works on one job at a time, under a lease it renews. Whoever takes a job counts its fence up, and everything is written under that number: a
/// worker that comes back after its lease ended writes nothing.
/// </summary>
internal sealed class JobWorker(RuntimeDatabase database, WorkflowRuntime runtime, IServiceScopeFactory scopes, JobFiles files, JobQueue queue,
    TimeProvider clock,
    RuntimeMetrics metrics, ILogger<JobWorker> log, JobActors actors)
{
    /// <summary>After this a job of a host that died is taken by another.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    /// <summary>So often a job is taken without coming forward before it is given up.</summary>
    public const int MaxAttempts = 5;

    public static readonly Operation Take = new("Jobs.Take", Access.SystemOnly);
    public static readonly Operation End = new("Jobs.End", Access.SystemOnly);

    /// <summary>This process, as leases name it.</summary>
    public Guid Host { get; } = Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>Works on the job to its end, if it is there to be taken.</summary>
    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        JobContext? job = null;
        try
        {
            job = await TakeAsync(id, ct);
        }
        catch (ClaimLostException)
        {
            // another worker was faster
        }
        queue.Forget(id);
        if (job is null) return;
        using var left = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var ended = new CancellationTokenSource();
        using var span = RuntimeMetrics.JobSpan(job.Kind, id);
        var began = clock.GetUtcNow();
        var beating = BeatAsync(job, left, ended.Token);
        try
        {
            var end = await WorkAsync(job, left.Token, ct);
            await ended.CancelAsync();
            await beating;
            if (end is null) return;
            await EndAsync(job, end);
            RuntimeMetrics.Describe(span, end.State.ToString());
            metrics.Job(job.Kind, end.State.ToString(), began - job.CreatedAt, clock.GetUtcNow() - began);
        }
        catch (ClaimLostException)
        {
            log.LogInformation("Job {Kind} {JobId} was taken over by another worker", job.Kind, id);
        }
        finally
        {
            await ended.CancelAsync();
            await beating;
        }
    }

    private async Task<JobContext?> TakeAsync(Guid id, CancellationToken ct)
    {
        JobRow? row;
        await using (var db = database.ReadContext()) row = await db.Set<JobRow>().SingleOrDefaultAsync(j => j.Id == id, ct);
        if (row is null || !CanTake(row, clock.GetUtcNow())) return null;
        var taken = await runtime.RunAsync<bool>(Request(Take), cmd =>
        {
            cmd.Writes.AddClaim("""
                UPDATE job SET state = 'Running', lease_owner = @owner, lease_until = @until, heartbeat_at = @now, next_at = NULL, fence = fence + 1, attempts = attempts + 1,
                    started_at = COALESCE(started_at, @now), revision = revision + 1
                WHERE id = @id AND fence = @fence AND state = @state AND (lease_until IS NULL OR lease_until < @now)
                """,
                [("owner", Host), ("until", cmd.Now + Lease), ("now", cmd.Now), ("id", id), ("fence", row.Fence), ("state", row.State.ToString())]);
            cmd.TellOfJob(row.StartedBy);
            return Task.FromResult<Result<bool>>(true);
        }, ct);
        if (taken.Failed) return null;
        row.Attempts++;
        FaultInjection.Hit(FaultPoint.AfterClaim);
        return new JobContext(runtime, clock, files, row, row.Fence + 1);
    }

    internal static bool CanTake(JobRow row, DateTimeOffset now) => row.State switch
    {
        JobState.Queued => row.NextAt is not { } at || at <= now,
        JobState.Running => row.LeaseUntil is { } until && until < now,
        _ => false,
    };

    /// <summary>How it ended; null: it was lost, and whoever has it ends it.</summary>
    private async Task<Ending?> WorkAsync(JobContext job, CancellationToken left, CancellationToken stopping)
    {
        try
        {
            if (job.Attempts > MaxAttempts) return new Ending(JobState.Failed) { Problem = new JobDies(MaxAttempts) };
            if (job.StartedBy is { } person)
            {
                if (await actors.FindAsync(person, left) is not var (actor, language))
                    return new Ending(JobState.Failed) { Problem = new JobStarterGone() };
                job.Actor = actor;
                CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language == "en" ? "en" : "zh-CN");
            }
            await using var scope = scopes.CreateAsyncScope();
            var handler = scope.ServiceProvider.GetKeyedService<IJobHandler>(job.Kind)
                ?? throw new InvalidOperationException(
                    $"No handler is registered for jobs of kind '{job.Kind}'. Add services.AddJob<…>(\"{job.Kind}\") in its module.");
            var outcome = await handler.RunAsync(job, left);
            return new Ending(outcome.IsPartial ? JobState.Partial : JobState.Done) { Outcome = outcome };
        }
        catch (JobLeftException e)
        {
            return e.Problem is JobStopRequested ? new Ending(JobState.Stopped) : new Ending(JobState.Failed) { Problem = e.Problem };
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return job.IsLost ? null : job.IsStopRequested ? new Ending(JobState.Stopped) : stopping.IsCancellationRequested
                ? new Ending(JobState.Queued) : null;
        }
        catch (Exception e) when (e is not ClaimLostException)
        {
            var id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")[^8..].ToUpperInvariant();
            log.LogError(e, "Job {Kind} {JobId} failed, attempt {Attempt}, error {ErrorId}", job.Kind, job.Id, job.Attempts, id);
            return job.Attempts >= MaxAttempts
                ? new Ending(JobState.Failed) { Problem = new JobBroken(id), Detail = e.ToString() }
                : new Ending(JobState.Queued) { After = TimeSpan.FromSeconds(job.Attempts == 1 ? 10 : 60), Detail = e.ToString() };
        }
    }

    /// <param name="State">Queued: it is to be taken again.</param>
    private sealed record Ending(JobState State)
    {
        public JobOutcome? Outcome { get; init; }
        public Problem? Problem { get; init; }
        public string? Detail { get; init; }
        public TimeSpan After { get; init; }
    }

    private async Task EndAsync(JobContext job, Ending end)
    {
        var isOver = end.State != JobState.Queued;
        await runtime.RunAsync<bool>(Request(End), cmd =>
        {
            cmd.Writes.AddClaim("""
                UPDATE job SET state = @state, result = @result, file_name = @file, error = @error, detail = @detail, lease_owner = NULL, lease_until = NULL, is_cancel_requested = @no,
                    next_at = @next, finished_at = @finished, revision = revision + 1
                WHERE id = @id AND fence = @fence AND state = 'Running'
                """,
                [("state", end.State.ToString()), ("result", end.Outcome?.Result), ("file", end.Outcome?.FileName),
                    ("error", end.Problem is { } problem ? Texts.Stored(problem) : null),
                 ("detail", end.Detail), ("no", false), ("next", isOver ? null : cmd.Now + end.After), ("finished", isOver ? cmd.Now : null),
                     ("id", job.Id), ("fence", job.Fence)]);
            cmd.TellOfJob(job.StartedBy);
            return Task.FromResult<Result<bool>>(true);
        }, CancellationToken.None);
        if (isOver) log.LogInformation("Job {Kind} {JobId} ended {State} after {Done}", job.Kind, job.Id, end.State, job.Done);
    }

    /// <summary>
    /// Renews the lease while the work goes on, also when no chunk is committed for long; learns that the job was stopped or taken over.
    /// </summary>
    private async Task BeatAsync(JobContext job, CancellationTokenSource left, CancellationToken ended)
    {
        var until = clock.GetUtcNow() + Lease;
        while (true)
        {
            try
            {
                await Task.Delay(Beat, clock, ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                var now = clock.GetUtcNow();
                var isOurs = await database.WriteAsync(
                    "UPDATE job SET heartbeat_at = @now, lease_until = @until WHERE id = @id AND fence = @fence AND state = 'Running'",
                    [("now", now), ("until", now + Lease), ("id", job.Id), ("fence", job.Fence)], ended) > 0;
                await using var db = database.ReadContext();
                job.IsLost = !isOurs;
                job.IsStopRequested = isOurs
                    && await db.Set<JobRow>().Where(j => j.Id == job.Id).Select(j => j.IsCancelRequested).SingleOrDefaultAsync(ended);
                until = now + Lease;
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning("The lease of job {JobId} could not be renewed: {Reason}", job.Id, e.Message);
                job.IsLost = clock.GetUtcNow() > until;
            }
            if (!job.IsLost && !job.IsStopRequested) continue;
            await left.CancelAsync();
            return;
        }
    }

    private WorkflowRuntime.CommandRequest Request(Operation operation) =>
        new(operation, Actor.System, Guid.CreateVersion7(clock.GetUtcNow()), Payload: null, IsBackground: true, KeepOperation: false);
}

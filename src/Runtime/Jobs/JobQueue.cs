using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Hands jobs to whoever executes them. The rows are the truth: what is handed over and lost is handed over again by the next look at them.
/// </summary>
internal sealed class JobQueue(JobExecutor executor, TimeProvider clock, ILogger<JobQueue> log)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, (long Fence, DateTimeOffset At)> _handed = new();

    public void Hand(string kind, Guid id, long fence)
    {
        var now = clock.GetUtcNow();
        if (_handed.TryGetValue(id, out var last) && last.Fence == fence && now - last.At < Again) return;
        _handed[id] = (fence, now);
        try
        {
            executor.Enqueue(kind, id);
        }
        catch (Exception e)
        {
            _handed.TryRemove(id, out _);
            log.LogWarning(e, "Job {Kind} {JobId} could not be handed over; the next look at the rows does it", kind, id);
        }
    }

    public void Forget(Guid id) => _handed.TryRemove(id, out _);
}

public static class StartingJobs
{
    /// <summary>
    /// Writes a job in this command's transaction; it is executed after the commit, as the command's actor, and found on the page of jobs.
    /// </summary>
    /// <param name="arguments">What the handler is given; kept as JSON.</param>
    /// <param name="subject">What it is about in the person's own words, such as the name of a file.</param>
    public static Guid StartJob(this Command cmd, string kind, object? arguments, string? subject = null)
    {
        var id = cmd.NewId();
        var isPerson = cmd.Actor.Kind is ActorKind.Staff or ActorKind.Agent;
        cmd.Writes.Add("""
            INSERT INTO job (id, kind, subject, started_by, started_by_name, arguments, state, revision, done, fence, attempts, is_cancel_requested, next_at, created_at)
            VALUES (@id, @kind, @subject, @by, @name, @arguments, 'Queued', 0, 0, 0, 0, @no, @now, @now)
            """,
            [("id", id), ("kind", kind), ("subject", subject), ("by", isPerson ? cmd.Actor.UserId : null), ("name", isPerson ? cmd.Actor.Name : null),
             ("arguments", CrmJson.Write(arguments)), ("no", false), ("now", cmd.Now)]);
        cmd.TellOfJob(isPerson ? cmd.Actor.UserId : null);
        var queue = cmd.Services.GetRequiredService<JobQueue>();
        cmd.AfterCommit.Add(() => queue.Hand(kind, id, 0));
        return id;
    }

    internal static void TellOfJob(this Command cmd, Guid? startedBy)
    {
        cmd.Notify(JobAdministration.Everything);
        if (startedBy is { } person) cmd.Notify(JobAdministration.Of(person));
    }
}

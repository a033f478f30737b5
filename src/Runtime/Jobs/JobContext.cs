using System.Text.Json;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>A job in the hands of one worker.</summary>
public sealed class JobContext
{
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(25);
    private const int LargestChunk = 500;
    public static readonly Operation Advance = new("Jobs.Advance", Access.SystemOnly);

    private readonly WorkflowRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly JobFiles _files;
    private readonly JobRow _row;

    internal JobContext(WorkflowRuntime runtime, TimeProvider clock, JobFiles files, JobRow row, long fence) =>
        (_runtime, _clock, _files, _row, Fence) = (runtime, clock, files, row, fence);

    public Guid Id => _row.Id;
    public string Kind => _row.Kind;
    /// <summary>Who started it, with the rights they have now: its commands run as theirs.</summary>
    public Actor Actor { get; internal set; } = Actor.System;
    public int Done => _row.Done;
    public int? Total => _row.Total;
    internal Guid? StartedBy => _row.StartedBy;
    internal DateTimeOffset CreatedAt => _row.CreatedAt;
    internal int Attempts => _row.Attempts;
    internal long Fence { get; }
    internal bool IsLost { get; set; }
    internal bool IsStopRequested { get; set; }

    /// <summary>How many items the next chunk may take so that it holds the writer for about 25 ms; it follows what the last ones took.</summary>
    public int Room { get; private set; } = 8;

    public T Arguments<T>() => JsonSerializer.Deserialize<T>(_row.Arguments ?? "null", CrmJson.Options)!;

    /// <summary>Where the last chunk that was committed left off; the default before the first.</summary>
    public T? Checkpoint<T>() => _row.Checkpoint is { } json ? JsonSerializer.Deserialize<T>(json, CrmJson.Options) : default;

    /// <summary>
    /// Where to write the file that comes of the job; name it in <see cref="JobOutcome.FileName"/>. Of this worker alone: a late one writes another.
    /// </summary>
    public string ResultPath => _files.ResultOf(Id, Fence);

    /// <summary>
    /// One chunk: a command of the job's actor whose commit also moves the checkpoint, so that what it did and that it did it stand or fall together.
    /// It does not return when the job was taken over, stopped or refused: then the handler is left.
    /// </summary>
    public Task ChunkAsync(Operation operation, Func<Command, Task<Result<JobProgress>>> body, CancellationToken ct) =>
        CommitAsync(operation, Actor, body, ct);

    /// <summary>Keeps, with the chunk it is called in, what could not be taken and why; people see it beside the job.</summary>
    /// <param name="no">As people count, such as the row of the file.</param>
    public void Issue(Command cmd, int no, Problem problem) =>
        cmd.Writes.Add("INSERT INTO job_issue (job_id, no, reason) VALUES (@job, @no, @reason)",
            [("job", Id), ("no", no), ("reason", string.Join(Phrase.Of("problem.semicolon"), problem.All.Select(Texts.Stored)))]);

    /// <summary>How far a job is that only reads: a chunk that changes nothing but this.</summary>
    public Task ProgressAsync(int done, int? total, CancellationToken ct) =>
        CommitAsync(Advance, Actor.System, _ => Task.FromResult<Result<JobProgress>>(new JobProgress(null, done, total)), ct);

    private async Task CommitAsync(Operation operation, Actor actor, Func<Command, Task<Result<JobProgress>>> body, CancellationToken ct)
    {
        var began = _clock.GetTimestamp();
        var request = new WorkflowRuntime.CommandRequest(operation, actor, Id, Payload: null, IsBackground: true, KeepOperation: false);
        var result = await _runtime.RunAsync<JobProgress>(request, async cmd =>
        {
            began = _clock.GetTimestamp();
            var rows = await cmd.QueryAsync("SELECT fence, is_cancel_requested FROM job WHERE id = @id", [("id", Id)], r =>
                (Fence: r.GetInt64(0), Stop: r.GetBoolean(1)), ct);
            if (rows.Count == 0 || rows[0].Fence != Fence) throw new ClaimLostException();
            if (rows[0].Stop) return new JobStopRequested();
            var progress = await body(cmd);
            if (progress.Failed) return progress;
            cmd.Writes.AddClaim("""
                UPDATE job SET checkpoint = @checkpoint, done = @done, total = @total, attempts = 0, heartbeat_at = @now, lease_until = @until, revision = revision + 1
                WHERE id = @id AND fence = @fence AND state = 'Running'
                """,
                [("checkpoint", CrmJson.Write(progress.Value.Checkpoint)), ("done", progress.Value.Done), ("total", progress.Value.Total),
                    ("now", cmd.Now), ("until", cmd.Now + JobWorker.Lease),
                 ("id", Id), ("fence", Fence)]);
            cmd.TellOfJob(StartedBy);
            return progress;
        }, ct);
        switch (result.Problem)
        {
            case null: break;
            case JobStopRequested: throw new JobLeftException(result.Problem);
            case StorageUnavailable
                or ConflictingChange: throw new InvalidOperationException($"A chunk of {Kind} was not saved: {result.Problem.Key}");
            case NotFound: throw new JobLeftException(new JobRightGone());
            default: throw new JobLeftException(result.Problem);
        }
        (_row.Checkpoint, _row.Done, _row.Total) = (CrmJson.Write(result.Value.Checkpoint), result.Value.Done, result.Value.Total);
        Adapt(_clock.GetElapsedTime(began));
    }

    internal void Adapt(TimeSpan took) =>
        Room = took > Most ? Math.Max(1, (int)(Room * (Most / took))) : took < Most / 2 ? Math.Min(LargestChunk, Room * 2) : Room;
}

/// <summary>Leaves a handler in the middle: the job was stopped or refused.</summary>
internal sealed class JobLeftException(Problem problem) : Exception(problem.Key)
{
    public Problem Problem => problem;
}

internal sealed record JobStopRequested() : Problem("job.problem.stopped");
internal sealed record JobRightGone() : Problem("job.problem.right-gone");
internal sealed record JobStarterGone() : Problem("job.problem.starter-gone");
/// <summary>A bug; the id stands in the log beside the exception.</summary>
internal sealed record JobBroken(string ErrorId) : Problem("job.problem.broken", ErrorId);
internal sealed record JobDies(int Attempts) : Problem("job.problem.dies", Attempts);

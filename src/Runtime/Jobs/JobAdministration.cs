using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>Which jobs a list shows.</summary>
public enum JobFilter { All, Active, Attention, Finished }

/// <summary>Jobs as people see them: their own; everybody's with the right. What is not theirs does not exist for them.</summary>
public sealed class JobAdministration
{
    /// <summary>To see everybody's jobs, to stop and repeat them, and to see what executes them.</summary>
    public const string Right = "admin.jobs";
    /// <summary>How long the file of a job is there.</summary>
    public static readonly TimeSpan FilesKept = TimeSpan.FromDays(7);
    /// <summary>Told of every change of any job.</summary>
    public const string Everything = "jobs";
    private const int MostIssues = 200;

    public static readonly Operation List = new("Jobs.List", Access.SignedIn);
    public static readonly Operation Stop = new("Jobs.Stop", Access.SignedIn);
    public static readonly Operation Repeat = new("Jobs.Repeat", Access.SignedIn);
    public static readonly Operation File = new("Jobs.File", Access.SignedIn);
    public static readonly Operation Dashboard = new("Jobs.Dashboard", Access.Staff(Right));

    private readonly WorkflowRuntime _runtime;
    private readonly JobQueue _queue;
    private readonly JobFiles _files;

    internal JobAdministration(WorkflowRuntime runtime, JobQueue queue, JobFiles files) => (_runtime, _queue, _files) = (runtime, queue, files);

    /// <summary>What a page of this person's jobs listens to.</summary>
    public static string Of(Guid person) => $"jobs:{person}";

    /// <summary>The latest first.</summary>
    /// <param name="all">Everybody's; without the right, one's own all the same.</param>
    public Task<Result<JobPage>> ListAsync(Actor actor, bool all, JobFilter filter, int take, CancellationToken ct) =>
        _runtime.ReadAsync<JobPage>(List, actor, async db =>
        {
            var jobs = all ? Visible(db, actor) : Visible(db, actor).Where(j => j.StartedBy == actor.UserId);
            var (active, attention) = (await In(jobs, JobFilter.Active).CountAsync(ct), await In(jobs, JobFilter.Attention).CountAsync(ct));
            var rows = await In(jobs, filter).OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id).Take(Math.Clamp(take, 1, 500) + 1)
                .ToListAsync(ct);
            var more = rows.Count > take;
            return new JobPage([.. rows.Take(take).Select(j => View(j, actor))], more, active, attention);
        }, ct);

    /// <summary>One job with the first of what it could not take.</summary>
    public Task<Result<JobDetail>> GetAsync(Actor actor, Guid id, CancellationToken ct) => _runtime.ReadAsync<JobDetail>(List, actor, async db =>
    {
        if (await Visible(db, actor).SingleOrDefaultAsync(j => j.Id == id, ct) is not { } job) return new NotFound();
        var issues = await db.Set<JobIssueRow>().Where(i => i.JobId == id).OrderBy(i => i.No).Take(MostIssues).ToListAsync(ct);
        return new JobDetail(View(job, actor), [.. issues.Select(i => new JobIssue(i.No, i.Reason))]);
    }, ct);

    /// <summary>Everything the job could not take, for the file of it.</summary>
    public Task<Result<IReadOnlyList<JobIssue>>> IssuesAsync(Actor actor, Guid id, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<JobIssue>>(List, actor, async db =>
        {
            if (!await Visible(db, actor).AnyAsync(j => j.Id == id, ct)) return new NotFound();
            var issues = await db.Set<JobIssueRow>().Where(i => i.JobId == id).OrderBy(i => i.No).ToListAsync(ct);
            return (JobIssue[])[.. issues.Select(i => new JobIssue(i.No, i.Reason))];
        }, ct);

    /// <summary>Between two chunks; what it wrote stays.</summary>
    public Task<Result> StopAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        _runtime.ExecuteAsync(Stop, actor, operationId, id, async cmd =>
        {
            if (await Visible(cmd.Db, actor).AsNoTracking().SingleOrDefaultAsync(j => j.Id == id, ct) is not { } job) return new NotFound();
            if (job.State is not (JobState.Queued or JobState.Running)) return new JobIsOver();
            if (job.State == JobState.Queued)
                cmd.Writes.Add("UPDATE job SET state = 'Stopped', next_at = NULL, finished_at = @now, revision = revision + 1 WHERE id = @id AND state = 'Queued' AND fence = @fence", [("now", cmd.Now), ("id", id), ("fence", job.Fence)], mustAffect: 1);
            else
                cmd.Writes.Add("UPDATE job SET is_cancel_requested = @yes, revision = revision + 1 WHERE id = @id AND state = 'Running'",
                    [("yes", true), ("id", id)], mustAffect: 1);
            cmd.Audit("job", id, new { State = job.State.ToString() }, new { Stop = true });
            cmd.TellOfJob(job.StartedBy);
            return Result.Ok;
        }, ct);

    /// <summary>Goes on with a job that was stopped or failed, from where it left off.</summary>
    public Task<Result> RepeatAsync(Actor actor, Guid operationId, Guid id, CancellationToken ct) =>
        _runtime.ExecuteAsync(Repeat, actor, operationId, id, async cmd =>
    {
        if (await Visible(cmd.Db, actor).AsNoTracking().SingleOrDefaultAsync(j => j.Id == id, ct) is not { } job) return new NotFound();
        if (job.State is not (JobState.Stopped or JobState.Failed)) return new JobIsNotStopped();
        cmd.Writes.Add("""
            UPDATE job SET state = 'Queued', next_at = @now, attempts = 0, error = NULL, detail = NULL, finished_at = NULL, revision = revision + 1
            WHERE id = @id AND state = @state AND fence = @fence
            """, [("now", cmd.Now), ("id", id), ("state", job.State.ToString()), ("fence", job.Fence)], mustAffect: 1);
        cmd.Audit("job", id, new { State = job.State.ToString() }, new { Repeat = true });
        cmd.TellOfJob(job.StartedBy);
        cmd.AfterCommit.Add(() => _queue.Hand(job.Kind, id, job.Fence));
        return Result.Ok;
    }, ct);

    /// <summary>Where the file that came of the job is, and what it is called: for whoever started it and nobody else.</summary>
    public Task<Result<(string Path, string Name)>> FileAsync(Actor actor, Guid id, CancellationToken ct) =>
        _runtime.ReadAsync<(string, string)>(File, actor, async db =>
        {
            var job = await db.Set<JobRow>().SingleOrDefaultAsync(j => j.Id == id && j.StartedBy == actor.UserId && j.FileName != null, ct);
            return job is null || _files.ResultOf(id, job.Fence) is not { } path || !System.IO.File.Exists(path) ? new NotFound()
                : (path, job.FileName!);
        }, ct);

    /// <summary>Whether this person may look at what executes the jobs.</summary>
    public Task<Result<bool>> LookAsync(Actor actor) =>
        _runtime.ReadAsync<bool>(Dashboard, actor, _ => Task.FromResult<Result<bool>>(true), CancellationToken.None);

    private static IQueryable<JobRow> Visible(CrmDbContext db, Actor actor) =>
        actor.Kind == ActorKind.System || (actor.Kind == ActorKind.Staff && actor.Has(Right)) ? db.Set<JobRow>()
            : db.Set<JobRow>().Where(j => j.StartedBy == actor.UserId);

    private static IQueryable<JobRow> In(IQueryable<JobRow> jobs, JobFilter filter) => filter switch
    {
        JobFilter.Active => jobs.Where(j => j.State == JobState.Queued || j.State == JobState.Running),
        JobFilter.Attention => jobs.Where(j => j.State == JobState.Stopped || j.State == JobState.Partial || j.State == JobState.Failed),
        JobFilter.Finished => jobs.Where(j => j.State == JobState.Done),
        _ => jobs,
    };

    private static JobView View(JobRow job, Actor actor) => new(job.Id, job.Kind, job.State)
    {
        Subject = job.Subject, StartedBy = job.StartedByName, IsMine = job.StartedBy == actor.UserId, Done = job.Done, Total = job.Total,
        Result = job.Result, Error = job.Error,
        Detail = actor.Has(Right) ? job.Detail : null, FileName = job.FileName, IsStopping = job.IsCancelRequested && job.State == JobState.Running,
        Attempts = job.Attempts,
        CreatedAt = job.CreatedAt, StartedAt = job.StartedAt, FinishedAt = job.FinishedAt, HeartbeatAt = job.HeartbeatAt,
    };

}

/// <param name="HasMore">There are more than were asked for.</param>
/// <param name="Active">Queued and running, whatever the filter.</param>
/// <param name="Attention">Stopped, partly wrong or failed.</param>
public sealed record JobPage(IReadOnlyList<JobView> Jobs, bool HasMore, int Active, int Attention);

public sealed record JobDetail(JobView Job, IReadOnlyList<JobIssue> Issues);

/// <param name="No">As the job counts, such as the row of a file.</param>
public sealed record JobIssue(int No, string Reason);

public sealed record JobView(Guid Id, string Kind, JobState State)
{
    public string? Subject { get; init; }
    /// <summary>Null: the system.</summary>
    public string? StartedBy { get; init; }
    public bool IsMine { get; init; }
    public int Done { get; init; }
    public int? Total { get; init; }
    public string? Result { get; init; }
    public string? Error { get; init; }
    /// <summary>The exception, for who may see everybody's.</summary>
    public string? Detail { get; init; }
    public string? FileName { get; init; }
    /// <summary>Asked to stop, and not yet between two chunks.</summary>
    public bool IsStopping { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? HeartbeatAt { get; init; }
}

internal sealed record JobIsOver : Problem
{
    public JobIsOver() : base("job.problem.is-over") => Kind = ProblemKind.Conflict;
}

internal sealed record JobIsNotStopped : Problem
{
    public JobIsNotStopped() : base("job.problem.is-not-stopped") => Kind = ProblemKind.Conflict;
}

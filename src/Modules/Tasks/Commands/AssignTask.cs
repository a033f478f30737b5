using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>An administrator gives a task to a person: because nobody was found, or because whoever holds it cannot act.</summary>
public sealed class AssignTask(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.AssignTask", Access.Staff(TaskRights.Administer));

    public Task<Result> HandleAsync(Actor actor, Guid taskId, int expectedRevision, Guid userId, Guid operationId, string? reason,
        CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { taskId, userId, reason }, async cmd =>
        {
            if (await LoadedTask.LoadAsync(cmd.Db, taskId, ct) is not { } loaded) return new NotFound();
            if (!loaded.IsOpen || loaded.Task.Revision != expectedRevision) return await TaskChanged.OfAsync(cmd, loaded.Task, ct);
            if (await cmd.Db.FindUserAsync(userId, ct) is not { IsEnabled: true } user) return new NoSuchUser();
            // A task addressed to one agent never reaches a user of another, nor a staff task any agent.
            if (user.Kind == ActorKind.Agent && (loaded.Task.AgentId is null || user.AgentId != loaded.Task.AgentId))
                return new ForeignAgent(user.Name);
            if (loaded.Assignments.Exists(a => a.UserId == userId && (a.State is AssignmentState.Active or AssignmentState.Decided)))
                return new AlreadyHolds(user.Name);
            TaskWrites.Reassign(cmd, loaded.Task, loaded.Assignments, user, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
            cmd.Audit("task", taskId, new { Holders = loaded.Assignments.Where(a => a.State == AssignmentState.Active).Select(a => a.UserId)
                .ToArray() }, new { Holder = userId, Reason = reason });
            return Result.Ok;
        }, ct);
}

internal sealed record NoSuchUser : Problem
{
    public NoSuchUser() : base("tasks.problem.no-such-user") => Field = "user";
}

internal sealed record ForeignAgent : Problem
{
    public ForeignAgent(string name) : base("tasks.problem.foreign-agent", name) => Field = "user";
}

internal sealed record AlreadyHolds : Problem
{
    public AlreadyHolds(string name) : base("tasks.problem.already-holds", name) => Field = "user";
}

/// <summary>A copy has been read; its row stays and is no longer counted.</summary>
public sealed class ReadCopy(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.ReadCopy", Access.SignedIn);

    public Task<Result> HandleAsync(Actor actor, Guid taskId, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { taskId }, async cmd =>
        {
            var me = Principal.User(actor.UserId);
            var copy = await cmd.Db.All<InboxEntry>().AsNoTracking().Where(i => i.Principal == me && i.Box == InboxBox.Copied && i.TaskId == taskId)
                .Select(i => new { i.ReadAt }).FirstOrDefaultAsync(ct);
            if (copy is null) return new NotFound();
            if (copy.ReadAt is not null) return Result.Ok;
            cmd.Writes.Add("UPDATE inbox_entry SET read_at = @at WHERE principal = @principal AND box = 'Copied' AND task_id = @task AND read_at IS NULL",
                [("at", cmd.Now), ("principal", me), ("task", taskId)]);
            cmd.Notify(me);
            return Result.Ok;
        }, ct);
}

/// <summary>Whom an administrator may give a task to, by part of a name or login: staff, and users of the agent it is addressed to.</summary>
public sealed class FindAssignees(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.FindAssignees", Access.Staff(TaskRights.Administer));
    private const int Most = 20;

    public Task<Result<IReadOnlyList<UserRef>>> HandleAsync(Actor actor, Guid taskId, string? text, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<UserRef>>(Operation, actor, async db =>
        {
            var task = await db.All<UserTask>().AsNoTracking().Where(t => t.Id == taskId).Select(t => new { t.AgentId }).SingleOrDefaultAsync(ct);
            return task is null ? new NotFound() : await db.FindUsersAsync(text, task.AgentId, Most, ct);
        }, ct);
}

using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// A candidate takes a task out of the pool. One of two who race wins; the other is told who. Claiming what one holds already changes nothing.
/// </summary>
public sealed class ClaimTask(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.ClaimTask", Access.SignedIn);

    public Task<Result> HandleAsync(Actor actor, Guid taskId, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { taskId }, async cmd =>
        {
            if (await LoadedTask.LoadAsync(cmd.Db, taskId, ct) is not { } loaded || !await loaded.IsVisibleAsync(cmd.Db, actor, ct))
                return new NotFound();
            if (loaded.IsOpen && loaded.Holding(actor) is not null) return Result.Ok;
            if (!loaded.IsOpen || loaded.IsClaimed) return await TaskChanged.OfAsync(cmd, loaded.Task, ct);
            if (!loaded.IsCandidate(actor)) return new NotYourTask();
            TaskWrites.Claim(cmd, loaded.Task);
            return Result.Ok;
        }, ct);
}

/// <summary>The holder of a claimed task puts it back for the other candidates; the draft stays.</summary>
public sealed class GiveBackTask(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.GiveBackTask", Access.SignedIn);

    public Task<Result> HandleAsync(Actor actor, Guid taskId, int expectedRevision, Guid operationId, string? reason, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { taskId, reason }, async cmd =>
        {
            if (await LoadedTask.LoadAsync(cmd.Db, taskId, ct) is not { } loaded || !await loaded.IsVisibleAsync(cmd.Db, actor, ct))
                return new NotFound();
            if (!loaded.IsOpen || loaded.Task.Revision != expectedRevision) return await TaskChanged.OfAsync(cmd, loaded.Task, ct);
            if (loaded.Holding(actor) is not { } mine) return new NotYourTask();
            if (!loaded.CanBeGivenBack(actor)) return new OnlyYou();
            TaskWrites.GiveBack(cmd, loaded.Task, mine, TaskWrites.PoolOf(loaded.Task), string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
            return Result.Ok;
        }, ct);
}

/// <summary>There is no pool to put it back to.</summary>
internal sealed record OnlyYou() : Problem("tasks.problem.only-you");

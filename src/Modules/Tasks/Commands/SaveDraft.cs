using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>Keeps what a person has typed so far. Changes nothing others see, and checks nothing but whose it is.</summary>
public sealed class SaveDraft(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.SaveDraft", Access.SignedIn);

    private const int MaxSize = 200_000;

    /// <returns>When it was saved.</returns>
    public Task<Result<DateTimeOffset>> HandleAsync(Actor actor, Guid taskId, IReadOnlyDictionary<string, Value> data, string? opinion,
        Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync<DateTimeOffset>(Operation, actor, operationId, null, async cmd =>
        {
            if (await LoadedTask.LoadAsync(cmd.Db, taskId, ct) is not { } loaded || !await loaded.IsVisibleAsync(cmd.Db, actor, ct))
                return new NotFound();
            if (!loaded.IsOpen) return await TaskChanged.OfAsync(cmd, loaded.Task, ct);
            if (loaded.Holding(actor) is null && !loaded.IsCandidate(actor)) return new NotYourTask();
            var members = new ValueObject();
            foreach (var (name, value) in data) members[name] = value;
            var json = Value.From(members).ToJson();
            if (json.Length + (opinion?.Length ?? 0) > MaxSize) return new DraftTooLarge();
            if (await cmd.Db.All<TaskDraft>().AsNoTracking().SingleOrDefaultAsync(d => d.TaskId == taskId && d.UserId == actor.UserId, ct) is { } kept
                && kept.Data == json && kept.Opinion == opinion) return kept.SavedAt;
            cmd.Writes.Add("DELETE FROM task_draft WHERE task_id = @task AND user_id = @user", [("task", taskId), ("user", actor.UserId)]);
            cmd.Writes.Add("INSERT INTO task_draft (task_id, user_id, data, opinion, saved_at) VALUES (@task, @user, @data, @opinion, @at)",
                [("task", taskId), ("user", actor.UserId), ("data", json), ("opinion", opinion), ("at", cmd.Now)]);
            return cmd.Now;
        }, ct);
}

internal sealed record DraftTooLarge() : Problem("tasks.problem.draft-too-large");

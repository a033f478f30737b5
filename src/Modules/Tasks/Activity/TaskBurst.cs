using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>
/// What the deciding command and the steps of its burst share, one per command scope: the loaded task, so the activity asks the database nothing
/// again, and who decided last, which the next task shows as its previous step.
/// </summary>
internal sealed class TaskBurst
{
    public Decision? Deciding { get; set; }
}

/// <summary>A decision that is recorded (<see cref="TaskWrites.Record"/>), on its way into the process.</summary>
internal sealed record Decision(UserTask Task, TaskAction Action)
{
    public required Guid By { get; init; }
    public required string ByName { get; init; }
    public string? Opinion { get; init; }
    public string? Signature { get; init; }
    public required ValueObject Data { get; init; }
    public required IReadOnlyDictionary<string, Value> Variables { get; init; }
    /// <summary>Every decision on the task in the order they were made, this one included.</summary>
    public required IReadOnlyList<TaskAction> Votes { get; init; }
    /// <summary>Which of <see cref="Votes"/> this one is, from 1.</summary>
    public required int Number { get; init; }
    /// <summary>Who holds the task and has not decided.</summary>
    public required IReadOnlyList<Guid> Undecided { get; init; }

    /// <summary>
    /// What goes in with the resumption. Should the step fail, the engine keeps it and an administrator's retry delivers it again; only here are the
    /// fields and variables of a decision the process has not taken in yet.
    /// </summary>
    public Value ToInput() => Value.Object(("task", Task.Id), ("user", By), ("outcome", Action.Name),
        ("decision", Value.Object(("data", Value.From(Data)), ("variables", Value.Object([.. Variables.Select(v => (v.Key, v.Value))])))));

    /// <summary>The decision a retry delivers again, as it was recorded; null when nobody decided so.</summary>
    public static async Task<Decision?> ReloadAsync(CrmDbContext db, Guid taskId, Value input, CancellationToken ct)
    {
        if (input["user"].ToGuid() is not { } user || await LoadedTask.LoadAsync(db, taskId, ct) is not var (task, assignments)) return null;
        var events = await db.All<TaskEvent>().AsNoTracking().Where(e => e.TaskId == taskId && e.Kind == TaskEventKind.Decided).OrderBy(e => e.No)
            .ToListAsync(ct);
        var index = events.FindIndex(e => e.UserId == user && e.Outcome == input["outcome"].ToText());
        if (index < 0) return null;
        var actions = TaskAction.Read(Value.FromJson(task.Actions));
        List<TaskAction> votes = [.. events.Select(e => actions.First(a => a.Name == e.Outcome))];
        return new Decision(task, votes[index])
        {
            By = user, ByName = events[index].UserName, Opinion = events[index].Opinion, Signature = events[index].Signature,
            Data = Members(input["decision"]["data"]), Variables = Members(input["decision"]["variables"]),
            Votes = votes, Number = index + 1, Undecided = [.. assignments.Where(a => a.State == AssignmentState.Active).Select(a => a.UserId)],
        };
    }

    private static ValueObject Members(Value value) => value.Kind == ValueKind.Object ? value.Members : [];
}

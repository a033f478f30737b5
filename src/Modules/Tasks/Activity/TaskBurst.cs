using CrmFlow.Engine;

namespace CrmFlow.Tasks;

/// <summary>
/// What the deciding command and the steps of its burst share, one per command scope: the loaded task, so the activity asks the database nothing again,
/// and who decided last, which the next task shows as its previous step.
/// </summary>
internal sealed class TaskBurst
{
    public Decision? Deciding { get; set; }
}

/// <summary>A checked decision on its way into the process.</summary>
/// <param name="Actions">All the step offers, to weigh earlier votes.</param>
internal sealed record Decision(UserTask Task, IReadOnlyList<TaskAssignment> Assignments, IReadOnlyList<TaskAction> Actions, TaskAction Action)
{
    /// <summary>The decider's row; null when a candidate decides without claiming first.</summary>
    public TaskAssignment? Mine { get; init; }
    public string? Opinion { get; init; }
    public string? Signature { get; init; }
    public required ValueObject Data { get; init; }
    public required IReadOnlyDictionary<string, Value> Variables { get; init; }
}

namespace CrmFlow.Engine;

/// <summary>
/// One run from wait state to wait state: what it works on, what the runner may use, and what came out.
/// The runtime writes the outcome in one commit; an in-memory run just keeps it.
/// </summary>
public sealed partial class Burst
{
    public required CompiledWorkflow Workflow { get; init; }
    public required WorkflowState State { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required Func<Guid> NewId { get; init; }
    public required IServiceProvider Services { get; init; }

    /// <summary>
    /// Null (fast path): an exception of an activity leaves the runner as it is and the whole command is run again in careful mode.
    /// Set (careful mode, in-memory runs): every activity call goes through it, and an exception it lets out becomes an incident.
    /// </summary>
    public IActivityGuard? Guard { get; init; }

    /// <summary>
    /// Budget of executed steps. The first beyond it becomes an incident (runaway loop) and the burst ends: what was to run next stays pending until
    /// that incident is settled: retried, skipped, or taken away with its step.
    /// </summary>
    public int StepLimit { get; init; } = 20_000;

    public List<JournalEntry> Journal { get; } = [];
    public List<Bookmark> CreatedBookmarks { get; } = [];
    public List<Guid> BurnedBookmarks { get; } = [];
    public List<Incident> NewIncidents { get; } = [];
    /// <summary>Incidents that need nobody any more: their step was retried or cancelled.</summary>
    public List<Guid> ResolvedIncidents { get; } = [];
    public List<string> Lines { get; } = [];
    /// <summary>What steps asked for, to be done after the burst.</summary>
    public List<BurstRequest> Requests { get; } = [];

    /// <summary>Other workflows; null where there are none, and steps that need one fail.</summary>
    public IChildWorkflows? Children { get; init; }

    /// <summary>Input of the resumption, visible as workflow input during this burst only.</summary>
    public Dictionary<string, Value>? ResumeInput { get; set; }
    public int Steps { get; internal set; }
    /// <summary>
    /// The trigger that was to start the instance found the stimulus was not for it (<see cref="ActivityResult.Decline"/>): nothing of the instance
    /// is to be kept.
    /// </summary>
    public bool Declined { get; internal set; }

    /// <summary>The trigger step that started this burst, until it has run once (elsa-format §7).</summary>
    internal string? TriggerActivityId { get; set; }

    /// <summary>The business time zone, for dates in expressions.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>
/// Puts a fence round one activity call: the runtime's careful mode sets a savepoint, flushes after, and rolls back to it on failure.
/// </summary>
public interface IActivityGuard
{
    /// <summary>Runs the call. Returns its result; throws what it threw after undoing its effects.</summary>
    ValueTask<ActivityResult> RunAsync(Func<ValueTask<ActivityResult>> call, CancellationToken ct);
}

/// <summary>A step threw on the fast path: the burst is void, the whole command runs again in careful mode.</summary>
public sealed class ActivityFailedException(Guid activityInstanceId, string nodeId, Exception inner)
    : Exception($"Activity '{nodeId}' failed: {inner.Message}", inner)
{
    public Guid ActivityInstanceId { get; } = activityInstanceId;
    public string NodeId { get; } = nodeId;
}

/// <summary>Elsa's journal event names, and ours for a return.</summary>
public enum JournalEvent : byte { Started, Completed, Suspended, Resumed, Faulted, Canceled, Returned }

/// <summary>One line of history. Rows are numbered by the runtime in this order.</summary>
/// <param name="Outcomes">Ports followed; null for the default set or when it has none.</param>
/// <param name="Data">What the step recorded and the outputs it set; null when nothing.</param>
public sealed record JournalEntry(Guid ActivityInstanceId, string NodeId, string ActivityId, string ActivityType, JournalEvent Event,
    DateTimeOffset At, int Round, string[]? Outcomes = null, ValueObject? Data = null);

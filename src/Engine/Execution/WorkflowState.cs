namespace CrmFlow.Engine;

/// <summary>Elsa's instance status (elsa-format §5).</summary>
public enum WorkflowStatus { Running, Finished }

/// <summary>Elsa's sub-status: the first three are Running, the next three Finished, Interrupted is Running.</summary>
public enum WorkflowSubStatus { Pending, Executing, Suspended, Finished, Cancelled, Faulted, Interrupted }

public enum ActivityStatus { Pending, Running, Completed, Canceled, Faulted }

/// <summary>
/// Everything an instance is between two bursts: plain data, serialised by <see cref="StateJson"/> with a format version.
/// Only open steps are kept; what is over lives in the journal, except counters a flowchart still needs.
/// </summary>
public sealed class WorkflowState
{
    public required Guid Id { get; init; }
    public WorkflowStatus Status { get; set; }
    public WorkflowSubStatus SubStatus { get; set; }
    /// <summary>What events find it by. More than <see cref="LongestText"/> characters are refused: cut, it would find another's.</summary>
    public string? CorrelationId
    {
        get;
        set => field = value is { Length: > LongestText }
            ? throw new InvalidOperationException($"A correlation id has at most {LongestText} characters; this one has {value.Length}.") : value;
    }
    /// <summary>What people find it by in lists. Cut after <see cref="LongestText"/> characters.</summary>
    public string? Name
    {
        get;
        set => field = value is { Length: > LongestText } ? value[..(LongestText - (char.IsHighSurrogate(value[LongestText - 1]) ? 1 : 0))] : value;
    }
    /// <summary>Characters (UTF-16 units) a column of the database holds.</summary>
    public const int LongestText = 400;
    /// <summary>Who waits for this instance to end; null for nobody.</summary>
    public ParentLink? Parent { get; set; }
    /// <summary>The inputs given at start.</summary>
    public Dictionary<string, Value> Input { get; init; } = [];
    public Dictionary<string, Value> Output { get; init; } = [];
    /// <summary>Open activity instances (running, faulted), parents before children.</summary>
    public List<ActivityInstance> Activities { get; init; } = [];
    public List<Bookmark> Bookmarks { get; init; } = [];
    public List<Incident> Incidents { get; init; } = [];
    /// <summary>Last outputs by activity id (getOutputFrom, getLastResult): activity id → output name → value.</summary>
    public Dictionary<string, Dictionary<string, Value>> OutputRegister { get; init; } = [];
    /// <summary>How often each step (node id) was entered: the round number's source.</summary>
    public Dictionary<string, int> Rounds { get; init; } = [];
    public Value LastResult { get; set; }
    /// <summary>Bookmarks put aside when FaultStrategy ended the instance: nothing may wake it, but a retry brings them back.</summary>
    public List<Bookmark> ParkedBookmarks { get; init; } = [];
    /// <summary>What came while the instance was on hold or stopped by a fault: delivered, in order, when it goes on.</summary>
    public List<HeldDelivery> Held { get; init; } = [];
    /// <summary>An administrator has suspended it (Elsa's Interrupted: still running, to be resumed).</summary>
    public bool IsOnHold => SubStatus == WorkflowSubStatus.Interrupted;
}

/// <summary>A resumption that has to wait.</summary>
public sealed record HeldDelivery(Guid BookmarkId, Value Input);

/// <summary>One entered step (Elsa's activity execution context).</summary>
public sealed class ActivityInstance
{
    public required Guid Id { get; init; }
    /// <summary>Index into <see cref="CompiledWorkflow.Activities"/>; stored as <see cref="CompiledActivity.NodeId"/>.</summary>
    public required int Node { get; init; }
    public Guid? ParentId { get; init; }
    public ActivityStatus Status { get; set; }
    /// <summary>How many times this step was entered, this time included; set when it starts.</summary>
    public int Round { get; set; } = 1;
    /// <summary>Scheduled through a backward connection (elsa-format §4.2).</summary>
    public bool ThroughBackward { get; init; }
    /// <summary>Values of the variables this container declares, by variable id; also variables created on the fly.</summary>
    public Dictionary<string, Value>? Variables { get; set; }
    /// <summary>A container's own counters (flowchart visits, loop position); the container knows the shape.</summary>
    public ContainerState? Container { get; set; }
    /// <summary>Members added to the journal row by the step.</summary>
    public ValueObject? Recorded { get; set; }
    /// <summary>Where this step goes when done instead of its connections ("straight back to me"); an activity id of the same flowchart.</summary>
    public string? ReturnAddress { get; set; }

    /// <summary>What "straight back" restores when this step is done.</summary>
    internal ReturnMemo? Memo { get; set; }
    /// <summary>A resumption that failed: a retry delivers it again, so a decision is never asked for twice.</summary>
    internal FailedResumption? Failed { get; set; }

    // Derived; set by the runner and when state is read.
    internal ActivityInstance? Parent { get; set; }
    internal int OpenChildren { get; set; }
    /// <summary>A Break passed through this container: it ends when its current child is done. Lives within one step only.</summary>
    internal bool Broken { get; set; }
}

/// <summary>What woke a step that then failed, with the workflow input it brought.</summary>
internal sealed record FailedResumption(Bookmark Bookmark, Value Input);

/// <summary>Marker for what a container keeps; the concrete types are a closed set known to <see cref="StateJson"/>.</summary>
public abstract class ContainerState;

/// <summary>A leaf runs the last of its slots and is over with these outcomes.</summary>
internal sealed class SlotState(string[]? outcomes) : ContainerState
{
    public string[]? Outcomes => outcomes;
}

/// <summary>Where an instance waits (elsa-format §8).</summary>
public sealed record Bookmark
{
    public required Guid Id { get; init; }
    public required Guid ActivityInstanceId { get; init; }
    public required string NodeId { get; init; }
    /// <summary>Stimulus name.</summary>
    public required string Name { get; init; }
    public string? Key { get; init; }
    public Value Payload { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public bool AutoBurn { get; init; } = true;
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A step that failed and waits for a person (elsa-format §5.1).</summary>
public sealed record Incident
{
    public required Guid Id { get; init; }
    public required Guid ActivityInstanceId { get; init; }
    public required string NodeId { get; init; }
    public required string ActivityType { get; init; }
    public required string Message { get; init; }
    /// <summary>Exception type and stack, for administrators.</summary>
    public string? Detail { get; init; }
    public required DateTimeOffset At { get; init; }
}

namespace CrmFlow.Engine;

/// <summary>Runs bursts. Stateless and thread-safe; one instance serves the process. Everything it changes is in the <see cref="Burst"/>.</summary>
public sealed class WorkflowRunner
{
    /// <summary>Starts a new instance whose state is empty but for its id and inputs, and runs until every branch waits or ends.</summary>
    /// <param name="triggerActivityId">The trigger step that started it; null starts at the flow's own start (elsa-format §3.1).</param>
    public ValueTask StartAsync(Burst burst, string? triggerActivityId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Resumes one bookmark of the state with an input and runs on. False when the state has no such bookmark (already burned).</summary>
    public ValueTask<bool> ResumeAsync(Burst burst, Guid bookmarkId, Value input, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>
    /// The return primitive: cancels every open step and bookmark forward-reachable from the target, sets the counters of those steps, their
    /// outgoing connections and joins back to what they were when the target was last scheduled, opens a new round and schedules the target.
    /// Branches not reachable go on. Refuses (false) a target that was never visited.
    /// </summary>
    /// <param name="returnAddress">A step the target continues at when done ("straight back to me"); null follows its connections.</param>
    public ValueTask<bool> ReturnAsync(Burst burst, string targetActivityId, string? returnAddress, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Cancels the whole instance: every open step is cancelled, bookmarks go, status Finished/Cancelled.</summary>
    public ValueTask CancelAsync(Burst burst, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Runs a faulted step again after its incident; reopens an instance that FaultStrategy finished. False when there is no such faulted step.</summary>
    public ValueTask<bool> RetryAsync(Burst burst, Guid activityInstanceId, CancellationToken ct) => throw new NotImplementedException();
}

/// <summary>State to and from JSON text with a format version; older versions are upcast on reading.</summary>
public static class StateJson
{
    /// <summary>The version this build writes. Reading a newer one throws <see cref="NotSupportedException"/>.</summary>
    public const int Format = 1;
    public static string Write(WorkflowState state, CompiledWorkflow workflow) => throw new NotImplementedException();
    public static WorkflowState Read(string json, CompiledWorkflow workflow) => throw new NotImplementedException();
}

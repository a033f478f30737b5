namespace CrmFlow.Engine;

/// <summary>Runs bursts. Stateless and thread-safe; one instance serves the process. Everything it changes is in the <see cref="Burst"/>.</summary>
public sealed class WorkflowRunner
{
    /// <summary>Starts a new instance whose state is empty but for its id and inputs, and runs until every branch waits or ends.</summary>
    /// <param name="triggerActivityId">The trigger step that started it; null starts at the flow's own start (elsa-format §3.1).</param>
    public ValueTask StartAsync(Burst burst, string? triggerActivityId, CancellationToken ct)
    {
        if (burst.State.SubStatus != WorkflowSubStatus.Pending || burst.State.Activities.Count > 0)
            throw new InvalidOperationException($"Instance {burst.State.Id} was started before.");
        var run = new Run(burst);
        burst.TriggerActivityId = triggerActivityId;
        run.Start();
        return run.DrainAsync(ct);
    }

    /// <summary>
    /// Resumes one bookmark of the state with an input and runs on. False when the state has no such bookmark (already burned, instance over).
    /// The members of an object input are visible as workflow inputs during this burst.
    /// </summary>
    public async ValueTask<bool> ResumeAsync(Burst burst, Guid bookmarkId, Value input, CancellationToken ct)
    {
        var state = burst.State;
        if (state.Status == WorkflowStatus.Finished || state.IsOnHold) return false;
        var bookmark = state.Bookmarks.Find(b => b.Id == bookmarkId);
        var instance = bookmark is null ? null : state.Activities.Find(a => a.Id == bookmark.ActivityInstanceId);
        if (instance is null) return false;
        var run = new Run(burst);
        await run.ResumeAsync(instance, bookmark!, input, ct);
        await run.DrainAsync(ct);
        return true;
    }

    /// <summary>
    /// The return primitive: cancels every open step and bookmark forward-reachable from the target, sets the counters of those steps, their
    /// outgoing connections and joins back to what they were when the target was last scheduled, opens a new round and schedules the target.
    /// Branches not reachable go on. Refuses (false) a target that was never visited, and a return address its flowchart does not know.
    /// </summary>
    /// <param name="returnAddress">A step the target continues at when done ("straight back to me"); null follows its connections.</param>
    public async ValueTask<bool> ReturnAsync(Burst burst, string targetActivityId, string? returnAddress, CancellationToken ct)
    {
        if (burst.State.Status == WorkflowStatus.Finished || burst.State.IsOnHold) return false;
        return await ReturnAsync(new Run(burst), targetActivityId, returnAddress, ct);
    }

    /// <summary>
    /// Goes back to a visited step as a return does, also in an instance that FaultStrategy finished. False when that step was never visited, or the
    /// instance is on hold or over.
    /// </summary>
    public async ValueTask<bool> RunAgainAsync(Burst burst, string activityId, CancellationToken ct)
    {
        if (burst.State.IsOnHold || burst.State is { Status: WorkflowStatus.Finished, SubStatus: not WorkflowSubStatus.Faulted }) return false;
        var run = new Run(burst);
        if (burst.State.Status == WorkflowStatus.Finished) run.Reopen();
        if (!await ReturnAsync(run, activityId, returnAddress: null, ct)) return false;
        await run.DeliverHeldAsync(ct);
        return true;
    }

    private static async ValueTask<bool> ReturnAsync(Run run, string targetActivityId, string? returnAddress, CancellationToken ct)
    {
        foreach (var instance in run.Open)
        {
            if (!FlowchartReturn.TryReturn(run, instance, targetActivityId, returnAddress)) continue;
            await run.DrainAsync(ct);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Cancels the whole instance: every open step is cancelled, bookmarks go, status Finished/Cancelled. One that FaultStrategy finished still has
    /// its open steps and is cancelled too; nothing happens to any other finished one.
    /// </summary>
    public ValueTask CancelAsync(Burst burst, CancellationToken ct)
    {
        if (burst.State is { Status: WorkflowStatus.Finished, SubStatus: not WorkflowSubStatus.Faulted }) return default;
        var run = new Run(burst);
        run.Finish(WorkflowSubStatus.Cancelled);
        return run.DrainAsync(ct);
    }

    /// <summary>
    /// Runs a faulted step again after its incident; reopens an instance that FaultStrategy finished. False when there is no such faulted step.
    /// </summary>
    public async ValueTask<bool> RetryAsync(Burst burst, Guid activityInstanceId, CancellationToken ct)
    {
        var instance = burst.State.Activities.Find(a => a.Id == activityInstanceId && a.Status == ActivityStatus.Faulted);
        var run = new Run(burst);
        if (instance is null) return await run.RetryCancelAsync(activityInstanceId, ct);
        if (burst.State.IsOnHold) return false;
        await run.RetryAsync(instance, ct);
        await run.DrainAsync(ct);
        await run.DeliverHeldAsync(ct);
        return true;
    }

    /// <summary>
    /// Takes a faulted step as done with an outcome; null for the default ones. Reopens an instance that FaultStrategy finished. False when there is
    /// no such faulted step.
    /// </summary>
    public async ValueTask<bool> SkipAsync(Burst burst, Guid activityInstanceId, string? outcome, CancellationToken ct)
    {
        var instance = burst.State.Activities.Find(a => a.Id == activityInstanceId && a.Status == ActivityStatus.Faulted);
        if (instance is null || burst.State.IsOnHold) return false;
        var run = new Run(burst);
        run.Skip(instance, outcome);
        await run.DrainAsync(ct);
        await run.DeliverHeldAsync(ct);
        return true;
    }

    /// <summary>
    /// Puts a running instance on hold: nothing resumes it until <see cref="ContinueAsync"/>. False when it is over or on hold already.
    /// </summary>
    public bool Suspend(WorkflowState state)
    {
        if (state.Status == WorkflowStatus.Finished || state.IsOnHold) return false;
        state.SubStatus = WorkflowSubStatus.Interrupted;
        return true;
    }

    /// <summary>Ends the hold and delivers what came in the meantime. False when the instance is not on hold.</summary>
    public async ValueTask<bool> ContinueAsync(Burst burst, CancellationToken ct)
    {
        if (!burst.State.IsOnHold) return false;
        burst.State.SubStatus = WorkflowSubStatus.Suspended;
        await new Run(burst).DeliverHeldAsync(ct);
        return true;
    }

    /// <summary>
    /// Keeps a resumption for an instance that is on hold or was finished by FaultStrategy. False when it is neither, or has no such bookmark.
    /// </summary>
    public bool Hold(WorkflowState state, Guid bookmarkId, Value input)
    {
        if (!state.IsOnHold && state.SubStatus != WorkflowSubStatus.Faulted
            || !state.Bookmarks.Concat(state.ParkedBookmarks).Any(b => b.Id == bookmarkId)) return false;
        state.Held.Add(new HeldDelivery(bookmarkId, input.Clone()));
        return true;
    }

    /// <summary>Changes a variable of an open container. False when that container is not open.</summary>
    public bool SetVariable(WorkflowState state, Guid activityInstanceId, string variableId, Value value)
    {
        if (state.Activities.Find(a => a.Id == activityInstanceId) is not { } container) return false;
        (container.Variables ??= [])[variableId] = value.Clone();
        return true;
    }
}

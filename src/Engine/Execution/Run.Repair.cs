namespace CrmFlow.Engine;

/// <summary>The way back from an incident: what an administrator can have a stopped instance do.</summary>
internal sealed partial class Run
{
    /// <summary>
    /// Tells a step once more that it was cancelled, after it failed to take that in. The step itself is gone; only its incident is left.
    /// </summary>
    public async ValueTask<bool> RetryCancelAsync(Guid activityInstanceId, CancellationToken ct)
    {
        if (_state.Incidents.Find(i => i.ActivityInstanceId == activityInstanceId) is not { } incident
            || burst.Workflow.FindNode(incident.NodeId) is not { } node) return false;
        var instance = new ActivityInstance { Id = activityInstanceId, Node = node.Index, Parent = _state.Activities.Find(a => a.Node == node.Parent),
            Status = ActivityStatus.Canceled };
        ResolveIncidents(instance);
        _canceled = [instance];
        await NotifyCanceledAsync(ct);
        return true;
    }

    /// <summary>Runs a faulted step again; a resumption that failed is delivered again rather than the step executed anew.</summary>
    public async ValueTask RetryAsync(ActivityInstance instance, CancellationToken ct)
    {
        Reopen();
        ResolveIncidents(instance);
        instance.Status = ActivityStatus.Running;
        if (instance.Failed is { } failed)
        {
            instance.Failed = null;
            await DeliverAsync(instance, failed.Bookmark, failed.Input, ct);
            return;
        }
        Write(instance, JournalEvent.Started);
        await ExecuteAsync(instance, _nodes[instance.Node], null, ct);
    }

    /// <summary>Takes a faulted step as done, with this outcome or with the default ones; what it began is told that it was cancelled.</summary>
    public void Skip(ActivityInstance instance, string? outcome)
    {
        Reopen();
        (instance.Failed, instance.Status) = (null, ActivityStatus.Running);
        (instance.Recorded ??= [])["Skipped"] = true;
        CancelChildren(instance);
        if (_nodes[instance.Node].Binding is { HandlesCancel: true }) (_canceled ??= []).Add(instance);
        Complete(instance, outcome is null ? null : [outcome]);
    }

    /// <summary>What FaultStrategy ended goes on: every branch is where it was.</summary>
    public void Reopen()
    {
        _state.Status = WorkflowStatus.Running;
        _state.SubStatus = WorkflowSubStatus.Executing;
        _state.Bookmarks.AddRange(_state.ParkedBookmarks);
        burst.CreatedBookmarks.AddRange(_state.ParkedBookmarks);
        _state.ParkedBookmarks.Clear();
        QueuePending();
    }

    /// <summary>Takes up what an earlier burst left to run: FaultStrategy ended the instance, or the budget of steps was spent.</summary>
    private void QueuePending()
    {
        foreach (var pending in _state.Activities)
            if (pending.Status == ActivityStatus.Pending) _queue.Enqueue(pending);
    }

    /// <summary>Delivers what came in the meantime. A step that fails on it leaves the rest for the next time.</summary>
    public async ValueTask DeliverHeldAsync(CancellationToken ct)
    {
        while (_state is { Status: WorkflowStatus.Running, Held.Count: > 0 })
        {
            var held = _state.Held[0];
            _state.Held.RemoveAt(0);
            if (_state.Bookmarks.Find(b => b.Id == held.BookmarkId) is not { } bookmark
                || _state.Activities.Find(a => a.Id == bookmark.ActivityInstanceId) is not { } waiting) continue;
            await ResumeAsync(waiting, bookmark, held.Input, ct);
            await DrainAsync(ct);
            burst.ResumeInput = null;
        }
    }
}

namespace CrmFlow.Engine;

/// <summary>
/// The machinery of one burst: the FIFO work queue (elsa-format §5), the life of an activity instance from scheduled to gone, and the journal.
/// Containers decide what is scheduled; this class decides nothing about flow.
/// </summary>
internal sealed partial class Run(Burst burst)
{
    private readonly WorkflowState _state = burst.State;
    private readonly CompiledActivity[] _nodes = burst.Workflow.Activities;
    private readonly Queue<ActivityInstance> _queue = new();
    private List<ActivityInstance>? _canceled;

    public Burst Burst => burst;
    public CompiledActivity Node(ActivityInstance instance) => _nodes[instance.Node];
    public CompiledActivity NodeAt(int index) => _nodes[index];
    public List<ActivityInstance> Open => _state.Activities;

    /// <summary>Local index of the trigger that started this burst, when it is a step of this flowchart; else -1.</summary>
    public int TriggerStart(CompiledFlowchart chart) =>
        burst.TriggerActivityId is { } id ? Array.FindIndex(chart.Steps, s => _nodes[s].Id == id) : -1;

    public bool IsPending(ActivityInstance container, int node) => Has(container, node, pendingOnly: true);
    public bool IsOpen(ActivityInstance container, int node) => Has(container, node, pendingOnly: false);

    private bool Has(ActivityInstance container, int node, bool pendingOnly)
    {
        foreach (var instance in _state.Activities)
            if (instance.Node == node && instance.Parent == container && (!pendingOnly || instance.Status == ActivityStatus.Pending)) return true;
        return false;
    }

    public void Start()
    {
        _state.Status = WorkflowStatus.Running;
        _state.SubStatus = WorkflowSubStatus.Executing;
        var workflow = new ActivityInstance { Id = burst.NewId(), Node = 0, Status = ActivityStatus.Running };
        _state.Activities.Add(workflow);
        Schedule(workflow, _nodes[0].Children[0]);
    }

    /// <summary>Puts a step at the end of the queue.</summary>
    public ActivityInstance Schedule(ActivityInstance parent, int node, bool throughBackward = false)
    {
        var instance = new ActivityInstance { Id = burst.NewId(), Node = node, ParentId = parent.Id, Parent = parent,
            ThroughBackward = throughBackward };
        parent.OpenChildren++;
        _state.Activities.Add(instance);
        _queue.Enqueue(instance);
        return instance;
    }

    public async ValueTask DrainAsync(CancellationToken ct)
    {
        while (true)
        {
            if (_canceled is { Count: > 0 }) await NotifyCanceledAsync(ct);
            // Whatever would run next waits with the step that went over the budget, and goes on with it; or by itself, when that one was taken away.
            if (_state.Status == WorkflowStatus.Finished || burst.Steps > burst.StepLimit) break;
            if (_queue.Count == 0 && _state.Incidents.Count == 0) QueuePending();
            if (!_queue.TryDequeue(out var instance)) break;
            if (instance.Status == ActivityStatus.Pending) await EnterAsync(instance, ct);
        }
        if (_state.Status == WorkflowStatus.Finished) return;
        if (_state.Activities.Count == 0) _state.Status = WorkflowStatus.Finished;
        _state.SubStatus = _state.Activities.Count == 0 ? WorkflowSubStatus.Finished : WorkflowSubStatus.Suspended;
    }

    private ValueTask EnterAsync(ActivityInstance instance, CancellationToken ct)
    {
        var node = _nodes[instance.Node];
        instance.Status = ActivityStatus.Running;
        ref var rounds = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_state.Rounds, node.NodeId, out _);
        instance.Round = ++rounds;
        Write(instance, JournalEvent.Started);
        return ExecuteAsync(instance, node, null, ct);
    }

    private ValueTask ExecuteAsync(ActivityInstance instance, CompiledActivity node, Resumption? resumption, CancellationToken ct)
    {
        if (++burst.Steps > burst.StepLimit)
            Fault(instance, $"More than {burst.StepLimit} steps ran without waiting; the definition probably loops. Retry goes on with a new budget.",
                null);
        else if (node.Descriptor is null)
            Fault(instance, $"Activity type '{node.Type}' could not be found. Register it with the host, or change the step '{node.DisplayText}'.",
                null);
        else if (node.IsControl)
            EnterControl(instance, node);
        else
            return burst.Guard is null ? CallAsync(instance, node, resumption, ct) : CallGuardedAsync(instance, node, resumption, ct);
        return default;
    }

    private void Apply(ActivityInstance instance, IActivity activity, ActivityResult result, Resumption? resumption)
    {
        if (burst.TriggerActivityId is { } trigger && trigger == _nodes[instance.Node].Id) burst.TriggerActivityId = null;
        switch (result.What)
        {
            case ActivityResult.Kind.Wait:
                Wait(instance, result.Bookmarks);
                break;
            case ActivityResult.Kind.Return:
                FlowchartReturn.Return(this, instance, result.Target!, result.StraightBack);
                break;
            case ActivityResult.Kind.Finish:
                StoreOutputs(activity, instance);
                End(instance, JournalEvent.Completed, null);
                Finish(WorkflowSubStatus.Finished);
                break;
            case ActivityResult.Kind.Slot:
                StoreOutputs(activity, instance);
                RunSlot(instance, result);
                break;
            case ActivityResult.Kind.Decline:
                burst.Declined = true;
                Finish(WorkflowSubStatus.Cancelled);
                break;
            default:
                StoreOutputs(activity, instance);
                Complete(instance, result.Outcomes);
                break;
        }
        // what it asked for was refused (a return, a connection back): a retry delivers the same answer again
        if (instance.Status == ActivityStatus.Faulted && resumption is { } refused)
            instance.Failed = new FailedResumption(refused.Bookmark, refused.Input);
    }

    private void RunSlot(ActivityInstance instance, ActivityResult result)
    {
        var node = _nodes[instance.Node];
        if (result.IsLast)
        {
            instance.Container = new SlotState(result.Outcomes);
            RemoveBookmarks(instance);
        }
        var slot = node.Slot(result.Target!) is var named and >= 0 ? named : Array.Find(node.Cases, c => c.Label == result.Target)?.Activity ?? -1;
        if (slot >= 0) Schedule(instance, slot);
        else SlotDone(instance);
    }

    /// <summary>A leaf is over when its last slot was run and nothing of it is open.</summary>
    private void SlotDone(ActivityInstance instance)
    {
        if (instance.OpenChildren == 0 && instance.Container is SlotState last) Complete(instance, last.Outcomes);
    }

    public void Wait(ActivityInstance instance, BookmarkRequest[] requests)
    {
        var node = _nodes[instance.Node];
        foreach (var request in requests)
        {
            var bookmark = new Bookmark
            {
                Id = request.Id ?? burst.NewId(),
                ActivityInstanceId = instance.Id,
                NodeId = node.NodeId,
                Name = request.Name,
                Key = request.Key,
                Payload = request.Payload,
                DueAt = request.DueAt,
                AutoBurn = request.AutoBurn,
                CreatedAt = burst.Now,
            };
            _state.Bookmarks.Add(bookmark);
            burst.CreatedBookmarks.Add(bookmark);
        }
        if (requests.Length == 0 && !_state.Bookmarks.Exists(b => b.ActivityInstanceId == instance.Id))
            Fault(instance, $"The step '{node.DisplayText}' waits without a bookmark, so nothing could ever wake it.", null);
        else
            Write(instance, JournalEvent.Suspended);
    }

    public async ValueTask ResumeAsync(ActivityInstance instance, Bookmark bookmark, Value input, CancellationToken ct)
    {
        _state.SubStatus = WorkflowSubStatus.Executing;
        if (bookmark.AutoBurn)
        {
            _state.Bookmarks.Remove(bookmark);
            burst.BurnedBookmarks.Add(bookmark.Id);
        }
        var failedBefore = instance.Status == ActivityStatus.Faulted;
        instance.Status = ActivityStatus.Running;
        await DeliverAsync(instance, bookmark, input, ct);
        // a vote may reach a step whose earlier vote failed; unless it decided the step, the incident still stands
        if (failedBefore && instance.Status == ActivityStatus.Running) instance.Status = ActivityStatus.Faulted;
    }

    private ValueTask DeliverAsync(ActivityInstance instance, Bookmark bookmark, Value input, CancellationToken ct)
    {
        if (input.Kind == ValueKind.Object) burst.ResumeInput ??= new Dictionary<string, Value>(input.Members);
        Write(instance, JournalEvent.Resumed);
        return ExecuteAsync(instance, _nodes[instance.Node], new Resumption(bookmark, input), ct);
    }

    /// <summary>The step is over; its container decides what comes next.</summary>
    public void Complete(ActivityInstance instance, string[]? outcomes)
    {
        var parent = instance.Parent;
        if (parent is not null && Flowchart.RefusesBackward(this, parent, instance, outcomes) is { } refusal)
        {
            Fault(instance, refusal, null);
            return;
        }
        End(instance, JournalEvent.Completed, outcomes);
        if (parent is null) return;
        if (parent.Node == 0) Complete(parent, null);
        else TellContainer(parent, instance, outcomes);
    }

    /// <summary>Completes a container whatever is still open inside it.</summary>
    public void CompleteContainer(ActivityInstance container, string[]? outcomes = null)
    {
        CancelChildren(container);
        Complete(container, outcomes);
    }

    /// <summary>Takes an instance out of the state with its bookmarks and incidents.</summary>
    public void End(ActivityInstance instance, JournalEvent how, string[]? outcomes)
    {
        Write(instance, how, outcomes);
        instance.Status = how == JournalEvent.Canceled ? ActivityStatus.Canceled : ActivityStatus.Completed;
        RemoveBookmarks(instance);
        if (_state.Incidents.Count > 0) ResolveIncidents(instance);
        _state.Activities.RemoveAt(_state.Activities.LastIndexOf(instance));
        if (instance.Parent is { } parent) parent.OpenChildren--;
    }

    private void RemoveBookmarks(ActivityInstance instance)
    {
        for (var i = _state.Bookmarks.Count - 1; i >= 0; i--)
        {
            if (_state.Bookmarks[i].ActivityInstanceId != instance.Id) continue;
            burst.BurnedBookmarks.Add(_state.Bookmarks[i].Id);
            _state.Bookmarks.RemoveAt(i);
        }
    }

    /// <summary>Cancels a step and everything open inside it. Its container is not told.</summary>
    public void Cancel(ActivityInstance instance)
    {
        CancelChildren(instance);
        var started = instance.Status != ActivityStatus.Pending;
        if (started && _nodes[instance.Node].Binding is { HandlesCancel: true }) (_canceled ??= []).Add(instance);
        End(instance, JournalEvent.Canceled, null);
    }

    public void CancelChildren(ActivityInstance container)
    {
        // parents stand before children, so what goes with a child stands behind it
        for (var i = _state.Activities.Count - 1; i >= 0 && container.OpenChildren > 0; i--)
            if (_state.Activities[i].Parent == container) Cancel(_state.Activities[i]);
    }

    /// <summary>Ends the whole instance at once.</summary>
    public void Finish(WorkflowSubStatus how)
    {
        if (_state.Activities.Count > 0) Cancel(_state.Activities[0]);
        _queue.Clear();
        _state.ParkedBookmarks.Clear();
        _state.Held.Clear();
        _state.Status = WorkflowStatus.Finished;
        _state.SubStatus = how;
    }
}

namespace CrmFlow.Engine;

/// <summary>What a burst leaves behind: outputs, journal, incidents, and the way back from an incident.</summary>
internal sealed partial class Run
{
    /// <summary>Reads the outputs of an activity into the register and into what they are bound to (elsa-format §2.2).</summary>
    public void StoreOutputs(IActivity activity, ActivityInstance instance)
    {
        var node = _nodes[instance.Node];
        foreach (var output in node.Outputs)
        {
            var value = output.Property.Get(activity).Clone();
            if (value.Kind == ValueKind.Undefined) continue;
            if (!_state.OutputRegister.TryGetValue(node.Id, out var register)) _state.OutputRegister[node.Id] = register = [];
            register[output.Property.Name] = value;
            if (output.Property.Name == "Result") _state.LastResult = value;
            (instance.Recorded ??= [])[output.Property.Name] = value;
            if (output.WorkflowOutput is { } name) burst.SetOutput(instance, name, value);
            if (output.VariableId is { } id && !burst.SetVariableById(instance, id, value)) burst.SetVariable(instance, id, value);
        }
    }

    /// <summary>An output of a workflow used as an activity: into the register and into what the step binds it to.</summary>
    public void StoreOutput(ActivityInstance instance, string name, Value value)
    {
        var node = _nodes[instance.Node];
        if (!_state.OutputRegister.TryGetValue(node.Id, out var register)) _state.OutputRegister[node.Id] = register = [];
        register[name] = value;
        (instance.Recorded ??= [])[name] = value;
        if ((node.Json[ActivityBinding.JsonNameOf(
            name)] as System.Text.Json.Nodes.JsonObject)?["memoryReference"] is not System.Text.Json.Nodes.JsonObject reference
            || reference.Text("id") is not { } target) return;
        if (instance.Parent is { } outside && burst.SetVariableById(outside, target, value)) return;
        burst.SetOutput(instance.Parent!, target, value);
    }

    public void Write(ActivityInstance instance, JournalEvent what, string[]? outcomes = null)
    {
        if (instance.Node == 0 || what == JournalEvent.Canceled && instance.Status == ActivityStatus.Pending) return;
        var node = _nodes[instance.Node];
        burst.Journal.Add(
            new JournalEntry(instance.Id, node.NodeId, node.Id, node.Type, what, burst.Now, instance.Round, outcomes, instance.Recorded));
        instance.Recorded = null;
    }

    /// <summary>Notes on the instance's next journal row where a return goes.</summary>
    public static void RecordReturn(ActivityInstance instance, string target, bool straightBack)
    {
        instance.Recorded ??= [];
        instance.Recorded["ReturnTo"] = target;
        if (straightBack) instance.Recorded["StraightBack"] = true;
    }

    /// <summary>The step failed: an incident, and then what the workflow's strategy says (elsa-format §5.1).</summary>
    public void Fault(ActivityInstance instance, string message, Exception? exception)
    {
        instance.Status = ActivityStatus.Faulted;
        (instance.Recorded ??= [])["Message"] = message;
        Write(instance, JournalEvent.Faulted);
        AddIncident(instance, message, exception);
        if (burst.Workflow.ContinueWithIncidents) return;

        // FaultStrategy: nothing may wake the instance any more, yet a retry must find every branch as it was
        foreach (var bookmark in _state.Bookmarks) burst.BurnedBookmarks.Add(bookmark.Id);
        _state.ParkedBookmarks.AddRange(_state.Bookmarks);
        _state.Bookmarks.Clear();
        _queue.Clear();
        _state.Status = WorkflowStatus.Finished;
        _state.SubStatus = WorkflowSubStatus.Faulted;
    }

    private void AddIncident(ActivityInstance instance, string message, Exception? exception)
    {
        var node = _nodes[instance.Node];
        var incident = new Incident
        {
            Id = burst.NewId(),
            ActivityInstanceId = instance.Id,
            NodeId = node.NodeId,
            ActivityType = node.Type,
            Message = message,
            Detail = exception?.ToString() is { } detail ? detail.Length <= 8000 ? detail : detail[..8000] : null,
            At = burst.Now,
        };
        _state.Incidents.Add(incident);
        burst.NewIncidents.Add(incident);
    }

    private void ResolveIncidents(ActivityInstance instance)
    {
        for (var i = _state.Incidents.Count - 1; i >= 0; i--)
        {
            if (_state.Incidents[i].ActivityInstanceId != instance.Id) continue;
            burst.ResolvedIncidents.Add(_state.Incidents[i].Id);
            _state.Incidents.RemoveAt(i);
        }
    }
}

namespace CrmFlow.Engine;

/// <summary>Calls into activities: on the fast path an exception leaves the runner, in careful mode it becomes an incident.</summary>
internal sealed partial class Run
{
    /// <summary>Sets the inputs of an activity as they stand now.</summary>
    public void Bind(IActivity activity, ActivityInstance instance)
    {
        foreach (var input in _nodes[instance.Node].Inputs) input.Apply(activity, burst, instance);
    }

    private async ValueTask CallAsync(ActivityInstance instance, CompiledActivity node, Resumption? resumption, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        IActivity activity;
        ActivityResult result;
        try
        {
            activity = node.Descriptor!.Create(burst.Services);
            Bind(activity, instance);
            var context = new ActivityContext(burst, instance, node);
            result = await (resumption is { } r ? activity.ResumeAsync(context, r, ct) : activity.ExecuteAsync(context, ct));
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            throw new ActivityFailedException(instance.Id, node.NodeId, e);
        }
        Apply(instance, activity, result, resumption);
    }

    private async ValueTask CallGuardedAsync(ActivityInstance instance, CompiledActivity node, Resumption? resumption, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        IActivity? activity = null;
        ActivityResult result;
        var before = new StateMemory(burst, instance);
        try
        {
            result = await burst.Guard!.RunAsync(() =>
            {
                activity = node.Descriptor!.Create(burst.Services);
                Bind(activity, instance);
                var context = new ActivityContext(burst, instance, node);
                return resumption is { } r ? activity.ResumeAsync(context, r, ct) : activity.ExecuteAsync(context, ct);
            }, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            before.Restore();
            if (resumption is { } failed) instance.Failed = new FailedResumption(failed.Bookmark, failed.Input);
            Fault(instance, e.Message, e);
            return;
        }
        Apply(instance, activity!, result, resumption);
    }

    private void EnterControl(ActivityInstance self, CompiledActivity node)
    {
        try
        {
            var control = (ControlActivity)node.Descriptor!.Create(burst.Services);
            Bind(control, self);
            control.Enter(this, self);
        }
        catch (Exception e) when (IsFault(e))
        {
            FaultControl(self, node, e);
        }
    }

    private void TellContainer(ActivityInstance container, ActivityInstance child, string[]? outcomes)
    {
        var node = _nodes[container.Node];
        if (!node.IsControl)
        {
            SlotDone(container);
            return;
        }
        try
        {
            ((ControlActivity)node.Descriptor!.Create(burst.Services)).ChildDone(this, container, child, outcomes);
        }
        catch (Exception e) when (IsFault(e))
        {
            FaultControl(container, node, e);
        }
    }

    /// <summary>What a definition can make a control activity throw; anything else is a bug of the engine and leaves the runner.</summary>
    private static bool IsFault(Exception e) => e is ActivityInputException or ExpressionException or ExpressionSyntaxException;

    private void FaultControl(ActivityInstance self, CompiledActivity node, Exception e)
    {
        if (burst.Guard is null) throw new ActivityFailedException(self.Id, node.NodeId, e);
        Fault(self, e.Message, e);
    }

    private async ValueTask NotifyCanceledAsync(CancellationToken ct)
    {
        var canceled = _canceled!;
        _canceled = null;
        foreach (var instance in canceled)
        {
            var node = _nodes[instance.Node];
            try
            {
                if (burst.Guard is null) await Call();
                else await burst.Guard.RunAsync(Call, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                if (burst.Guard is null) throw new ActivityFailedException(instance.Id, node.NodeId, e);
                AddIncident(instance, e.Message, e);
            }

            async ValueTask<ActivityResult> Call()
            {
                var activity = node.Descriptor!.Create(burst.Services);
                Bind(activity, instance);
                await activity.CanceledAsync(new ActivityContext(burst, instance, node), ct);
                return ActivityResult.Complete();
            }
        }
    }
}

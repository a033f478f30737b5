using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>Raises an event: wakes what waits for it and starts what it triggers, after this burst.</summary>
[Activity("Elsa.PublishEvent")]
internal sealed class PublishEvent : IActivity
{
    [Input] public string EventName { get; set; } = "";
    [Input] public string? CorrelationId { get; set; }
    /// <summary>Only for this instance.</summary>
    [Input] public bool IsLocalEvent { get; set; }
    [Input] public Value Payload { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (EventName.Length == 0) throw new InvalidOperationException($"The step '{context.Activity.DisplayText}' names no event.");
        context.Ask(new RaiseEvent(EventName, Payload.Clone(), CorrelationId, IsLocalEvent ? context.WorkflowInstanceId : null));
        return new(ActivityResult.Complete());
    }
}

/// <summary>Waits until somebody outside says that a task is done; its id is an output and the key of the bookmark (elsa-format §7).</summary>
[Activity("Elsa.RunTask")]
internal sealed class RunTask : IActivity
{
    [Input] public string TaskName { get; set; } = "";
    [Input] public Value Payload { get; set; }
    [Output] public string? TaskId { get; private set; }
    [Output] public Value Result { get; private set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (TaskName.Length == 0) throw new InvalidOperationException($"The step '{context.Activity.DisplayText}' names no task.");
        var id = context.NewId().ToString();
        context.Record("TaskId", id);
        context.Record("TaskName", TaskName);
        return new(ActivityResult.Wait(
            new BookmarkRequest("Elsa.RunTask") { Key = id, Payload = Value.Object(("TaskName", TaskName), ("Payload", Payload.Clone())) }));
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        (TaskId, Result) = (resumption.Bookmark.Key, resumption.Input);
        return new(ActivityResult.Complete());
    }
}

/// <summary>Waits for an event by name; its payload is the result. As the trigger that started the instance it has already happened.</summary>
[Activity("Elsa.Event", IsTrigger = true)]
internal sealed class Event : ITrigger
{
    /// <summary>The workflow input under which Elsa passes an event's payload (elsa-format §8).</summary>
    public const string PayloadInput = "__EventPayloadWorkflowInput";

    [Input] public string EventName { get; set; } = "";
    [Output] public Value Result { get; private set; }

    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment) => EventName.Length == 0 ? [] : [new TriggerStimulus("Elsa.Event", EventName)];

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (context.IsStartingTrigger)
        {
            Result = context.GetInput(PayloadInput);
            return new(ActivityResult.Complete());
        }
        return new(ActivityResult.Wait(new BookmarkRequest("Elsa.Event") { Key = EventName }));
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        Result = resumption.Input;
        return new(ActivityResult.Complete());
    }
}

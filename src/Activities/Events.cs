using CrmFlow.Engine;

namespace CrmFlow.Activities;

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

using System.Globalization;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>
/// Fires a step that starts its workflow by the clock (timer, cron): one row for each such step of a published version. Starting the instance and
/// inserting the row of the next time are one commit.
/// </summary>
internal sealed class ClockTrigger(WorkflowDefinitions definitions) : IDueHandler
{
    public const string Kind = "trigger";

    public static string KeyOf(string definitionId, string activityId) => $"{definitionId}/{activityId}";

    /// <summary>The instant it was to fire at, from which the next is counted.</summary>
    public static Value PayloadOf(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);

    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var (definitionId, activityId) = (key[..key.IndexOf('/')], key[(key.IndexOf('/') + 1)..]);
        if (await definitions.PublishedAsync(cmd.Transaction, definitionId, ct) is not { } workflow
            || workflow.TriggerSteps().FirstOrDefault(s => s.Id == activityId) is not { } step) return;
        var fired = DateTimeOffset.Parse(payload.String, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        foreach (var next in workflow.Stimuli(step, new TriggerMoment(cmd.Now, fired, definitions.Zone)))
            if (next.DueAt is { } at) cmd.Schedule(Kind, key, at, PayloadOf(at));
        // refused by its activation strategy: this time passes
        await cmd.Instances.StartAsync(definitionId, [], correlationId: null, name: null, activityId, ct);
    }
}

using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>Waits for a time span, counted from when it is reached.</summary>
[Activity("Elsa.Delay")]
internal sealed class Delay : IActivity
{
    [Input] public TimeSpan TimeSpan { get; set; } = TimeSpan.FromMinutes(1);

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
        new(ActivityResult.WaitUntil(context.Now + TimeSpan, "Elsa.Delay"));
}

/// <summary>As a trigger it starts an instance every interval, counted from publishing; in the middle of a flow it waits for one.</summary>
[Activity("Elsa.Timer", IsTrigger = true)]
internal sealed class Timer : ITrigger
{
    [Input] public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Keeps its beat: beats that were missed are not made up for.</summary>
    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment)
    {
        if (Interval < TimeSpan.FromSeconds(1))
            throw new FormatException($"The interval {Interval} is too short: a timer beats once a second at most.");
        var last = moment.Fired ?? moment.Now;
        var beats = moment.Now <= last ? 1 : (moment.Now - last).Ticks / Interval.Ticks + 1;
        return [new TriggerStimulus("Elsa.Timer", "") { DueAt = last + Interval * beats }];
    }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
        new(context.IsStartingTrigger ? ActivityResult.Complete() : ActivityResult.WaitUntil(context.Now + Interval, "Elsa.Timer"));
}

/// <summary>
/// As a trigger it starts an instance at every occurrence; in the middle of a flow it waits for the next. Read in the business time zone.
/// </summary>
[Activity("Elsa.Cron", IsTrigger = true)]
internal sealed class Cron : ITrigger
{
    [Input] public string CronExpression { get; set; } = "";

    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment)
    {
        // from the instant it fired for, should a clock that was set back show an earlier one
        var after = moment.Fired > moment.Now ? moment.Fired.Value : moment.Now;
        return CronSchedule.Parse(CronExpression).Next(after, moment.Zone) is { } next ? [new TriggerStimulus("Elsa.Cron", "") { DueAt = next }] : [];
    }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (context.IsStartingTrigger) return new(ActivityResult.Complete());
        var next = CronSchedule.Parse(CronExpression).Next(context.Now, context.Zone)
            ?? throw new FormatException($"'{CronExpression}' never comes again.");
        return new(ActivityResult.WaitUntil(next, "Elsa.Cron"));
    }
}

/// <summary>
/// As a trigger it starts one instance at an instant; in the middle of a flow it waits for it. An instant that is past is not waited for.
/// </summary>
[Activity("Elsa.StartAt", IsTrigger = true)]
internal sealed class StartAt : ITrigger
{
    [Input] public DateTimeOffset DateTime { get; set; }

    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment) =>
        moment.Fired is null && DateTime > moment.Now ? [new TriggerStimulus("Elsa.StartAt", "") { DueAt = DateTime }] : [];

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
        new(context.IsStartingTrigger || DateTime <= context.Now ? ActivityResult.Complete() : ActivityResult.WaitUntil(DateTime, "Elsa.StartAt"));
}

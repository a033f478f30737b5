using System.Diagnostics;
using System.Diagnostics.Metrics;
using CrmFlow.Engine;
using Activity = System.Diagnostics.Activity;

namespace CrmFlow.Runtime;

/// <summary>
/// The runtime's meter and traces, both named <c>CrmFlow.Runtime</c>; docs/operations.md lists them. Tags hold names and ids of ours, never what a
/// person typed.
/// While nobody listens, a span is null and costs nothing.
/// </summary>
internal sealed class RuntimeMetrics : IDisposable
{
    public const string Name = "CrmFlow.Runtime";
    private const string OutcomeTag = "crmflow.outcome";
    public const string Failed = "Failed";
    private static readonly ActivitySource Traces = new(Name);

    private readonly Meter _meter;
    private readonly Counter<long> _commands, _conflicts, _delivered, _failed;
    private readonly Histogram<double> _duration, _lateness, _jobs, _jobWait;
    private PumpLag _lag;

    public RuntimeMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _commands = _meter.CreateCounter<long>("crmflow.commands");
        _conflicts = _meter.CreateCounter<long>("crmflow.conflicts", description: "Reruns of a command because somebody else was faster");
        _delivered = _meter.CreateCounter<long>("crmflow.outbox.delivered");
        _failed = _meter.CreateCounter<long>("crmflow.due.failed");
        _duration = _meter.CreateHistogram("crmflow.command.duration", "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });
        _lateness = _meter.CreateHistogram("crmflow.due.lateness", "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600] });
        _jobs = _meter.CreateHistogram("crmflow.job.duration", "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600, 3600] });
        _jobWait = _meter.CreateHistogram("crmflow.job.wait", "s", "From asked for to begun",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600, 3600] });
        _meter.CreateObservableGauge("crmflow.due.overdue", () => _lag.Overdue);
        _meter.CreateObservableGauge("crmflow.due.age", () => _lag.DueAge.TotalSeconds, "s", "How long the oldest row that is due has been waiting");
        _meter.CreateObservableGauge("crmflow.outbox.age", () => _lag.OutboxAge.TotalSeconds, "s");
    }

    public void Lag(PumpLag lag) => _lag = lag;
    public void Conflict(string operation) => _conflicts.Add(1, new KeyValuePair<string, object?>("operation", operation));
    public void Delivered(int count) => _delivered.Add(count);
    public void DueFailed() => _failed.Add(1);
    public void Late(TimeSpan lateness) => _lateness.Record(lateness.TotalSeconds);

    public Measured Command(string operation)
    {
        _commands.Add(1, new KeyValuePair<string, object?>("operation", operation));
        return new Measured(_duration, operation, Stopwatch.GetTimestamp(), Traces.StartActivity("command")?.SetTag("crmflow.operation", operation));
    }

    /// <summary>One run of a job, from taken to left. A job that is taken up again is recorded each time; it waited until this run began.</summary>
    /// <param name="outcome">The state it was left in.</param>
    public void Job(string kind, string outcome, TimeSpan waited, TimeSpan ran)
    {
        _jobWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
        _jobs.Record(ran.TotalSeconds, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("outcome", outcome));
    }

    public static Activity? JobSpan(string kind, Guid id) =>
        Traces.StartActivity("job")?.SetTag("crmflow.job.kind", kind).SetTag("crmflow.job.id", id.ToString());

    public static Activity? BurstSpan(string definitionId, Guid instanceId) =>
        Traces.StartActivity("workflow burst")?.SetTag("workflow.definition.id", definitionId).SetTag("workflow.instance.id", instanceId.ToString());

    public static void Describe(Activity? span, Burst burst, string outcome)
    {
        if (span is null) return;
        span.SetTag("workflow.activities", burst.Steps).SetTag("workflow.incidents", burst.NewIncidents.Count);
        Describe(span, outcome);
    }

    public static void Describe(Activity? span, string outcome)
    {
        span?.SetTag(OutcomeTag, outcome);
        if (outcome == Failed) span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>A round of the pump that found something to do.</summary>
    public static Activity? BatchSpan(int count) => count == 0 ? null : Traces.StartActivity("due batch")?.SetTag("crmflow.due.count", count);

    public static Activity? MailSpan(int attempt) =>
        Traces.StartActivity("mail delivery", ActivityKind.Producer)?.SetTag("crmflow.outbox.attempt", attempt);

    public static Activity? CallSpan(Guid? instanceId, int attempt) =>
        Traces.StartActivity("external call")?.SetTag("workflow.instance.id", instanceId?.ToString()).SetTag("crmflow.due.attempt", attempt);

    public void Dispose() => _meter.Dispose();

    /// <param name="span">Null while nobody listens.</param>
    internal readonly struct Measured(Histogram<double> duration, string operation, long started, Activity? span) : IDisposable
    {
        /// <summary>It ended with this answer; a command that throws has none, and its span is an error.</summary>
        public void Answered(Problem? problem) => span?.SetTag(OutcomeTag, problem is null ? "Done" : problem.Key);

        public void Dispose()
        {
            duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
            if (span is null) return;
            if (span.GetTagItem(OutcomeTag) is null) span.SetStatus(ActivityStatusCode.Error);
            span.Dispose();
        }
    }
}

/// <summary>How far the pump is behind.</summary>
internal readonly record struct PumpLag(long Overdue, TimeSpan DueAge, TimeSpan OutboxAge);

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CrmFlow.Runtime;

/// <summary>The runtime's meter and traces, both named <c>CrmFlow.Runtime</c>.</summary>
internal sealed class RuntimeMetrics : IDisposable
{
    public const string Name = "CrmFlow.Runtime";
    private static readonly ActivitySource Traces = new(Name);

    private readonly Meter _meter;
    private readonly Counter<long> _commands, _conflicts, _delivered, _failed;
    private readonly Histogram<double> _duration, _lateness;
    private PumpLag _lag;

    public RuntimeMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _commands = _meter.CreateCounter<long>("crmflow.commands");
        _conflicts = _meter.CreateCounter<long>("crmflow.conflicts", description: "Reruns of a command because somebody else was faster");
        _delivered = _meter.CreateCounter<long>("crmflow.outbox.delivered");
        _failed = _meter.CreateCounter<long>("crmflow.due.failed");
        _duration = _meter.CreateHistogram<double>("crmflow.command.duration", "s");
        _lateness = _meter.CreateHistogram("crmflow.due.lateness", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 600] });
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
        return new Measured(_duration, operation, Stopwatch.GetTimestamp());
    }

    public Activity? Burst(string definitionId, Guid instanceId) =>
        Traces.StartActivity("workflow burst")?.SetTag("workflow.definition", definitionId).SetTag("workflow.instance", instanceId);

    public void Dispose() => _meter.Dispose();

    internal readonly struct Measured(Histogram<double> duration, string operation, long started) : IDisposable
    {
        public void Dispose() => duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
    }
}

/// <summary>How far the pump is behind.</summary>
internal readonly record struct PumpLag(long Overdue, TimeSpan DueAge, TimeSpan OutboxAge);

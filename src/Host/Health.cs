using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using CrmFlow.Runtime;

namespace CrmFlow.Host;

/// <summary>For the operator's probes and graphs; nothing in them is secret, so they need no sign-in.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var probes = app.MapGroup("").AllowAnonymous().WithTags("Operations")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]));
        probes.MapGet("/healthz", async (RuntimeHealth health, CancellationToken ct) =>
            Answer((await health.CheckAsync(ct)).IsAlive, "the database does not answer"))
            .WithName("ReadHealth").WithSummary("Whether the database answers · 是否存活")
                .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        probes.MapGet("/readyz", async (RuntimeHealth health, CancellationToken ct) =>
        {
            var report = await health.CheckAsync(ct);
            return Answer(report.IsReady,
                !report.DatabaseAnswers ? "the database does not answer" : !report.CanWrite
                ? "the database takes no writes: disk full or not writable" : "waiting work is not being done");
        }).WithName("ReadReadiness").WithSummary("Whether it takes requests and does waiting work · 是否就绪")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        probes.MapGet("/metrics", (MetricsText metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4"))
            .WithName("ReadMetrics").WithSummary("Figures in the text format Prometheus reads · 指标");
    }

    private static IResult Answer(bool good, string otherwise) => good ? Results.Text("ok") : Results.Text(otherwise, statusCode: 503);
}

/// <summary>Listens to the product's meters and writes them in the text format Prometheus reads.</summary>
internal sealed class MetricsText : IDisposable
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), Series> _series = [];

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("CrmFlow", StringComparison.Ordinal)
                || instrument.Meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Hosting") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.OrderBy(s => s.Key.Name, StringComparer.Ordinal).ThenBy(s => s.Key.Labels, StringComparer.Ordinal)
            .GroupBy(s => s.Key.Name))
        {
            text.Append("# TYPE ").Append(group.Key).Append(' ').Append(group.First().Value.Kind).Append('\n');
            foreach (var ((name, labels), series) in group) series.Write(text, name, labels);
        }
        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var labels = new StringBuilder();
        foreach (var (key, tag) in tags) labels.Append(labels.Length > 0 ? ","
            : "").Append(key.Replace('.', '_')).Append("=\"").Append(Escape(Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "")).Append('"');
        var kind = instrument.GetType().GetGenericTypeDefinition();
        _series.GetOrAdd((name, labels.ToString()), _ => new Series(
            kind == typeof(Histogram<>) ? "histogram" : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? "counter" : "gauge",
            sums: kind == typeof(Counter<>) || kind == typeof(UpDownCounter<>))).Add(value);
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    public void Dispose() => _listener.Dispose();

    private sealed class Series(string kind, bool sums)
    {
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[Bounds.Length];
        private double _value;
        private long _count;

        public string Kind => kind;

        public void Add(double value)
        {
            lock (_lock)
            {
                _count++;
                _value = kind == "histogram" || sums ? _value + value : value;
                if (kind != "histogram") return;
                for (var i = 0; i < Bounds.Length; i++)
                    if (value <= Bounds[i]) _buckets[i]++;
            }
        }

        public void Write(StringBuilder text, string name, string labels)
        {
            lock (_lock)
            {
                var braces = labels.Length > 0 ? $"{{{labels}}}" : "";
                if (kind != "histogram")
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {_value}\n");
                    return;
                }
                var lead = labels.Length > 0 ? labels + "," : "";
                for (var i = 0; i < Bounds.Length; i++)
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{lead}le=\"{Bounds[i]}\"}} {_buckets[i]}\n");
                text.Append(CultureInfo.InvariantCulture,
                    $"{name}_bucket{{{lead}le=\"+Inf\"}} {_count}\n{name}_sum{braces} {_value}\n{name}_count{braces} {_count}\n");
            }
        }
    }
}

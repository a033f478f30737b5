using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>
/// An OTLP collector in this process: takes what is exported over HTTP and reads just enough of it (opentelemetry-proto, trace, metrics and logs v1).
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public ConcurrentQueue<Span> Spans { get; } = new();
    public ConcurrentQueue<Line> Lines { get; } = new();
    public ConcurrentDictionary<string, bool> Metrics { get; } = new();
    /// <summary>Everything that came, as text: to look for what must not be in it.</summary>
    public ConcurrentQueue<string> Raw { get; } = new();
    public string Address => _app.Urls.First();

    public sealed record Span(string Name, string TraceId, string SpanId, string ParentId, IReadOnlyDictionary<string, string> Tags);
    public sealed record Line(string Text, string TraceId);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector.Map("/v1/traces", collector.TakeSpan);
        collector.Map("/v1/metrics", metric => collector.Metrics[metric.Text(1)] = true);
        collector.Map("/v1/logs", collector.TakeLine);
        await collector._app.StartAsync(HostApp.Ct);
        return collector;
    }

    /// <summary>In all three, request → resource (1) → scope (2) → item (2).</summary>
    private void Map(string path, Action<Proto> take) => _app.MapPost(path, async (HttpContext http) =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Raw.Enqueue(Encoding.UTF8.GetString(body.ToArray()));
        foreach (var item in new Proto(body.ToArray()).All(1).SelectMany(r => r.All(2)).SelectMany(s => s.All(2))) take(item);
        return Results.Bytes([], "application/x-protobuf");
    });

    private void TakeSpan(Proto span) =>
        Spans.Enqueue(new Span(span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4),
            span.All(9).ToDictionary(a => a.Text(1), a => a.All(2).First().Any())));

    private void TakeLine(Proto line) => Lines.Enqueue(new Line(line.All(5).First().Text(1), line.Hex(9)));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>A protobuf message, by field number.</summary>
    private sealed class Proto
    {
        private readonly List<(int Field, byte[]? Bytes, ulong Number)> _fields = [];

        public Proto(ReadOnlySpan<byte> data)
        {
            while (data.Length > 0)
            {
                var tag = Varint(ref data);
                switch (tag & 7)
                {
                    case 0: _fields.Add(((int)(tag >> 3), null, Varint(ref data))); break;
                    case 1: _fields.Add(((int)(tag >> 3), null, BitConverter.ToUInt64(data))); data = data[8..]; break;
                    case 2:
                        var length = (int)Varint(ref data);
                        _fields.Add(((int)(tag >> 3), data[..length].ToArray(), 0));
                        data = data[length..];
                        break;
                    case 5: _fields.Add(((int)(tag >> 3), null, BitConverter.ToUInt32(data))); data = data[4..]; break;
                    default: throw new InvalidDataException($"Wire type {tag & 7} is none of OTLP's.");
                }
            }
        }

        public IEnumerable<Proto> All(int field) => _fields.Where(f => f.Field == field).Select(f => new Proto(f.Bytes));
        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));
        public string Hex(int field) => Convert.ToHexString(Bytes(field)).ToLowerInvariant();

        /// <summary>An attribute's value: text (1), yes or no (2), whole number (3), as text.</summary>
        public string Any() => _fields[0] is { Field: 1 } ? Text(1) : _fields[0].Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

        private byte[] Bytes(int field) => _fields.FirstOrDefault(f => f.Field == field).Bytes ?? [];

        private static ulong Varint(ref ReadOnlySpan<byte> data)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = data[0];
                data = data[1..];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80) return value;
            }
        }
    }
}

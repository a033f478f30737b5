using System.Diagnostics;
using CrmFlow.Runtime;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CrmFlow.Host;

/// <summary>
/// Traces, metrics and logs over OTLP, once an endpoint is named: <c>Telemetry:Otlp:Endpoint</c>, or the standard variable
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
/// with its companions (protocol, headers, interval). Without one nothing of it is registered.
/// </summary>
internal static class Telemetry
{
    public const string Setting = "Telemetry:Otlp:Endpoint";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private static readonly string[] Probes = ["/healthz", "/readyz", "/metrics"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if ((configuration[Setting] is { Length: > 0 } setting ? setting : configuration[Endpoint]) is not { Length: > 0 } endpoint) return;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new StartRefusedException(
                $"'{endpoint}' is no address of an OTLP collector. Write {Setting} as http://host:4318, or leave it out to export nothing.");
        configuration[Endpoint] = endpoint; // the exporter reads its own names
        if (string.IsNullOrEmpty(configuration[Protocol])) configuration[Protocol] = "http/protobuf";

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("CrmFlow", serviceVersion: typeof(Telemetry).Assembly.GetName().Version!.ToString(3)))
            .WithTracing(t => t
                .AddSource(RuntimeMetrics.Name, "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits")
                .AddAspNetCoreInstrumentation(o => o.Filter = http => !Probes.Contains(http.Request.Path.Value))
                .AddHttpClientInstrumentation()
                .AddProcessor(new Discreet()))
            .WithMetrics(m =>
                m.AddMeter(RuntimeMetrics.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
            // No scopes: a request's scope names its path, and the path of an invitation is a secret.
            .WithLogging(null, o => (o.IncludeFormattedMessage, o.IncludeScopes) = (true, false))
            .UseOtlpExporter();
    }

    /// <summary>
    /// Addresses carry secrets and people: tokens of invitations, what was searched for, the hook of a webhook. A request keeps its route, a call the
    /// server it went to.
    /// </summary>
    private sealed class Discreet : BaseProcessor<Activity>
    {
        private static readonly string[] Never = ["url.query", "user_agent.original", "client.address", "network.peer.address", "enduser.id"];

        public override void OnEnd(Activity data)
        {
            foreach (var name in Never)
                if (data.GetTagItem(name) is not null) data.SetTag(name, null);
            if (data.GetTagItem("url.path") is not null) data.SetTag("url.path", data.GetTagItem("http.route"));
            if (data.GetTagItem("url.full") is string full)
                data.SetTag("url.full", Uri.TryCreate(full, UriKind.Absolute, out var to) ? to.GetLeftPart(UriPartial.Authority) : null);
        }
    }
}

using System.Net;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>What a collector is told, over the wire; and that nothing is said to nobody.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crmflow-host-");
    private static CancellationToken Ct => HostApp.Ct;

    /// <summary>A host that exports; its pump waits for the test.</summary>
    private HostApp Told(Collector collector)
    {
        var app = HostApp.Over(_folder.FullName, ("Telemetry:Otlp:Endpoint", collector.Address), ("Logging:LogLevel:CrmFlow", "Information"),
            ("Http:AllowedHosts", "127.0.0.1"), ("Mail:Host", "127.0.0.1"), ("Mail:Port", "9"), ("Mail:From", "crm@example.com"));
        app.PumpsByItself = false;
        _ = app.Server;
        return app;
    }

    [Fact]
    public async Task A_burst_is_a_span_of_its_command_with_definition_instance_steps_and_outcome_and_its_lines_carry_the_trace()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = Told(collector);
        await PublishAsync(app, "traced", """
            {"id":"in","type":"Elsa.HttpEndpoint","path":"traced/{secret}","supportedMethods":{"typeName":"Object","expression":{"type":"Object","value":"[\"POST\"]"}},"customProperties":{"canStartWorkflow":true} },
            {"id":"say","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"said by traced"} } },
            {"id":"wait","type":"Elsa.Event","eventName":"never"}
            """);
        using var client = app.CreateClient();
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/workflows/traced/hush-hush?word=whispered") { Headers = { { "User-Agent", "whoever/1" } } };
        var answer = client.SendAsync(request, Ct);
        while (!answer.IsCompleted)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
        (await answer).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        Flush(app);

        var burst = collector.Spans.Where(s => s.Name == "workflow burst" && s.Tags["workflow.definition.id"] == "traced").ShouldHaveSingleItem();
        burst.Tags["workflow.activities"].ShouldBe("4"); // the sequence and its three
        burst.Tags["workflow.incidents"].ShouldBe("0");
        burst.Tags["crmflow.outcome"].ShouldBe(nameof(WorkflowSubStatus.Suspended));
        Guid.Parse(burst.Tags["workflow.instance.id"]).ShouldNotBe(Guid.Empty);
        var command = collector.Spans.Single(s => s.SpanId == burst.ParentId);
        command.Name.ShouldBe("command");
        command.Tags["crmflow.operation"].ShouldBe("Workflows.HttpRequest");
        command.Tags["crmflow.outcome"].ShouldBe("Done");
        var asked = collector.Spans.Single(s => s.SpanId == command.ParentId);
        asked.Tags["http.route"].ShouldBe("/workflows/{**path}");
        asked.TraceId.ShouldBe(burst.TraceId);
        collector.Lines.Where(l => l.Text.Contains("said by traced")).ShouldHaveSingleItem().TraceId.ShouldBe(burst.TraceId);
        foreach (var secret in new[] { "hush-hush", "whispered", "whoever" }) collector.Raw.ShouldAllBe(r => !r.Contains(secret));
    }

    [Fact]
    public async Task A_step_that_fails_shows_as_a_void_burst_and_then_as_one_with_its_incident()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = Told(collector);
        await PublishAsync(app, "broken",
            """{"id":"f","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getInput('x').at.all"} } }""");
        await app.DoAsync(cmd => cmd.StartAsync("broken", [], null, null, Ct));
        Flush(app);

        var bursts = collector.Spans.Where(s => s.Name == "workflow burst" && s.Tags["workflow.definition.id"] == "broken").ToList();
        bursts.First().Tags["crmflow.outcome"].ShouldBe("Failed");
        bursts.Last().Tags["workflow.incidents"].ShouldBe("1");
        bursts.Last().Tags["crmflow.outcome"].ShouldBe(nameof(WorkflowSubStatus.Faulted));
    }

    [Fact]
    public async Task The_pumps_batches_and_calls_are_spans_and_its_lag_and_the_times_of_jobs_are_metrics()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = Told(collector);
        await PublishAsync(app, "late", """
            {"id":"d","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"00:10:00"} } },
            {"id":"c","type":"Elsa.SendHttpRequest","url":{"typeName":"Uri","expression":{"type":"Literal","value":"http://127.0.0.1:9/hook/hush-hush"} } }
            """);
        var id = Guid.Empty;
        await app.DoAsync(async cmd => id = (await cmd.StartAsync("late", [], null, null, Ct)).Value);
        var pump = app.Services.GetRequiredService<DuePump>();
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await pump.LagAsync(Ct);
        for (var round = 0; round < 3; round++)
        {
            await pump.RunDueAsync(Ct);
            await pump.CallsAsync();
        }
        app.Services.GetRequiredService<RuntimeMetrics>().Job("import", "Done", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
        Flush(app);

        collector.Spans.ShouldContain(s => s.Name == "due batch" && s.Tags.ContainsKey("crmflow.due.count"));
        var call = collector.Spans.Where(s => s.Name == "external call" && s.Tags["workflow.instance.id"] == id.ToString()).ShouldHaveSingleItem();
        call.Tags["crmflow.outcome"].ShouldBe("Failed");
        collector.Spans.SelectMany(s => s.Tags.Values).ShouldAllBe(v => !v.Contains("hush-hush")); // the log names the address, as the incident does
        foreach (var name in new[] { "crmflow.commands", "crmflow.command.duration", "crmflow.due.lateness", "crmflow.due.age", "crmflow.due.overdue",
            "crmflow.outbox.age", "crmflow.job.duration", "crmflow.job.wait",
            "http.server.request.duration", "dotnet.process.memory.working_set" })
            collector.Metrics.Keys.ShouldContain(name);
    }

    [Fact]
    public async Task A_mail_is_a_span_without_its_address()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = Told(collector);
        await app.DoAsync(cmd => { cmd.Send(new Mail("hush-hush@example.com", "s", "b"), "k"); return Task.CompletedTask; });
        await app.Services.GetRequiredService<OutboxDelivery>().DeliverAsync(Ct);
        Flush(app);

        collector.Spans.ShouldContain(s =>
            s.Name == "mail delivery" && s.Tags["crmflow.outcome"] == "Failed" && s.Tags["crmflow.outbox.attempt"] == "1");
        collector.Raw.ShouldAllBe(r => !r.Contains("hush-hush"));
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_of_it_is_there()
    {
        await using var app = await HostApp.StartAsync();

        app.Services.GetService<TracerProvider>().ShouldBeNull();
        app.Services.GetService<MeterProvider>().ShouldBeNull();
        app.Services.GetService<LoggerProvider>().ShouldBeNull();
    }

    [Fact]
    public void An_endpoint_that_is_no_address_is_refused_with_the_way_out()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(["--Telemetry:Otlp:Endpoint=collector"]);
        Should.Throw<CrmFlow.Host.StartRefusedException>(() => CrmFlow.Host.Telemetry.AddTelemetry(builder))
            .Message.ShouldContain("http://host:4318");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Flush(HostApp app)
    {
        app.Services.GetRequiredService<TracerProvider>().ForceFlush().ShouldBeTrue();
        app.Services.GetRequiredService<MeterProvider>().ForceFlush().ShouldBeTrue();
        app.Services.GetRequiredService<LoggerProvider>().ForceFlush().ShouldBeTrue();
    }

    private static async Task PublishAsync(HostApp app, string id, string steps)
    {
        var flow = $$"""{"definitionId":"{{id}}","name":"{{id}}","isPublished":true,"root":{"id":"s","type":"Elsa.Sequence","activities":[{{steps}}]} }""";
        (await app.Services.GetRequiredService<DefinitionAdministration>().ImportAsync(Actor.System, app.NewOperation(), flow, Ct))
            .Value.Problems.Where(p => p.IsError).ShouldBeEmpty();
    }
}

using System.Net;
using System.Text;
using CrmFlow.Engine;
using Microsoft.Extensions.Configuration;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

/// <summary>
/// HTTP in both directions: routes that start and wake processes, calls that are made after the commit, and addresses nobody may call.
/// </summary>
public sealed class HttpTests : IAsyncLifetime
{
    // A server just closed may hold its port for a moment, so each test has its own.
    private readonly int Port = FreePort(), NobodysPort = FreePort();
    private TestHost<Sqlite> _host = null!;
    private HttpListener _server = null!;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Requests that came to /slow.</summary>
    private readonly SemaphoreSlim _slow = new(0);
    private readonly List<(string Method, string Path, string? Key, string Body)> _received = [];
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost<Sqlite>.StartAsync(settings: new() { ["Http:AllowedHosts"] = $"127.0.0.1:{Port},127.0.0.1:{NobodysPort}" });
        _server = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/" } };
        _server.Start();
        _ = Task.Run(ServeAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _server.Close();
        await _host.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using (var reader = new StreamReader(context.Request.InputStream))
                _received.Add((context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.Headers["Idempotency-Key"],
                await reader.ReadToEndAsync()));
            if (context.Request.Url!.AbsolutePath == "/slow")
            {
                _slow.Release();
                _ = _gate.Task.ContinueWith(_ => context.Response.Close(), TaskScheduler.Default);
                continue;
            }
            var response = context.Response;
            switch (context.Request.Url!.AbsolutePath)
            {
                case "/inside": response.Redirect("http://127.0.0.1:22/"); break;
                case "/missing": response.StatusCode = 404; break;
                default:
                    response.ContentType = "application/json";
                    await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("""{"n":7}"""));
                    break;
            }
            response.Close();
        }
    }

    private static string Js(string source) =>
        """{"typeName":"Object","expression":{"type":"JavaScript","value":""" + $"\"{source.Replace(" ", "\\u0020")}\"" + "}}";
    private async Task PumpAsync()
    {
        await _host.Get<DuePump>().RunDueAsync(Ct);
        await _host.Get<DuePump>().CallsAsync();
    }

    private async Task<AnswerHttp?> RequestAsync(string method, string path, Value? request = null, TimeSpan patience = default)
    {
        var given = request ?? Value.Object(("request", Value.Object()), ("query", Value.Object(("q", "1"))), ("headers", Value.Object()),
            ("form", Value.Null), ("body", "{\"a\":5}"), ("contentType", "application/json"), ("length", 7), ("files", Value.List([])),
            ("isSignedIn", false), ("rights", Value.List([])));
        var match = (await _host.Get<HttpRouting>().HandleAsync(method, path, given, null, null, Ct)).Value;
        if (match.InstanceId is not { } id) return new AnswerHttp(Guid.Empty, match.IsAmbiguous ? 500 : 404, null, null, []);
        return await _host.Get<HttpExchanges>().AnswerAsync(id, patience, TimeProvider.System, Ct);
    }

    private const string Starts = "\"customProperties\":{\"canStartWorkflow\":true}";
    private static string Endpoint(string path, string method = "POST", string more = "") =>
        $"in:HttpEndpoint(\"path\":\"{path}\",\"supportedMethods\":\"[\\\"{method}\\\"]\"{more},{Starts})";
    private static string Answer(string script) => $"out:WriteHttpResponse(\"statusCode\":201,\"content\":{Js(script)})";

    [Fact]
    public async Task A_request_starts_the_process_of_its_route_and_gets_the_answer_it_writes()
    {
        await _host.PublishAsync("p",
            $"{Endpoint("orders/{id}")} {Answer("({id:getOutputFrom('in','RouteData').id,a:getOutputFrom('in','ParsedContent').a,q:getOutputFrom('in','QueryStringData').q})")}", "in->out");

        var answer = (await RequestAsync("POST", "orders/17"))!;

        (answer.StatusCode, answer.Content, answer.ContentType).ShouldBe((201, """{"id":"17","a":5,"q":"1"}""", "application/json"));
        (await RequestAsync("GET", "orders/17"))!.StatusCode.ShouldBe(404);
        (await RequestAsync("POST", "orders"))!.StatusCode.ShouldBe(404);
        (await _host.RowsAsync<Sqlite, WorkflowInstanceRow>()).ShouldHaveSingleItem().SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_request_is_held_open_for_an_answer_of_a_later_burst_and_told_the_instance_when_none_comes()
    {
        await _host.PublishAsync("p", $"{Endpoint("slow")} ?go {Answer("'late'")}", "in->go go->out");
        var waiting = RequestAsync("POST", "slow", patience: TimeSpan.FromSeconds(20));
        while (await _host.SendAsync("go") == 0) await Task.Yield();
        (await waiting)!.Content.ShouldBe("late");
        (await RequestAsync("POST", "slow")).ShouldBeNull(); // nobody answered in time: the endpoint says 202
    }

    [Fact]
    public async Task A_process_waits_at_a_route_in_the_middle_and_two_that_listen_to_one_are_ambiguous()
    {
        await _host.PublishAsync("p", $"first {Endpoint("cb/{id}").Replace($",{Starts}", "")} {Answer("'back'")}", "first->in in->out");
        await _host.StartAsync("p");
        (await RequestAsync("POST", "cb/1"))!.Content.ShouldBe("back");
        (await RequestAsync("POST", "cb/1"))!.StatusCode.ShouldBe(404);
        await _host.StartAsync("p");
        await _host.StartAsync("p");
        (await RequestAsync("POST", "cb/1"))!.StatusCode.ShouldBe(500);
    }

    [Fact]
    public async Task What_breaks_a_limit_is_answered_with_its_status_and_starts_nothing()
    {
        static Value Request(int length, string body = "", string? type = null, params Value[] files) =>
            Value.Object(("request", Value.Object()), ("query", Value.Object()), ("headers", Value.Object()), ("form", Value.Null), ("body", body),
            ("contentType", type),
            ("length", length), ("files", Value.List(files)), ("isSignedIn", false), ("rights", Value.List([])));
        static Value File(string extension, int size, string type = "text/plain") =>
            Value.Object(("fileName", "f" + extension), ("extension", extension), ("size", size), ("contentType", type));
        await _host.PublishAsync("p",
            $"{Endpoint("up", more: ",\"requestSizeLimit\":100,\"fileSizeLimit\":50,\"allowedFileExtensions\":\"[\\\".txt\\\"]\",\"allowedMimeTypes\":\"[\\\"text/plain\\\"]\"")} {Answer("'ok'")}", "in->out");
        await _host.PublishAsync("secret", $"{Endpoint("secret", more: ",\"authorize\":true")} {Answer("'ok'")}", "in->out");

        (await RequestAsync("POST", "up", Request(101)))!.StatusCode.ShouldBe(413);
        (await RequestAsync("POST", "up", Request(60, "", null, File(".txt", 51))))!.StatusCode.ShouldBe(413);
        (await RequestAsync("POST", "up", Request(60, "", null, File(".exe", 5))))!.StatusCode.ShouldBe(415);
        (await RequestAsync("POST", "up", Request(60, "", null, File(".txt", 5, "text/html"))))!.StatusCode.ShouldBe(415);
        (await RequestAsync("POST", "up", Request(5, "{no}", "application/json")))!.StatusCode.ShouldBe(400);
        (await RequestAsync("POST", "secret", Request(5)))!.StatusCode.ShouldBe(401);
        (await _host.RowsAsync<Sqlite, WorkflowInstanceRow>()).ShouldBeEmpty();
        (await RequestAsync("POST", "up", Request(60, "", null, File(".txt", 5))))!.StatusCode.ShouldBe(201);
    }

    [Theory]
    [InlineData("/ok", "200", "7")]
    [InlineData("/missing", "Unmatched\u0020status\u0020code", "undefined")]
    public async Task A_call_is_made_after_the_commit_and_its_answer_is_an_outcome(string path, string outcome, string parsed)
    {
        await _host.PublishAsync("p",
            $"call:FlowSendHttpRequest(\"url\":\"http://127.0.0.1:{Port}{path}\",\"method\":\"POST\",\"content\":\"{{}}\",\"contentType\":\"application/json\") n:Notes.Add(\"text\":{Js("String(getOutputFrom('call','ParsedContent').n)")})",
            $"call.{(outcome == "200" ? "200" : "Done")}->n");
        await _host.StartAsync("p");
        _received.ShouldBeEmpty();

        await PumpAsync();

        var (method, _, key, body) = _received.ShouldHaveSingleItem();
        (method, body).ShouldBe(("POST", "{}"));
        Guid.TryParse(key, out _).ShouldBeTrue();
        (await _host.NotesAsync()).ShouldHaveSingleItem().Text.ShouldBe(parsed);
        (await _host.RowsAsync<Sqlite, JournalRow>()).Single(j => j.ActivityId == "call" && j.Event == "Completed")
            .Outcomes.ShouldBe($"[\"{outcome}\",\"Done\"]");
        (await _host.RowsAsync<Sqlite, DueRow>()).ShouldBeEmpty();
    }

    /// <summary>A host dies with all the calls it has under way; a call that was only in line must not be taken for one that kills hosts.</summary>
    [Fact]
    public async Task Calls_tried_before_are_claimed_one_at_a_time()
    {
        await _host.PublishAsync("p", $"call:FlowSendHttpRequest(\"url\":\"http://127.0.0.1:{Port}/slow\",\"method\":\"POST\")", "");
        for (var i = 0; i < 40; i++) await _host.StartAsync("p");
        await _host.Database.WriteAsync("UPDATE due SET attempts = 1", [], Ct);

        await _host.Get<DuePump>().RunDueAsync(Ct);
        (await _host.RowsAsync<Sqlite, DueRow>()).Count(d => d.Attempts > 1).ShouldBe(1);

        _gate.SetResult();
        await _host.Get<DuePump>().CallsAsync();
        (await _host.RowsAsync<Sqlite, JournalRow>()).Count(j => j.ActivityId == "call" && j.Event == "Completed").ShouldBe(40);
        (await _host.RowsAsync<Sqlite, DueRow>()).ShouldBeEmpty();
    }

    /// <summary>Servers that answer slowly keep others in line; three leases in line are not three attempts.</summary>
    [Fact]
    public async Task A_call_that_only_stood_in_line_was_not_tried()
    {
        await _host.PublishAsync("p", $"call:FlowSendHttpRequest(\"url\":\"http://127.0.0.1:{Port}/slow\",\"method\":\"POST\")", "");
        for (var i = 0; i < 17; i++) await _host.StartAsync("p"); // one more than are called at once
        await _host.Get<DuePump>().RunDueAsync(Ct);
        for (var i = 0; i < 16; i++) await _slow.WaitAsync(Ct);
        _host.Clock.Advance(Claims.Lease);

        _gate.SetResult();
        await _host.Get<DuePump>().CallsAsync();
        (await _host.RowsAsync<Sqlite, DueRow>()).ShouldHaveSingleItem().Attempts.ShouldBe(0);

        await PumpAsync();
        (await _host.RowsAsync<Sqlite, JournalRow>()).Count(j => j.ActivityId == "call" && j.Event == "Completed").ShouldBe(17);
    }

    [Fact]
    public async Task A_call_that_fails_is_an_outcome_and_the_journal_says_why()
    {
        await _host.PublishAsync("p", $"call:FlowSendHttpRequest(\"url\":\"http://127.0.0.1:{NobodysPort}/\",\"method\":\"POST\")", "");
        await _host.StartAsync("p");
        await PumpAsync();

        var ended = (await _host.RowsAsync<Sqlite, JournalRow>()).Single(j => j.ActivityId == "call" && j.Event == "Completed");
        ended.Outcomes.ShouldBe("[\"Failed to connect\"]");
        Value.FromJson(ended.Data!)["Message"].ToText().ShouldNotBeNullOrWhiteSpace();
        (await _host.RowsAsync<Sqlite, IncidentRow>()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1:22/", true)]
    [InlineData("http://0177.0.0.1/", true)]
    [InlineData("http://[::ffff:10.0.0.1]/", true)]
    [InlineData("http://localhost:5999/", true)]
    [InlineData("http://127.0.0.1:{port}/inside", true)] // a redirect to the inside
    [InlineData("file:///etc/passwd", true)]
    [InlineData("http://127.0.0.1:{port}/ok", false)]
    public async Task An_address_inside_is_an_incident_and_never_called(string url, bool refused)
    {
        await _host.PublishAsync("p", $"call:FlowSendHttpRequest(\"url\":\"{url.Replace("{port}", $"{Port}", StringComparison.Ordinal)}\")", "");
        await _host.StartAsync("p");
        await PumpAsync();
        (await _host.RowsAsync<Sqlite, IncidentRow>()).Count.ShouldBe(refused ? 1 : 0);
    }

    [Theory]
    [InlineData("0.0.0.0"), InlineData("10.1.2.3"), InlineData("100.64.0.1"), InlineData("100.127.255.255"), InlineData("127.0.0.1"),
        InlineData("127.255.255.254"), InlineData("169.254.169.254"), InlineData("172.16.0.1"), InlineData("172.31.255.255")]
    [InlineData("192.0.0.1"), InlineData("192.0.2.1"), InlineData("192.88.99.1"), InlineData("192.168.0.1"), InlineData("198.18.0.1"),
        InlineData("198.19.255.255"), InlineData("198.51.100.7"), InlineData("203.0.113.9"), InlineData("224.0.0.1"), InlineData("239.1.1.1"),
        InlineData("240.0.0.1"), InlineData("255.255.255.255")]
    [InlineData("::"), InlineData("::1"), InlineData("::127.0.0.1"), InlineData("::ffff:127.0.0.1"), InlineData("::ffff:169.254.169.254"),
        InlineData("::ffff:0:0"), InlineData("64:ff9b::7f00:1"), InlineData("64:ff9b::a9fe:a9fe"), InlineData("64:ff9b:1::1"),
        InlineData("2002:7f00:1::"), InlineData("2002:c0a8:1::1"), InlineData("2001::1"), InlineData("2001:db8::1")]
    [InlineData("fc00::1"), InlineData("fd12:3456::1"), InlineData("fe80::1"), InlineData("fec0::1"), InlineData("ff02::1"), InlineData("100::1"),
        InlineData("fd00:ec2::254")]
    public void An_address_that_is_not_public_is_not_called(string address) => AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8"), InlineData("1.1.1.1"), InlineData("100.128.0.1"), InlineData("172.32.0.1"), InlineData("192.0.1.1"),
        InlineData("2606:4700::1111"), InlineData("::ffff:8.8.8.8"), InlineData("64:ff9b::808:808")]
    public void A_public_address_is(string address) => AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Fact]
    public async Task A_name_that_leads_inside_is_refused_when_it_is_resolved() =>
        await Should.ThrowAsync<AddressRefusedException>(async () =>
            await new AddressGuard(new ConfigurationBuilder().Build()).ConnectAsync(new DnsEndPoint("localhost", 80), Ct));
}

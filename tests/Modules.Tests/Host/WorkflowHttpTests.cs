using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

public sealed class WorkflowHttpTestsOnSqlite(WorkflowHttpHost host) : WorkflowHttpTests(host), IClassFixture<WorkflowHttpHost>;

public sealed class WorkflowHttpTestsOnPostgreSql(WorkflowHttpHostOnPostgreSql host) : WorkflowHttpTests(host),
    IClassFixture<WorkflowHttpHostOnPostgreSql>;

/// <summary>One server with a port for all tests of a class; each publishes processes and routes of its own.</summary>
public class WorkflowHttpHost : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crmflow-http-");

    public HostApp App { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;

    protected virtual (string, string)[] Settings => [];
    protected virtual void Drop() { }

    public ValueTask InitializeAsync()
    {
        App = HostApp.Over(_folder.FullName, Settings);
        App.UseKestrel(0);
        App.StartServer();
        Client = App.CreateClient();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        Drop();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

public sealed class WorkflowHttpHostOnPostgreSql : WorkflowHttpHost
{
    private readonly DatabaseOptions _database = PostgresDatabase.Create();

    protected override (string, string)[] Settings =>
        [("Database:Provider", "PostgreSql"), ("Database:ConnectionString", _database.ConnectionString)];
    protected override void Drop() => PostgresDatabase.Drop(_database);
}

/// <summary>The HTTP endpoints of processes on the real server: what a caller sends, what the process reads, and what the caller gets.</summary>
public abstract class WorkflowHttpTests(WorkflowHttpHost host)
{
    private readonly HostApp _app = host.App;
    private readonly HttpClient _client = host.Client;
    private static CancellationToken Ct => HostApp.Ct;

    private static JsonObject Expression(string type, string value) =>
        new() { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = type, ["value"] = value } };
    private static JsonObject Js(string source) => Expression("JavaScript", source);
    private static JsonObject Step(string id, string type, JsonObject members)
    {
        var step = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = type };
        foreach (var (name, value) in members) step[name] = value?.DeepClone();
        return step;
    }

    private static JsonObject Endpoint(string path, string method, JsonObject? more = null, bool starts = true) =>
        Step("In", "Elsa.HttpEndpoint", new JsonObject([
        new("path", path), new("supportedMethods", Expression("Object", $"[\"{method}\"]")),
            .. (starts ? (KeyValuePair<string, JsonNode?>[])[new("customProperties", new JsonObject { ["canStartWorkflow"] = true })] : []),
            .. (more ?? []).Select(m => new KeyValuePair<string, JsonNode?>(m.Key, m.Value?.DeepClone()))]));

    private static JsonObject Answer(string id, string source, int status = 200, string? headers = null)
    {
        var members = new JsonObject { ["content"] = Js(source), ["statusCode"] = status };
        if (headers is not null) members["responseHeaders"] = Expression("Object", headers);
        return Step(id, "Elsa.WriteHttpResponse", members);
    }

    private static JsonObject Event(string name) => Step(name, "Elsa.Event", new JsonObject { ["eventName"] = name });

    /// <param name="connections"><c>In>Out</c>, or <c>In.Port name>Out</c>, separated by semicolons.</param>
    private async Task PublishAsync(string id, string connections, params JsonObject[] steps)
    {
        var flow = new JsonObject
        {
            ["definitionId"] = id, ["name"] = id, ["isPublished"] = true,
            ["root"] = new JsonObject
            {
                ["id"] = "fc", ["type"] = "Elsa.Flowchart", ["activities"] = new JsonArray([.. steps]),
                ["connections"] = new JsonArray([.. connections.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(c =>
                {
                    var (from, to) = (c[..c.IndexOf('>')], c[(c.IndexOf('>') + 1)..]);
                    var dot = from.IndexOf('.');
                    return (JsonNode)new JsonObject { ["source"] = new JsonObject { ["activity"] = dot < 0 ? from : from[..dot],
                        ["port"] = dot < 0 ? "Done" : from[(dot + 1)..] }, ["target"] = new JsonObject { ["activity"] = to } };
                })]),
            },
        };
        var imported = await _app.Services.GetRequiredService<DefinitionAdministration>()
            .ImportAsync(Actor.System, _app.NewOperation(), flow.ToJsonString(), Ct);
        imported.Problem.ShouldBeNull();
        imported.Value.Problems.ShouldNotContain(p =>
            p.IsError, string.Join("; ", imported.Value.Problems.Select(p => $"{p.Code} {string.Join(",", p.Args)}")));
    }

    private async Task<JsonNode> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> PostAsync(string path, HttpContent? content = null) =>
        _client.PostAsync($"/workflows/{path}", content ?? new StringContent(""), Ct);
    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    private static MultipartFormDataContent File(string name, string type, byte[] bytes)
    {
        var part = new ByteArrayContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        return new MultipartFormDataContent { { new StringContent("王芳"), "who" }, { part, "doc", name } };
    }

    private async Task<int> InstancesAsync(string definition) =>
        (await _app.Services.GetRequiredService<InstanceAdministration>().ListAsync(Actor.System, new InstanceFilter(definition), null, 50, Ct))
        .Value.Rows.Count;

    [Fact]
    public async Task A_json_request_starts_its_process_with_route_query_and_headers_and_gets_its_answer()
    {
        await PublishAsync("orders", "In>Out", Endpoint("orders/{id}/lines", "POST"),
            Answer("Out", "({id:getOutputFrom('In','RouteData').id,a:getOutputFrom('In','ParsedContent').a,q:getOutputFrom('In','QueryStringData').q,h:getOutputFrom('In','Headers')['X-Mark'],cookie:getOutputFrom('In','Headers').Cookie ?? null,m:getOutputFrom('In','Result').method})", 201, """{"X-Done":"yes"}"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/Orders/17/lines?q=%E5%8C%97") { Content = Json("""{"a":[1,2]}"""),
            Headers = { { "X-Mark", "m1" }, { "Cookie", "secret=1" } } };

        var answer = await _client.SendAsync(request, Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.GetValues("X-Done").ShouldBe(["yes"]);
        (await JsonAsync(answer)).ToJsonString()
            .ShouldBe(JsonNode.Parse("""{"id":"17","a":[1,2],"q":"北","h":"m1","cookie":null,"m":"POST"}""")!.ToJsonString());
        (await InstancesAsync("orders")).ShouldBe(1);
    }

    [Fact]
    public async Task Another_path_or_method_is_404_and_two_that_listen_to_one_are_500()
    {
        await PublishAsync("one", "In>Out", Endpoint("one/{id}", "POST"), Answer("Out", "'ok'"));
        (await _client.GetAsync("/workflows/one/1", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("one")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("one/1")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await PublishAsync("one-too", "In>Out", Endpoint("one/{id}", "POST"), Answer("Out", "'ok'"));
        var ambiguous = await PostAsync("one/1");
        ambiguous.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await ambiguous.Content.ReadAsStringAsync(Ct)).ShouldContain("error");
        (await InstancesAsync("one")).ShouldBe(1);
    }

    [Fact]
    public async Task A_form_and_its_files_are_what_the_process_reads()
    {
        await PublishAsync("form", "In>Out", Endpoint("form", "POST"),
            Answer("Out",
            "({who:getOutputFrom('In','ParsedContent').who,file:getOutputFrom('In','File').fileName,size:getOutputFrom('In','File').size,text:stringFromBase64(getOutputFrom('In','File').content),count:getOutputFrom('In','Files').length})"));

        (await JsonAsync(await PostAsync("form", File("报告.txt", "text/plain", "内容"u8.ToArray())))).ToJsonString()
            .ShouldBe(JsonNode.Parse("""{"who":"王芳","file":"报告.txt","size":6,"text":"内容","count":1}""")!.ToJsonString());

        await PublishAsync("fields", "In>Out", Endpoint("fields", "POST"), Answer("Out", "getOutputFrom('In','ParsedContent')"));
        (await JsonAsync(await PostAsync("fields", new FormUrlEncodedContent([new("a", "1"), new("b", "x"), new("b", "y")])))).ToJsonString()
            .ShouldBe("""{"a":"1","b":["x","y"]}""");
    }

    [Fact]
    public async Task What_breaks_a_limit_gets_its_status_and_starts_nothing()
    {
        await PublishAsync("up", "In>Out", Endpoint("up", "POST",
            new JsonObject { ["requestSizeLimit"] = 2000, ["fileSizeLimit"] = 50,
            ["allowedFileExtensions"] = Expression("Object", """[".txt",".pdf"]"""), ["blockedFileExtensions"] = Expression("Object", """["pdf"]"""),
            ["allowedMimeTypes"] = Expression("Object", """["text/plain"]""") }), Answer("Out", "'ok'"));
        await PublishAsync("secret", "In>Out", Endpoint("secret", "POST", new JsonObject { ["authorize"] = true }), Answer("Out", "'ok'"));

        (await PostAsync("up", Json($"\"{new string('x', 2100)}\""))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync("up", File("a.txt", "text/plain", new byte[51]))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync("up", File("a.exe", "text/plain", new byte[5]))).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync("up", File("a.pdf", "text/plain", new byte[5]))).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync("up", File("a.txt", "text/html", new byte[5]))).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PostAsync("up", Json("{no}"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("secret")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await InstancesAsync("up")).ShouldBe(0);
        (await InstancesAsync("secret")).ShouldBe(0);
        (await PostAsync("up", File("a.txt", "text/plain", new byte[5]))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_limit_whose_outcome_is_exposed_leaves_by_it()
    {
        await PublishAsync("exposed",
            "In>Out;In.Request too large>Big;In.File too large>BigFile;In.Invalid file extension>Extension;In.Invalid file MIME type>Type",
            Endpoint("exposed", "POST", new JsonObject { ["requestSizeLimit"] = 2000, ["fileSizeLimit"] = 50,
                ["allowedFileExtensions"] = Expression("Object", """[".txt"]"""), ["allowedMimeTypes"] = Expression("Object", """["text/plain"]"""),
                ["exposeRequestTooLargeOutcome"] = true, ["exposeFileTooLargeOutcome"] = true, ["exposeInvalidFileExtensionOutcome"] = true,
                    ["exposeInvalidFileMimeTypeOutcome"] = true }),
            Answer("Out", "'ok'"), Answer("Big", "'big'"), Answer("BigFile", "'big file'"), Answer("Extension", "'extension'"),
                Answer("Type", "'type'"));
        async Task<string> Said(HttpContent content) => await (await PostAsync("exposed", content)).Content.ReadAsStringAsync(Ct);

        (await Said(Json($"\"{new string('x', 2100)}\""))).ShouldBe("big");
        (await Said(File("a.txt", "text/plain", new byte[51]))).ShouldBe("big file");
        (await Said(File("a.exe", "text/plain", new byte[5]))).ShouldBe("extension");
        (await Said(File("a.txt", "text/html", new byte[5]))).ShouldBe("type");
        (await Said(File("a.txt", "text/plain", new byte[5]))).ShouldBe("ok");
    }

    [Fact]
    public async Task More_than_the_host_takes_is_413_also_without_a_length_and_a_broken_form_is_400()
    {
        await PublishAsync("plain", "In>Out", Endpoint("plain", "POST"), Answer("Out", "'ok'"));
        using var chunked = new HttpRequestMessage(HttpMethod.Post,
            "/workflows/plain") { Content = new StreamContent(new MemoryStream(new byte[6 * 1024 * 1024])),
            Headers = { TransferEncodingChunked = true } };
        (await StatusAsync(() => _client.SendAsync(chunked, Ct))).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await StatusAsync(() => PostAsync("plain", new ByteArrayContent(new byte[6 * 1024 * 1024])))).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var broken = new StringContent("no parts");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        (await PostAsync("plain", broken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await InstancesAsync("plain")).ShouldBe(0);
    }

    /// <summary>
    /// A server that has answered may close while the client still sends; then the answer is lost on the way, and the request counts as refused.
    /// </summary>
    private static async Task<HttpStatusCode> StatusAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return (await send()).StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.RequestEntityTooLarge;
        }
    }

    [Fact]
    public async Task A_request_is_held_open_until_a_later_burst_answers_it()
    {
        await PublishAsync("late", "In>answer;answer>Out", Endpoint("late", "POST"), Event("answer"), Answer("Out", "'late'"));
        var waiting = PostAsync("late");

        var woken = 0;
        while (woken == 0)
        {
            await _app.DoAsync(async cmd => woken = await cmd.SendStimulusAsync("Elsa.Event", "answer", null, default, Ct));
            await Task.Yield();
        }

        (await (await waiting).Content.ReadAsStringAsync(Ct)).ShouldBe("late");
    }

    [Fact]
    public async Task A_process_that_waits_longer_than_the_host_is_202_with_its_instance()
    {
        await PublishAsync("patient", "In>never", Endpoint("patient", "POST"), Event("never"));
        var waiting = PostAsync("patient");
        while (!waiting.IsCompleted)
        {
            _app.Clock.Advance(TimeSpan.FromSeconds(5)); // the host's patience is counted on this clock
            await Task.Yield();
        }

        var answer = await waiting;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var instance = (await JsonAsync(answer))["workflowInstanceId"]!.GetValue<Guid>();
        (await _app.Services.GetRequiredService<InstanceAdministration>().GetAsync(Actor.System, instance, Ct))
            .Value.Summary.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_process_says_itself_how_long_its_request_is_held()
    {
        await PublishAsync("brief", "In>ever", Endpoint("brief", "POST", new JsonObject { ["requestTimeout"] = "00:00:00" }), Event("ever"));

        (await PostAsync("brief")).StatusCode.ShouldBe(HttpStatusCode.Accepted); // the clock stands still
    }

    [Fact]
    public async Task A_process_waits_at_a_route_and_is_found_by_correlation_or_instance()
    {
        await PublishAsync("wait", "Start>In;In>Out", Step("Start", "Elsa.Correlate", new JsonObject { ["correlationId"] = Js("getInput('Case')") }),
            Endpoint("cb", "POST", starts: false), Answer("Out", "getCorrelationId()"));
        var ids = new List<Guid>();
        foreach (var name in new[] { "c1", "c2", "c3" })
            await _app.DoAsync(async cmd =>
                ids.Add((await cmd.StartAsync("wait", new Dictionary<string, Value> { ["Case"] = name }, null, null, Ct)).Value));

        (await PostAsync("cb")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError); // which of the three?
        using var byHeader = new HttpRequestMessage(HttpMethod.Post, "/workflows/cb") { Headers = { { "X-Correlation-ID", "c2" } } };
        (await (await _client.SendAsync(byHeader, Ct)).Content.ReadAsStringAsync(Ct)).ShouldBe("c2");
        (await (await PostAsync($"cb?workflowInstanceId={ids[2]}")).Content.ReadAsStringAsync(Ct)).ShouldBe("c3");
        (await (await PostAsync("cb")).Content.ReadAsStringAsync(Ct)).ShouldBe("c1");
        (await PostAsync("cb")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>The OpenAPI document says everything another program may call, and only administrators read it.</summary>
public sealed class ApiReferenceTests
{
    private const string Password = "correct horse battery";
    private static CancellationToken Ct => HostApp.Ct;

    /// <summary>What is for people's browsers only.</summary>
    private static readonly string[] Exceptions =
    [
        "GET /sign-in", "GET /setup/{token}", "GET /invitation/{token}", // sheets; the forms on them are in the document
        // the reference itself
        "GET /openapi/v1.json", "GET /scalar/{documentName?}", "GET /scalar", "GET /scalar/", "GET /scalar/scalar.js",
            "GET /scalar/scalar.aspnetcore.js", "GET /scalar/favicon.svg",
        "GET /admin/hangfire/{rest}", // Hangfire's own page
        "GET /{path:file}", "HEAD /{path:file}", // an asset that is not there
    ];

    [Fact]
    public async Task It_is_of_version_3_1_and_names_every_endpoint_that_is_no_page()
    {
        await using var app = await HostApp.StartAsync();
        var document = await DocumentAsync(app);

        ((string?)document["openapi"])!.ShouldStartWith("3.1");
        var described = Operations(document).Select(o => $"{o.Method.ToUpperInvariant()} {o.Path}").ToList();
        var mapped = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !IsOfThePages(e))
            .SelectMany(e =>
                (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => $"{m} {Plain(e.RoutePattern.RawText!)}")).ToList();
        mapped.Count.ShouldBeGreaterThan(15);
        mapped.Except(described).Except(Exceptions).ShouldBeEmpty();
        described.Except(mapped).ShouldBe(["POST /workflows/{path}"]); // any method; two are described
    }

    [Fact]
    public async Task Each_operation_has_an_id_of_its_own_a_summary_in_both_languages_and_its_answers()
    {
        await using var app = await HostApp.StartAsync();
        var operations = Operations(await DocumentAsync(app)).ToList();

        operations.Select(o => (string?)o.Operation["operationId"]).ShouldBeUnique();
        foreach (var (path, method, operation) in operations)
        {
            ((string?)operation["operationId"]).ShouldNotBeNullOrEmpty($"{method} {path}");
            ((string?)operation["summary"]).ShouldNotBeNull($"{method} {path}").ShouldContain(" · ");
            ((string?)operation["summary"])!.Any(c => c >= '\u4e00').ShouldBeTrue($"{method} {path}");
            operation["responses"]!.AsObject().Count.ShouldBeGreaterThan(0, $"{method} {path}");
        }
    }

    [Fact]
    public async Task It_says_which_calls_need_a_session_and_what_a_refusal_looks_like()
    {
        await using var app = await HostApp.StartAsync();
        var document = await DocumentAsync(app);

        document["components"]!["securitySchemes"]!["cookie"]!.ToJsonString().ShouldContain("crmflow.session");
        var open = Operations(document).Where(o => o.Operation["security"] is null).Select(o => o.Path).Distinct().Order(StringComparer.Ordinal);
        open.ShouldBe(["/account/language", "/account/sign-out", "/account/theme", "/healthz", "/invitation/{token}", "/metrics", "/readyz",
            "/setup/{token}", "/sign-in", "/workflows/{path}"]);
        document["paths"]!["/attachments/{id}"]!["get"]!["responses"]!["404"]!["content"]!["application/problem+json"].ShouldNotBeNull();
        document["paths"]!["/lists/{key}.xlsx"]!["get"]!["parameters"]!.AsArray().Select(p => (string?)p!["name"])
            .ShouldBe(["key", "find", "view", "f", "sort", "cols"]);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    public async Task Only_administrators_find_it(string address)
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("clerk", Password, "sales");
        var (nobody, clerk) = (app.Browser(), app.Browser());
        await HostApp.SignInAsync(clerk, "clerk", Password);

        (await nobody.GetAsync(address, Ct)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await clerk.GetAsync(address, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var page = await (await AdministratorAsync(app)).GetAsync(address, Ct);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpClient> AdministratorAsync(HostApp app)
    {
        await app.UserAsync("boss", Password, "admin");
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "boss", Password);
        return browser;
    }

    private static async Task<JsonNode> DocumentAsync(HostApp app) =>
        JsonNode.Parse(await (await AdministratorAsync(app)).GetStringAsync("/openapi/v1.json", Ct))!;

    private static IEnumerable<(string Path, string Method, JsonNode Operation)> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(m => (p.Key, m.Key, m.Value!)));

    private static bool IsOfThePages(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null || endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
        || endpoint.RoutePattern.RawText is { } pattern && (pattern.Contains("_framework/") || pattern.Contains("_blazor"));

    /// <summary>Without constraints, as the document writes them.</summary>
    private static string Plain(string pattern) => "/" + pattern.TrimStart('/').Replace("{**", "{").Replace(":guid}", "}");
}

using System.Text;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace CrmFlow.Host;

/// <summary>
/// The HTTP endpoints of processes, under <c>/workflows</c>: the request is held open until the process answers it, else it is told which instance
/// works on it.
/// And Elsa's way of saying that a task an <c>Elsa.RunTask</c> waits for is done.
/// </summary>
internal static class WorkflowHttp
{
    private const long MaxBody = 5 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Private = ["Cookie", "Authorization"];

    public static void MapWorkflowHttp(this IEndpointRouteBuilder app)
    {
        app.Map("/workflows/{**path}", HandleAsync).AllowAnonymous().DisableAntiforgery();
        app.MapPost("/elsa/api/tasks/{taskId}/complete", CompleteTaskAsync).RequireAuthorization(Policies.SignedIn)
            .WithName("CompleteRunTask").WithTags("Processes").WithSummary("Say that the task an Elsa.RunTask waits for is done · 完成外部任务")
            .Produces(StatusCodes.Status200OK).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
                .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(ApiReference.DescribeRunTask);
    }

    /// <summary>JSON only: what a form of another site can send is refused before it is read.</summary>
    private static async Task<IResult> CompleteTaskAsync(string taskId, HttpContext http, CurrentActor actors, InstanceAdministration instances,
        TimeProvider clock, CancellationToken ct)
    {
        if (!http.Request.HasJsonContentType()) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        if (http.Request.ContentLength > MaxBody) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        Value body;
        try
        {
            using var document = await System.Text.Json.JsonDocument.ParseAsync(http.Request.Body, cancellationToken: ct);
            body = Value.From(document.RootElement);
        }
        catch (System.Text.Json.JsonException)
        {
            return Results.BadRequest();
        }
        var result = body["result"].IsNothing ? body["Result"] : body["result"];
        var done = await instances.CompleteTaskAsync(await actors.GetAsync(), Guid.CreateVersion7(clock.GetUtcNow()), taskId, result, ct);
        return done.Problem is { } problem ? Results.StatusCode((int)problem.Kind) : Results.Ok();
    }

    private static async Task HandleAsync(HttpContext http, string? path, HttpRouting routing, HttpExchanges exchanges, TimeProvider clock,
        CancellationToken ct)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        if (http.Request.ContentLength > MaxBody)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }
        Value request;
        try
        {
            request = await ReadAsync(http, path ?? "", ct);
        }
        catch (BadHttpRequestException e)
        {
            http.Response.StatusCode = e.StatusCode; // more than the limit in chunks, or a client that stopped in the middle
            return;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest; // a form that is none, or ends in the middle
            return;
        }
        var correlation = (string?)http.Request.Headers["X-Correlation-ID"] ?? http.Request.Query["correlationId"];
        var instance = Guid.TryParse((string?)http.Request.Headers["X-Workflow-Instance-ID"] ?? http.Request.Query["workflowInstanceId"], out var id)
            ? id : (Guid?)null;
        var result = await routing.HandleAsync(http.Request.Method, path ?? "", request, correlation, instance, ct);
        if (result.Problem is { } problem)
        {
            http.Response.StatusCode = problem.Kind == ProblemKind.Unavailable ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status409Conflict;
            if (problem.Kind == ProblemKind.Unavailable) http.Response.Headers.RetryAfter = "5";
            return;
        }
        var match = result.Value;
        if (match.InstanceId is not { } worker)
        {
            http.Response.StatusCode = match.IsAmbiguous ? StatusCodes.Status500InternalServerError : StatusCodes.Status404NotFound;
            if (match.IsAmbiguous) await http.Response.WriteAsJsonAsync(new { error = "Several processes listen to this route." }, ct);
            return;
        }
        var answer = await exchanges.AnswerAsync(worker, match.IsFinished ? TimeSpan.Zero : Patience, clock, ct);
        if (answer is null)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            await http.Response.WriteAsJsonAsync(new { workflowInstanceId = worker }, ct);
            return;
        }
        http.Response.StatusCode = answer.StatusCode;
        foreach (var (name, value) in answer.Headers)
            if (!name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                http.Response.Headers[name] = value.ReplaceLineEndings(" ");
        if (answer.Content is null) return;
        http.Response.ContentType = answer.ContentType!.Contains("charset", StringComparison.OrdinalIgnoreCase)
            || !answer.ContentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? answer.ContentType
            : $"{answer.ContentType}; charset=utf-8";
        await http.Response.WriteAsync(answer.Content, ct);
    }

    private static async Task<Value> ReadAsync(HttpContext http, string path, CancellationToken ct)
    {
        var request = http.Request;
        var (headers, query) = (Of(request.Headers.Where(h => !Private.Contains(h.Key, StringComparer.OrdinalIgnoreCase))), Of(request.Query));
        var (form, body, files, length) = (Value.Null, "", new List<Value>(), request.ContentLength ?? 0);
        if (request.HasFormContentType)
        {
            var read = await request.ReadFormAsync(ct);
            form = Of(read);
            foreach (var file in read.Files)
            {
                using var content = new MemoryStream();
                await file.CopyToAsync(content, ct);
                files.Add(Value.Object(("name", file.Name), ("fileName", Path.GetFileName(file.FileName)),
                    ("extension", Path.GetExtension(file.FileName)), ("contentType", file.ContentType), ("size", Value.From((double)file.Length)),
                    ("content", Convert.ToBase64String(content.GetBuffer(), 0, (int)content.Length))));
            }
        }
        else
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            body = await reader.ReadToEndAsync(ct);
            length = Math.Max(length, Encoding.UTF8.GetByteCount(body));
        }
        var actor = await http.RequestServices.GetRequiredService<CurrentActor>().GetAsync();
        return Value.Object(("request", Value.Object(("method", request.Method), ("path", "/" + path), ("contentType", request.ContentType))),
            ("query", query), ("headers", headers), ("form", form), ("body", body),
            ("contentType", request.ContentType), ("length", Value.From((double)length)), ("files", Value.List(files)),
                ("isSignedIn", actor.Kind != ActorKind.Anonymous), ("rights", Value.List(actor.Rights.Select(Value.From))));
    }

    private static Value Of(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> values) =>
        Value.Object([.. values.Select(v => (v.Key, v.Value.Count == 1 ? Value.From(v.Value[0]) : Value.List(v.Value.Select(Value.From))))]);
}

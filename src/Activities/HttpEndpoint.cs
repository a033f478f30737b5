using System.Globalization;
using System.Net;
using System.Text.Json;
using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>
/// A route that starts the workflow, or that it waits at (elsa-format §7). The request comes as the input <c>HttpRequest</c>; what breaks a limit
/// leaves by the outcome of that limit where it is exposed, else is answered with its status and does not go on.
/// </summary>
[Activity("Elsa.HttpEndpoint", Outcomes = ["Request too large", "File too large", "Invalid file extension", "Invalid file MIME type"],
    IsTrigger = true)]
internal sealed class HttpEndpoint : ITrigger
{
    public const string Stimulus = "Elsa.HttpEndpoint", RequestInput = "HttpRequest";
    /// <summary>Set on the instance: a request is, or was, open for it.</summary>
    public const string OpenVariable = "HttpRequestOpen";

    [Input] public string Path { get; set; } = "";
    [Input] public string[] SupportedMethods { get; set; } = ["GET"];
    [Input] public bool Authorize { get; set; }
    /// <summary>A right the signed-in user must have.</summary>
    [Input] public string? Policy { get; set; }
    /// <summary>How long the request is held open for an answer; null for the host's own patience.</summary>
    [Input] public TimeSpan? RequestTimeout { get; set; }
    /// <summary>Bytes; null for the host's own limit.</summary>
    [Input] public long? RequestSizeLimit { get; set; }
    [Input] public long? FileSizeLimit { get; set; }
    [Input] public string[] AllowedFileExtensions { get; set; } = [];
    [Input] public string[] BlockedFileExtensions { get; set; } = [];
    [Input] public string[] AllowedMimeTypes { get; set; } = [];
    [Input(Plain = true)] public bool ExposeRequestTooLargeOutcome { get; set; }
    [Input(Plain = true)] public bool ExposeFileTooLargeOutcome { get; set; }
    [Input(Plain = true)] public bool ExposeInvalidFileExtensionOutcome { get; set; }
    [Input(Plain = true)] public bool ExposeInvalidFileMimeTypeOutcome { get; set; }
    [Output] public Value Result { get; private set; }
    [Output] public Value ParsedContent { get; private set; }
    [Output] public Value Files { get; private set; }
    [Output] public Value File { get; private set; }
    [Output] public Value RouteData { get; private set; }
    [Output] public Value QueryStringData { get; private set; }
    [Output] public Value Headers { get; private set; }

    private IEnumerable<string> Keys => SupportedMethods.Select(m => KeyOf(m, Path));

    /// <summary>Method and template; compared without case.</summary>
    private static string KeyOf(string method, string path) => $"{method.ToUpperInvariant()} {path.Trim('/').ToLowerInvariant()}";

    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment)
    {
        if (Path.Trim('/').Length == 0) throw new FormatException("The path is empty.");
        return Keys.Distinct().Select(k => new TriggerStimulus(Stimulus, k));
    }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
        new(context.IsStartingTrigger ? Take(context, context.GetInput(RequestInput), ActivityResult.Decline)
        : ActivityResult.Wait([.. Keys.Distinct().Select(k => new BookmarkRequest(Stimulus) { Key = k, AutoBurn = false })]));

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct) =>
        new(Take(context, resumption.Input[RequestInput], () => ActivityResult.Wait()));

    private ActivityResult Take(ActivityContext context, Value request, Func<ActivityResult> refused)
    {
        if (Authorize && !request["isSignedIn"].IsTrue) return Refuse(401);
        if (!string.IsNullOrWhiteSpace(Policy) && !request["rights"].ToList().Any(r => r.ToText() == Policy))
            return Refuse(request["isSignedIn"].IsTrue ? 403 : 401);
        (Result, RouteData, QueryStringData, Headers, Files) =
            (request["request"], request["routeData"], request["query"], request["headers"], request["files"]);
        var files = Files.ToList();
        File = files.Count > 0 ? files[0] : Value.Null;
        context.SetVariable(OpenVariable, true);
        if (RequestTimeout is { } patience) context.Ask(new HoldHttp(context.WorkflowInstanceId, patience));
        if (RequestSizeLimit is { } size && request["length"].Number > size)
            return ExposeRequestTooLargeOutcome ? ActivityResult.Complete("Request too large") : Refuse(413);
        if (FileSizeLimit is { } limit && files.Any(f => f["size"].Number > limit))
            return ExposeFileTooLargeOutcome ? ActivityResult.Complete("File too large") : Refuse(413);
        if (files.Any(f => !Allows(f["extension"].ToText() ?? "")))
            return ExposeInvalidFileExtensionOutcome ? ActivityResult.Complete("Invalid file extension") : Refuse(415);
        if (AllowedMimeTypes.Length > 0 && files.Any(f => !AllowedMimeTypes.Contains(f["contentType"].ToText(), StringComparer.OrdinalIgnoreCase)))
            return ExposeInvalidFileMimeTypeOutcome ? ActivityResult.Complete("Invalid file MIME type") : Refuse(415);
        try
        {
            ParsedContent = request["form"] is { Kind: ValueKind.Object } form ? form
                : HttpValues.Parse(request["body"].ToText() ?? "", request["contentType"].ToText());
        }
        catch (JsonException)
        {
            return Refuse(400);
        }
        return ActivityResult.Complete();

        ActivityResult Refuse(int status)
        {
            context.Ask(new AnswerHttp(context.WorkflowInstanceId, status, null, null, []));
            return refused();
        }
    }

    private bool Allows(string extension) =>
        (AllowedFileExtensions.Length == 0 || AllowedFileExtensions.Any(e => Same(e, extension)))
            && !BlockedFileExtensions.Any(e => Same(e, extension));

    private static bool Same(string a, string b) => string.Equals(a.TrimStart('.'), b.TrimStart('.'), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Answers the request the instance works for.</summary>
[Activity("Elsa.WriteHttpResponse")]
internal sealed class WriteHttpResponse : IActivity
{
    /// <summary>A number or a name of <see cref="HttpStatusCode"/>.</summary>
    [Input] public Value StatusCode { get; set; } = "OK";
    [Input(Editor = "multiline")] public Value Content { get; set; }
    [Input] public string? ContentType { get; set; }
    [Input] public Value ResponseHeaders { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (context.GetVariable(HttpEndpoint.OpenVariable).IsNothing)
            throw new InvalidOperationException($"The step '{context.Activity.DisplayText}' has no HTTP request to answer.");
        var status = StatusCode.IsNothing ? 200 : StatusCode.Kind == ValueKind.Number ? (int)StatusCode.Number
            : int.TryParse(StatusCode.ToText(), CultureInfo.InvariantCulture, out var number) ? number
            : Enum.TryParse<HttpStatusCode>(StatusCode.ToText(), ignoreCase: true, out var named) ? (int)named
                : throw new FormatException($"'{StatusCode.ToText()}' is no HTTP status.");
        if (status is < 200 or > 599) throw new FormatException($"{status} is no HTTP status to answer with.");
        var type = string.IsNullOrWhiteSpace(ContentType) ? Content.Kind is ValueKind.Object or ValueKind.Array ? "application/json" : "text/plain"
            : ContentType;
        context.Ask(new AnswerHttp(context.WorkflowInstanceId, status, Content.IsNothing ? null : HttpValues.Body(Content), type,
            HttpValues.Headers(ResponseHeaders)));
        return new(ActivityResult.Complete());
    }
}

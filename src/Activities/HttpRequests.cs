using System.Globalization;
using System.Text.Json.Nodes;
using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>
/// What both ways of calling an HTTP server share: the call is made after the commit, the step waits for its answer. Which addresses may be called is
/// the host's to say; one that may not is an incident.
/// </summary>
internal abstract class HttpRequestStep : IActivity
{
    /// <summary>A body goes along only when it has content and a content type (elsa-format §7).</summary>
    [Input] public string Url { get; set; } = "";
    [Input] public string Method { get; set; } = "GET";
    [Input(Editor = "multiline")] public Value Content { get; set; }
    [Input] public string? ContentType { get; set; }
    [Input] public string? Authorization { get; set; }
    [Input] public Value RequestHeaders { get; set; }
    [Output] public Value Result { get; private set; }
    [Output] public int StatusCode { get; private set; }
    [Output] public Value ParsedContent { get; private set; }
    [Output] public Value ResponseHeaders { get; private set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new FormatException($"'{Url}' is no address of an HTTP server.");
        var headers = HttpValues.Headers(RequestHeaders);
        if (!string.IsNullOrWhiteSpace(Authorization)) headers["Authorization"] = Authorization;
        var (bookmark, hasBody) = (context.NewId(), !Content.IsNothing && !string.IsNullOrWhiteSpace(ContentType));
        context.Ask(new CallHttp(context.WorkflowInstanceId, bookmark, Method.ToUpperInvariant(), url.AbsoluteUri, headers,
            hasBody ? HttpValues.Body(Content) : null, hasBody ? ContentType : null));
        return new(ActivityResult.Wait(new BookmarkRequest(context.Activity.Type) { Id = bookmark }));
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        var answer = resumption.Input;
        if (answer["message"] is { Kind: ValueKind.String } why) context.Record("Message", why); // the outcome says that it failed, the journal why
        switch (answer["failed"].ToText())
        {
            case "refused": throw new InvalidOperationException($"{Url}: {answer["message"].ToText()}");
            case "timeout": return new(Failed("Timeout", "timeout"));
            case { }: return new(Failed("Failed to connect", "failedToConnect"));
        }
        StatusCode = (int)answer["statusCode"].Number;
        (Result, ResponseHeaders) = (answer, answer["headers"]);
        ParsedContent = HttpValues.Parse(answer["content"].ToText() ?? "", answer["contentType"].ToText());
        return new(Answered(context, StatusCode.ToString(CultureInfo.InvariantCulture)));
    }

    protected abstract ActivityResult Answered(ActivityContext context, string code);
    protected abstract ActivityResult Failed(string outcome, string slot);
}

/// <summary>Calls an HTTP server; the answer's status code runs the slot of that code, or that of the unexpected.</summary>
[Activity("Elsa.SendHttpRequest")]
internal sealed class SendHttpRequest : HttpRequestStep
{
    [Input(Plain = true)] public Value ExpectedStatusCodes { get; set; }

    protected override ActivityResult Answered(ActivityContext context, string code) =>
        ActivityResult.RunSlot(ExpectedStatusCodes.ToList().Any(c => c["statusCode"].ToText() == code) ? code : "unmatchedStatusCode");

    protected override ActivityResult Failed(string outcome, string slot) => ActivityResult.RunSlot(slot);
}

/// <summary>Calls an HTTP server; an expected status code is an outcome, beside Done.</summary>
[Activity("Elsa.FlowSendHttpRequest", Outcomes = ["Unmatched status code", "Failed to connect", "Timeout"])]
internal sealed class FlowSendHttpRequest : HttpRequestStep
{
    [Input] public string[] ExpectedStatusCodes { get; set; } = ["200"];

    protected override ActivityResult Answered(ActivityContext context, string code) =>
        ActivityResult.Complete(ExpectedStatusCodes.Contains(code) ? code : "Unmatched status code", "Done");
    protected override ActivityResult Failed(string outcome, string slot) => ActivityResult.Complete(outcome);

    /// <summary>The codes written down; null where an expression decides.</summary>
    public static IEnumerable<string>? PortsOf(CompiledActivity step)
    {
        string[] others = ["Unmatched status code", "Failed to connect", "Timeout"];
        if (step.Json["expectedStatusCodes"] is not JsonObject input || input["expression"] is not JsonObject expression) return ["200", .. others];
        if (expression["type"]?.ToString() is not ("Object" or "Json" or "Literal")) return null;
        try
        {
            return [.. Value.FromJson(expression["value"] is JsonArray list ? list.ToJsonString() : expression["value"]?.ToString() ?? "[]").ToList()
                .Select(c => c.ToText() ?? ""), .. others];
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

internal static class HttpValues
{
    public static Dictionary<string, string> Headers(Value headers)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (headers.Kind == ValueKind.String && headers.String.Length > 0) headers = Value.FromJson(headers.String);
        if (headers.Kind != ValueKind.Object) return result;
        foreach (var (name, value) in headers.Members) result[name] = string.Join(", ", value.ToList().Select(v => v.ToText()));
        return result;
    }

    public static string Body(Value content) => content.Kind == ValueKind.String ? content.String : content.ToJson();

    /// <summary>JSON by its content type, else text. Throws <see cref="System.Text.Json.JsonException"/> when it is no JSON.</summary>
    public static Value Parse(string content, string? contentType) =>
        contentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true && content.Length > 0 ? Value.FromJson(content) : content;
}

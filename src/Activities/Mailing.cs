using CrmFlow.Engine;
using CrmFlow.Mailing;

namespace CrmFlow.Activities;

/// <summary>
/// Hands a mail to the outbox, delivered at least once after the commit. An entry of To, Cc and Bcc is one address or several; one that is none runs
/// the slot <c>error</c>, or is an incident without it;
/// what the mail server says later is among the failures an administrator sees.
/// </summary>
[Activity("Elsa.SendEmail")]
internal sealed class SendEmail : IActivity
{
    [Input] public string? From { get; set; }
    [Input] public string[] To { get; set; } = [];
    [Input] public string[] Cc { get; set; } = [];
    [Input] public string[] Bcc { get; set; } = [];
    [Input] public string Subject { get; set; } = "";
    /// <summary>HTML.</summary>
    [Input(Editor = "multiline")] public string Body { get; set; } = "";

    /// <summary>
    /// Files as HttpEndpoint gives them: objects with <c>fileName</c>, <c>contentType</c> and <c>content</c>, base64 or an array of bytes; one or a
    /// list.
    /// </summary>
    [Input] public Value Attachments { get; set; }

    private const int MostAttached = 5 * 1024 * 1024;

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var from = string.IsNullOrWhiteSpace(From) ? null : From;
        var wrong = To.Concat(Cc).Concat(Bcc).FirstOrDefault(a => MailAddresses.Read(a).Count == 0)
            ?? (MailAddresses.ReadOne(from) is null ? from : null);
        var files = Files(out var refused);
        if (wrong is null && refused is null && To.Length > 0)
        {
            var key = $"{context.WorkflowInstanceId}-{context.ActivityInstanceId}";
            context.Ask(new SendMail(key, from, Each(To), Each(Cc), Each(Bcc), Subject, Body) { Attachments = files });
            return new(ActivityResult.Complete());
        }
        var reason = wrong is not null ? $"'{wrong}' is no mail address."
            : refused ?? $"The step '{context.Activity.DisplayText}' names nobody to send to.";
        if (context.Activity.Json["error"] is null) throw new FormatException(reason);
        context.Record("Error", reason);
        return new(ActivityResult.RunSlot("error"));
    }

    /// <summary>An entry may name several.</summary>
    private static string[] Each(string[] entries) => [.. entries.SelectMany(MailAddresses.Read).Select(a => a.ToString())];

    private List<SendFile> Files(out string? refused)
    {
        var files = new List<SendFile>();
        var total = 0L;
        refused = null;
        foreach (var item in Attachments.ToList().Where(i => !i.IsNothing))
        {
            var name = (item["fileName"].ToText() ?? item["FileName"].ToText())?.Trim();
            var content = item["content"].IsNothing ? item["Content"] : item["content"];
            var text = content.Kind == ValueKind.Array && content.Items.TrueForAll(b => b.Kind == ValueKind.Number)
                ? Convert.ToBase64String([.. content.Items.Select(b => unchecked((byte)(int)b.Number))]) : content.Kind == ValueKind.String
                ? content.String : null;
            if (string.IsNullOrEmpty(name) || text is null || !Convert.TryFromBase64String(text, new byte[text.Length], out var length))
                refused = $"The attachment '{name ?? item.Kind.ToString()}' is no file: it needs fileName and content (base64).";
            else if ((total += length) > MostAttached) refused = $"The attachments are larger than {MostAttached / 1024 / 1024} MB together.";
            else files.Add(new SendFile(Path.GetFileName(name),
                item["contentType"].ToText() ?? item["ContentType"].ToText() ?? "application/octet-stream", text));
            if (refused is not null) break;
        }
        return files;
    }
}

using System.Net.Mail;
using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>
/// Hands a mail to the outbox, delivered at least once after the commit. An address that cannot be one runs the slot <c>error</c>, or is an incident without it;
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

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var wrong = To.Concat(Cc).Concat(Bcc).Concat(string.IsNullOrWhiteSpace(From) ? [] : [From]).FirstOrDefault(a => !MailAddress.TryCreate(a, out _));
        if (wrong is null && To.Length > 0)
        {
            context.Ask(new SendMail($"{context.WorkflowInstanceId}-{context.ActivityInstanceId}", string.IsNullOrWhiteSpace(From) ? null : From, To, Cc, Bcc, Subject, Body));
            return new(ActivityResult.Complete());
        }
        var reason = wrong is null ? $"The step '{context.Activity.DisplayText}' names nobody to send to." : $"'{wrong}' is no mail address.";
        if (context.Activity.Json["error"] is null) throw new FormatException(reason);
        context.Record("Error", reason);
        return new(ActivityResult.RunSlot("error"));
    }
}

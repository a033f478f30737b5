using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>A process reminds a person, or a department, of a customer's matter: an open <see cref="CustomerReminder"/> on their calendar.</summary>
[Activity("Care.RaiseReminder")]
internal sealed class RaiseReminder(Command cmd) : IActivity
{
    /// <summary>Login or id of the person.</summary>
    [Input] public string? User { get; set; }
    /// <summary>Key of the department, when nobody is named or the person is not there any more.</summary>
    [Input(Editor = "department")] public string? Department { get; set; }
    /// <summary>Key of the role, when there is neither.</summary>
    [Input(Editor = "role")] public string? Role { get; set; }
    [Input(Editor = "multiline")] public string? Content { get; set; }
    /// <summary>Code of the dictionary of reminder types.</summary>
    [Input] public string ReminderType { get; set; } = "follow-up";
    /// <summary>The customer it concerns.</summary>
    [Input] public Guid? CustomerId { get; set; }
    /// <summary>Who reminds, shown as 提醒人; without it the step's name.</summary>
    [Input] public string? From { get; set; }
    [Input] public DateTimeOffset? ExpectedBy { get; set; }
    /// <summary>To be answered at once: the most striking level.</summary>
    [Input] public bool IsOnline { get; set; }

    [Output] public Guid ReminderId { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(Content))
            throw new InvalidOperationException($"Step '{context.Activity.DisplayText}' has no content to remind of.");
        var target = await TargetAsync(ct) ?? throw new InvalidOperationException(
            $"Step '{context.Activity.DisplayText}' reminds nobody: there is no person '{User}', no department '{Department}' and no role '{Role}'.");
        var reminder = new CustomerReminder
        {
            Id = ReminderId = cmd.NewId(), PartyId = CustomerId,
            RequestedBy = From ?? Phrase.Both(context.Activity.DisplayText, (string?)context.Activity.Json["metadata"]?["displayTextEn"]),
            RequestedAt = cmd.Now, ExpectedBy = ExpectedBy, Content = Content.Length <= 400 ? Content : Content[..400],
            Target = target, ReminderType = ReminderType, IsOnline = IsOnline,
        };
        cmd.Db.Add(reminder);
        cmd.Announce(reminder);
        context.Record("target", target);
        return ActivityResult.Complete();
    }

    private async Task<string?> TargetAsync(CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(User))
        {
            var user = Guid.TryParse(User, out var id) ? await cmd.Db.FindUserAsync(id, ct) : await cmd.Db.FindUserByLoginAsync(User, ct);
            if (user is { IsEnabled: true }) return Principal.User(user.Id);
        }
        var groups = new[] { string.IsNullOrWhiteSpace(Department) ? null : Principal.Department(Department),
            string.IsNullOrWhiteSpace(Role) ? null : Principal.Role(Role) }.OfType<string>().ToList();
        var known = await cmd.Db.PrincipalNamesAsync(groups, ct);
        return groups.Find(known.ContainsKey);
    }
}

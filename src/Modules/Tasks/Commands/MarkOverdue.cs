using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// A task's due time has come and nobody decided: it shows as overdue everywhere and whoever can act gets a mail in their language.
/// </summary>
internal sealed class MarkOverdue(Texts texts, BusinessTime time) : IDueHandler
{
    /// <summary>A large pool is not mailed as a whole; its list shows the task on top.</summary>
    private const int MaxMails = 20;

    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        if (await LoadedTask.LoadAsync(cmd.Db, Guid.Parse(key), ct) is not { IsOpen: true } loaded) return;
        var task = loaded.Task;
        TaskWrites.MarkOverdue(cmd, task, loaded.Assignments);
        foreach (var person in (await RecipientsAsync(cmd, loaded, ct)).Where(p => !string.IsNullOrWhiteSpace(p.Email)).Take(MaxMails))
        {
            var culture = CultureInfo.GetCultureInfo(person.Language == "en" ? "en" : "zh-CN");
            var title = texts.Say((person.Language == "en" ? task.TitleEn : null) ?? task.Title, culture);
            var due = time.Local(task.DueAt).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            string Text(string name) => string.Format(culture, texts.Find(name, culture)!, person.Name, title, task.Reference ?? "", due,
                texts.Say(task.SubjectName, culture) ?? "");
            cmd.Send(new Mail(person.Email!, Text("tasks.mail.overdue.subject"), Text("tasks.mail.overdue.body")),
                $"tasks.overdue:{task.Id:N}:{person.Id:N}", task.InstanceId);
        }
    }

    private static async Task<IReadOnlyList<UserRef>> RecipientsAsync(Command cmd, LoadedTask loaded, CancellationToken ct)
    {
        var holders = loaded.Assignments.Where(a => a.State == AssignmentState.Active).Select(a => a.UserId).ToList();
        if (holders.Count > 0) return [.. (await cmd.Db.UsersByIdAsync(holders, ct)).Values.Where(u => u.IsEnabled)];
        var people = new List<UserRef>();
        foreach (var principal in TaskWrites.PoolOf(loaded.Task))
            people.AddRange(principal[..2] switch
            {
                "r:" => await cmd.Db.UsersInRoleAsync(principal[2..], ct),
                "a:" => await cmd.Db.UsersOfAgentAsync(Guid.Parse(principal[2..]), ct),
                _ => await cmd.Db.FindUserAsync(Guid.Parse(principal[2..]), ct) is { } user ? [user] : [],
            });
        return [.. people.DistinctBy(p => p.Id)];
    }
}

using System.Globalization;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>The actor's open tasks on the calendar. What a source of its own shows (first visits, complaints, care) is left to that source.</summary>
internal sealed class TaskReminders(Texts texts) : IReminderSource
{
    private static readonly string[] ShownElsewhere = ["first-visit", "complaint", "care-occasion"];

    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var principals = LoadedTask.PrincipalsOf(actor);
        var me = Principal.User(actor.UserId);
        var rows = await (from entry in db.All<InboxEntry>().AsNoTracking()
                          where entry.Principal == me && entry.Box == InboxBox.Mine
                              || principals.Contains(entry.Principal) && entry.Box == InboxBox.Pool
                          join task in db.All<UserTask>() on entry.TaskId equals task.Id
                          where !ShownElsewhere.Contains(task.SubjectType)
                          orderby task.DueAt, task.Id
                          select new { task.Id, task.Title, task.TitleEn, task.SubjectName, task.Reference, task.CreatedAt, task.DueAt })
                              .Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        return [.. rows.DistinctBy(r => r.Id)
            .Select(r => new Reminder(ReminderSource.Task, r.Id, texts.Say((english ? r.TitleEn : null) ?? r.Title), Pages.TaskWords.Href(r.Id))
            {
                About = string.Join(" ", new[] { texts.Say(r.SubjectName), r.Reference }.OfType<string>()), Since = r.CreatedAt, DueAt = r.DueAt,
            })];
    }
}

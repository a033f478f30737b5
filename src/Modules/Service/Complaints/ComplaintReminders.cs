using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>
/// R-CAL-1 (5): complaints that are not solved, from when they were made until they are. Due when the customer expects it, else when its open step
/// is.
/// </summary>
internal sealed class ComplaintReminders(BusinessTime time, Texts texts) : IReminderSource
{
    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var complaints = db.Visible<Complaint>(actor).AsNoTracking()
            .Where(c => c.State != ComplaintState.Closed && c.State != ComplaintState.Cancelled);
        if (range.OnlyMine) complaints = complaints.Where(c => c.AssignedTo == actor.UserId || c.ReceivedBy == actor.UserId);
        var rows = await (from c in complaints
                          join party in db.All<Party>() on c.CustomerId equals party.Id
                          orderby c.ComplainedAt, c.Id
                          select new { c.Id, c.No, c.Content, c.ComplainedAt, c.ExpectedBy, c.CallBackDueAt, Customer = party.Name })
                              .Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        var open = await db.OpenTasksAsync(ComplaintScope.Subject, rows.ConvertAll(r => r.Id), ct);
        var end = time.At(range.To.AddDays(1), TimeOnly.MinValue);
        return
        [
            .. rows.Select(r => new Reminder(ReminderSource.Complaint, r.Id,
                texts["service.reminder", r.Content.Length > 40 ? r.Content[..40] + "…" : r.Content], $"/service/complaints/{r.Id}")
                {
                    About = $"{r.Customer} {r.No}", Since = r.ComplainedAt, DueAt = r.ExpectedBy ?? open[r.Id].Min(t => t.DueAt) ?? r.CallBackDueAt,
                }).Where(r => r.DueAt is null || r.DueAt < end),
        ];
    }
}

using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>Sources 2 and 6: reminders not resolved, from their time on (R-CAL-1).</summary>
internal sealed class CustomerReminders(BusinessTime time, Texts texts) : IReminderSource
{
    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var end = time.At(range.To.AddDays(1), TimeOnly.MinValue);
        var (principals, me) = (actor.Principals.ToList(), actor.UserId);
        var open = db.Visible<CustomerReminder>(actor).AsNoTracking()
            .Where(r => !r.IsResolved && r.RequestedAt < end && (!r.IsOnline || r.RequestedAt <= range.Now));
        if (range.OnlyMine) open = open.Where(r => r.ReceivedBy == null ? principals.Contains(r.Target) : r.ReceivedBy == me);
        var rows = await (from r in open
                          join p in db.All<Party>() on r.PartyId equals (Guid?)p.Id into parties
                          from p in parties.DefaultIfEmpty()
                          orderby r.RequestedAt, r.Id
                          select new { Reminder = r, Party = p == null ? null : p.Name }).Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        return rows.ConvertAll(r => new Reminder(r.Reminder.IsOnline ? ReminderSource.Online : ReminderSource.CustomerReminder, r.Reminder.Id,
            texts.Say(r.Reminder.Content), $"/care/reminders?id={r.Reminder.Id}")
            {
                About = r.Party ?? texts.Say(r.Reminder.RequestedBy), Since = r.Reminder.RequestedAt, DueAt = r.Reminder.ExpectedBy,
            });
    }
}

/// <summary>Source 4: opportunities from now to their closing date (R-CAL-1).</summary>
internal sealed class OpportunityReminders(BusinessTime time, Texts texts) : IReminderSource
{
    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var me = actor.UserId;
        var open = db.Visible<Opportunity>(actor).AsNoTracking().Where(o => o.State == OpportunityState.Open && o.CloseBy <= range.To);
        if (range.OnlyMine) open = open.Where(o => o.SalesRepId == me || o.SalesRepId == null && o.CreatedBy == me);
        var rows = await (from o in open
                          join c in db.All<Party>() on o.CustomerId equals c.Id
                          join p in db.All<Product>() on o.ProductId equals (Guid?)p.Id into products
                          from p in products.DefaultIfEmpty()
                          orderby o.CloseBy, o.Id
                          select new { o.Id, o.CloseBy, o.CreatedAt, Customer = c.Name, Product = p == null ? null : p.Name })
                              .Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        return rows.ConvertAll(o =>
            new Reminder(ReminderSource.Opportunity, o.Id, texts["care.reminder.opportunity", o.Product ?? ""], $"/opportunities/{o.Id}")
            {
                About = o.Customer, Since = o.CreatedAt, DueAt = time.At(o.CloseBy, new TimeOnly(23, 59)), IsAllDay = true,
            });
    }
}

/// <summary>Source 1: care begun and not done, and the birthdays and plans' days to come (R-CAL-1).</summary>
internal sealed class CareReminders(BusinessTime time, Texts texts) : IReminderSource
{
    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var occasions = await (from o in db.Visible<CareOccasion>(actor).AsNoTracking()
                               where (o.State == CareOccasionState.Planned || o.State == CareOccasionState.InHand) && o.On <= range.To
                               join p in db.All<Party>() on o.PartyId equals p.Id
                               join c in db.All<Contact>() on o.ContactId equals (Guid?)c.Id into contacts
                               from c in contacts.DefaultIfEmpty()
                               orderby o.On, o.Id
                               select new { o.Id, o.Name, o.On, o.PlannedAt, Party = p.Name, Contact = c == null ? null : c.Name })
                                   .Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        if (range.OnlyMine)
        {
            var tasks = await db.OpenTasksAsync(CareScope.Subject, occasions.ConvertAll(o => o.Id), ct);
            occasions.RemoveAll(o => !tasks[o.Id].Any(t => t.ClaimedBy is { } by ? by == actor.UserId : t.Holders.Any(actor.Principals.Contains)));
        }
        var found = occasions.ConvertAll(o =>
            Of(o.Id, texts["care.reminder.care", texts.Say(o.Name), o.Contact ?? ""].Trim(), o.Party, o.On, o.PlannedAt, $"/care/occasions/{o.Id}"));
        found.AddRange(await ComingAsync(db, actor, range, ct));
        return found;
    }

    private Reminder Of(Guid id, string title, string about, DateOnly on, DateTimeOffset since, string href) =>
        new(ReminderSource.Care, id, title, href) { About = about, Since = since, DueAt = time.At(on, WorkingCalendar.DayEnd), IsAllDay = true };

    private async Task<List<Reminder>> ComingAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        List<Reminder> found = [];
        var from = time.DateOf(range.Now).AddDays(1);
        if (from < range.From) from = range.From;
        if (from > range.To || !actor.Has(CareRights.View)) return found;
        var (rules, festivals) =
            (await db.SettingAsync(CareSettings.AnnualDays, range.Now, ct), await db.SettingAsync(CareSettings.Festivals, range.Now, ct));
        var days = Enumerable.Range(0, range.To.DayNumber - from.DayNumber + 1).Select(i => DaysOn.Of(from.AddDays(i), rules)).ToList();
        var plans = await db.All<CarePlan>().AsNoTracking().Where(p => p.IsActive).OrderBy(p => p.Name).ToListAsync(ct);
        foreach (var plan in plans.Where(p => p.Occasion is CareOccasionKind.Festival or CareOccasionKind.Regular))
            found.AddRange(days.Where(d => plan.Follows(d.Date, d, festivals))
                .Select(d => Of(plan.Id, plan.Name, texts["care.reminder.plan"], d.Date, range.Now, "/care/plans")));
        // Birthdays are personal: only for whom the customers' page shows them to (T-03).
        if (plans.Exists(p => p.Occasion == CareOccasionKind.Birthday) && actor.Has(CustomersRights.Personal))
            found.AddRange(await BirthdaysAsync(db, actor, range, days, ct));
        return found;
    }

    private async Task<IEnumerable<Reminder>> BirthdaysAsync(CrmDbContext db, Actor actor, ReminderRange range, List<DaysOn> days,
        CancellationToken ct)
    {
        var (solar, lunar) = (days.Select(d => d.SolarMonth).Distinct().ToList(), days.Select(d => d.LunarMonth).Distinct().ToList());
        var (parties, me) = (db.Visible<Party>(actor), actor.UserId);
        if (range.OnlyMine) parties = parties.Where(p => p.OwnerId == me);
        var people = await (from c in db.All<Contact>().AsNoTracking()
                            where c.BirthMonth != null
                                && (c.BirthCalendar == CalendarKind.Solar ? solar.Contains(c.BirthMonth.Value) : lunar.Contains(c.BirthMonth.Value))
                            join p in parties on c.PartyId equals p.Id
                            orderby c.Id
                            select new { Contact = c, Party = p.Name }).Take(20 * ReminderRange.MaxPerSource).ToListAsync(ct);
        return (from d in days
                from p in people
                where d.Has(p.Contact.Birthday!)
                select Of(p.Contact.Id, texts[p.Contact.BirthCalendar == CalendarKind.Lunar ? "care.reminder.lunar-birthday"
                    : "care.reminder.birthday", p.Contact.Name], p.Party, d.Date, range.Now, $"/customers/{p.Contact.PartyId}"))
            .Take(ReminderRange.MaxPerSource);
    }
}

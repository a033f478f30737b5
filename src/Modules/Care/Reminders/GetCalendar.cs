using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>A reminder with its level and the day it stands on: its due day, or the day it began when it has none.</summary>
public sealed record CalendarItem(Reminder Reminder, Importance Level, DateOnly Day)
{
    /// <summary>On this day it is open: since its beginning, until its due day, and on when it is not done by then.</summary>
    public bool IsOpenOn(DateOnly day, DateOnly since, DateOnly today) => day == Day || since <= day && (day <= Day || day <= today);
}

/// <param name="Festivals">Names of what is celebrated.</param>
/// <param name="Lunar">初八, or the month's name on its first day; null outside the calendar's years.</param>
/// <param name="Mark">休 or 班 where the working calendar differs from the week.</param>
internal sealed record CalendarDayView(DateOnly Date, string? Lunar, IReadOnlyList<string> Festivals, bool IsWorking, bool IsException);

/// <param name="Items">Most pressing first, then by due time, then by id (R-CAL-2).</param>
internal sealed record CalendarView(DateOnly From, DateOnly To, DateOnly Today,
    IReadOnlyList<CalendarDayView> Days, IReadOnlyList<CalendarItem> Items);

/// <summary>The calendar (R-CAL-1): all sources over a span of days, with levels.</summary>
internal sealed class GetCalendar(WorkflowRuntime runtime, IEnumerable<IReminderSource> sources, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Care.GetCalendar", Access.Staff());

    public Task<Result<CalendarView>> HandleAsync(Actor actor, DateOnly from, DateOnly to, bool onlyMine, CancellationToken ct) =>
        runtime.ReadAsync<CalendarView>(Operation, actor, async db =>
        {
            var (now, today) = (time.Now, time.Today);
            var levels = await ReminderLevels.InForceAsync(db, calendars, time, ct);
            var (rules, festivals) =
                (await db.SettingAsync(CareSettings.AnnualDays, now, ct), await db.SettingAsync(CareSettings.Festivals, now, ct));
            List<CalendarItem> items = [];
            // What is late stands on today's page whatever month is shown around it.
            var range = new ReminderRange(from, to, now, onlyMine);
            foreach (var source in sources)
                items.AddRange((await source.FindAsync(db, actor, range, ct))
                    .Select(r => new CalendarItem(r, levels.Of(r, now), time.DateOf(r.DueAt ?? r.Since))));
            var days = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(i => from.AddDays(i))
                .Select(day => DayOf(day, DaysOn.Of(day, rules), festivals, levels.Calendar)).ToList();
            return new CalendarView(from, to, today, days,
                [.. items.OrderByDescending(i => i.Level).ThenBy(i => i.Reminder.DueAt ?? i.Reminder.Since).ThenBy(i => i.Reminder.Id)]);
        }, ct);

    /// <summary>Online reminders that wait for the actor now, for the strip above every list.</summary>
    public Task<Result<IReadOnlyList<CustomerReminder>>> OnlineAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<CustomerReminder>>(Operation, actor, async db =>
        {
            var (now, principals, me) = (time.Now, actor.Principals.ToList(), actor.UserId);
            return await db.Visible<CustomerReminder>(actor).AsNoTracking()
                .Where(r => r.IsOnline && !r.IsResolved && r.RequestedAt <= now
                && (r.ReceivedBy == null ? principals.Contains(r.Target) : r.ReceivedBy == me))
                .OrderBy(r => r.RequestedAt).ThenBy(r => r.Id).Take(20).ToListAsync(ct);
        }, ct);

    private static CalendarDayView DayOf(DateOnly day, DaysOn on, Festival[] festivals, WorkingCalendar calendar)
    {
        var lunar = LunarDay.Of(day);
        var isWeekday = day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
        var isWorking = calendar.IsWorkingDay(day);
        return new(day, lunar is { } l ? l.Day == 1 ? l.MonthName : l.DayName : null,
            [.. festivals.Where(f => on.Has(f.On())).Select(f => f.Label())], isWorking, isWorking != isWeekday);
    }
}

/// <summary>客户提醒 as a list: open or resolved.</summary>
internal sealed record ReminderRow(CustomerReminder Reminder, string? CustomerName, string TargetName, string? ReceivedByName, Importance Level,
    bool IsMine);

internal sealed class ListReminders(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Care.ListReminders", Access.Staff());

    public Task<Result<(IReadOnlyList<ReminderRow> Rows, string? Next)>> HandleAsync(Actor actor, bool resolved, Guid? customer, int take,
        string? after, CancellationToken ct) => runtime.ReadAsync<(IReadOnlyList<ReminderRow>, string?)>(Operation, actor, async db =>
    {
        var reminders = db.Visible<CustomerReminder>(actor).AsNoTracking().Where(r => r.IsResolved == resolved);
        if (customer is not null) reminders = reminders.Where(r => r.PartyId == customer);
        if (after?.Split('|') is [var ticks, var last] && long.TryParse(ticks, out var t) && Guid.TryParse(last, out var id))
        {
            var at = new DateTimeOffset(t, TimeSpan.Zero);
            reminders = reminders.Where(r => r.RequestedAt < at || r.RequestedAt == at && r.Id.CompareTo(id) < 0);
        }
        var page = await reminders.OrderByDescending(r => r.RequestedAt).ThenByDescending(r => r.Id).Take(take + 1).ToListAsync(ct);
        var more = page.Count > take;
        if (more) page.RemoveAt(take);
        var parties = page.Select(r => r.PartyId).OfType<Guid>().Distinct().ToList();
        var customers = await db.All<CrmFlow.Customers.Party>().Where(p => parties.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);
        var names = await CrmFlow.Identity.Organisation.PrincipalNamesAsync(db,
            page.Select(r => r.Target).Concat(page.Select(r => r.ReceivedBy).OfType<Guid>().Select(CrmFlow.Identity.Principal.User)).Distinct()
            .ToList(), ct);
        var levels = await ReminderLevels.InForceAsync(db, calendars, time, ct);
        var now = time.Now;
        return (page.ConvertAll(r =>
            new ReminderRow(r, r.PartyId is { } p ? customers.GetValueOrDefault(p) : null, names.GetValueOrDefault(r.Target, ""),
                r.ReceivedBy is { } by ? names.GetValueOrDefault(CrmFlow.Identity.Principal.User(by)) : null,
                r.IsResolved ? Importance.Normal : levels.Of(new Reminder(r.IsOnline ? ReminderSource.Online : ReminderSource.CustomerReminder, r.Id,
                    r.Content, "") { Since = r.RequestedAt, DueAt = r.ExpectedBy }, now),
                r.ReceivedBy is { } taken ? taken == actor.UserId : actor.Principals.Contains(r.Target))),
            more ? $"{page[^1].RequestedAt.UtcTicks}|{page[^1].Id}" : null);
    }, ct);
}

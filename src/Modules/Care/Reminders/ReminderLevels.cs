using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;

namespace CrmFlow.Care;

/// <summary>
/// Hours after which an open complaint, first visit or customer reminder becomes important, urgent, overdue (R-CAL-2: 24 h, 3 d, 7 d).
/// </summary>
internal sealed record ElapsedLevels(int ImportantAfter, int UrgentAfter, int OverdueAfter);

/// <summary>Days left at which an opportunity becomes important and urgent; past its date it is overdue.</summary>
internal sealed record RemainingLevels(int ImportantFrom, int UrgentFrom);

/// <summary>How pressing a reminder is (R-CAL-2): by the time it has stood open, by the time left, or by what it is.</summary>
internal sealed record ReminderLevels(ElapsedLevels Elapsed, RemainingLevels Remaining, WorkingCalendar Calendar, BusinessTime Time)
{
    public static async Task<ReminderLevels> InForceAsync(CrmDbContext db, WorkingCalendars calendars, BusinessTime time, CancellationToken ct) =>
        new(
        await db.SettingAsync(CareSettings.Elapsed, time.Now, ct), await db.SettingAsync(CareSettings.Remaining, time.Now, ct),
            await calendars.CurrentAsync(ct), time);

    public Importance Of(Reminder reminder, DateTimeOffset now) => reminder.Source switch
    {
        ReminderSource.Online => Importance.Online,
        ReminderSource.Care => Importance.Normal,
        ReminderSource.Task => reminder.DueAt is { } due ? DueLevel.Of(Calendar, now, due).Level : Importance.Normal,
        ReminderSource.Opportunity =>
            reminder.DueAt is { } close ? Left(Time.DateOf(close).DayNumber - Time.DateOf(now).DayNumber) : Importance.Normal,
        _ => Open(now - reminder.Since),
    };

    private Importance Left(int days) =>
        days < 0 ? Importance.Overdue : days <= Remaining.UrgentFrom ? Importance.Urgent : days <= Remaining.ImportantFrom ? Importance.Important
        : Importance.Normal;

    private Importance Open(TimeSpan since) =>
        since > TimeSpan.FromHours(Elapsed.OverdueAfter) ? Importance.Overdue
        : since > TimeSpan.FromHours(Elapsed.UrgentAfter) ? Importance.Urgent
        : since > TimeSpan.FromHours(Elapsed.ImportantAfter) ? Importance.Important : Importance.Normal;
}

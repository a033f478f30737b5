using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Tasks;

/// <summary>
/// How pressing a due time is, by the working time left: overdue past it, urgent on its working day, important one working day before.
/// </summary>
/// <param name="WorkingDays">Working days left, or since it was due.</param>
public readonly record struct DueLevel(Importance Level, int WorkingDays)
{
    public static DueLevel Of(WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset due)
    {
        if (now >= due) return new(Importance.Overdue, calendar.WorkingDaysBetween(due, now));
        var left = calendar.WorkingDaysBetween(now, due);
        return new(left switch { 0 => Importance.Urgent, 1 => Importance.Important, _ => Importance.Normal }, left);
    }

    /// <summary>For a list: 超期 2 个工作日, 超期 5 小时, 今天 15:00, 05-22 周五.</summary>
    public string Text(Texts texts, Formats formats, DateTimeOffset now, DateTimeOffset due) =>
        Level != Importance.Overdue ? formats.Due(due)
        : WorkingDays > 0 ? texts["tasks.overdue-days", WorkingDays]
        : texts["tasks.overdue-hours", Math.Max(1, (int)Math.Floor((now - due).TotalHours))];

    /// <summary>For a head line: 明天 11:05 到期，还剩 1 个工作日.</summary>
    public string Sentence(Texts texts, Formats formats, DateTimeOffset now, DateTimeOffset due) =>
        Level == Importance.Overdue ? texts["tasks.due-was", formats.Due(due), Text(texts, formats, now, due)]
        : WorkingDays == 0 ? texts["tasks.due-today", formats.Due(due)]
        : texts["tasks.due-in", formats.Due(due), WorkingDays];
}

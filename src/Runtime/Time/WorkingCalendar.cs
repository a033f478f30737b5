using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>A day that differs from the weekly rule: a holiday (not working) or a make-up day (working).</summary>
public sealed class CalendarDay
{
    public required DateOnly Date { get; init; }
    public required bool IsWorking { get; set; }
    public required string Name { get; set; }
}

/// <summary>
/// Working time: Monday to Friday, working hours 09:00–18:00 of the business zone, corrected by <see cref="CalendarDay"/> rows (holidays and make-up
/// days are data).
/// An immutable snapshot; ask <see cref="WorkingCalendars"/> for the current one.
/// </summary>
public sealed class WorkingCalendar(BusinessTime time, IReadOnlyDictionary<DateOnly, bool> exceptions)
{
    public static readonly TimeOnly DayStart = new(9, 0), DayEnd = new(18, 0);

    public bool IsWorkingDay(DateOnly date) =>
        exceptions.TryGetValue(date, out var working) ? working : date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>
    /// The instant a number of working days later, at the same local time of day kept inside working hours. A start outside working time counts from
    /// the next working morning. Zero gives the end of the current or next working day. Range 0…3660.
    /// </summary>
    public DateTimeOffset AddWorkingDays(DateTimeOffset from, int days)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(days);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, 3660);
        var local = time.Local(from);
        var (date, clock) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        if (clock >= DayEnd) (date, clock) = (date.AddDays(1), DayStart);
        if (clock < DayStart) clock = DayStart;
        if (!IsWorkingDay(date)) (date, clock) = (NextWorkingDay(date), DayStart);
        if (days == 0) return time.At(date, DayEnd);
        for (var i = 0; i < days; i++) date = NextWorkingDay(date);
        return time.At(date, clock);
    }

    /// <summary>Whole working days begun between two instants: what a page calls "已 2 个工作日". Zero within the same working day.</summary>
    public int WorkingDaysBetween(DateTimeOffset from, DateTimeOffset to)
    {
        var (date, end) = (time.DateOf(from), time.DateOf(to));
        var count = 0;
        while (date < end)
        {
            date = date.AddDays(1);
            if (IsWorkingDay(date)) count++;
        }
        return count;
    }

    private DateOnly NextWorkingDay(DateOnly date)
    {
        do date = date.AddDays(1); while (!IsWorkingDay(date));
        return date;
    }
}

/// <summary>Hands out the current calendar; reads the rows once and again after a command changed them.</summary>
public sealed class WorkingCalendars
{
    /// <summary>Who hears, on every host, that calendar rows changed.</summary>
    internal const string Principal = "runtime:calendar";

    private readonly RuntimeDatabase _database;
    private readonly BusinessTime _time;
    private WorkingCalendar? _current;
    private int _changes;

    internal WorkingCalendars(RuntimeDatabase database, BusinessTime time, LiveUpdates live)
    {
        (_database, _time) = (database, time);
        live.Subscribe([Principal], Changed);
    }

    public async ValueTask<WorkingCalendar> CurrentAsync(CancellationToken ct)
    {
        if (_current is { } known) return known;
        var seen = Volatile.Read(ref _changes);
        await using var db = _database.ReadContext();
        var days = await db.Set<CalendarDay>().ToDictionaryAsync(d => d.Date, d => d.IsWorking, ct);
        var read = new WorkingCalendar(_time, days);
        // Rows changed while these were read: good for this caller, not for keeping.
        if (seen == Volatile.Read(ref _changes)) _current = read;
        return read;
    }

    /// <summary>Forget the snapshot; called after a commit that changed calendar rows.</summary>
    public void Changed()
    {
        Interlocked.Increment(ref _changes);
        _current = null;
    }
}

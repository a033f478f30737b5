using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Host.Administration;

/// <summary>A day that differs from the week.</summary>
public sealed record CalendarMark(DateOnly Date, bool IsWorking, string Name);

/// <summary>Holidays and make-up days as administrators keep them. They move due times of steps that start later.</summary>
internal sealed class CalendarAdmin(WorkflowRuntime runtime)
{
    private static readonly Operation Read = new("Host.ReadCalendar", Access.Staff("admin.settings"));
    private static readonly Operation Mark = new("Host.MarkCalendar", Access.Staff("admin.settings"));
    private static readonly Operation Ship = new("Host.ShipCalendar", Access.SystemOnly);
    private const int MaxDays = 366;

    public Task<Result<IReadOnlyList<CalendarMark>>> ReadAsync(Actor actor, int year, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<CalendarMark>>(Read, actor, async db =>
        {
            var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
            return await db.Set<CalendarDay>().AsNoTracking().Where(d => d.Date >= first && d.Date <= last).OrderBy(d => d.Date)
                .Select(d => new CalendarMark(d.Date, d.IsWorking, d.Name)).ToListAsync(ct);
        }, ct);

    /// <summary>Marks every day of a span, or takes the marks away.</summary>
    /// <param name="isWorking">True a make-up day, false a holiday, null back to the week's rule.</param>
    public Task<Result> MarkAsync(Actor actor, DateOnly from, DateOnly to, bool? isWorking, string name, Guid operationId, CancellationToken ct)
    {
        name = name.Trim();
        if (to < from || to.DayNumber - from.DayNumber >= MaxDays) return Task.FromResult<Result>(new CalendarSpanInvalid());
        if (isWorking is not null && name.Length is 0 or > 60) return Task.FromResult<Result>(new CalendarNameMissing());
        return runtime.ExecuteAsync(Mark, actor, operationId, new { from, to, isWorking, name }, async cmd =>
        {
            var marked = await cmd.Db.Set<CalendarDay>().Where(d => d.Date >= from && d.Date <= to).ToDictionaryAsync(d => d.Date, ct);
            var before = marked.Values.Select(d => new { d.Date, d.IsWorking, d.Name }).ToList();
            for (var date = from; date <= to; date = date.AddDays(1))
            {
                var day = marked.GetValueOrDefault(date);
                if (isWorking is not { } working)
                {
                    if (day is not null) cmd.Db.Remove(day);
                }
                else if (day is null) cmd.Db.Add(new CalendarDay { Date = date, IsWorking = working, Name = name });
                else (day.IsWorking, day.Name) = (working, name);
            }
            if (!cmd.Db.ChangeTracker.HasChanges()) return Result.Ok;
            cmd.Audit("calendar", cmd.OperationId, before, new { from, to, isWorking, name });
            cmd.Notify(WorkingCalendars.Principal);
            return Result.Ok;
        }, ct);
    }

    /// <summary>Years without any mark get the public holidays the product knows; a year that has marks is the administrator's.</summary>
    public Task<Result> EnsureShippedAsync(Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Ship, Actor.System, operationId, payload: null, async cmd =>
        {
            // Asked without EF, whose model a start need not wait for: nearly always everything is there.
            var known = (await cmd.QueryAsync("SELECT date FROM calendar_day", [], r => r.GetFieldValue<DateOnly>(0), ct)).Select(d => d.Year)
                .ToHashSet();
            var missing = ShippedHolidays.Days().Where(d => !known.Contains(d.Date.Year)).ToList();
            if (missing.Count == 0) return Result.Ok;
            cmd.Db.AddRange(missing);
            cmd.Notify(WorkingCalendars.Principal);
            return Result.Ok;
        }, ct);
}

internal sealed record CalendarSpanInvalid : Problem
{
    public CalendarSpanInvalid() : base("admin.calendar-span-invalid") => (Kind, Field) = (ProblemKind.Invalid, "to");
}

internal sealed record CalendarNameMissing : Problem
{
    public CalendarNameMissing() : base("admin.calendar-name-missing") => (Kind, Field) = (ProblemKind.Invalid, "day-name");
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The calendar pages: holidays and make-up days are rows anybody with the right can correct; the next due time follows them.</summary>
public sealed class CalendarAdministration
{
    public static readonly Operation List = new("Calendar.List", Access.SignedIn);
    public static readonly Operation Set = new("Calendar.Set", Access.Staff(SettingsAdministration.Right));
    public static readonly Operation Remove = new("Calendar.Remove", Access.Staff(SettingsAdministration.Right));
    internal static readonly Operation Seed = new("Calendar.Seed", Access.SystemOnly);

    private readonly WorkflowRuntime _runtime;
    private readonly TimeProvider _clock;

    internal CalendarAdministration(WorkflowRuntime runtime, TimeProvider clock) => (_runtime, _clock) = (runtime, clock);

    /// <summary>The days of a year that differ from Monday to Friday.</summary>
    public Task<Result<IReadOnlyList<CalendarDay>>> ListAsync(Actor actor, int year, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<CalendarDay>>(List, actor, async db =>
        {
            var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
            return await db.Set<CalendarDay>().Where(d => d.Date >= first && d.Date <= last).OrderBy(d => d.Date).ToListAsync(ct);
        }, ct);

    /// <summary>Makes a day a holiday or a working day.</summary>
    public Task<Result> SetAsync(Actor actor, Guid operationId, DateOnly date, bool isWorking, string name, CancellationToken ct) =>
        _runtime.ExecuteAsync(Set, actor, operationId, new { date, isWorking, name }, async cmd =>
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > 100) return new CalendarDayNeedsName();
            var day = await cmd.Db.Set<CalendarDay>().AsTracking().SingleOrDefaultAsync(d => d.Date == date, ct);
            cmd.Audit("CalendarDay", cmd.NewId(), day is null ? null : new { day.Date, day.IsWorking, day.Name }, new { date, isWorking, name });
            if (day is null) cmd.Db.Add(new CalendarDay { Date = date, IsWorking = isWorking, Name = name });
            else (day.IsWorking, day.Name) = (isWorking, name);
            cmd.Notify(WorkingCalendars.Principal);
            return Result.Ok;
        }, ct);

    /// <summary>The day follows the week again.</summary>
    public Task<Result> RemoveAsync(Actor actor, Guid operationId, DateOnly date, CancellationToken ct) =>
        _runtime.ExecuteAsync(Remove, actor, operationId, date, async cmd =>
        {
            var day = await cmd.Db.Set<CalendarDay>().AsTracking().SingleOrDefaultAsync(d => d.Date == date, ct);
            if (day is null) return new NotFound();
            cmd.Db.Remove(day);
            cmd.Audit("CalendarDay", cmd.NewId(), new { day.Date, day.IsWorking, day.Name }, null);
            cmd.Notify(WorkingCalendars.Principal);
            return Result.Ok;
        }, ct);

    /// <summary>Fills years of which nothing is known yet from the shipped data; a year somebody edited is theirs.</summary>
    internal Task<Result> SeedAsync(CancellationToken ct) => _runtime.ExecuteAsync(Seed, Actor.System, Guid.CreateVersion7(_clock.GetUtcNow()), payload: null, async cmd =>
    {
        var known = (await cmd.Db.Set<CalendarDay>().Select(d => d.Date).ToListAsync(ct)).Select(d => d.Year).ToHashSet();
        var added = Shipped().Where(d => !known.Contains(d.Date.Year)).ToList();
        cmd.Db.AddRange(added);
        if (added.Count > 0) cmd.Notify(WorkingCalendars.Principal);
        return Result.Ok;
    }, ct);

    internal static IEnumerable<CalendarDay> Shipped()
    {
        using var stream = typeof(CalendarAdministration).Assembly.GetManifestResourceStream("CrmFlow.Runtime.Time.holidays-cn.json")!;
        foreach (var period in JsonSerializer.Deserialize<Period[]>(stream, JsonSerializerOptions.Web)!)
            for (var date = period.From; date <= (period.To ?? period.From); date = date.AddDays(1))
                yield return new CalendarDay { Date = date, IsWorking = period.Working, Name = period.Name };
    }

    private sealed record Period(DateOnly From, DateOnly? To, string Name, bool Working);
}

public sealed record CalendarDayNeedsName() : Problem("problem.calendar-day-name");

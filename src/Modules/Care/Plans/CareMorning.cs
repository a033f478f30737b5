using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// Once a day, while there is an active plan: tells processes which plans have a day (<c>Care.PlanDay</c>), and comes back the next morning. What was
/// missed while the system stood still is made up for within <see cref="CareSettings.CatchUpDays"/>. Why it is so: docs/adr, care runs as one
/// instance per occasion.
/// </summary>
internal sealed class CareMorning(BusinessTime time) : IDueHandler
{
    public const string Kind = "care.morning", Key = "morning";
    /// <summary>Record type of a plan's day, for <c>CrmFlow.RecordSaved</c>.</summary>
    public const string PlanDay = "Care.PlanDay";

    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var today = time.DateOf(cmd.Now);
        var rules = await cmd.Db.SettingAsync(CareSettings.AnnualDays, cmd.Now, ct);
        var festivals = await cmd.Db.SettingAsync(CareSettings.Festivals, cmd.Now, ct);
        var catchUp = await cmd.Db.SettingAsync(CareSettings.CatchUpDays, cmd.Now, ct);
        var plans = await (from plan in cmd.Db.All<CarePlan>().AsTracking()
                           where plan.IsActive
                           join progress in cmd.Db.All<CarePlanProgress>().AsTracking() on plan.Id equals progress.PlanId
                           orderby plan.Name, plan.Id
                           select new { Plan = plan, Progress = progress }).ToListAsync(ct);
        foreach (var (plan, progress) in plans.Select(p => (p.Plan, p.Progress)))
        {
            var until = today.AddDays(plan.LeadDays);
            var from = progress.BegunThrough.AddDays(1);
            if (from < until.AddDays(-catchUp)) from = until.AddDays(-catchUp);
            for (var day = from; day <= until; day = day.AddDays(1))
            {
                progress.BegunThrough = day;
                if (!plan.Follows(day, DaysOn.Of(day, rules), festivals)) continue;
                await cmd.RecordSavedAsync(PlanDay, plan.Id, $"{plan.Name} {Iso(day)}", RecordChange.Created,
                    Value.Object(("day", Iso(day)), ("plan", plan.Name), ("occasion", plan.Occasion.ToString())), ct);
            }
        }
        if (plans.Count == 0) return;
        var morning = await MorningAsync(cmd, time, today, ct);
        cmd.Schedule(Kind, Key, cmd.Now < morning ? morning : await MorningAsync(cmd, time, today.AddDays(1), ct), Value.Null);
    }

    /// <summary>Today's hour, or now when it is past: beginning a day a second time finds nothing to do.</summary>
    public static async Task<DateTimeOffset> TodayOrNowAsync(Command cmd, BusinessTime time, CancellationToken ct) =>
        await MorningAsync(cmd, time, time.DateOf(cmd.Now), ct) is var morning && morning > cmd.Now ? morning : cmd.Now;

    private static async Task<DateTimeOffset> MorningAsync(Command cmd, BusinessTime time, DateOnly day, CancellationToken ct) =>
        time.At(day, new TimeOnly(await cmd.Db.SettingAsync(CareSettings.Morning, cmd.Now, ct), 0));

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    public static DateOnly? FromIso(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Two years on the virtual clock, from 2026-01-01 to 2027-12-31, with the shipped processes. Every expected date is written by hand from the
/// almanac, not computed.
/// </summary>
public sealed class TwoYearsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_years_of_sales_visits_birthdays_and_festivals()
    {
        await using var c = await Carers.StartAsync();
        await c.App.DoAsync(async cmd =>
        {
            foreach (var day in ShippedHolidays.Days()) cmd.Db.Add(day);
            (await cmd.Db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId)).FoundedOn = new(2008, 2, 29);
            cmd.Db.Add(new Anniversary { Id = cmd.NewId(), PartyId = c.CustomerId, Name = "水厂通水", Month = 9, Day = 9, Calendar = CalendarKind.Lunar,
                Year = 2010 });
        });
        c.App.Get<WorkingCalendars>().Changed();
        await c.ContactAsync("公历", new(1985, 6, 15), "solar@example.com");
        await c.ContactAsync("闰日", new(1996, 2, 29), "leapday@example.com");
        await c.ContactAsync("只有月", new(1990, 11, null), "month@example.com");
        await c.ContactAsync("农历", new(1988, 5, 5, CalendarKind.Lunar), "lunar@example.com");
        await c.ContactAsync("三十", new(1984, 12, 30, CalendarKind.Lunar), "thirtieth@example.com");
        await c.ContactAsync("闰六月", new(1987, 6, 1, CalendarKind.Lunar, IsLeapMonth: true), "leapmonth@example.com");
        await c.ContactAsync("腊八", new(1979, 12, 8, CalendarKind.Lunar), "laba@example.com");
        await c.PlanAsync(Carers.Birthdays());
        await c.PlanAsync(new("周年", CareOccasionKind.Founding, "founding", "mail") { Subject = "{日子}", Body = "贺", IsActive = true });
        await c.PlanAsync(new("特殊", CareOccasionKind.SpecialDay, "special-day", "mail") { Subject = "{日子}", Body = "贺", IsActive = true });
        foreach (var (name, key) in new[] { ("中秋", "mid-autumn"), ("除夕", "new-year-eve"), ("国庆", "national-day") })
            await c.PlanAsync(
                new(name, CareOccasionKind.Festival, "festival", "mail") { FestivalKey = key, Subject = "{日子}", Body = "贺", IsActive = true });
        await c.PlanAsync(new("季度", CareOccasionKind.Regular, "promotion", "mail") { StartOn = new(2026, 3, 31), EveryMonths = 3, Subject = "{日子}",
            Body = "新", IsActive = true });

        // A sale on the 5th of every other month, visited three days later; the last one stays open.
        for (var month = new DateOnly(2026, 4, 5); month <= new DateOnly(2027, 12, 5); month = month.AddMonths(2))
        {
            await c.UntilAsync(Carers.At(month.Year, month.Month, month.Day));
            await c.SaleAsync($"XS{month:yyyyMM}");
            if (month == new DateOnly(2027, 12, 5)) break;
            var on = month.AddDays(3);
            await c.UntilAsync(Carers.At(on.Year, on.Month, on.Day, 10));
            var visit = (await c.VisitsAsync()).Single(v => v.SaleOrderNo == $"XS{month:yyyyMM}");
            (await c.DecideAsync(c.Support, (await c.TaskAsync("first-visit", visit.Id)).Id, "Complete", Carers.Visited(on))).Problem.ShouldBeNull();
        }
        await c.UntilAsync(Carers.At(2027, 12, 31, 23));

        (await c.RecordsAsync()).GroupBy(r => r.CareType).ToDictionary(g => g.Key, g =>
            string.Join(" ", g.Select(r => $"{r.CaredAt:yyyy-MM-dd}{(r.CareType == "birthday" ? r.TargetName : "")}")))
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}: {g.Value}").ShouldBe(
        [
            // 农历五月初五 is 2026-06-19 and 2027-06-09; 闰六月 has no own month in 2026 and 2027: 六月初一 is 2026-07-14 and 2027-07-04;
            // 十二月三十 falls on 廿九: 2027-02-05 (of lunar 2026), and not yet again in 2027; 腊八 is 2027-01-15; 29 February on the 28th.
            "birthday: 2026-06-15公历 2026-06-19农历 2026-07-14闰六月 2026-11-01只有月 2027-01-15腊八 2027-02-05三十 2027-02-28闰日 2027-06-09农历 2027-06-15公历 2027-07-04闰六月 2027-11-01只有月",
            "festival: 2026-09-25 2026-10-01 2027-02-05 2027-09-15 2027-10-01",
            "founding: 2027-02-28",
            // The ends of the months of the quarter, counted from the 31st.
            "promotion: 2026-03-31 2026-06-30 2026-09-30 2026-12-31 2027-03-31 2027-06-30 2027-09-30 2027-12-31",
            // 九月初九 is 2026-10-18 and 2027-10-08.
            "special-day: 2026-10-18 2027-10-08",
        ]);

        var visits = await c.VisitsAsync();
        // Two working days after the sale, or after the next working morning: Qingming frees 2026-04-04…06 and 2027-04-05, National Day 2026-10-01…07
        // (10 October is worked), Spring Festival 2027-02-05…08, Dragon Boat 2027-06-09.
        visits.Select(v => $"{v.SaleOrderNo} {v.DueOn:MM-dd} {(v.IsCompleted ? $"{v.VisitedAt:MM-dd}" : "open")}").ShouldBe(
        [
            "XS202604 04-09 04-08", "XS202606 06-09 06-08", "XS202608 08-07 08-08", "XS202610 10-10 10-08", "XS202612 12-09 12-08",
                "XS202702 02-11 02-08",
            "XS202704 04-08 04-08", "XS202706 06-10 06-08", "XS202708 08-09 08-08", "XS202710 10-07 10-08", "XS202712 12-08 open",
        ]);
        (await c.App.ReadAsync(db => db.Set<IncidentRow>().CountAsync(Ct))).ShouldBe(0);
        // Every mail once.
        c.App.Mails.Where(m => m.To.EndsWith("@example.com", StringComparison.Ordinal) && m.Subject.Contains("生日")).Count().ShouldBe(11);
    }
}

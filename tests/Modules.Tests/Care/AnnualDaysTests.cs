using CrmFlow.Care;
using CrmFlow.Customers;

namespace CrmFlow.Modules.Tests.Care;

/// <summary>Dates by hand, from printed calendars (sample-data §2 pins the first six).</summary>
public sealed class AnnualDaysTests
{
    private static readonly AnnualDayRules Rules = new();

    private static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd");

    private static List<string> DaysOf(AnnualDay day, string from, string to, AnnualDayRules? rules = null)
    {
        List<string> found = [];
        for (var date = Day(from); date <= Day(to); date = date.AddDays(1))
            if (DaysOn.Of(date, rules ?? Rules).Has(day)) found.Add($"{date:yyyy-MM-dd}");
        return found;
    }

    [Theory]
    [InlineData("1984-11-23", 1984, 10, 1, true)]
    [InlineData("1985-02-19", 1984, 12, 30, false)]
    [InlineData("1990-01-26", 1989, 12, 30, false)]
    [InlineData("2020-05-23", 2020, 4, 1, true)]
    [InlineData("2025-07-25", 2025, 6, 1, true)]
    [InlineData("2026-02-17", 2026, 1, 1, false)]
    [InlineData("2025-07-24", 2025, 6, 30, false)]
    [InlineData("2025-08-23", 2025, 7, 1, false)]
    [InlineData("2020-06-21", 2020, 5, 1, false)]
    public void A_date_has_its_lunar_day(string date, int year, int month, int day, bool isLeap) =>
        LunarDay.Of(Day(date)).ShouldBe(new LunarDay(year, month, day, isLeap));

    [Theory]
    [InlineData("1984-11-23", "闰十月初一")]
    [InlineData("1985-02-19", "十二月三十")]
    [InlineData("2026-09-25", "八月十五")]
    [InlineData("2026-06-19", "五月初五")]
    [InlineData("2026-03-08", "正月二十")]
    [InlineData("2026-03-10", "正月廿二")]
    public void A_lunar_day_is_named_as_people_say_it(string date, string name)
    {
        var lunar = LunarDay.Of(Day(date))!.Value;
        (lunar.MonthName + lunar.DayName).ShouldBe(name);
    }

    [Fact]
    public void Outside_the_years_the_calendar_covers_there_is_no_lunar_day_and_no_lunar_birthday()
    {
        LunarDay.Of(new(1901, 2, 18)).ShouldBeNull();
        LunarDay.Of(new(1901, 2, 19)).ShouldBe(new LunarDay(1901, 1, 1, false));
        LunarDay.Of(new(2101, 1, 28)).ShouldNotBeNull();
        LunarDay.Of(new(2101, 1, 29)).ShouldBeNull();
        DaysOn.Of(new(2101, 2, 1), Rules).Has(new(null, 1, 1, CalendarKind.Lunar)).ShouldBeFalse();
        DaysOn.Of(new(2101, 2, 1), Rules).Has(new(null, 2, 1)).ShouldBeTrue();
    }

    [Fact]
    public void The_thirtieth_of_the_twelfth_month_falls_on_the_last_day_in_years_without_one()
    {
        // Lunar years 2024 to 2028 have no 十二月三十; 2023 ends on 2024-02-09, the thirtieth.
        var eve = new AnnualDay(1984, 12, 30, CalendarKind.Lunar);
        DaysOf(eve, "2024-01-01", "2029-03-01").ShouldBe(["2024-02-09", "2025-01-28", "2026-02-16", "2027-02-05", "2028-01-25", "2029-02-12"]);
        DaysOf(eve, "2024-01-01", "2029-03-01", Rules with { LastDayInstead = false }).ShouldBe(["2024-02-09"]);
    }

    [Fact]
    public void A_day_in_a_leap_month_falls_in_it_when_the_year_has_it_and_else_in_the_ordinary_month()
    {
        var leap = new AnnualDay(1987, 6, 1, CalendarKind.Lunar, IsLeapMonth: true);
        DaysOf(leap, "2024-06-01", "2026-12-31").ShouldBe(["2024-07-06", "2025-07-25", "2026-07-14"]);
        DaysOf(leap, "2024-06-01", "2026-12-31", Rules with { OrdinaryMonthInstead = false }).ShouldBe(["2025-07-25"]);
    }

    [Fact]
    public void A_day_in_an_ordinary_month_is_kept_once_in_years_that_repeat_the_month() =>
        DaysOf(new AnnualDay(1990, 6, 1, CalendarKind.Lunar), "2024-06-01", "2026-12-31").ShouldBe(["2024-07-06", "2025-06-25", "2026-07-14"]);

    [Fact]
    public void The_thirtieth_of_a_leap_month_with_twenty_nine_days_falls_on_its_last()
    {
        // 闰六月 of 2025 has 29 days: 2025-08-22 is the last.
        DaysOf(new AnnualDay(1987, 6, 30, CalendarKind.Lunar, IsLeapMonth: true), "2025-06-01", "2025-12-31").ShouldBe(["2025-08-22"]);
    }

    [Fact]
    public void The_twenty_ninth_of_February_falls_on_the_twenty_eighth_in_common_years()
    {
        DaysOf(new AnnualDay(1996, 2, 29), "2027-01-01", "2029-12-31").ShouldBe(["2027-02-28", "2028-02-29", "2029-02-28"]);
        DaysOf(new AnnualDay(1996, 2, 29), "2027-01-01", "2029-12-31", Rules with { LastDayInstead = false }).ShouldBe(["2028-02-29"]);
        DaysOf(new AnnualDay(1995, 2, 28), "2027-01-01", "2028-12-31").ShouldBe(["2027-02-28", "2028-02-28"]);
    }

    [Fact]
    public void Of_which_only_the_month_is_known_is_kept_on_the_day_the_setting_says()
    {
        DaysOf(new AnnualDay(1985, 6, null), "2026-01-01", "2026-12-31").ShouldBe(["2026-06-01"]);
        DaysOf(new AnnualDay(1985, 6, null), "2026-01-01", "2026-12-31", Rules with { MonthOnlyDay = 15 }).ShouldBe(["2026-06-15"]);
        // 农历八月 of 2026 begins on 11 September.
        DaysOf(new AnnualDay(1985, 8, null, CalendarKind.Lunar), "2026-01-01", "2026-12-31").ShouldBe(["2026-09-11"]);
        DaysOf(new AnnualDay(1987, 6, null, CalendarKind.Lunar, IsLeapMonth: true), "2025-01-01", "2026-12-31")
            .ShouldBe(["2025-07-25", "2026-07-14"]);
    }

    [Fact]
    public void A_day_is_not_kept_before_its_first_time() =>
        DaysOf(new AnnualDay(2026, 5, 1), "2025-01-01", "2027-12-31").ShouldBe(["2026-05-01", "2027-05-01"]);

    [Fact]
    public void A_lunar_day_late_in_the_year_belongs_to_the_lunar_year()
    {
        // 2026-02-16 is the last day of the lunar year 2025.
        DaysOn.Of(new(2026, 2, 16), Rules).YearOf(CalendarKind.Lunar).ShouldBe(2025);
        DaysOn.Of(new(2026, 2, 16), Rules).YearOf(CalendarKind.Solar).ShouldBe(2026);
        DaysOn.Of(new(2026, 2, 17), Rules).YearOf(CalendarKind.Lunar).ShouldBe(2026);
    }

    [Theory]
    [InlineData("new-year", "2026-01-01", "2027-01-01")]
    [InlineData("new-year-eve", "2026-02-16", "2027-02-05")]
    [InlineData("spring-festival", "2026-02-17", "2027-02-06")]
    [InlineData("lantern", "2026-03-03", "2027-02-20")]
    [InlineData("labour-day", "2026-05-01", "2027-05-01")]
    [InlineData("dragon-boat", "2026-06-19", "2027-06-09")]
    [InlineData("mid-autumn", "2026-09-25", "2027-09-15")]
    [InlineData("national-day", "2026-10-01", "2027-10-01")]
    [InlineData("double-ninth", "2026-10-18", "2027-10-08")]
    public void The_shipped_festivals_fall_where_the_almanac_has_them(string key, string first, string second) =>
        DaysOf(CareSettings.Festivals.Default.Single(f => f.Key == key).On(), "2026-01-01", "2027-12-31").ShouldBe([first, second]);

    [Theory]
    [InlineData("2026-01-31", 1, "2026-01-31,2026-02-28,2026-03-31,2026-04-30,2026-05-31")]
    [InlineData("2026-01-15", 3, "2026-01-15,2026-04-15")]
    [InlineData("2027-02-01", 1, "")]
    public void Regular_care_keeps_its_rhythm_from_the_first_day(string start, int every, string expected)
    {
        List<string> found = [];
        for (var day = new DateOnly(2026, 1, 1); day <= new DateOnly(2026, 5, 31); day = day.AddDays(1))
            if (CarePlan.IsRegularDay(Day(start), every, day)) found.Add($"{day:yyyy-MM-dd}");
        string.Join(',', found).ShouldBe(expected);
    }
}

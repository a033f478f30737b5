using System.Globalization;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

/// <summary>Business time and the working calendar, table by table, also where clocks jump.</summary>
public sealed class CalendarTests
{
    private static readonly Dictionary<DateOnly, bool> Shipped = ShippedHolidays.Days().ToDictionary(d => d.Date, d => d.IsWorking);

    private static BusinessTime Zone(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone), new FakeClock());
    private static WorkingCalendar China => new(Zone("Asia/Shanghai"), Shipped);
    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
    private static DateTimeOffset Shanghai(string text) => Utc(text + "+08:00");

    [Theory]
    // an ordinary week: Monday 2 March 2026
    [InlineData("2026-03-02 10:30", 3, "2026-03-05 10:30")]
    [InlineData("2026-03-05 10:30", 3, "2026-03-10 10:30")] // over a weekend
    [InlineData("2026-03-02 07:00", 1, "2026-03-03 09:00")] // before work: counts from the morning
    [InlineData("2026-03-02 18:00", 1, "2026-03-04 09:00")] // after work: from the next morning
    [InlineData("2026-03-07 12:00", 1, "2026-03-10 09:00")] // on Saturday
    [InlineData("2026-03-02 10:00", 0, "2026-03-02 18:00")]
    [InlineData("2026-03-07 10:00", 0, "2026-03-09 18:00")]
    // over the National Day holidays 2026 (1 to 7 October; Saturday the 10th is worked)
    [InlineData("2026-09-30 11:00", 3, "2026-10-10 11:00")]
    // over the Spring Festival 2026 (15 to 23 February; Saturdays the 14th and 28th are worked)
    [InlineData("2026-02-13 16:00", 2, "2026-02-24 16:00")]
    [InlineData("2026-02-27 16:00", 1, "2026-02-28 16:00")]
    // over National Day and Mid-Autumn 2025 (1 to 8 October; Sunday 28 September and Saturday 11 October are worked)
    [InlineData("2025-09-26 09:00", 1, "2025-09-28 09:00")]
    [InlineData("2025-09-30 09:00", 3, "2025-10-11 09:00")]
    // over the turn of the year 2026 (1 to 3 January; Sunday the 4th is worked)
    [InlineData("2025-12-31 15:00", 1, "2026-01-04 15:00")]
    public void Working_days_are_added_at_the_same_time_of_day(string from, int days, string expected) =>
        China.AddWorkingDays(Shanghai(from), days).ShouldBe(Shanghai(expected));

    [Theory]
    [InlineData("2026-03-02 09:00", "2026-03-02 17:00", 0)]
    [InlineData("2026-03-06 17:00", "2026-03-09 09:00", 1)]
    [InlineData("2026-09-30 09:00", "2026-10-10 09:00", 3)] // 8, 9 and the make-up Saturday
    public void Working_days_between_two_instants(string from, string to, int expected) =>
        China.WorkingDaysBetween(Shanghai(from), Shanghai(to)).ShouldBe(expected);

    [Theory]
    // spring: the local hour 02:00–03:00 does not exist
    [InlineData("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:30")]
    [InlineData("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:30")]
    // Lord Howe moves by half an hour only
    [InlineData("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45")]
    // autumn: the first of the two
    [InlineData("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30")]
    [InlineData("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30")]
    [InlineData("Asia/Shanghai", "2026-06-01", "00:00", "2026-05-31 16:00")]
    public void A_local_time_that_is_skipped_moves_on_by_the_gap_and_one_that_comes_twice_is_the_first(string zone, string date, string time,
        string expected) =>
        Zone(zone).At(DateOnly.Parse(date, CultureInfo.InvariantCulture), TimeOnly.Parse(time, CultureInfo.InvariantCulture)).ShouldBe(Utc(expected));

    [Fact]
    public void A_due_time_keeps_its_local_hour_over_a_change_of_clocks()
    {
        var calendar = new WorkingCalendar(Zone("Europe/Berlin"), new Dictionary<DateOnly, bool>());
        calendar.AddWorkingDays(Utc("2026-03-27 14:00"), 1).ShouldBe(Utc("2026-03-30 13:00")); // 15:00 before and after
        calendar.AddWorkingDays(Utc("2026-10-23 13:00"), 1).ShouldBe(Utc("2026-10-26 14:00"));
    }

    [Fact]
    public void The_date_is_the_business_zone_s_whatever_the_machine_s()
    {
        Zone("Asia/Shanghai").DateOf(Utc("2026-12-31 16:30")).ShouldBe(new DateOnly(2027, 1, 1));
        Zone("America/New_York").DateOf(Utc("2026-12-31 16:30")).ShouldBe(new DateOnly(2026, 12, 31));
    }

    [Fact]
    public void The_shipped_statutory_days_agree_with_the_lunar_calendar()
    {
        var lunar = new ChineseLunisolarCalendar();
        for (var year = 2025; year <= 2027; year++)
        {
            Shipped[new DateOnly(year, 1, 1)].ShouldBeFalse();
            Shipped[new DateOnly(year, 5, 1)].ShouldBeFalse();
            for (var day = 1; day <= 3; day++) Shipped[new DateOnly(year, 10, day)].ShouldBeFalse();
            foreach (var (month, day) in ((int, int)[])[(1, 1), (1, 2), (1, 3), (5, 5), (8, 15)])
            {
                var leap = lunar.GetLeapMonth(year); // months after a leap month are numbered one higher
                var date = DateOnly.FromDateTime(lunar.ToDateTime(year, leap > 0 && month >= leap ? month + 1 : month, day, 0, 0, 0, 0));
                Shipped.ShouldContainKeyAndValue(date, false, $"{year} lunar {month}-{day}");
            }
        }
    }

    [Fact]
    public async Task The_current_calendar_is_read_once_and_again_after_a_commit_that_changed_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var host = await TestHost<Sqlite>.StartAsync();
        var days = host.Get<WorkingCalendars>();
        var first = await days.CurrentAsync(ct);
        first.IsWorkingDay(new DateOnly(2026, 10, 1)).ShouldBeTrue();
        (await days.CurrentAsync(ct)).ShouldBeSameAs(first);
        await host.ValueAsync(cmd =>
        {
            cmd.Db.AddRange(ShippedHolidays.Days());
            cmd.Notify(WorkingCalendars.Principal);
            return Task.FromResult(0);
        });
        (await days.CurrentAsync(ct)).IsWorkingDay(new DateOnly(2026, 10, 1)).ShouldBeFalse();
    }
}

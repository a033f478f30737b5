using CrmFlow.Activities;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>What a cron text means, what is refused, and the occurrences round clock changes (requirement R8).</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("0 0 * * * *", "03-05 01:00:00", "03-05 02:00:00")]
    [InlineData("*/15 * * * * *", "03-05 00:00:15", "03-05 00:00:30", "03-05 00:00:45", "03-05 00:01:00")]
    [InlineData("0 30 8 * * 1-5", "03-05 08:30:00", "03-06 08:30:00", "03-09 08:30:00")]
    [InlineData("0 0 12 ? * MON,WED", "03-09 12:00:00", "03-11 12:00:00")]
    [InlineData("0 0 0 * * 0", "03-08 00:00:00", "03-15 00:00:00")]
    [InlineData("0 0 0 * * 7", "03-08 00:00:00", "03-15 00:00:00")]
    [InlineData("0 0 0 ? * 5-7", "03-06 00:00:00", "03-07 00:00:00", "03-08 00:00:00", "03-13 00:00:00")]
    [InlineData("0 0 0 * * FRI-MON", "03-06 00:00:00", "03-07 00:00:00", "03-08 00:00:00", "03-09 00:00:00", "03-13 00:00:00")]
    [InlineData("0 0 22-1 * * *", "03-05 01:00:00", "03-05 22:00:00", "03-05 23:00:00", "03-06 00:00:00")]
    [InlineData("0 5/20 * * * *", "03-05 00:05:00", "03-05 00:25:00", "03-05 00:45:00", "03-05 01:05:00")]
    [InlineData("0 0 9-17/4 * * *", "03-05 09:00:00", "03-05 13:00:00", "03-05 17:00:00", "03-06 09:00:00")]
    [InlineData("0 0 0 L * *", "03-31 00:00:00", "04-30 00:00:00")]
    [InlineData("0 0 0 L-2 * ?", "03-29 00:00:00", "04-28 00:00:00")]
    [InlineData("0 0 0 LW * *", "03-31 00:00:00", "04-30 00:00:00", "05-29 00:00:00")]
    [InlineData("0 0 0 15w * *", "03-16 00:00:00", "04-15 00:00:00", "05-15 00:00:00", "06-15 00:00:00")]
    [InlineData("0 0 0 * * 1#2", "03-09 00:00:00", "04-13 00:00:00")]
    [InlineData("0 0 0 * * 5L", "03-27 00:00:00", "04-24 00:00:00")]
    [InlineData("0 0 0 1 JAN,jul *", "07-01 00:00:00", "01-01 00:00:00", "07-01 00:00:00")]
    [InlineData("0 0 0 1 NOV-FEB *", "11-01 00:00:00", "12-01 00:00:00", "01-01 00:00:00", "02-01 00:00:00", "11-01 00:00:00")]
    [InlineData("0 0 0 1-7 * MON", "04-06 00:00:00", "05-04 00:00:00")]
    [InlineData("0 0 0 1-7 * 1#1", "04-06 00:00:00", "05-04 00:00:00")]
    [InlineData("@daily", "03-06 00:00:00", "03-07 00:00:00")]
    [InlineData("  @Weekly ", "03-08 00:00:00", "03-15 00:00:00")]
    public void A_text_means_these_times_after_Thursday_5_March_2026(string cron, params string[] expected)
    {
        var (schedule, at) = (CronSchedule.Parse(cron), new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero));
        var found = expected.Select(_ => at = schedule.Next(at, TimeZoneInfo.Utc)!.Value).ToList();
        found.Select(next => next.ToString("MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("")]
    [InlineData("60 * * * * *")]
    [InlineData("0 0 24 * * *")]
    [InlineData("0 0 0 0 * *")]
    [InlineData("0 0 0 * 13 *")]
    [InlineData("0 0 0 * * 8")]
    [InlineData("0 0 0 * * 1#6")]
    [InlineData("0 */0 * * * *")]
    [InlineData("0 0 0 * * MONDAY")]
    [InlineData("0 -5 * * * *")]
    [InlineData("H * * * * *")]
    [InlineData("@often")]
    public void What_cannot_be_kept_is_refused_in_words(string text) =>
        Should.Throw<FormatException>(() => CronSchedule.Parse(text)).Message.Length.ShouldBeGreaterThan(20);

    [Theory]
    [InlineData("* * * * *", "has 5 fields", "six")]
    [InlineData("0 0 24 * * *", "'24'", "hour takes 0 to 23")]
    [InlineData("0 0 0 32 * *", "'32'", "day takes 1 to 31")]
    [InlineData("0 0 0 * FOO *", "'FOO'", "month takes 1 to 12 and JAN to DEC")]
    [InlineData("0 0 0 * * 1#6", "'1#6'", "weekday takes 0 to 7")]
    public void A_refusal_names_the_field_and_what_it_takes(string text, params string[] words)
    {
        var message = Should.Throw<FormatException>(() => CronSchedule.Parse(text)).Message;
        foreach (var word in words) message.ShouldContain(word);
    }

    [Theory]
    // a month's end, a leap day, the first Monday of a month
    [InlineData("0 0 0 L * *", "UTC", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("0 0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("0 0 9 1-7 * MON", "UTC", "2026-03-01T00:00:00Z", "2026-03-02T09:00:00Z", "2026-04-06T09:00:00Z")]
    [InlineData("0 30 8 * * *", "Asia/Shanghai", "2026-03-02T00:00:00Z", "2026-03-02T00:30:00Z", "2026-03-03T00:30:00Z")]
    // Berlin, 29 March 2026: 02:00 becomes 03:00; what was to run in between runs then, once
    [InlineData("0 30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("0 */30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    // Berlin, 25 October 2026: 02:00 to 03:00 comes twice; a fixed time runs in the first, an interval in both
    [InlineData("0 30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0 */30 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z",
        "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    // Lord Howe changes by half an hour: forward on 4 October 2026 at 02:00, back on 5 April 2026 at 02:00
    [InlineData("0 15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z")]
    [InlineData("0 45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z")]
    [InlineData("0 */15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:15:00Z", "2026-04-04T14:30:00Z", "2026-04-04T14:45:00Z",
        "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z", "2026-04-04T15:30:00Z")]
    public void Occurrences_follow_each_other(string cron, string zone, string after, params string[] expected)
    {
        var (schedule, at) = (CronSchedule.Parse(cron), DateTimeOffset.Parse(after, System.Globalization.CultureInfo.InvariantCulture));
        var found = new List<string>();
        for (var i = 0; i < expected.Length; i++)
        {
            at = schedule.Next(at, TimeZoneInfo.FindSystemTimeZoneById(zone))!.Value;
            found.Add(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }
        found.ShouldBe(expected);
    }

    [Theory]
    [InlineData("Europe/Berlin"), InlineData("Australia/Lord_Howe"), InlineData("America/New_York"), InlineData("Asia/Shanghai")]
    public void Over_a_year_a_daily_time_comes_once_a_day_and_a_quarter_hour_every_quarter_hour(string zone)
    {
        var (place, start) = (TimeZoneInfo.FindSystemTimeZoneById(zone), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        foreach (var hour in (string[])["1", "2", "3"])
        {
            var (daily, at, days) = (CronSchedule.Parse($"0 40 {hour} * * *"), start, new List<DateTime>());
            while (daily.Next(at, place) is { } next && next < start.AddYears(1)) days.Add(TimeZoneInfo.ConvertTime(at = next, place).Date);
            days.Count.ShouldBe(365);
            days.Distinct().Count().ShouldBe(365);
        }
        var (quarter, instant) = (CronSchedule.Parse("0 */15 * * * *"), start);
        for (var i = 0; i < 365 * 96; i++)
        {
            var next = quarter.Next(instant, place)!.Value;
            (next - instant).ShouldBe(TimeSpan.FromMinutes(15), $"after {instant:O}");
            instant = next;
        }
    }

    [Fact]
    public void What_never_comes_has_no_next() => CronSchedule.Parse("0 0 0 31 2 *").Next(Scenario.Morning, TimeZoneInfo.Utc).ShouldBeNull();
}

using System.Diagnostics;
using CrmFlow.Engine.Tests;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class ClockTestsOnSqlite : ClockTests<Sqlite>;
public sealed class ClockTestsOnPostgreSql : ClockTests<PostgreSql>;
public sealed class ClockTestsOnSqlServer : ClockTests<SqlServer>;

/// <summary>R8: clocks that jump, days of 23 and 25 hours, weeks that pass in a moment. Each timer fires once.</summary>
public abstract class ClockTests<TDatabase> where TDatabase : ITestDatabase
{
    private const string Starts = "\"customProperties\":{\"canStartWorkflow\":true}";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task A_clock_that_jumps_hours_and_days_to_and_fro_fires_each_timer_once_and_none_early(int seed)
    {
        await using var host = await TestHost<TDatabase>.StartAsync();
        var (random, begin, latest, dues) = (new Random(seed), host.Clock.GetUtcNow(), host.Clock.GetUtcNow(), new List<TimeSpan>());
        for (var i = 0; i < 12; i++)
        {
            var wait = TimeSpan.FromMinutes(random.Next(5, 60 * 72));
            await host.PublishAsync($"p{i}", $"w:Delay(\"timeSpan\":\"{wait:c}\") n:Notes.Add(\"text\":\"{i}\")", "w->n");
            await host.StartAsync($"p{i}");
            dues.Add(wait);
        }
        for (var jump = 0; jump < 40; jump++)
        {
            var by = random.Next(6) switch { 0 => TimeSpan.FromHours(-1), 1 => TimeSpan.FromDays(-1), 2 => TimeSpan.FromHours(1), 3 =>
                TimeSpan.FromDays(1), _ => TimeSpan.FromMinutes(random.Next(1, 90)) };
            host.Clock.Set(host.Clock.GetUtcNow() + by < begin ? begin : host.Clock.GetUtcNow() + by);
            await host.Get<DuePump>().RunDueAsync(Ct);
            if (host.Clock.GetUtcNow() > latest) latest = host.Clock.GetUtcNow();
            (await host.NotesAsync()).Count.ShouldBe(dues.Count(d => begin + d <= latest), $"seed {seed}, jump {jump}");
        }
        host.Clock.Set(begin.AddDays(4));
        await host.Get<DuePump>().RunDueAsync(Ct);
        (await host.NotesAsync()).Count.ShouldBe(dues.Count);
        (await host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
    }

    [Theory]
    // the hour that is skipped, the hour that comes twice; Lord Howe moves by half an hour
    [InlineData("Europe/Berlin", "0 30 2 * * *", "2026-03-27T12:00:00Z")]
    [InlineData("Europe/Berlin", "0 30 2 * * *", "2026-10-23T12:00:00Z")]
    [InlineData("Australia/Lord_Howe", "0 15 2 * * *", "2026-10-02T12:00:00Z")]
    [InlineData("Australia/Lord_Howe", "0 45 1 * * *", "2026-04-03T00:00:00Z")]
    public async Task A_daily_start_comes_once_a_day_over_a_change_of_the_clocks(string zone, string cron, string from)
    {
        await using var host = await TestHost<TDatabase>.StartAsync(settings: new() { ["Business:TimeZone"] = zone });
        host.Clock.Set(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture));
        await host.PublishAsync("p", $"t:Cron(\"cronExpression\":\"{cron.Replace(" ", "\\u0020")}\",{Starts}) n", "t->n");
        for (var hours = 0; hours < 4 * 24; hours++)
        {
            for (var quarter = 0; quarter < 4; quarter++)
            {
                host.Clock.Advance(TimeSpan.FromMinutes(15));
                await host.Get<DuePump>().RunDueAsync(Ct);
            }
        }
        var days = (await host.RowsAsync<TDatabase, WorkflowInstanceRow>())
            .Select(i => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(i.CreatedAt, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime)).ToList();
        days.ShouldBeUnique();
        days.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_zone_whose_rules_changed_keeps_what_was_set_and_goes_on_by_the_new_rules()
    {
        await using var host = await TestHost<TDatabase>.StartAsync();
        await host.PublishAsync("p", $"t:Cron(\"cronExpression\":\"0\\u00200\\u002012\\u0020*\\u0020*\\u0020*\",{Starts}) n", "t->n");
        var noon = (await host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem().DueAt; // 04:00 UTC
        await using var updated = host.Another(settings: new() { ["Business:TimeZone"] = "Asia/Tokyo" }); // an hour earlier
        host.Clock.Set(noon);
        await updated.Get<DuePump>().RunDueAsync(Ct);
        (await host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Count.ShouldBe(1);
        (await host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem().DueAt.ShouldBe(noon.AddHours(23));
    }

    [Fact]
    public async Task Six_weeks_of_an_approval_pass_in_a_moment()
    {
        await using var host = await TestHost<TDatabase>.StartAsync();
        var weeks = Enumerable.Range(1, 6).ToList();
        await host.PublishAsync("p", string.Join(' ', weeks.Select(w => $"w{w}:Delay(\"timeSpan\":\"7.00:00:00\") ?ok{w}")),
            string.Join(' ', weeks.SelectMany(w => new[] { $"w{w}->ok{w}", w < 6 ? $"ok{w}->w{w + 1}" : "" })));
        await host.StartAsync("p");
        var began = Stopwatch.GetTimestamp();
        foreach (var week in weeks)
        {
            host.Clock.Advance(TimeSpan.FromDays(7));
            await host.Get<DuePump>().RunDueAsync(Ct);
            (await host.SendAsync($"ok{week}")).ShouldBe(1);
        }
        (await host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldHaveSingleItem().Status.ShouldBe("Finished");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5)); // 1 s on a machine of its own
    }
}

using System.Collections.Concurrent;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class DuePumpTestsOnSqlite : DuePumpTests<Sqlite>;
public sealed class DuePumpTestsOnPostgreSql : DuePumpTests<PostgreSql>;
public sealed class DuePumpTestsOnSqlServer : DuePumpTests<SqlServer>;

public abstract class DuePumpTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private DuePump Pump => _host.Get<DuePump>();
    private const string Delay = "wait:Delay(\"timeSpan\":\"00:10:00\")";

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(Handlers);
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    internal static void Handlers(IServiceCollection services) => services.AddDueHandler<Ring>("ring").AddSingleton<Bell>();

    private Task ScheduleAsync(string key, TimeSpan after, Value payload = default) => _host.ValueAsync(cmd =>
    {
        cmd.Schedule("ring", key, cmd.Now + after, payload);
        return Task.FromResult(0);
    });

    [Fact]
    public async Task A_delay_resumes_its_instance_when_its_time_has_come_and_not_before()
    {
        await _host.PublishAsync("p", $"{Delay} done:Notes.Add(\"text\":\"done\")", "wait->done");
        await _host.StartAsync("p");
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
        _host.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(10));
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
        _host.Clock.Advance(TimeSpan.FromTicks(10));
        (await Pump.RunDueAsync(Ct)).ShouldBe(1);

        (await _host.NotesAsync()).ShouldHaveSingleItem();
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single().Status.ShouldBe("Finished");
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_module_s_row_runs_its_handler_as_a_command_and_is_gone_with_its_commit()
    {
        await ScheduleAsync("one", TimeSpan.FromHours(1), Value.Object(("text", "下课")));
        _host.Clock.Advance(TimeSpan.FromHours(2));
        (await Pump.RunDueAsync(Ct)).ShouldBe(1);
        (await _host.NotesAsync()).Single().Text.ShouldBe("one 下课");
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Scheduling_the_same_key_moves_the_row_and_cancelling_takes_it_away()
    {
        await ScheduleAsync("one", TimeSpan.FromHours(1));
        await ScheduleAsync("one", TimeSpan.FromHours(3));
        _host.Clock.Advance(TimeSpan.FromHours(2));
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem();
        await _host.ValueAsync(cmd =>
        {
            cmd.CancelDue("ring", "one");
            return Task.FromResult(0);
        });
        _host.Clock.Advance(TimeSpan.FromHours(2));
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_handler_may_schedule_its_own_key_again()
    {
        _host.Get<Bell>().RingsAgainAfter = TimeSpan.FromHours(1);
        await ScheduleAsync("cron", TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++)
        {
            _host.Clock.Advance(TimeSpan.FromHours(1));
            (await Pump.RunDueAsync(Ct)).ShouldBe(1);
        }
        _host.Get<Bell>().Rung.Count.ShouldBe(3);
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem().Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_burns_the_bookmark_first_takes_the_timer_with_it()
    {
        await _host.PublishAsync("p", $"s {Delay} ?early j:Any end:Notes.Add(\"text\":\"end\")", "s->wait s->early wait->j early->j j->end");
        await _host.StartAsync("p");
        (await _host.SendAsync("early")).ShouldBe(1);
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        _host.Clock.Advance(TimeSpan.FromHours(1));
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
        (await _host.NotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_fails_is_tried_three_times_then_lies_dead_for_an_administrator_who_can_revive_it()
    {
        var bell = _host.Get<Bell>();
        bell.IsBroken = true;
        await ScheduleAsync("one", TimeSpan.Zero);
        await ScheduleAsync("two", TimeSpan.Zero);
        bell.OnlyBrokenKey = "one";

        for (var i = 0; i < 5; i++)
        {
            await Pump.RunDueAsync(Ct);
            _host.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        bell.Tries("one").ShouldBe(3);
        bell.Tries("two").ShouldBe(1);
        (await _host.NotesAsync()).ShouldHaveSingleItem();
        var failures = (await _host.Get<FailureAdministration>().ListAsync(NotesModule.Writer, Ct)).Value;
        failures.DeadRows.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(d => d.Key.ShouldBe("one"), d => d.Attempts.ShouldBe(3), d => d.Error!.ShouldContain("the bell is broken"));

        bell.IsBroken = false;
        (await _host.Get<FailureAdministration>().RetryDueAsync(NotesModule.Writer, Guid.CreateVersion7(), "ring", "one", Ct)).Failed.ShouldBeFalse();
        (await Pump.RunDueAsync(Ct)).ShouldBe(1);
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        (await _host.Get<FailureAdministration>().ListAsync(NotesModule.Reader, Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task Two_pumps_at_once_fire_nothing_twice()
    {
        for (var i = 0; i < 300; i++) await ScheduleAsync($"r{i:000}", TimeSpan.FromMinutes(1));
        _host.Clock.Advance(TimeSpan.FromMinutes(2));
        // On SQLite one process owns the file; its second pump stands for a wake-up while the first is still working.
        await using var other = typeof(TDatabase) == typeof(Sqlite) ? null
            : _host.Another(s => s.AddDueHandler<Ring>("ring").AddSingleton(_host.Get<Bell>()));
        var ran = await Task.WhenAll(Task.Run(() => Pump.RunDueAsync(Ct), Ct), Task.Run(() => (other?.Get<DuePump>() ?? Pump).RunDueAsync(Ct), Ct));
        ran.Sum().ShouldBe(300);
        _host.Get<Bell>().Rung.Count.ShouldBe(300);
        (await _host.NotesAsync()).Count.ShouldBe(300);
    }

    [Fact]
    public async Task Many_wake_ups_run_together_and_the_one_that_fails_costs_no_neighbour_anything()
    {
        await _host.PublishAsync("p", $"{Delay} done:SetVariable(\"variable\":{{\"id\":\"n\",\"name\":\"n\"}},\"value\":1)", "wait->done",
            variables: "n=0");
        await _host.PublishAsync("sick", $"{Delay} f:Notes.Fragile", "wait->f");
        for (var i = 0; i < 40; i++) await _host.StartAsync("p", $"c{i % 3}");
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        var isPostgreSql = typeof(TDatabase) == typeof(PostgreSql);
        Task<List<string>> PagesAsync() => _host.ValueAsync(cmd =>
            cmd.QueryAsync("SELECT CONCAT(id, split_part(ctid::text, ',', 1)) FROM workflow_instance ORDER BY id", [], r => r.GetString(0), Ct));
        var pages = isPostgreSql ? await PagesAsync() : [];
        var (commits, trips) = (_host.Database.Counters.Commits, _host.Database.Counters.RoundTrips);
        (await Pump.RunDueAsync(Ct)).ShouldBe(40);
        if (isPostgreSql)
        {
            (_host.Database.Counters.Commits - commits).ShouldBe(2); // the claim's and theirs
            (_host.Database.Counters.RoundTrips - trips).ShouldBeLessThan(12);
            (await PagesAsync()).ShouldBe(pages, "a row that left its page is written into every index of its table");
        }
        var journal = (await _host.RowsAsync<TDatabase, JournalRow>()).ToLookup(j => j.InstanceId);
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>())
            .ShouldAllBe(i => i.Status == "Finished" && i.FinishedAt == i.UpdatedAt && i.CorrelationId != null
            && journal[i.Id].Select(j => j.Seq).Order().SequenceEqual(Enumerable.Range(1, i.JournalCount))
                && journal[i.Id].Count(j => j.ActivityId == "done" && j.Event == "Completed") == 1);
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();

        var well = new List<Guid>();
        for (var i = 0; i < 5; i++) well.Add(await _host.StartAsync("p"));
        var sick = await _host.StartAsync("sick");
        _host.Get<Weather>().IsBad = true;
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await Pump.RunDueAsync(Ct);
        var rows = (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ToDictionary(i => i.Id);
        well.ShouldAllBe(id => rows[id].Status == "Finished" && rows[id].IncidentCount == 0);
        (rows[sick].Status, rows[sick].IncidentCount).ShouldBe(("Running", 1));
        (await _host.NotesAsync()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_comes_back_after_its_lease_has_lost_the_row_and_does_nothing()
    {
        if (typeof(TDatabase) == typeof(Sqlite)) return; // one process, one writer: nobody can overtake
        await ScheduleAsync("one", TimeSpan.Zero);
        var bell = _host.Get<Bell>();
        bell.Paused = new TaskCompletionSource();

        var late = Task.Run(() => Pump.RunDueAsync(Ct), Ct);
        await bell.Entered.Task;
        _host.Clock.Advance(Claims.Lease + TimeSpan.FromSeconds(1));
        await using var other = _host.Another(Handlers);
        (await other.Get<DuePump>().RunDueAsync(Ct)).ShouldBe(1);
        bell.Paused.SetResult();
        await late;

        (await _host.NotesAsync()).ShouldHaveSingleItem();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_claimed_by_a_host_that_died_is_taken_up_again()
    {
        await ScheduleAsync("one", TimeSpan.Zero);
        (await _host.Get<Claims>().DueAsync(triedBefore: false, 10, Ct)).Count.ShouldBe(1);
        (await Pump.RunDueAsync(Ct)).ShouldBe(0);
        if (typeof(TDatabase) == typeof(Sqlite)) await _host.Get<Claims>().ReleaseDueAsync(Ct); // the next process starts and is alone
        else _host.Clock.Advance(Claims.Lease);
        (await Pump.RunDueAsync(Ct)).ShouldBe(1);
        (await _host.NotesAsync()).ShouldHaveSingleItem();
    }

    /// <summary>Killed five hundred times at random, a host condemned a row it happened to have in hand each time (R1).</summary>
    [Fact]
    public async Task A_row_that_met_two_deaths_gets_its_last_attempt_from_a_host_that_has_lived_for_a_lease()
    {
        await ScheduleAsync("one", TimeSpan.Zero);
        (await _host.Get<Claims>().DueAsync(triedBefore: false, 10, Ct)).Count.ShouldBe(1);
        await NextLifeAsync();
        (await _host.Get<Claims>().DueAsync(triedBefore: true, 1, Ct)).Count.ShouldBe(1);
        await NextLifeAsync();

        await using var next = _host.Another(Handlers);
        (await next.Get<DuePump>().RunDueAsync(Ct)).ShouldBe(0);
        (await next.Get<Claims>().NextDueAsync(Ct)).ShouldBeNull(); // nothing to wake for yet
        next.Clock.Advance(Claims.Lease);
        (await next.Get<Claims>().NextDueAsync(Ct)).ShouldNotBeNull();
        (await next.Get<DuePump>().RunDueAsync(Ct)).ShouldBe(1);
        (await _host.NotesAsync()).ShouldHaveSingleItem();

        async Task NextLifeAsync()
        {
            if (typeof(TDatabase) == typeof(Sqlite)) await _host.Get<Claims>().ReleaseDueAsync(Ct);
            else _host.Clock.Advance(Claims.Lease);
        }
    }

    [Fact]
    public async Task Of_rows_tried_before_the_least_tried_goes_first_so_that_none_meets_every_death_of_its_host()
    {
        await ScheduleAsync("one", TimeSpan.Zero);
        await ScheduleAsync("two", TimeSpan.Zero);
        (await _host.Get<Claims>().DueAsync(triedBefore: false, 10, Ct)).Count.ShouldBe(2);
        var keys = new List<string>();
        for (var death = 0; death < 2; death++)
        {
            if (typeof(TDatabase) == typeof(Sqlite)) await _host.Get<Claims>().ReleaseDueAsync(Ct);
            else _host.Clock.Advance(Claims.Lease);
            keys.Add((await _host.Get<Claims>().DueAsync(triedBefore: true, 1, Ct)).ShouldHaveSingleItem().Key);
        }
        keys.Order().ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task The_hosted_pump_sleeps_to_the_nearest_row_and_an_earlier_one_wakes_it()
    {
        var service = _host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<DuePumpService>().Single();
        var bell = _host.Get<Bell>();
        await service.StartAsync(Ct);
        await ScheduleAsync("later", TimeSpan.FromSeconds(8));
        await ScheduleAsync("now", TimeSpan.Zero);
        (await bell.NextAsync()).ShouldBe("now");
        // Whether it is already asleep or about to look again, moving the clock brings it to the row.
        while (bell.Tries("later") == 0)
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(8));
            await Task.WhenAny(bell.NextAsync(), Task.Delay(20, Ct));
        }
        await service.StopAsync(Ct);
        (await _host.NotesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Operation_ids_are_forgotten_after_thirty_days_and_not_before()
    {
        await ScheduleAsync("one", TimeSpan.FromDays(100));
        await ClearAsync();
        (await _host.RowsAsync<TDatabase, OperationRow>()).ShouldHaveSingleItem();
        _host.Clock.Advance(TimeSpan.FromDays(30));
        await ClearAsync();
        (await _host.RowsAsync<TDatabase, OperationRow>()).ShouldHaveSingleItem();
        _host.Clock.Advance(TimeSpan.FromHours(2));
        await ClearAsync();
        (await _host.RowsAsync<TDatabase, OperationRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, AuditRow>()).ShouldHaveSingleItem();
    }

    /// <summary>The job of every night, which clears away what has served.</summary>
    private async Task ClearAsync()
    {
        var now = _host.Clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await _host.Database.WriteAsync(
            "INSERT INTO job (id, kind, state, revision, done, fence, attempts, is_cancel_requested, created_at) VALUES (@id, @kind, 'Queued', 0, 0, 0, 0, @no, @now)",
            [("id", id), ("kind", Retention.Kind), ("no", false), ("now", now)], Ct);
        await _host.Get<JobWorker>().RunAsync(id, Ct);
    }

    [Fact]
    public async Task Health_is_red_while_nobody_pumps_and_green_again_after()
    {
        await ScheduleAsync("one", TimeSpan.Zero);
        var health = _host.Get<RuntimeHealth>();
        (await health.CheckAsync(Ct)).IsReady.ShouldBeTrue();
        _host.Clock.Advance(TimeSpan.FromMinutes(3));
        (await health.CheckAsync(Ct)).ShouldSatisfyAllConditions(h => h.IsReady.ShouldBeFalse(), h => h.IsAlive.ShouldBeTrue(), h =>
            h.DueAge.ShouldBe(TimeSpan.FromMinutes(3)));
        await Pump.RunDueAsync(Ct);
        (await health.CheckAsync(Ct)).IsReady.ShouldBeTrue();
    }

    internal sealed class Bell
    {
        private readonly ConcurrentDictionary<string, int> _tries = new();
        private readonly System.Threading.Channels.Channel<string> _rings = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public ConcurrentQueue<string> Rung { get; } = [];
        public bool IsBroken { get; set; }
        public string? OnlyBrokenKey { get; set; }
        public TimeSpan? RingsAgainAfter { get; set; }
        public TaskCompletionSource? Paused { get; set; }
        public TaskCompletionSource Entered { get; } = new();
        public int Tries(string key) => _tries.GetValueOrDefault(key);
        public Task<string> NextAsync() => _rings.Reader.ReadAsync(Ct).AsTask();

        public void Ring(string key)
        {
            _tries.AddOrUpdate(key, 1, (_, n) => n + 1);
            if (IsBroken && (OnlyBrokenKey is null || OnlyBrokenKey == key)) throw new InvalidOperationException("the bell is broken");
            Rung.Enqueue(key);
            _rings.Writer.TryWrite(key);
        }
    }

    internal sealed class Ring(Bell bell) : IDueHandler
    {
        public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
        {
            bell.Ring(key);
            cmd.Add(payload.Kind == ValueKind.Object ? $"{key} {payload["text"]}" : $"{key} {bell.Tries(key)}");
            if (bell.RingsAgainAfter is { } after) cmd.Schedule("ring", key, cmd.Now + after, payload);
            if (bell.Paused is null) return;
            bell.Entered.TrySetResult();
            await bell.Paused.Task;
        }
    }
}

using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class ClockTriggerTestsOnSqlite : ClockTriggerTests<Sqlite>;
public sealed class ClockTriggerTestsOnPostgreSql : ClockTriggerTests<PostgreSql>;
public sealed class ClockTriggerTestsOnSqlServer : ClockTriggerTests<SqlServer>;

/// <summary>Timer, cron and start-at as triggers: one row each, and one instance each time (requirement R8).</summary>
public abstract class ClockTriggerTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private const string Starts = "\"customProperties\":{\"canStartWorkflow\":true}";
    private Task PublishAsync(string trigger, string definition = "p", string? activation = null) =>
        _host.PublishAsync(definition, $"t:{trigger[..^1].Replace(" ", "\\u0020")},{Starts}) ?wait", "t->wait", activation: activation);
    private async Task<int> InstancesAsync() => (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Count;
    private async Task<List<DueRow>> DueAsync() => [.. (await _host.RowsAsync<TDatabase, DueRow>()).Where(d => d.Kind == ClockTrigger.Kind)];
    private Task<int> PumpAsync() => _host.Get<DuePump>().RunDueAsync(Ct);

    [Fact]
    public async Task A_cron_trigger_starts_an_instance_at_each_occurrence_and_goes_on_from_there()
    {
        await PublishAsync("Cron(\"cronExpression\":\"0 30 9 * * *\")"); // 09:30 in Shanghai; the clock says 09:00
        (await DueAsync()).ShouldHaveSingleItem().DueAt.ShouldBe(_host.Clock.GetUtcNow().AddMinutes(30));

        for (var day = 0; day < 3; day++)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(29));
            await PumpAsync();
            (await InstancesAsync()).ShouldBe(day);
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
            await PumpAsync();
            await PumpAsync();
            (await InstancesAsync()).ShouldBe(day + 1);
            _host.Clock.Advance(TimeSpan.FromHours(23.5));
        }
        (await DueAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_timer_keeps_its_beat_and_does_not_make_up_for_what_a_stopped_host_missed()
    {
        await PublishAsync("Timer(\"interval\":\"00:10:00\")");
        var begin = _host.Clock.GetUtcNow();
        _host.Clock.Advance(TimeSpan.FromMinutes(12));
        await PumpAsync();
        (await InstancesAsync()).ShouldBe(1);
        (await DueAsync()).Single().DueAt.ShouldBe(begin.AddMinutes(20));

        _host.Clock.Advance(TimeSpan.FromHours(5));
        await PumpAsync();
        (await InstancesAsync()).ShouldBe(2);
        (await DueAsync()).Single().DueAt.ShouldBe(begin.AddMinutes(320));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_fires_nothing_twice()
    {
        await PublishAsync("Cron(\"cronExpression\":\"0 0 * * * *\")");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await PumpAsync();
        _host.Clock.Advance(TimeSpan.FromHours(-1));
        await PumpAsync();
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await PumpAsync();
        (await InstancesAsync()).ShouldBe(1);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await PumpAsync();
        (await InstancesAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Start_at_fires_once_and_not_at_all_when_it_is_past()
    {
        var at = _host.Clock.GetUtcNow().AddHours(1);
        await PublishAsync($"StartAt(\"dateTime\":\"{at:O}\")");
        await PublishAsync($"StartAt(\"dateTime\":\"{at.AddHours(-2):O}\")", "past");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await PumpAsync();
        (await InstancesAsync()).ShouldBe(1);
        (await DueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_version_takes_over_the_clock_and_a_refused_start_does_not_stop_it()
    {
        await PublishAsync("Timer(\"interval\":\"01:00:00\")");
        await PublishAsync("Timer(\"interval\":\"00:30:00\")", activation: "SingletonStrategy");
        (await DueAsync()).ShouldHaveSingleItem();
        for (var beat = 0; beat < 3; beat++)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(30));
            await PumpAsync();
        }
        (await InstancesAsync()).ShouldBe(1); // the first still waits
        (await DueAsync()).ShouldHaveSingleItem();

        await _host.PublishAsync("p", "?manual", "");
        (await DueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_hosts_fire_one_occurrence_once()
    {
        await PublishAsync("Timer(\"interval\":\"00:10:00\")");
        await using var other = _host.Another();
        for (var beat = 0; beat < 5; beat++)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(10));
            await Task.WhenAll(PumpAsync(), other.Get<DuePump>().RunDueAsync(Ct));
        }
        (await InstancesAsync()).ShouldBe(5);
    }

    [Fact]
    public async Task A_cron_text_that_cannot_be_kept_is_named_when_publishing()
    {
        var json = Scenario.Flow($"t:Cron(\"cronExpression\":\"often\",{Starts})", "").Replace("\"definitionId\":\"test\"", "\"definitionId\":\"p\"");
        var refused = (await _host.Get<ShippedDefinitions>().ImportAsync(json, Ct)).Problem.ShouldBeOfType<DefinitionHasErrors>();
        refused.Problems.ShouldContain(p => p.ActivityId == "t" && p.Code == "engine.problem.trigger");
    }
}

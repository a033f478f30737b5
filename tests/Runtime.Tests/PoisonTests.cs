using System.Diagnostics;
using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class PoisonTestsOnSqlite : PoisonTests<Sqlite>;
public sealed class PoisonTestsOnPostgreSql : PoisonTests<PostgreSql>;
public sealed class PoisonTestsOnSqlServer : PoisonTests<SqlServer>;

/// <summary>R10: what a definition or a row can do wrong stays its own trouble.</summary>
public abstract class PoisonTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(Poison.Add);
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_row_whose_command_kills_the_process_is_put_aside_after_three_and_its_neighbours_run_once()
    {
        await _host.ValueAsync(cmd =>
        {
            for (var i = 0; i < 5; i++) cmd.Schedule(Poison.Note, $"neighbour {i}", cmd.Now, Value.Null);
            cmd.Schedule(Poison.Kill, "poison", cmd.Now.AddSeconds(-1), Value.Null); // first in line
            return Task.FromResult(0);
        });

        var deaths = 0;
        for (var life = 1; life <= 8; life++)
        {
            // Each life begins past the lease of the one before.
            using var child =
                CrashChild.Start(new(_host.Options.Provider, _host.Options.ConnectionString, 0, "", "", PumpAfter: TimeSpan.FromHours(life)));
            var errors = await child.StandardError.ReadToEndAsync(Ct);
            await child.WaitForExitAsync(Ct);
            if (child.ExitCode == 0) break;
            child.ExitCode.ShouldBe(137, errors);
            deaths++;
        }
        deaths.ShouldBe(3);
        var dead = (await _host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem();
        (dead.Kind, dead.NextAt).ShouldBe((Poison.Kill, null));
        dead.Error.ShouldNotBeNull().ShouldContain("3 attempts began and none came to an end");
        (await _host.NotesAsync()).Select(n => n.Text).Order().ShouldBe(Enumerable.Range(0, 5).Select(i => $"neighbour {i}"));
    }

    [Theory]
    [InlineData("a b", "a->b b->a", "a tight cycle")]
    [InlineData("f:Notes.Broken", "", "a step that always throws")]
    [InlineData("j:RunJavaScript(\"script\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"setCorrelationId('x'.repeat(401))\"}})", "", "a correlation id no column holds")]
    [InlineData("j:RunJavaScript(\"script\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"setVariable('x','y'.repeat(5*1024*1024))\"}})", "", "a variable of 5 MB")]
    public async Task A_runaway_becomes_an_incident_and_its_neighbour_ends_as_ever(string steps, string connections, string what)
    {
        await _host.PublishAsync("poison", steps, connections);
        await _host.PublishAsync("neighbour", "n:Notes.Add(\"text\":\"fine\")", "");
        var sick = await _host.StartAsync("poison");
        var well = await _host.StartAsync("neighbour");

        var rows = await _host.RowsAsync<TDatabase, WorkflowInstanceRow>();
        rows.Single(r => r.Id == sick).IncidentCount.ShouldBe(1, what);
        (await _host.RowsAsync<TDatabase, IncidentRow>()).ShouldHaveSingleItem().InstanceId.ShouldBe(sick);
        rows.Single(r => r.Id == well).Status.ShouldBe("Finished");
        (await _host.NotesAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_process_that_runs_itself_stops_at_a_depth_in_words()
    {
        await _host.PublishAsync("self", "again:ExecuteWorkflow(\"workflowDefinitionId\":\"self\")", "");
        await _host.StartAsync("self");
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Count.ShouldBe(17);
        (await _host.RowsAsync<TDatabase, IncidentRow>()).ShouldHaveSingleItem().Message.ShouldContain("more than 16 deep");
    }

    [Theory]
    [InlineData(10_000, 0)]
    [InlineData(30_000, 1)]
    public async Task Ten_thousand_items_at_once_end_and_three_times_as_many_stop_once_at_the_budget_of_steps_and_go_on_from_there(int items,
        int incidents)
    {
        await _host.PublishAsync("many",
            $$"""{"id":"all","type":"Elsa.ParallelForEach","items":{"typeName":"Object","expression":{"type":"JavaScript","value":"Array.from({length:{{items}}},(x,i)=>i)"} },"body":{{Scenario.Step("w")}} }""".Replace(" ", ""), "");
        var commits = _host.Get<CommandCounters>().Commits;
        var id = await _host.StartAsync("many");
        (_host.Get<CommandCounters>().Commits - commits).ShouldBe(1);
        var row = (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(r => r.Id == id);
        (row.Status, row.IncidentCount).ShouldBe((incidents == 0 ? "Finished" : "Running", incidents));
        if (incidents == 0) return;

        var incident = (await _host.RowsAsync<TDatabase, IncidentRow>()).ShouldHaveSingleItem();
        (await _host.Get<InstanceAdministration>().RetryAsync(NotesModule.Writer, Guid.CreateVersion7(), id, incident.ActivityInstanceId, Ct))
            .Problem.ShouldBeNull();
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(r => r.Id == id).Status.ShouldBe("Finished");
        (await _host.RowsAsync<TDatabase, JournalRow>()).Count(j => j.InstanceId == id && j.ActivityId == "w" && j.Event == "Completed")
            .ShouldBe(items);
    }

    [Fact]
    public async Task Ten_thousand_steps_in_a_chain_are_deployed_and_run_in_one_commit()
    {
        var (steps, connections) = Chain(10_000);
        var clock = Stopwatch.StartNew();
        await _host.PublishAsync("chain", steps, connections);
        var deployed = clock.Elapsed;
        var commits = _host.Get<CommandCounters>().Commits;
        var id = await _host.StartAsync("chain");
        var ran = clock.Elapsed - deployed;
        (_host.Get<CommandCounters>().Commits - commits).ShouldBe(1);
        var row = (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(r => r.Id == id);
        (row.Status, row.IncidentCount).ShouldBe(("Finished", 0));
        // 2 s and 3 s on a machine of its own; the tests share theirs.
        deployed.ShouldBeLessThan(TimeSpan.FromSeconds(2 * Slack));
        ran.ShouldBeLessThan(TimeSpan.FromSeconds(3 * Slack));
    }

    [Fact]
    public async Task Five_thousand_branches_end_in_one_commit()
    {
        var branches = Enumerable.Range(0, 5_000).Select(i => $"b{i}").ToList();
        await _host.PublishAsync("fork", $"s {string.Join(' ', branches)}", string.Join(' ', branches.Select(b => $"s->{b}")));
        var commits = _host.Get<CommandCounters>().Commits;
        var id = await _host.StartAsync("fork");
        (_host.Get<CommandCounters>().Commits - commits).ShouldBe(1);
        var row = (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(r => r.Id == id);
        (row.Status, row.IncidentCount).ShouldBe(("Finished", 0));
    }

    [Fact]
    public void Checking_a_definition_costs_in_proportion_to_its_size()
    {
        static long CostOf(int length)
        {
            var (steps, connections) = Chain(length);
            var json = Scenario.Flow(steps, connections);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Scenario.Compile(json).Problems.ShouldBeEmpty();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        CostOf(100);
        var once = CostOf(10_000);
        CostOf(20_000).ShouldBeLessThan((long)(2.3 * once));
    }

    private const int Slack = 5;

    private static (string Steps, string Connections) Chain(int length) =>
        (string.Join(' ', Enumerable.Range(0, length).Select(i => $"n{i}")),
            string.Join(' ', Enumerable.Range(1, length - 1).Select(i => $"n{i - 1}->n{i}")));
}

internal static class Poison
{
    public const string Kill = "poison.kill", Note = "poison.note";

    public static void Add(IServiceCollection services) => services.AddDueHandler<Killer>(Kill).AddDueHandler<Noter>(Note).AddActivity<Broken>();

    private sealed class Killer : IDueHandler
    {
        public Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
        {
            Process.GetCurrentProcess().Kill();
            return Task.Delay(Timeout.Infinite, ct);
        }
    }

    private sealed class Noter : IDueHandler
    {
        public Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
        {
            cmd.Add(key);
            return Task.CompletedTask;
        }
    }

    [Activity("Notes.Broken")]
    private sealed class Broken : IActivity
    {
        public ValueTask<ActivityResult> ExecuteAsync(CrmFlow.Engine.ActivityContext context, CancellationToken ct) =>
            throw new InvalidOperationException("always");
    }
}

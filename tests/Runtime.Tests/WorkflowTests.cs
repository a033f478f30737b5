using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class WorkflowTestsOnSqlite : WorkflowTests<Sqlite>;
public sealed class WorkflowTestsOnPostgreSql : WorkflowTests<PostgreSql>;
public sealed class WorkflowTestsOnSqlServer : WorkflowTests<SqlServer>;

/// <summary>Instances in the database: one commit per command, whatever the burst does.</summary>
public abstract class WorkflowTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private Weather Weather => _host.Services.GetRequiredService<Weather>();

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<WorkflowInstanceRow> InstanceAsync(Guid id) =>
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(i => i.Id == id);
    private const string Delay = "wait:Delay(\"timeSpan\":\"00:10:00\")";
    private static string Note(string text) => $"{text}:Notes.Add(\"text\":\"{text}\")";

    [Fact]
    public async Task A_start_commits_the_instance_its_bookmark_journal_and_what_its_steps_wrote()
    {
        await _host.PublishAsync("p", $"{Note("hello")} ?go {Note("bye")}", "hello->go go->bye");
        var id = await _host.StartAsync("p", "case-7");

        var row = await InstanceAsync(id);
        (row.DefinitionId, row.DefinitionVersion, row.Status, row.SubStatus, row.CorrelationId, row.Version)
            .ShouldBe(("p", 1, "Running", "Suspended", "case-7", 1L));
        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["hello"]);
        var bookmark = (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldHaveSingleItem();
        (bookmark.InstanceId, bookmark.Name, bookmark.BookmarkKey, bookmark.ActivityId, bookmark.CorrelationId)
            .ShouldBe((id, "Elsa.Event", "go", "go", "case-7"));

        (await _host.SendAsync("go")).ShouldBe(1);

        row = await InstanceAsync(id);
        (row.Status, row.SubStatus, row.Version, row.FinishedAt).ShouldBe(("Finished", "Finished", 2L, _host.Clock.GetUtcNow()));
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["bye", "hello"]);
        var journal = (await _host.RowsAsync<TDatabase, JournalRow>()).OrderBy(j => j.Seq).ToList();
        journal.Select(j => j.Seq).ShouldBe(Enumerable.Range(1, journal.Count));
        row.JournalCount.ShouldBe(journal.Count);
        journal.Where(j => j.ActivityId == "go").Select(j => (j.Entered, j.Event)).ShouldBe([("Started", "Suspended"), ("Resumed", "Completed")]);
        journal.SelectMany(j => j.Entries()).Where(j => j.ActivityId == "go").Select(j => j.Event)
            .ShouldBe([JournalEvent.Started, JournalEvent.Suspended, JournalEvent.Resumed, JournalEvent.Completed]);
    }

    [Fact]
    public async Task A_command_refused_after_its_burst_leaves_no_instance()
    {
        await _host.PublishAsync("p", $"{Note("hello")} ?go", "hello->go");
        await _host.CommandAsync<TDatabase, Guid>(async cmd =>
        {
            await cmd.StartAsync("p", [], null, null, Ct);
            return new NoteRefused();
        });
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
        (await _host.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_bursts_of_one_instance_in_one_command_are_one_write()
    {
        await _host.PublishAsync("p", "?a ?b ?c", "a->b b->c");
        var (id, commits) = (Guid.Empty, _host.Database.Counters.Commits);
        await _host.CommandAsync<TDatabase, int>(async cmd =>
        {
            id = (await cmd.StartAsync("p", [], null, null, Ct)).Value;
            (await cmd.SendStimulusAsync("Elsa.Event", "a", null, default, Ct)).ShouldBe(1);
            (await cmd.SendStimulusAsync("Elsa.Event", "a", null, default, Ct)).ShouldBe(0);
            (await cmd.SendStimulusAsync("Elsa.Event", "b", null, default, Ct)).ShouldBe(1);
            return 0;
        });
        _host.Database.Counters.Commits.ShouldBe(commits + 1);
        (await InstanceAsync(id)).Version.ShouldBe(1);
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldHaveSingleItem().BookmarkKey.ShouldBe("c");
    }

    [Fact]
    public async Task A_burned_bookmark_refuses_whoever_comes_second()
    {
        await _host.PublishAsync("p", "?a ?b", "a->b");
        var id = await _host.StartAsync("p");
        var bookmark = (await _host.RowsAsync<TDatabase, BookmarkRow>()).Single().Id;
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => _host.CommandAsync<TDatabase, bool>(async cmd =>
            await cmd.ResumeAsync(id, bookmark, default, Ct) is { Problem: { } p } ? p : true), Ct)));
        results.Count(r => !r.Failed).ShouldBe(1);
        results.Where(r => r.Failed).ShouldAllBe(r => r.Problem is BookmarkGone);
        (await InstanceAsync(id)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_timed_wait_has_its_due_row_in_the_same_commit_and_loses_it_with_the_bookmark()
    {
        await _host.PublishAsync("p", Delay, "");
        var id = await _host.StartAsync("p");
        var due = (await _host.RowsAsync<TDatabase, DueRow>()).ShouldHaveSingleItem();
        (due.Kind, due.InstanceId, due.DueAt, due.NextAt)
            .ShouldBe(("bookmark", id, _host.Clock.GetUtcNow().AddMinutes(10), _host.Clock.GetUtcNow().AddMinutes(10)));
        due.DueKey.ShouldBe((await _host.RowsAsync<TDatabase, BookmarkRow>()).Single().Id.ToString());

        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.CancelAsync(id, Ct) is { Problem: { } p } ? p : true))
            .Failed.ShouldBeFalse();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
        (await InstanceAsync(id)).SubStatus.ShouldBe("Cancelled");
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.CancelAsync(id, Ct) is { Problem: { } p } ? p : true))
            .Problem.ShouldBeOfType<InstanceFinished>();
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public async Task A_failing_step_becomes_an_incident_and_does_not_cost_the_decision(bool throws, bool duplicates, bool saves)
    {
        await _host.PublishAsync("p", $"?decide {Note("before")} f:Notes.Fragile {Note("after")} {Note("beside")}",
            "decide->before before->f f->after before->beside");
        await _host.CommandAsync<TDatabase, Guid>(cmd => Task.FromResult<Result<Guid>>(cmd.Add("  first").Id)); // the entity the fragile step changes
        var id = await _host.StartAsync("p");
        (Weather.IsBad, Weather.Duplicates, Weather.Saves) = (throws, duplicates, saves);

        var bookmark = (await _host.RowsAsync<TDatabase, BookmarkRow>()).Single().Id;
        var result = await _host.CommandAsync<TDatabase, string>(async cmd =>
        {
            cmd.Add("decision").Amount = 5;
            return await cmd.ResumeAsync(id, bookmark, default, Ct) is { Problem: { } p } ? p : "decided";
        });

        result.Value.ShouldBe("decided");
        (await _host.NotesAsync()).Select(n => (n.Text, n.Amount))
            .ShouldBe([("  first", 0), ("before", 0), ("beside", 0), ("decision", 5)], ignoreOrder: true);
        (await _host.RowsAsync<TDatabase, OutboxRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, AuditRow>()).ShouldNotContain(a => a.Subject == "Fragile");
        var incident = (await _host.RowsAsync<TDatabase, IncidentRow>()).ShouldHaveSingleItem();
        (incident.InstanceId, incident.ActivityType, incident.ResolvedAt).ShouldBe((id, "Notes.Fragile", null));
        (await InstanceAsync(id)).ShouldSatisfyAllConditions(i => i.SubStatus.ShouldBe("Suspended"), i => i.IncidentCount.ShouldBe(1));
    }

    [Fact]
    public async Task A_retry_runs_the_failed_step_again_and_resolves_its_incident()
    {
        await _host.PublishAsync("p", $"f:Notes.Fragile {Note("after")}", "f->after");
        Weather.IsBad = true;
        var id = await _host.StartAsync("p");
        var incident = (await _host.RowsAsync<TDatabase, IncidentRow>()).Single();

        Weather.IsBad = false;
        (await RetryAsync(id, incident.ActivityInstanceId)).ShouldBeNull();

        (await InstanceAsync(id)).ShouldSatisfyAllConditions(i => i.SubStatus.ShouldBe("Finished"), i => i.IncidentCount.ShouldBe(0));
        (await _host.RowsAsync<TDatabase, IncidentRow>()).Single().ResolvedAt.ShouldBe(_host.Clock.GetUtcNow());
        (await _host.NotesAsync()).ShouldContain(n => n.Text == "after");
        (await RetryAsync(id, incident.ActivityInstanceId)).ShouldBeOfType<NothingToRetry>();
    }

    [Fact]
    public async Task Under_the_fault_strategy_a_failure_ends_the_instance_and_a_retry_reopens_it_with_its_waits()
    {
        await _host.PublishAsync("p", $"s ?other {Delay} f:Notes.Fragile {Note("after")}", "s->other s->wait s->f f->after",
            continueWithIncidents: false);
        Weather.IsBad = true;
        var id = await _host.StartAsync("p");
        (await InstanceAsync(id)).ShouldSatisfyAllConditions(i => i.Status.ShouldBe("Finished"), i => i.SubStatus.ShouldBe("Faulted"));
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();

        Weather.IsBad = false;
        (await RetryAsync(id, (await _host.RowsAsync<TDatabase, IncidentRow>()).Single().ActivityInstanceId)).ShouldBeNull();
        (await InstanceAsync(id)).Status.ShouldBe("Running");
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).Count.ShouldBe(2);
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldContain(d => d.Kind == "bookmark");
    }

    private async Task<Problem?> RetryAsync(Guid id, Guid activity) =>
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.RetryAsync(id, activity, Ct) is { Problem: { } p } ? p : true)).Problem;

    [Fact]
    public async Task A_return_goes_back_to_a_visited_step_and_refuses_another()
    {
        await _host.PublishAsync("p", "?a ?b ?c", "a->b b->c");
        var id = await _host.StartAsync("p");
        await _host.SendAsync("a");
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ReturnAsync(id, "c", null, Ct) is { Problem: { } p } ? p : true))
            .Problem.ShouldBeOfType<ReturnRefused>();
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ReturnAsync(id, "a", null, Ct) is { Problem: { } p } ? p : true))
            .Failed.ShouldBeFalse();
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).Single().BookmarkKey.ShouldBe("a");
    }

    [Fact]
    public async Task A_stimulus_reaches_the_correlated_instance_and_starts_what_its_trigger_names()
    {
        await _host.PublishAsync("waiter", "?go", "");
        await _host.PublishAsync("starter", $"go:Event(\"customProperties\":{{\"canStartWorkflow\":true}}) {Note("started")} ?later",
            "go->started started->later");
        var (one, two) = (await _host.StartAsync("waiter", "one"), await _host.StartAsync("waiter", "two"));

        (await _host.SendAsync("go", "payload", "two")).ShouldBe(2);

        (await InstanceAsync(one)).Status.ShouldBe("Running");
        (await InstanceAsync(two)).Status.ShouldBe("Finished");
        var started = (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(i => i.DefinitionId == "starter");
        started.CorrelationId.ShouldBe("two");
        (await _host.NotesAsync()).ShouldContain(n => n.Text == "started");
    }

    [Theory]
    [InlineData("Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime", "x", "y", false)]
    [InlineData("CorrelatedSingletonStrategy", "x", "y", true)]
    [InlineData("CorrelatedSingletonStrategy", "x", "x", false)]
    [InlineData("CorrelationStrategy", "x", "x", false)]
    [InlineData("AllowAlwaysStrategy", "x", "x", true)]
    public async Task Activation_strategies_count_running_instances(string strategy, string first, string second, bool starts)
    {
        await _host.PublishAsync("p", "?go", "", activation: strategy);
        await _host.StartAsync("p", first);
        var again = await _host.CommandAsync<TDatabase, Guid>(cmd => cmd.StartAsync("p", [], second, null, Ct));
        if (starts) again.Failed.ShouldBeFalse();
        else again.Problem.ShouldBeOfType<ActivationRefused>();
        await _host.SendAsync("go");
        (await _host.CommandAsync<TDatabase, Guid>(cmd => cmd.StartAsync("p", [], second, null, Ct))).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_singleton_raced_by_many_starts_once()
    {
        await _host.PublishAsync("p", "?go", "", activation: "SingletonStrategy");
        var results = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(_ => Task.Run(() => _host.CommandAsync<TDatabase, Guid>(cmd => cmd.StartAsync("p", [], null, null, Ct)), Ct)));
        results.Count(r => !r.Failed).ShouldBe(1);
    }

    [Fact]
    public async Task Two_hosts_resuming_different_waits_of_one_instance_both_succeed()
    {
        await using var other = _host.Another();
        await _host.PublishAsync("p", $"s ?a ?b {Note("end")}", "s->a s->b a->end b->end");
        for (var round = 0; round < 10; round++)
        {
            var id = await _host.StartAsync("p", $"r{round}");
            var woken = await Task.WhenAll(Task.Run(() => _host.SendAsync("a", correlationId: $"r{round}"), Ct),
                typeof(TDatabase) == typeof(Sqlite) ? Task.Run(() => _host.SendAsync("b", correlationId: $"r{round}"), Ct)
                    : Task.Run(() => other.SendAsync("b", correlationId: $"r{round}"), Ct));
            woken.ShouldBe([1, 1]);
            (await InstanceAsync(id)).Status.ShouldBe("Finished");
            await _host.CommandAsync<TDatabase, bool>(cmd =>
            {
                cmd.Writes.Add("DELETE FROM note WHERE 1 = 1", []);
                return Task.FromResult<Result<bool>>(true);
            });
        }
    }

    [Fact]
    public async Task A_completion_costs_the_engine_three_round_trips_and_one_commit()
    {
        await _host.PublishAsync("p", $"?a ?b {Delay} ?c", "a->b b->wait wait->c");
        var id = await _host.StartAsync("p");
        var bookmark = (await _host.RowsAsync<TDatabase, BookmarkRow>()).Single().Id;
        var counters = _host.Database.Counters;
        var (commits, trips) = (counters.Commits, counters.RoundTrips);
        await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ResumeAsync(id, bookmark, default, Ct) is { Problem: { } p } ? p : true);
        (counters.Commits - commits, counters.RoundTrips - trips).ShouldBe((1, 3)); // B3: load, batch, commit
    }
}

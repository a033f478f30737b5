using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class RecordSavedTestsOnSqlite : RecordSavedTests<Sqlite>;
public sealed class RecordSavedTestsOnPostgreSql : RecordSavedTests<PostgreSql>;
public sealed class RecordSavedTestsOnSqlServer : RecordSavedTests<SqlServer>;

/// <summary>Saving a record starts processes and wakes those that wait for it, in the transaction that saves it.</summary>
public abstract class RecordSavedTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private const string Type = "Notes.Note";

    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(services => services.AddRecordType(Type));
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Trigger(string when = "Created", string? condition = null, bool starts = true) =>
        $$"""{"id":"saved","type":"CrmFlow.RecordSaved","version":1,"customProperties":{"canStartWorkflow":{{(starts ? "true" : "false")}}},"recordType":"Notes.Note","when":"{{when}}","""
        + """ "recordId":{"typeName":"Guid","memoryReference":{"id":"Id"}},"kind":{"typeName":"String","memoryReference":{"id":"Kind"}}""".Trim()
        + (condition is null ? ""
            : $$""","condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"{{condition}}"} }""".Replace(" ", "")) + "}";

    private const string AddNote =
        """{"id":"write","type":"Notes.Add","version":1,"text":{"typeName":"String","expression":{"type":"JavaScript","value":"`${variables.Kind}:${variables.Id}`"}}}""";

    private Task PublishAsync(string definition, string trigger) =>
        _host.PublishAsync(definition, $"{trigger} {AddNote} ?go", "saved->write write->go", "Id Kind");

    /// <summary>Saves a note and says so, as a module's command does.</summary>
    private async Task<(Guid Id, int Woken)> SaveAsync(string text, RecordChange change = RecordChange.Created, Guid? id = null) =>
        await _host.ValueAsync<TDatabase, (Guid, int)>(async cmd =>
        {
            var saved = id ?? cmd.Add(text).Id;
            return (saved, await cmd.RecordSavedAsync(Type, saved, text, change, Value.Object(("text", text)), Ct));
        });

    private async Task<List<string>> WrittenAsync() => [.. (await _host.NotesAsync()).Select(n => n.Text).Where(t => t.Contains(':'))];

    [Fact]
    public async Task A_created_record_starts_the_published_processes_of_its_type_in_its_own_commit()
    {
        await PublishAsync("first", Trigger());
        await PublishAsync("second", Trigger());
        await PublishAsync("changes", Trigger("Changed"));
        var commits = _host.Database.Counters.Commits;

        var (id, woken) = await SaveAsync("sale");

        woken.ShouldBe(2);
        _host.Database.Counters.Commits.ShouldBe(commits + 1);
        var rows = await _host.RowsAsync<TDatabase, WorkflowInstanceRow>();
        rows.Select(r => r.DefinitionId).Order().ShouldBe(["first", "second"]);
        rows.ShouldAllBe(r => r.CorrelationId == id.ToString() && r.Name == "sale" && r.Status == "Running");
    }

    [Fact]
    public async Task A_name_longer_than_an_instance_s_name_may_be_is_cut_between_characters()
    {
        await PublishAsync("first", Trigger());
        await _host.ValueAsync(cmd =>
            cmd.RecordSavedAsync(Type, cmd.NewId(), new string('x', 399) + "😀 and more", RecordChange.Created, Value.Object(), Ct));
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldHaveSingleItem().Name.ShouldBe(new string('x', 399));
    }

    [Fact]
    public async Task The_step_tells_which_record_and_what_happened()
    {
        await PublishAsync("p", Trigger("Always"));
        var (id, _) = await SaveAsync("sale");
        (await WrittenAsync()).ShouldBe([$"Created:{id}"]);
    }

    [Fact]
    public async Task A_refused_command_leaves_neither_the_record_nor_the_process()
    {
        await PublishAsync("p", Trigger());
        await _host.CommandAsync<TDatabase, int>(async cmd =>
        {
            var note = cmd.Add("sale");
            (await cmd.RecordSavedAsync(Type, note.Id, note.Text, RecordChange.Created, default, Ct)).ShouldBe(1);
            return new NoteRefused();
        });
        (await _host.NotesAsync()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_condition_decides_before_anything_is_kept()
    {
        await PublishAsync("p", Trigger(condition: "getInput('Record').text.length>3"));
        (await SaveAsync("abc")).Woken.ShouldBe(0);
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, JournalRow>()).ShouldBeEmpty();

        (await SaveAsync("abcd")).Woken.ShouldBe(1);
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_condition_that_breaks_costs_the_process_an_incident_and_not_the_record()
    {
        await PublishAsync("p", Trigger(condition: "getInput('Record').missing.length>3"));
        await SaveAsync("sale");
        (await _host.NotesAsync()).ShouldHaveSingleItem().Text.ShouldBe("sale");
        (await _host.RowsAsync<TDatabase, IncidentRow>()).ShouldHaveSingleItem().ActivityType.ShouldBe("CrmFlow.RecordSaved");
    }

    [Fact]
    public async Task In_the_middle_of_a_flow_it_waits_for_the_record_of_its_correlation_id()
    {
        await _host.PublishAsync("p", $"?go {Trigger("Changed", starts: false)} {AddNote}", "go->saved saved->write", "Id Kind");
        var (mine, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _host.StartAsync("p", mine.ToString());
        await _host.SendAsync("go");

        (await SaveAsync("other", RecordChange.Changed, other)).Woken.ShouldBe(0);
        await SaveAsync("mine", RecordChange.Created, mine);
        (await WrittenAsync()).ShouldBeEmpty("it waits for a change");
        await SaveAsync("mine", RecordChange.Changed, mine);
        (await WrittenAsync()).ShouldBe([$"Changed:{mine}"]);
        (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_version_takes_the_trigger_over()
    {
        await PublishAsync("p", Trigger());
        await PublishAsync("p", Trigger("Changed"));
        (await SaveAsync("a")).Woken.ShouldBe(0);
        (await SaveAsync("b", RecordChange.Changed)).Woken.ShouldBe(1);
    }

    [Fact]
    public async Task Publishing_refuses_a_record_type_nobody_brings()
    {
        var json = Engine.Tests.Scenario.Flow($"{Trigger().Replace(Type, "Notes.Typo")} ?go", "saved->go");
        var refused = (await _host.Services.GetRequiredService<ShippedDefinitions>().ImportAsync(json, Ct)).Problem.ShouldBeOfType<DefinitionHasErrors>();
        refused.Problems.ShouldContain(p => p.Code == "problem.definition-record-type" && p.ActivityId == "saved");
    }
}

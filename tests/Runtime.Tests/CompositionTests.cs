using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class CompositionTestsOnSqlite : CompositionTests<Sqlite>;
public sealed class CompositionTestsOnPostgreSql : CompositionTests<PostgreSql>;
public sealed class CompositionTestsOnSqlServer : CompositionTests<SqlServer>;

/// <summary>Workflows that start and wake each other in the database: queued work is a row of the same commit.</summary>
public abstract class CompositionTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Admin = NotesModule.Writer;
    private DefinitionAdministration Definitions => _host.Get<DefinitionAdministration>();

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task<int> PumpAsync() => _host.Get<DuePump>().RunDueAsync(Ct);
    private async Task<WorkflowInstanceRow> OfAsync(string definition) =>
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single(i => i.DefinitionId == definition);
    private static string Note(string text) => $"{text}:Notes.Add(\"text\":\"{text}\")";
    private static string Waiting(string type) => $"{type}:{type}(\"workflowDefinitionId\":\"child\",\"waitForCompletion\":true)";

    [Theory]
    [InlineData("DispatchWorkflow"), InlineData("ExecuteWorkflow")]
    public async Task A_parent_waits_for_its_child_and_is_told_by_a_row_of_the_child_s_last_commit(string type)
    {
        await _host.PublishAsync("child", $"{Note("begin")} ?go {Note("end")}", "begin->go go->end");
        await _host.PublishAsync("parent", $"{Waiting(type)} {Note("after")}", $"{type}->after");
        await _host.StartAsync("parent");
        await PumpAsync();
        (await OfAsync("child")).Status.ShouldBe("Running");

        await _host.SendAsync("go");
        await PumpAsync();

        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["after", "begin", "end"], ignoreOrder: true);
        (await OfAsync("parent")).SubStatus.ShouldBe("Finished");
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_child_run_at_once_is_in_the_parent_s_commit_and_fails_without_costing_it()
    {
        await _host.PublishAsync("child", $"{Note("inside")} f:Notes.Fragile", "inside->f", continueWithIncidents: false);
        await _host.PublishAsync("parent", $"e:ExecuteWorkflow(\"workflowDefinitionId\":\"child\") {Note("after")}", "e->after");
        _host.Get<Weather>().IsBad = true;

        await _host.StartAsync("parent");

        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["after", "inside"], ignoreOrder: true);
        ((await OfAsync("child")).SubStatus, (await OfAsync("parent")).SubStatus).ShouldBe(("Faulted", "Finished"));
    }

    [Fact]
    public async Task Many_children_are_counted_at_one_bookmark()
    {
        await _host.PublishAsync("child", "?go", "");
        await _host.PublishAsync("parent", $"b:BulkDispatchWorkflows(\"workflowDefinitionId\":\"child\",\"items\":\"[1,2,3,4,5]\") {Note("after")}",
            "b.Completed->after");
        await _host.StartAsync("parent");
        await PumpAsync();
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Count.ShouldBe(6);

        await _host.SendAsync("go");
        await PumpAsync();

        (await _host.NotesAsync()).ShouldHaveSingleItem();
        (await OfAsync("parent")).SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task A_child_that_may_not_be_started_lets_its_parent_go_on()
    {
        await _host.PublishAsync("child", "?go", "", activation: "SingletonStrategy");
        await _host.PublishAsync("parent", $"{Waiting("DispatchWorkflow")} {Note("after")}", "DispatchWorkflow->after");
        await _host.StartAsync("child");
        await _host.StartAsync("parent");
        await PumpAsync(); // the start is refused
        await PumpAsync(); // and the parent told
        (await _host.NotesAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_event_published_before_anybody_waits_is_kept_and_otherwise_listed_as_undelivered()
    {
        await _host.PublishAsync("sender", "p:PublishEvent(\"eventName\":\"soon\",\"payload\":7)", "");
        await _host.PublishAsync("late", "d:Delay(\"timeSpan\":\"00:00:30\") ?soon", "d->soon");
        await _host.StartAsync("sender");
        await _host.StartAsync("late");
        for (var second = 0; second < 90; second++)
        {
            await PumpAsync();
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        (await OfAsync("late")).SubStatus.ShouldBe("Finished");
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();

        await _host.ValueAsync<TDatabase, bool>(cmd =>
        {
            cmd.RaiseEvent("never", null, 1);
            return Task.FromResult(true);
        });
        for (var minute = 0; minute < 8; minute++)
        {
            await PumpAsync();
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        (await _host.Get<FailureAdministration>().ListAsync(Admin, Ct)).Value.DeadRows.ShouldHaveSingleItem()
            .Error.ShouldBe("nobody waited for the event never");
    }

    [Fact]
    public async Task A_mail_of_a_process_leaves_through_the_outbox()
    {
        await _host.PublishAsync("p",
            "m:SendEmail(\"to\":\"[\\\"a@example.com\\\",\\\"b@example.com\\\"]\",\"subject\":\"Hi\",\"body\":\"<b>x</b>\",\"attachments\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"Object\",\"value\":{\"fileName\":\"a.txt\",\"content\":\"aGk=\"}}})", "");
        await _host.StartAsync("p");
        var mails = await _host.RowsAsync<TDatabase, OutboxRow>();
        mails.Count.ShouldBe(2);
        mails[0].Payload.ShouldContain("\"IsHtml\":true");
        mails[0].Payload.ShouldContain("\"Content\":\"aGk=\"");
    }

    [Fact]
    public async Task A_task_somebody_outside_does_is_completed_by_its_id_once()
    {
        await _host.PublishAsync("p", $"t:RunTask(\"taskName\":\"Print\") {Note("printed")}", "t->printed");
        await _host.StartAsync("p");
        var task = (await _host.RowsAsync<TDatabase, BookmarkRow>()).ShouldHaveSingleItem().BookmarkKey!;
        var instances = _host.Get<InstanceAdministration>();

        (await instances.CompleteTaskAsync(NotesModule.Reader, Guid.CreateVersion7(), task, "ok", Ct)).Problem.ShouldBeOfType<NotFound>();
        (await instances.CompleteTaskAsync(Admin, Guid.CreateVersion7(), "other", "ok", Ct)).Problem.ShouldBeOfType<NotFound>();
        (await instances.CompleteTaskAsync(Admin, Guid.CreateVersion7(), task, "ok", Ct)).Problem.ShouldBeNull();
        (await instances.CompleteTaskAsync(Admin, Guid.CreateVersion7(), task, "ok", Ct)).Problem.ShouldBeOfType<NotFound>();

        (await _host.NotesAsync()).ShouldHaveSingleItem().Text.ShouldBe("printed");
        (await _host.StateAsync((await OfAsync("p")).Id)).OutputRegister["t"]["Result"].ToText().ShouldBe("ok");
    }

    [Fact]
    public async Task A_used_workflow_is_pinned_when_its_user_is_published_and_moved_on_when_it_says_so()
    {
        static string Child(string text, bool moves) =>
            $$"""{"definitionId":"child","name":"child","root":{"id":"n","type":"Notes.Add","text":"{{text}}"},"options":{"autoUpdateConsumingWorkflows":{{(moves ? "true" : "false")}}} }""";
        const string Parent = """{"definitionId":"parent","name":"parent","root":{"id":"use","type":"Child","workflowDefinitionId":"child"} }""";
        foreach (var (json, id) in ((string, string)[])[(Child("one", false), "child"), (Parent, "parent"), (Child("two", false), "child")])
        {
            (await Definitions.SaveDraftAsync(Admin, Guid.CreateVersion7(), json, null, Ct)).Problem.ShouldBeNull();
            (await Definitions.PublishAsync(Admin, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeNull();
        }
        await _host.StartAsync("parent");
        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["one"]);

        await Definitions.SaveDraftAsync(Admin, Guid.CreateVersion7(), Child("three", true), null, Ct);
        (await Definitions.PublishAsync(Admin, Guid.CreateVersion7(), "child", Ct)).Problem.ShouldBeNull();
        await _host.StartAsync("parent");
        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["one", "three"], ignoreOrder: true);
        (await Definitions.VersionsAsync(Admin, "parent", Ct)).Value.Select(v => (v.Version, v.IsPublished)).ShouldBe([(2, true), (1, false)]);
    }

    [Fact]
    public async Task An_import_keeps_the_ids_of_a_new_definition_and_is_a_draft_when_something_speaks_against_it()
    {
        const string Good = """{"id":"v-17","definitionId":"p","version":9,"isPublished":true,"root":{"id":"n","type":"Notes.Add","text":"x"} }""";
        var imported = (await Definitions.ImportAsync(Admin, Guid.CreateVersion7(), Good, Ct)).Value;
        (imported.IsPublished, imported.Saved.VersionId, imported.Saved.Version).ShouldBe((true, "v-17", 1));

        imported = (await Definitions.ImportAsync(Admin, Guid.CreateVersion7(), Good.Replace("Notes.Add", "Elsa.RunPython"), Ct)).Value;
        (imported.IsPublished, imported.Saved.Version).ShouldBe((false, 2));
        imported.Problems.ShouldContain(p => p.ActivityId == "n" && p.IsError);
        (await Definitions.VersionsAsync(Admin, "p", Ct)).Value.Select(v => (v.Version, v.IsPublished)).ShouldBe([(2, false), (1, true)]);
        (await Definitions.ImportAsync(Admin, Guid.CreateVersion7(), "[]", Ct)).Problem.ShouldBeOfType<DefinitionUnreadable>();
    }

    [Fact]
    public async Task A_retracted_definition_starts_nothing_and_what_runs_goes_on()
    {
        await _host.PublishAsync("p", "begin:Event(\"customProperties\":{\"canStartWorkflow\":true}) ?go", "begin->go");
        await _host.SendAsync("begin");
        (await Definitions.RetractAsync(Admin, Guid.CreateVersion7(), "p", Ct)).Failed.ShouldBeFalse();

        (await _host.SendAsync("begin")).ShouldBe(0);
        (await _host.CommandAsync<TDatabase, Guid>(cmd => cmd.StartAsync("p", [], null, null, Ct))).Problem.ShouldBeOfType<NoPublishedVersion>();
        (await _host.SendAsync("go")).ShouldBe(1);
        (await OfAsync("p")).SubStatus.ShouldBe("Finished");
        (await Definitions.RetractAsync(Admin, Guid.CreateVersion7(), "p", Ct)).Problem.ShouldBeOfType<NotFound>();
    }
}

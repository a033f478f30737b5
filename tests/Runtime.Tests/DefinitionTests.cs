using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class DefinitionTestsOnSqlite : DefinitionTests<Sqlite>;
public sealed class DefinitionTestsOnPostgreSql : DefinitionTests<PostgreSql>;
public sealed class DefinitionTestsOnSqlServer : DefinitionTests<SqlServer>;

/// <summary>Versions as elsa-format §9 has them, the shipped files, and what administrators do.</summary>
public abstract class DefinitionTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private DefinitionAdministration Definitions => _host.Get<DefinitionAdministration>();
    private static readonly Actor Admin = NotesModule.Writer;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Flow(string steps, string connections = "") =>
        Scenario.Flow(steps, connections).Replace("\"definitionId\":\"test\"", "\"definitionId\":\"p\"");
    private Task<Result<SavedDefinition>> SaveAsync(string json, string? basedOn = null) =>
        Definitions.SaveDraftAsync(Admin, Guid.CreateVersion7(), json, basedOn, Ct);
    private Task<Result<SavedDefinition>> PublishAsync() => Definitions.PublishAsync(Admin, Guid.CreateVersion7(), "p", Ct);
    private Task<Result<SavedDefinition?>> ShipAsync(string json) => _host.Get<ShippedDefinitions>().ImportAsync(json, Ct);
    private async Task<IReadOnlyList<DefinitionVersion>> VersionsAsync() => (await Definitions.VersionsAsync(Admin, "p", Ct)).Value;

    [Fact]
    public async Task A_draft_is_overwritten_until_it_is_published_and_then_the_next_one_opens()
    {
        (await SaveAsync(Flow("?a"))).Value.Version.ShouldBe(1);
        (await SaveAsync(Flow("?b"))).Value.Version.ShouldBe(1);
        (await PublishAsync()).Value.Version.ShouldBe(1);
        (await SaveAsync(Flow("?c"))).Value.Version.ShouldBe(2);
        (await VersionsAsync()).Select(v => (v.Version, v.IsLatest, v.IsPublished)).ShouldBe([(2, true, false), (1, false, true)]);
        (await PublishAsync()).Value.Version.ShouldBe(2);
        (await VersionsAsync()).Select(v => (v.Version, v.IsLatest, v.IsPublished)).ShouldBe([(2, true, true), (1, false, false)]);
        (await Definitions.GetAsync(Admin, "p", 1, Ct)).Value.Json.ShouldContain("\"b\"");
    }

    [Fact]
    public async Task Running_instances_stay_on_their_version()
    {
        await SaveAsync(Flow("?go one:Notes.Add(\"text\":\"one\")", "go->one"));
        await PublishAsync();
        var old = await _host.StartAsync("p");
        await SaveAsync(Flow("?go two:Notes.Add(\"text\":\"two\")", "go->two"));
        await PublishAsync();
        var young = await _host.StartAsync("p");
        (await _host.RowsAsync<TDatabase, WorkflowInstanceRow>()).OrderBy(i => i.DefinitionVersion).Select(i => i.Id).ShouldBe([old, young]);
        await _host.SendAsync("go");
        (await _host.NotesAsync()).Select(n => n.Text).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task An_older_version_comes_back_as_the_new_draft()
    {
        await SaveAsync(Flow("?first"));
        await PublishAsync();
        await SaveAsync(Flow("?second"));
        await PublishAsync();
        (await Definitions.RevertAsync(Admin, Guid.CreateVersion7(), "p", 1, Ct)).Value.Version.ShouldBe(3);
        var draft = (await Definitions.GetAsync(Admin, "p", null, Ct)).Value;
        (draft.IsPublished, draft.Json.Contains("\"first\"")).ShouldBe((false, true));
        (await Definitions.RevertAsync(Admin, Guid.CreateVersion7(), "p", 9, Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task Who_saves_over_somebody_else_s_save_is_told_who_and_when()
    {
        var opened = (await SaveAsync(Flow("?a"))).Value.Revision;
        (await Definitions.GetAsync(Admin, "p", null, Ct)).Value.Revision.ShouldBe(opened);
        (await SaveAsync(Flow("?b"), opened)).Failed.ShouldBeFalse();
        var refused = (await SaveAsync(Flow("?c"), opened)).Problem.ShouldBeOfType<DefinitionChanged>();
        (refused.Kind, refused.Args[0]).ShouldBe((ProblemKind.Conflict, "王芳"));
    }

    [Fact]
    public async Task Errors_keep_a_version_from_being_published_and_validation_names_them()
    {
        var broken = Flow("x:Nowhere.Registered");
        (await SaveAsync(broken)).Failed.ShouldBeFalse();
        (await PublishAsync()).Problem.ShouldBeOfType<DefinitionHasErrors>().Problems.ShouldContain(p => p.ActivityId == "x");
        (await Definitions.ValidateAsync(Admin, broken, Ct)).Value.ShouldContain(p => p.ActivityId == "x" && p.IsError);
        (await Definitions.ValidateAsync(Admin, "no json", Ct)).Problem.ShouldBeOfType<DefinitionUnreadable>();
        (await SaveAsync("[]")).Problem.ShouldBeOfType<DefinitionUnreadable>();
        (await SaveAsync(Scenario.Flow("?a", "").Replace("\"definitionId\":\"test\",", ""))).Problem.ShouldBeOfType<DefinitionNeedsId>();
    }

    [Fact]
    public async Task A_trigger_belongs_to_the_published_version_only()
    {
        const string Trigger = "(\"customProperties\":{\"canStartWorkflow\":true})";
        await SaveAsync(Flow($"one:Event{Trigger}"));
        (await _host.SendAsync("one")).ShouldBe(0);
        await PublishAsync();
        (await _host.SendAsync("one")).ShouldBe(1);
        await SaveAsync(Flow($"two:Event{Trigger}"));
        await PublishAsync();
        (await _host.SendAsync("one")).ShouldBe(0);
        (await _host.SendAsync("two")).ShouldBe(1);
    }

    [Fact]
    public async Task A_shipped_file_is_published_and_its_changes_become_versions_until_an_administrator_edits()
    {
        (await ShipAsync(Flow("?a"))).Value!.Version.ShouldBe(1);
        (await ShipAsync(Flow("?a"))).Value.ShouldBeNull();
        (await ShipAsync(Flow("?b"))).Value!.Version.ShouldBe(2);
        (await VersionsAsync()).Select(v => (v.Version, v.IsPublished, v.IsShipped)).ShouldBe([(2, true, true), (1, false, true)]);

        await SaveAsync(Flow("?mine"));
        (await ShipAsync(Flow("?c"))).Value.ShouldBeNull();
        await PublishAsync();
        (await ShipAsync(Flow("?d"))).Value.ShouldBeNull();
        (await Definitions.GetAsync(Admin, "p", null, Ct)).Value.Json.ShouldContain("mine");
    }

    [Fact]
    public async Task The_list_shows_versions_and_how_many_run_to_those_who_may()
    {
        await SaveAsync(Flow("?a"));
        await PublishAsync();
        await SaveAsync(Flow("?b"));
        await _host.StartAsync("p");
        var row = (await Definitions.ListAsync(Admin, Ct)).Value.ShouldHaveSingleItem();
        (row.LatestVersion, row.PublishedVersion, row.IsShipped, row.ChangedBy, row.RunningInstances).ShouldBe((2, 1, false, "王芳", 1));
        (await Definitions.ListAsync(NotesModule.Reader, Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task Instances_are_listed_page_by_page_and_one_shows_all_of_itself()
    {
        await SaveAsync(Scenario.Flow("?a v:SetVariable(\"variable\":{\"id\":\"sum\",\"name\":\"sum\"},\"value\":7) ?b", "a->v v->b", "sum=1")
            .Replace("\"definitionId\":\"test\"", "\"definitionId\":\"p\""));
        await PublishAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await _host.StartAsync("p", $"c{i}"));
            if (i % 3 == 0) _host.Clock.Advance(TimeSpan.FromMinutes(1)); // some share their instant
        }
        var instances = _host.Get<InstanceAdministration>();
        var (seen, cursor) = (new List<Guid>(), (InstanceCursor?)null);
        do
        {
            var page = (await instances.ListAsync(Admin, new InstanceFilter("p", WorkflowSubStatus.Suspended), cursor, 3, Ct)).Value;
            page.Count.ShouldBe(7);
            seen.AddRange(page.Rows.Select(r => r.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        seen.ShouldBe(ids, ignoreOrder: true);
        seen.Distinct().Count().ShouldBe(7);

        await _host.SendAsync("a", correlationId: "c3");
        var detail = (await instances.GetAsync(Admin, ids[3], Ct)).Value;
        detail.Summary.CorrelationId.ShouldBe("c3");
        detail.Variables.ShouldContain(v => v.Name == "sum" && v.Value.ToText() == "7");
        detail.Bookmarks.ShouldHaveSingleItem().Key.ShouldBe("b");
        detail.Journal.Select(j => j.ActivityId).ShouldContain("v");
        (await instances.CancelAsync(Admin, Guid.CreateVersion7(), ids[3], "test", Ct)).Failed.ShouldBeFalse();
        (await instances.ListAsync(Admin, new InstanceFilter(SubStatus: WorkflowSubStatus.Cancelled), null, 10, Ct)).Value.Rows.ShouldHaveSingleItem()
            .Id.ShouldBe(ids[3]);
        (await instances.GetAsync(NotesModule.Reader, ids[3], Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task All_definitions_go_out_in_one_zip_and_come_in_again()
    {
        foreach (var id in new[] { "a", "b/x" })
            (await SaveAsync(Flow("?go").Replace("\"definitionId\":\"p\"", $"\"definitionId\":\"{id}\""))).Problem.ShouldBeNull();
        await Definitions.PublishAsync(Admin, Guid.CreateVersion7(), "a", Ct);

        var zip = (await Definitions.ExportAsync(Admin, [], Ct)).Value;
        var files = DefinitionArchive.Read("all.zip", zip).Value;

        files.Select(f => f.Name).ShouldBe(["a-v1.json", "b_x-v1.json"]);
        DefinitionArchive.Write(files).ShouldBe(zip);
        DefinitionArchive.Read("b.zip", (await Definitions.ExportAsync(Admin, ["b/x"], Ct)).Value).Value.ShouldHaveSingleItem()
            .Json.ShouldBe(files[1].Json);
        (await Definitions.ExportAsync(Admin, ["ghost"], Ct)).Problem.ShouldBeOfType<NotFound>();
        (await Definitions.ExportAsync(NotesModule.Reader, [], Ct)).Problem.ShouldBeOfType<NotFound>();

        await using var other = await TestHost<TDatabase>.StartAsync();
        foreach (var file in files)
            (await other.Get<DefinitionAdministration>().ImportAsync(Admin, Guid.CreateVersion7(), file.Json, Ct)).Value.Problems.ShouldBeEmpty();
        (await other.Get<DefinitionAdministration>().ListAsync(Admin, Ct)).Value.Select(d => (d.DefinitionId, d.PublishedVersion))
            .ShouldBe([("a", 1), ("b/x", null)], ignoreOrder: true);
    }

    [Fact]
    public void A_zip_that_is_broken_empty_or_a_bomb_is_refused()
    {
        DefinitionArchive.Read("x.zip", [.. "PK"u8, 3, 4, 5, 6]).Problem.ShouldBeOfType<DefinitionArchiveBroken>();
        DefinitionArchive.Read("x.zip", DefinitionArchive.Write([new("readme.txt", "hello")])).Problem.ShouldBeOfType<DefinitionArchiveEmpty>();
        var bomb = DefinitionArchive.Write([new("bomb.json", new string(' ', 100_000_000))]);
        bomb.Length.ShouldBeLessThan(500_000);
        DefinitionArchive.Read("x.zip", bomb).Problem.ShouldBeOfType<DefinitionArchiveTooLarge>();
        DefinitionArchive.Read("x.zip", DefinitionArchive.Write(Enumerable.Range(0, 201).Select(i => new DefinitionFile($"{i}.json", "{}"))))
            .Problem.ShouldBeOfType<DefinitionArchiveTooLarge>();
        DefinitionArchive.Read("x.zip", DefinitionArchive.Write(Enumerable.Range(0, 11)
            .Select(i => new DefinitionFile($"{i}.json", new string(' ', 2_000_000))))).Problem.ShouldBeOfType<DefinitionArchiveTooLarge>();
        DefinitionArchive.Read("p.json", "\ufeff{}"u8.ToArray()).Value.ShouldHaveSingleItem().Json.ShouldBe("{}");
    }
}

using System.IO.Compression;
using System.Net;
using CrmFlow.Agents;
using CrmFlow.Composition;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Migrations;
using CrmFlow.Modules.Tests.Architecture;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>
/// From 2026-12 on a migration is added, never made again: databases in the field have those there are. One of that day (tests/Upgrade) is upgraded
/// by today's host, and its people and processes go on.
/// </summary>
public sealed class UpgradeTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Upgrade", "2026-12-01");
    private static readonly DateTimeOffset NextMorning = new(2026, 12, 1, 23, 30, 0, TimeSpan.Zero);
    private static CancellationToken Ct => HostApp.Ct;

    /// <summary>Whoever changes the model runs <c>eng/migrations.sh NAME</c>; a migration that was once released keeps its id.</summary>
    [Theory]
    [InlineData(DatabaseProvider.Sqlite, "Data Source=nowhere.db", "20261122172419_Initial")]
    [InlineData(DatabaseProvider.PostgreSql, "Host=nowhere;Database=crmflow", "20261122172426_Initial")]
    [InlineData(DatabaseProvider.SqlServer, "Server=nowhere;Database=crmflow", "20261122172432_Initial")]
    public void The_migrations_make_the_model_as_it_is_and_begin_with_the_one_in_the_field(DatabaseProvider provider, string connection, string first)
    {
        using var services = new ServiceCollection().AddModules().BuildServiceProvider();
        using var db = Contexts.Create(new(provider, connection), services.GetServices<ModelContribution>());
        db.Database.GetMigrations().First().ShouldBe(first);
        db.Database.HasPendingModelChanges().ShouldBeFalse("the model has changed: ./eng/migrations.sh NAME");
    }

    [Fact]
    public async Task A_database_of_December_2026_is_upgraded_and_worked_on()
    {
        var folder = Directory.CreateTempSubdirectory("crmflow-upgrade-").FullName;
        await using (var packed = Open("crmflow.db.gz"))
        await using (var file = File.Create(Path.Combine(folder, "crmflow.db")))
            await packed.CopyToAsync(file, Ct);
        await WorkOnAsync(folder);
    }

    [Fact]
    public async Task A_database_of_December_2026_is_upgraded_and_worked_on_OnPostgreSql()
    {
        var database = PostgresDatabase.Create();
        await using (var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync(Ct);
            using var script = new StreamReader(Open("crmflow.sql.gz"));
            await using var command = new NpgsqlCommand(await script.ReadToEndAsync(Ct), connection);
            await command.ExecuteNonQueryAsync(Ct);
        }
        await WorkOnAsync(Directory.CreateTempSubdirectory("crmflow-upgrade-").FullName,
            ("Database:Provider", "PostgreSql"), ("Database:ConnectionString", database.ConnectionString));
        PostgresDatabase.Drop(database);
    }

    private static GZipStream Open(string file) => new(File.OpenRead(Path.Combine(Folder, file)), CompressionMode.Decompress);

    private static async Task WorkOnAsync(string folder, params (string Key, string Value)[] settings)
    {
        await using (var app = HostApp.Over(folder, settings))
        {
            app.PumpsByItself = false;
            app.Clock.Set(NextMorning);
            await SchemaIsCurrentAsync(app);
            await SomebodySignsInAsync(app, "zhoumin");
            await ATaskIsDecidedAsync(app, "zhoumin", "JS-2026-0004", "commerce-review", "Approve", next: "satisfaction-report");
            await ATimerFiresAsync(app);
            await ASettlementIsSubmittedAsync(app, "wujianguo");
            (await app.ReadAsync(db => db.Set<DueRow>().CountAsync(d => d.NextAt == null, Ct))).ShouldBe(0, "a due row of the old database failed");
            (await app.ReadAsync(db => db.Set<IncidentRow>().CountAsync(Ct))).ShouldBe(0);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SchemaIsCurrentAsync(HostApp app)
    {
        await using var db = Contexts.Create(app.Services.GetRequiredService<DatabaseOptions>(), app.Services.GetServices<ModelContribution>());
        (await db.Database.GetAppliedMigrationsAsync(Ct)).ShouldBe(db.Database.GetMigrations());
        // Every table can be read as the model has it.
        foreach (var entity in db.Model.GetEntityTypes().Where(e => !e.IsOwned()))
        {
            var sql = $"SELECT {string.Join(", ", entity.GetProperties().Select(p => $"\"{p.GetColumnName()}\""))} FROM \"{entity.GetTableName()}\" WHERE 1 = 0";
            await db.Database.ExecuteSqlRawAsync(sql, Ct);
        }
    }

    /// <summary>With a password of their own, as the first time, and then their inbox.</summary>
    private static async Task SomebodySignsInAsync(HostApp app, string login)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var token = (await scope.ServiceProvider.GetRequiredService<Users>().InviteAsync(Actor.System, DemoId.User(login), app.NewOperation(), Ct))
            .Value;
        (await HostApp.PostAsync(app.Browser(), $"/invitation/{token}", ("password", "correct horse battery"), ("repeat", "correct horse battery")))
            .StatusCode
            .ShouldBe(HttpStatusCode.Redirect);
        var browser = app.Browser();
        (await HostApp.SignInAsync(browser, login, "correct horse battery")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.GetAsync("/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task ATaskIsDecidedAsync(HostApp app, string login, string reference, string activity, string outcome, string next)
    {
        var open = await app.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.Reference == reference && t.State == TaskState.Open, Ct));
        open.ActivityId.ShouldBe(activity);
        await using var scope = app.Services.CreateAsyncScope();
        var decided = await scope.ServiceProvider.GetRequiredService<CompleteTask>()
            .HandleAsync(await ActorAsync(app, login), new(open.Id, open.Revision, app.NewOperation(), outcome), Ct);
        decided.Problem.ShouldBeNull();
        (await app.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.Reference == reference && t.State == TaskState.Open, Ct)))
            .ActivityId.ShouldBe(next);
    }

    /// <summary>The complaint that waits for its call-back gets the task when its day has come.</summary>
    private static async Task ATimerFiresAsync(HostApp app)
    {
        var waits = await app.ReadAsync(db => db.Set<DueRow>().Where(d => d.Kind == DuePump.BookmarkKind)
            .Join(db.Set<WorkflowInstanceRow>().Where(i => i.DefinitionId == "complaint"), d => d.InstanceId, i => i.Id, (d, i) =>
                new { i.Id, d.NextAt }).SingleAsync(Ct));
        Task<string?> StepAsync() => app.ReadAsync(db =>
            db.Set<UserTask>().Where(t => t.InstanceId == waits.Id && t.State == TaskState.Open).Select(t => t.ActivityId).SingleOrDefaultAsync(Ct));
        (await StepAsync()).ShouldBeNull();
        app.Clock.Set(waits.NextAt!.Value + TimeSpan.FromMinutes(1));
        await app.Services.GetRequiredService<DuePump>().RunDueAsync(Ct);
        (await StepAsync()).ShouldBe("call-back");
    }

    private static async Task ASettlementIsSubmittedAsync(HostApp app, string login)
    {
        var agent = await ActorAsync(app, login);
        await using var scope = app.Services.CreateAsyncScope();
        var (from, to) = (new DateOnly(2026, 7, 1), new DateOnly(2026, 9, 30)); // the quarter the demonstration leaves free
        var free = (await scope.ServiceProvider.GetRequiredService<FreeLines>().ListAsync(agent, null, from, to, Ct)).Value;
        var draft = await scope.ServiceProvider.GetRequiredService<CrmFlow.Agents.SaveDraft>()
            .HandleAsync(agent, app.NewOperation(), null, null, new(null, from, to, [free.First(l => l.IsFree).SalesRecordId], null), Ct);
        draft.Problem.ShouldBeNull();
        var submitted = await scope.ServiceProvider.GetRequiredService<SubmitSettlement>().HandleAsync(agent, app.NewOperation(), draft.Value.Id, Ct);
        submitted.Problem.ShouldBeNull();
        submitted.Value.No.ShouldBe("JS-2026-0011");
        (await app.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.SubjectId == draft.Value.Id && t.State == TaskState.Open, Ct)))
            .ActivityId.ShouldBe("commerce-review");
    }

    private static async Task<Actor> ActorAsync(HostApp app, string login) =>
        (await app.Services.GetRequiredService<ActorDirectory>().ActorAsync(DemoId.User(login), Ct)).ShouldNotBeNull();
}

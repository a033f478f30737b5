using CrmFlow.Migrations;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests;

/// <summary>The migrations of the three providers, and what a start makes of a database that is not as it expects.</summary>
public sealed class SchemaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>All modules' tables, as the running product has them.</summary>
    private static async Task<List<ModelContribution>> ContributionsAsync()
    {
        await using var app = await TestApp.StartAsync();
        return [.. app.Get<IEnumerable<ModelContribution>>()];
    }

    [Fact]
    public async Task The_create_script_for_SQL_Server_makes_every_table_of_the_model_with_its_own_types()
    {
        await using var db =
            Contexts.Create(new DatabaseOptions(DatabaseProvider.SqlServer, "Server=nowhere;Database=crmflow"), await ContributionsAsync());
        var script = db.GetService<IMigrator>().GenerateScript();

        var tables = db.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Distinct().ToList();
        tables.Count.ShouldBeGreaterThan(40);
        foreach (var table in tables) script.ShouldContain($"CREATE TABLE [{table}] (");
        foreach (var index in db.Model.GetEntityTypes().SelectMany(e => e.GetIndexes()))
            script.ShouldContain($"INDEX [{index.GetDatabaseName()}] ON [{index.DeclaringEntityType.GetTableName()}]");
        // the history table, then each migration, as batches of their own
        script.Split('\n').Count(l => l.Trim() == "GO").ShouldBeGreaterThanOrEqualTo(2);
        script.ShouldContain("[amount] decimal(19,2)");
        script.ShouldContain("[created_at] datetimeoffset");
        script.ShouldContain("uniqueidentifier");
        script.ShouldContain("BEGIN TRANSACTION;");
        script.ShouldContain("COMMIT;");
        foreach (var foreign in (string[])["AUTOINCREMENT", " TEXT", " INTEGER", "jsonb", "timestamp with time zone", " bytea", " serial"])
            script.ShouldNotContain(foreign, Case.Sensitive);
        // A key over columns without a bound cannot be indexed there.
        foreach (var key in db.Model.GetEntityTypes()
            .SelectMany(e => e.GetKeys().SelectMany(k => k.Properties).Concat(e.GetIndexes().SelectMany(i => i.Properties))).Distinct())
            key.GetColumnType().ShouldNotContain("max", customMessage: $"{key.DeclaringType.DisplayName()}.{key.Name}");
    }

    [Fact]
    public async Task A_database_of_a_newer_build_is_refused_with_the_way_out()
    {
        var contributions = await ContributionsAsync();
        var folder = Directory.CreateTempSubdirectory("crmflow-schema-");
        var options = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder.FullName, "crmflow.db")};Pooling=False");
        await DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, contributions), Ct);
        await using (var db = Contexts.Create(options, contributions))
            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('99991231235959_Later', '99.0')", Ct);

        var refused = await Should.ThrowAsync<NewerSchemaException>(() =>
            DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, contributions), Ct));
        refused.Message.ShouldContain("99991231235959_Later");
        refused.Message.ShouldContain("Start the newer build, or restore a backup made before the upgrade.");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_start_on_a_current_database_changes_nothing_and_one_on_half_of_the_history_goes_on()
    {
        var contributions = await ContributionsAsync();
        var folder = Directory.CreateTempSubdirectory("crmflow-schema-");
        var options = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder.FullName, "crmflow.db")};Pooling=False");
        for (var i = 0; i < 2; i++) await DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, contributions), Ct);
        await using (var db = Contexts.Create(options, contributions))
        {
            (await db.Database.GetAppliedMigrationsAsync(Ct)).ShouldBe(db.Database.GetMigrations());
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory", Ct);
        }
        // Its tables are there, so the first migration cannot be applied again: it was looked at, not skipped.
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(() =>
            DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, contributions), Ct));
        folder.Delete(recursive: true);
    }

    /// <summary>
    /// What every burst writes lies in the order of its key on SQLite, one tree for each table; also after a later migration has had to rebuild the
    /// table.
    /// </summary>
    [Fact]
    public async Task Tables_of_the_hot_path_are_clustered_on_SQLite()
    {
        var contributions = await ContributionsAsync();
        var folder = Directory.CreateTempSubdirectory("crmflow-schema-");
        var options = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder.FullName, "crmflow.db")};Pooling=False");
        await DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, contributions), Ct);
        await using var db = Contexts.Create(options, contributions);

        (await db.Database.SqlQueryRaw<string>("SELECT name AS \"Value\" FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%' ORDER BY name")
            .ToListAsync(Ct))
            .ShouldBe(["audit", "bookmark", "due", "inbox_entry", "journal", "operation", "task_assignment"]);
        var column = new AlterColumnOperation { Table = "journal", Name = "round", ClrType = typeof(long),
            OldColumn = new AddColumnOperation { Table = "journal", Name = "round", ClrType = typeof(int) } };
        var rebuild = db.GetService<IMigrationsSqlGenerator>().Generate([column], db.GetService<IDesignTimeModel>().Model).Select(c => c.CommandText)
            .Single(c => c.Contains("CREATE TABLE"));
        rebuild.ShouldContain("\"ef_temp_journal\"");
        rebuild.ShouldContain("WITHOUT ROWID;");
        folder.Delete(recursive: true);
    }
}

/// <summary>The whole product on an empty PostgreSQL that its own migrations fill.</summary>
public sealed class HostTestsOnPostgreSql : IDisposable
{
    private readonly DatabaseOptions _database = PostgresDatabase.Create();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => PostgresDatabase.Drop(_database);

    [Fact]
    public async Task An_empty_database_is_migrated_and_people_can_work()
    {
        await using var app =
            await HostApp.StartAsync(("Database:Provider", "PostgreSql"), ("Database:ConnectionString", _database.ConnectionString));
        (await app.Browser().GetStringAsync("/sign-in", Ct)).ShouldContain("__RequestVerificationToken");

        var contributions = app.Services.GetServices<ModelContribution>().ToList();
        await using (var db = Contexts.Create(_database, contributions))
        {
            (await db.Database.GetAppliedMigrationsAsync(Ct)).ShouldBe(db.Database.GetMigrations());
            var tables = await db.Database.SqlQueryRaw<string>(
                "SELECT table_name AS \"Value\" FROM information_schema.tables WHERE table_schema = 'public'").ToListAsync(Ct);
            db.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Distinct().Except(tables).ShouldBeEmpty();
        }

        // Commands with statements of the runtime, of EF, and a sign-in with the password they set.
        await app.UserAsync("zhoumin", "sehr langes Kennwort 7", "commerce");
        (await HostApp.SignInAsync(app.Browser(), "zhoumin", "sehr langes Kennwort 7")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
        (await app.ReadAsync(db => db.Set<AuditRow>().CountAsync(Ct))).ShouldBeGreaterThan(2);

        await using var second =
            HostApp.Over(app.DataFolder, ("Database:Provider", "PostgreSql"), ("Database:ConnectionString", _database.ConnectionString));
        (await second.Browser().GetStringAsync("/sign-in", Ct)).ShouldContain("__RequestVerificationToken");
    }
}

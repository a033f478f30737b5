using System.Data.Common;
using System.Reflection;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>Brings the database to this build's schema, once, whoever starts first.</summary>
public static class DatabaseSchema
{
    /// <summary>The lock name all hosts agree on.</summary>
    private const long LockKey = 0x43524D464C4F57;

    /// <summary>
    /// Applies the migrations of the context the factory makes (the provider's derived context in Host); a context without migrations gets its tables
    /// created (tests). Throws <see cref="NewerSchemaException"/> when the database was made by a newer build.
    /// </summary>
    public static async Task PrepareAsync(DatabaseOptions options, Func<DbContext> create, CancellationToken ct)
    {
        await using var db = create();
        if (await IsCurrentAsync(options, db.GetType(), ct)) return;
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(options.SqliteFile)!);
            await ApplyAsync(db, ct);
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", ct);
            return;
        }
        if (options.Provider == DatabaseProvider.SqlServer || !await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct))
        {
            // SQL Server: EF's own migration lock. PostgreSQL without a database: nothing to lock in yet, and creating it twice fails cleanly.
            await ApplyAsync(db, ct);
            return;
        }
        await db.Database.OpenConnectionAsync(ct);
        await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_lock({LockKey})", ct);
        try
        {
            await ApplyAsync(db, ct);
        }
        finally
        {
            await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    /// <summary>
    /// Whether exactly the context's migrations are applied, asked without EF: its model is built for every context type, and migrating compares two
    /// models even when there is nothing to do. That was half of a start.
    /// </summary>
    private static async Task<bool> IsCurrentAsync(DatabaseOptions options, Type context, CancellationToken ct)
    {
        var known = context.Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Migration)) && t.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
            .Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().ToHashSet();
        if (known.Count == 0) return false;
        try
        {
            await using DbConnection connection = options.Provider switch
            {
                DatabaseProvider.Sqlite => new SqliteConnection(
                    new SqliteConnectionStringBuilder(options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString),
                DatabaseProvider.PostgreSql => new NpgsqlConnection(options.ConnectionString),
                _ => new SqlConnection(options.ConnectionString),
            };
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"";
            await using var reader = await command.ExecuteReaderAsync(ct);
            var applied = new HashSet<string>();
            while (await reader.ReadAsync(ct)) applied.Add(reader.GetString(0));
            return applied.SetEquals(known);
        }
        catch (DbException)
        {
            return false; // no database or no table yet, or a server that is not there: the whole way makes it or says so
        }
    }

    private static async Task ApplyAsync(DbContext db, CancellationToken ct)
    {
        var known = db.Database.GetMigrations().ToList();
        if (known.Count == 0)
        {
            await db.Database.EnsureCreatedAsync(ct);
            return;
        }
        if (await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(ct))
        {
            var unknown = (await db.Database.GetAppliedMigrationsAsync(ct)).Except(known).FirstOrDefault();
            if (unknown is not null) throw new NewerSchemaException(unknown);
        }
        await db.Database.MigrateAsync(ct);
    }
}

/// <summary>The database was migrated by a newer build; this one would damage it.</summary>
public sealed class NewerSchemaException(string migration)
    : Exception($"The database has the migration '{migration}', which this build does not know. Start the newer build, or restore a backup made before the upgrade.");

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace CrmFlow.Runtime;

/// <summary>Brings the database to this build's schema, once, whoever starts first.</summary>
public static class DatabaseSchema
{
    /// <summary>The lock name all hosts agree on.</summary>
    private const long LockKey = 0x43524D464C4F57;

    /// <summary>
    /// Applies the migrations of the context the factory makes (the provider's derived context in Host); a context without migrations gets its tables created
    /// (tests). Throws <see cref="NewerSchemaException"/> when the database was made by a newer build.
    /// </summary>
    public static async Task PrepareAsync(DatabaseOptions options, Func<DbContext> create, CancellationToken ct)
    {
        await using var db = create();
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

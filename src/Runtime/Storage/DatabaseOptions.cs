using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace CrmFlow.Runtime;

public enum DatabaseProvider { Sqlite, PostgreSql, SqlServer }

/// <summary>
/// Where the data is: configuration <c>Database:Provider</c> (Sqlite, PostgreSql, SqlServer; default Sqlite) and <c>Database:ConnectionString</c>
/// (default <c>crmflow.db</c> in the <see cref="DataFolder"/>).
/// </summary>
public sealed record DatabaseOptions(DatabaseProvider Provider, string ConnectionString)
{
    public static DatabaseOptions From(IConfiguration configuration)
    {
        var named = configuration["Database:Provider"];
        if (!Enum.TryParse<DatabaseProvider>(named ?? nameof(DatabaseProvider.Sqlite), ignoreCase: true, out var provider))
            throw new InvalidOperationException($"Database:Provider is '{named}'. Use Sqlite, PostgreSql or SqlServer.");
        var connection = configuration["Database:ConnectionString"];
        if (string.IsNullOrWhiteSpace(connection))
            connection = provider == DatabaseProvider.Sqlite
                ? new SqliteConnectionStringBuilder { DataSource = Path.Combine(DataFolder.Of(configuration), "crmflow.db") }.ConnectionString
                : throw new InvalidOperationException($"Database:ConnectionString is missing; {provider} needs one.");
        return new DatabaseOptions(provider, provider == DatabaseProvider.PostgreSql ? WithoutGssQuestion(connection) : connection);
    }

    /// <summary>
    /// Npgsql asks a server first whether it encrypts through GSS, and when that ends badly (the server is just going away, a balancer hangs up) it
    /// opens the connection a second time and keeps one that fails at every command from then on (its issues 6415 and 6506). Who wants GSS encryption
    /// says Require.
    /// </summary>
    private static string WithoutGssQuestion(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        if (settings.GssEncryptionMode == GssEncryptionMode.Prefer) settings.GssEncryptionMode = GssEncryptionMode.Disable;
        return settings.ConnectionString;
    }

    /// <summary>The SQLite file; throws for another provider.</summary>
    public string SqliteFile => Path.GetFullPath(new SqliteConnectionStringBuilder(ConnectionString).DataSource);

    /// <summary>
    /// Sets a context up for this database: for migrations, design time and schema work. Commands and queries get theirs from the runtime.
    /// </summary>
    public void Configure(DbContextOptionsBuilder builder, string? migrationsAssembly = null)
    {
        switch (Provider)
        {
            case DatabaseProvider.Sqlite:
                builder.UseSqlite(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly));
                builder.ReplaceService<IMigrationsSqlGenerator, SqliteClusteredTables>();
                break;
            case DatabaseProvider.PostgreSql: builder.UseNpgsql(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly)); break;
            default: builder.UseSqlServer(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly)); break;
        }
        builder.ReplaceService<IModelCacheKeyFactory, ContributionsModelKey>();
    }
}

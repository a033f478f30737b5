using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;

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
            connection = provider == DatabaseProvider.Sqlite ? new SqliteConnectionStringBuilder { DataSource = Path.Combine(DataFolder.Of(configuration), "crmflow.db") }.ConnectionString : throw new InvalidOperationException($"Database:ConnectionString is missing; {provider} needs one.");
        return new DatabaseOptions(provider, connection);
    }

    /// <summary>The SQLite file; throws for another provider.</summary>
    public string SqliteFile => Path.GetFullPath(new SqliteConnectionStringBuilder(ConnectionString).DataSource);

    /// <summary>Sets a context up for this database: for migrations, design time and schema work. Commands and queries get theirs from the runtime.</summary>
    public void Configure(DbContextOptionsBuilder builder, string? migrationsAssembly = null)
    {
        switch (Provider)
        {
            case DatabaseProvider.Sqlite: builder.UseSqlite(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly)); break;
            case DatabaseProvider.PostgreSql: builder.UseNpgsql(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly)); break;
            default: builder.UseSqlServer(ConnectionString, o => o.MigrationsAssembly(migrationsAssembly)); break;
        }
        builder.ReplaceService<IModelCacheKeyFactory, ContributionsModelKey>();
    }
}

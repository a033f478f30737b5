using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Migrations;

/// <summary>One context per provider, so that each has migrations of its own over the same model.</summary>
internal sealed class SqliteCrmDbContext(DbContextOptions<SqliteCrmDbContext> options, IEnumerable<ModelContribution> contributions)
    : CrmDbContext(options, contributions);

internal sealed class PostgreSqlCrmDbContext(DbContextOptions<PostgreSqlCrmDbContext> options, IEnumerable<ModelContribution> contributions)
    : CrmDbContext(options, contributions);

internal sealed class SqlServerCrmDbContext(DbContextOptions<SqlServerCrmDbContext> options, IEnumerable<ModelContribution> contributions)
    : CrmDbContext(options, contributions);

internal static class Contexts
{
    public static DbContext Create(DatabaseOptions database, IEnumerable<ModelContribution> contributions) => database.Provider switch
    {
        DatabaseProvider.Sqlite => new SqliteCrmDbContext(Options<SqliteCrmDbContext>(database), contributions),
        DatabaseProvider.PostgreSql => new PostgreSqlCrmDbContext(Options<PostgreSqlCrmDbContext>(database), contributions),
        _ => new SqlServerCrmDbContext(Options<SqlServerCrmDbContext>(database), contributions),
    };

    private static DbContextOptions<T> Options<T>(DatabaseOptions database) where T : DbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        database.Configure(builder, typeof(Contexts).Assembly.GetName().Name);
        return builder.Options;
    }
}

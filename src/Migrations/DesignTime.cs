using CrmFlow.Composition;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Migrations;

/// <summary>For <c>eng/migrations.sh</c> only: the whole model without a running application or a database.</summary>
internal abstract class DesignTimeFactory<T>(DatabaseOptions database) : IDesignTimeDbContextFactory<T> where T : CrmDbContext
{
    public T CreateDbContext(string[] args)
    {
        using var services = new ServiceCollection().AddModules().BuildServiceProvider();
        return (T)Contexts.Create(database, services.GetServices<ModelContribution>());
    }
}

internal sealed class SqliteDesignTime() : DesignTimeFactory<SqliteCrmDbContext>(new(DatabaseProvider.Sqlite, "Data Source=design.db"));

internal sealed class PostgreSqlDesignTime()
    : DesignTimeFactory<PostgreSqlCrmDbContext>(new(DatabaseProvider.PostgreSql, "Host=localhost;Database=design"));

internal sealed class SqlServerDesignTime()
    : DesignTimeFactory<SqlServerCrmDbContext>(new(DatabaseProvider.SqlServer, "Server=localhost;Database=design;TrustServerCertificate=true"));

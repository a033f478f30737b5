using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore.Design;

namespace CrmFlow.Host.Migrations;

/// <summary>For <c>eng/migrations.sh</c> only: the whole model without a running application or a database.</summary>
internal abstract class DesignTimeFactory<T>(DatabaseOptions database) : IDesignTimeDbContextFactory<T> where T : CrmDbContext
{
    public T CreateDbContext(string[] args)
    {
        using var services = new ServiceCollection().AddIdentity().AddTasks().AddCustomers().AddSales().AddAgents().AddService().AddCare().BuildServiceProvider();
        return (T)Contexts.Create(database, services.GetServices<ModelContribution>());
    }
}

internal sealed class SqliteDesignTime() : DesignTimeFactory<SqliteCrmDbContext>(new DatabaseOptions(DatabaseProvider.Sqlite, "Data Source=design.db"));

internal sealed class PostgreSqlDesignTime() : DesignTimeFactory<PostgreSqlCrmDbContext>(new DatabaseOptions(DatabaseProvider.PostgreSql, "Host=localhost;Database=design"));

internal sealed class SqlServerDesignTime() : DesignTimeFactory<SqlServerCrmDbContext>(new DatabaseOptions(DatabaseProvider.SqlServer, "Server=localhost;Database=design;TrustServerCertificate=true"));

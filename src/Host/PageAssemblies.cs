using System.Reflection;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;

namespace CrmFlow.Host;

/// <summary>The modules' assemblies, where pages are looked for beside this one.</summary>
internal static class PageAssemblies
{
    public static readonly Assembly[] All = [typeof(IdentityModule).Assembly, typeof(TasksModule).Assembly, typeof(CustomersModule).Assembly, typeof(SalesModule).Assembly, typeof(AgentsModule).Assembly, typeof(ServiceModule).Assembly, typeof(CareModule).Assembly];
}

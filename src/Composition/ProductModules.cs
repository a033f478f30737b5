using System.Reflection;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Composition;

/// <summary>One module of the product: the class that registers it, and how.</summary>
public sealed record ProductModule(Type Registration, Func<IServiceCollection, IServiceCollection> Add)
{
    public Assembly Assembly => Registration.Assembly;
}

/// <summary>
/// The modules the product is made of, in the order they are registered. Host, migrations, tests and benches read this one list; a module that is not
/// in it fails a test.
/// </summary>
public static class ProductModules
{
    public static IReadOnlyList<ProductModule> All { get; } =
    [
        new(typeof(IdentityModule), s => s.AddIdentity()),
        new(typeof(TasksModule), s => s.AddTasks()),
        new(typeof(CustomersModule), s => s.AddCustomers()),
        new(typeof(SalesModule), s => s.AddSales()),
        new(typeof(AgentsModule), s => s.AddAgents()),
        new(typeof(ServiceModule), s => s.AddService()),
        new(typeof(CareModule), s => s.AddCare()),
    ];

    public static IServiceCollection AddModules(this IServiceCollection services) => All.Aggregate(services, (all, module) => module.Add(all));
}

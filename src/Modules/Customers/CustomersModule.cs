using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Customers;

/// <summary>Everything the module brings, by name.</summary>
public static class CustomersModule
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddTexts(typeof(CustomersModule).Assembly);
}

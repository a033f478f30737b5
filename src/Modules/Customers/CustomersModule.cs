using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Customers;

/// <summary>Everything the module brings, by name.</summary>
public static class CustomersModule
{
    /// <summary>Sees customers and agents.</summary>
    public const string ViewRight = "customer.view";

    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddTexts(typeof(CustomersModule).Assembly)
        .AddRight(ViewRight, "customers.rights")
        .AddModel(Configure)
        .AddScoped<ListParties>();

    private static void Configure(ModelBuilder model) => model.Entity<Party>(party =>
    {
        party.HasIndex(p => p.No).IsUnique();
        party.HasIndex(p => new { p.Type, p.Name, p.Id });
    });
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Sales;

/// <summary>Everything the module brings, by name.</summary>
public static class SalesModule
{
    /// <summary>Sees products and sales records.</summary>
    public const string ViewRight = "sale.view";

    public static IServiceCollection AddSales(this IServiceCollection services) => services
        .AddTexts(typeof(SalesModule).Assembly)
        .AddRight(ViewRight, "sales.rights")
        .AddModel(Configure)
        .AddScoped<ListSales>().AddScoped<ListProducts>();

    private static void Configure(ModelBuilder model)
    {
        model.Entity<Product>().HasIndex(p => p.Code).IsUnique();
        model.Entity<SalesRecord>(sale =>
        {
            sale.Ignore(s => s.IsFullyPaid);
            sale.HasIndex(s => new { s.AgentId, s.SaleDate });
            sale.HasIndex(s => new { s.SaleDate, s.Id });
            sale.HasIndex(s => s.SaleOrderNo);
            sale.HasOne<Party>().WithMany().HasForeignKey(s => s.CustomerId).OnDelete(DeleteBehavior.Restrict);
            sale.HasOne<Party>().WithMany().HasForeignKey(s => s.AgentId).OnDelete(DeleteBehavior.Restrict);
            sale.HasOne<Product>().WithMany().HasForeignKey(s => s.ProductId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}

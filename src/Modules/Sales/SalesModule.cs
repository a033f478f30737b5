using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
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
        .AddGrant(ViewRight, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance, ShippedRoles.Sales)
        .AddScoped<ListSales>().AddScoped<ListProducts>()
        .AddMenu(new("/sales", "sales.sales", "receipt_long", "customers.menu", 310, Access.Staff(ViewRight)) { StaffOnly = true })
        .AddMenu(new("/sales", "sales.my", "inventory_2", "sales.my-business", 40, Access.AgentsOnly) { AgentOnly = true })
        .AddMenu(new("/products", "sales.products", "deployed_code", "customers.menu", 320, ListProducts.Operation.Access) { StaffOnly = true })
        .AddSearch<SaleSearch>();

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

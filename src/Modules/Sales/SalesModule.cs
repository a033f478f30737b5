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
        .AddMenu(new("/sales", "sales.list", "receipt_long", "customers.menu", 310, Access.Staff(ViewRight)))
        .AddMenu(new("/sales", "sales.mine", "receipt_long", "sales.menu.business", 40, Access.AgentsOnly) { AgentOnly = true })
        .AddSearch<SaleSearch>()
        .AddDemoData<DemoSales>()
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

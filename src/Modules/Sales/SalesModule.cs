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
    public static IServiceCollection AddSales(this IServiceCollection services)
    {
        foreach (var right in SalesRights.All) services.AddRight(right, "sales.rights");
        string[] everyone = [ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance, ShippedRoles.Sales];
        return services
            .AddTexts(typeof(SalesModule).Assembly)
            .AddRecordType(SaleSaved.RecordType)
            .AddModel(SalesModel.Configure)
            .AddSalesDictionaries()
            .AddSetting(AuthorizationNumbering.Pattern, "sales.settings", AuthorizationNumbering.CheckPattern)
            .AddGrant(SalesRights.View, everyone)
            .AddGrant(SalesRights.Edit, ShippedRoles.Commerce, ShippedRoles.Sales)
            .AddGrant(SalesRights.Reissue, ShippedRoles.Commerce)
            .AddGrant(SalesRights.Export, ShippedRoles.Commerce, ShippedRoles.Leader, ShippedRoles.Finance)
            .AddGrant(SalesRights.EditProducts, ShippedRoles.Commerce)
            .AddGrant(SalesRights.ViewOpportunities, everyone)
            .AddGrant(SalesRights.EditOpportunities, ShippedRoles.Commerce, ShippedRoles.Sales)
            .AddMenu(new("/sales", "sales.list", "receipt_long", "customers.menu", 310, Access.Staff(SalesRights.View)))
            .AddMenu(new("/sales", "sales.mine", "receipt_long", "sales.menu.business", 40, Access.AgentsOnly) { AgentOnly = true })
            .AddSearch<SaleSearch>()
            .AddDemoData<DemoSales>()
            .AddScoped<ListSales>().AddScoped<ListProducts>();
    }
}

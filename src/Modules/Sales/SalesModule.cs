using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
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
            .AddTexts(typeof(SalesModule).Assembly).AddOperations(typeof(SalesModule).Assembly)
            .AddRecordType(SaleSaved.RecordType)
            .AddModel(SalesModel.Configure).AddScope<SalesRecord>(SalesScope.OfSales).AddScope<Opportunity>(SalesScope.OfOpportunities)
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
            .AddMenu(new("/opportunities", "sales.opportunities", "track_changes", "customers.menu", 315,
                Access.Staff(SalesRights.ViewOpportunities)))
            .AddMenu(new("/products", "sales.products", "inventory_2", "customers.menu", 340, Access.Staff(SalesRights.View)))
            .AddRecordType(SaveOpportunity.RecordType)
            .AddSubject<OpportunitySubject>(Opportunity.Subject)
            .AddPartyPanel(new(typeof(Pages.SalesPanel), PartyTab.Trade, 200, Access.Staff(SalesRights.View)))
            .AddPartyPanel(new(typeof(Pages.OpportunitiesPanel), PartyTab.Info, 210, Access.Staff(SalesRights.ViewOpportunities)))
            .AddPartyAction(new("sales.new", "receipt_long", "/sales/new?customer={0}", 110, SaveSale.Operation.Access) { Only = PartyType.Customer })
            .AddPartyAction(new("sales.opportunity.new", "track_changes", "/opportunities/new?customer={0}", 120, SaveOpportunity.Operation.Access))
            .AddActivity<ReadAgentSales>().AddActivity<IssueAuthorizationNumber>().AddActivity<CreateOpportunity>()
            .AddList<SaleList>().AddList<ProductList>().AddList<OpportunityList>()
            .AddScoped<SaleRecords>().AddScoped<SaveSale>().AddScoped<IssueNumber>().AddScoped<ProductQueries>().AddScoped<SaveProduct>().AddScoped<OpportunityQueries>().AddScoped<SaveOpportunity>();
    }
}

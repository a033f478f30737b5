using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
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
        .AddSingleton(new AgentLookup(FindAgentsAsync, AgentNamesAsync))
        .AddGrant(ViewRight, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance, ShippedRoles.Sales)
        .AddMenu(new("/customers", "customers.list", "groups", "customers.menu", 300, Access.Staff(ViewRight)))
        .AddSearch<CustomerSearch>()
        .AddDemoData<DemoParties>()
        .AddScoped<ListParties>();

    private static Task<List<AgentName>> FindAgentsAsync(CrmDbContext db, string text, int take, CancellationToken ct) =>
        db.Set<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent && (text == "" || p.Name.Contains(text))).OrderBy(p => p.Name).ThenBy(p => p.Id)
            .Take(take).Select(p => new AgentName(p.Id, p.Name)).ToListAsync(ct);

    private static Task<Dictionary<Guid, string>> AgentNamesAsync(CrmDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        db.Set<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent && ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);

    private static void Configure(ModelBuilder model) => model.Entity<Party>(party =>
    {
        party.HasIndex(p => p.No).IsUnique();
        party.HasIndex(p => new { p.Type, p.Name, p.Id });
    });
}

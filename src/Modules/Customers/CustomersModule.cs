using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Customers;

/// <summary>Everything the module brings, by name.</summary>
public static class CustomersModule
{
    public static IServiceCollection AddCustomers(this IServiceCollection services)
    {
        foreach (var right in CustomersRights.All) services.AddRight(right, "customers.rights");
        string[] everyone = [ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance, ShippedRoles.Sales];
        return services
            .AddTexts(typeof(CustomersModule).Assembly).AddOperations(typeof(CustomersModule).Assembly)
            .AddModel(CustomersModel.Configure).AddScope<Party>(PartyScope.Of).AddScope<Contact>(ContactScope.Of)
            .AddPartyDictionaries()
            .AddSingleton(new AgentLookup(FindAgentsAsync, AgentNamesAsync))
            .AddGrant(CustomersRights.View, everyone)
            .AddGrant(CustomersRights.ViewDepartment, ShippedRoles.Sales)
            .AddGrant(CustomersRights.ViewAll, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance)
            .AddGrant(CustomersRights.Edit, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales)
            .AddGrant(CustomersRights.Import, ShippedRoles.Commerce)
            .AddGrant(CustomersRights.Export, ShippedRoles.Commerce, ShippedRoles.Leader)
            .AddGrant(CustomersRights.Personal, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales)
            .AddMenu(new("/customers", "customers.list", "groups", "customers.menu", 300, Access.Staff(CustomersRights.View)))
            .AddSearch<CustomerSearch>()
            .AddDemoData<DemoParties>()
            .AddMenu(new("/contacts", "customers.contacts", "contacts", "customers.menu", 305, Access.Staff(CustomersRights.View)))
            .AddRecordType(SaveParty.RecordType).AddRecordType(SaveContact.RecordType)
            .AddPartyPanel(new(typeof(Pages.ContactsPanel), PartyTab.Info, 100, Access.Staff(CustomersRights.View)))
            .AddPartyAction(new("customers.contact.new", "person_add", "/contacts/new?party={0}", 100, SaveContact.Operation.Access))
            .AddActivity<FindCustomer>().AddActivity<ReadCustomer>().AddActivity<UpdateCustomer>()
            .AddList<CustomerList>().AddList<AgentPartyList>().AddList<ContactList>()
            .AddJob<ImportJob>(ImportJob.Kind).AddScoped<ImportCustomers>().AddScoped<GetParty>().AddScoped<FindParties>().AddScoped<SaveParty>().AddScoped<ContactQueries>().AddScoped<SaveContact>();
    }

    private static Task<List<AgentName>> FindAgentsAsync(CrmDbContext db, string text, int take, CancellationToken ct) =>
        db.All<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent && (text == "" || p.Name.Contains(text))).OrderBy(p => p.Name)
            .ThenBy(p => p.Id)
            .Take(take).Select(p => new AgentName(p.Id, p.Name)).ToListAsync(ct);

    private static Task<Dictionary<Guid, string>> AgentNamesAsync(CrmDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        db.All<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent && ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);
}

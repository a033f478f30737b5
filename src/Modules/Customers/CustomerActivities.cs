using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>What a process calls a customer: its own words, also where a field is empty.</summary>
internal static class CustomerValue
{
    public static Value Of(Party party) => Value.Object([("id", party.Id), ("type", party.Type.ToString()), ("ownerId", party.OwnerId is { } owner ? Value.From(owner) : Value.Null), ("departmentKey", party.DepartmentKey is { } key ? Value.From(key) : Value.Null),
        .. PartyForm.Form.Fields.Select(f => (f.Key, RecordForm<Party>.TextOf(f.Get(party)) is { } text ? Value.From(text) : Value.Null))]);
}

/// <summary>Finds a customer or agent by number, exact name or phone.</summary>
[Activity("Customers.FindCustomer", Outcomes = ["Found", "NotFound"])]
internal sealed class FindCustomer(Command cmd) : IActivity
{
    /// <summary>客户编号.</summary>
    [Input] public string? No { get; set; }
    [Input] public string? Name { get; set; }
    [Input] public string? Phone { get; set; }
    [Output] public Guid CustomerId { get; private set; }
    [Output] public Value Customer { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var parties = cmd.Db.VisibleParties(cmd.Actor).AsNoTracking();
        var key = string.IsNullOrWhiteSpace(Name) ? null : PartyNames.Key(Name);
        if (string.IsNullOrWhiteSpace(No) && key is null && string.IsNullOrWhiteSpace(Phone)) return ActivityResult.Complete("NotFound");
        if (!string.IsNullOrWhiteSpace(No)) parties = parties.Where(p => p.No == No);
        if (key is not null) parties = parties.Where(p => p.NameKey == key);
        if (!string.IsNullOrWhiteSpace(Phone)) parties = parties.Where(p => p.OfficePhone == Phone || p.MobilePhone == Phone || cmd.Db.Set<Contact>().Any(c => c.PartyId == p.Id && (c.MobilePhone == Phone || c.OfficePhone == Phone)));
        if (await parties.OrderBy(p => p.No).FirstOrDefaultAsync(ct) is not { } party) return ActivityResult.Complete("NotFound");
        (CustomerId, Customer) = (party.Id, CustomerValue.Of(party));
        return ActivityResult.Complete("Found");
    }
}

/// <summary>Reads a customer or agent with its contacts.</summary>
[Activity("Customers.ReadCustomer", Outcomes = ["Found", "NotFound"])]
internal sealed class ReadCustomer(Command cmd) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    [Output] public Value Customer { get; private set; }
    /// <summary>A list, the primary contact first.</summary>
    [Output] public Value Contacts { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (await cmd.Db.VisibleParties(cmd.Actor).SingleOrDefaultAsync(p => p.Id == CustomerId, ct) is not { } party) return ActivityResult.Complete("NotFound");
        var contacts = await cmd.Db.VisibleContacts(cmd.Actor).AsNoTracking().Where(c => c.PartyId == CustomerId).OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Name).ThenBy(c => c.Id).Take(200).ToListAsync(ct);
        Customer = CustomerValue.Of(party);
        Contacts = Value.List(contacts.Select(c => Value.Object(("id", c.Id), ("name", c.Name), ("jobTitle", c.JobTitle ?? ""), ("mobilePhone", c.MobilePhone ?? ""), ("officePhone", c.OfficePhone ?? ""), ("email", c.Email ?? ""), ("isPrimary", c.IsPrimary))));
        return ActivityResult.Complete("Found");
    }
}

/// <summary>Changes fields of a customer or agent; the same checks as the form. A refused value is an incident of the step, and nothing is changed.</summary>
[Activity("Customers.UpdateCustomer")]
internal sealed class UpdateCustomer(Command cmd, Dictionaries dictionaries) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    /// <summary>An object by field: <c>{ level: "key", stage: "deal" }</c>; what is not named stays.</summary>
    [Input] public Value Fields { get; set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var party = await cmd.Db.Set<Party>().Include(p => p.Anniversaries).SingleOrDefaultAsync(p => p.Id == CustomerId, ct) ?? throw new InvalidOperationException($"Customer {CustomerId} does not exist.");
        var values = Fields.Kind == ValueKind.Object ? Fields.Members.ToDictionary(m => m.Key, m => m.Value.IsNothing ? null : m.Value.ToText()) : throw new InvalidOperationException("The input 'fields' is not an object of field values, such as { level: \"key\" }.");
        if (values.Keys.FirstOrDefault(k => PartyForm.Form.Fields.All(f => f.Key != k)) is { } unknown) throw new InvalidOperationException($"A customer has no field '{unknown}'. The fields are {string.Join(", ", PartyForm.Form.Fields.Select(f => f.Key))}.");
        if (await SaveParty.ChangeAsync(cmd, await dictionaries.ReadAsync(cmd.Db, ct), party, new PartyInput(values), despiteDuplicates: true, ct) is { } refused)
            throw new InvalidOperationException($"Customer {party.No} was not changed: {refused.Key} {string.Join(", ", refused.Args)}");
        context.Record("customer", party.No);
        return ActivityResult.Complete();
    }
}

using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>What a process calls a customer: its own words, also where a field is empty.</summary>
internal static class CustomerValue
{
    public static Value Of(Party party) => Value.Object([("id", party.Id), ("type", party.Type.ToString()),
        ("ownerId", party.OwnerId is { } owner ? Value.From(owner) : Value.Null),
        ("departmentKey", party.DepartmentKey is { } key ? Value.From(key) : Value.Null),
        .. PartyForm.Form.Fields.Select(f => (f.Key, RecordForm<Party>.TextOf(f.Get(party)) is { } text ? Value.From(text) : Value.Null))]);
}

/// <summary>
/// Finds a customer or agent by number, by name without what differs by habit, or by a phone of its own or of one of its contacts, told with or
/// without spaces and hyphens; the first by number where several have it. A process reads as the system: what it finds does not depend on whose
/// decision woke it.
/// </summary>
[Activity("Customers.FindCustomer", Outcomes = ["Found", "NotFound"])]
internal sealed class FindCustomer(Command cmd) : IActivity
{
    /// <summary>客户编号.</summary>
    [Input] public string? No { get; set; }
    /// <summary>客户名称; not <c>name</c>, which every step has of its own.</summary>
    [Input] public string? CustomerName { get; set; }
    [Input] public string? Phone { get; set; }
    [Output] public Guid CustomerId { get; private set; }
    [Output] public Value Customer { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var parties = cmd.Db.All<Party>().AsNoTracking();
        var key = string.IsNullOrWhiteSpace(CustomerName) ? null : PartyNames.Key(CustomerName);
        var digits = Digits(Phone);
        if (string.IsNullOrWhiteSpace(No) && key is null && digits.Length == 0) return ActivityResult.Complete("NotFound");
        if (!string.IsNullOrWhiteSpace(No)) parties = parties.Where(p => p.No == No.Trim());
        if (key is not null) parties = parties.Where(p => p.NameKey == key);
        if (digits.Length > 0)
            parties = parties.Where(p =>
                p.OfficePhone!.Replace("-", "").Replace(" ", "") == digits || p.MobilePhone!.Replace("-", "").Replace(" ", "") == digits
                || cmd.Db.All<Contact>().Any(c => c.PartyId == p.Id && (c.MobilePhone!.Replace("-", "").Replace(" ", "") == digits
                    || c.OfficePhone!.Replace("-", "").Replace(" ", "") == digits)));
        if (await parties.OrderBy(p => p.No).FirstOrDefaultAsync(ct) is not { } party) return ActivityResult.Complete("NotFound");
        (CustomerId, Customer) = (party.Id, CustomerValue.Of(party));
        return ActivityResult.Complete("Found");
    }

    private static string Digits(string? phone) => phone is null ? "" : phone.Normalize(System.Text.NormalizationForm.FormKC).Replace("-", "",
        StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}

/// <summary>Reads a customer or agent with its contacts, as the system does.</summary>
[Activity("Customers.ReadCustomer", Outcomes = ["Found", "NotFound"])]
internal sealed class ReadCustomer(Command cmd) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    [Output] public Value Customer { get; private set; }
    /// <summary>A list, the primary contact first.</summary>
    [Output] public Value Contacts { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (await cmd.Db.All<Party>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == CustomerId, ct) is not { } party)
            return ActivityResult.Complete("NotFound");
        var contacts = await cmd.Db.All<Contact>().AsNoTracking().Where(c => c.PartyId == CustomerId).OrderByDescending(c => c.IsPrimary)
            .ThenBy(c => c.Name).ThenBy(c => c.Id).Take(200).ToListAsync(ct);
        Customer = CustomerValue.Of(party);
        Contacts = Value.List(contacts.Select(c => Value.Object(("id", c.Id), ("name", c.Name), ("jobTitle", c.JobTitle ?? ""),
            ("mobilePhone", c.MobilePhone ?? ""), ("officePhone", c.OfficePhone ?? ""), ("email", c.Email ?? ""), ("isPrimary", c.IsPrimary))));
        return ActivityResult.Complete("Found");
    }
}

/// <summary>
/// Changes fields of a customer or agent; the same checks as the form. A refused value is an incident of the step, and nothing is changed.
/// </summary>
[Activity("Customers.UpdateCustomer")]
internal sealed class UpdateCustomer(Command cmd, Dictionaries dictionaries, Texts texts) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    /// <summary>An object by field: <c>{ level: "key", stage: "deal" }</c>; what is not named stays.</summary>
    [Input] public Value Fields { get; set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var party = await cmd.Db.All<Party>().Include(p => p.Anniversaries).SingleOrDefaultAsync(p => p.Id == CustomerId, ct)
            ?? throw new InvalidOperationException($"Customer {CustomerId} does not exist.");
        var values = Fields.Kind == ValueKind.Object ? Fields.Members.ToDictionary(m => m.Key, m => m.Value.IsNothing ? null : m.Value.ToText())
            : throw new InvalidOperationException("The input 'fields' is not an object of field values, such as { level: \"key\" }.");
        if (values.Keys.FirstOrDefault(k => PartyForm.Form.Fields.All(f => f.Key != k)) is { } unknown)
            throw new InvalidOperationException(
            $"A customer has no field '{unknown}'. The fields are {string.Join(", ", PartyForm.Form.Fields.Select(f => f.Key))}.");
        if (await SaveParty.ChangeAsync(cmd, await dictionaries.ReadAsync(cmd.Db, ct), party, new PartyInput(values), despiteDuplicates: true, ct,
            Actor.System) is { } refused)
            throw new InvalidOperationException($"Customer {party.No} was not changed: {texts.OfAll(refused)}");
        context.Record("customer", party.No);
        return ActivityResult.Complete();
    }
}

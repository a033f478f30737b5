using System.Linq.Expressions;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>Customers or agents: the same list filtered by type (002 note ⑤, CUS-09, CUS-10).</summary>
internal abstract class PartyList(ListServices services, PartyType type) : RecordList<Party>(services)
{
    public override (string, bool) DefaultOrder => ("changedAt", true);
    public override string Href(Guid id) => PartyRoutes.Page(type, id);
    public override IReadOnlyList<ListView> Views => type == PartyType.Agent ? [] :
        [new("mine", "customers.view.mine"), new("today", "customers.view.today"), new("week", "customers.view.week"),
            new("month", "customers.view.month"), new("recent", "customers.view.recent")];

    protected override Expression<Func<Party, Guid>> Id => p => p.Id;
    protected override IQueryable<Party> Rows(CrmDbContext db, Actor actor) => db.Visible<Party>(actor).Where(p => p.Type == type);

    protected override Expression<Func<Party, bool>>? InView(string view, Actor actor, BusinessTime time)
    {
        if (view == "mine") return p => p.OwnerId == actor.UserId;
        var today = time.Today;
        DateOnly? from = view switch
        {
            "today" => today, "week" => today.AddDays(-(((int)today.DayOfWeek + 6) % 7)), "month" =>
                new DateOnly(today.Year, today.Month, 1), "recent" => today.AddMonths(-1), _ => null,
        };
        if (from is not { } day) return null;
        var since = time.At(day, TimeOnly.MinValue);
        return view == "recent" ? p => p.ChangedAt >= since : p => p.CreatedAt >= since;
    }

    protected override IEnumerable<ListField<Party>> Define()
    {
        string[] columns = ["level", "officePhone", "city"];
        string[] searched = ["name", "no", "contactName", "officePhone", "mobilePhone"];
        yield return new ListField<Party, string>("name", "customers.field.name", FieldKind.Text, p =>
            p.Name) { IsColumn = true, IsSortable = true, IsSearched = true };
        yield return new ListField<Party, string>("no", "customers.field.no", FieldKind.Text, p =>
            p.No) { IsColumn = true, IsSortable = true, IsSearched = true };
        yield return new ListField<Party, string?>("contactName", "customers.field.contact-name", FieldKind.Text, p =>
            p.ContactName) { IsColumn = true, IsSearched = true };
        foreach (var field in PartyForm.Form.Fields.Where(f =>
            f.Key is not ("name" or "no" or "contactName") && f.Kind is FieldKind.Text or FieldKind.Choice))
            yield return new ListField<Party, string?>(field.Key, field.Text, field.Kind, Property(field.Key)) { Dictionary = field.Dictionary,
                IsColumn = columns.Contains(field.Key), IsSearched = searched.Contains(field.Key) };
        yield return new ListField<Party, DateOnly?>("foundedOn", "customers.field.founded-on", FieldKind.Date, p => p.FoundedOn);
        yield return new ListField<Party, Guid?>("owner", "customers.field.owner", FieldKind.Person, p => p.OwnerId) { IsColumn = true };
        yield return new ListField<Party, Guid>("createdBy", "customers.field.created-by", FieldKind.Person, p => p.CreatedBy);
        yield return new ListField<Party, DateTimeOffset>("createdAt", "customers.field.created-at", FieldKind.Instant, p => p.CreatedAt);
        yield return new ListField<Party, DateTimeOffset>("changedAt", "customers.field.changed-at", FieldKind.Instant, p =>
            p.ChangedAt) { IsColumn = true, IsSortable = true };
    }

    private static Expression<Func<Party, string?>> Property(string key)
    {
        var party = Expression.Parameter(typeof(Party));
        return Expression.Lambda<Func<Party, string?>>(Expression.Property(party, char.ToUpperInvariant(key[0]) + key[1..]), party);
    }
}

internal sealed class CustomerList(ListServices services) : PartyList(services, PartyType.Customer)
{
    private static readonly Operation See = new("Customers.ListCustomers", Access.Staff(CustomersRights.View)),
        Take = new("Customers.ExportCustomers", Access.Staff(CustomersRights.Export));
    public override string Key => "customers.customer";
    public override string Title => "customers.list";
    public override Operation Operation => See;
    public override Operation Export => Take;
}

internal sealed class AgentPartyList(ListServices services) : PartyList(services, PartyType.Agent)
{
    private static readonly Operation See = new("Customers.ListAgents", Access.Staff(CustomersRights.View)),
        Take = new("Customers.ExportAgents", Access.Staff(CustomersRights.Export));
    public override string Key => "customers.agent";
    public override string Title => "customers.agents";
    public override Operation Operation => See;
    public override Operation Export => Take;
}

/// <summary>Addresses of the same pages for both types.</summary>
public static class PartyRoutes
{
    public static string List(PartyType type) => type == PartyType.Agent ? "/agents" : "/customers";
    public static string Page(PartyType type, Guid id) => $"{List(type)}/{id}";
}

/// <summary>One customer or agent with the names its page shows.</summary>
/// <param name="MayEdit">Whether the actor may change it.</param>
public sealed record PartyView(Party Party, DictionaryBook Book, string? OwnerName, string CreatedByName, string ChangedByName, bool MayEdit)
{
    public PartyHead Head => new(Party.Id, Party.Type, Party.No, Party.Name);
}

public sealed class GetParty(WorkflowRuntime runtime, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Customers.GetParty", Access.Staff(CustomersRights.View));

    public Task<Result<PartyView>> HandleAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<PartyView>(Operation, actor, async db =>
        {
            if (await db.Visible<Party>(actor).AsNoTracking().Include(p => p.Anniversaries)
                .SingleOrDefaultAsync(p => p.Id == id, ct) is not { } party) return new NotFound();
            var names = await db.UsersByIdAsync([.. new[] { party.OwnerId, party.CreatedBy, party.ChangedBy }.OfType<Guid>().Distinct()], ct);
            string? Name(Guid? user) => user is { } key ? names.GetValueOrDefault(key)?.Name : null;
            return new PartyView(party, await dictionaries.ReadAsync(db, ct), Name(party.OwnerId), Name(party.CreatedBy) ?? "",
                Name(party.ChangedBy) ?? "", actor.Has(CustomersRights.Edit));
        }, ct);
}

/// <summary>The first customers or agents whose name or number contains a text: what pickers ask.</summary>
public sealed class FindParties(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Customers.FindParties", Access.Staff(CustomersRights.View));

    public Task<Result<IReadOnlyList<PickerItem>>> HandleAsync(Actor actor, PartyType? type, string text, int take, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<PickerItem>>(Operation, actor, async db =>
        {
            var pattern = SearchEverything.Pattern(text.Trim());
            return await db.Visible<Party>(actor).AsNoTracking()
                .Where(p => (type == null || p.Type == type) && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\")))
                .OrderBy(p => p.Name).ThenBy(p => p.Id).Take(take).Select(p => new PickerItem(p.Id, p.Name, p.No)).ToListAsync(ct);
        }, ct);
}

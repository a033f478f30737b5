using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using static CrmFlow.Runtime.RecordFields;

namespace CrmFlow.Sales;

/// <summary>The typed fields of T-05.</summary>
internal static class OpportunityForm
{
    public static readonly RecordForm<Opportunity> Form = new(
        Field("stage", "dictionary.sales.opportunity-stage", (Opportunity o) =>
            o.Stage, FieldKind.Choice) with { Dictionary = SalesDictionaries.OpportunityStage, Required = true },
        Field("closeBy", "sales.opportunity.close-by", (Opportunity o) => o.CloseBy) with { Required = true },
        Field("quantity", "sales.field.quantity", (Opportunity o) => o.Quantity) with { Required = true, Min = 1, Max = 100_000 },
        Field("probability", "sales.opportunity.probability", (Opportunity o) => o.Probability) with { Max = 100, Unit = "sales.percent" },
        Field("expectedAmount", "sales.opportunity.expected", (Opportunity o) => o.ExpectedAmount) with { Unit = "ui.yuan" },
        Field("description", "sales.opportunity.description", (Opportunity o) => o.Description) with { Lines = 4, MaxLength = 4000 },
        Field("sourcePerson", "sales.field.source-person", (Opportunity o) => o.SourcePerson) with { MaxLength = 50 },
        Field("remarks", "sales.field.remarks", (Opportunity o) => o.Remarks) with { Lines = 2, MaxLength = 2000 });
}

/// <summary>An opportunity as a form hands it over.</summary>
/// <param name="State">Null keeps it; winning and losing are said here too.</param>
public sealed record OpportunityInput(Dictionary<string, string?> Values, Guid CustomerId, Guid? ProductId = null, Guid? SalesRepId = null,
    OpportunityState? State = null);

/// <summary>Enters or changes an opportunity (T-05, SAL-01).</summary>
internal sealed class SaveOpportunity(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Sales.SaveOpportunity", Access.Staff(SalesRights.EditOpportunities));
    public const string RecordType = "Sales.Opportunity";

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid? id, int? expectedRevision, OpportunityInput input,
        CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { id, expectedRevision, input }, async cmd =>
        {
            var opportunity = id is null ? null : await cmd.Db.Visible<Opportunity>(actor).SingleOrDefaultAsync(o => o.Id == id, ct);
            if (id is not null && opportunity is null) return new NotFound();
            if (opportunity is not null && expectedRevision is { } expected && expected != opportunity.Revision)
                return await SaleRecords.StaleAsync(cmd.Db, opportunity, time, ct);
            return await SaveAsync(cmd, await dictionaries.ReadAsync(cmd.Db, ct), opportunity, input, ct);
        }, ct);

    /// <summary>Inside any command.</summary>
    /// <param name="by">Whose customers count, and who sells when nobody is named; null: whoever gave the command.</param>
    public static async Task<Result<Guid>> SaveAsync(Command cmd, DictionaryBook book, Opportunity? opportunity, OpportunityInput input,
        CancellationToken ct, Actor? by = null)
    {
        var (isNew, actor) = (opportunity is null, by ?? cmd.Actor);
        var missing = isNew && input.CustomerId == Guid.Empty ? FieldRefused.Required("customer", "sales.field.customer") : null;
        if (isNew && missing is null && !await cmd.Db.Visible<Party>(actor).AnyAsync(p => p.Id == input.CustomerId, ct))
            return new NotFound { Field = "customer" };
        if (input.ProductId is { } product && !await cmd.Db.All<Product>().AnyAsync(p => p.Id == product, ct))
            return new NotFound { Field = "product" };
        var rep = input.SalesRepId ?? (isNew && actor.Kind == ActorKind.Staff ? actor.UserId : null);
        if (rep is { } person && person != opportunity?.SalesRepId && await cmd.Db.FindUserAsync(person, ct) is not { Kind: ActorKind.Staff })
            return new NotFound { Field = "salesRep" };
        opportunity ??= new Opportunity { Id = cmd.NewId(), CustomerId = input.CustomerId, Stage = "", CloseBy = default };
        var before = isNew ? null : OpportunityForm.Form.Read(opportunity, Actor.System);
        if (Problem.Together([missing, OpportunityForm.Form.Write(opportunity, input.Values, actor, book)]) is { } wrong) return wrong;
        (opportunity.ProductId, opportunity.SalesRepId) = (input.ProductId, rep);
        if (input.State is { } state) opportunity.State = state;
        if (isNew) cmd.Db.Add(opportunity);
        if (!cmd.Changes(opportunity)) return opportunity.Id;
        cmd.Audit("opportunity", opportunity.Id, before, OpportunityForm.Form.Read(opportunity, Actor.System));
        var customer = await cmd.Db.All<Party>().Where(p => p.Id == opportunity.CustomerId).Select(p => p.Name).SingleAsync(ct);
        await cmd.RecordSavedAsync(RecordType, opportunity.Id, customer, isNew ? RecordChange.Created : RecordChange.Changed,
            Value.Object(("customerId", opportunity.CustomerId), ("stage", opportunity.Stage), ("state", opportunity.State.ToString()),
            ("closeBy", Days.Iso(opportunity.CloseBy)), ("salesRepId", rep is { } who ? Value.From(who) : Value.Null),
                ("expectedAmount", opportunity.ExpectedAmount is { } amount ? Value.From(amount) : Value.Null)), ct);
        return opportunity.Id;
    }
}

/// <summary>An opportunity in a list, beside what it names.</summary>
internal sealed class OpportunityRow
{
    public required Opportunity Opportunity { get; init; }
    public required string CustomerName { get; init; }
    public string? ProductName { get; init; }
}

internal sealed class OpportunityList(ListServices services) : RecordList<OpportunityRow>(services)
{
    private static readonly Operation See = new("Sales.ListOpportunities", Access.Staff(SalesRights.ViewOpportunities)),
        Take = new("Sales.ExportOpportunities", Access.Staff(SalesRights.Export));
    public override string Key => "sales.opportunity";
    public override string Title => "sales.opportunities";
    public override Operation Operation => See;
    public override Operation Export => Take;
    public override (string, bool) DefaultOrder => ("closeBy", false);
    public override string Href(Guid id) => $"/opportunities/{id}";
    public override IReadOnlyList<ListView> Views => [new("open", "sales.view.open"), new("mine", "sales.view.my-open"),
        new("overdue", "sales.view.overdue"), new("won", "sales.view.won"), new("lost", "sales.view.lost")];
    protected override Expression<Func<OpportunityRow, Guid>> Id => r => r.Opportunity.Id;

    protected override IQueryable<OpportunityRow> Rows(CrmDbContext db, Actor actor) =>
        from opportunity in db.Visible<Opportunity>(actor)
        join customer in db.All<Party>() on opportunity.CustomerId equals customer.Id
        join product in db.All<Product>() on opportunity.ProductId equals (Guid?)product.Id into products
        from product in products.DefaultIfEmpty()
        select new OpportunityRow { Opportunity = opportunity, CustomerName = customer.Name, ProductName = product == null ? null : product.Name };

    protected override Expression<Func<OpportunityRow, bool>>? InView(string view, Actor actor, BusinessTime time)
    {
        var today = time.Today;
        return view switch
        {
            "open" => r => r.Opportunity.State == OpportunityState.Open,
            "mine" => r => r.Opportunity.State == OpportunityState.Open && r.Opportunity.SalesRepId == actor.UserId,
            "overdue" => r => r.Opportunity.State == OpportunityState.Open && r.Opportunity.CloseBy < today,
            "won" => r => r.Opportunity.State == OpportunityState.Won,
            "lost" => r => r.Opportunity.State == OpportunityState.Lost,
            _ => null,
        };
    }

    protected override IEnumerable<ListField<OpportunityRow>> Define()
    {
        yield return new ListField<OpportunityRow, string>("customer", "sales.field.customer", FieldKind.Text, r =>
            r.CustomerName) { IsColumn = true, IsSearched = true };
        yield return new ListField<OpportunityRow, string?>("product", "sales.field.product", FieldKind.Text, r =>
            r.ProductName) { IsColumn = true, IsSearched = true };
        yield return new ListField<OpportunityRow, string>("stage", "dictionary.sales.opportunity-stage", FieldKind.Choice, r =>
            r.Opportunity.Stage) { IsColumn = true, Dictionary = SalesDictionaries.OpportunityStage };
        yield return new ListField<OpportunityRow, OpportunityState>("state", "sales.opportunity.state", FieldKind.Choice, r =>
            r.Opportunity.State) { IsColumn = true, EnumTexts = "sales.opportunity.state" };
        yield return new ListField<OpportunityRow, DateOnly>("closeBy", "sales.opportunity.close-by", FieldKind.Date, r =>
            r.Opportunity.CloseBy) { IsColumn = true, IsSortable = true };
        yield return new ListField<OpportunityRow, Guid?>("salesRep", "sales.field.sales-rep", FieldKind.Person, r =>
            r.Opportunity.SalesRepId) { IsColumn = true };
        yield return new ListField<OpportunityRow, int?>("probability", "sales.opportunity.probability", FieldKind.Number, r =>
            r.Opportunity.Probability) { IsColumn = true };
        yield return new ListField<OpportunityRow, decimal?>("expected", "sales.opportunity.expected-yuan", FieldKind.Money, r =>
            r.Opportunity.ExpectedAmount) { IsColumn = true };
        yield return new ListField<OpportunityRow, int>("quantity", "sales.field.quantity", FieldKind.Number, r => r.Opportunity.Quantity);
        yield return new ListField<OpportunityRow, string?>("description", "sales.opportunity.description", FieldKind.Text, r =>
            r.Opportunity.Description) { IsSearched = true };
        yield return new ListField<OpportunityRow, DateTimeOffset>("createdAt", "sales.field.created-at", FieldKind.Instant, r =>
            r.Opportunity.CreatedAt);
    }
}

/// <summary>An opportunity with the names its page shows.</summary>
public sealed record OpportunityView(Opportunity Opportunity, string CustomerName, PartyType CustomerType, string? ProductName, string? SalesRepName,
    DictionaryBook Book, string CreatedByName, string ChangedByName, bool MayEdit);

public sealed record OpportunityLine(Guid Id, string? ProductName, string Stage, OpportunityState State, DateOnly CloseBy, decimal? ExpectedAmount);

internal sealed class OpportunityQueries(WorkflowRuntime runtime, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Sales.ReadOpportunities", Access.Staff(SalesRights.ViewOpportunities));

    public Task<Result<OpportunityView>> GetAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<OpportunityView>(Operation, actor, async db =>
        {
            if (await db.Visible<Opportunity>(actor).AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct) is not { } o) return new NotFound();
            var customer = await db.All<Party>().AsNoTracking().Where(p => p.Id == o.CustomerId).Select(p => new { p.Name, p.Type }).SingleAsync(ct);
            var product = o.ProductId is { } key ? await db.All<Product>().AsNoTracking().Where(p => p.Id == key).Select(p => p.Name).SingleAsync(ct)
                : null;
            var names = await db.UsersByIdAsync([.. new[] { o.SalesRepId, o.CreatedBy, o.ChangedBy }.OfType<Guid>().Distinct()], ct);
            return new OpportunityView(o, customer.Name, customer.Type, product, o.SalesRepId is { } rep ? names.GetValueOrDefault(rep)?.Name : null,
                await dictionaries.ReadAsync(db, ct),
                names.GetValueOrDefault(o.CreatedBy)?.Name ?? "", names.GetValueOrDefault(o.ChangedBy)?.Name ?? "",
                    actor.Has(SalesRights.EditOpportunities));
        }, ct);

    /// <summary>Open ones first, nearest deadline first.</summary>
    public Task<Result<IReadOnlyList<OpportunityLine>>> OfPartyAsync(Actor actor, Guid partyId, int take, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<OpportunityLine>>(Operation, actor, async db =>
        {
            var book = await dictionaries.ReadAsync(db, ct);
            var rows = await db.Visible<Opportunity>(actor).AsNoTracking().Where(o => o.CustomerId == partyId)
                .OrderBy(o => o.State == OpportunityState.Open ? 0 : 1).ThenBy(o => o.CloseBy).ThenBy(o => o.Id)
                .Select(o => new { o.Id, Product = db.All<Product>().Where(p => p.Id == o.ProductId).Select(p => p.Name).FirstOrDefault(), o.Stage,
                    o.State, o.CloseBy, o.ExpectedAmount }).Take(take).ToListAsync(ct);
            return rows.ConvertAll(o =>
                new OpportunityLine(o.Id, o.Product, book.Label(SalesDictionaries.OpportunityStage, o.Stage), o.State, o.CloseBy, o.ExpectedAmount));
        }, ct);
}

/// <summary>合同文件: seen with the opportunity, added by whoever may change it.</summary>
internal sealed class OpportunitySubject : ISubject
{
    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        db.Visible<Opportunity>(actor).AnyAsync(o => o.Id == id, ct);
    public async Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        actor.Has(SalesRights.EditOpportunities) && await MaySeeAsync(db, actor, id, ct);
}

using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>A sale in a list, beside what it names.</summary>
internal sealed class SaleRow
{
    public required SalesRecord Sale { get; init; }
    public required string ProductName { get; init; }
    public required string CustomerName { get; init; }
    public string? AgentName { get; init; }
}

/// <summary>Sales lines, newest first. An agent sees the lines sold through it.</summary>
internal sealed class SaleList(ListServices services) : RecordList<SaleRow>(services)
{
    private static readonly Operation See = new("Sales.ListSales", Access.AgentsAndStaff(SalesRights.View)),
        Take = new("Sales.ExportSales", Access.Staff(SalesRights.Export));
    public override string Key => "sales.sale";
    public override string Title => "sales.list";
    public override Operation Operation => See;
    public override Operation Export => Take;
    public override (string, bool) DefaultOrder => ("saleDate", true);
    public override string Href(Guid id) => $"/sales/{id}";
    public override IReadOnlyList<ListView> Views =>
        [new("mine", "sales.view.mine"), new("unpaid", "sales.view.unpaid"), new("unnumbered", "sales.view.unnumbered")];
    protected override Expression<Func<SaleRow, Guid>> Id => r => r.Sale.Id;

    protected override IQueryable<SaleRow> Rows(CrmDbContext db, Actor actor) =>
        from sale in db.Visible<SalesRecord>(actor)
        join product in db.All<Product>() on sale.ProductId equals product.Id
        join customer in db.All<Party>() on sale.CustomerId equals customer.Id
        join agent in db.All<Party>() on sale.AgentId equals (Guid?)agent.Id into agents
        from agent in agents.DefaultIfEmpty()
        select new SaleRow { Sale = sale, ProductName = product.Name, CustomerName = customer.Name, AgentName = agent == null ? null : agent.Name };

    protected override Expression<Func<SaleRow, bool>>? InView(string view, Actor actor, BusinessTime time) => view switch
    {
        "mine" => r => r.Sale.SalesRepId == actor.UserId || r.Sale.CreatedBy == actor.UserId,
        "unpaid" => r => r.Sale.AmountReceived < r.Sale.AmountReceivable,
        "unnumbered" => r => r.Sale.ServiceAuthorizationNo == null,
        _ => null,
    };

    protected override IEnumerable<ListField<SaleRow>> Define()
    {
        yield return new ListField<SaleRow, string>("saleOrderNo", "sales.field.order-no", FieldKind.Text, r =>
            r.Sale.SaleOrderNo) { IsColumn = true, IsSearched = true };
        yield return new ListField<SaleRow, DateOnly>("saleDate", "sales.field.sale-date", FieldKind.Date, r =>
            r.Sale.SaleDate) { IsColumn = true, IsSortable = true };
        yield return new ListField<SaleRow, string>("customer", "sales.field.customer", FieldKind.Text, r =>
            r.CustomerName) { IsColumn = true, IsSearched = true };
        yield return new ListField<SaleRow, string>("product", "sales.field.product", FieldKind.Text, r =>
            r.ProductName) { IsColumn = true, IsSearched = true };
        yield return new ListField<SaleRow, string?>("agent", "sales.field.agent", FieldKind.Text, r =>
            r.AgentName) { IsColumn = true, IsSearched = true };
        yield return new ListField<SaleRow, string?>("authorizationNo", "sales.field.authorization-no", FieldKind.Text, r =>
            r.Sale.ServiceAuthorizationNo) { IsColumn = true, IsSearched = true };
        yield return new ListField<SaleRow, int>("quantity", "sales.field.quantity", FieldKind.Number, r => r.Sale.Quantity) { IsColumn = true };
        yield return new ListField<SaleRow, decimal>("receivable", "sales.field.receivable-yuan", FieldKind.Money, r =>
            r.Sale.AmountReceivable) { IsColumn = true };
        yield return new ListField<SaleRow, decimal>("received", "sales.field.received-yuan", FieldKind.Money, r =>
            r.Sale.AmountReceived) { IsColumn = true };
        yield return new ListField<SaleRow, decimal?>("productValue", "sales.field.product-value-yuan", FieldKind.Money, r => r.Sale.ProductValue);
        yield return new ListField<SaleRow, decimal?>("discount", "sales.field.discount", FieldKind.Percent, r => r.Sale.PickupDiscount);
        yield return new ListField<SaleRow, string?>("areaCode", "dictionary.customer.area-code", FieldKind.Choice, r =>
            r.Sale.AreaCode) { Dictionary = PartyDictionaries.AreaCode };
        yield return new ListField<SaleRow, string?>("industryCode", "dictionary.sales.authorization-industry", FieldKind.Choice, r =>
            r.Sale.IndustryCode) { Dictionary = SalesDictionaries.AuthorizationIndustry };
        yield return new ListField<SaleRow, Guid?>("salesRep", "sales.field.sales-rep", FieldKind.Person, r => r.Sale.SalesRepId);
        yield return new ListField<SaleRow, string?>("salesRepName", "sales.field.sales-rep-name", FieldKind.Text, r => r.Sale.SalesRepName);
        yield return new ListField<SaleRow, string?>("remarks", "sales.field.remarks", FieldKind.Text, r => r.Sale.Remarks);
        yield return new ListField<SaleRow, DateTimeOffset>("createdAt", "sales.field.created-at", FieldKind.Instant, r => r.Sale.CreatedAt);
    }
}

/// <summary>A sale with the names its page shows.</summary>
public sealed record SaleView(SalesRecord Sale, string CustomerName, PartyType CustomerType, string? AgentName, string ProductName,
    string? SalesRepName, DictionaryBook Book, IReadOnlyList<AuthorizationNumber> Numbers, string CreatedByName, string ChangedByName, bool MayEdit);

/// <summary>A line in a related list.</summary>
public sealed record SaleLine(Guid Id, string SaleOrderNo, DateOnly SaleDate, string ProductName, string CustomerName, int Quantity,
    decimal AmountReceivable, decimal AmountReceived, string? AuthorizationNo);

/// <param name="Total">应收 of all, also of those not shown.</param>
public sealed record SaleLines(IReadOnlyList<SaleLine> Lines, int Count, decimal Total);

/// <summary>Sales for pages, panels and activities.</summary>
internal sealed class SaleRecords(WorkflowRuntime runtime, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Sales.ReadSales", Access.AgentsAndStaff(SalesRights.View));

    public Task<Result<SaleView>> GetAsync(Actor actor, Guid id, CancellationToken ct) => runtime.ReadAsync<SaleView>(Operation, actor, async db =>
    {
        if (await db.Visible<SalesRecord>(actor).AsNoTracking().Include(s => s.Dongles).SingleOrDefaultAsync(s => s.Id == id, ct) is not { } sale)
            return new NotFound();
        var parties = await db.All<Party>().AsNoTracking().Where(p => p.Id == sale.CustomerId || p.Id == sale.AgentId)
            .Select(p => new { p.Id, p.Name, p.Type }).ToDictionaryAsync(p => p.Id, ct);
        var product = await db.All<Product>().AsNoTracking().Where(p => p.Id == sale.ProductId).Select(p => p.Name).SingleAsync(ct);
        var names = await db.UsersByIdAsync([.. new[] { sale.SalesRepId, sale.CreatedBy, sale.ChangedBy }.OfType<Guid>().Distinct()], ct);
        var numbers = await db.All<AuthorizationNumber>().AsNoTracking().Where(n => n.SalesRecordId == id).OrderByDescending(n => n.IssuedAt)
            .ToListAsync(ct);
        return new SaleView(sale, parties[sale.CustomerId].Name, parties[sale.CustomerId].Type,
            sale.AgentId is { } agent ? parties[agent].Name : null, product, sale.SalesRepId is { } rep ? names.GetValueOrDefault(rep)?.Name : null,
            await dictionaries.ReadAsync(db, ct), numbers, names.GetValueOrDefault(sale.CreatedBy)?.Name ?? "",
                names.GetValueOrDefault(sale.ChangedBy)?.Name ?? "", actor.Kind != ActorKind.Agent && actor.Has(SalesRights.Edit));
    }, ct);

    /// <summary>The latest sales to a customer, or through an agent.</summary>
    public Task<Result<SaleLines>> OfPartyAsync(Actor actor, Guid partyId, int take, CancellationToken ct) =>
        runtime.ReadAsync<SaleLines>(Operation, actor, async db =>
        {
            var sales = db.Visible<SalesRecord>(actor).AsNoTracking().Where(s => s.CustomerId == partyId || s.AgentId == partyId);
            var lines = await (from s in sales
                               join product in db.All<Product>() on s.ProductId equals product.Id
                               join customer in db.All<Party>() on s.CustomerId equals customer.Id
                               orderby s.SaleDate descending, s.Id descending
                               select new SaleLine(s.Id, s.SaleOrderNo, s.SaleDate, product.Name, customer.Name, s.Quantity, s.AmountReceivable,
                                   s.AmountReceived, s.ServiceAuthorizationNo)).Take(take).ToListAsync(ct);
            // Summed here: SQLite keeps decimals as text and cannot add them exactly. The cap keeps one giant customer from costing everybody.
            var amounts = await sales.Select(s => s.AmountReceivable).Take(RecordList.CountCap + 1).ToListAsync(ct);
            return new SaleLines(lines, amounts.Count, amounts.Sum());
        }, ct);

    public static async Task<ChangedMeanwhile> StaleAsync(CrmDbContext db, BusinessRecord record, BusinessTime time, CancellationToken ct)
    {
        var by = (await db.UsersByIdAsync([record.ChangedBy], ct)).GetValueOrDefault(record.ChangedBy)?.Name ?? "—";
        return new ChangedMeanwhile(by, time.Local(record.ChangedAt).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
    }
}

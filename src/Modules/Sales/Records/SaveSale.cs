using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>A sales line as a form hands it over.</summary>
/// <param name="Dongles">加密狗号; null leaves them as they are.</param>
public sealed record SaleInput(Dictionary<string, string?> Values, Guid CustomerId, Guid ProductId, Guid? AgentId = null, Guid? SalesRepId = null,
    IReadOnlyList<string>? Dongles = null);

/// <summary>What people should know of a saved sale though it was saved.</summary>
public sealed record SaleResult(Guid Id, string? AuthorizationNo, IReadOnlyList<string> Warnings);

/// <summary>
/// Enters or changes a sales line (T-04). A new line gets its authorization number in the same command when it is asked for (R-NUM-1). Area and
/// industry come from customer and product when nobody typed others (R-NUM-2); once the number is issued, year, area and industry change only by a
/// re-issue.
/// </summary>
internal sealed class SaveSale(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Sales.SaveSale", Access.Staff(SalesRights.Edit));

    /// <param name="issueNumber">Also gives the line its authorization number; without area or industry the whole is refused.</param>
    public Task<Result<SaleResult>> HandleAsync(Actor actor, Guid operationId, Guid? id, int? expectedRevision, SaleInput input, bool issueNumber,
        CancellationToken ct) =>
        runtime.ExecuteAsync<SaleResult>(Operation, actor, operationId, new { id, expectedRevision, input, issueNumber }, async cmd =>
        {
            var sale = id is null ? null : await cmd.Db.Visible<SalesRecord>(actor).Include(s => s.Dongles).SingleOrDefaultAsync(s => s.Id == id, ct);
            if (id is not null && sale is null) return new NotFound();
            if (sale is not null && expectedRevision is { } expected && expected != sale.Revision)
                return await SaleRecords.StaleAsync(cmd.Db, sale, time, ct);
            return await SaveAsync(cmd, await dictionaries.ReadAsync(cmd.Db, ct), sale, input, issueNumber, ct);
        }, ct);

    /// <summary>Inside any command.</summary>
    public static async Task<Result<SaleResult>> SaveAsync(Command cmd, DictionaryBook book, SalesRecord? sale, SaleInput input, bool issueNumber,
        CancellationToken ct)
    {
        var isNew = sale is null;
        var customer = await cmd.Db.Visible<Party>(cmd.Actor).SingleOrDefaultAsync(p => p.Id == input.CustomerId, ct);
        if (customer is null && input.CustomerId != Guid.Empty && sale?.CustomerId != input.CustomerId) return new NotFound { Field = "customer" };
        if (input.AgentId is { } agent && sale?.AgentId != agent
            && !await cmd.Db.Visible<Party>(cmd.Actor).AnyAsync(p => p.Id == agent && p.Type == PartyType.Agent, ct)) return new NotFound {
            Field = "agent" };
        var product = await cmd.Db.All<Product>().SingleOrDefaultAsync(p => p.Id == input.ProductId, ct);
        if (input.SalesRepId is { } rep && sale?.SalesRepId != rep && await cmd.Db.FindUserAsync(rep, ct) is not { Kind: ActorKind.Staff })
            return new NotFound { Field = "salesRep" };

        sale ??= new SalesRecord { Id = cmd.NewId(), SaleOrderNo = "", SaleDate = default, CustomerId = input.CustomerId, ProductId = input.ProductId,
            Quantity = 1, AmountReceivable = 0, AmountReceived = 0 };
        var before = isNew ? null : SaleForm.Form.Read(sale, Actor.System);
        var (order, numbered) = (sale.SaleOrderNo, (sale.SaleDate.Year, sale.AreaCode, sale.IndustryCode));

        // Nothing typed is filled in from what is known (R-NUM-2, C-25).
        var values = new Dictionary<string, string?>(input.Values);
        if (isNew)
        {
            Default("areaCode", customer?.AreaCode);
            Default("industryCode", product?.IndustryCode);
            Default("productValue", RecordForm<SalesRecord>.TextOf(product?.ListPrice));
            Default("amountReceived", "0");
            var (quantity, value, discount) = (Number("quantity"), Number("productValue"), Number("pickupDiscount"));
            Default("amountReceivable", RecordForm<SalesRecord>.TextOf(SalesRecord.Receivable(value, discount ?? 1, (int)(quantity ?? 1))));
        }
        if (Problem.Together(
            [
                input.CustomerId == Guid.Empty ? FieldRefused.Required("customer", "sales.field.customer") : null,
                product is null ? FieldRefused.Required("product", "sales.field.product") : null,
                SaleForm.Form.Write(sale, values, cmd.Actor, book),
            ]) is { } wrong) return wrong;
        (sale.CustomerId, sale.ProductId, sale.AgentId, sale.SalesRepId) = (input.CustomerId, input.ProductId, input.AgentId, input.SalesRepId);
        if (sale.ServiceAuthorizationNo is { } no && numbered != (sale.SaleDate.Year, sale.AreaCode, sale.IndustryCode)) return new NumberFixed(no);
        if (SalesRecord.Receivable(sale.ProductValue, sale.PickupDiscount, sale.Quantity) is { } computed && computed != sale.AmountReceivable
            && string.IsNullOrWhiteSpace(sale.ReceivableReason)) return new ReceivableNeedsReason(computed, sale.AmountReceivable);
        if (string.IsNullOrEmpty(sale.SaleOrderNo))
            sale.SaleOrderNo = isNew
            ? $"XS{sale.SaleDate:yyyyMM}{await cmd.NextInSeriesAsync("sale-order", sale.SaleDate.Year * 100 + sale.SaleDate.Month, ct):0000}" : order;
        if (isNew || sale.SaleOrderNo != order)
            sale.LineNo = 1 + (await cmd.Db.All<SalesRecord>().Where(s => s.SaleOrderNo == sale.SaleOrderNo && s.Id != sale.Id)
                .MaxAsync(s => (int?)s.LineNo, ct) ?? 0);

        var dongles = sale.Dongles.Select(d => d.DongleNo).ToHashSet();
        if (await AssignDonglesAsync(cmd, sale, input.Dongles, isNew, ct) is { } refused) return refused;
        if (isNew) cmd.Db.Add(sale);
        if (issueNumber && sale.ServiceAuthorizationNo is null && (await AuthorizationNumbering.IssueAsync(cmd, sale, ct)).Problem is { } unnumbered)
            return unnumbered;
        if (cmd.Changes(sale, parts: !dongles.SetEquals(sale.Dongles.Select(d => d.DongleNo))))
        {
            cmd.Audit("sale", sale.Id, before, SaleForm.Form.Read(sale, Actor.System));
            await cmd.SaleSavedAsync(sale, isNew ? RecordChange.Created : RecordChange.Changed, ct);
        }

        List<string> warnings = [];
        if (sale.Dongles.Count < sale.Quantity) warnings.Add("sales.warning.fewer-dongles");
        if (sale.AmountReceived > sale.AmountReceivable) warnings.Add("sales.warning.received-more");
        return new SaleResult(sale.Id, sale.ServiceAuthorizationNo, warnings);

        void Default(string key, string? value) { if (string.IsNullOrWhiteSpace(values.GetValueOrDefault(key))) values[key] = value; }
        decimal? Number(string key) => decimal.TryParse(values.GetValueOrDefault(key), System.Globalization.NumberStyles.Number,
            System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : null;
    }

    private static async Task<Problem?> AssignDonglesAsync(Command cmd, SalesRecord sale, IReadOnlyList<string>? asked, bool isNew,
        CancellationToken ct)
    {
        if (asked is null) return sale.Dongles.Count > sale.Quantity ? new TooManyDongles(sale.Dongles.Count, sale.Quantity) : null;
        var numbers = asked.Select(d => d.Trim()).Where(d => d.Length > 0).ToList();
        if (numbers.Count > sale.Quantity) return new TooManyDongles(numbers.Count, sale.Quantity);
        if (numbers.FirstOrDefault(d => d.Length > 100) is { } longOne) return new DongleTaken(longOne[..100], "");
        if (numbers.GroupBy(d => d, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return new DongleTaken(twice.Key, sale.SaleOrderNo);
        var taken = await cmd.Db.All<DongleAssignment>().Where(d => numbers.Contains(d.DongleNo) && d.SalesRecordId != sale.Id)
            .Join(cmd.Db.All<SalesRecord>(), d => d.SalesRecordId, s => s.Id, (d, s) => new { d.DongleNo, s.SaleOrderNo }).FirstOrDefaultAsync(ct);
        if (taken is not null) return new DongleTaken(taken.DongleNo, taken.SaleOrderNo);
        foreach (var gone in sale.Dongles.Where(d => !numbers.Contains(d.DongleNo)).ToList())
        {
            sale.Dongles.Remove(gone);
            cmd.Db.Remove(gone);
        }
        foreach (var fresh in numbers.Where(n => sale.Dongles.All(d => d.DongleNo != n)))
        {
            var dongle = new DongleAssignment { Id = cmd.NewId(), SalesRecordId = sale.Id, DongleNo = fresh };
            sale.Dongles.Add(dongle);
            if (!isNew) cmd.Db.Add(dongle);
        }
        return null;
    }
}

/// <summary>Issues the authorization number of a saved line, or a new one in its place (R-NUM-1).</summary>
internal sealed class IssueNumber(WorkflowRuntime runtime)
{
    public static readonly Operation Issue = new("Sales.IssueNumber", Access.Staff(SalesRights.Edit));
    public static readonly Operation Reissue = new("Sales.ReissueNumber", Access.Staff(SalesRights.Reissue));

    public Task<Result<string>> IssueAsync(Actor actor, Guid operationId, Guid saleId, CancellationToken ct) =>
        runtime.ExecuteAsync<string>(Issue, actor, operationId, new { saleId }, async cmd =>
        {
            if (await cmd.Db.Visible<SalesRecord>(actor).SingleOrDefaultAsync(s => s.Id == saleId, ct) is not { } sale) return new NotFound();
            var issued = await AuthorizationNumbering.IssueAsync(cmd, sale, ct);
            if (issued.Failed) return issued;
            cmd.Audit("sale", sale.Id, null, new { sale.ServiceAuthorizationNo });
            await cmd.SaleSavedAsync(sale, RecordChange.Changed, ct);
            return issued;
        }, ct);

    /// <param name="areaCode">And <paramref name="industryCode"/>: what the new number is made from; null keeps the sale's.</param>
    public Task<Result<string>> ReissueAsync(Actor actor, Guid operationId, Guid saleId, string? areaCode, string? industryCode, string? reason,
        CancellationToken ct) =>
        runtime.ExecuteAsync<string>(Reissue, actor, operationId, new { saleId, areaCode, industryCode, reason }, async cmd =>
        {
            if (string.IsNullOrWhiteSpace(reason)) return FieldRefused.Required("reason", "sales.reissue.reason");
            if (await cmd.Db.Visible<SalesRecord>(actor).SingleOrDefaultAsync(s => s.Id == saleId, ct) is not { } sale) return new NotFound();
            var old = sale.ServiceAuthorizationNo;
            (sale.AreaCode, sale.IndustryCode) = (areaCode ?? sale.AreaCode, industryCode ?? sale.IndustryCode);
            var issued = await AuthorizationNumbering.ReissueAsync(cmd, sale, reason.Trim(), ct);
            if (issued.Failed) return issued;
            cmd.Audit("sale", sale.Id, new { ServiceAuthorizationNo = old }, new { sale.ServiceAuthorizationNo, reason });
            await cmd.SaleSavedAsync(sale, RecordChange.Changed, ct);
            return issued;
        }, ct);
}

internal sealed record NumberFixed(string No) : Problem("sales.problem.number-fixed", No);
internal sealed record ReceivableNeedsReason : Problem
{
    public ReceivableNeedsReason(decimal computed, decimal typed)
        : base("sales.problem.receivable-reason", Ui.Formats.Money(computed), Ui.Formats.Money(typed)) => Field = "receivableReason";
}
internal sealed record TooManyDongles : Problem
{
    public TooManyDongles(int dongles, int quantity) : base("sales.problem.too-many-dongles", dongles, quantity) => Field = "dongles";
}
internal sealed record DongleTaken : Problem
{
    public DongleTaken(string no, string order) : base("sales.problem.dongle-taken", no, order) => Field = "dongles";
}

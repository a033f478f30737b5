using System.Linq.Expressions;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using static CrmFlow.Runtime.RecordFields;

namespace CrmFlow.Sales;

internal static class ProductForm
{
    public static readonly RecordForm<Product> Form = new(
        Field("code", "sales.product.code", (Product p) => p.Code) with { Required = true, MaxLength = 40 },
        Field("name", "sales.product.name", (Product p) => p.Name) with { Required = true, MaxLength = 200 },
        Field("listPrice", "sales.field.product-value", (Product p) => p.ListPrice) with { Unit = "ui.yuan" },
        Field("industryCode", "dictionary.sales.authorization-industry", (Product p) =>
            p.IndustryCode, FieldKind.Choice) with { Dictionary = SalesDictionaries.AuthorizationIndustry, Help = "sales.product.industry-help" },
        Field("isActive", "sales.product.active", (Product p) => p.IsActive),
        Field("remarks", "sales.field.remarks", (Product p) => p.Remarks) with { Lines = 2, MaxLength = 2000 });
}

internal sealed class ProductList(ListServices services) : RecordList<Product>(services)
{
    private static readonly Operation See = new("Sales.ListProducts", Access.Staff(SalesRights.View)),
        Take = new("Sales.ExportProducts", Access.Staff(SalesRights.Export));
    public override string Key => "sales.product";
    public override string Title => "sales.products";
    public override Operation Operation => See;
    public override Operation Export => Take;
    public override (string, bool) DefaultOrder => ("code", false);
    public override string Href(Guid id) => $"/products/{id}";
    protected override Expression<Func<Product, Guid>> Id => p => p.Id;
    protected override IQueryable<Product> Rows(CrmDbContext db, Actor actor) => db.All<Product>();

    protected override IEnumerable<ListField<Product>> Define()
    {
        yield return new ListField<Product, string>("name", "sales.product.name", FieldKind.Text, p => p.Name) { IsColumn = true, IsSearched = true };
        yield return new ListField<Product, string>("code", "sales.product.code", FieldKind.Text, p =>
            p.Code) { IsColumn = true, IsSearched = true, IsSortable = true };
        yield return new ListField<Product, string?>("industryCode", "dictionary.sales.authorization-industry", FieldKind.Choice, p =>
            p.IndustryCode) { IsColumn = true, Dictionary = SalesDictionaries.AuthorizationIndustry };
        yield return new ListField<Product, bool>("isActive", "sales.product.active", FieldKind.Boolean, p => p.IsActive) { IsColumn = true };
        yield return new ListField<Product, decimal?>("listPrice", "sales.field.product-value-yuan", FieldKind.Money, p =>
            p.ListPrice) { IsColumn = true };
    }
}

internal sealed class SaveProduct(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Sales.SaveProduct", Access.Staff(SalesRights.EditProducts));

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid? id, int? expectedRevision, Dictionary<string, string?> values,
        CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { id, expectedRevision, values }, async cmd =>
        {
            var product = id is null ? new Product { Id = cmd.NewId(), Code = "", Name = "" }
                : await cmd.Db.All<Product>().SingleOrDefaultAsync(p => p.Id == id, ct);
            if (product is null) return new NotFound();
            if (expectedRevision is { } expected && expected != product.Revision) return await SaleRecords.StaleAsync(cmd.Db, product, time, ct);
            var before = id is null ? null : ProductForm.Form.Read(product, Actor.System);
            if (ProductForm.Form.Write(product, values, actor, await dictionaries.ReadAsync(cmd.Db, ct)) is { } wrong) return wrong;
            if (await cmd.Db.All<Product>().AnyAsync(p => p.Code == product.Code && p.Id != product.Id, ct))
                return new ProductCodeTaken(product.Code);
            if (id is null) cmd.Db.Add(product);
            if (!cmd.Changes(product)) return product.Id;
            cmd.Audit("product", product.Id, before, ProductForm.Form.Read(product, Actor.System));
            return product.Id;
        }, ct);
}

internal sealed record ProductCodeTaken : Problem
{
    public ProductCodeTaken(string code) : base("sales.problem.product-code-taken", code) => Field = "code";
}

/// <summary>Products for pickers and pages.</summary>
internal sealed class ProductQueries(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Sales.ReadProducts", Access.Staff(SalesRights.View));

    public Task<Result<Product>> GetAsync(Actor actor, Guid id, CancellationToken ct) => runtime.ReadAsync<Product>(Operation, actor, async db =>
        await db.All<Product>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } product ? product : new NotFound(), ct);

    public Task<Result<IReadOnlyList<PickerItem>>> FindAsync(Actor actor, string text, int take, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<PickerItem>>(Operation, actor, async db =>
        {
            var pattern = SearchEverything.Pattern(text);
            return await db.All<Product>().AsNoTracking()
                .Where(p => p.IsActive && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.Code, pattern, "\\")))
                .OrderBy(p => p.Code).Take(take).Select(p => new PickerItem(p.Id, p.Name, p.Code)).ToListAsync(ct);
        }, ct);
}

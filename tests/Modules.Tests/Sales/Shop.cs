using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;

namespace CrmFlow.Modules.Tests.Sales;

/// <summary>One salesperson with all rights over customers and sales, one customer in Wuhan, one product, and short ways to save.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public static readonly string[] AllRights =
    [
        CustomersRights.View, CustomersRights.ViewDepartment, CustomersRights.Edit, CustomersRights.Import, CustomersRights.Export,
            CustomersRights.Personal,
        SalesRights.View, SalesRights.Edit, SalesRights.Reissue, SalesRights.Export, SalesRights.EditProducts, SalesRights.ViewOpportunities,
            SalesRights.EditOpportunities,
    ];

    private Shop(TestApp app) => App = app;

    public TestApp App { get; }
    public Actor Seller { get; private set; } = null!;
    public Guid Customer { get; private set; }
    public Guid Product { get; private set; }
    public static CancellationToken Ct => TestApp.Ct;

    public static async Task<Shop> OpenAsync(DatabaseOptions? database = null)
    {
        var shop = new Shop(await TestApp.StartAsync(database: database));
        shop.Seller = await shop.App.StaffAsync("liuyang", "刘洋", rights: AllRights, department: "sales-central");
        shop.Customer = (await shop.SavePartyAsync("江城水务集团", ("areaCode", "0027"), ("officePhone", "027-87654321"))).Value;
        shop.Product = (await shop.App.Get<SaveProduct>().HandleAsync(shop.Seller, shop.App.NewOperation(), null, null,
            new() { ["code"] = "K9-06", ["name"] = "K9 市政管网", ["listPrice"] = "118000", ["industryCode"] = "04", ["isActive"] = "true" }, Ct)).Value;
        return shop;
    }

    public Task<Result<Guid>> SavePartyAsync(string name, params (string Key, string? Value)[] values) =>
        SavePartyAsync(Seller, name, despite: false, values);

    public Task<Result<Guid>> SavePartyAsync(Actor actor, string name, bool despite, params (string Key, string? Value)[] values) =>
        App.Get<SaveParty>().HandleAsync(actor, App.NewOperation(), PartyType.Customer, null, null,
            new PartyInput(values.Append(("name", name)).ToDictionary(v => v.Item1, v => v.Item2)), despite, Ct);

    /// <summary>A sale of one on 2026-02-05 unless said otherwise.</summary>
    public Task<Result<SaleResult>> SellAsync(bool issue = false, IReadOnlyList<string>? dongles = null, params (string Key, string? Value)[] values)
    {
        var all = new Dictionary<string, string?> { ["saleDate"] = "2026-02-05", ["quantity"] = "1" };
        foreach (var (key, value) in values) all[key] = value;
        return App.Get<SaveSale>()
            .HandleAsync(Seller, App.NewOperation(), null, null, new SaleInput(all, Customer, Product, Dongles: dongles), issue, Ct);
    }

    public Task<SalesRecord> SaleAsync(Guid id) =>
        App.ReadAsync(db => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(db.Set<SalesRecord>(), s => s.Id == id, Ct));

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

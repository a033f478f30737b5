using System.Security.Cryptography;
using System.Text;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Sales;

/// <summary>The generator's contract (sample-data §1, §3).</summary>
public sealed class DemoDataTests
{
    private static CancellationToken Ct => TestApp.Ct;
    private static readonly Dictionary<string, Func<CrmDbContext, IQueryable<object>>> Tables = new()
    {
        ["party"] = db => db.Set<Party>(), ["anniversary"] = db => db.Set<Anniversary>(), ["contact"] = db => db.Set<Contact>(), ["product"] = db => db.Set<Product>(), ["sale"] = db => db.Set<SalesRecord>(),
        ["dongle"] = db => db.Set<DongleAssignment>(), ["number"] = db => db.Set<AuthorizationNumber>(), ["opportunity"] = db => db.Set<Opportunity>(),
    };

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_and_small_is_a_prefix_of_1k()
    {
        var (first, again, large) = (await RowsAsync(DemoSize.Small), await RowsAsync(DemoSize.Small), await RowsAsync(DemoSize.Thousand));
        foreach (var table in Tables.Keys)
        {
            Hash(first[table]).ShouldBe(Hash(again[table]), table);
            first[table].Except(large[table]).ShouldBeEmpty(table);
        }
        (first["party"].Count, first["sale"].Count, first["opportunity"].Count).ShouldBe((120, 300, 90));
        (large["party"].Count, large["sale"].Count, large["opportunity"].Count).ShouldBe((1000, 3000, 700));
        first["contact"].Count.ShouldBeInRange(230, 290);
        large["contact"].Count.ShouldBeInRange(2000, 2400);
    }

    [Fact]
    public async Task The_receivable_is_what_it_computes_to_but_for_overrides_with_a_reason()
    {
        await using var app = await LoadedAsync(DemoSize.Small);
        var sales = await app.ReadAsync(db => db.Set<SalesRecord>().Include(s => s.Dongles).ToListAsync(Ct));
        sales.Where(s => s.ReceivableReason is null && SalesRecord.Receivable(s.ProductValue, s.PickupDiscount, s.Quantity) != s.AmountReceivable).ShouldBeEmpty();
        sales.Where(s => s.Dongles.Count > s.Quantity || s.AmountReceived > s.AmountReceivable).ShouldBeEmpty();
        sales.Count(s => s.ServiceAuthorizationNo is null).ShouldBeInRange(5, 60);
    }

    private static async Task<Dictionary<string, List<string>>> RowsAsync(DemoSize size)
    {
        await using var app = await LoadedAsync(size);
        var rows = new Dictionary<string, List<string>>();
        foreach (var (name, table) in Tables) rows[name] = [.. (await app.ReadAsync(db => table(db).ToListAsync(Ct))).Select(r => System.Text.Json.JsonSerializer.Serialize(r, r.GetType())).Order(StringComparer.Ordinal)];
        return rows;
    }

    private static async Task<TestApp> LoadedAsync(DemoSize size)
    {
        var app = await TestApp.StartAsync();
        var demo = new DemoContext(app.Runtime, app.Get<IServiceProvider>(), app.Clock.GetUtcNow(), app.Get<BusinessTime>().Today) { Size = size, ActorAsync = (_, _) => Task.FromResult(Actor.System) };
        await new DemoParties().LoadAsync(demo, Ct);
        await new DemoSales().LoadAsync(demo, Ct);
        return app;
    }

    private static string Hash(List<string> rows) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))));
}

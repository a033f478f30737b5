using CrmFlow.Customers;
using CrmFlow.Runtime;

namespace CrmFlow.Sales;

/// <summary>The fictional product line and 300 sales lines of the year and a half before today, most of them through agents.</summary>
public sealed class DemoSales : IDemoData
{
    private static readonly Operation Operation = new("Sales.LoadDemo", Access.SystemOnly);

    /// <summary>Code, name, list price in yuan.</summary>
    public static readonly (string Code, string Name, decimal Price)[] Products =
    [
        ("K9-01", "MAPGIS K9 基础平台", 68_000), ("K9-02", "K9 数据中心", 126_000), ("K9-03", "K9 三维", 98_000), ("K9-04", "K9 遥感处理", 86_000), ("K9-05", "K9 国土资源", 152_000),
        ("K9-06", "K9 市政管网", 118_000), ("K9-07", "K9 通信管线", 109_000), ("K9-08", "K9 Web 发布", 45_000), ("K9-09", "K9 嵌入式", 26_000), ("K9-10", "数据转换工具包", 6_000),
    ];

    private const int Lines = 300, Days = 540;

    public int Order => 200;

    public static Guid Product(string code) => DemoId.Of("product:" + code);

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var result = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of("operation:sales"), payload: null, cmd =>
        {
            foreach (var (code, name, _) in Products) cmd.Db.Add(new Product { Id = Product(code), Code = code, Name = name, IsDemo = true });
            for (var i = 0; i < Lines; i++) cmd.Db.Add(Sale(i, demo.Today));
            return Task.FromResult(Result.Ok);
        }, ct);
        if (result.Problem is { } problem) throw new InvalidOperationException($"The demonstration sales could not be loaded: {problem.Key}");
    }

    private static SalesRecord Sale(int i, DateOnly today)
    {
        int Pick(string field, int count) => DemoValue.Pick("sale", i, field, count);
        var (code, _, price) = Products[Pick("product", Products.Length)];
        var quantity = 1 + Pick("quantity", 4);
        var discount = 60 + 5 * Pick("discount", 8); // percent of list price
        var receivable = decimal.Round(price * quantity * discount / 100, 2);
        // A third through the first agent, so that its quarters are full; one in six direct; one in eight not fully paid.
        var agent = Pick("agent", 12) switch { < 4 => 0, 4 or 5 => -1, var other => 1 + (other - 6) };
        var date = today.AddDays(-1 - Pick("date", Days));
        return new SalesRecord
        {
            Id = DemoId.Of($"sale:{i}"), SaleOrderNo = $"XS{date:yyyyMM}{i + 1:0000}", SaleDate = date, CustomerId = DemoParties.Customer(Pick("customer", DemoParties.CustomerCount)),
            AgentId = agent < 0 ? null : DemoId.Party(DemoParties.Agents[agent]), ProductId = Product(code), Quantity = quantity, AmountReceivable = receivable,
            AmountReceived = Pick("paid", 8) == 0 ? decimal.Round(receivable * 0.4m, 2) : receivable, IsDemo = true,
        };
    }
}

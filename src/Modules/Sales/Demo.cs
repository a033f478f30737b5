using CrmFlow.Customers;
using CrmFlow.Runtime;

namespace CrmFlow.Sales;

/// <summary>
/// The fictional product line, sales lines of the year and a half before today with dongles and authorization numbers, and opportunities in every
/// stage.
/// </summary>
public sealed class DemoSales : IDemoData
{
    private static readonly Operation Operation = new("Sales.LoadDemo", Access.SystemOnly);

    /// <summary>Code, name, list price in yuan, industry of the authorization number.</summary>
    public static readonly (string Code, string Name, decimal Price, string Industry)[] Products =
    [
        ("K9-01", "MAPGIS K9 基础平台", 68_000, "01"), ("K9-02", "K9 数据中心", 126_000, "01"), ("K9-03", "K9 三维", 98_000, "02"),
            ("K9-04", "K9 遥感处理", 86_000, "02"), ("K9-05", "K9 国土资源", 152_000, "03"),
        ("K9-06", "K9 市政管网", 118_000, "04"), ("K9-07", "K9 通信管线", 109_000, "05"), ("K9-08", "K9 Web 发布", 45_000, "02"),
            ("K9-09", "K9 嵌入式", 26_000, "01"), ("K9-10", "数据转换工具包", 6_000, "01"),
    ];

    private const int SmallLines = 300, Days = 540;
    private const string SerialLetters = "0123456789ABCDEFGHJKLMNPQRSTUVWX"; // without I and O
    private static readonly string[] Stages = ["lead", "contact", "needs", "proposal", "tender", "bid", "signing"];

    public int Order => 200;

    public static int LinesIn(DemoSize size) => size == DemoSize.Small ? SmallLines : 3_000;
    public static Guid Product(string code) => DemoId.Of("product:" + code);

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var (lines, opportunities) = (LinesIn(demo.Size), demo.Size == DemoSize.Small ? 90 : 700);
        await demo.AddAsync(Operation, "products", 0, Products.Length, (cmd, i) =>
        {
            var (code, name, price, industry) = Products[i];
            cmd.Db.Add(new Product { Id = Product(code), Code = code, Name = name, ListPrice = price, IndustryCode = industry, IsDemo = true });
            return Task.CompletedTask;
        }, ct);
        await demo.AddAsync(Operation, "sales", 0, lines, async (cmd, i) =>
        {
            var sale = Sale(i, demo);
            cmd.Db.Add(sale);
            // Some wait for their number, as they do in life.
            if (DemoValue.Pick("sale", i, "numbered", 12) > 0 && (await AuthorizationNumbering.IssueAsync(cmd, sale, ct)).Problem is { } refused)
                throw new InvalidOperationException($"The demonstration sale {i} got no number: {refused.Key}");
        }, ct);
        await demo.AddAsync(Operation, "opportunities", 0, opportunities, (cmd, i) =>
            { cmd.Db.Add(OpportunityAt(i, demo)); return Task.CompletedTask; }, ct);
    }

    private static SalesRecord Sale(int i, DemoContext demo)
    {
        int Pick(string field, int count) => DemoValue.Pick("sale", i, field, count);
        var (code, _, price, industry) = Products[Pick("product", Products.Length)];
        // discount in percent of list price
        var (quantity, discount, customer) =
            (1 + Pick("quantity", 4), 60 + 5 * Pick("discount", 8), DemoParties.CustomerIndex("sale", i, SmallLines));
        var receivable = decimal.Round(price * quantity * discount / 100, 2);
        // A third through the first agent, so that its quarters are full; one in six direct; one in eight not fully paid.
        var agent = Pick("agent", 12) switch { < 4 => 0, 4 or 5 => -1, var other => 1 + (other - 6) };
        if (i >= SmallLines && agent >= 0) agent = Pick("agent-of-many", DemoParties.AgentsIn(DemoSize.Thousand));
        var date = demo.Today.AddDays(-1 - Pick("date", Days));
        var sale = new SalesRecord
        {
            Id = DemoId.Of($"sale:{i}"), SaleOrderNo = $"XS{date:yyyyMM}{i + 1:0000}", SaleDate = date, CustomerId = DemoParties.Customer(customer),
            AgentId = agent < 0 ? null : DemoParties.Agent(agent), ProductId = Product(code), Quantity = quantity,
            ProductValue = price, PickupDiscount = discount / 100m, AmountReceivable = receivable,
            AmountReceived = Pick("paid", 8) == 0 ? decimal.Round(receivable * 0.4m, 2) : receivable,
            AreaCode = DemoParties.AreaCode(customer), IndustryCode = industry, SalesRepId = agent < 0 ? DemoId.User("liuyang") : null,
            SalesRepName = agent < 0 ? null : "代理商业务员", SalesRepPhone = $"138{Pick("rep-phone", 100_000_000):00000000}", IsDemo = true,
        };
        if (Pick("override", 50) == 0)
            (sale.AmountReceivable, sale.AmountReceived, sale.ReceivableReason) = (receivable - 500, receivable - 500, "老客户让利 500 元");
        for (var n = 0; n < quantity - (Pick("fewer", 25) == 0 ? 1 : 0); n++)
            if (Pick("with-dongles", 10) < 7) sale.Dongles.Add(
                new DongleAssignment { Id = DemoId.Of($"dongle:{i}:{n}"), SalesRecordId = sale.Id, DongleNo = DongleNo(i, n, industry, date) });
        sale.EnteredBy(DemoId.User("liuyang"), demo.Now.AddDays(date.DayNumber - demo.Today.DayNumber));
        return sale;
    }

    /// <summary>K9-04-26A0003C-7; the first two look like numbers, as such codes do in life.</summary>
    private static string DongleNo(int sale, int n, string industry, DateOnly date)
    {
        if ((sale, n) is (0, 0)) return "001234567890";
        if ((sale, n) is (1, 0)) return "12E00567";
        var (serial, at) = ("", sale * 32 + n + 1);
        for (var digit = 0; digit < 6; digit++, at /= 32) serial = SerialLetters[at % 32] + serial;
        return $"K9-{industry}-{date:yy}{serial}-{(sale * 7 + n) % 10}";
    }

    private static Opportunity OpportunityAt(int i, DemoContext demo)
    {
        int Pick(string field, int count) => DemoValue.Pick("opportunity", i, field, count);
        var stage = Pick("stage", Stages.Length);
        var (code, name, price, _) = Products[Pick("product", Products.Length)];
        var (quantity, state) = (1 + Pick("quantity", 3),
            Pick("state", 10) switch { < 7 => OpportunityState.Open, 7 or 8 => OpportunityState.Won, _ => OpportunityState.Lost });
        var opportunity = new Opportunity
        {
            Id = DemoId.Of($"opportunity:{i}"), CustomerId = DemoParties.Customer(DemoParties.CustomerIndex("opportunity", i, 90)),
            Stage = Stages[stage], State = state, ProductId = Product(code), Quantity = quantity, Probability = 10 + 13 * stage,
            ExpectedAmount = decimal.Round(price * quantity * 0.85m, 2),
            CloseBy = demo.Today.AddDays(Pick("overdue", 100) < 8 ? -1 - Pick("late", 20) : 1 + Pick("close", 90)),
            SalesRepId = DemoId.User(Pick("rep", 4) == 0 ? "zhoumin" : "liuyang"),
            Description = $"{name}扩容与升级，{quantity} 套", IsDemo = true,
        };
        opportunity.EnteredBy(opportunity.SalesRepId!.Value, demo.Now.AddDays(-1 - Pick("entered", 60)));
        return opportunity;
    }
}

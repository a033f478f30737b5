using CrmFlow.Runtime;

namespace CrmFlow.Customers;

/// <summary>
/// The invented agents, customers and contacts of the demonstration. Every value is a hash of entity and index (<see cref="DemoValue"/>), so that a
/// smaller size is a prefix of a larger one and a row can be made alone.
/// </summary>
public sealed class DemoParties : IDemoData
{
    private static readonly Operation Operation = new("Customers.LoadDemo", Access.SystemOnly);

    /// <summary>Agents, the two with users first; larger sizes add more behind them.</summary>
    public static readonly string[] Agents =
    [
        "武汉图元信息技术有限公司", "长沙经纬数码有限公司", "成都川图测绘科技有限公司", "西安秦绘空间信息有限公司", "昆明滇界软件有限公司", "哈尔滨北测科贸有限公司",
        "广州岭南地信有限公司", "乌鲁木齐天图科技有限公司",
    ];

    /// <summary>Of the small size.</summary>
    public const int CustomerCount = 112;

    private static readonly (string City, string Province, string Region, string AreaCode)[] Places =
    [
        ("武汉", "湖北", "central", "0027"), ("长沙", "湖南", "central", "0731"), ("成都", "四川", "southwest", "0028"), ("西安", "陕西", "northwest", "0029"),
            ("昆明", "云南", "southwest", "0871"), ("哈尔滨", "黑龙江", "northeast", "0451"), ("广州", "广东", "south", "0020"),
        ("郑州", "河南", "central", "0371"), ("南京", "江苏", "east", "0025"), ("合肥", "安徽", "east", "0551"), ("南昌", "江西", "east", "0791"),
            ("贵阳", "贵州", "southwest", "0851"), ("宜昌", "湖北", "central", "0717"), ("襄阳", "湖北", "central", "0710"),
    ];
    private static readonly string[] Stems = ["江城", "楚天", "星源", "恒图", "经纬", "天衡", "华岳", "润泽", "远景", "明德"];
    private static readonly (string Name, string Ownership)[] Bodies = [("水务集团", "state"), ("燃气有限公司", "state"), ("勘察设计有限公司", "private"),
        ("数字城市科技", "private"), ("测绘院", "institution"), ("地质调查院", "institution"), ("通信工程公司", "state"), ("线路设计院", "institution"),
        ("自然资源和规划局演示", "government"), ("土地整理中心演示", "institution")];
    private static readonly string[] Surnames =
        ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "郑", "孙", "马", "朱", "胡", "林", "何", "高", "罗", "谢", "欧阳", "司马", "上官"];
    private static readonly string[] Givens = ["建国", "晓梅", "志强", "淼", "喆", "丽华", "海涛", "思远", "文静", "立新", "国庆", "雪", "子涵", "明", "㐂", "雨桐", "振宇", "秀英"];
    private static readonly string[] Jobs = ["科长", "总工", "主任", "采购", "市场", "客服", "IT", "经理", "院长助理"];
    private static readonly string[] Departments = ["信息中心", "规划科", "采购部", "总工办", "市场部"];
    private static readonly string[] Hobbies = ["羽毛球", "钓鱼", "摄影", "登山", "书法", "围棋"];

    // Sample-data §2: what lunar arithmetic gets wrong most easily stands on the first contacts.
    private static readonly AnnualDay[] Pinned =
    [
        new(1984, 10, 1, CalendarKind.Lunar, IsLeapMonth: true), new(1984, 12, 30, CalendarKind.Lunar), new(1989, 12, 30, CalendarKind.Lunar),
        new(2020, 4, 1, CalendarKind.Lunar, IsLeapMonth: true), new(2025, 6, 1, CalendarKind.Lunar, IsLeapMonth: true),
            new(2026, 1, 1, CalendarKind.Lunar),
    ];

    public int Order => 100;

    public static Guid Customer(int index) => DemoId.Of($"customer:{index}");
    public static Guid Agent(int index) => DemoId.Party(AgentName(index));
    public static string AgentName(int index) =>
        index < Agents.Length ? Agents[index]
        : $"{DemoValue.Of(Places, "agent", index, "place").City}{Stems[index % Stems.Length]}代理演示 {index + 1} 号";
    public static int CustomersIn(DemoSize size) => size == DemoSize.Small ? CustomerCount : 970;
    public static int AgentsIn(DemoSize size) => size == DemoSize.Small ? Agents.Length : 30;
    /// <summary>What the sales of a customer take for its authorization numbers.</summary>
    public static string AreaCode(int customer) => DemoValue.Of(Places, "customer", customer, "place").AreaCode;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        await demo.AddAsync(Operation, "agents", 0, AgentsIn(demo.Size), async (cmd, i) =>
        {
            var agent = Party(Agent(i), PartyType.Agent, await SaveParty.NextNoAsync(cmd, PartyType.Agent, ct), AgentName(i), "agent", i, demo);
            agent.GiveTo(DemoId.User("zhoumin"), "commerce");
            Add(cmd, agent, "agent", i, demo);
        }, ct);
        await demo.AddAsync(Operation, "customers", 0, CustomersIn(demo.Size), async (cmd, i) =>
        {
            var (body, ownership) = Bodies[i / Stems.Length % Bodies.Length];
            var name = DemoValue.Of(Places, "customer", i, "place")
                .City + Stems[i % Stems.Length] + body + (i >= Stems.Length * Bodies.Length ? $"第 {i / (Stems.Length * Bodies.Length) + 1} 分公司" : "");
            var customer = Party(Customer(i), PartyType.Customer, await SaveParty.NextNoAsync(cmd, PartyType.Customer, ct), name, "customer", i,
                demo);
            customer.OwnershipType = ownership;
            var (owner, department) = DemoValue.Pick("customer", i, "owner", 10) switch { < 6 => ("liuyang", "sales-central"), < 8 =>
                ("zhoumin", "commerce"), _ => ("chenli", "support") };
            customer.GiveTo(DemoId.User(owner), department);
            Add(cmd, customer, "customer", i, demo);
        }, ct);
    }

    /// <summary>
    /// Index of the customer a record hangs on: the first <paramref name="small"/> records on those of the small size, then a fifth of the customers
    /// with most of what there is.
    /// </summary>
    public static int CustomerIndex(string entity, int index, int small)
    {
        if (index < small) return DemoValue.Pick(entity, index, "customer", CustomerCount);
        var all = CustomersIn(DemoSize.Thousand);
        return DemoValue.Pick(entity, index, "customer", DemoValue.Pick(entity, index, "big", 10) < 7 ? all / 5 : all);
    }

    private static void Add(Command cmd, Party party, string entity, int index, DemoContext demo)
    {
        cmd.Db.Add(party);
        var count = DemoValue.Pick(entity, index, "contacts", 20) == 0 ? 0
            : DemoValue.Of<int>([1, 1, 1, 2, 2, 2, 2, 3, 4, 5], entity, index, "contact-count");
        for (var n = 0; n < count; n++)
        {
            var contact = Contact(party, entity, index, n);
            if (entity == "customer" && n == 0 && index < Pinned.Length) contact.Birthday = Pinned[index];
            contact.EnteredBy(party.OwnerId ?? Guid.Empty, party.CreatedAt);
            if (n == 0) party.ContactName = contact.Name;
            cmd.Db.Add(contact);
        }
    }

    private static Party Party(Guid id, PartyType type, string no, string name, string entity, int index, DemoContext demo)
    {
        string Of(string field, params string[] choices) => DemoValue.Of(choices, entity, index, field);
        int Pick(string field, int count) => DemoValue.Pick(entity, index, field, count);
        var place = DemoValue.Of(Places, entity, index, "place");
        var party = new Party
        {
            Id = id, Type = type, No = no, Name = name, NameKey = PartyNames.Key(name), IsDemo = true,
            OfficePhone = $"{Dialled(place.AreaCode)}-8{Pick("phone", 10_000_000):0000000}",
            MobilePhone = Pick("has-mobile", 3) == 0 ? $"138{Pick("mobile", 100_000_000):00000000}" : null,
            Email = $"{no.ToLowerInvariant()}@example.com", Website = $"{no.ToLowerInvariant()}.example",
            Fax = Pick("has-fax", 2) == 0 ? $"{Dialled(place.AreaCode)}-8{Pick("fax", 10_000_000):0000000}" : null,
            Address = $"{place.City}市演示路 {1 + Pick("street", 300)} 号", PostalCode = $"{430000 + Pick("post", 9999)}",
            LegalRepresentative = Person(entity, index, "legal"),
            OwnershipType = "private", Level = Of("level", "key", "general", "general"),
            CustomerType = type == PartyType.Agent ? "agent" : Of("type", "direct", "direct", "direct", "partner"),
            Status = type == PartyType.Agent ? "active" : Of("status", "interested", "active", "contract", "won", "won", "lost"),
            Stage = Of("stage", "lead", "talks", "proposal", "deal", "care", "care", "renewal"),
            CreditRating = Of("credit", "a", "a", "b", "b", "c", "d"), CompanySize = Of("size", "s", "m", "l", "l", "xl"),
            Industry = Of("industry", "education", "ecommerce", "trade", "other", "other"),
            Rating = Of("rating", "1", "2", "2", "3"), AnnualRevenue = Of("revenue", "0-10", "10-20", "20-50", "50-"),
            InfoSource = Of("source", "phone", "web", "fair", "referral", "tender"), Country = "中国", Region = place.Region, Province = place.Province,
            City = place.City, AreaCode = place.AreaCode,
            BusinessScope = Of("scope", "城市地下管网勘测与数据更新", "国土调查与地理信息服务", "通信线路勘察设计", "供水、供气生产与管网运维"),
            FoundedOn = new DateOnly(1985 + Pick("founded-year", 35), 1 + Pick("founded-month", 12), 1 + Pick("founded-day", 28)),
        };
        if (Pick("anniversary", 12) == 0) party.Anniversaries.Add(new Anniversary { Id = DemoId.Of($"anniversary:{entity}:{index}"), PartyId = id,
            Name = "厂庆", Month = 1 + Pick("anniversary-month", 12), Day = 1 + Pick("anniversary-day", 28) });
        party.EnteredBy(DemoId.User(type == PartyType.Agent ? "zhoumin" : "liuyang"), demo.Now.AddDays(-30 - Pick("entered", 900)));
        return party;
    }

    private static Contact Contact(Party party, string entity, int index, int n)
    {
        var key = $"{entity}-contact";
        var at = index * 8 + n;
        int Pick(string field, int count) => DemoValue.Pick(key, at, field, count);
        var contact = new Contact
        {
            Id = DemoId.Of($"contact:{entity}:{index}:{n}"), PartyId = party.Id,
            Name = Pick("minority", 60) == 0 ? "买买提·艾力" : Person(key, at, "name"), IsPrimary = n == 0, IsDemo = true,
            Gender = Pick("gender", 2) == 0 ? "male" : "female", JobTitle = DemoValue.Of(Jobs, key, at, "job"),
            Department = DemoValue.Of(Departments, key, at, "department"), MobilePhone = $"139{Pick("mobile", 100_000_000):00000000}",
            OfficePhone = party.OfficePhone,
            Email = $"c{(entity == "agent" ? "a" : "")}{at}@example.com", Address = party.Address,
            Hobbies = Pick("has-hobby", 3) == 0 ? DemoValue.Of(Hobbies, key, at, "hobby") : null,
            FamilyNotes = Pick("has-family", 8) == 0 ? "孩子今年上小学" : null,
        };
        var (year, month, day, lunar) =
            (1960 + Pick("year", 40), 1 + Pick("month", 12), 1 + Pick("day", 28), Pick("lunar", 4) == 0 ? CalendarKind.Lunar : CalendarKind.Solar);
        contact.Birthday = Pick("birthday", 20) switch { < 14 => new AnnualDay(year, month, day, lunar), < 17 =>
            new AnnualDay(null, month, null, lunar), _ => null };
        return contact;
    }

    /// <summary>027 of 0027, 0731 of 0731.</summary>
    private static string Dialled(string areaCode) => areaCode.StartsWith("00", StringComparison.Ordinal) ? areaCode[1..] : areaCode;

    private static string Person(string entity, int index, string field) =>
        DemoValue.Of(Surnames, entity, index, field + "-surname") + DemoValue.Of(Givens, entity, index, field + "-given");
}

using CrmFlow.Runtime;

namespace CrmFlow.Customers;

/// <summary>The invented agents and customers of the demonstration.</summary>
public sealed class DemoParties : IDemoData
{
    private static readonly Operation Operation = new("Customers.LoadDemo", Access.SystemOnly);

    /// <summary>Agents, the two with users first.</summary>
    public static readonly string[] Agents =
    [
        "武汉图元信息技术有限公司", "长沙经纬数码有限公司", "成都川图测绘科技有限公司", "西安秦绘空间信息有限公司", "昆明滇界软件有限公司", "哈尔滨北测科贸有限公司",
        "广州岭南地信有限公司", "乌鲁木齐天图科技有限公司",
    ];

    public const int CustomerCount = 112;

    private static readonly string[] Places = ["武汉", "长沙", "成都", "西安", "昆明", "哈尔滨", "广州", "郑州", "南京", "合肥", "南昌", "贵阳", "宜昌", "襄阳"];
    private static readonly string[] Stems = ["江城", "楚天", "星源", "恒图", "经纬", "天衡", "华岳", "润泽", "远景", "明德"];
    private static readonly string[] Bodies = ["水务集团", "燃气有限公司", "勘察设计有限公司", "数字城市科技", "测绘院", "地质调查院", "通信工程公司", "线路设计院", "自然资源和规划局演示", "土地整理中心演示"];
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马", "上官"];
    private static readonly string[] Givens = ["建国", "晓梅", "志强", "淼", "喆", "丽华", "海涛", "思远", "文静", "立新", "国庆", "雪", "子涵", "明"];

    public int Order => 100;

    public static Guid Customer(int index) => DemoId.Of($"customer:{index}");

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var result = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of("operation:parties"), payload: null, cmd =>
        {
            foreach (var (index, name) in Agents.Index()) cmd.Db.Add(Party(DemoId.Party(name), PartyType.Agent, $"DL-{index + 1:0000}", name, "agent", index));
            for (var i = 0; i < CustomerCount; i++)
            {
                var name = DemoValue.Of(Places, "customer", i, "place") + Stems[i % Stems.Length] + Bodies[i / Stems.Length % Bodies.Length] + (i >= Stems.Length * Bodies.Length ? "二分公司" : "");
                cmd.Db.Add(Party(Customer(i), PartyType.Customer, $"KH-{i + 1:00000}", name, "customer", i));
            }
            return Task.FromResult(Result.Ok);
        }, ct);
        if (result.Problem is { } problem) throw new InvalidOperationException($"The demonstration parties could not be loaded: {problem.Key}");
    }

    private static Party Party(Guid id, PartyType type, string no, string name, string entity, int index) => new()
    {
        Id = id, Type = type, No = no, Name = name, IsDemo = true,
        ContactName = DemoValue.Of(Surnames, entity, index, "surname") + DemoValue.Of(Givens, entity, index, "given"),
        OfficePhone = $"027-8{DemoValue.Pick(entity, index, "phone", 10_000_000):0000000}", Email = $"{no.ToLowerInvariant()}@example.com",
        Address = $"{DemoValue.Of(Places, entity, index, "place")}市演示路 {1 + DemoValue.Pick(entity, index, "street", 300)} 号",
    };
}

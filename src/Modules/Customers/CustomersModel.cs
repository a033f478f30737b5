using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Customers;

/// <summary>
/// The module's tables, and the values its dictionaries ship with (C-24, CUS-06, C-09: level, stage and rating are lists of their own).
/// </summary>
internal static class CustomersModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Party>(party =>
        {
            party.HasIndex(p => p.No).IsUnique();
            party.HasIndex(p => new { p.Type, p.Name, p.Id });
            party.HasIndex(p => new { p.Type, p.ChangedAt, p.Id });
            party.HasIndex(p => p.NameKey);
            party.HasIndex(p => p.OfficePhone);
            party.HasIndex(p => p.MobilePhone);
            party.HasIndex(p => new { p.OwnerId, p.Type });
            party.HasIndex(p => new { p.DepartmentKey, p.Type });
            party.Property(p => p.Profile).HasMaxLength(4000);
            party.Property(p => p.OtherInfo).HasMaxLength(2000);
            party.HasMany(p => p.Anniversaries).WithOne().HasForeignKey(a => a.PartyId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Anniversary>(day =>
        {
            day.Property(a => a.Id).ValueGeneratedNever();
            day.Ignore(a => a.On);
            day.HasIndex(a => new { a.Month, a.Day });
        });
        model.Entity<Contact>(contact =>
        {
            contact.Ignore(c => c.Birthday);
            contact.HasIndex(c => new { c.PartyId, c.Name, c.Id });
            contact.HasIndex(c => new { c.Name, c.Id });
            contact.HasIndex(c => c.MobilePhone);
            contact.HasIndex(c => c.OfficePhone);
            contact.HasIndex(c => new { c.BirthMonth, c.BirthDay });
            contact.Property(c => c.FamilyNotes).HasMaxLength(2000);
            contact.Property(c => c.OtherInfo).HasMaxLength(2000);
            contact.HasOne<Party>().WithMany().HasForeignKey(c => c.PartyId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    public static IServiceCollection AddPartyDictionaries(this IServiceCollection services) => services
        .AddDictionary(PartyDictionaries.OwnershipType, "customers.menu", ("state", "国有企业", "State-owned"),
            ("institution", "事业单位", "Public institution"), ("private", "民营企业", "Private"), ("joint-venture", "合资企业", "Joint venture"),
            ("foreign", "外资企业", "Foreign-owned"), ("government", "政府机关", "Government"), ("other", "其他", "Other"))
        .AddDictionary(PartyDictionaries.Level, "customers.menu", ("key", "重点", "Key"), ("general", "一般", "General"))
        .AddDictionary(PartyDictionaries.CustomerType, "customers.menu", ("direct", "直接客户", "Direct customer"), ("agent", "客户代理", "Customer's agent"),
            ("partner", "合作伙伴", "Partner"))
        .AddDictionary(PartyDictionaries.Status, "customers.menu", ("interested", "有意向", "Interested"), ("active", "进行中", "In progress"),
            ("contract", "合同中", "Under contract"), ("won", "成功", "Won"), ("lost", "失败", "Lost"))
        .AddDictionary(PartyDictionaries.Stage, "customers.menu", ("lead", "线索", "Lead"), ("talks", "洽谈", "In talks"), ("proposal", "方案", "Proposal"),
            ("deal", "成交", "Deal"), ("care", "维护", "In care"), ("renewal", "续约", "Renewal"))
        .AddDictionary(PartyDictionaries.CreditRating, "customers.menu", ("a", "A，按期回款", "A, pays on time"), ("b", "B，偶有拖延", "B, sometimes late"),
            ("c", "C，经常拖延", "C, often late"), ("d", "D，不再赊销", "D, no credit"))
        .AddDictionary(PartyDictionaries.CompanySize, "customers.menu", ("s", "5–20 人", "5–20 people"), ("m", "20–50 人", "20–50 people"),
            ("l", "50–500 人", "50–500 people"), ("xl", "500 人以上", "Over 500 people"))
        .AddDictionary(PartyDictionaries.Region, "customers.menu", ("north", "华北", "North"), ("northeast", "东北", "Northeast"), ("east", "华东", "East"),
            ("central", "华中", "Central"), ("south", "华南", "South"), ("southwest", "西南", "Southwest"), ("northwest", "西北", "Northwest"))
        .AddDictionary(PartyDictionaries.Industry, "customers.menu", ("education", "教育/培训", "Education and training"),
            ("ecommerce", "电子商务", "E-commerce"), ("trade", "对外贸易", "Foreign trade"), ("other", "其他", "Other"))
        .AddDictionary(PartyDictionaries.Rating, "customers.menu", ("1", "一星", "One star"), ("2", "二星", "Two stars"), ("3", "三星", "Three stars"))
        .AddDictionary(PartyDictionaries.AnnualRevenue, "customers.menu", ("0-10", "0-10 万", "Up to 100,000"),
            ("10-20", "10-20 万", "100,000–200,000"), ("20-50", "20-50 万", "200,000–500,000"), ("50-", "50 万以上", "Over 500,000"))
        .AddDictionary(PartyDictionaries.InfoSource, "customers.menu", ("phone", "电话营销", "Telephone"), ("web", "网络营销", "Web"),
            ("fair", "展会", "Trade fair"), ("referral", "关系介绍", "Referral"), ("tender", "招标信息", "Tender"), ("other", "其他", "Other"))
        .AddDictionary(PartyDictionaries.Gender, "customers.menu", ("male", "先生", "Mr"), ("female", "女士", "Ms"))
        .AddDictionary(new DictionaryDescriptor(PartyDictionaries.AreaCode, "customers.menu", [.. AreaCodes]) { CodePattern = "[0-9]{4}" });

    /// <summary>区号, three digits padded left to four (R-NUM-1, C-05).</summary>
    private static readonly DictionaryValue[] AreaCodes =
    [
        new("0010", "北京", "Beijing"), new("0020", "广州", "Guangzhou"), new("0021", "上海", "Shanghai"), new("0022", "天津", "Tianjin"),
            new("0023", "重庆", "Chongqing"),
        new("0024", "沈阳", "Shenyang"), new("0025", "南京", "Nanjing"), new("0027", "武汉", "Wuhan"), new("0028", "成都", "Chengdu"),
            new("0029", "西安", "Xi'an"),
        new("0371", "郑州", "Zhengzhou"), new("0431", "长春", "Changchun"), new("0451", "哈尔滨", "Harbin"), new("0471", "呼和浩特", "Hohhot"),
            new("0531", "济南", "Jinan"),
        new("0551", "合肥", "Hefei"), new("0571", "杭州", "Hangzhou"), new("0591", "福州", "Fuzhou"), new("0717", "宜昌", "Yichang"),
            new("0710", "襄阳", "Xiangyang"), new("0731", "长沙", "Changsha"),
        new("0771", "南宁", "Nanning"), new("0791", "南昌", "Nanchang"), new("0851", "贵阳", "Guiyang"), new("0871", "昆明", "Kunming"),
            new("0891", "拉萨", "Lhasa"),
        new("0931", "兰州", "Lanzhou"), new("0991", "乌鲁木齐", "Urumqi"),
    ];
}

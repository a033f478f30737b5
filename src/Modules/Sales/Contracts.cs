using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Runtime;

namespace CrmFlow.Sales;

/// <summary>产品.</summary>
public sealed class Product : BusinessRecord
{
    public required string Code { get; set; }
    /// <summary>产品名称.</summary>
    public required string Name { get; set; }
    /// <summary>产品价值: list price of one, yuan.</summary>
    public decimal? ListPrice { get; set; }
    /// <summary>
    /// 行业 of the authorization number (C-06); dictionary <see cref="SalesDictionaries.AuthorizationIndustry"/>. What a sale of it takes first
    /// (R-NUM-2).
    /// </summary>
    public string? IndustryCode { get; set; }
    /// <summary>Offered for new sales.</summary>
    public bool IsActive { get; set; } = true;
}

/// <summary>T-04, one line of a sale (C-33); lines of one order share its number.</summary>
public sealed class SalesRecord : BusinessRecord
{
    /// <summary>销售单号.</summary>
    public required string SaleOrderNo { get; set; }
    /// <summary>1-based line of the order.</summary>
    public int LineNo { get; set; } = 1;
    /// <summary>销售日期.</summary>
    public required DateOnly SaleDate { get; set; }
    public required Guid CustomerId { get; set; }
    /// <summary>The agent it was sold through; null for direct sales.</summary>
    public Guid? AgentId { get; set; }
    public required Guid ProductId { get; set; }
    /// <summary>数量.</summary>
    public required int Quantity { get; set; }
    /// <summary>加密狗号 (C-07): at most as many as the quantity, fewer with a warning.</summary>
    public List<DongleAssignment> Dongles { get; } = [];
    /// <summary>业务员: a member of staff, or only a name when it is somebody of the agent's.</summary>
    public Guid? SalesRepId { get; set; }
    public string? SalesRepName { get; set; }
    /// <summary>业务员电话.</summary>
    public string? SalesRepPhone { get; set; }
    /// <summary>产品价值: list price of one, yuan.</summary>
    public decimal? ProductValue { get; set; }
    /// <summary>提货折扣 as a fraction: 0.85 is 85 折.</summary>
    public decimal? PickupDiscount { get; set; }
    /// <summary>应收金额, yuan: value × discount × quantity unless overridden with a reason (C-25).</summary>
    public required decimal AmountReceivable { get; set; }
    public string? ReceivableReason { get; set; }
    /// <summary>实际回款, yuan.</summary>
    public required decimal AmountReceived { get; set; }
    /// <summary>区号, four digits (R-NUM-2).</summary>
    public string? AreaCode { get; set; }
    /// <summary>行业, two digits (R-NUM-2, C-06).</summary>
    public string? IndustryCode { get; set; }
    /// <summary>服务授权编号 (R-NUM-1); fixed once issued, changed only by a re-issue that keeps the old one (<see cref="AuthorizationNumber"/>).</summary>
    public string? ServiceAuthorizationNo { get; internal set; }

    public bool IsFullyPaid => AmountReceived >= AmountReceivable;

    /// <summary>What C-25 computes; null without value or discount.</summary>
    public static decimal? Receivable(decimal? value, decimal? discount, int quantity) =>
        value is { } v && discount is { } d ? decimal.Round(v * d * quantity, 2, MidpointRounding.AwayFromZero) : null;
}

/// <summary>加密狗 sold with a line; its number is unique in the whole system (C-07).</summary>
public sealed class DongleAssignment
{
    public required Guid Id { get; init; }
    public Guid SalesRecordId { get; init; }
    /// <summary>Text, also when it looks like a number.</summary>
    public required string DongleNo { get; init; }
}

/// <summary>A service authorization number that was ever given out. None is given twice, also after a re-issue.</summary>
public sealed class AuthorizationNumber
{
    public required string No { get; init; }
    public required Guid SalesRecordId { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required Guid IssuedBy { get; init; }
    /// <summary>Why another one took its place, and when; null while it is the sale's number.</summary>
    public string? ReplacedReason { get; set; }
    public DateTimeOffset? ReplacedAt { get; set; }
}

public enum OpportunityState { Open, Won, Lost }

/// <summary>T-05. 合同文件 are its attachments (subject <see cref="Subject"/>).</summary>
public sealed class Opportunity : BusinessRecord
{
    public const string Subject = "opportunity";

    public required Guid CustomerId { get; init; }
    /// <summary>机会阶段; dictionary <see cref="SalesDictionaries.OpportunityStage"/>.</summary>
    public required string Stage { get; set; }
    public OpportunityState State { get; set; }
    public Guid? ProductId { get; set; }
    /// <summary>数量.</summary>
    public int Quantity { get; set; } = 1;
    /// <summary>机会概率, percent.</summary>
    public int? Probability { get; set; }
    /// <summary>预期金额, yuan.</summary>
    public decimal? ExpectedAmount { get; set; }
    /// <summary>机会截止日期.</summary>
    public required DateOnly CloseBy { get; set; }
    /// <summary>业务员.</summary>
    public Guid? SalesRepId { get; set; }
    /// <summary>机会详细描述.</summary>
    public string? Description { get; set; }
}

/// <summary>Keys of the dictionaries sales use.</summary>
public static class SalesDictionaries
{
    public const string AuthorizationIndustry = "sales.authorization-industry", OpportunityStage = "sales.opportunity-stage";
}

/// <summary>Rights over products, sales and opportunities; roles combine them. Whose records they reach follows the customers one sees.</summary>
public static class SalesRights
{
    public const string View = "sale.view";
    public const string Edit = "sale.edit";
    /// <summary>Gives an issued authorization number up for a new one.</summary>
    public const string Reissue = "sale.reissue-number";
    public const string Export = "sale.export";
    public const string EditProducts = "product.edit";
    public const string ViewOpportunities = "opportunity.view";
    public const string EditOpportunities = "opportunity.edit";

    internal static readonly string[] All = [View, Edit, Reissue, Export, EditProducts, ViewOpportunities, EditOpportunities];
}

/// <summary>
/// Whose sales and opportunities an actor sees: those of the customers in scope and one's own; an agent those sold through it. The one place that
/// says it.
/// </summary>
internal static class SalesScope
{
    public static Expression<Func<SalesRecord, bool>> OfSales(CrmDbContext db, Actor actor)
    {
        if (actor.Kind == ActorKind.Agent) return s => s.AgentId == actor.AgentId;
        if (actor.Kind != ActorKind.Staff || !actor.Has(SalesRights.View)) return s => false;
        if (actor.Has(CustomersRights.ViewAll)) return s => true;
        var (parties, me) = (db.Visible<Party>(actor), actor.UserId);
        return s => s.SalesRepId == me || s.CreatedBy == me || parties.Any(p => p.Id == s.CustomerId);
    }

    public static Expression<Func<Opportunity, bool>> OfOpportunities(CrmDbContext db, Actor actor)
    {
        if (actor.Kind != ActorKind.Staff || !actor.Has(SalesRights.ViewOpportunities)) return o => false;
        if (actor.Has(CustomersRights.ViewAll)) return o => true;
        var (parties, me) = (db.Visible<Party>(actor), actor.UserId);
        return o => o.SalesRepId == me || o.CreatedBy == me || parties.Any(p => p.Id == o.CustomerId);
    }
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// T-12 首访记录: the part taken from sale, customer and contact when the sale was saved, and the part entered when the visit was made (R-FV-1). One per order:
/// the lines of an order share their visit (C-33).
/// </summary>
public sealed class FirstVisit : BusinessRecord
{
    public required Guid CustomerId { get; init; }
    /// <summary>销售单号.</summary>
    public required string SaleOrderNo { get; init; }
    /// <summary>Who sold it, to be told when the customer is not content.</summary>
    public Guid? SalesRepId { get; init; }

    /// <summary>客户编号.</summary>
    public required string CustomerNo { get; init; }
    /// <summary>客户名称.</summary>
    public required string CustomerName { get; init; }
    /// <summary>地址.</summary>
    public string? Address { get; init; }
    /// <summary>联系人.</summary>
    public string? ContactName { get; init; }
    /// <summary>办公电话.</summary>
    public string? OfficePhone { get; init; }
    /// <summary>手机号码.</summary>
    public string? MobilePhone { get; init; }
    /// <summary>产品名称; of all lines of the order.</summary>
    public required string ProductName { get; set; }
    /// <summary>销售日期.</summary>
    public required DateOnly SaleDate { get; init; }
    /// <summary>是否完成.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>首访人.</summary>
    public string? Visitor { get; private set; }
    /// <summary>首访时间.</summary>
    public DateTimeOffset? VisitedAt { get; private set; }
    /// <summary>完成情况.</summary>
    public string? Outcome { get; private set; }
    /// <summary>客户满意度, 1…5.</summary>
    public int? Satisfaction { get; private set; }

    /// <summary>The day it is to be made by; moves when the customer could not be reached.</summary>
    public required DateOnly DueOn { get; set; }
    /// <summary>How often it was put off.</summary>
    public int Postponed { get; private set; }
    public required Guid InstanceId { get; init; }

    /// <summary>Adds a line of the same order.</summary>
    public void Covers(string product)
    {
        if (!ProductName.Split('、').Contains(product)) ProductName += "、" + product;
    }

    public Result Complete(string visitor, DateTimeOffset visitedAt, string outcome, int satisfaction, string? remarks, DateTimeOffset now)
    {
        if (IsCompleted) return new VisitDone(CustomerName);
        if (visitedAt > now) return new VisitInFuture();
        (IsCompleted, Visitor, VisitedAt, Outcome, Satisfaction) = (true, visitor, visitedAt, outcome, satisfaction);
        Remarks = string.IsNullOrWhiteSpace(remarks) ? Remarks : remarks.Trim();
        return Result.Ok;
    }

    public Result Postpone(DateOnly until, DateOnly today)
    {
        if (IsCompleted) return new VisitDone(CustomerName);
        if (until < today) return new VisitPutOffBackwards(until);
        (DueOn, Postponed) = (until, Postponed + 1);
        return Result.Ok;
    }
}

internal sealed record VisitDone(string Customer) : Problem("care.problem.visit-done", Customer);
internal sealed record VisitInFuture : Problem
{
    public VisitInFuture() : base("care.problem.visit-in-future") => Field = "visitedOn";
}
internal sealed record VisitPutOffBackwards : Problem
{
    public VisitPutOffBackwards(DateOnly until) : base("care.problem.visit-backwards", until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) => Field = "nextOn";
}

/// <summary>Whose first visits an actor sees: those of the customers in scope, and those of sales in scope.</summary>
internal static class FirstVisitScope
{
    public const string Subject = "first-visit";

    public static IQueryable<FirstVisit> VisibleVisits(this CrmDbContext db, Actor actor)
    {
        var visits = db.Set<FirstVisit>();
        if (actor.Kind == ActorKind.System) return visits;
        if (actor.Kind != ActorKind.Staff || !actor.Has(CareRights.View)) return visits.Where(v => false);
        if (actor.Has(CustomersRights.ViewAll)) return visits;
        var (parties, me) = (db.VisibleParties(actor), actor.UserId);
        return visits.Where(v => v.SalesRepId == me || v.CreatedBy == me || parties.Any(p => p.Id == v.CustomerId));
    }

    public static async Task<bool> MaySeeVisitAsync(this CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        await db.VisibleVisits(actor).AnyAsync(v => v.Id == id, ct) || actor.Kind == ActorKind.Staff && await db.WorksOnAsync(actor, Subject, id, ct);
}

/// <summary>What attachments and task pages ask about a first visit.</summary>
internal sealed class FirstVisitSubject : ISubject
{
    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => db.MaySeeVisitAsync(actor, id, ct);

    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => Task.FromResult(false);
}

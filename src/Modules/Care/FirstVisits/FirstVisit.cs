using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>Where a first visit stands: 待首访, 已首访, or 已取消 because its process was ended.</summary>
public enum FirstVisitState { Waiting, Completed, Cancelled }

/// <summary>
/// T-12 首访记录: the part taken from sale, customer and contact when the sale was saved, and the part entered when the visit was made (R-FV-1). One per
/// order:
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
    public FirstVisitState State { get; private set; }
    /// <summary>是否完成.</summary>
    public bool IsCompleted => State == FirstVisitState.Completed;
    public bool IsWaiting => State == FirstVisitState.Waiting;

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
    /// <summary>Why it is not made any more, and who said so.</summary>
    public string? CancelReason { get; private set; }
    public Guid? CancelledBy { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }

    /// <summary>Adds a line of the same order.</summary>
    public void Covers(string product)
    {
        if (!ProductName.Split('、').Contains(product)) ProductName += "、" + product;
    }

    public Result Complete(string visitor, DateTimeOffset visitedAt, string outcome, int satisfaction, string? remarks, DateTimeOffset now)
    {
        if (!IsWaiting) return new VisitDone(CustomerName);
        if (visitedAt > now) return new VisitInFuture();
        (State, Visitor, VisitedAt, Outcome, Satisfaction) = (FirstVisitState.Completed, visitor, visitedAt, outcome, satisfaction);
        Remarks = string.IsNullOrWhiteSpace(remarks) ? Remarks : remarks.Trim();
        return Result.Ok;
    }

    public Result Postpone(DateOnly until, DateOnly today)
    {
        if (!IsWaiting) return new VisitDone(CustomerName);
        if (until < today) return new VisitPutOffBackwards(until);
        (DueOn, Postponed) = (until, Postponed + 1);
        return Result.Ok;
    }

    /// <summary>Nobody will make it any more: it leaves the list and the reminders, and stays searchable.</summary>
    public void Cancel(string reason, Guid by, DateTimeOffset now)
    {
        if (!IsWaiting) throw new InvalidOperationException($"The first visit of {CustomerName} is {State}; it cannot be cancelled.");
        (State, CancelReason, CancelledBy, CancelledAt) = (FirstVisitState.Cancelled, reason, by, now);
    }
}

internal sealed record VisitDone(string Customer) : Problem("care.problem.visit-done", Customer);
internal sealed record VisitInFuture : Problem
{
    public VisitInFuture() : base("care.problem.visit-in-future") => Field = "visitedOn";
}
internal sealed record VisitPutOffBackwards : Problem
{
    public VisitPutOffBackwards(DateOnly until)
        : base("care.problem.visit-backwards", until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) => Field = "nextOn";
}

/// <summary>Whose first visits an actor sees: those of the customers in scope, and those of sales in scope.</summary>
internal static class FirstVisitScope
{
    public const string Subject = "first-visit";

    public static Expression<Func<FirstVisit, bool>> Of(CrmDbContext db, Actor actor)
    {
        if (actor.Kind != ActorKind.Staff || !actor.Has(CareRights.View)) return v => false;
        if (actor.Has(CustomersRights.ViewAll)) return v => true;
        var (parties, me) = (db.Visible<Party>(actor), actor.UserId);
        return v => v.SalesRepId == me || v.CreatedBy == me || parties.Any(p => p.Id == v.CustomerId);
    }

    public static async Task<bool> MaySeeVisitAsync(this CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        await db.Visible<FirstVisit>(actor).AnyAsync(v => v.Id == id, ct)
            || actor.Kind == ActorKind.Staff && await db.WorksOnAsync(actor, Subject, id, ct);
}

/// <summary>An administrator ends the process of a first visit: nobody makes it any more. One that was made stays so.</summary>
internal sealed class FirstVisitProcess : IProcessOwner
{
    public const string DefinitionId = "first-visit";

    public async Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct)
    {
        // The instance of another line of the order has no visit of its own.
        if (await cmd.Db.All<FirstVisit>().AsTracking()
            .SingleOrDefaultAsync(v => v.InstanceId == ended.InstanceId, ct) is not { IsWaiting: true } visit) return Result.Ok;
        visit.Cancel(ended.Reason, cmd.Actor.UserId, cmd.Now);
        cmd.Audit(FirstVisitScope.Subject, visit.Id, new { State = FirstVisitState.Waiting }, new { visit.State, ended.Reason });
        return Result.Ok;
    }
}

/// <summary>What attachments and task pages ask about a first visit.</summary>
internal sealed class FirstVisitSubject : ISubject
{
    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => db.MaySeeVisitAsync(actor, id, ct);

    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => Task.FromResult(false);
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

public enum LineHindrance { None, NotFullyPaid, NoRate, InApplication }

/// <summary>A sale of the agent's in the period, with the fee it would earn if submitted today.</summary>
/// <param name="HeldBy">Number of the application it is in, when it is in one.</param>
public sealed record SaleForSettlement(Guid SalesRecordId, string SaleOrderNo, DateOnly SaleDate, string CustomerName, Guid ProductId,
    string ProductName, int Quantity,
    decimal AmountReceivable, decimal? Rate, decimal? Fee, LineHindrance Hindrance, string? HeldBy)
{
    public bool IsFree => Hindrance == LineHindrance.None;
}

internal sealed record PeriodInvalid : Problem
{
    public PeriodInvalid() : base("agents.problem.period") => (Field, Kind) = ("period", ProblemKind.Invalid);
}
internal sealed record PeriodTooFull(int Limit) : Problem("agents.problem.period-too-full", Limit);
internal sealed record AgentMissing : Problem
{
    public AgentMissing() : base("agents.problem.agent-missing") => Field = "agent";
}

/// <summary>Which sales an agent may still settle. Used by the wizard to show, by drafts to keep and by submission to freeze.</summary>
internal sealed class FreeLines(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation ListOperation = new("Agents.ListFreeLines", AgentsRights.Apply);
    public const int Limit = 500;

    public Task<Result<IReadOnlyList<SaleForSettlement>>> ListAsync(Actor actor, Guid? agentId, DateOnly from, DateOnly to, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<SaleForSettlement>>(ListOperation, actor, async db =>
        {
            if (await AgentForAsync(db, actor, agentId, ct) is not { } agent) return new NotFound();
            if (Check(from, to) is { } problem) return problem;
            var onlyPaid = await db.SettingAsync(SettlementSettings.OnlyFullyPaid, time.Now, ct);
            var sales = await OfAsync(db, agent, from, to, onlyPaid, time.Today, ct);
            return sales.Count > Limit ? new PeriodTooFull(Limit) : sales;
        }, ct);

    /// <summary>Whose application it is: an agent's own always, whatever was asked; staff name an agent.</summary>
    public static async Task<Guid?> AgentForAsync(CrmDbContext db, Actor actor, Guid? asked, CancellationToken ct)
    {
        if (actor.Kind == ActorKind.Agent) return asked is null || asked == actor.AgentId ? actor.AgentId : null;
        return asked is { } id && await db.All<Party>().AnyAsync(p => p.Id == id && p.Type == PartyType.Agent, ct) ? id : null;
    }

    public static Problem? Check(DateOnly from, DateOnly to) => from <= to && to.DayNumber - from.DayNumber <= 366 ? null : new PeriodInvalid();

    /// <summary>At most one more than <see cref="Limit"/>, by sale date.</summary>
    public static async Task<List<SaleForSettlement>> OfAsync(CrmDbContext db, Guid agentId, DateOnly from, DateOnly to, bool onlyFullyPaid,
        DateOnly today, CancellationToken ct)
    {
        var fees = await FeeTable.OfAsync(db, agentId, today, ct);
        var rows = await (
            from sale in db.All<SalesRecord>().AsNoTracking()
            where sale.AgentId == agentId && sale.SaleDate >= @from && sale.SaleDate <= to
            join product in db.All<Product>() on sale.ProductId equals product.Id
            join customer in db.All<Party>() on sale.CustomerId equals customer.Id
            join line in db.All<SettlementLine>() on (Guid?)sale.Id equals line.HeldSale into held
            from line in held.DefaultIfEmpty()
            join application in db.All<SettlementApplication>() on line.ApplicationId equals application.Id into holders
            from holder in holders.DefaultIfEmpty()
            orderby sale.SaleDate, sale.SaleOrderNo, sale.Id
            select new { Sale = sale, Product = product.Name, Customer = customer.Name, HeldBy = holder == null ? null : holder.No }).Take(Limit + 1)
                .ToListAsync(ct);
        return rows.ConvertAll(r =>
        {
            var rate = fees.Rate(r.Sale.ProductId);
            var hindrance = r.HeldBy is not null ? LineHindrance.InApplication : rate is null ? LineHindrance.NoRate
                : onlyFullyPaid && !r.Sale.IsFullyPaid ? LineHindrance.NotFullyPaid : LineHindrance.None;
            return new SaleForSettlement(r.Sale.Id, r.Sale.SaleOrderNo, r.Sale.SaleDate, r.Customer, r.Sale.ProductId, r.Product, r.Sale.Quantity,
                r.Sale.AmountReceivable,
                rate, rate is { } known ? FeeTable.Fee(r.Sale.AmountReceivable, known) : null, hindrance, r.HeldBy);
        });
    }
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <param name="Rate">Fraction.</param>
/// <param name="IsInForce">It is what counts today, not a past or coming one.</param>
public sealed record FeeRateRow(Guid Id, Guid ProductId, string ProductName, Guid? AgentId, string? AgentName, decimal Rate, DateOnly ValidFrom,
    bool IsInForce);

public sealed record Choice(Guid Id, string Name);

public sealed record FeeRateList(IReadOnlyList<FeeRateRow> Rates, IReadOnlyList<Choice> Products, IReadOnlyList<Choice> Agents);

/// <summary>All fee rates with their dates, and what one may choose for a new one.</summary>
internal sealed class ListFeeRates(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.ListFeeRates", Access.Staff(AgentsRights.EditRates, AgentsRights.View));

    public Task<Result<FeeRateList>> HandleAsync(Actor actor, CancellationToken ct) => runtime.ReadAsync<FeeRateList>(Operation, actor, async db =>
    {
        var today = time.Today;
        var products = await db.All<Product>().AsNoTracking().OrderBy(p => p.Name).Select(p => new Choice(p.Id, p.Name)).Take(500).ToListAsync(ct);
        var agents = await db.All<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent).OrderBy(p => p.Name)
            .Select(p => new Choice(p.Id, p.Name)).Take(2000).ToListAsync(ct);
        var productNames = products.ToDictionary(p => p.Id, p => p.Name);
        var agentNames = agents.ToDictionary(a => a.Id, a => a.Name);
        var rates = await db.All<FeeRate>().AsNoTracking().ToListAsync(ct);
        var current = rates.Where(r => r.ValidFrom <= today).GroupBy(r => (r.ProductId, r.AgentId))
            .Select(g => g.OrderBy(r => r.ValidFrom).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id).Last().Id).ToHashSet();
        var rows = rates.Select(r => new FeeRateRow(r.Id, r.ProductId, productNames.GetValueOrDefault(r.ProductId, ""), r.AgentId,
            r.AgentId is { } a ? agentNames.GetValueOrDefault(a, "") : null, r.Rate, r.ValidFrom, current.Contains(r.Id)))
            .OrderBy(r => r.ProductName, StringComparer.Ordinal).ThenBy(r => r.AgentName is not null).ThenBy(r => r.AgentName, StringComparer.Ordinal)
                .ThenByDescending(r => r.ValidFrom).ToList();
        return new FeeRateList(rows, products, agents);
    }, ct);
}

/// <summary>Adds a rate from a date on. Rates are never changed: applications froze what was in force.</summary>
internal sealed class AddFeeRate(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.AddFeeRate", Access.Staff(AgentsRights.EditRates));

    /// <param name="percent">5 is 5 %.</param>
    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid productId, Guid? agentId, decimal percent, DateOnly validFrom,
        CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { productId, agentId, percent, validFrom }, async cmd =>
        {
            if (percent is < 0 or > 100 || decimal.Round(percent, 4) != percent) return new FeeRateRange(percent);
            if (validFrom < time.DateOf(cmd.Now)) return new FeeRateInPast(validFrom);
            if (!await cmd.Db.All<Product>().AnyAsync(p => p.Id == productId, ct)) return new NotFound { Field = "product" };
            if (agentId is { } id && !await cmd.Db.All<Party>().AnyAsync(p => p.Id == id && p.Type == PartyType.Agent, ct))
                return new NotFound { Field = "agent" };
            var rate = new FeeRate { Id = cmd.NewId(), ProductId = productId, AgentId = agentId, Rate = percent / 100, ValidFrom = validFrom,
                CreatedBy = actor.UserId, CreatedAt = cmd.Now };
            cmd.Db.Add(rate);
            cmd.Audit("fee-rate", rate.Id, null, new { productId, agentId, rate.Rate, validFrom });
            return rate.Id;
        }, ct);
}

internal sealed record FeeRateRange : Problem
{
    public FeeRateRange(decimal percent) : base("agents.problem.rate-range", Percent.Text(percent)) => Field = "rate";
}
internal sealed record FeeRateInPast : Problem
{
    public FeeRateInPast(DateOnly date)
        : base("agents.problem.rate-in-past", date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) => Field = "validFrom";
}

using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>
/// What part of a product's receivable amount an agent earns back, from a business date on. An agent's own rate wins over the product's.
/// </summary>
internal sealed class FeeRate
{
    public required Guid Id { get; init; }
    public required Guid ProductId { get; init; }
    /// <summary>Null: every agent without a rate of its own.</summary>
    public Guid? AgentId { get; init; }
    /// <summary>Fraction: 0.05 is 5 %.</summary>
    public required decimal Rate { get; init; }
    public required DateOnly ValidFrom { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public bool IsDemo { get; init; }
}

/// <summary>The rates in force for one agent on one day.</summary>
internal sealed class FeeTable
{
    private readonly Dictionary<Guid, decimal> _rates = [];

    public static async Task<FeeTable> OfAsync(CrmDbContext db, Guid agentId, DateOnly on, CancellationToken ct)
    {
        var rates = await db.All<FeeRate>().AsNoTracking().Where(r => (r.AgentId == null || r.AgentId == agentId) && r.ValidFrom <= on)
            .ToListAsync(ct);
        return new FeeTable(rates);
    }

    /// <summary>
    /// Rates that all apply to the agent already; of one product its own beat the general, the later beat the earlier, the last entered beats one of
    /// the same day.
    /// </summary>
    public FeeTable(IEnumerable<FeeRate> applicable)
    {
        foreach (var rate in applicable.OrderBy(r => r.AgentId is not null).ThenBy(r => r.ValidFrom).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id))
            _rates[rate.ProductId] = rate.Rate;
    }

    public decimal? Rate(Guid productId) => _rates.TryGetValue(productId, out var rate) ? rate : null;

    /// <summary>2 decimals half up.</summary>
    public static decimal Fee(decimal receivable, decimal rate) => Yuan.Round(receivable * rate);
}

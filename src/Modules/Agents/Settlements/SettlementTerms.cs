using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>What an application submitted now would be decided by, and how the agent was rated lately.</summary>
/// <param name="RecentScores">Of the last four reports, oldest first.</param>
public sealed record SettlementTerms(SettlementRules Rules, IReadOnlyList<decimal> RecentScores);

internal sealed class GetSettlementTerms(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.GetSettlementTerms", AgentsRights.Apply);

    public Task<Result<SettlementTerms>> HandleAsync(Actor actor, Guid? agentId, CancellationToken ct) =>
        runtime.ReadAsync<SettlementTerms>(Operation, actor, async db =>
        {
            var agent = await FreeLines.AgentForAsync(db, actor, agentId, ct);
            if (agent is null && agentId is not null) return new NotFound();
            var scores = await db.All<SettlementApplication>().AsNoTracking()
                .Where(a => a.AgentId == agent && a.Score != null && a.State == SettlementState.Done)
                .OrderByDescending(a => a.SubmittedAt).Select(a => a.Score!.Value).Take(4).ToListAsync(ct);
            scores.Reverse();
            return new SettlementTerms(await SettlementRules.InForceAsync(db, time.Now, ct), scores);
        }, ct);
}

/// <param name="Credit">What may be taken off the next goods payment.</param>
public sealed record AgentRow(Guid Id, string No, string Name, string? ContactName, string? Phone, decimal Credit, decimal PaidBack, int InProgress);

public sealed record AgentPage(IReadOnlyList<AgentRow> Rows, string? Next);

/// <summary>Agents by name with the state of their accounts.</summary>
internal sealed class ListAgents(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Agents.ListAgents", Access.Staff(AgentsRights.View, AgentsRights.ApplyFor));

    public Task<Result<AgentPage>> HandleAsync(Actor actor, string? find, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<AgentPage>(Operation, actor, async db =>
        {
            var agents = db.All<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent);
            if (!string.IsNullOrWhiteSpace(find))
            {
                var pattern = SearchEverything.Pattern(find.Trim());
                agents = agents.Where(p => EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\"));
            }
            if (!string.IsNullOrEmpty(after)) agents = agents.Where(p => p.No.CompareTo(after) > 0); // numbers are unique
            var page = await agents.OrderBy(p => p.No).Take(take + 1).ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            var ids = page.ConvertAll(p => p.Id);
            var entries = (await db.All<LedgerEntry>().AsNoTracking().Where(e => ids.Contains(e.AgentId))
                .Select(e => new { e.AgentId, e.Account, e.Amount }).ToListAsync(ct)).ToLookup(e => e.AgentId);
            var open = await db.All<SettlementApplication>().Where(a => ids.Contains(a.AgentId) && a.State == SettlementState.InProgress)
                .GroupBy(a => a.AgentId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            return new AgentPage(page.ConvertAll(p => new AgentRow(p.Id, p.No, p.Name, p.ContactName, p.OfficePhone,
                entries[p.Id].Where(e => e.Account == Disposition.Offset).Sum(e => e.Amount),
                    entries[p.Id].Where(e => e.Account == Disposition.PayBack).Sum(e => e.Amount), open.GetValueOrDefault(p.Id))),
                more ? page[^1].No : null);
        }, ct);
}

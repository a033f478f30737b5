using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

public sealed record LedgerLine(Guid Id, string Voucher, DateTimeOffset At, LedgerKind Kind, Disposition Account, decimal Amount, Guid ApplicationId,
    string ApplicationNo, string? Reason, bool IsReversed);

/// <param name="AvailableCredit">Offsets less their reversals: what may be taken off the next goods payment.</param>
/// <param name="PaidBack">Direct repayments less their reversals.</param>
/// <param name="PaidBackThisYear">The same within the business year.</param>
/// <param name="InProgress">Approved amounts, else fees, of applications under way.</param>
public sealed record AccountBalance(decimal AvailableCredit, decimal PaidBack, decimal PaidBackThisYear, decimal InProgress);

public sealed record AgentAccount(Guid AgentId, string AgentName, AccountBalance Balance, IReadOnlyList<LedgerLine> Lines, string? Next);

/// <summary>An agent's account: balances and entries, newest first, each with its application.</summary>
internal sealed class GetAgentAccount(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.GetAgentAccount", Access.AgentsAndStaff(AgentsRights.View, AgentsRights.Reverse));

    /// <param name="after">The last entry shown; its <see cref="AgentAccount.Next"/>.</param>
    public Task<Result<AgentAccount>> HandleAsync(Actor actor, Guid? agentId, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<AgentAccount>(Operation, actor, async db =>
        {
            if (await FreeLines.AgentForAsync(db, actor, agentId, ct) is not { } agent) return new NotFound();
            var name = await db.All<Party>().Where(p => p.Id == agent).Select(p => p.Name).SingleAsync(ct);
            var entries = db.All<LedgerEntry>().AsNoTracking().Where(e => e.AgentId == agent);
            if (Keyset.Read(after) is { } from) entries = entries.Where(e => e.At < from.At || e.At == from.At && e.Id.CompareTo(from.Id) < 0);
            var page = await (from e in entries
                              join a in db.All<SettlementApplication>() on e.ApplicationId equals a.Id
                              orderby e.At descending, e.Id descending
                              select new LedgerLine(e.Id, e.Voucher, e.At, e.Kind, e.Account, e.Amount, a.Id, a.No!, e.Reason,
                                  db.All<LedgerEntry>().Any(r => r.Reverses == e.Id)))
                .Take(take + 1).ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            return new AgentAccount(agent, name, await BalanceAsync(db, agent, ct), page, more ? Keyset.Write(page[^1].At, page[^1].Id) : null);
        }, ct);

    private async Task<AccountBalance> BalanceAsync(CrmDbContext db, Guid agent, CancellationToken ct)
    {
        // Sums run over the entries as they come: SQLite keeps decimals as text and cannot add them exactly.
        var yearStart = time.At(new DateOnly(time.Today.Year, 1, 1), TimeOnly.MinValue);
        decimal credit = 0, paid = 0, paidThisYear = 0;
        await foreach (var e in db.All<LedgerEntry>().AsNoTracking().Where(e => e.AgentId == agent).Select(e => new { e.Account, e.Amount, e.At })
            .AsAsyncEnumerable().WithCancellation(ct))
        {
            if (e.Account == Disposition.Offset) credit += e.Amount;
            else
            {
                paid += e.Amount;
                if (e.At >= yearStart) paidThisYear += e.Amount;
            }
        }
        var open = await db.All<SettlementApplication>().AsNoTracking().Where(a => a.AgentId == agent && a.State == SettlementState.InProgress)
            .Select(a => new { a.ReturnAmount, a.TotalFee }).ToListAsync(ct);
        return new AccountBalance(credit, paid, paidThisYear, open.Sum(a => a.ReturnAmount ?? a.TotalFee));
    }
}

/// <summary>Takes a booking back by an entry of the opposite amount; the first stays as it was written.</summary>
internal sealed class ReverseLedgerEntry(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.ReverseLedgerEntry", Access.Staff(AgentsRights.Reverse));

    /// <returns>The voucher of the reversing entry.</returns>
    public Task<Result<string>> HandleAsync(Actor actor, Guid operationId, Guid entryId, string? reason, CancellationToken ct) =>
        runtime.ExecuteAsync<string>(Operation, actor, operationId, new { entryId, reason }, async cmd =>
        {
            var entry = await cmd.Db.All<LedgerEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == entryId, ct);
            if (entry is null) return new NotFound();
            var already = await cmd.Db.All<LedgerEntry>().AnyAsync(e => e.Reverses == entryId, ct);
            if (entry.Reverse(cmd.NewId(), "", already, reason, actor.UserId, cmd.Now).Problem is { } refusal) return refusal;
            var voucher = await cmd.NextNumberAsync(SettlementSettings.Vouchers, SettlementSettings.VoucherPattern, time.DateOf(cmd.Now).Year, ct);
            var reversal = entry.Reverse(cmd.NewId(), voucher, already, reason, actor.UserId, cmd.Now).Value;
            cmd.Db.Add(reversal);
            cmd.Audit("ledger", entry.Id, new { entry.Voucher, entry.Amount }, new { reversal.Voucher, reversal.Amount, reversal.Reason });
            return voucher;
        }, ct);
}

/// <summary>Where a list by instant goes on: the last row's instant and id as text.</summary>
internal static class Keyset
{
    public static string Write(DateTimeOffset at, Guid id) => $"{at.UtcTicks:x}.{id:N}";

    public static (DateTimeOffset At, Guid Id)? Read(string? text) =>
        text?.Split('.') is [var ticks, var id] && long.TryParse(ticks, System.Globalization.NumberStyles.HexNumber, null, out var t) && t >= 0
            && t <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParse(id, out var guid)
            ? (new DateTimeOffset(t, TimeSpan.Zero), guid) : null;
}

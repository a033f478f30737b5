using CrmFlow.Agents;
using CrmFlow.TestSupport;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Sum of entries = sum of finance decisions, over random runs through the whole flow: random agents, fees, scores, ratios, returns, refusals,
/// withdrawals, repeated decisions and reversals.
/// </summary>
public class LedgerTests
{
    [Fact]
    public async Task The_sum_of_entries_is_the_sum_of_finance_decisions_over_random_runs()
    {
        var (runs, seed) = (Runs.Of(200, 5_000), Runs.Seed(20101023));
        await using var s = await Settlement.StartAsync();
        var (random, decided, reversed) = (new Random(seed), new Dictionary<Guid, (Disposition Disposition, decimal Amount)>(), 0m);
        for (var run = 0; run < runs; run++)
        {
            s.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 600)));
            var agent = random.Next(3) == 0 ? s.OtherAgent : s.Agent;
            var fee = random.Next(1, 2_000_000) / 100m;
            var id = await s.SubmittedAsync(fee, agent);
            if (await WalkAsync(s, random, agent, id) is not { } disposition) continue;
            decided[id] = (disposition, (await s.ApplicationAsync(id)).ReturnAmount!.Value);
            if (random.Next(10) != 0) continue;
            var entry = (await s.LedgerAsync()).Single(e => e.Books == id);
            (await s.App.Get<ReverseLedgerEntry>().HandleAsync(s.Finance, s.App.NewOperation(), entry.Id, "随机冲销", Settlement.Ct))
                .Problem.ShouldBeNull();
            reversed += entry.Amount;
        }

        var entries = await s.LedgerAsync();
        entries.Where(e => e.Kind != LedgerKind.Reversal).Sum(e => e.Amount).ShouldBe(decided.Values.Sum(d => d.Amount), $"seed {seed}");
        entries.Sum(e => e.Amount).ShouldBe(decided.Values.Sum(d => d.Amount) - reversed, $"seed {seed}");
        foreach (var entry in entries.Where(e => e.Books is not null)) (entry.Account, entry.Amount).ShouldBe(decided[entry.Books!.Value]);
        entries.Count(e => e.Books is not null).ShouldBe(decided.Count);
        entries.Select(e => e.Voucher).Order().ShouldBe(Enumerable.Range(1, entries.Count).Select(n => $"WL-2026-{n:0000}").Order());

        decimal shown = 0;
        foreach (var agent in new[] { s.Agent, s.OtherAgent })
        {
            var balance = (await s.App.Get<GetAgentAccount>().HandleAsync(agent, null, 1, null, Settlement.Ct)).Value.Balance;
            shown += balance.AvailableCredit + balance.PaidBack;
        }
        shown.ShouldBe(entries.Sum(e => e.Amount));
        decided.Count.ShouldBeGreaterThan(runs / 5); // the walk reaches the end often enough to mean something
    }

    /// <summary>Decides at random until the application is over; what finance decided, or null when it never came to that.</summary>
    private static async Task<Disposition?> WalkAsync(Settlement s, Random random, CrmFlow.Runtime.Actor agent, Guid id)
    {
        Disposition? disposition = null;
        for (var steps = 0; steps < 60 && await s.FindOpenTaskAsync(id) is { } task; steps++)
        {
            var rare = random.Next(12) == 0;
            switch (task.ActivityId)
            {
                case "commerce-review" when rare && random.Next(3) == 0: (await s.WithdrawAsync(agent, id)).Problem.ShouldBeNull(); break;
                case "commerce-review": await s.DecideAsync(s.Commerce, id, rare ? random.Next(2) == 0 ? "Refuse" : "Return" : "Approve",
                    rare ? "意见" : null); break;
                case "correction": await s.DecideAsync(agent, id, "Resubmit"); break;
                case "satisfaction-report":
                    var score = random.Next(45, 101);
                    var proposed = SettlementSettings.RatioBands.Default.First(b => score >= b.FromScore).Ratio;
                    decimal? ratio = random.Next(3) == 0 ? Math.Clamp(proposed + random.Next(-1000, 1001) / 100m, 0, 100) : null;
                    await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(score, ratio, ratio is null ? null : "理由"));
                    break;
                case "leader-signature" or "leaders-signature" when rare: await s.DecideAsync(s.Leader, id, "Return", "再核"); break;
                case "leader-signature" or "leaders-signature": await s.SignAllAsync(id); break;
                case "invoice-entry": await s.DecideAsync(agent, id, "Send", data: await s.InvoiceAsync(id)); break;
                case "invoice-receipt" when rare: await s.DecideAsync(s.Support, id, "SendBack", "重寄"); break;
                case "invoice-receipt": await s.ReceiveAsync(id); break;
                case "finance-decision":
                    var outcome = rare ? random.Next(2) == 0 ? "Refuse" : "ReturnInvoice" : random.Next(2) == 0 ? "Offset" : "PayBack";
                    var (operation, opinion) = (s.App.NewOperation(), rare ? "意见" : null);
                    (await s.CompleteAsync(s.Finance, task, outcome, opinion, operation: operation)).Problem.ShouldBeNull();
                    // the second click
                    if (random.Next(3) == 0) (await s.CompleteAsync(s.Finance, task, outcome, opinion, operation: operation)).Problem.ShouldBeNull();
                    if (Enum.TryParse<Disposition>(outcome, out var decision)) disposition = decision;
                    break;
                default: throw new InvalidOperationException($"Nobody knows the step {task.ActivityId}.");
            }
        }
        return disposition;
    }
}

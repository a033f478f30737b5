using CrmFlow.Agents;
using CrmFlow.Tasks;

namespace CrmFlow.Workflows.Tests;

/// <summary>R-SET-1: from request to ledger.</summary>
public class SettlementHappyPathTests
{
    [Fact]
    public async Task Commerce_reads_what_the_agent_sold_in_the_period_beside_what_it_asks_for()
    {
        await using var s = await Settlement.StartAsync();
        await s.SaleAsync(500, received: 4_000);
        await s.SaleAsync(700, on: new(2025, 12, 31));
        await s.SaleAsync(900, agent: s.OtherAgentId);
        var id = await s.SubmittedAsync(fee: 1_000);
        var view = await s.App.Get<TaskPage>().HandleAsync(s.Commerce, (await s.OpenTaskAsync(id)).Id, Settlement.Ct);
        view.Value.Why[0].ShouldBe("武汉图元信息技术有限公司 在申请期间共有 2 笔销售，应收 30,000.00 元，实收 24,000.00 元。");
    }

    [Fact]
    public async Task Below_ten_thousand_one_leader_signs_and_the_fee_is_offset_against_goods()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync(score: 86, fee: 5_000);
        (await s.StepAsync(id)).ShouldBe("leader-signature");
        await s.DecideAsync(s.SecondLeader, id, "Sign", "同意", signature: Settlement.Png);

        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id, amount: 4_000));
        await s.ReceiveAsync(id);
        await s.DecideAsync(s.Finance, id, "Offset");

        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.StateAsync(id)).ShouldBe(SettlementState.Done);
        (await s.LedgerAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Kind.ShouldBe(LedgerKind.Offset), e => e.Amount.ShouldBe(4_000), e => e.ApplicationId.ShouldBe(id), e =>
                e.AgentId.ShouldBe(s.AgentId), e => e.Voucher.ShouldBe("WL-2026-0001"));
        (await s.App.Get<GetAgentAccount>().HandleAsync(s.Agent, null, 20, null, Settlement.Ct)).Value.Balance.AvailableCredit.ShouldBe(4_000);
    }

    [Fact]
    public async Task From_ten_thousand_both_leaders_sign_and_the_fee_is_paid_back()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync(score: 95, fee: 10_000);
        (await s.StepAsync(id)).ShouldBe("leaders-signature");

        await s.DecideAsync(s.Leader, id, "Sign", signature: s.Leader.Name);
        (await s.StepAsync(id)).ShouldBe("leaders-signature"); // one of two
        await s.DecideAsync(s.SecondLeader, id, "Sign", signature: s.SecondLeader.Name);
        (await s.StepAsync(id)).ShouldBe("invoice-entry");

        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id));
        await s.ReceiveAsync(id);
        await s.DecideAsync(s.Finance, id, "PayBack");

        (await s.LedgerAsync()).ShouldHaveSingleItem().Kind.ShouldBe(LedgerKind.PayBack);
        (await s.App.Get<GetAgentAccount>().HandleAsync(s.Agent, null, 20, null, Settlement.Ct)).Value.ShouldSatisfyAllConditions(
            a => a.Balance.PaidBack.ShouldBe(10_000), a => a.Balance.AvailableCredit.ShouldBe(0), a =>
                a.Lines.ShouldHaveSingleItem().ApplicationNo.ShouldBe("JS-2026-0001"));
    }

    [Theory] // The amount decides, not the fee: 12 500 × 80 % is exactly the threshold.
    [InlineData(12_500, "leaders-signature")]
    [InlineData(12_499.98, "leader-signature")]
    public async Task The_threshold_counts_the_amount_to_return(double fee, string step)
    {
        await using var s = await Settlement.StartAsync();
        (await s.StepAsync(await s.ReportedAsync(score: 80, fee: (decimal)fee))).ShouldBe(step);
    }

    [Fact]
    public async Task With_a_ratio_of_zero_it_ends_after_the_signature_without_invoice_or_entry_and_the_lines_stay_settled()
    {
        await using var s = await Settlement.StartAsync();
        var sale = await s.SaleAsync(5_000);
        var id = await s.DraftAsync(s.Agent, sale);
        await s.SubmitAsync(s.Agent, id);
        await s.DecideAsync(s.Commerce, id, "Approve");
        await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(40));
        (await s.StepAsync(id)).ShouldBe("leader-signature"); // it is signed all the same
        await s.SignAllAsync(id);

        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.StateAsync(id)).ShouldBe(SettlementState.NothingReturned);
        (await s.LedgerAsync()).ShouldBeEmpty();
        (await s.IsFreeAsync(sale)).ShouldBeFalse();
    }

    [Fact] // C-03
    public async Task Staff_apply_for_an_agent_and_answer_for_it()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.DraftAsync(s.Commerce, await s.SaleAsync(5_000));
        (await s.SubmitAsync(s.Commerce, id)).Problem.ShouldBeNull();
        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.OnBehalfBy.ShouldBe(s.Commerce.UserId), a => a.AgentId.ShouldBe(s.AgentId));

        await s.DecideAsync(s.Commerce, id, "Return", "缺验收单");
        await s.DecideAsync(s.Commerce, id, "Resubmit"); // the agent's users may, and so may who applied
        (await s.StepAsync(id)).ShouldBe("commerce-review");
        (await s.ViewAsync(s.Agent, id)).OnBehalf.ShouldBeTrue();
    }

    [Fact]
    public async Task The_agent_sees_stage_role_and_days_and_not_what_was_said_inside()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync(fee: 5_000);
        s.Clock.Advance(TimeSpan.FromDays(2)); // Monday to Wednesday
        await s.DecideAsync(s.Leader, id, "Return", "这份内部意见代理商不该看到");
        s.Clock.Advance(TimeSpan.FromDays(1));

        var seen = await s.ViewAsync(s.Agent, id);
        var stage = seen.Stages.Single(x => x.IsOpen);
        stage.ShouldSatisfyAllConditions(x => x.ActivityId.ShouldBe("satisfaction-report"), x => x.WorkingDays.ShouldBe(1), x =>
            x.Holders.ShouldBe(["support"]), x => x.Round.ShouldBe(2));
        seen.Stages.SelectMany(x => x.Opinions).ShouldAllBe(o => o.Opinion == null);
        (await s.ViewAsync(s.Commerce, id)).Stages.SelectMany(x => x.Opinions).ShouldContain(o => o.Opinion == "这份内部意见代理商不该看到");
        seen.Ahead.ShouldBe(["领导签字", "寄出发票", "确认收到发票", "财务决定"]);
    }

    [Fact]
    public async Task The_agents_task_page_shows_what_came_back_to_it_and_not_what_the_leaders_wrote()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync();
        await s.DecideAsync(s.Leader, id, "Sign", "内部意见", signature: s.Leader.Name);
        async Task<IEnumerable<string?>> OpinionsAsync() =>
            (await s.App.Get<TaskPage>().HandleAsync(s.Agent, (await s.OpenTaskAsync(id)).Id, Settlement.Ct)).Value.History.Select(h => h.Opinion);
        (await OpinionsAsync()).ShouldAllBe(o => o == null);

        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id));
        await s.DecideAsync(s.Support, id, "SendBack", "抬头写错");
        (await OpinionsAsync()).ShouldContain("抬头写错");
    }
}

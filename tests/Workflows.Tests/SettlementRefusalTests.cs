using CrmFlow.Agents;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Workflows.Tests;

/// <summary>R-SET-2: every no, every way back, and what it leaves behind.</summary>
public class SettlementRefusalTests
{
    [Fact]
    public async Task Commerce_refuses_with_a_reason_and_the_lines_are_free_again()
    {
        await using var s = await Settlement.StartAsync();
        var sale = await s.SaleAsync(5_000);
        var id = await s.DraftAsync(s.Agent, sale);
        await s.SubmitAsync(s.Agent, id);
        (await s.TryDecideAsync(s.Commerce, id, "Refuse")).Problem.ShouldNotBeNull().Field.ShouldBe("opinion");
        await s.DecideAsync(s.Commerce, id, "Refuse", "不在返还范围");

        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.State.ShouldBe(SettlementState.Refused), a =>
            a.CloseReason.ShouldBe("不在返还范围"), a => a.No.ShouldBe("JS-2026-0001"));
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.IsFreeAsync(sale)).ShouldBeTrue();
    }

    [Fact]
    public async Task Commerce_sends_back_the_agent_corrects_and_only_commerce_is_asked_again()
    {
        await using var s = await Settlement.StartAsync();
        var (kept, left) = (await s.SaleAsync(5_000), await s.SaleAsync(2_000));
        var id = await s.DraftAsync(s.Agent, kept, left);
        await s.SubmitAsync(s.Agent, id);
        await s.DecideAsync(s.Commerce, id, "Return", "第二条缺验收单");
        (await s.StepAsync(id)).ShouldBe("correction");

        var keep = (await s.ApplicationAsync(id)).Lines.Single(l => l.SalesRecordId == kept).Id;
        await s.DecideAsync(s.Agent, id, "Resubmit", data: new() { ["lines"] = Value.List([keep]), ["remarks"] = "先报一条" });

        var task = await s.OpenTaskAsync(id);
        task.ShouldSatisfyAllConditions(t => t.ActivityId.ShouldBe("commerce-review"), t => t.Round.ShouldBe(2));
        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.TotalFee.ShouldBe(5_000), a => a.Remarks.ShouldBe("先报一条"));
        (await s.IsFreeAsync(left)).ShouldBeTrue();
        await s.DecideAsync(s.Commerce, id, "Approve");
        (await s.StepAsync(id)).ShouldBe("satisfaction-report");
    }

    [Fact]
    public async Task A_correction_keeps_at_least_one_line()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SubmittedAsync();
        await s.DecideAsync(s.Commerce, id, "Return", "改");
        (await s.TryDecideAsync(s.Agent, id, "Resubmit", data: new() { ["lines"] = Value.List([]) })).Problem.ShouldNotBeNull()
            .Field.ShouldBe("lines");
    }

    [Fact]
    public async Task Sent_back_twice_and_approved_it_still_goes_all_the_way()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SubmittedAsync();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await s.DecideAsync(s.Commerce, id, "Return", "改");
            await s.DecideAsync(s.Agent, id, "Resubmit");
        }
        await s.DecideAsync(s.Commerce, id, "Approve");
        await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(95));
        await s.SignAllAsync(id);
        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id));
        await s.ReceiveAsync(id);
        await s.DecideAsync(s.Finance, id, "Offset");
        (await s.StateAsync(id)).ShouldBe(SettlementState.Done);
        (await s.LedgerAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_leaders_return_sends_the_report_back_and_earlier_signatures_stay_visible_but_count_no_more()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync(score: 95, fee: 10_000);
        await s.DecideAsync(s.Leader, id, "Sign", signature: s.Leader.Name);
        await s.DecideAsync(s.SecondLeader, id, "Return", "投诉重开的一起没算");

        (await s.OpenTaskAsync(id)).ShouldSatisfyAllConditions(t => t.ActivityId.ShouldBe("satisfaction-report"), t => t.Round.ShouldBe(2));
        await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(92));
        (await s.StepAsync(id)).ShouldBe("leaders-signature");
        await s.DecideAsync(s.SecondLeader, id, "Sign", signature: s.SecondLeader.Name);
        (await s.StepAsync(id)).ShouldBe("leaders-signature"); // the first leader must sign again
        await s.DecideAsync(s.Leader, id, "Sign", signature: s.Leader.Name);
        (await s.StepAsync(id)).ShouldBe("invoice-entry");

        var signatures = (await s.ViewAsync(s.Finance, id)).Signatures;
        signatures.Select(x => (x.Round, x.Counts)).ShouldBe([(1, false), (2, true), (2, true)]);
    }

    [Fact]
    public async Task A_lower_score_after_a_return_may_need_fewer_signatures()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync(score: 95, fee: 10_000);
        await s.DecideAsync(s.Leader, id, "Return", "分数偏高");
        await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(85));
        (await s.StepAsync(id)).ShouldBe("leader-signature");
        await s.SignAllAsync(id);
        (await s.ApplicationAsync(id)).ReturnAmount.ShouldBe(8_000);
    }

    [Fact]
    public async Task A_ratio_too_far_from_the_proposed_is_refused_and_nothing_is_kept()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ApprovedAsync();
        (await s.TryDecideAsync(s.Support, id, "Submit", data: Settlement.Report(86, ratio: 91, reason: "想多返"))).Problem.ShouldBeOfType<RatioTooFar>()
            .Args.ShouldBe(["91", "80", "70", "90"]);
        (await s.TryDecideAsync(s.Support, id, "Submit", data: Settlement.Report(86, ratio: 85))).Problem.ShouldBeOfType<RatioReasonMissing>();
        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.Reports.ShouldBeEmpty(), a => a.ReturnAmount.ShouldBeNull());

        await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(86, ratio: 85, reason: "投诉已补救"));
        (await s.ApplicationAsync(id)).ReturnAmount.ShouldBe(4_250);
    }

    [Fact]
    public async Task Scores_and_comment_are_needed()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ApprovedAsync();
        var report = Settlement.Report(86);
        report.Remove("score.complaints");
        (await s.TryDecideAsync(s.Support, id, "Submit", data: report)).Problem.ShouldNotBeNull().Field.ShouldBe("score.complaints");
        report = Settlement.Report(86);
        report["score.complaints"] = 26m;
        (await s.TryDecideAsync(s.Support, id, "Submit", data: report)).Problem.ShouldNotBeNull().Field.ShouldBe("score.complaints");
        report = Settlement.Report(86);
        report["comments"] = "  ";
        (await s.TryDecideAsync(s.Support, id, "Submit", data: report)).Problem.ShouldNotBeNull().Field.ShouldBe("comments");
    }

    [Fact]
    public async Task Another_persons_name_is_no_signature()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReportedAsync();
        (await s.TryDecideAsync(s.Leader, id, "Sign", signature: "欧阳淼")).Problem.ShouldBeOfType<SignatureNotOwnName>();
        (await s.TryDecideAsync(s.Leader, id, "Sign")).Problem.ShouldNotBeNull().Field.ShouldBe("signature");
    }

    [Fact]
    public async Task An_invoice_of_another_amount_is_refused_with_the_difference()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SignedAsync(score: 80, fee: 12_498.75m); // 9 999.00
        (await s.TryDecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id, amount: 9_999.01m)))
            .Problem.ShouldBeOfType<InvoiceAmountDiffers>().Args.ShouldBe(["9,999.01", "9,999.00", "0.01"]);
        (await s.ApplicationAsync(id)).Invoices.ShouldBeEmpty();
        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id));
    }

    [Theory]
    [InlineData("00816022")]
    [InlineData("0081 6022")]
    [InlineData("００８１６０２２")]
    [InlineData("　0081６022 ")]
    public async Task The_same_invoice_is_refused_over_all_agents_however_it_is_typed(string typed)
    {
        await using var s = await Settlement.StartAsync();
        var first = await s.SignedAsync();
        await s.DecideAsync(s.Agent, first, "Send", data: await s.InvoiceAsync(first, "00816022"));

        var own = await s.SignedAsync();
        (await s.TryDecideAsync(s.Agent, own, "Send", data: await s.InvoiceAsync(own, typed))).Problem.ShouldBeOfType<InvoiceUsed>()
            .Args.ShouldBe(["00816022", "JS-2026-0001"]);

        var foreign = await s.SignedAsync(by: s.OtherAgent);
        // not whose
        (await s.TryDecideAsync(s.OtherAgent, foreign, "Send", data: await s.InvoiceAsync(foreign, typed))).Problem.ShouldBeOfType<InvoiceUsed>()
            .Args.ShouldBe(["00816022"]);
    }

    [Fact]
    public async Task The_support_centre_sends_the_invoice_back_and_the_corrected_one_goes_on()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.InvoicedAsync();
        await s.DecideAsync(s.Support, id, "SendBack", "抬头写错");
        (await s.StepAsync(id)).ShouldBe("invoice-entry");
        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id, "99999999"));
        await s.ReceiveAsync(id);
        (await s.StepAsync(id)).ShouldBe("finance-decision");
        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.Invoice!.Number.ShouldBe("99999999"), a =>
            a.Invoices.Count(i => i.State == InvoiceState.Voided).ShouldBe(1));
    }

    [Fact]
    public async Task A_receipt_needs_the_scan()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.InvoicedAsync();
        (await s.TryDecideAsync(s.Support, id, "Confirm")).Problem.ShouldBeOfType<ScanMissing>();
        await s.ReceiveAsync(id);
    }

    [Fact]
    public async Task Finance_returns_only_the_invoice_and_the_voided_one_may_be_entered_again_there_and_nowhere_else()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SignedAsync();
        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id, "00816022"));
        await s.ReceiveAsync(id);
        await s.DecideAsync(s.Finance, id, "ReturnInvoice", "票面有折痕，请重寄");
        (await s.StepAsync(id)).ShouldBe("invoice-entry"); // not the approvals
        (await s.LedgerAsync()).ShouldBeEmpty();

        var other = await s.SignedAsync();
        (await s.TryDecideAsync(s.Agent, other, "Send", data: await s.InvoiceAsync(other, "00816022"))).Problem.ShouldBeOfType<InvoiceUsed>();

        await s.DecideAsync(s.Agent, id, "Send", data: await s.InvoiceAsync(id, "00816022"));
        s.Clock.Advance(TimeSpan.FromMinutes(1));
        await s.ReceiveAsync(id);
        await s.DecideAsync(s.Finance, id, "PayBack");
        (await s.LedgerAsync()).ShouldHaveSingleItem().Amount.ShouldBe(5_000);
        (await s.ApplicationAsync(id)).Invoices.ShouldHaveSingleItem().State.ShouldBe(InvoiceState.Received);
    }

    [Fact]
    public async Task Finance_refuses_for_good_with_a_reason_books_nothing_and_frees_the_lines()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReceivedAsync();
        await s.DecideAsync(s.Finance, id, "Refuse", "代理商已停止合作");
        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.State.ShouldBe(SettlementState.Refused), a =>
            a.CloseReason.ShouldBe("代理商已停止合作"), a => a.Lines.ShouldAllBe(l => l.HeldSale == null));
        (await s.LedgerAsync()).ShouldBeEmpty();
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task It_may_be_withdrawn_while_commerce_has_only_claimed_it()
    {
        await using var s = await Settlement.StartAsync();
        var sale = await s.SaleAsync(5_000);
        var id = await s.DraftAsync(s.Agent, sale);
        await s.SubmitAsync(s.Agent, id);
        await s.App.StaffAsync("wangfang", "王芳", ["commerce"]); // a second candidate, so that the task lies in the pool
        var pooled = await s.SubmittedAsync(100);
        var task = await s.OpenTaskAsync(pooled);
        (await s.App.Get<ClaimTask>().HandleAsync(s.Commerce, task.Id, s.App.NewOperation(), Settlement.Ct)).Problem.ShouldBeNull();

        (await s.WithdrawAsync(s.Agent, pooled)).Problem.ShouldBeNull();
        (await s.WithdrawAsync(s.Agent, id)).Problem.ShouldBeNull();
        (await s.StateAsync(id)).ShouldBe(SettlementState.Withdrawn);
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.IsFreeAsync(sale)).ShouldBeTrue();

        var again = await s.DraftAsync(s.Agent, sale);
        (await s.SubmitAsync(s.Agent, again)).Value.No.ShouldBe("JS-2026-0003"); // the withdrawn numbers stay used
    }

    [Fact]
    public async Task It_may_be_withdrawn_while_it_lies_with_the_agent_for_correction()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SubmittedAsync();
        await s.DecideAsync(s.Commerce, id, "Return", "缺资料");
        (await s.WithdrawAsync(s.Agent, id)).Problem.ShouldBeNull();
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task After_commerce_decided_it_is_not_withdrawn_and_goes_on()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ApprovedAsync();
        (await s.WithdrawAsync(s.Agent, id)).Problem.ShouldBeOfType<CommerceHasDecided>();
        (await s.StepAsync(id)).ShouldBe("satisfaction-report");
    }

    [Fact]
    public async Task Staff_with_the_right_cancel_with_a_reason_until_finance_decided()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReceivedAsync();
        var cancel = s.App.Get<CancelSettlement>();
        (await cancel.HandleAsync(s.Finance, s.App.NewOperation(), id, "错", Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await cancel.HandleAsync(s.Commerce, s.App.NewOperation(), id, " ", Settlement.Ct)).Problem.ShouldBeOfType<CancelReasonMissing>();
        (await cancel.HandleAsync(s.Commerce, s.App.NewOperation(), id, "重复申请", Settlement.Ct)).Problem.ShouldBeNull();
        (await s.StateAsync(id)).ShouldBe(SettlementState.Cancelled);
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();

        var done = await s.ReceivedAsync();
        await s.DecideAsync(s.Finance, done, "Offset");
        (await cancel.HandleAsync(s.Commerce, s.App.NewOperation(), done, "晚了", Settlement.Ct)).Problem.ShouldBeOfType<AlreadyClosed>();
    }

    [Fact]
    public async Task A_booked_amount_is_taken_back_once_by_a_reversing_entry()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReceivedAsync();
        await s.DecideAsync(s.Finance, id, "Offset");
        var entry = (await s.LedgerAsync()).Single();
        var reverse = s.App.Get<ReverseLedgerEntry>();
        (await reverse.HandleAsync(s.Commerce, s.App.NewOperation(), entry.Id, "错", Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await reverse.HandleAsync(s.Finance, s.App.NewOperation(), entry.Id, "", Settlement.Ct)).Problem.ShouldBeOfType<ReversalReasonMissing>();
        (await reverse.HandleAsync(s.Finance, s.App.NewOperation(), entry.Id, "记错代理商", Settlement.Ct)).Value.ShouldBe("WL-2026-0002");
        (await reverse.HandleAsync(s.Finance, s.App.NewOperation(), entry.Id, "再来", Settlement.Ct)).Problem.ShouldBeOfType<ReversedAlready>();
        (await s.LedgerAsync()).Sum(e => e.Amount).ShouldBe(0);
        var account = (await s.App.Get<GetAgentAccount>().HandleAsync(s.Agent, null, 20, null, Settlement.Ct)).Value;
        account.Balance.AvailableCredit.ShouldBe(0);
        account.Lines.Select(l => (l.Kind, l.IsReversed)).ShouldBe([(LedgerKind.Reversal, false), (LedgerKind.Offset, true)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_ledger_entry_cannot_be_changed()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.ReceivedAsync();
        await s.DecideAsync(s.Finance, id, "Offset");
        var change = () => s.App.DoAsync(async cmd =>
        {
            var entry = await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(cmd.Db.Set<LedgerEntry>());
            cmd.Db.Entry(entry).Property(e => e.Amount).CurrentValue = 1;
        });
        (await change.ShouldThrowAsync<InvalidOperationException>()).Message.ShouldContain("Amount");
    }
}

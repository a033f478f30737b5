using CrmFlow.Agents;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>Settings are read once, at submission; scope is decided in one place.</summary>
public class SettlementRulesTests
{
    [Fact]
    public async Task A_changed_threshold_touches_only_new_applications()
    {
        await using var s = await Settlement.StartAsync();
        var before = await s.ApprovedAsync(fee: 9_000);
        await s.SettingAsync(SettlementSettings.TwoSignaturesFrom, 8_000m);
        var after = await s.ApprovedAsync(fee: 9_000);
        foreach (var id in new[] { before, after }) await s.DecideAsync(s.Support, id, "Submit", data: Settlement.Report(95));
        (await s.StepAsync(before)).ShouldBe("leader-signature");
        (await s.StepAsync(after)).ShouldBe("leaders-signature");
    }

    [Fact]
    public async Task Changed_bands_deviation_and_due_times_touch_only_new_applications()
    {
        await using var s = await Settlement.StartAsync();
        var before = await s.SubmittedAsync();
        await s.SettingAsync(SettlementSettings.RatioBands, new RatioBand[] { new(95, 100), new(0, 30) });
        await s.SettingAsync(SettlementSettings.MaxDeviation, 0m);
        await s.SettingAsync(SettlementSettings.DueDays, new SettlementDueDays(3, 3, 9, 3, 3, 3, 3));
        var after = await s.SubmittedAsync();
        foreach (var id in new[] { before, after }) await s.DecideAsync(s.Commerce, id, "Approve");
        (await s.OpenTaskAsync(before)).DueAt.ShouldBe(new(2026, 3, 5, 1, 0, 0, TimeSpan.Zero));  // Thursday
        (await s.OpenTaskAsync(after)).DueAt.ShouldBe(new(2026, 3, 13, 1, 0, 0, TimeSpan.Zero));

        await s.DecideAsync(s.Support, before, "Submit", data: Settlement.Report(92));
        (await s.TryDecideAsync(s.Support, after, "Submit", data: Settlement.Report(92, ratio: 31, reason: "想")))
            .Problem.ShouldBeOfType<RatioTooFar>();
        await s.DecideAsync(s.Support, after, "Submit", data: Settlement.Report(92));
        (await s.ApplicationAsync(before)).ReturnRatio.ShouldBe(100);
        (await s.ApplicationAsync(after)).ReturnRatio.ShouldBe(30);
    }

    [Fact]
    public async Task Fees_are_frozen_at_submission_and_a_total_that_moved_goes_back_to_the_person_first()
    {
        await using var s = await Settlement.StartAsync();
        var submitted = await s.SubmittedAsync(fee: 5_000);
        var sale = await s.SaleAsync(5_000);
        var draft = await s.DraftAsync(s.Agent, sale);
        (await s.App.Get<AddFeeRate>().HandleAsync(s.Commerce, s.App.NewOperation(), s.ProductId, null, 6, new(2026, 3, 2), Settlement.Ct))
            .Problem.ShouldBeNull();

        (await s.SubmitAsync(s.Agent, draft)).Problem.ShouldBeOfType<FeesChanged>().Args.ShouldBe(["5,000.00", "6,000.00"]);
        (await s.SubmitAsync(s.Agent, await s.DraftAsync(s.Agent, sale))).Problem.ShouldBeNull();
        (await s.ApplicationAsync(submitted)).TotalFee.ShouldBe(5_000);
    }

    [Fact]
    public async Task An_agents_own_rate_wins_and_a_rate_of_tomorrow_does_not_count_yet()
    {
        await using var s = await Settlement.StartAsync();
        var rates = s.App.Get<AddFeeRate>();
        await rates.HandleAsync(s.Commerce, s.App.NewOperation(), s.ProductId, s.AgentId, 8, new(2026, 3, 2), Settlement.Ct);
        await rates.HandleAsync(s.Commerce, s.App.NewOperation(), s.ProductId, s.AgentId, 9, new(2026, 3, 3), Settlement.Ct);
        (await rates.HandleAsync(s.Commerce, s.App.NewOperation(), s.ProductId, null, 9, new(2026, 3, 1), Settlement.Ct))
            .Problem.ShouldBeOfType<FeeRateInPast>();
        (await rates.HandleAsync(s.Finance, s.App.NewOperation(), s.ProductId, null, 9, new(2026, 3, 2), Settlement.Ct))
            .Problem.ShouldBeOfType<NotFound>();

        await s.SaleAsync(5_000);
        await s.SaleAsync(5_000, agent: s.OtherAgentId);
        var free = s.App.Get<FreeLines>();
        (await free.ListAsync(s.Agent, null, Settlement.PeriodFrom, Settlement.PeriodTo, Settlement.Ct)).Value.Single().Fee.ShouldBe(8_000);
        (await free.ListAsync(s.OtherAgent, null, Settlement.PeriodFrom, Settlement.PeriodTo, Settlement.Ct)).Value.Single().Fee.ShouldBe(5_000);
    }

    [Fact]
    public async Task Only_fully_paid_lines_are_free_until_the_setting_says_otherwise()
    {
        await using var s = await Settlement.StartAsync();
        var sale = await s.SaleAsync(5_000, received: 99_999.99m);
        (await s.TrySaveAsync(s.Agent, sale)).Problem.ShouldBeOfType<LineNotPaid>();
        await s.SettingAsync(SettlementSettings.OnlyFullyPaid, false);
        (await s.SubmitAsync(s.Agent, await s.DraftAsync(s.Agent, sale))).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_number_pattern_is_a_setting()
    {
        await using var s = await Settlement.StartAsync();
        await s.SettingAsync(SettlementSettings.NumberPattern, "{yy}结{seq:3}");
        (await s.SubmitAsync(s.Agent, await s.DraftAsync(s.Agent, await s.SaleAsync(10)))).Value.No.ShouldBe("26结001");
    }

    [Fact] // foreign id → not found, everywhere
    public async Task An_agent_never_reaches_another_agents_records()
    {
        await using var s = await Settlement.StartAsync();
        var draft = await s.DraftAsync(s.Agent, await s.SaleAsync(10));
        var submitted = await s.SubmittedAsync();
        var stranger = s.OtherAgent;
        (await s.App.Get<GetSettlement>().HandleAsync(stranger, submitted, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<GetSettlement>().HandleAsync(stranger, "JS-2026-0001", Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.WithdrawAsync(stranger, submitted)).Problem.ShouldBeOfType<NotFound>();
        (await s.SubmitAsync(stranger, draft)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<DeleteDraft>().HandleAsync(stranger, s.App.NewOperation(), draft, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<CrmFlow.Agents.SaveDraft>().HandleAsync(stranger, s.App.NewOperation(), draft, null, new(null, Settlement.PeriodFrom, Settlement.PeriodTo, [], null), Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<FreeLines>().ListAsync(stranger, s.AgentId, Settlement.PeriodFrom, Settlement.PeriodTo, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<GetAgentAccount>().HandleAsync(stranger, s.AgentId, 20, null, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<ListSettlements>().HandleAsync(stranger, SettlementTab.InProgress, s.AgentId, 20, null, Settlement.Ct))
            .Value.Rows.ShouldBeEmpty();
        (await s.TryDecideAsync(stranger, submitted, "Approve")).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<CrmFlow.Tasks.Attachments>().HandleAsync(stranger, "settlement", submitted, null, Settlement.Ct))
            .Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task Staff_without_a_right_see_nothing_but_who_works_on_it_sees_that_one()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SubmittedAsync();
        (await s.App.Get<GetSettlement>().HandleAsync(s.Outsider, id, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<ListSettlements>().HandleAsync(s.Outsider, SettlementTab.InProgress, null, 20, null, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();

        var newcomer = await s.App.StaffAsync("wangfang", "王芳", ["commerce"]); // in the role, without the right to see all
        (await s.App.Get<GetSettlement>().HandleAsync(newcomer, await s.SubmittedAsync(), Settlement.Ct)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Drafts_are_the_agents_own_until_submitted()
    {
        await using var s = await Settlement.StartAsync();
        var draft = await s.DraftAsync(s.Agent, await s.SaleAsync(10));
        (await s.App.Get<GetSettlement>().HandleAsync(s.Finance, draft, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await s.App.Get<DeleteDraft>().HandleAsync(s.Agent, s.App.NewOperation(), draft, Settlement.Ct)).Problem.ShouldBeNull();
        (await s.App.ReadAsync(db => db.Set<SettlementLine>().CountAsync(Settlement.Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task A_draft_changed_elsewhere_is_not_overwritten()
    {
        await using var s = await Settlement.StartAsync();
        var (one, two) = (await s.SaleAsync(10), await s.SaleAsync(20));
        var saved = (await s.TrySaveAsync(s.Agent, one)).Value;
        var save = s.App.Get<CrmFlow.Agents.SaveDraft>();
        DraftContent Of(Guid sale) => new(null, Settlement.PeriodFrom, Settlement.PeriodTo, [sale], null);
        (await save.HandleAsync(s.Agent, s.App.NewOperation(), saved.Id, saved.Revision, Of(two), Settlement.Ct)).Problem.ShouldBeNull();
        (await save.HandleAsync(s.Agent, s.App.NewOperation(), saved.Id, saved.Revision, Of(one), Settlement.Ct))
            .Problem.ShouldBeOfType<DraftChanged>();
    }

    [Fact]
    public async Task A_list_goes_on_where_it_stopped_though_all_rows_have_one_instant()
    {
        await using var s = await Settlement.StartAsync();
        var all = new List<Guid>();
        for (var i = 0; i < 7; i++) all.Add(await s.SubmittedAsync(10 + i));
        var (list, seen, after) = (s.App.Get<ListSettlements>(), new List<Guid>(), (string?)null);
        do
        {
            var page = (await list.HandleAsync(s.Agent, SettlementTab.InProgress, null, 3, after, Settlement.Ct)).Value;
            seen.AddRange(page.Rows.Select(r => r.Id));
            after = page.Next;
        } while (after is not null);
        seen.ShouldBe(all, ignoreOrder: true);
        (await list.CountsAsync(s.Agent, Settlement.Ct)).Value[SettlementTab.InProgress].ShouldBe(7);
    }

    [Fact]
    public async Task A_signature_bound_to_changed_content_is_shown_as_void()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SignedAsync();
        (await s.ViewAsync(s.Finance, id)).Signatures.Single().Counts.ShouldBeTrue();
        await s.App.DoAsync(cmd =>
            cmd.Db.Set<SatisfactionReport>().Where(r => r.ApplicationId == id).ExecuteUpdateAsync(u => u.SetProperty(r => r.Comments, "改过")));
        (await s.ViewAsync(s.Finance, id)).Signatures.Single().Counts.ShouldBeFalse();
    }

    [Fact]
    public async Task An_overdue_step_is_shown_and_its_holder_gets_a_mail()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.SubmittedAsync();
        s.Clock.Advance(TimeSpan.FromDays(2));
        await s.App.Get<DuePump>().RunDueAsync(Settlement.Ct);
        (await s.ViewAsync(s.Agent, id)).Stages.Single().Overdue(s.Clock.GetUtcNow()).ShouldBeFalse();

        s.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1)); // past the third working day
        await s.App.Get<DuePump>().RunDueAsync(Settlement.Ct);
        (await s.ViewAsync(s.Agent, id)).Stages.Single().Overdue(s.Clock.GetUtcNow()).ShouldBeTrue();
        (await s.App.ReadAsync(db => db.Set<OutboxRow>().Select(m => m.Payload).ToListAsync(Settlement.Ct)))
            .ShouldContain(p => p.Contains("zhoumin@example.com"));
    }
}

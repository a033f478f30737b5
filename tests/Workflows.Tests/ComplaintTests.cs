using CrmFlow.Runtime;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// R-CMP-1, R-CMP-2, T-08, T-09, C-08: a complaint from the call to its end, with expected instants written by hand (the clock starts Monday
/// 2026-03-02 09:00 in Shanghai).
/// </summary>
public class ComplaintTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ComplaintCategory.Product)]
    [InlineData(ComplaintCategory.Service)]
    public async Task A_complaint_is_recorded_classified_assigned_solved_called_back_and_closed(ComplaintCategory category)
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.RecordedAsync(
            s.Entry with { Incident = "升级", ExpectedBy = s.Clock.GetUtcNow().AddDays(3), SalesRecordId = s.SaleId, Source = "phone", Remarks = "急" });
        var complaint = await s.ComplaintAsync(id);
        (complaint.No, complaint.State, complaint.Category, complaint.ReceivedBy, complaint.CreatedBy)
            .ShouldBe(("TS-2026-0001", ComplaintState.New, null, s.Reception.UserId, s.Reception.UserId));
        complaint.ProductId.ShouldBe(s.ProductId); // of the sale
        complaint.ComplainedAt.ShouldBe(new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero));
        (await s.StepAsync(id)).ShouldBe("classify");
        (await s.OpenTaskAsync(id)).DueAt.ShouldBe(new(2026, 3, 3, 1, 0, 0, TimeSpan.Zero));

        await s.DecideAsync(s.Support, id, "HandOver",
            new() { ["category"] = category.ToString(), ["product"] = s.ProductId, ["verification"] = "属实" });
        complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.Category, complaint.VerificationResult).ShouldBe((ComplaintState.Classified, category, "属实"));
        (await s.StepAsync(id)).ShouldBe("assign");

        await s.AssignAsync(id, s.Technician);
        complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.AssignedTo).ShouldBe((ComplaintState.InHand, s.Technician.UserId));
        var task = await s.OpenTaskAsync(id);
        (task.ActivityId, task.DueAt).ShouldBe(("handle", new(2026, 3, 5, 1, 0, 0, TimeSpan.Zero)));
        (await s.CompleteAsync(s.SecondTechnician, task, "Handled")).Problem.ShouldBeOfType<NotFound>(); // not theirs, not seen

        s.Clock.Advance(TimeSpan.FromHours(5));
        await s.HandleAsync(id, s.Technician);
        complaint = await s.ComplaintAsync(id);
        complaint.State.ShouldBe(ComplaintState.AwaitingCallBack);
        complaint.CallBackDueAt.ShouldBe(new(2026, 3, 4, 6, 0, 0, TimeSpan.Zero)); // 48 hours after 14:00
        var handling = complaint.Handlings.ShouldHaveSingleItem();
        (handling.HandledBy, handling.HandledAt, handling.Location, handling.Satisfaction)
            .ShouldBe((s.Technician.UserId, new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero), "客户机房", null));
        (await s.StepAsync(id)).ShouldBeNull();

        await s.PassAsync(TimeSpan.FromHours(48) - TimeSpan.FromSeconds(1));
        (await s.StepAsync(id)).ShouldBeNull();
        await s.PassAsync(TimeSpan.FromSeconds(1));
        (await s.StepAsync(id)).ShouldBe("call-back");
        (await s.TryDecideAsync(s.Support, id, "Reached")).Problem!.Field.ShouldBe("satisfaction");
        await s.RateAsync(id, 4, "处理及时");

        complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.End, complaint.Satisfaction, complaint.Round, complaint.CallBackDueAt)
            .ShouldBe((ComplaintState.Closed, ComplaintEnd.Solved, 4, 1, null));
        complaint.ClosedAt.ShouldBe(s.Clock.GetUtcNow());
        (complaint.Handlings[0].Satisfaction, complaint.Handlings[0].CustomerComment).ShouldBe((4, "处理及时"));
        (await s.StepAsync(id)).ShouldBeNull();
        var visit = (await s.App.ReadAsync(db => db.Set<FollowUpVisit>().ToListAsync(Ct))).ShouldHaveSingleItem();
        (visit.CustomerId, visit.ComplaintId, visit.VisitorId, visit.Respondent, visit.Nature, visit.Result)
            .ShouldBe((s.CustomerId, id, s.Support.UserId, "李淼", "ServiceFollowUp", "满意度 4 分：处理及时"));
        var interaction = (await s.App.ReadAsync(db => db.Set<Interaction>().ToListAsync(Ct))).ShouldHaveSingleItem();
        (interaction.ComplaintId, interaction.Category, interaction.Status, interaction.No)
            .ShouldBe((id, InteractionCategory.Complaint, InteractionStatus.Done, "FW-2026-00001"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_score_at_or_below_the_threshold_reopens_it_as_often_as_it_takes(int times)
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.CallBackDueAsync();
        for (var round = 2; round <= times + 1; round++)
        {
            (await s.TryDecideAsync(s.Support, id, "Reached", new() { ["satisfaction"] = "2" })).Problem.ShouldBeOfType<WhyDissatisfied>();
            await s.RateAsync(id, 2, "还是崩溃");
            var open = await s.ComplaintAsync(id);
            (open.State, open.Round, open.AssignedTo, open.Category).ShouldBe((ComplaintState.Reopened, round, null, ComplaintCategory.Product));
            (await s.StepAsync(id)).ShouldBe("assign"); // classified once is enough
            await s.AssignAsync(id, s.SecondTechnician);
            await s.HandleAsync(id, s.SecondTechnician, $"第 {round} 次处理");
            await s.PassAsync(TimeSpan.FromHours(48));
            (await s.StepAsync(id)).ShouldBe("call-back");
        }
        await s.RateAsync(id, 3);
        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.End, complaint.Round, complaint.Satisfaction)
            .ShouldBe((ComplaintState.Closed, ComplaintEnd.Solved, times + 1, 3));
        complaint.Handlings.OrderBy(h => h.Round).Select(h => (h.Round, h.Satisfaction))
            .ShouldBe(Enumerable.Range(1, times + 1).Select(r => (r, (int?)(r <= times ? 2 : 3))));
        (await s.App.ReadAsync(db => db.Set<FollowUpVisit>().CountAsync(Ct))).ShouldBe(times + 1);
    }

    [Fact]
    public async Task Nobody_answering_is_tried_again_later_and_closed_as_not_reached_in_the_end()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.CallBackDueAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            (await s.StepAsync(id)).ShouldBe("call-back");
            await s.DecideAsync(s.Support, id, "Unreachable", opinion: "没人接");
            (await s.StepAsync(id)).ShouldBeNull();
            await s.PassAsync(TimeSpan.FromHours(24));
        }
        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.End, complaint.Satisfaction).ShouldBe((ComplaintState.Closed, ComplaintEnd.Unreached, null));
        complaint.CallBacks.OrderBy(c => c.Attempt).Select(c => (c.Attempt, c.Satisfaction, c.Comment))
            .ShouldBe([(1, null, "没人接"), (2, null, "没人接"), (3, null, "没人接")]);
    }

    [Fact]
    public async Task Reached_on_a_second_call_it_can_still_reopen_and_the_attempts_begin_again()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.CallBackDueAsync();
        await s.DecideAsync(s.Support, id, "Unreachable");
        await s.PassAsync(TimeSpan.FromHours(24));
        await s.RateAsync(id, 1, "不行");
        await s.AssignAsync(id, s.Technician);
        await s.HandleAsync(id, s.Technician);
        await s.PassAsync(TimeSpan.FromHours(48));
        await s.DecideAsync(s.Support, id, "Unreachable");
        await s.PassAsync(TimeSpan.FromHours(24));
        await s.RateAsync(id, 5);
        var complaint = await s.ComplaintAsync(id);
        complaint.State.ShouldBe(ComplaintState.Closed);
        complaint.CallBacks.OrderBy(c => c.Round).ThenBy(c => c.Attempt).Select(c => (c.Round, c.Attempt, c.Satisfaction))
            .ShouldBe([(1, 1, null), (1, 2, 1), (2, 1, null), (2, 2, 5)]);
    }

    [Fact]
    public async Task The_technician_hands_it_back_with_a_reason_and_somebody_else_is_assigned()
    {
        await using var s = await Complaints.StartAsync();
        var id = await s.AssignedAsync();
        (await s.TryDecideAsync(s.Technician, id, "HandBack")).Problem.ShouldBeOfType<OpinionRequired>();
        await s.DecideAsync(s.Technician, id, "HandBack", opinion: "数据问题，不归我");
        (await s.ComplaintAsync(id)).AssignedTo.ShouldBeNull();
        (await s.StepAsync(id)).ShouldBe("assign");
        await s.AssignAsync(id, s.SecondTechnician);
        await s.HandleAsync(id, s.SecondTechnician);
        (await s.StateAsync(id)).ShouldBe(ComplaintState.AwaitingCallBack);
    }

    [Fact] // C-01
    public async Task Solved_on_the_spot_by_who_took_the_call_it_waits_for_the_call_back_at_once()
    {
        await using var s = await Complaints.StartAsync();
        var entry = s.Entry with { Solved = new(ComplaintCategory.Service, "电话里改了设置", "恢复正常") };
        var id = await s.RecordedAsync(entry);
        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.Category, complaint.AssignedTo)
            .ShouldBe((ComplaintState.AwaitingCallBack, ComplaintCategory.Service, s.Reception.UserId));
        await s.PassAsync(TimeSpan.FromHours(48));
        await s.RateAsync(id, 1, "没解决");
        (await s.StepAsync(id)).ShouldBe("assign");
        await s.AssignAsync(id, s.Technician);
        await s.HandleAsync(id, s.Technician);
        await s.PassAsync(TimeSpan.FromHours(48));
        await s.RateAsync(id, 5);
        (await s.StateAsync(id)).ShouldBe(ComplaintState.Closed);
    }

    [Fact] // C-01: the seed's note ③ says it the other way round; the setting decides
    public async Task Who_may_record_in_one_sitting_follows_the_setting()
    {
        await using var s = await Complaints.StartAsync();
        var own = s.Entry with { Solved = new(ComplaintCategory.Product, "换盘", "好了") };
        var others = own with { Solved = own.Solved with { HandledBy = s.Technician.UserId } };
        (await s.RecordAsync(s.Reception, others)).Problem.ShouldBeOfType<TwoSittings>();
        (await s.RecordAsync(s.Reception, own)).Problem.ShouldBeNull();
        await s.SettingAsync(ComplaintSettings.OneSitting, new(Allowed: true, SamePerson: false));
        (await s.RecordAsync(s.Reception, own)).Problem.ShouldBeOfType<TwoSittings>();
        (await s.RecordAsync(s.Reception, others)).Problem.ShouldBeNull();
        await s.SettingAsync(ComplaintSettings.OneSitting, new(Allowed: false, SamePerson: true));
        (await s.RecordAsync(s.Reception, own)).Problem.ShouldBeOfType<TwoSittings>();
        (await s.RecordAsync(s.Reception, s.Entry)).Value.No.ShouldBe("TS-2026-0003"); // refusals used none
    }
}

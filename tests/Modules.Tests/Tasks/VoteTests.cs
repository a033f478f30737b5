using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>How decisions count: first, all, veto, wait for all, and by round (issue 2 §2, §3.4).</summary>
public sealed class VoteTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _chen = null!, _zhao = null!, _ou = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _chen = await _app.StaffAsync("chenli", "陈立");
        _zhao = await _app.StaffAsync("zhao", "赵宏远", ["leader"]);
        _ou = await _app.StaffAsync("ouyang", "欧阳淼", ["leader"]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Guid> RunAsync(params (string Name, JsonNode Value)[] sign) => _app.RunAsync(_chen, null,
        Flow.Step("report", "填写报告", Flow.Submit, ("users", new JsonArray("chenli"))),
        Flow.Step("sign", "领导签字", Flow.ApproveOrReturn, [("roles", new JsonArray("leader")), .. sign]),
        Flow.Step("pay", "付款", Flow.Submit, ("users", new JsonArray("chenli"))));

    private async Task<string?> StepAsync(Actor actor) => (await _app.InboxAsync(actor)).SingleOrDefault()?.Title;

    [Fact]
    public async Task Under_first_the_first_decision_decides_and_the_others_lose_it()
    {
        var instance = await RunAsync();
        (await _app.DecideAsync(_chen, "Submit")).ShouldBeNull();
        (await _app.DecideAsync(_zhao, "Approve", tab: InboxTab.Pool)).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("付款任务");
        (await _app.InboxAsync(_ou, InboxTab.Pool)).ShouldBeEmpty();
        (await _app.InboxAsync(_ou, InboxTab.Done)).ShouldBeEmpty(); // a sibling's decision is not "done by me"
        (await _app.InboxAsync(_zhao, InboxTab.Done)).ShouldHaveSingleItem().Outcome.ShouldBe("同意");
        (await _app.RecordedAsync(instance, "verdict")).Last()["rule"].ToText().ShouldBe("first");
    }

    [Fact]
    public async Task Under_all_everybody_must_agree()
    {
        var instance = await RunAsync(("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        (await _app.DecideAsync(_zhao, "Approve", "同意")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBeNull();
        (await StepAsync(_zhao)).ShouldBeNull();
        (await _app.TaskAsync(_ou)).Path.Select(p => p.Text).ShouldBe(["提交申请", "填写报告", "领导签字 1 / 2", "付款"]);
        (await _app.DecideAsync(_ou, "Approve")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("付款任务");
        (await _app.RecordedAsync(instance, "verdict")).Last()["rule"].ToText().ShouldBe("all-agreed");
        (await _app.RecordedAsync(instance, "decision1")).Last()["opinion"].ToText().ShouldBe("同意");
        (await _app.RecordedAsync(instance, "decision2")).Last()["name"].ToText().ShouldBe("欧阳淼");
    }

    [Fact]
    public async Task Another_vote_meanwhile_does_not_make_my_page_stale()
    {
        await RunAsync(("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        var opened = await _app.TaskAsync(_ou);
        (await _app.DecideAsync(_zhao, "Approve")).ShouldBeNull();
        (await _app.DecideAsync(_ou, opened, "Approve")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("付款任务");
    }

    [Fact]
    public async Task All_voting_at_once_decide_exactly_once()
    {
        await RunAsync(("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        var (a, b) = (await _app.TaskAsync(_zhao), await _app.TaskAsync(_ou));
        var problems = await Task.WhenAll(Task.Run(() => _app.DecideAsync(_zhao, a, "Approve")), Task.Run(() => _app.DecideAsync(_ou, b, "Approve")));
        problems.ShouldAllBe(p => p == null);
        (await _app.InboxAsync(_chen)).ShouldHaveSingleItem().Title.ShouldBe("付款任务");
    }

    [Fact]
    public async Task A_veto_takes_effect_at_once_and_takes_the_task_from_the_others()
    {
        var instance = await RunAsync(("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        (await _app.DecideAsync(_zhao, "Return", "投诉没有写")).ShouldBeNull();
        (await StepAsync(_ou)).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("填写报告任务");
        (await _app.RecordedAsync(instance, "verdict")).Last()["rule"].ToText().ShouldBe("veto");
    }

    [Fact]
    public async Task Waiting_for_all_the_disagreement_counts_when_everybody_has_spoken()
    {
        var instance = await RunAsync(("vote", "All"), ("rejectPolicy", "WaitForAll"));
        await _app.DecideAsync(_chen, "Submit");
        (await _app.DecideAsync(_zhao, "Return", "投诉没有写")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBeNull();
        (await StepAsync(_ou)).ShouldBe("领导签字任务");
        (await _app.DecideAsync(_ou, "Approve")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("填写报告任务");
        (await _app.RecordedAsync(instance, "verdict")).Last()["rule"].ToText().ShouldBe("disagreement-after-all");
    }

    [Fact]
    public async Task After_a_return_everybody_signs_again_and_the_earlier_round_stays_visible()
    {
        await RunAsync(("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        await _app.DecideAsync(_zhao, "Approve", "第一轮同意");
        await _app.DecideAsync(_ou, "Return", "补一份验收单");
        await _app.DecideAsync(_chen, "Submit");
        (await _app.DecideAsync(_ou, "Approve")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBeNull(); // 赵宏远's agreement of round 1 counts no more

        var task = await _app.TaskAsync(_zhao);
        task.Info.Round.ShouldBe(2);
        task.History.Where(h => h.Round == 1 && h.Step == "领导签字").Select(h => (h.Who, h.Opinion)).ShouldBe([("欧阳淼", "补一份验收单"), ("赵宏远", "第一轮同意")]);
        (await _app.DecideAsync(_zhao, "Approve")).ShouldBeNull();
        (await StepAsync(_chen)).ShouldBe("付款任务");
    }

    [Fact]
    public async Task Copies_go_out_with_the_decision_and_are_read_once()
    {
        var he = await _app.StaffAsync("hejing", "何静", ["finance"]);
        await RunAsync(("copyTo", new JsonArray(new JsonObject { ["role"] = "finance" })));
        await _app.DecideAsync(_chen, "Submit");
        (await _app.InboxAsync(he, InboxTab.Copied)).ShouldBeEmpty();
        await _app.DecideAsync(_zhao, "Approve", tab: InboxTab.Pool);
        var copy = (await _app.InboxAsync(he, InboxTab.Copied)).ShouldHaveSingleItem();
        (copy.Outcome, copy.IsUnread).ShouldBe(("同意", true));
        (await _app.ViewAsync(he, copy.TaskId)).IsUnreadCopy.ShouldBeTrue();
        (await _app.Get<ReadCopy>().HandleAsync(he, copy.TaskId, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeNull();
        (await _app.Get<InboxPage>().CountsAsync(he, TestApp.Ct)).Value[InboxTab.Copied].ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_instance_takes_its_tasks_out_of_every_list()
    {
        var instance = await RunAsync();
        var task = await _app.TaskAsync(_chen);
        await _app.DoAsync(async cmd => (await cmd.CancelAsync(instance, TestApp.Ct)).Problem.ShouldBeNull());
        (await _app.InboxAsync(_chen)).ShouldBeEmpty();
        (await _app.ViewAsync(_chen, task.Info.Id)).IsOpen.ShouldBeFalse();
        _app.Text((await _app.DecideAsync(_chen, task, "Submit"))!).ShouldContain("流程收回");
        (await _app.ReadAsync(db => Task.FromResult(db.Set<DueRow>().Count(d => d.Kind == "tasks.overdue")))).ShouldBe(0);
    }

    [Theory]
    [InlineData(Vote.First, RejectPolicy.Veto, "A", 1, "first")]
    [InlineData(Vote.First, RejectPolicy.WaitForAll, "R", 1, "first")]
    [InlineData(Vote.All, RejectPolicy.Veto, "", 2, null)]
    [InlineData(Vote.All, RejectPolicy.Veto, "A", 1, null)]
    [InlineData(Vote.All, RejectPolicy.Veto, "AR", 1, "veto")]
    [InlineData(Vote.All, RejectPolicy.WaitForAll, "R", 1, null)]
    [InlineData(Vote.All, RejectPolicy.WaitForAll, "RA", 0, "disagreement-after-all")]
    [InlineData(Vote.All, RejectPolicy.Veto, "AA", 0, "all-agreed")]
    public void A_vote_is_decided_by_policy(Vote vote, RejectPolicy policy, string decisions, int undecided, string? rule) =>
        (Voting.Decide(vote, policy, [.. decisions.Select(d =>
            d == 'A' ? new TaskAction("Approve", "同意", ActionKind.Approve) : new TaskAction("Return", "退回", ActionKind.Return))], undecided)?.Rule)
            .ShouldBe(rule);
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>A decision outlives the failure of what follows it: recorded once, taken in by an administrator's retry (issue 2 §2).</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _chen = null!, _zhao = null!, _ou = null!, _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _chen = await _app.StaffAsync("chenli", "陈立");
        _zhao = await _app.StaffAsync("zhao", "赵宏远", ["leader"]);
        _ou = await _app.StaffAsync("ouyang", "欧阳淼", ["leader"]);
        _admin = await _app.StaffAsync("admin", "方岚", rights: [TaskRights.Administer]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Guid> RunAsync(JsonArray actions, params (string Name, JsonNode Value)[] sign) => _app.RunAsync(_chen, null,
        Flow.Step("report", "填写报告", Flow.Submit, ("users", new JsonArray("chenli"))),
        Flow.Step("sign", "领导签字", actions, [("roles", new JsonArray("leader")), .. sign]),
        Flow.Step("pay", "付款", Flow.Submit, ("users", new JsonArray("chenli"))));

    private const string WhenTaskCloses = "BEFORE UPDATE OF state ON task WHEN NEW.state = 'Completed'";
    private const string WhenTaskIsMade = "BEFORE INSERT ON task";

    [Fact]
    public async Task A_decision_whose_step_failed_is_taken_in_by_the_retry_and_counts_once()
    {
        var instance = await RunAsync(Flow.ApproveOrReturn);
        await _app.DecideAsync(_chen, "Submit");
        var seen = await _app.TaskAsync(_ou, InboxTab.Pool);
        await _app.BreakAsync(WhenTaskCloses);
        (await _app.DecideAsync(_zhao, "Approve", "同意付款", InboxTab.Pool, ("note", "加急"))).ShouldBeNull();

        (await _app.InboxAsync(_chen)).ShouldBeEmpty(); // stands still
        (await _app.InboxAsync(_zhao, InboxTab.Done)).ShouldHaveSingleItem().Outcome.ShouldBe("同意");
        (await _app.InboxAsync(_ou, InboxTab.Pool)).ShouldBeEmpty();
        (await _app.DecideAsync(_ou, seen, "Return", "不同意")).ShouldBeOfType<TaskChanged>();
        (await _app.Get<ClaimTask>().HandleAsync(_ou, seen.Info.Id, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeOfType<TaskChanged>();
        (await _app.Get<AssignTask>().HandleAsync(_admin, seen.Info.Id, seen.Info.Revision, _ou.UserId, _app.NewOperation(), null, TestApp.Ct)).Problem.ShouldBeOfType<TaskChanged>();

        await _app.MendAsync();
        await _app.RetryAsync(_admin, instance);
        (await _app.InboxAsync(_chen)).ShouldHaveSingleItem().Previous.ShouldBe("领导签字 · 赵宏远");
        (await _app.InboxAsync(_zhao, InboxTab.Done)).Count.ShouldBe(1);
        var decision = (await _app.RecordedAsync(instance, "decision1")).Last();
        decision["name"].ToText().ShouldBe("赵宏远");
        decision["opinion"].ToText().ShouldBe("同意付款");
        (await _app.ReadAsync(db => db.Set<TaskEvent>().CountAsync(e => e.TaskId == seen.Info.Id && e.Kind == TaskEventKind.Decided))).ShouldBe(1);
        (await _app.Get<InstanceAdministration>().GetAsync(_admin, instance, TestApp.Ct)).Value.Variables.Single(v => v.Name == "note").Value.ToText()
            .ShouldBe("加急");
        var task = await _app.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.Id == seen.Info.Id));
        (task.State, task.Outcome, task.Votes).ShouldBe((TaskState.Completed, "Approve", 1));
    }

    [Fact]
    public async Task A_vote_that_failed_stays_counted_when_the_others_vote()
    {
        var instance = await RunAsync(Flow.ApproveOrReturn, ("vote", "All"));
        await _app.DecideAsync(_chen, "Submit");
        await _app.DecideAsync(_zhao, "Approve");
        await _app.BreakAsync(WhenTaskCloses);
        (await _app.DecideAsync(_ou, "Approve")).ShouldBeNull();
        (await _app.InboxAsync(_ou)).ShouldBeEmpty();
        await _app.MendAsync();
        await _app.RetryAsync(_admin, instance);
        (await _app.InboxAsync(_chen)).ShouldHaveSingleItem().Title.ShouldBe("付款任务");
        (await _app.RecordedAsync(instance, "decision2")).Last()["name"].ToText().ShouldBe("欧阳淼");
        (await _app.RecordedAsync(instance, "verdict")).Last()["rule"].ToText().ShouldBe("all-agreed");
    }

    [Fact]
    public async Task A_return_that_failed_goes_back_on_the_retry()
    {
        var instance = await RunAsync(Flow.ApproveOrReturn);
        await _app.DecideAsync(_chen, "Submit");
        await _app.BreakAsync(WhenTaskCloses);
        (await _app.DecideAsync(_zhao, "Return", "数字不对", InboxTab.Pool)).ShouldBeNull();
        await _app.MendAsync();
        await _app.RetryAsync(_admin, instance);
        var again = await _app.TaskAsync(_chen);
        (again.Info.ActivityId, again.Info.Round).ShouldBe(("report", 2));
    }

    [Fact]
    public async Task A_return_nowhere_leaves_the_task_as_it_is_and_an_incident_that_says_why()
    {
        JsonArray actions = [Flow.Action("Approve", "同意", "approve"), Flow.Action("Return", "退回", "return", ("returnTo", "pay"))];
        var instance = await RunAsync(actions);
        await _app.DecideAsync(_chen, "Submit");
        var sign = await _app.TaskAsync(_zhao, InboxTab.Pool);
        (await _app.DecideAsync(_zhao, "Return", "先付款", InboxTab.Pool)).ShouldBeNull();
        (await _app.Get<InstanceAdministration>().GetAsync(_admin, instance, TestApp.Ct)).Value.Incidents.ShouldHaveSingleItem()
            .Message.ShouldContain("cannot return to 'pay'");
        (await _app.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.Id == sign.Info.Id))).State.ShouldBe(TaskState.Open);
    }

    [Fact]
    public async Task A_step_that_failed_after_the_decision_is_made_by_the_retry_as_if_nothing_had_happened()
    {
        var instance = await RunAsync(Flow.ApproveOrReturn);
        await _app.BreakAsync(WhenTaskIsMade);
        (await _app.DecideAsync(_chen, "Submit")).ShouldBeNull();
        await _app.MendAsync();
        await _app.RetryAsync(_admin, instance);
        (await _app.InboxAsync(_zhao, InboxTab.Pool)).ShouldHaveSingleItem().Previous.ShouldBe("填写报告 · 陈立");
    }

    [Fact]
    public async Task Whoever_started_an_instance_stays_its_starter_when_its_first_step_is_retried()
    {
        await _app.BreakAsync(WhenTaskIsMade);
        var instance = await RunAsync(Flow.ApproveOrReturn);
        await _app.MendAsync();
        await _app.RetryAsync(_admin, instance);
        (await _app.InboxAsync(_chen, InboxTab.Started)).Count.ShouldBe(1);
        (await _app.InboxAsync(_admin, InboxTab.Started)).ShouldBeEmpty();
        (await _app.InboxAsync(_chen)).ShouldHaveSingleItem().Previous.ShouldBe("陈立");
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>The lists of a person's work and what a record's module reads of its tasks.</summary>
public sealed class InboxTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _starter = null!, _zhou = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _starter = await _app.StaffAsync("liuyang", "刘洋");
        _zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce", "leader"]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Pages_of_twenty_show_every_task_once_in_order_of_due_time_though_many_are_due_together()
    {
        await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce", "leader"]);
        await _app.PublishAsync(Flow.Of("test", Flow.Step("review", "审核", Flow.Submit, ("roles", new JsonArray("commerce", "leader")),
            ("dueInWorkingDays", Flow.Script("return getInput('days')")))));
        for (var i = 0; i < 45; i++) await _app.StartWorkflowAsync(_starter, "test", ("subject", Guid.CreateVersion7()), ("days", 5 - i % 3));
        var (seen, sizes, cursor) = (new List<InboxRow>(), new List<int>(), (string?)null);
        do
        {
            var page = (await _app.Get<InboxPage>().HandleAsync(_zhou, InboxTab.Pool, cursor, TestApp.Ct)).Value;
            seen.AddRange(page.Rows);
            sizes.Add(page.Rows.Count);
            cursor = page.Next;
        } while (cursor is not null);
        sizes.ShouldBe([20, 20, 5]);
        seen.Select(r => r.TaskId).Distinct().Count().ShouldBe(45);
        seen.Select(r => r.DueAt!.Value).ShouldBe(seen.Select(r => r.DueAt!.Value).Order());
        (await _app.Get<InboxPage>().CountsAsync(_zhou, TestApp.Ct)).Value[InboxTab.Pool].ShouldBe(45);
    }

    [Fact]
    public async Task What_I_started_shows_where_it_stands_and_how_it_ended()
    {
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.ApproveOrRefuse, ("users", new JsonArray("zhoumin"))));
        _app.Clock.Advance(TimeSpan.FromDays(1));
        var row = (await _app.InboxAsync(_starter, InboxTab.Started)).ShouldHaveSingleItem();
        (row.Title, row.State, row.StateText).ShouldBe(("测试流程", StateLook.Wait, "审核，已 1 个工作日"));
        await _app.DecideAsync(_zhou, "Refuse", "资料不全");
        row = (await _app.InboxAsync(_starter, InboxTab.Started)).ShouldHaveSingleItem();
        (row.State, row.StateText).ShouldBe((StateLook.Rejected, "拒绝"));
        (await _app.InboxAsync(_zhou, InboxTab.Started)).ShouldBeEmpty();
        (await _app.ViewAsync(_starter, row.TaskId)).History.Single().Opinion.ShouldBe("资料不全");
    }

    [Fact]
    public async Task An_agents_list_holds_its_own_tasks()
    {
        var agent = Guid.CreateVersion7();
        var (wu, colleague) = (await _app.AgentAsync(agent, "wujianguo", "吴建国"), await _app.AgentAsync(agent, "wangwu", "王五"));
        await _app.RunAsync(_starter, agent, Flow.Step("invoice", "开票", Flow.Submit, ("agent", agent.ToString())));
        (await _app.InboxAsync(wu, InboxTab.Pool)).ShouldHaveSingleItem();
        (await _app.DecideAsync(colleague, "Submit", tab: InboxTab.Pool)).ShouldBeNull();
        (await _app.InboxAsync(wu, InboxTab.Pool)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_records_module_reads_its_steps_holders_and_decisions()
    {
        var subject = Guid.CreateVersion7();
        var stranger = await _app.StaffAsync("hejing", "何静");
        await _app.RunAsync(_starter, subject, Flow.Step("first", "一", Flow.Submit, ("users", new JsonArray("zhoumin"))),
            Flow.Step("second", "二", Flow.Submit, ("roles", new JsonArray("leader"))));
        _app.Clock.Advance(TimeSpan.FromMinutes(1));
        await _app.DecideAsync(_zhou, "Submit", "好");
        var steps = await _app.ReadAsync(db => db.TasksOfAsync(TestSubject.Type, subject, TestApp.Ct));
        steps.Select(s => (s.ActivityId, s.Outcome, s.OutcomeKind)).ShouldBe([("first", "Submit", "neutral"), ("second", null, null)]);
        steps[0].Decisions.ShouldHaveSingleItem().Opinion.ShouldBe("好");
        steps[1].Holders.ShouldBe(["r:leader"]);
        (await _app.ReadAsync(db => db.OpenTasksAsync(TestSubject.Type, [subject], TestApp.Ct)))[subject].ShouldHaveSingleItem()
            .ActivityId.ShouldBe("second");
        (await _app.ReadAsync(db => db.WorksOnAsync(_zhou, TestSubject.Type, subject, TestApp.Ct))).ShouldBeTrue();
        (await _app.ReadAsync(db => db.WorksOnAsync(stranger, TestSubject.Type, subject, TestApp.Ct))).ShouldBeFalse();
    }

    [Fact]
    public async Task Previous_and_next_follow_ones_own_list()
    {
        await _app.PublishAsync(Flow.Of("test", Flow.Step("review", "审核", Flow.Submit, ("users", new JsonArray("zhoumin")))));
        for (var i = 0; i < 3; i++) await _app.StartWorkflowAsync(_starter, "test", ("subject", Guid.CreateVersion7()));
        var list = (await _app.InboxAsync(_zhou)).Select(r => r.TaskId).ToList();
        var middle = await _app.ViewAsync(_zhou, list[1]);
        (middle.Position, middle.Total, middle.Previous, middle.Next).ShouldBe((2, 3, list[0], list[2]));
    }
}

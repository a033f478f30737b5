using System.Text.Json.Nodes;
using CrmFlow.TestSupport;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>Deciding, claiming and giving back: one effect, one clear message (issue 2 §3, approvals 2).</summary>
public sealed class CompleteTaskTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _starter = null!, _zhou = null!, _sun = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _starter = await _app.StaffAsync("liuyang", "刘洋");
        _zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
        _sun = await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Guid> ToPoolAsync(JsonArray? actions = null) =>
        _app.RunAsync(_starter, null, Flow.Step("review", "审核", actions ?? Flow.ApproveOrRefuse, ("roles", new JsonArray("commerce"))));
    private Task<Guid> ToZhouAsync(JsonArray? actions = null) =>
        _app.RunAsync(_starter, null, Flow.Step("review", "审核", actions ?? Flow.ApproveOrRefuse, ("users", new JsonArray("zhoumin"))));
    private TestForm.Received Received => _app.Get<TestForm.Received>();

    private Task<Result> ClaimAsync(Actor actor, Guid taskId, Guid? operation = null) =>
        _app.Get<ClaimTask>().HandleAsync(actor, taskId, operation ?? _app.NewOperation(), TestApp.Ct);

    [Fact]
    public async Task Of_two_who_claim_at_once_one_wins_and_the_other_is_told_who()
    {
        await ToPoolAsync();
        var task = (await _app.InboxAsync(_zhou, InboxTab.Pool)).Single().TaskId;
        var results = await Task.WhenAll(Task.Run(() => ClaimAsync(_zhou, task)), Task.Run(() => ClaimAsync(_sun, task)));
        var (winner, loser) = results[0].Failed ? (_sun, _zhou) : (_zhou, _sun);
        results.Count(r => !r.Failed).ShouldBe(1);
        var problem = results.Single(r => r.Failed).Problem!;
        problem.Kind.ShouldBe(ProblemKind.Conflict);
        _app.Text(problem).ShouldBe($"没有提交：{winner.Name}刚刚办理了这个任务（09:00，认领）。打开最新状态");
        (await _app.InboxAsync(winner)).ShouldHaveSingleItem();
        (await _app.InboxAsync(loser)).ShouldBeEmpty();
        (await _app.InboxAsync(loser, InboxTab.Pool)).ShouldBeEmpty();
    }

    /// <summary>
    /// Where rows are locked one by one, the module sees what another decision has just done to its record, and would blame this person for it.
    /// </summary>
    [Theory]
    [InlineData("不许")]
    [InlineData("可以")]
    public async Task Who_loses_while_their_form_is_checked_hears_who_was_faster_OnPostgreSql(string note)
    {
        var database = PostgresDatabase.Create();
        await using (var app = await TaskTesting.StartAsync(database))
        {
            var (starter, zhou, sun) = (await app.StaffAsync("liuyang", "刘洋"), await app.StaffAsync("zhoumin", "周敏", ["commerce"]),
                await app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]));
            await app.RunAsync(starter, null, Flow.Step("review", "审核", Flow.ApproveOrRefuse, ("roles", new JsonArray("commerce"))));
            var seen = await app.TaskAsync(zhou, InboxTab.Pool);
            app.Get<TestForm.Received>().Meanwhile = async () =>
            {
                Task<Problem?> faster;
                using (ExecutionContext.SuppressFlow()) faster = Task.Run(() => app.DecideAsync(sun, seen, "Approve"));
                (await faster).ShouldBeNull();
            };
            var problem = (await app.DecideAsync(zhou, seen, "Refuse", "不行", ("note", note))).ShouldBeOfType<TaskChanged>();
            problem.Args.ShouldContain("孙晓梅");
        }
        PostgresDatabase.Drop(database);
    }

    [Fact]
    public async Task Claiming_again_changes_nothing()
    {
        await ToPoolAsync();
        var task = (await _app.InboxAsync(_zhou, InboxTab.Pool)).Single().TaskId;
        (await ClaimAsync(_zhou, task)).Failed.ShouldBeFalse();
        (await ClaimAsync(_zhou, task)).Failed.ShouldBeFalse();
        (await _app.InboxAsync(_zhou)).ShouldHaveSingleItem();
        (await _app.TaskAsync(_zhou)).Info.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_given_back_is_in_the_pool_again_and_another_can_take_it()
    {
        await ToPoolAsync();
        var task = (await _app.InboxAsync(_zhou, InboxTab.Pool)).Single().TaskId;
        await ClaimAsync(_zhou, task);
        var held = await _app.TaskAsync(_zhou);
        held.CanGiveBack.ShouldBeTrue();
        (await _app.Get<GiveBackTask>().HandleAsync(_zhou, task, held.Info.Revision, _app.NewOperation(), "出差", TestApp.Ct)).Problem.ShouldBeNull();
        (await _app.InboxAsync(_zhou)).ShouldBeEmpty();
        (await ClaimAsync(_sun, task)).Failed.ShouldBeFalse();
        (await _app.DecideAsync(_sun, "Approve")).ShouldBeNull();
    }

    [Fact]
    public async Task What_only_one_person_can_do_is_not_given_back()
    {
        await ToZhouAsync();
        var task = await _app.TaskAsync(_zhou);
        task.CanGiveBack.ShouldBeFalse();
        (await _app.Get<GiveBackTask>().HandleAsync(_zhou, task.Info.Id, task.Info.Revision, _app.NewOperation(), null, TestApp.Ct)).Problem.ShouldBeOfType<OnlyYou>();
    }

    [Fact]
    public async Task A_double_click_takes_effect_once_and_both_get_the_same_answer()
    {
        await _app.RunAsync(_starter, null, Flow.Step("first", "一", Flow.Submit, ("users", new JsonArray("zhoumin"))),
            Flow.Step("second", "二", Flow.Submit, ("users", new JsonArray("zhoumin"))));
        var task = await _app.TaskAsync(_zhou);
        var request = new CompleteTaskRequest(task.Info.Id, task.Info.Revision, _app.NewOperation(), "Submit");
        var results = await Task.WhenAll(Enumerable.Range(0, 2)
            .Select(_ => Task.Run(() => _app.Get<CompleteTask>().HandleAsync(_zhou, request, TestApp.Ct))));
        results.ShouldAllBe(r => !r.Failed);
        (await _app.Get<CompleteTask>().HandleAsync(_zhou, request, TestApp.Ct)).Failed.ShouldBeFalse();
        (await _app.InboxAsync(_zhou)).ShouldHaveSingleItem().Title.ShouldBe("二任务");
        (await _app.InboxAsync(_zhou, InboxTab.Done)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stale_page_is_told_who_did_what_when_and_keeps_nothing()
    {
        await ToPoolAsync();
        var opened = await _app.TaskAsync(_sun, InboxTab.Pool);
        _app.Clock.Advance(TimeSpan.FromMinutes(84));
        (await _app.DecideAsync(_zhou, "Approve", tab: InboxTab.Pool)).ShouldBeNull();
        var problem = (await _app.DecideAsync(_sun, opened, "Refuse", "不行")).ShouldBeOfType<TaskChanged>();
        problem.Kind.ShouldBe(ProblemKind.Conflict);
        _app.Text(problem).ShouldBe("没有提交：周敏刚刚办理了这个任务（10:24，同意）。打开最新状态");
        (await _app.InboxAsync(_sun, InboxTab.Done)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_who_holds_it_decides()
    {
        await ToPoolAsync();
        var task = await _app.TaskAsync(_sun, InboxTab.Pool);
        await ClaimAsync(_zhou, task.Info.Id);
        var seen = await _app.ViewAsync(_sun, task.Info.Id);
        (seen.CanAct, seen.Fields.Count, seen.Holders).ShouldBe((false, 0, seen.Holders));
        seen.Holders.ShouldBe(["周敏"]);
        (await _app.DecideAsync(_sun, seen, "Approve")).ShouldBeOfType<NotYourTask>();
    }

    [Fact]
    public async Task Who_has_nothing_to_do_with_it_never_learns_it_exists()
    {
        var agent = Guid.CreateVersion7();
        var wu = await _app.AgentAsync(agent, "wujianguo", "吴建国");
        await ToZhouAsync();
        var task = (await _app.TaskAsync(_zhou)).Info;
        (await _app.Get<TaskPage>().HandleAsync(wu, task.Id, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await ClaimAsync(wu, task.Id)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<CompleteTask>().HandleAsync(wu, new CompleteTaskRequest(task.Id, task.Revision, _app.NewOperation(), "Approve"), TestApp.Ct))
            .Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<SaveDraft>().HandleAsync(wu, task.Id, new Dictionary<string, Value>(), null, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<CompleteTask>().HandleAsync(_starter, new CompleteTaskRequest(Guid.CreateVersion7(), 1, _app.NewOperation(), "Approve"),
            TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task An_agent_acts_on_tasks_of_its_own_agent_and_not_on_anothers()
    {
        var (agent, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var wu = await _app.AgentAsync(agent, "wujianguo", "吴建国");
        var foreign = await _app.AgentAsync(other, "lilei", "李雷");
        await _app.RunAsync(_starter, agent, Flow.Step("invoice", "开票", Flow.Submit, ("agent", agent.ToString())));
        var task = await _app.TaskAsync(wu);
        (await _app.Get<TaskPage>().HandleAsync(foreign, task.Info.Id, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await _app.DecideAsync(foreign, task, "Submit")).ShouldBeOfType<NotFound>();
        (await _app.DecideAsync(wu, task, "Submit")).ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_reads_the_return_that_reached_it_but_not_what_staff_said_before()
    {
        var agent = Guid.CreateVersion7();
        var wu = await _app.AgentAsync(agent, "wujianguo", "吴建国");
        JsonArray review = [Flow.Action("Approve", "同意", "approve"), Flow.Action("Back", "退给代理商", "return")];
        var definition = JsonNode.Parse(Flow.Of("test", Flow.Step("look", "初看", Flow.Submit, ("users", new JsonArray("zhoumin"))),
            Flow.Step("review", "审核", review, ("users", new JsonArray("sunxiaomei"))),
            Flow.Step("correct", "补正", Flow.Submit, ("agent", agent.ToString()))))!;
        await _app.PublishAsync(definition.ToJsonString());
        await _app.StartWorkflowAsync(_starter, "test", ("subject", agent));
        await _app.DecideAsync(_zhou, "Submit", "内部意见");
        (await _app.DecideAsync(_sun, "Back", "少一份验收单")).ShouldBeNull();
        (await _app.TaskAsync(wu)).History.Where(h => h.Kind is not null).Select(h => h.Opinion).ShouldBe(["少一份验收单"]);
    }

    [Fact]
    public async Task Hidden_and_read_only_fields_are_never_taken_and_absent_ones_keep_their_values()
    {
        await ToZhouAsync();
        var task = await _app.TaskAsync(_zhou);
        task.Fields.Select(f => f.Key).ShouldBe(["note", "score", "next", "shown"]);
        task.Values.Keys.ShouldNotContain("secret");
        (await _app.DecideAsync(_zhou, task, "Approve", null, ("score", 88.5m), ("shown", 1m), ("secret", "改掉"), ("unknown", "x"))).ShouldBeNull();
        var data = Received.Submissions.ShouldHaveSingleItem().Data;
        data.Keys.ShouldBe(["note", "score", "next"]);
        (data["note"].ToText(), data["score"].ToDecimal()).ShouldBe(("先前的说明", 88.5m));
    }

    [Theory]
    [InlineData("score", 101.0, "test.score 101 太大，不能超过 100")]
    [InlineData("score", 88.55, "test.score 88.55 的小数太多，最多 1 位")]
    [InlineData("score", "很好", "test.score“很好”不是数字，请只填数字")]
    [InlineData("note", "这个说明写得实在是太长了一些超过了二十个字", "test.note有 21 个字，最多 20 个")]
    [InlineData("note", 3.0, "test.note要填文字")]
    public async Task A_wrong_field_is_named_with_what_is_wrong_and_nothing_is_saved(string field, object value, string message)
    {
        await ToZhouAsync();
        var problem = (await _app.DecideAsync(_zhou, "Approve", data: (field, value is double number ? (Value)(decimal)number : (string)value)))
            .ShouldNotBeNull();
        (problem.Field, _app.Text(problem)).ShouldBe((field, message));
        Received.Submissions.ShouldBeEmpty();
        (await _app.InboxAsync(_zhou)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_field_may_be_required_for_one_action_only()
    {
        await ToZhouAsync([Flow.Action("Score", "评分", "approve"), Flow.Action("Refuse", "拒绝", "refuse")]);
        var problem = (await _app.DecideAsync(_zhou, "Score")).ShouldNotBeNull();
        (problem.Field, _app.Text(problem)).ShouldBe(("score", "请填写test.score"));
        (await _app.DecideAsync(_zhou, "Refuse", "不合格")).ShouldBeNull();
    }

    [Fact]
    public async Task The_modules_own_refusal_leaves_the_task_as_it_was()
    {
        await ToZhouAsync();
        (await _app.DecideAsync(_zhou, "Approve", data: ("note", "不许"))).ShouldBeOfType<NoteForbidden>();
        (await _app.TaskAsync(_zhou)).Info.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Who_refuses_or_returns_says_why_unless_the_step_waives_it()
    {
        await ToZhouAsync();
        var problem = (await _app.DecideAsync(_zhou, "Refuse")).ShouldBeOfType<OpinionRequired>();
        (problem.Field, _app.Text(problem)).ShouldBe(("opinion", "没有提交：“拒绝”要写意见，说明理由"));
        (await _app.DecideAsync(_zhou, "Refuse", "   ")).ShouldBeOfType<OpinionRequired>();
        (await _app.DecideAsync(_zhou, "Refuse", "资料不全")).ShouldBeNull();
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_each_with_its_field()
    {
        await ToZhouAsync();
        var problem = (await _app.DecideAsync(_zhou, "Refuse", data: [("note", "这个说明写得实在是太长了一些超过了二十个字"), ("score", 101)])).ShouldNotBeNull();
        problem.All.Select(p => p.Field).ShouldBe(["opinion", "note", "score"]);
        Received.Submissions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_signature_is_drawn_or_typed_where_the_step_asks_for_one()
    {
        await ToZhouAsync([Flow.Action("Sign", "签字同意", "approve", ("signature", true))]);
        var task = await _app.TaskAsync(_zhou);
        CompleteTaskRequest Request(string? signature) =>
            new(task.Info.Id, task.Info.Revision, _app.NewOperation(), "Sign") { Signature = signature };
        foreach (var none in (string?[])[null, "", "data:image/png;base64,AA", new string('x', 400_000)])
            (await _app.Get<CompleteTask>().HandleAsync(_zhou, Request(none), TestApp.Ct)).Problem.ShouldBeOfType<SignatureRequired>()
                .Field.ShouldBe("signature");
        (await _app.Get<CompleteTask>().HandleAsync(_zhou, Request("周敏"), TestApp.Ct)).Problem.ShouldBeNull();
        Received.Submissions.ShouldHaveSingleItem().Signature.ShouldBe("周敏");
        (await _app.ViewAsync(_zhou, task.Info.Id)).History.ShouldHaveSingleItem().IsSigned.ShouldBeTrue();
    }

    [Fact]
    public async Task A_draft_comes_back_on_the_page_and_nobody_else_sees_it()
    {
        await ToPoolAsync();
        var task = (await _app.InboxAsync(_zhou, InboxTab.Pool)).Single().TaskId;
        var saved = await _app.Get<SaveDraft>().HandleAsync(_zhou, task, new Dictionary<string, Value> { ["note"] = "写了一半", ["shown"] = 7m }, "同意按",
            _app.NewOperation(), TestApp.Ct);
        saved.Value.ShouldBe(_app.Clock.GetUtcNow());
        var mine = await _app.ViewAsync(_zhou, task);
        (mine.Values["note"].ToText(), mine.Values["shown"].ToDecimal(), mine.DraftOpinion).ShouldBe(("写了一半", 100m, "同意按"));
        var hers = await _app.ViewAsync(_sun, task);
        (hers.Values["note"].ToText(), hers.DraftOpinion).ShouldBe(("先前的说明", null));
    }

    [Fact]
    public async Task Variables_of_the_form_reach_the_process()
    {
        await _app.RunAsync(_starter, null, Flow.Step("first", "一", Flow.Submit, ("users", new JsonArray("zhoumin"))),
            Flow.Step("second", "二", Flow.Submit, ("users", new JsonArray("sunxiaomei")),
                ("title", Flow.Script("return '看：' + getVariable('note')"))));
        await _app.DecideAsync(_zhou, "Submit", data: ("note", "新说明"));
        (await _app.InboxAsync(_sun)).ShouldHaveSingleItem().Title.ShouldBe("看：新说明");
    }

    [Fact]
    public async Task The_inbox_is_told_when_a_task_arrives()
    {
        var told = 0;
        using (_app.Get<LiveUpdates>().Subscribe(_zhou.Principals, () => Interlocked.Increment(ref told))) await ToZhouAsync();
        told.ShouldBe(1);
    }
}

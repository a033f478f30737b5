using CrmFlow.Runtime;
using CrmFlow.Tasks;
using System.Text.Json.Nodes;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>Who gets a user task, by each rule (issue 2 §2).</summary>
public sealed class AssignmentTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _starter = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _starter = await _app.StaffAsync("liuyang", "刘洋");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Guid> RunAsync(params (string Name, JsonNode Value)[] inputs) =>
        _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.ApproveOrRefuse, inputs));

    [Fact]
    public async Task A_user_by_login_gets_it_directly()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await RunAsync(("users", new JsonArray("zhoumin")));
        var row = (await _app.InboxAsync(zhou)).ShouldHaveSingleItem();
        (row.Title, row.Reference, row.SubjectName, row.Amount, row.Previous).ShouldBe(("审核任务", "JS-2026-0037", "武汉图元信息", 15184.00m, "刘洋"));
        (await _app.InboxAsync(_starter)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_by_id_gets_it_directly()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await RunAsync(("users", new JsonArray(zhou.UserId.ToString())));
        (await _app.InboxAsync(zhou)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_only_member_of_a_role_gets_it_directly()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
        await RunAsync(("roles", new JsonArray("commerce")));
        (await _app.InboxAsync(zhou)).ShouldHaveSingleItem();
        (await _app.InboxAsync(zhou, InboxTab.Pool)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_members_of_a_role_find_it_in_the_pool_and_who_joins_later_too()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
        var sun = await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]);
        await RunAsync(("roles", new JsonArray("commerce")));
        var later = await _app.StaffAsync("hejing", "何静", ["commerce"]);
        foreach (var member in (Actor[])[zhou, sun, later])
        {
            (await _app.InboxAsync(member)).ShouldBeEmpty();
            (await _app.InboxAsync(member, InboxTab.Pool)).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_person_in_two_of_the_roles_sees_it_once()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce", "leader"]);
        await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]);
        await RunAsync(("roles", new JsonArray("commerce", "leader")));
        (await _app.InboxAsync(zhou, InboxTab.Pool)).ShouldHaveSingleItem();
        (await _app.Get<InboxPage>().CountsAsync(zhou, TestApp.Ct)).Value[InboxTab.Pool].ShouldBe(1);
    }

    [Fact]
    public async Task A_large_role_costs_one_inbox_row()
    {
        for (var i = 0; i < 12; i++) await _app.StaffAsync($"member{i}", $"成员{i}", ["everybody"]);
        await RunAsync(("roles", new JsonArray("everybody")));
        var rows = await _app.ReadAsync(db => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(db.Set<InboxEntry>()));
        rows.ShouldHaveSingleItem().Principal.ShouldBe("r:everybody");
    }

    [Fact]
    public async Task The_head_of_a_department_gets_it()
    {
        var chen = await _app.StaffAsync("chenli", "陈立", department: "support");
        await _app.StaffAsync("hechuan", "何川", department: "support");
        await _app.HeadAsync("support", chen);
        await RunAsync(("departmentHead", "support"));
        (await _app.InboxAsync(chen)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Users_of_the_agent_get_it_and_users_of_another_do_not()
    {
        var (agent, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var wu = await _app.AgentAsync(agent, "wujianguo", "吴建国");
        var foreign = await _app.AgentAsync(other, "lilei", "李雷");
        await RunAsync(("agent", agent.ToString()));
        (await _app.InboxAsync(wu)).ShouldHaveSingleItem();
        (await _app.InboxAsync(foreign)).ShouldBeEmpty();
        (await _app.InboxAsync(foreign, InboxTab.Pool)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_field_submitted_earlier_names_the_next_person()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        var he = await _app.StaffAsync("hejing", "何静");
        await _app.RunAsync(_starter, null,
            Flow.Step("report", "填写", Flow.Submit, ("users", new JsonArray("zhoumin"))),
            Flow.Step("sign", "签字", Flow.ApproveOrReturn, ("field", "next")));
        (await _app.DecideAsync(zhou, "Submit", data: ("next", "hejing"))).ShouldBeNull();
        (await _app.InboxAsync(he)).ShouldHaveSingleItem().Previous.ShouldBe("填写 · 周敏");
    }

    [Fact]
    public async Task An_expression_may_name_users_roles_agents_and_heads()
    {
        var agent = Guid.CreateVersion7();
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        var leader = await _app.StaffAsync("zhao", "赵宏远", ["leader"]);
        var chen = await _app.StaffAsync("chenli", "陈立", department: "support");
        await _app.HeadAsync("support", chen);
        var wu = await _app.AgentAsync(agent, "wujianguo", "吴建国");
        await RunAsync(("vote", "All"),
            ("assignees", Flow.Script($"return ['zhoumin', {{ role: 'leader' }}, {{ agent: '{agent}' }}, {{ departmentHead: 'support' }}]")));
        foreach (var person in (Actor[])[zhou, leader, chen, wu]) (await _app.InboxAsync(person)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_was_chosen_by_which_rule_is_journaled_with_the_organisation_as_it_stood()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"], department: "business");
        var instance = await RunAsync(("roles", new JsonArray("commerce")));
        var rule = (await _app.RecordedAsync(instance, "assignment")).ShouldHaveSingleItem()["rules"].Items.ShouldHaveSingleItem();
        (rule["kind"].ToText(), rule["value"].ToText()).ShouldBe(("role", "commerce"));
        var person = rule["people"].Items.ShouldHaveSingleItem();
        (person["id"].ToGuid(), person["name"].ToText(), person["department"].ToText()).ShouldBe((zhou.UserId, "周敏", "business"));
    }

    [Fact]
    public async Task Why_me_names_the_rule_and_the_others()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
        await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]);
        await RunAsync(("roles", new JsonArray("commerce")), ("why", "返还金额满 10,000 元"));
        (await _app.TaskAsync(zhou, InboxTab.Pool)).Why.ShouldBe(["返还金额满 10,000 元", "你是角色“commerce”的成员", "孙晓梅也能办，谁先办谁算"]);
    }

    [Theory, InlineData("users", "nobody-here"), InlineData("roles", "empty-role"), InlineData("field", "missing"),
        InlineData("departmentHead", "no-department")]
    public async Task A_task_nobody_was_found_for_waits_for_an_administrator_who_assigns_it(string input, string value)
    {
        var admin = await _app.StaffAsync("admin", "管理员", rights: ["admin.workflows"]);
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await RunAsync((input, input is "users" or "roles" ? new JsonArray(value) : JsonValue.Create(value)));
        (await _app.Get<InboxPage>().CountsAsync(admin, TestApp.Ct)).Value[InboxTab.Attention].ShouldBe(1);
        var task = await _app.TaskAsync(admin, InboxTab.Attention);
        (task.IsNobodyFound, task.CanAssign, task.CanAct).ShouldBe((true, true, false));
        (await _app.Get<InboxPage>().HandleAsync(zhou, InboxTab.Attention, null, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();

        (await _app.Get<AssignTask>().HandleAsync(admin, task.Info.Id, task.Info.Revision, zhou.UserId, _app.NewOperation(), "找不到人", TestApp.Ct))
            .Problem.ShouldBeNull();
        (await _app.InboxAsync(admin, InboxTab.Attention)).ShouldBeEmpty();
        (await _app.TaskAsync(zhou)).Why.ShouldContain("管理员指定由你办理");
        (await _app.DecideAsync(zhou, "Approve")).ShouldBeNull();
    }

    [Fact]
    public async Task Only_an_administrator_of_processes_assigns()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await RunAsync(("users", new JsonArray("zhoumin")));
        var task = await _app.TaskAsync(zhou);
        (await _app.Get<AssignTask>().HandleAsync(zhou, task.Info.Id, task.Info.Revision, _starter.UserId, _app.NewOperation(), null, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task An_assigned_holder_takes_the_place_of_the_former()
    {
        var admin = await _app.StaffAsync("admin", "管理员", rights: ["admin.workflows"]);
        var (zhou, he) = (await _app.StaffAsync("zhoumin", "周敏"), await _app.StaffAsync("hejing", "何静"));
        await RunAsync(("users", new JsonArray("zhoumin")));
        var task = await _app.TaskAsync(zhou);
        (await _app.Get<AssignTask>().HandleAsync(admin, task.Info.Id, task.Info.Revision, he.UserId, _app.NewOperation(), null, TestApp.Ct))
            .Problem.ShouldBeNull();
        (await _app.InboxAsync(zhou)).ShouldBeEmpty();
        (await _app.InboxAsync(he)).ShouldHaveSingleItem();
        _app.Text((await _app.DecideAsync(zhou, task, "Approve"))!).ShouldStartWith("没有提交：管理员刚刚办理了这个任务（09:00，改派给何静）");
    }

    [Fact]
    public async Task A_staff_task_cannot_be_assigned_to_an_agent()
    {
        var admin = await _app.StaffAsync("admin", "管理员", rights: ["admin.workflows"]);
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        var wu = await _app.AgentAsync(Guid.CreateVersion7(), "wujianguo", "吴建国");
        await RunAsync(("users", new JsonArray("zhoumin")));
        var task = await _app.TaskAsync(zhou);
        (await _app.Get<AssignTask>().HandleAsync(admin, task.Info.Id, task.Info.Revision, wu.UserId, _app.NewOperation(), null, TestApp.Ct)).Problem.ShouldBeOfType<ForeignAgent>();
    }
}

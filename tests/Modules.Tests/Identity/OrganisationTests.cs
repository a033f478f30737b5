using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Identity;

public sealed class OrganisationTests
{
    private static CancellationToken Ct => TestApp.Ct;

    [Fact]
    public async Task An_agent_user_never_holds_a_staff_role()
    {
        await using var app = await TestApp.StartAsync();
        var (role, agent) = (await RoleAsync(app, "commerce"), await PartyAsync(app, PartyType.Agent));
        var saved = await app.Get<Users>()
            .SaveAsync(Actor.System, new UserInput(null, "wujianguo", "吴建国", ActorKind.Agent, null, null, agent, [role]), app.NewOperation(), Ct);
        saved.Problem.ShouldBeOfType<AgentHoldsNoStaffRole>();
        (await app.ReadAsync(db => db.Set<User>().CountAsync(Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_user_belongs_to_an_agent_and_not_to_a_customer()
    {
        await using var app = await TestApp.StartAsync();
        var customer = await PartyAsync(app, PartyType.Customer);
        foreach (var agentId in new Guid?[] { null, customer, Guid.CreateVersion7(app.Clock.GetUtcNow()) })
            (await app.Get<Users>().SaveAsync(Actor.System, new UserInput(null, "wujianguo", "吴建国", ActorKind.Agent, null, null, agentId, []),
                app.NewOperation(), Ct)).Problem.ShouldBeOfType<AgentMissing>();
    }

    [Fact]
    public async Task An_agent_user_sees_its_agent_in_the_actor_and_no_staff_rights()
    {
        await using var app = await TestApp.StartAsync();
        var agent = await PartyAsync(app, PartyType.Agent);
        var id = (await app.Get<Users>()
            .SaveAsync(Actor.System, new UserInput(null, "wujianguo", "吴建国", ActorKind.Agent, null, null, agent, []), app.NewOperation(), Ct)).Value;
        var actor = (await app.Get<ActorDirectory>().ActorAsync(id, Ct))!;
        actor.Kind.ShouldBe(ActorKind.Agent);
        actor.AgentId.ShouldBe(agent);
        actor.Rights.ShouldBeEmpty();
        actor.Principals.ShouldBe([Principal.User(id), Principal.Agent(agent)]);
    }

    [Fact]
    public async Task A_staff_actor_answers_to_its_roles_and_every_department_above()
    {
        await using var app = await TestApp.StartAsync();
        var office = await DepartmentAsync(app, "office", null);
        var support = await DepartmentAsync(app, "support", office);
        var role = await RoleAsync(app, "support");
        var id = (await app.Get<Users>().SaveAsync(Actor.System, new UserInput(null, "chenli", "陈立", ActorKind.Staff, null, support, null, [role]),
            app.NewOperation(), Ct)).Value;
        (await app.Get<ActorDirectory>().ActorAsync(id, Ct))!.Principals.ShouldBe([Principal.User(id), "r:support", "d:support", "d:office"]);
    }

    [Fact]
    public async Task A_department_without_an_enabled_head_is_headed_by_the_one_above()
    {
        await using var app = await TestApp.StartAsync();
        var zhao = await app.StaffAsync("zhao", "赵宏远");
        var chen = await app.StaffAsync("chen", "陈立");
        var office = await DepartmentAsync(app, "office", null, zhao.UserId);
        await DepartmentAsync(app, "support", office, chen.UserId);
        (await app.ReadAsync(db => db.DepartmentHeadAsync("support", Ct)))!.Name.ShouldBe("陈立");
        await app.DisableAsync(chen);
        (await app.ReadAsync(db => db.DepartmentHeadAsync("support", Ct)))!.Name.ShouldBe("赵宏远");
        (await app.ReadAsync(db => db.DepartmentHeadAsync("nowhere", Ct))).ShouldBeNull();
    }

    [Fact]
    public async Task A_department_cannot_be_put_below_itself()
    {
        await using var app = await TestApp.StartAsync();
        var office = await DepartmentAsync(app, "office", null);
        var support = await DepartmentAsync(app, "support", office);
        var moved = await app.Get<Departments>()
            .SaveAsync(Actor.System, new DepartmentInput(office, "office", "行政部", support, null), app.NewOperation(), Ct);
        moved.Problem.ShouldBeOfType<DepartmentLoop>();
    }

    [Fact]
    public async Task A_department_with_people_is_not_removed()
    {
        await using var app = await TestApp.StartAsync();
        var office = await DepartmentAsync(app, "office", null);
        await app.Get<Users>()
            .SaveAsync(Actor.System, new UserInput(null, "chenli", "陈立", ActorKind.Staff, null, office, null, []), app.NewOperation(), Ct);
        (await app.Get<Departments>().RemoveAsync(Actor.System, office, app.NewOperation(), Ct)).Problem.ShouldBeOfType<DepartmentNotEmpty>();
    }

    [Fact]
    public async Task A_login_is_taken_once_whatever_its_case()
    {
        await using var app = await TestApp.StartAsync();
        var input = new UserInput(null, "chenli", "陈立", ActorKind.Staff, null, null, null, []);
        (await app.Get<Users>().SaveAsync(Actor.System, input, app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await app.Get<Users>().SaveAsync(Actor.System, input with { Login = "ChenLi" }, app.NewOperation(), Ct))
            .Problem.ShouldBeOfType<LoginInvalid>();
    }

    [Fact]
    public async Task Nobody_locks_the_administrators_out()
    {
        await using var app = await TestApp.StartAsync();
        await app.Get<ShippedOrganisation>().EnsureAsync(app.NewOperation(), Ct);
        var admin = (await app.Get<Roles>().ReadAsync(Actor.System, Ct)).Value.Roles.Single(r => r.Key == ShippedRoles.Admin);
        var id = (await app.Get<Users>().SaveAsync(Actor.System, new UserInput(null, "root", "管理员", ActorKind.Staff, null, null, null, [admin.Id]),
            app.NewOperation(), Ct)).Value;
        var actor = (await app.Get<ActorDirectory>().ActorAsync(id, Ct))!;

        (await app.Get<Users>().EnableAsync(actor, id, false, app.NewOperation(), Ct)).Problem.ShouldBeOfType<CannotDisableYourself>();
        (await app.Get<Users>().SaveAsync(actor, new UserInput(id, "root", "管理员", ActorKind.Staff, null, null, null, []), app.NewOperation(), Ct))
            .Problem.ShouldBeOfType<CannotDropOwnAdmin>();
        (await app.Get<Roles>().SaveAsync(actor, new RoleInput(admin.Id, admin.Key, admin.Name, null, ["admin.settings"], [.. admin.Rights]),
            app.NewOperation(), Ct)).Problem.ShouldBeOfType<AdminKeepsAdministration>();
    }

    [Fact]
    public async Task Two_administrators_do_not_overwrite_each_others_matrix()
    {
        await using var app = await TestApp.StartAsync();
        await app.Get<ShippedOrganisation>().EnsureAsync(app.NewOperation(), Ct);
        var role = (await app.Get<Roles>().ReadAsync(Actor.System, Ct)).Value.Roles.Single(r => r.Key == ShippedRoles.Sales);
        RoleInput Input(params string[] rights) => new(role.Id, role.Key, role.Name, null, rights, [.. role.Rights]);
        (await app.Get<Roles>().SaveAsync(Actor.System, Input("customer.view", "admin.settings"), app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await app.Get<Roles>().SaveAsync(Actor.System, Input("customer.view"), app.NewOperation(), Ct))
            .Problem.ShouldBeOfType<RoleChangedMeanwhile>();
    }

    [Fact]
    public async Task A_right_taken_from_a_shipped_role_does_not_come_back_with_the_next_start()
    {
        await using var app = await TestApp.StartAsync();
        await app.Get<ShippedOrganisation>().EnsureAsync(app.NewOperation(), Ct);
        var sales = (await app.Get<Roles>().ReadAsync(Actor.System, Ct)).Value.Roles.Single(r => r.Key == ShippedRoles.Sales);
        sales.Rights.ShouldContain("customer.view");
        await app.Get<Roles>()
            .SaveAsync(Actor.System, new RoleInput(sales.Id, sales.Key, sales.Name, null, [], [.. sales.Rights]), app.NewOperation(), Ct);
        await app.Get<ShippedOrganisation>().EnsureAsync(app.NewOperation(), Ct);
        (await app.Get<Roles>().ReadAsync(Actor.System, Ct)).Value.Roles.Single(r => r.Key == ShippedRoles.Sales).Rights.ShouldBeEmpty();
    }

    private static async Task<Guid> RoleAsync(TestApp app, string key) =>
        (await app.Get<Roles>().SaveAsync(Actor.System, new RoleInput(null, key, key, null, [], []), app.NewOperation(), Ct)).Value;

    private static async Task<Guid> DepartmentAsync(TestApp app, string key, Guid? parent, Guid? head = null) =>
        (await app.Get<Departments>().SaveAsync(Actor.System, new DepartmentInput(null, key, key, parent, head), app.NewOperation(), Ct)).Value;

    private static async Task<Guid> PartyAsync(TestApp app, PartyType type)
    {
        var id = Guid.CreateVersion7(app.Clock.GetUtcNow());
        await app.DoAsync(cmd => { cmd.Db.Add(new Party { Id = id, Type = type, No = "P-1", Name = "武汉图元信息技术有限公司" }); return Task.CompletedTask; });
        return id;
    }
}

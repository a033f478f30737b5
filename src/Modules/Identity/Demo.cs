using System.Security.Cryptography;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>Whether the database is a demonstration: <c>--demo</c> runs on an empty or a demonstration database only, and says so in it.</summary>
internal sealed class DemoMark(WorkflowRuntime runtime)
{
    private static readonly Operation Read = new("Identity.ReadDemoMark", Access.SystemOnly);
    private static readonly Operation Write = new("Identity.WriteDemoMark", Access.SystemOnly);

    public enum State { Empty, Loading, Demo, Real }

    /// <summary>Asked at every start, and so without EF, whose model a start need not wait for.</summary>
    public async Task<State> ReadAsync(Guid operationId, CancellationToken ct) =>
        (await runtime.ExecuteAsync<State>(Read, Actor.System, operationId, payload: null, async cmd =>
        {
            var setup = await cmd.QueryAsync("SELECT is_demo, demo_loaded_at FROM setup", [], r =>
                (IsDemo: r.GetBoolean(0), IsLoaded: !r.IsDBNull(1)), ct);
            if (setup is [{ IsDemo: true } demo]) return demo.IsLoaded ? State.Demo : State.Loading;
            return setup.Count > 0 || await SetUp.IsAnybodyHereAsync(cmd, ct) ? State.Real : State.Empty;
        }, ct)).Value;

    /// <summary>Marks an empty database before the first demonstration row; setup is closed with it.</summary>
    public Task<Result> BeginAsync(Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Write, Actor.System, operationId, payload: null, cmd =>
        {
            cmd.Db.Add(new Setup { TokenHash = Passwords.HashToken(Passwords.NewToken()), UsedAt = cmd.Now, IsDemo = true });
            return Task.FromResult(Result.Ok);
        }, ct);

    public Task<Result> EndAsync(Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Write, Actor.System, operationId, payload: null, async cmd =>
        {
            (await cmd.Db.All<Setup>().SingleAsync(ct)).DemoLoadedAt = cmd.Now;
            return Result.Ok;
        }, ct);
}

/// <summary>A demonstration account as printed.</summary>
internal sealed record DemoSignIn(string Login, string Name, string What, string Password);

/// <summary>Gives every demonstration account a new random password; they are known only to whoever asked.</summary>
internal sealed class DemoSignIns(WorkflowRuntime runtime, Passwords passwords)
{
    private static readonly Operation Operation = new("Identity.ResetDemoPasswords", Access.SystemOnly);

    public async Task<IReadOnlyList<DemoSignIn>> ResetAsync(Guid operationId, CancellationToken ct)
    {
        var fresh = DemoOrganisation.People.Select(p => new DemoSignIn(p.Login, p.Name, p.What, NewPassword())).ToList();
        // a third of a second each
        var hashes = fresh.AsParallel().Select(p => (Id: DemoId.User(p.Login), Hash: passwords.Hash(p.Password)))
            .ToDictionary(p => p.Id, p => p.Hash);
        var result = await runtime.ExecuteAsync(Operation, Actor.System, operationId, payload: null, async cmd =>
        {
            foreach (var user in await cmd.Db.All<User>().Where(u => u.IsDemo).ToListAsync(ct))
            {
                if (!hashes.TryGetValue(user.Id, out var hash)) continue;
                user.PasswordHash = hash;
                user.EndSessions();
            }
            return Result.Ok;
        }, ct);
        return result.Failed ? throw new InvalidOperationException($"The demonstration passwords could not be set: {result.Problem!.Key}") : fresh;
    }

    // 60 random bits in groups that can be read out.
    private static string NewPassword() =>
        string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString("23456789abcdefghjkmnpqrstuvwxyz", 4)));
}

/// <summary>The people of the demonstration (sample-data §2) with their departments and roles.</summary>
internal sealed class DemoOrganisation : IDemoData
{
    private static readonly Operation Operation = new("Identity.LoadDemo", Access.SystemOnly);

    public const string FirstAgent = "武汉图元信息技术有限公司", SecondAgent = "长沙经纬数码有限公司";

    internal sealed record Person(string Login, string Name, string What, string? Department, string? Role, string? Agent = null);

    public static readonly Person[] People =
    [
        new("admin", "系统管理员", "系统管理员", "office", ShippedRoles.Admin),
        new("zhoumin", "周敏", "商务部", "commerce", ShippedRoles.Commerce),
        new("chenli", "陈立", "技术支持中心", "support", ShippedRoles.Support),
        new("zhaohongyuan", "赵宏远", "分管领导", "office", ShippedRoles.Leader),
        new("ouyangmiao", "欧阳淼", "分管领导", "office", ShippedRoles.Leader),
        new("hejing", "何静", "财务部", "finance", ShippedRoles.Finance),
        new("liuyang", "刘洋", "业务员", "sales-central", ShippedRoles.Sales),
        new("sunxiaomei", "孙晓梅", "热线接待", "hotline", ShippedRoles.Reception),
        new("wusiyuan", "吴思远", "技术人员", "support", ShippedRoles.Technician),
        new("huangxue", "黄雪", "技术人员", "support", ShippedRoles.Technician),
        new("wujianguo", "吴建国", "代理商 " + FirstAgent, null, null, FirstAgent),
        new("tanxiaoyun", "谭晓云", "代理商 " + SecondAgent, null, null, SecondAgent),
    ];

    private static readonly (string Key, string Name, string? Parent, string? Head)[] Units =
    [
        ("office", "行政部", null, "zhaohongyuan"), ("commerce", "商务部", "office", "zhoumin"), ("support", "技术支持中心", "office", "chenli"),
            ("finance", "财务部", "office", "hejing"),
        ("marketing", "市场营销部", "office", "ouyangmiao"), ("hotline", "热线中心", "support", null), ("research", "研发部", "office", null),
        ("sales-central", "华中销售部", "marketing", null), ("sales-east", "华东销售部", "marketing", null), ("sales-southwest", "西南销售部", "marketing", null),
    ];

    public int Order => 0;

    public async Task LoadAsync(DemoContext demo, CancellationToken ct)
    {
        var result = await demo.Runtime.ExecuteAsync(Operation, Actor.System, DemoId.Of("operation:organisation"), payload: null, async cmd =>
        {
            var roles = await cmd.Db.All<Role>().ToDictionaryAsync(r => r.Key, ct);
            foreach (var (key, name, parent, head) in Units)
                cmd.Db.Add(new Department { Id = DemoId.Of("department:" + key), Key = key, Name = name,
                    ParentId = parent is null ? null : DemoId.Of("department:" + parent), HeadId = head is null ? null : DemoId.User(head),
                    Position = Array.FindIndex(Units, u => u.Key == key) });
            using var manager = Passwords.Manager(cmd.Db);
            foreach (var person in People)
            {
                var user = new User
                {
                    Id = DemoId.User(person.Login), UserName = person.Login, Name = person.Name, IsDemo = true, CreatedAt = cmd.Now,
                    Email = person.Login + "@example.com",
                    Kind = person.Agent is null ? ActorKind.Staff : ActorKind.Agent,
                    AgentId = person.Agent is null ? null : DemoId.Party(person.Agent),
                    DepartmentId = person.Department is null ? null : DemoId.Of("department:" + person.Department),
                };
                user.Assign(person.Role is null ? [] : [roles[person.Role]]);
                var created = await manager.CreateAsync(user);
                if (!created.Succeeded)
                    throw new InvalidOperationException($"Demo user {person.Login}: {string.Join(", ", created.Errors.Select(e => e.Description))}");
            }
            return Result.Ok;
        }, ct);
        if (result.Problem is { } problem) throw new InvalidOperationException($"The demonstration organisation could not be loaded: {problem.Key}");
    }
}

using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests;

/// <summary>Makes users, roles and departments as rows and hands out the actors their sessions would be.</summary>
internal static class People
{
    /// <summary>A staff user with a login, holding roles by key; roles that do not exist yet are made.</summary>
    public static async Task<Actor> StaffAsync(this TestApp app, string login, string name, string[]? roles = null, string[]? rights = null,
        string? department = null, string language = "zh")
    {
        var user = NewUser(app, ActorKind.Staff, login, name, null, language);
        await app.DoAsync(async cmd =>
        {
            foreach (var key in roles ?? []) user.Roles.Add(new UserRole { UserId = user.Id, RoleId = (await RoleAsync(cmd, key)).Id });
            user.DepartmentId = department is null ? null : (await DepartmentAsync(cmd, department)).Id;
            cmd.Db.Add(user);
        });
        return app.Actors[user.Id] = new Actor(ActorKind.Staff, user.Id, name)
        {
            Rights = (rights ?? []).ToHashSet(),
            Departments = department is null ? [] : [department],
            Principals = [Principal.User(user.Id), .. (roles ?? []).Select(Principal.Role),
                .. department is null ? Array.Empty<string>() : [Principal.Department(department)]],
        };
    }

    /// <summary>A user of an agent (party id).</summary>
    public static async Task<Actor> AgentAsync(this TestApp app, Guid agentId, string login, string name)
    {
        var user = NewUser(app, ActorKind.Agent, login, name, agentId, "zh");
        await app.DoAsync(cmd => { cmd.Db.Add(user); return Task.CompletedTask; });
        return new Actor(ActorKind.Agent, user.Id, name) { AgentId = agentId, Principals = [Principal.User(user.Id), Principal.Agent(agentId)] };
    }

    public static Task HeadAsync(this TestApp app, string department, Actor head) =>
        app.DoAsync(async cmd => (await DepartmentAsync(cmd, department)).HeadId = head.UserId);

    public static Task DisableAsync(this TestApp app, Actor person) =>
        app.DoAsync(async cmd => (await cmd.Db.Set<User>().SingleAsync(u => u.Id == person.UserId)).IsEnabled = false);

    private static User NewUser(TestApp app, ActorKind kind, string login, string name, Guid? agentId, string language) => new()
    {
        Id = Guid.CreateVersion7(app.Clock.GetUtcNow()), Kind = kind, Name = name, UserName = login, NormalizedUserName = login.ToUpperInvariant(),
        Email = $"{login}@example.com",
        NormalizedEmail = $"{login}@example.com".ToUpperInvariant(), AgentId = agentId, Language = language, CreatedAt = app.Clock.GetUtcNow(),
        SecurityStamp = login, ConcurrencyStamp = login,
    };

    private static async Task<Role> RoleAsync(Command cmd, string key)
    {
        if (await cmd.Db.Set<Role>().SingleOrDefaultAsync(r => r.Key == key) is { } known) return known;
        var role = new Role { Id = cmd.NewId(), Key = key, Name = key };
        cmd.Db.Add(role);
        return role;
    }

    private static async Task<Department> DepartmentAsync(Command cmd, string key)
    {
        if (await cmd.Db.Set<Department>().SingleOrDefaultAsync(d => d.Key == key) is { } known) return known;
        var department = new Department { Id = cmd.NewId(), Key = key, Name = key };
        cmd.Db.Add(department);
        return department;
    }
}

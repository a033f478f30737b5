using System.Globalization;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

public enum UserState { Active, Invited, Disabled }

/// <summary>A user as the administration lists it.</summary>
/// <param name="Place">Department of staff, agent of an agent user.</param>
public sealed record UserRow(Guid Id, string Login, string Name, ActorKind Kind, string? Place, IReadOnlyList<string> Roles, UserState State,
    bool IsLocked, DateTimeOffset? LastSignInAt);

public sealed record UserDetails(Guid Id, string Login, string Name, ActorKind Kind, string? Email, Guid? DepartmentId, Guid? AgentId,
    string? AgentName, IReadOnlyList<Guid> RoleIds, UserState State, bool IsLocked);

public enum UserFilter { Staff, Agents, Disabled }

/// <param name="Id">Null creates.</param>
public sealed record UserInput(Guid? Id, string Login, string Name, ActorKind Kind, string? Email, Guid? DepartmentId, Guid? AgentId,
    IReadOnlyList<Guid> RoleIds);

/// <summary>A choice for a drop-down.</summary>
public sealed record NamedChoice(Guid Id, string Name);

/// <summary>Users as administrators see and change them. Passwords are never set here: a person gets a one-time link.</summary>
internal sealed class Users(WorkflowRuntime runtime, ActorDirectory directory, TimeProvider clock, IEnumerable<AgentLookup> agents)
{
    public static readonly Access Access = Access.Staff("admin.users");
    private static readonly Operation List = new("Identity.ListUsers", Access);
    private static readonly Operation Read = new("Identity.ReadUser", Access);
    private static readonly Operation Save = new("Identity.SaveUser", Access);
    private static readonly Operation Invite = new("Identity.InviteUser", Access);
    private static readonly Operation Enable = new("Identity.EnableUser", Access);
    private static readonly Operation Unlock = new("Identity.UnlockUser", Access);
    public const int PageSize = 50;

    /// <summary>One page by login name, after the last one shown.</summary>
    public Task<Result<IReadOnlyList<UserRow>>> ListAsync(Actor actor, UserFilter filter, string? text, string? after, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<UserRow>>(List, actor, async db =>
        {
            var query = db.All<User>().AsNoTracking().Include(u => u.Roles)
                .Where(u => filter == UserFilter.Disabled ? !u.IsEnabled
                : u.IsEnabled && u.Kind == (filter == UserFilter.Agents ? ActorKind.Agent : ActorKind.Staff));
            if (text?.Trim() is { Length: > 0 } wanted)
            {
                var normal = Passwords.NormalizeLogin(wanted);
                query = query.Where(u => u.Name.Contains(wanted) || u.NormalizedUserName!.Contains(normal));
            }
            if (after is not null) query = query.Where(u => string.Compare(u.NormalizedUserName, after) > 0);
            var users = await query.OrderBy(u => u.NormalizedUserName).Take(PageSize).ToListAsync(ct);

            var departments = await db.All<Department>().AsNoTracking().ToDictionaryAsync(d => d.Id, d => d.Name, ct);
            var roles = await db.All<Role>().AsNoTracking().ToDictionaryAsync(r => r.Id, r => r.NameIn(English), ct);
            var names = await AgentNamesAsync(db, [.. users.Where(u => u.AgentId is not null).Select(u => u.AgentId!.Value).Distinct()], ct);
            var locked = await LockedAsync(db, users, ct);
            return (Result<IReadOnlyList<UserRow>>)users.Select(u => new UserRow(u.Id, u.UserName!, u.Name, u.Kind,
                u.AgentId is { } agent ? names.GetValueOrDefault(agent) : u.DepartmentId is { } department ? departments.GetValueOrDefault(department)
                    : null,
                [.. u.Roles.Select(r => roles.GetValueOrDefault(r.RoleId, "")).Order(StringComparer.Ordinal)], StateOf(u), locked.Contains(u.Id),
                    u.LastSignInAt)).ToList();
        }, ct);

    public Task<Result<UserDetails>> ReadAsync(Actor actor, Guid id, CancellationToken ct) => runtime.ReadAsync<UserDetails>(Read, actor, async db =>
    {
        var user = await db.All<User>().AsNoTracking().Include(u => u.Roles).SingleOrDefaultAsync(u => u.Id == id, ct);
        if (user is null) return new NotFound();
        var names = user.AgentId is { } agent ? await AgentNamesAsync(db, [agent], ct) : [];
        return new UserDetails(user.Id, user.UserName!, user.Name, user.Kind, user.Email, user.DepartmentId, user.AgentId,
            names.Values.FirstOrDefault(), [.. user.Roles.Select(r => r.RoleId)], StateOf(user), (await LockedAsync(db, [user], ct)).Count > 0);
    }, ct);

    public Task<Result<(IReadOnlyList<NamedChoice> Departments, IReadOnlyList<NamedChoice> Roles)>> ChoicesAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<(IReadOnlyList<NamedChoice>, IReadOnlyList<NamedChoice>)>(Read, actor, async db =>
        {
            var departments = await db.All<Department>().AsNoTracking().OrderBy(d => d.Position).ThenBy(d => d.Name)
                .Select(d => new NamedChoice(d.Id, d.Name)).ToListAsync(ct);
            var roles = (await db.All<Role>().AsNoTracking().ToListAsync(ct)).OrderByDescending(r => r.IsShipped)
                .ThenBy(r => r.Key, StringComparer.Ordinal).Select(r => new NamedChoice(r.Id, r.NameIn(English))).ToList();
            return (departments, roles);
        }, ct);

    public Task<Result<IReadOnlyList<AgentName>>> FindAgentsAsync(Actor actor, string text, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<AgentName>>(Read, actor, async db =>
        agents.FirstOrDefault() is { } lookup ? await lookup.FindAsync(db, text.Trim(), 20, ct) : [], ct);

    public async Task<Result<Guid>> SaveAsync(Actor actor, UserInput input, Guid operationId, CancellationToken ct)
    {
        var (login, name) = (input.Login.Trim().ToLowerInvariant(), input.Name.Trim());
        var saved = await runtime.ExecuteAsync<Guid>(Save, actor, operationId, input, async cmd =>
        {
            if (name.Length is 0 or > 100) return new NameMissing();
            if (login.Length is < 3 or > 60) return new LoginInvalid();
            if (input.Email is { Length: > 0 } mail && !Mail.IsAddress(mail)) return new EmailInvalid(mail);
            using var manager = Passwords.Manager(cmd.Db);
            User user;
            object? before = null;
            if (input.Id is { } id)
            {
                if (await cmd.Db.All<User>().Include(u => u.Roles).SingleOrDefaultAsync(u => u.Id == id, ct) is not { } found) return new NotFound();
                if (found.Kind == ActorKind.Agent && input.AgentId is null) return new AgentMissing();
                user = found;
                before = Picture(user);
            }
            else
            {
                if (input.Kind == ActorKind.Agent && input.AgentId is null) return new AgentMissing();
                user = new User { Id = cmd.NewId(), Kind = input.Kind, Name = name, UserName = login, CreatedAt = cmd.Now };
                var created = await manager.CreateAsync(user);
                if (!created.Succeeded) return new LoginInvalid();
            }
            user.Name = name;
            user.Email = input.Email is { Length: > 0 } email ? email.Trim() : null;
            if (user.Kind == ActorKind.Agent)
            {
                var names = await AgentNamesAsync(cmd.Db, [input.AgentId!.Value], ct);
                if (names.Count == 0) return new AgentMissing();
                if (user.AgentId is { } old && old != input.AgentId) user.EndSessions();
                user.AgentId = input.AgentId;
            }
            else user.DepartmentId = await cmd.Db.All<Department>().AnyAsync(d => d.Id == input.DepartmentId, ct) ? input.DepartmentId : null;

            var roles = await cmd.Db.All<Role>().Where(r => input.RoleIds.Contains(r.Id)).ToListAsync(ct);
            if (user.Id == actor.UserId && await HoldsAdminAsync(cmd.Db, user, ct) && roles.All(r => r.Key != ShippedRoles.Admin))
                return new CannotDropOwnAdmin();
            if (user.Assign(roles) is { Problem: { } refusal }) return refusal;
            if (before is null || cmd.Changes(user)) cmd.Audit("user", user.Id, before, Picture(user));
            return user.Id;
        }, ct);
        directory.Changed(input.Id);
        return saved;
    }

    /// <summary>A new one-time link; the ones before it are void. The token exists only in the answer.</summary>
    public async Task<Result<string>> InviteAsync(Actor actor, Guid id, Guid operationId, CancellationToken ct)
    {
        var token = Passwords.NewToken();
        var result = await runtime.ExecuteAsync(Invite, actor, operationId, payload: null, async cmd =>
        {
            if (await cmd.Db.All<User>().SingleOrDefaultAsync(u => u.Id == id && u.IsEnabled, ct) is not { } user) return new NotFound();
            foreach (var open in await cmd.Db.All<Invitation>().Where(i => i.UserId == id && i.UsedAt == null).ToListAsync(ct)) open.UsedAt = cmd.Now;
            cmd.Db.Add(new Invitation { Id = cmd.NewId(), UserId = id, TokenHash = Passwords.HashToken(token), CreatedBy = actor.UserId,
                CreatedAt = cmd.Now, ExpiresAt = cmd.Now + Invitation.Lifetime });
            cmd.Audit("user", user.Id, null, new { Invited = cmd.Now + Invitation.Lifetime });
            return Result.Ok;
        }, ct);
        return result.Problem is { } problem ? problem : token;
    }

    public async Task<Result> EnableAsync(Actor actor, Guid id, bool enabled, Guid operationId, CancellationToken ct)
    {
        var result = await runtime.ExecuteAsync(Enable, actor, operationId, new { id, enabled }, async cmd =>
        {
            if (await cmd.Db.All<User>().SingleOrDefaultAsync(u => u.Id == id, ct) is not { } user) return new NotFound();
            if (user.Enable(enabled, actor.UserId) is { Problem: { } refusal }) return refusal;
            if (cmd.Changes(user)) cmd.Audit("user", id, new { IsEnabled = !enabled }, new { IsEnabled = enabled });
            return Result.Ok;
        }, ct);
        directory.Changed(id);
        return result;
    }

    public Task<Result> UnlockAsync(Actor actor, Guid id, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Unlock, actor, operationId, new { id }, async cmd =>
        {
            if (await cmd.Db.All<User>().SingleOrDefaultAsync(u => u.Id == id, ct) is not { } user) return new NotFound();
            var hash = Passwords.HashToken(user.NormalizedUserName!);
            if (await cmd.Db.All<SignInGuard>().SingleOrDefaultAsync(g => g.LoginHash == hash, ct) is { } guard) cmd.Db.Remove(guard);
            cmd.Audit("user", id, null, new { Unlocked = cmd.Now });
            return Result.Ok;
        }, ct);

    private static bool English => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
    private static UserState StateOf(User user) =>
        !user.IsEnabled ? UserState.Disabled : user.PasswordHash is null ? UserState.Invited : UserState.Active;
    private static object Picture(User user) =>
        new { user.UserName, user.Name, user.Email, user.DepartmentId, user.AgentId, Roles = user.Roles.Select(r => r.RoleId).ToList() };
    private static async Task<bool> HoldsAdminAsync(CrmDbContext db, User user, CancellationToken ct)
    {
        var held = user.Roles.Select(r => r.RoleId).ToList();
        return await db.All<Role>().AnyAsync(r => held.Contains(r.Id) && r.Key == ShippedRoles.Admin, ct);
    }

    private async Task<Dictionary<Guid, string>> AgentNamesAsync(CrmDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        ids.Count > 0 && agents.FirstOrDefault() is { } lookup ? await lookup.NamesAsync(db, ids, ct) : [];

    private async Task<HashSet<Guid>> LockedAsync(CrmDbContext db, IReadOnlyList<User> users, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var hashes = users.ToDictionary(u => Passwords.HashToken(u.NormalizedUserName!), u => u.Id);
        var locked = await db.All<SignInGuard>().Where(g => hashes.Keys.Contains(g.LoginHash) && g.LockedUntil > now).Select(g => g.LoginHash)
            .ToListAsync(ct);
        return [.. locked.Select(h => hashes[h])];
    }
}

internal sealed record EmailInvalid : Problem
{
    public EmailInvalid(string email) : base("identity.email-invalid", email) => (Kind, Field) = (ProblemKind.Invalid, "email");
}

internal sealed record AgentMissing : Problem
{
    public AgentMissing() : base("identity.agent-missing") => (Kind, Field) = (ProblemKind.Invalid, "agent");
}

internal sealed record CannotDropOwnAdmin() : Problem("identity.cannot-drop-own-admin");
internal sealed record CannotDisableYourself() : Problem("identity.cannot-disable-yourself");
internal sealed record AgentHoldsNoStaffRole(string Name) : Problem("identity.agent-holds-no-staff-role", Name);

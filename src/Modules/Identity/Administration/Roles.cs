using System.Globalization;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>A column of the matrix.</summary>
public sealed record RoleColumn(Guid Id, string Key, string Name, string? NameEn, bool IsShipped,
    IReadOnlySet<string> Rights, IReadOnlyList<string> Members);

/// <param name="Rights">Rights under one heading, in registration order.</param>
public sealed record RightGroup(string Group, IReadOnlyList<string> Rights);

public sealed record RoleMatrix(IReadOnlyList<RoleColumn> Roles, IReadOnlyList<RightGroup> Groups);

/// <param name="Id">Null creates.</param>
/// <param name="Expected">The rights the page showed; somebody else's change in between refuses the save.</param>
public sealed record RoleInput(Guid? Id, string Key, string Name, string? NameEn, IReadOnlyList<string> Rights, IReadOnlyList<string> Expected);

internal sealed class Roles(WorkflowRuntime runtime, ActorDirectory directory, IEnumerable<RightDescriptor> rights)
{
    public static readonly Access Access = Access.Staff("admin.roles");
    private static readonly Operation Read = new("Identity.ReadRoles", Access);
    private static readonly Operation Save = new("Identity.SaveRole", Access);
    private static readonly Operation Remove = new("Identity.RemoveRole", Access);

    public Task<Result<RoleMatrix>> ReadAsync(Actor actor, CancellationToken ct) => runtime.ReadAsync<RoleMatrix>(Read, actor, async db =>
    {
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var roles = await db.All<Role>().AsNoTracking().Include(r => r.Rights).ToListAsync(ct);
        var members = (await db.All<UserRole>().Join(db.All<User>().Where(u => u.IsEnabled), r => r.UserId, u => u.Id, (r, u) =>
            new { r.RoleId, u.Name }).ToListAsync(ct)).ToLookup(m => m.RoleId, m => m.Name);
        var columns = roles.OrderByDescending(r => r.IsShipped).ThenBy(r => r.Key == ShippedRoles.Admin ? "~" : r.Key, StringComparer.Ordinal)
            .Select(r => new RoleColumn(r.Id, r.Key, r.NameIn(english), r.NameEn, r.IsShipped, r.Rights.Select(x => x.Right).ToHashSet(),
                [.. members[r.Id].Order(StringComparer.Ordinal)])).ToList();
        return new RoleMatrix(columns,
            [.. rights.DistinctBy(r => r.Key).GroupBy(r => r.Group).Select(g => new RightGroup(g.Key, [.. g.Select(r => r.Key)]))]);
    }, ct);

    public async Task<Result<Guid>> SaveAsync(Actor actor, RoleInput input, Guid operationId, CancellationToken ct)
    {
        var (key, name) = (input.Key.Trim().ToLowerInvariant(), input.Name.Trim());
        if (name.Length is 0 or > 60) return new NameMissing();
        if (!Departments.IsKey(key)) return new KeyInvalid();
        var wanted = input.Rights.Intersect(rights.Select(r => r.Key)).ToHashSet();
        var saved = await runtime.ExecuteAsync<Guid>(Save, actor, operationId, input, async cmd =>
        {
            Role? role;
            object? before = null;
            if (input.Id is { } id)
            {
                role = await cmd.Db.All<Role>().Include(r => r.Rights).SingleOrDefaultAsync(r => r.Id == id, ct);
                if (role is null) return new NotFound();
                if (!role.Rights.Select(r => r.Right).ToHashSet().SetEquals(input.Expected)) return new RoleChangedMeanwhile(role.Name);
                if (role.Key == ShippedRoles.Admin && !(wanted.Contains("admin.roles") && wanted.Contains("admin.users")))
                    return new AdminKeepsAdministration();
                before = new { role.Name, Rights = role.Rights.Select(r => r.Right).ToList() };
            }
            else
            {
                if (await cmd.Db.All<Role>().AnyAsync(r => r.Key == key, ct)) return new KeyTaken(key);
                role = new Role { Id = cmd.NewId(), Key = key, Name = name };
                cmd.Db.Add(role);
            }
            var rightsStay = wanted.SetEquals(role.Rights.Select(r => r.Right));
            (role.Name, role.NameEn) = (name, input.NameEn?.Trim() is { Length: > 0 } english ? english : null);
            role.Rights.RemoveAll(r => !wanted.Contains(r.Right));
            foreach (var right in wanted.Except(role.Rights.Select(r => r.Right)).ToList())
                role.Rights.Add(new RoleRight { RoleId = role.Id, Right = right });
            if (!rightsStay || cmd.Changes(role)) cmd.Audit("role", role.Id, before, new { role.Name, Rights = wanted.ToList() });
            return role.Id;
        }, ct);
        directory.Changed();
        return saved;
    }

    public async Task<Result> RemoveAsync(Actor actor, Guid id, Guid operationId, CancellationToken ct)
    {
        var result = await runtime.ExecuteAsync(Remove, actor, operationId, new { id }, async cmd =>
        {
            if (await cmd.Db.All<Role>().Include(r => r.Rights).SingleOrDefaultAsync(r => r.Id == id && !r.IsShipped, ct) is not { } role)
                return new NotFound();
            var members = await cmd.Db.All<UserRole>().CountAsync(r => r.RoleId == id, ct);
            if (members > 0) return new RoleInUse(role.Name, members);
            cmd.Db.Remove(role);
            cmd.Audit("role", id, new { role.Key, role.Name }, null);
            return Result.Ok;
        }, ct);
        directory.Changed();
        return result;
    }
}

internal sealed record RoleChangedMeanwhile : Problem
{
    public RoleChangedMeanwhile(string name) : base("identity.role-changed-meanwhile", name) => Kind = ProblemKind.Conflict;
}

internal sealed record AdminKeepsAdministration() : Problem("identity.admin-keeps-administration");
internal sealed record RoleInUse(string Name, int Members) : Problem("identity.role-in-use", Name, Members);

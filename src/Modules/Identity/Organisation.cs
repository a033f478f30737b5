using System.Globalization;
using System.Linq.Expressions;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>The organisation as it stands, read inside a command or query. Only enabled users unless said otherwise.</summary>
public static class Organisation
{
    // Every task that names its person by id asks this.
    private static readonly PreparedQuery<Guid, UserRef> UserById = new((db, id, _) =>
        db.All<User>().AsNoTracking().Where(u => u.Id == id && u.IsEnabled)
            .Select(u => Ref(u.Id, u.Name, u.Kind, u.AgentId, u.Email, u.IsEnabled, u.Language,
            db.All<Department>().Where(d => d.Id == u.DepartmentId).Select(d => d.Key).FirstOrDefault())).SingleOrDefault());

    // Every task of a role, an agent or a login asks one of these.
    private static readonly PreparedList<string, UserRef> UsersByRole = new((db, roleKey) =>
        db.All<User>().AsNoTracking().Where(u => u.IsEnabled && u.Roles.Any(r => db.All<Role>().Any(x => x.Id == r.RoleId && x.Key == roleKey)))
            .OrderBy(u => u.NormalizedUserName).Select(u =>
            Ref(u.Id, u.Name, u.Kind, u.AgentId, u.Email, u.IsEnabled, u.Language,
            db.All<Department>().Where(d => d.Id == u.DepartmentId).Select(d => d.Key).FirstOrDefault())));

    private static readonly PreparedList<Guid, UserRef> UsersByAgent = new((db, agentId) =>
        db.All<User>().AsNoTracking().Where(u => u.IsEnabled && u.AgentId == agentId).OrderBy(u => u.NormalizedUserName)
            .Select(u => Ref(u.Id, u.Name, u.Kind, u.AgentId, u.Email, u.IsEnabled, u.Language,
            db.All<Department>().Where(d => d.Id == u.DepartmentId).Select(d => d.Key).FirstOrDefault())));

    private static readonly PreparedQuery<string, UserRef> UserByLogin = new((db, login, _) =>
        db.All<User>().AsNoTracking().Where(u => u.NormalizedUserName == login && u.IsEnabled)
            .Select(u => Ref(u.Id, u.Name, u.Kind, u.AgentId, u.Email, u.IsEnabled, u.Language,
            db.All<Department>().Where(d => d.Id == u.DepartmentId).Select(d => d.Key).FirstOrDefault())).SingleOrDefault());

    public static Task<UserRef?> FindUserAsync(this CrmDbContext db, Guid id, CancellationToken ct) => UserById.RunAsync(db, id, ct);

    /// <summary>Enabled or not, for showing names of those who acted.</summary>
    public static async Task<Dictionary<Guid, UserRef>> UsersByIdAsync(this CrmDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : (await ReadAsync(db, u => ids.Contains(u.Id), ct)).ToDictionary(u => u.Id);

    public static Task<UserRef?> FindUserByLoginAsync(this CrmDbContext db, string login, CancellationToken ct) =>
        UserByLogin.RunAsync(db, Passwords.NormalizeLogin(login), ct);

    public static Task<List<UserRef>> UsersInRoleAsync(this CrmDbContext db, string roleKey, CancellationToken ct) =>
        UsersByRole.RunAsync(db, roleKey, ct);

    public static Task<List<UserRef>> UsersOfAgentAsync(this CrmDbContext db, Guid agentId, CancellationToken ct) =>
        UsersByAgent.RunAsync(db, agentId, ct);

    public static Task<List<UserRef>> UsersInDepartmentAsync(this CrmDbContext db, string departmentKey, CancellationToken ct) =>
        ReadAsync(db, u => u.IsEnabled && db.All<Department>().Any(d => d.Id == u.DepartmentId && d.Key == departmentKey), ct);

    /// <summary>The head of a department; when it has none, of the nearest one above.</summary>
    public static async Task<UserRef?> DepartmentHeadAsync(this CrmDbContext db, string departmentKey, CancellationToken ct)
    {
        var start = await db.All<Department>().Where(d => d.Key == departmentKey).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(ct);
        if (start is null) return null;
        foreach (var department in await db.DepartmentChainAsync(start.Value, ct))
            if (department.HeadId is { } head && await db.FindUserAsync(head, ct) is { } user) return user;
        return null;
    }

    /// <summary>Enabled staff, and the users of one agent where given, whose name or login contains the text; by login.</summary>
    public static async Task<List<UserRef>> FindUsersAsync(this CrmDbContext db, string? text, Guid? agentId, int take, CancellationToken ct)
    {
        var pattern = SearchEverything.Pattern((text ?? "").Trim());
        var found = await ReadAsync(db, u => u.IsEnabled && (u.Kind == ActorKind.Staff || u.AgentId != null && u.AgentId == agentId)
            && (EF.Functions.Like(u.Name, pattern, "\\") || EF.Functions.Like(u.UserName!, pattern, "\\")), ct);
        return found.Count <= take ? found : found[..take];
    }

    public static Task<bool> RoleExistsAsync(this CrmDbContext db, string roleKey, CancellationToken ct) =>
        db.All<Role>().AnyAsync(r => r.Key == roleKey, ct);

    /// <summary>Display name of a role, department or user principal, for "who holds it".</summary>
    public static async Task<Dictionary<string, string>> PrincipalNamesAsync(this CrmDbContext db, IReadOnlyCollection<string> principals,
        CancellationToken ct)
    {
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var names = new Dictionary<string, string>();
        var users = principals.Where(p => p.StartsWith("u:", StringComparison.Ordinal)).Select(p => Guid.TryParse(p[2..], out var id) ? id : default)
            .ToList();
        var roles = Keys(principals, "r:");
        var departments = Keys(principals, "d:");
        foreach (var user in (await db.UsersByIdAsync(users, ct)).Values) names[Principal.User(user.Id)] = user.Name;
        if (roles.Count > 0) foreach (var role in await db.All<Role>().AsNoTracking().Where(r => roles.Contains(r.Key))
            .ToListAsync(ct)) names[Principal.Role(role.Key)] = role.NameIn(english);
        if (departments.Count > 0) foreach (var department in await db.All<Department>().AsNoTracking().Where(d => departments.Contains(d.Key))
            .ToListAsync(ct)) names[Principal.Department(department.Key)] = department.Name;
        // Which company it is stands beside every task of an agent; who holds it is "the agent".
        foreach (var agent in principals.Where(p => p.StartsWith("a:", StringComparison.Ordinal))) names[agent] = english ? "Agent" : "代理商";
        return names;
    }

    /// <summary>Every role and department by principal with its name in the reader's language, for choosing one.</summary>
    public static async Task<Dictionary<string, string>> RolesAndDepartmentsAsync(this CrmDbContext db, CancellationToken ct)
    {
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var names = (await db.All<Role>().AsNoTracking().ToListAsync(ct)).ToDictionary(r => Principal.Role(r.Key), r => r.NameIn(english));
        foreach (var department in await db.All<Department>().AsNoTracking().ToListAsync(ct))
            names[Principal.Department(department.Key)] = department.Name;
        return names;
    }

    /// <summary>Names of enabled staff by login, for choosing one.</summary>
    public static Task<Dictionary<string, string>> StaffByLoginAsync(this CrmDbContext db, CancellationToken ct) =>
        db.All<User>().AsNoTracking().Where(u => u.IsEnabled && u.Kind == ActorKind.Staff).ToDictionaryAsync(u => u.UserName!, u => u.Name, ct);

    /// <summary>A department and those above it, nearest first. A loop, which the page refuses but an import might bring, ends the walk.</summary>
    internal static async Task<List<Department>> DepartmentChainAsync(this CrmDbContext db, Guid departmentId, CancellationToken ct)
    {
        var all = await db.All<Department>().AsNoTracking().ToDictionaryAsync(d => d.Id, ct);
        var chain = new List<Department>();
        for (Guid? at = departmentId; at is { } id && all.Remove(id, out var department); at = department.ParentId) chain.Add(department);
        return chain;
    }

    /// <summary>Keys of a department and of all below it.</summary>
    internal static async Task<IReadOnlyList<string>> DepartmentsBelowAsync(this CrmDbContext db, Guid departmentId, CancellationToken ct)
    {
        var all = await db.All<Department>().AsNoTracking().OrderBy(d => d.Key).ToListAsync(ct);
        var (below, open) = (new List<string>(), new HashSet<Guid> { departmentId });
        for (var found = all.FindAll(d => d.Id == departmentId);
            found.Count > 0; found = all.FindAll(d => d.ParentId is { } parent && open.Contains(parent) && !below.Contains(d.Key)))
            foreach (var department in found)
            {
                below.Add(department.Key);
                open.Add(department.Id);
            }
        return below;
    }

    private static List<string> Keys(IReadOnlyCollection<string> principals, string prefix) =>
        principals.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p[2..]).ToList();

    private static Task<List<UserRef>> ReadAsync(CrmDbContext db, Expression<Func<User, bool>> which, CancellationToken ct) =>
        db.All<User>().AsNoTracking().Where(which).OrderBy(u => u.NormalizedUserName)
            .Select(u => Ref(u.Id, u.Name, u.Kind, u.AgentId, u.Email, u.IsEnabled, u.Language,
            db.All<Department>().Where(d => d.Id == u.DepartmentId).Select(d => d.Key).FirstOrDefault())).ToListAsync(ct);

    private static UserRef Ref(Guid id, string name, ActorKind kind, Guid? agentId, string? email, bool isEnabled, string language,
        string? department) =>
        new(id, name, kind) { AgentId = agentId, Email = email, IsEnabled = isEnabled, Language = language, DepartmentKey = department };
}

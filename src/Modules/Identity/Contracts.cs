using CrmFlow.Runtime;

namespace CrmFlow.Identity;

/// <summary>A user as other modules see it.</summary>
public sealed record UserRef(Guid Id, string Name, ActorKind Kind)
{
    public Guid? AgentId { get; init; }
    public string? Email { get; init; }
    public string? DepartmentKey { get; init; }
    public bool IsEnabled { get; init; } = true;
    /// <summary>"zh" or "en": the language mails to this person are written in.</summary>
    public string Language { get; init; } = "zh";
}

/// <summary>Who an inbox row, an assignment or a live update can be addressed to.</summary>
public static class Principal
{
    public static string User(Guid id) => $"u:{id}";
    public static string Role(string key) => $"r:{key}";
    public static string Department(string key) => $"d:{key}";
    /// <summary>All users of one agent (party).</summary>
    public static string Agent(Guid agentId) => $"a:{agentId}";
}

/// <summary>The organisation as it stands, read inside a command or query. Only enabled users unless said otherwise.</summary>
public static class Organisation
{
    public static Task<UserRef?> FindUserAsync(this CrmDbContext db, Guid id, CancellationToken ct) => throw new NotImplementedException();
    /// <summary>Enabled or not, for showing names of those who acted.</summary>
    public static Task<Dictionary<Guid, UserRef>> UsersByIdAsync(this CrmDbContext db, IReadOnlyCollection<Guid> ids, CancellationToken ct) => throw new NotImplementedException();
    public static Task<UserRef?> FindUserByLoginAsync(this CrmDbContext db, string login, CancellationToken ct) => throw new NotImplementedException();
    public static Task<List<UserRef>> UsersInRoleAsync(this CrmDbContext db, string roleKey, CancellationToken ct) => throw new NotImplementedException();
    public static Task<List<UserRef>> UsersOfAgentAsync(this CrmDbContext db, Guid agentId, CancellationToken ct) => throw new NotImplementedException();
    public static Task<List<UserRef>> UsersInDepartmentAsync(this CrmDbContext db, string departmentKey, CancellationToken ct) => throw new NotImplementedException();
    /// <summary>The head of a department; when it has none, of the nearest one above.</summary>
    public static Task<UserRef?> DepartmentHeadAsync(this CrmDbContext db, string departmentKey, CancellationToken ct) => throw new NotImplementedException();
    public static Task<bool> RoleExistsAsync(this CrmDbContext db, string roleKey, CancellationToken ct) => throw new NotImplementedException();
    /// <summary>Display name of a role, department or user principal, for "who holds it".</summary>
    public static Task<Dictionary<string, string>> PrincipalNamesAsync(this CrmDbContext db, IReadOnlyCollection<string> principals, CancellationToken ct) => throw new NotImplementedException();
}

/// <summary>Who sits before the page. Scoped to the circuit or request; rights are read again at most every 30 seconds, so a changed role or a disabled user is felt within a minute.</summary>
public sealed class CurrentActor : CrmFlow.Ui.ActorSource
{
    public override ValueTask<Actor> GetAsync() => throw new NotImplementedException();
}

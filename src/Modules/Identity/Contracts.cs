using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

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

/// <summary>Names of the endpoint policies. An endpoint that names none is for staff.</summary>
public static class Policies
{
    public const string SignedIn = "signed-in";
    public const string Agent = "agent";
}

/// <summary>Keys of the roles the product ships with; processes address tasks to them.</summary>
public static class ShippedRoles
{
    public const string Admin = "admin", Commerce = "commerce", Support = "support", Leader = "leader", Finance = "finance", Sales = "sales",
        Reception = "reception", Technician = "technician";
}

/// <summary>A right a shipped role holds from the moment a database first meets the right; later the administrator's word counts.</summary>
public sealed record ShippedGrant(string Right, IReadOnlyList<string> Roles);

/// <summary>An agent (party) as the user page offers and names it.</summary>
public sealed record AgentName(Guid Id, string Name);

/// <summary>Who knows the agents that agent users belong to: the customers module, which this one cannot see.</summary>
/// <param name="FindAsync">The first agents whose name contains the text; an empty text finds the first by name.</param>
public sealed record AgentLookup(
    Func<CrmDbContext, string, int, CancellationToken, Task<List<AgentName>>> FindAsync,
    Func<CrmDbContext, IReadOnlyCollection<Guid>, CancellationToken, Task<Dictionary<Guid, string>>> NamesAsync);

public static class IdentityRegistration
{
    /// <summary>
    /// Grants a right, registered with <c>AddRight</c>, to shipped roles (<see cref="ShippedRoles"/>). The administrator role gets every right
    /// without being named.
    /// </summary>
    public static IServiceCollection AddGrant(this IServiceCollection services, string right, params string[] roles) =>
        services.AddSingleton(new ShippedGrant(right, roles));
}

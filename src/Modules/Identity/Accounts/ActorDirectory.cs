using System.Collections.Concurrent;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>A signed-in person as the session sees them.</summary>
/// <param name="Place">Department of staff; null for agents.</param>
/// <param name="Version">Changes when kind, rights or principals change; a circuit started under another one ends.</param>
public sealed record Session(Actor Actor, string Stamp, string Language, string? Theme, string? Place, string Version);

/// <summary>
/// Rights by user, read again at most every 20 seconds: a disabled user or a changed role is felt on every host within a minute without a query per
/// click.
/// </summary>
public sealed class ActorDirectory(WorkflowRuntime runtime, TimeProvider clock)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(20);
    private static readonly Operation ReadSession = new("Identity.ReadSession", Access.SystemOnly);

    private readonly ConcurrentDictionary<Guid, (Session? Session, DateTimeOffset ReadAt)> _known = [];

    /// <summary>The session, or null when the user is disabled, gone, or signed in under an older stamp.</summary>
    public async ValueTask<Session?> FindAsync(Guid userId, string stamp, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(userId, out var entry) || now - entry.ReadAt >= MaxAge || now < entry.ReadAt)
            _known[userId] = entry = (await ReadAsync(userId, ct), now);
        return entry.Session is { } session && session.Stamp == stamp ? session : null;
    }

    /// <summary>The actor of a user whatever the stamp, for mails, demo data and tests; null when disabled.</summary>
    public async Task<Actor?> ActorAsync(Guid userId, CancellationToken ct) => (await ReadAsync(userId, ct))?.Actor;

    /// <summary>The session of a user whatever the stamp, for work that goes on without them; null when disabled.</summary>
    internal async Task<Session?> SessionAsync(Guid userId, CancellationToken ct) => await ReadAsync(userId, ct);

    /// <summary>Forgets what this host knows; other hosts follow by age.</summary>
    internal void Changed(Guid? userId = null)
    {
        if (userId is { } id) _known.TryRemove(id, out _);
        else _known.Clear();
    }

    private async Task<Session?> ReadAsync(Guid userId, CancellationToken ct) =>
        (await runtime.ReadAsync<Session?>(ReadSession, Actor.System, async db =>
        {
            var user = await db.All<User>().Where(u => u.Id == userId && u.IsEnabled)
                .Select(u => new { u.Id, u.Kind, u.Name, u.AgentId, u.DepartmentId, u.SecurityStamp, u.Language, u.Theme }).SingleOrDefaultAsync(ct);
            if (user is null) return (Session?)null;
            var roles = await db.All<UserRole>().Where(r => r.UserId == userId)
                .Join(db.All<Role>(), r => r.RoleId, r => r.Id, (_, r) => new { r.Id, r.Key }).OrderBy(r => r.Key).ToListAsync(ct);
            var ids = roles.Select(r => r.Id).ToList();
            var rights = await db.All<RoleRight>().Where(r => ids.Contains(r.RoleId)).Select(r => r.Right).Distinct().ToListAsync(ct);
            var departments = user.DepartmentId is { } d ? await db.DepartmentChainAsync(d, ct) : [];

            var below = user.DepartmentId is { } own ? await db.DepartmentsBelowAsync(own, ct) : [];

            var principals = new List<string> { Principal.User(userId) };
            if (user.AgentId is { } agentId) principals.Add(Principal.Agent(agentId));
            principals.AddRange(roles.Select(r => Principal.Role(r.Key)));
            principals.AddRange(departments.Select(x => Principal.Department(x.Key)));
            var actor = new Actor(user.Kind, userId, user.Name) { Rights = rights.ToHashSet(), AgentId = user.AgentId, Principals = principals,
                Departments = below };
            var version = string.Join('|', rights.Order(StringComparer.Ordinal).Concat(principals).Concat(below).Append(user.Kind.ToString()));
            return new Session(actor, user.SecurityStamp ?? "", user.Language, user.Theme, departments.FirstOrDefault()?.Name, version);
        }, ct)).Value;
}

using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>A rule that names people: its kind (user, role, departmentHead, agent, field) and its value as it stood.</summary>
internal sealed record AssignmentRule(string Kind, string Value)
{
    /// <summary>The variable the value came from, for <c>field</c>.</summary>
    public string? From { get; init; }

    /// <summary>Reads one entry of <c>assignees</c> or <c>copyTo</c>: <c>{user}|{role}|{agent}|{departmentHead}</c> or a plain login.</summary>
    public static AssignmentRule Read(Value item)
    {
        if (item.Kind == ValueKind.String) return new("user", item.String);
        foreach (var kind in (ReadOnlySpan<string>)["user", "role", "agent", "departmentHead"])
            if (item[kind].ToText() is { Length: > 0 } value) return new(kind, value);
        throw new InvalidOperationException($"'{item.ToText()}' names nobody. Give a login, or an object with user, role, agent or departmentHead.");
    }

    public static IEnumerable<AssignmentRule> ReadList(Value list) => list.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => [],
        ValueKind.Array => list.Items.Where(i => !i.IsNothing).Select(Read),
        _ => [Read(list)],
    };
}

/// <summary>
/// Who was chosen and why: every rule with its value and the people it gave, with the organisation as it stood. Stored with the task and in the
/// journal, so that "why me" and later replays never ask today's organisation about yesterday.
/// </summary>
internal sealed record Choice(IReadOnlyList<(AssignmentRule Rule, IReadOnlyList<UserRef> People)> Rules)
{
    public IReadOnlyList<UserRef> People { get; } = [.. Rules.SelectMany(r => r.People).DistinctBy(p => p.Id)];

    /// <summary>
    /// Whom an unclaimed task is addressed to. Roles and agents stay principals, so a member who joins later sees it and one who left does not.
    /// </summary>
    public IReadOnlyList<string> Pool { get; } = [.. Rules.SelectMany(r => r.Rule.Kind switch
    {
        "role" => [Principal.Role(r.Rule.Value)],
        "agent" when Guid.TryParse(r.Rule.Value, out var agent) => [Principal.Agent(agent)],
        _ => r.People.Select(p => Principal.User(p.Id)),
    }).Distinct()];

    public Guid? AgentId { get; } = Rules.Select(r => r.Rule.Kind == "agent" && Guid.TryParse(r.Rule.Value,
        out var id) ? id : r.People.FirstOrDefault(p => p.Kind == ActorKind.Agent)?.AgentId).FirstOrDefault(id => id is not null);

    public static async Task<Choice> ResolveAsync(CrmDbContext db, IEnumerable<AssignmentRule> rules, CancellationToken ct)
    {
        var resolved = new List<(AssignmentRule, IReadOnlyList<UserRef>)>();
        foreach (var rule in rules) resolved.Add((rule, await FindAsync(db, rule, ct)));
        return new(resolved);
    }

    private static async Task<IReadOnlyList<UserRef>> FindAsync(CrmDbContext db, AssignmentRule rule, CancellationToken ct)
    {
        switch (rule.Kind)
        {
            case "role": return await db.UsersInRoleAsync(rule.Value, ct);
            case "agent": return Guid.TryParse(rule.Value, out var agent) ? await db.UsersOfAgentAsync(agent, ct) : [];
            case "departmentHead": return await db.DepartmentHeadAsync(rule.Value, ct) is { } head ? [head] : [];
            default:
                var user = Guid.TryParse(rule.Value, out var id) ? await db.FindUserAsync(id, ct) : await db.FindUserByLoginAsync(rule.Value, ct);
                return user is { IsEnabled: true } ? [user] : [];
        }
    }

    public Value ToValue() => Value.Object(
        ("rules", Value.List(Rules.Select(r => Value.Object(
            ("kind", r.Rule.Kind), ("value", r.Rule.Value), ("from", r.Rule.From),
            ("people", Value.List(r.People.Select(p => Value.Object(("id", p.Id), ("name", p.Name), ("department", p.DepartmentKey))))))))),
        ("pool", Value.List(Pool.Select(Value.From))));
}

namespace CrmFlow.Runtime;

public enum ActorKind { Anonymous, System, Staff, Agent }

/// <summary>Who asks, as the session knows it. Built once per sign-in check, never from what a request says.</summary>
public sealed record Actor(ActorKind Kind, Guid UserId, string Name)
{
    /// <summary>Rights of all roles of the user, such as <c>settlement.commerce</c>.</summary>
    public IReadOnlySet<string> Rights { get; init; } = new HashSet<string>();
    /// <summary>The agent (party) an agent user belongs to; the data scope of everything it sees.</summary>
    public Guid? AgentId { get; init; }
    /// <summary>Keys of the person's department and of all below it: whose records they see who see a department's.</summary>
    public IReadOnlyList<string> Departments { get; init; } = [];
    /// <summary>What an inbox row may be addressed to: <c>u:{user id}</c>, <c>r:{role key}</c>, <c>d:{department key}</c>.</summary>
    public IReadOnlyList<string> Principals { get; init; } = [];

    public static readonly Actor System = new(ActorKind.System, Guid.Empty, "system");
    public static readonly Actor Anonymous = new(ActorKind.Anonymous, Guid.Empty, "");

    public bool Has(string right) => Kind == ActorKind.System || Rights.Contains(right);
}

/// <summary>
/// Who may. Default-deny: the system may everything, nobody else more than is said here. Data scope (whose records) is the query's own, in its one
/// place.
/// </summary>
public sealed record Access
{
    private Access(bool anonymous, bool agents, bool staff, string[] rights) =>
        (ForAnonymous, ForAgents, ForStaff, Rights) = (anonymous, agents, staff, rights);

    public bool ForAnonymous { get; }
    public bool ForAgents { get; }
    public bool ForStaff { get; }
    /// <summary>Staff need any one of these; none listed means any staff.</summary>
    public IReadOnlyList<string> Rights { get; }

    /// <summary>Before sign-in: sign-in itself, setup, accepting an invitation.</summary>
    public static readonly Access Anyone = new(true, true, true, []);
    public static readonly Access SignedIn = new(false, true, true, []);
    public static readonly Access SystemOnly = new(false, false, false, []);
    public static readonly Access AgentsOnly = new(false, true, false, []);
    public static Access Staff(params string[] anyOfRights) => new(false, false, true, anyOfRights);
    /// <summary>Agents for their own records; staff with any one of the rights.</summary>
    public static Access AgentsAndStaff(params string[] anyOfRights) => new(false, true, true, anyOfRights);

    public bool Allows(Actor actor) => actor.Kind switch
    {
        ActorKind.System => true,
        ActorKind.Staff => ForStaff && (Rights.Count == 0 || Rights.Any(actor.Rights.Contains)),
        ActorKind.Agent => ForAgents,
        _ => ForAnonymous,
    };
}

/// <summary>
/// One thing that can be asked of the system. Every command and query declares one as a static field; the runtime checks it at its single entry,
/// audits commands under its name, refuses one that is not in the <see cref="OperationCatalogue"/>, and tests walk all of them with every kind of
/// actor.
/// </summary>
/// <param name="Name">Module and verb, such as <c>Agents.SubmitSettlement</c>.</param>
public sealed record Operation(string Name, Access Access);

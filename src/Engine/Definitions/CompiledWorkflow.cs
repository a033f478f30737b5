namespace CrmFlow.Engine;

/// <summary>
/// A definition compiled once into an immutable indexed graph: integer node ids, adjacency arrays, compiled expressions.
/// Cached by version id and shared by all instances of that version.
/// </summary>
public sealed class CompiledWorkflow
{
    private Dictionary<string, CompiledActivity>? _byNodeId;
    private Dictionary<string, CompiledActivity>? _byId;

    public required string DefinitionId { get; init; }
    /// <summary>The id of the stored version row.</summary>
    public required string VersionId { get; init; }
    public required int Version { get; init; }
    public required string Name { get; init; }
    /// <summary>All steps depth first; the implicit <c>Workflow1</c> is 0, the root activity 1.</summary>
    public required CompiledActivity[] Activities { get; init; }
    /// <summary>Incident strategy: true for ContinueWithIncidents, false for Elsa's default FaultStrategy.</summary>
    public required bool ContinueWithIncidents { get; init; }
    /// <summary>What publishing would refuse or warn about. A graph with errors still runs until it reaches them.</summary>
    public required IReadOnlyList<DefinitionProblem> Problems { get; init; }

    /// <summary>The first step of that id, depth first; ids are unique only inside their container.</summary>
    public CompiledActivity? Find(string activityId) => (_byId ??= Index(a => a.Id)).GetValueOrDefault(activityId);
    public CompiledActivity? FindNode(string nodeId) => (_byNodeId ??= Index(a => a.NodeId)).GetValueOrDefault(nodeId);

    private Dictionary<string, CompiledActivity> Index(Func<CompiledActivity, string> key)
    {
        var index = new Dictionary<string, CompiledActivity>(Activities.Length);
        foreach (var activity in Activities) index.TryAdd(key(activity), activity);
        return index;
    }

    /// <summary>Compiles against the registered activity types; never throws for a readable definition.</summary>
    /// <param name="library">The workflows its steps may be; null where they are not known, and then such steps are no problem but fault when
    /// reached.</param>
    public static CompiledWorkflow Compile(WorkflowDefinition definition, string versionId, ActivityCatalog catalog,
        WorkflowLibrary? library = null) => WorkflowCompiler.Compile(definition, versionId, catalog, library);
}

/// <summary>A step of the compiled graph.</summary>
public sealed partial class CompiledActivity
{
    public required int Index { get; init; }
    /// <summary>Index of the container; -1 for the workflow itself.</summary>
    public required int Parent { get; init; }
    public required string Id { get; init; }
    /// <summary>Path of ids joined with <c>:</c>, unique in the workflow.</summary>
    public required string NodeId { get; init; }
    public required string Type { get; init; }
    public string? Name { get; init; }
    /// <summary><c>metadata.displayText</c>, else the name, else the id.</summary>
    public required string DisplayText { get; init; }
    /// <summary>The step's JSON, for plain inputs and for the designer.</summary>
    public required System.Text.Json.Nodes.JsonObject Json { get; init; }

    /// <summary>May start a workflow (<c>customProperties.canStartWorkflow</c>).</summary>
    public bool CanStartWorkflow { get; init; }

    /// <summary>The registered type; null when there is none, which faults the step when it is reached.</summary>
    internal ActivityDescriptor? Descriptor { get; init; }
    internal ActivityBinding? Binding { get; init; }
    /// <summary>The runner enters it itself: a <see cref="ControlActivity"/>.</summary>
    internal bool IsControl { get; init; }
    /// <summary>Completing it completes its flowchart or sequence at once (elsa-format §3.2).</summary>
    internal bool IsTerminal { get; init; }

    internal CompiledInput[] Inputs { get; set; } = [];
    internal CompiledOutput[] Outputs { get; set; } = [];
    internal CompiledVariable[] Variables { get; set; } = [];
    /// <summary>Steps of the list <c>activities</c> or <c>branches</c>, as indexes into <see cref="CompiledWorkflow.Activities"/>.</summary>
    internal int[] Children { get; set; } = [];
    /// <summary>Steps in single slots (<c>then</c>, <c>body</c>), by member name.</summary>
    internal Dictionary<string, int>? Slots { get; set; }
    /// <summary>The program of an <c>Elsa.RunJavaScript</c> whose text is written down.</summary>
    internal CompiledExpression? Script { get; set; }
    internal CompiledCase[] Cases { get; set; } = [];
    /// <summary>Position in the container's <see cref="Children"/>; -1 outside of a list.</summary>
    internal int Local { get; set; } = -1;
    internal CompiledFlowchart? Flowchart { get; set; }
    internal CompiledMachine? Machine { get; set; }
    /// <summary>Set when the step is a workflow used as an activity.</summary>
    internal CompiledComposite? Composite { get; set; }

    internal int Slot(string name) => Slots is not null && Slots.TryGetValue(name, out var index) ? index : -1;
}

/// <summary>One entry of <c>cases</c> (elsa-format §7).</summary>
/// <param name="Activity">Index of the case's step; -1 when it has none.</param>
internal sealed record CompiledCase(string Label, ValueSource? Condition, int Activity);

/// <summary>A flowchart's own part of the compiled graph.</summary>
internal sealed class CompiledFlowchart
{
    private readonly FlowGraph?[] _byStart;

    public CompiledFlowchart(FlowEdges edges, int[] steps, ValueSource?[] joinModes, int defaultStart)
    {
        (Edges, Steps, JoinModes) = (edges, steps, joinModes);
        _byStart = new FlowGraph?[steps.Length + 1];
        Default = GraphFrom(defaultStart);
    }

    public FlowEdges Edges { get; }
    /// <summary>Local index → index into <see cref="CompiledWorkflow.Activities"/>.</summary>
    public int[] Steps { get; }
    /// <summary>Per node: null for an ordinary step, the <c>mode</c> of an <c>Elsa.FlowJoin</c>.</summary>
    public ValueSource?[] JoinModes { get; }
    public FlowGraph Default { get; }

    /// <summary>The graph as seen from a start node: a trigger may start elsewhere (elsa-format §3.1).</summary>
    public FlowGraph GraphFrom(int start) => _byStart[start + 1] ??= FlowGraph.Build(Edges, start, JoinModes.Any(m => m is not null && !Waits(m)));

    private static bool Waits(ValueSource mode) =>
        mode is ValueSource.Constant { Value.Kind: ValueKind.String } c && c.Value.String.StartsWith("WaitAll", StringComparison.OrdinalIgnoreCase);
}

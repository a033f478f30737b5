using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>Turns a definition into a <see cref="CompiledWorkflow"/>, collecting problems on the way.</summary>
internal sealed partial class WorkflowCompiler
{
    private static readonly HashSet<string> Terminals =
        new(StringComparer.OrdinalIgnoreCase) { "Elsa.End", "Elsa.Finish", "Elsa.Complete", "Elsa.Break" };

    private readonly ActivityCatalog _catalog;
    private readonly List<CompiledActivity> _activities = [];
    private readonly List<DefinitionProblem> _problems = [];
    private readonly HashSet<string> _nodeIds = [];
    private readonly HashSet<string> _workflowOutputs;
    private readonly WorkflowLibrary? _library;
    private readonly Stack<string> _inside = new();

    private WorkflowCompiler(WorkflowDefinition definition, ActivityCatalog catalog, WorkflowLibrary? library)
    {
        (_catalog, _library) = (catalog, library);
        _workflowOutputs = [.. Names(definition.Json["outputs"])];
        _inside.Push(definition.DefinitionId);
    }

    private static IEnumerable<string> Names(JsonNode? list) => list.Objects().Select(o => o.Text("name") ?? "");

    public static CompiledWorkflow Compile(WorkflowDefinition definition, string versionId, ActivityCatalog catalog, WorkflowLibrary? library)
    {
        var compiler = new WorkflowCompiler(definition, catalog, library);
        compiler.AddWorkflow(definition);
        compiler.Bind();
        compiler._problems.AddRange(DefinitionValidator.Check(compiler._activities));
        var workflow = new CompiledWorkflow
        {
            DefinitionId = definition.DefinitionId,
            VersionId = versionId,
            Version = definition.Version,
            Name = definition.Name,
            Activities = [.. compiler._activities],
            // a strategy is matched by containment of its class name: old files carry assembly-qualified names
            ContinueWithIncidents = (definition.Json["options"] as JsonObject)?.Text("incidentStrategyType")?.Contains("ContinueWithIncidents",
                StringComparison.OrdinalIgnoreCase) == true,
            Problems = compiler._problems,
        };
        compiler._problems.AddRange(WorkflowTriggers.Check(workflow));
        return workflow;
    }

    private void AddWorkflow(WorkflowDefinition definition)
    {
        var workflow = new CompiledActivity
        {
            Index = 0,
            Parent = -1,
            Id = "Workflow1",
            NodeId = "Workflow1",
            Type = "Elsa.Workflow",
            DisplayText = definition.Name,
            Json = definition.Json,
            Variables = Variables(null, definition.Json),
        };
        _activities.Add(workflow);
        workflow.Children = [Add(definition.Json["root"]!.AsObject(), workflow)];
    }

    private int Add(JsonObject json, CompiledActivity parent)
    {
        var index = _activities.Count;
        var type = json.Text("type") ?? "";
        var id = json.Text("id") is { Length: > 0 } given ? given : $"{type}{index}";
        var nodeId = $"{parent.NodeId}:{id}";
        if (!_nodeIds.Add(nodeId))
        {
            _problems.Add(new(id, null, "engine.problem.duplicate-id", [id]));
            _nodeIds.Add(nodeId += $"#{index}"); // state and journal find a step by its node id
        }
        var custom = json["customProperties"] as JsonObject;
        var name = json.Text("name");
        var composite = WorkflowLibrary.RefersTo(json) ? Referenced(json, id) : null;
        var descriptor = composite is null ? _catalog.Find(type)
            : new ActivityDescriptor(type, typeof(CompositeWorkflow), _ => new CompositeWorkflow()) { Ports = step => step.Composite!.Outcomes };
        var activity = new CompiledActivity
        {
            Index = index,
            Parent = parent.Index,
            Id = id,
            NodeId = nodeId,
            Type = descriptor?.Type ?? type,
            Name = name,
            DisplayText = (json["metadata"] as JsonObject)?.Text("displayText") is { Length: > 0 } text ? text : name is { Length: > 0 } ? name : id,
            Json = json,
            CanStartWorkflow = _inside.Count == 1 && custom.IsTrue("canStartWorkflow"), // what starts a workflow does not start the one it is used in
            Descriptor = descriptor,
            Binding = descriptor is null ? null : ActivityBinding.For(descriptor.Class),
            IsControl = descriptor is not null && typeof(ControlActivity).IsAssignableFrom(descriptor.Class),
            IsTerminal = Terminals.Contains(type),
            Variables = json["variables"] is JsonArray ? Variables(id, json) : [],
        };
        _activities.Add(activity);
        if (composite is null) AddChildren(activity);
        else AddComposite(activity, composite);
        return index;
    }

    /// <summary>The workflow a step is; null, with a problem, when it is not there or would contain itself.</summary>
    private LibraryWorkflow? Referenced(JsonObject json, string id)
    {
        if (_library is null) return null;
        var found = _library.Resolve(json);
        var isCircle = found is not null && _inside.Contains(found.Definition.DefinitionId);
        if (isCircle) _problems.Add(new(id, null, "engine.problem.workflow-circle", [json.Text("type") ?? ""]));
        else if (found is null && _catalog.Find(json.Text("type") ?? "") is null)
            _problems.Add(new(id, null, "engine.problem.workflow-missing", [json.Text("type") ?? ""]));
        return isCircle ? null : found;
    }

    private void AddComposite(CompiledActivity activity, LibraryWorkflow workflow)
    {
        var definition = workflow.Definition;
        var inputs = Names(definition.Json["inputs"]).Where(n => n.Length > 0).ToList();
        activity.Composite = new CompiledComposite(workflow.VersionId, [.. inputs.Select(n => (n, Source(activity, ActivityBinding.JsonNameOf(n))))],
            [.. Names(definition.Json["outputs"])], [.. (definition.Json["outcomes"] as JsonArray ?? []).Select(o => o?.ToString() ?? "")]);
        activity.Variables = [.. Variables(activity.Id, definition.Json), .. inputs.Select(n => new CompiledVariable(n, n, Value.Null))];
        _inside.Push(definition.DefinitionId);
        activity.Children = [Add(definition.Json["root"]!.AsObject(), activity)];
        _inside.Pop();
    }

    /// <summary>Finds steps in slots, lists and case lists (elsa-format §2.3) by their shape, so that unknown containers keep theirs too.</summary>
    private void AddChildren(CompiledActivity activity)
    {
        foreach (var (name, value) in activity.Json)
        {
            if (name is "customProperties" or "metadata" || IsPlain(activity, name)) continue;
            if (value.IsActivity()) (activity.Slots ??= new(StringComparer.OrdinalIgnoreCase))[name] = Add(value!.AsObject(), activity);
            else if (name is "states" or "transitions") continue;
            else if (name is "expectedStatusCodes")
                activity.Cases = [.. value.Objects().Select(c => new CompiledCase(c.Text("statusCode") ?? "", null, Slot(activity, c, "activity")))];
            else if (name is "cases") activity.Cases = [.. value.Objects().Select(c => Case(activity, c))];
            else if (name is "activities" or "branches" && value is JsonArray list) AddList(activity, list);
        }
        if (activity.Descriptor?.Class == typeof(StateMachine)) activity.Machine = Machine(activity);
    }

    private int Slot(CompiledActivity activity, JsonObject owner, string name) =>
        owner[name].IsActivity() ? Add(owner[name]!.AsObject(), activity) : -1;

    /// <summary>States and transitions by name; their steps are children like those in slots.</summary>
    private CompiledMachine Machine(CompiledActivity activity) => new(
        [.. activity.Json["states"].Objects()
            .Select(s => new CompiledState(s.Text("name") ?? "", Slot(activity, s, "entry"), Slot(activity, s, "exit")))],
        [.. activity.Json["transitions"].Objects().Select(t =>
            new CompiledTransition(t.Text("from") ?? "", t.Text("to") ?? "", Slot(activity, t, "trigger"), Slot(activity, t, "action"),
            Condition(activity, t["condition"])))]);

    private ValueSource? Condition(CompiledActivity activity, JsonNode? json) => json switch
    {
        null => null,
        JsonObject wrapped when (wrapped["expression"] as JsonObject ?? wrapped) is var expression =>
            ExpressionCompiler.Compile(expression, Report(activity, "transitions"), id => Declares(activity, id)),
        _ => new ValueSource.Constant(ExpressionCompiler.Literal(json)),
    };

    private void AddList(CompiledActivity activity, JsonArray list)
    {
        var children = new List<int>();
        foreach (var item in list)
        {
            if (!item.IsListedActivity()) continue;
            var child = _activities[Add(item!.AsObject(), activity)];
            child.Local = children.Count;
            children.Add(child.Index);
        }
        activity.Children = [.. children];
    }

    private CompiledCase Case(CompiledActivity activity, JsonObject json) => new(
        json.Text("label") ?? "",
        json["condition"] is JsonObject condition ? ExpressionCompiler.Compile(condition, Report(activity, "cases"), id => Declares(activity, id))
            : null,
        json["activity"].IsActivity() ? Add(json["activity"]!.AsObject(), activity) : -1);

    private static bool IsPlain(CompiledActivity activity, string name) =>
        name is not "cases"
            && activity.Binding?.Inputs.Any(i => i.Plain && string.Equals(i.JsonName, name, StringComparison.OrdinalIgnoreCase)) == true;

    private CompiledFlowchart Flowchart(CompiledActivity activity)
    {
        var steps = activity.Children;
        var local = new Dictionary<string, int>();
        for (var i = 0; i < steps.Length; i++) local.TryAdd(_activities[steps[i]].Id, i);
        var connections = new List<(int, string?, int)>();
        foreach (var json in activity.Json["connections"].Objects())
        {
            var (from, to) = ((json["source"] as JsonObject)?.Text("activity") ?? "", (json["target"] as JsonObject)?.Text("activity") ?? "");
            if (local.TryGetValue(from, out var source) && local.TryGetValue(to, out var target))
                connections.Add((source, (json["source"] as JsonObject)?.Text("port") is { Length: > 0 } port ? port : null, target));
            else
                _problems.Add(new(activity.Id, "connections", "engine.problem.connection", [from, to]));
        }
        var joins = new ValueSource?[steps.Length];
        for (var i = 0; i < steps.Length; i++)
            if (_activities[steps[i]].Type == "Elsa.FlowJoin")
                joins[i] = Array.Find(_activities[steps[i]].Inputs, x => x.Property.JsonName == "mode")?.Source
                    ?? new ValueSource.Constant("WaitAny");
        var edges = FlowEdges.Of(steps.Length, connections);
        return new CompiledFlowchart(edges, steps, joins, Start(steps, edges));
    }

    /// <summary>elsa-format §3.1 from the third rule on; a trigger that started the instance comes before.</summary>
    private int Start(int[] steps, FlowEdges edges)
    {
        var start = Array.FindIndex(steps, s => _activities[s].Type == "Elsa.Start");
        if (start < 0) start = Array.FindIndex(steps, s => _activities[s].CanStartWorkflow);
        if (start < 0)
            for (var i = 0; i < steps.Length && start < 0; i++)
                if (Array.IndexOf(edges.Target, i) < 0) start = i;
        return start < 0 && steps.Length > 0 ? 0 : start;
    }

    private bool Declares(CompiledActivity activity, string variableId)
    {
        for (var scope = activity; ; scope = _activities[scope.Parent])
        {
            if (Array.Exists(scope.Variables, v => v.Id == variableId)) return true;
            if (scope.Parent < 0) return false;
        }
    }

    private Action<string, string[]> Report(CompiledActivity activity, string property, bool isError = true) =>
        (code, args) => _problems.Add(new(activity.Id, property, code, args, isError));
}

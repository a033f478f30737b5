using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>Turns a definition into a <see cref="CompiledWorkflow"/>, collecting problems on the way.</summary>
internal sealed class WorkflowCompiler
{
    private static readonly HashSet<string> Terminals = new(StringComparer.OrdinalIgnoreCase) { "Elsa.End", "Elsa.Finish", "Elsa.Complete", "Elsa.Break" };

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
            ContinueWithIncidents = (definition.Json["options"] as JsonObject)?.Text("incidentStrategyType")?.Contains("ContinueWithIncidents", StringComparison.OrdinalIgnoreCase) == true,
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
        var descriptor = composite is null ? _catalog.Find(type) : new ActivityDescriptor(type, typeof(CompositeWorkflow), _ => new CompositeWorkflow()) { Ports = step => step.Composite!.Outcomes };
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
        else if (found is null && _catalog.Find(json.Text("type") ?? "") is null) _problems.Add(new(id, null, "engine.problem.workflow-missing", [json.Text("type") ?? ""]));
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
            else if (name is "expectedStatusCodes") activity.Cases = [.. value.Objects().Select(c => new CompiledCase(c.Text("statusCode") ?? "", null, Slot(activity, c, "activity")))];
            else if (name is "cases") activity.Cases = [.. value.Objects().Select(c => Case(activity, c))];
            else if (name is "activities" or "branches" && value is JsonArray list) AddList(activity, list);
        }
        if (activity.Descriptor?.Class == typeof(StateMachine)) activity.Machine = Machine(activity);
    }

    private int Slot(CompiledActivity activity, JsonObject owner, string name) => owner[name].IsActivity() ? Add(owner[name]!.AsObject(), activity) : -1;

    /// <summary>States and transitions by name; their steps are children like those in slots.</summary>
    private CompiledMachine Machine(CompiledActivity activity) => new(
        [.. activity.Json["states"].Objects().Select(s => new CompiledState(s.Text("name") ?? "", Slot(activity, s, "entry"), Slot(activity, s, "exit")))],
        [.. activity.Json["transitions"].Objects().Select(t => new CompiledTransition(t.Text("from") ?? "", t.Text("to") ?? "", Slot(activity, t, "trigger"), Slot(activity, t, "action"), Condition(activity, t["condition"])))]);

    private ValueSource? Condition(CompiledActivity activity, JsonNode? json) => json switch
    {
        null => null,
        JsonObject wrapped when (wrapped["expression"] as JsonObject ?? wrapped) is var expression => ExpressionCompiler.Compile(expression, Report(activity, "transitions"), id => Declares(activity, id)),
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
        json["condition"] is JsonObject condition ? ExpressionCompiler.Compile(condition, Report(activity, "cases"), id => Declares(activity, id)) : null,
        json["activity"].IsActivity() ? Add(json["activity"]!.AsObject(), activity) : -1);

    private static bool IsPlain(CompiledActivity activity, string name) =>
        name is not "cases" && activity.Binding?.Inputs.Any(i => i.Plain && string.Equals(i.JsonName, name, StringComparison.OrdinalIgnoreCase)) == true;

    private void Bind()
    {
        foreach (var activity in _activities)
        {
            if (activity.Binding is { } binding)
            {
                activity.Inputs = [.. binding.Inputs.Select(p => Input(activity, p)).OfType<CompiledInput>()];
                activity.Outputs = [.. binding.Outputs.Select(p => Output(activity, p))];
                if (activity.Descriptor!.Class == typeof(RunJavaScript)) activity.Script = Script(activity);
            }
        }
        foreach (var activity in _activities) // after every step's inputs: a flowchart reads the modes of its joins
            if (activity.Type.Equals("Elsa.Flowchart", StringComparison.OrdinalIgnoreCase)) activity.Flowchart = Flowchart(activity);
    }

    private CompiledInput? Input(CompiledActivity activity, InputProperty property)
    {
        var json = activity.Json[property.JsonName];
        if (json is null) return null; // absent or null: the declared default stands (elsa-format §2.1)
        var report = Report(activity, property.JsonName);
        if (!property.Plain && json is JsonObject { } untyped && untyped["expression"] is JsonObject && untyped["typeName"] is null)
        {
            // Elsa leaves such an input unset; so do we, but never in silence
            Report(activity, property.JsonName, isError: false)("engine.problem.input-without-type", [property.Name]);
            return null;
        }
        var source = property.Plain ? new ValueSource.Constant(ExpressionCompiler.Plain(json)) : Source(activity, property.JsonName);
        if (source is null) return null;
        if (source is not ValueSource.Constant constant) return new CompiledInput(property, source, null);
        try
        {
            return property.Constant(constant.Value) is { } set ? new CompiledInput(property, source, set) : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            report("engine.problem.value", [property.Name, e.Message]);
            return new CompiledInput(property, new ValueSource.Broken(e.Message), null);
        }
    }

    /// <summary>The expression in a member; null when it holds none.</summary>
    private ValueSource? Source(CompiledActivity activity, string member) => activity.Json[member] switch
    {
        null => null,
        JsonObject wrapped => wrapped["expression"] is JsonObject expression ? ExpressionCompiler.Compile(expression, Report(activity, member), id => Declares(activity, id)) : null,
        var bare => new ValueSource.Constant(ExpressionCompiler.Literal(bare)),
    };

    private CompiledExpression? Script(CompiledActivity activity)
    {
        if (Array.Find(activity.Inputs, i => i.Property.JsonName == "script")?.Source is not ValueSource.Constant { Value: { Kind: ValueKind.String } text }) return null;
        try
        {
            return RunJavaScript.Parse(text.String);
        }
        catch (ExpressionSyntaxException e)
        {
            Report(activity, "script")("engine.problem.expression-syntax", [e.Message, e.Line.ToString(), e.Column.ToString()]);
            return null;
        }
    }

    private CompiledOutput Output(CompiledActivity activity, OutputProperty property)
    {
        var target = (activity.Json[property.JsonName] as JsonObject)?["memoryReference"] is JsonObject reference ? reference.Text("id") : null;
        if (target is null) return new CompiledOutput(property, null, null);
        if (Declares(activity, target)) return new CompiledOutput(property, target, null);
        if (OutputsAround(activity).Contains(target)) return new CompiledOutput(property, null, target);
        Report(activity, property.JsonName, isError: false)("engine.problem.unknown-output-target", [property.Name, target]);
        return new CompiledOutput(property, target, null); // Elsa creates a variable on the fly
    }

    /// <summary>The outputs of the nearest workflow around a step.</summary>
    private IReadOnlyCollection<string> OutputsAround(CompiledActivity activity)
    {
        for (var scope = activity; scope.Parent >= 0; scope = _activities[scope.Parent])
            if (_activities[scope.Parent].Composite is { } composite) return composite.Outputs;
        return _workflowOutputs;
    }

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
                joins[i] = Array.Find(_activities[steps[i]].Inputs, x => x.Property.JsonName == "mode")?.Source ?? new ValueSource.Constant("WaitAny");
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

    private CompiledVariable[] Variables(string? activityId, JsonObject owner)
    {
        var variables = new List<CompiledVariable>();
        foreach (var json in owner["variables"].Objects())
        {
            var name = json.Text("name") ?? json.Text("id");
            if (name is null) continue;
            variables.Add(new CompiledVariable(json.Text("id") ?? name, name, Default(activityId, json)));
        }
        return [.. variables];
    }

    /// <summary>A variable's default is text converted to its type; what does not convert leaves it unset (elsa-format §1).</summary>
    private Value Default(string? activityId, JsonObject variable)
    {
        if (variable["value"] is not { } node) return Value.Null;
        if (node.GetValueKind() != JsonValueKind.String) return ExpressionCompiler.Plain(node);
        var text = node.GetValue<string>();
        var type = (variable.Text("typeName") ?? "Object").TrimEnd('?');
        if (variable.IsTrue("isArray")) type += "[]";
        if (type is "String" or "Guid" or "DateTime" or "DateTimeOffset" or "TimeSpan") return Value.From(text);
        if (text.Length == 0) return Value.Null;
        try
        {
            if (type is "Boolean") return ClrValue.Reader<bool>()!(Value.From(text));
            return type is "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal" ? Value.From(ClrValue.Reader<double>()!(Value.From(text))) : Value.FromJson(text);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            if (type is "Object") return Value.From(text);
            _problems.Add(new(activityId, "variables", "engine.problem.variable-default", [variable.Text("name") ?? "", type], IsError: false));
            return Value.Null;
        }
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

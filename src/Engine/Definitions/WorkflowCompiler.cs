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

    private WorkflowCompiler(WorkflowDefinition definition, ActivityCatalog catalog)
    {
        _catalog = catalog;
        _workflowOutputs = [.. definition.Json["outputs"].Objects().Select(o => o.Text("name") ?? "")];
    }

    public static CompiledWorkflow Compile(WorkflowDefinition definition, string versionId, ActivityCatalog catalog)
    {
        var compiler = new WorkflowCompiler(definition, catalog);
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
        var descriptor = _catalog.Find(type);
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
            CanStartWorkflow = custom.IsTrue("canStartWorkflow"),
            Descriptor = descriptor,
            Binding = descriptor is null ? null : ActivityBinding.For(descriptor.Class),
            IsControl = descriptor is not null && typeof(ControlActivity).IsAssignableFrom(descriptor.Class),
            IsTerminal = Terminals.Contains(type),
            Variables = json["variables"] is JsonArray ? Variables(id, json) : [],
        };
        _activities.Add(activity);
        AddChildren(activity);
        return index;
    }

    /// <summary>Finds steps in slots, lists and case lists (elsa-format §2.3) by their shape, so that unknown containers keep theirs too.</summary>
    private void AddChildren(CompiledActivity activity)
    {
        foreach (var (name, value) in activity.Json)
        {
            if (name is "customProperties" or "metadata" || IsPlain(activity, name)) continue;
            if (value.IsActivity()) (activity.Slots ??= new(StringComparer.OrdinalIgnoreCase))[name] = Add(value!.AsObject(), activity);
            else if (name is "cases") activity.Cases = [.. value.Objects().Select(c => Case(activity, c))];
            else if (name is "activities" or "branches" && value is JsonArray list) AddList(activity, list);
        }
    }

    private void AddList(CompiledActivity activity, JsonArray list)
    {
        var children = new List<int>();
        foreach (var item in list)
        {
            if (!item.IsActivity()) continue;
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
        ValueSource? source;
        if (property.Plain) source = new ValueSource.Constant(ExpressionCompiler.Plain(json));
        else if (json is not JsonObject wrapped) source = new ValueSource.Constant(ExpressionCompiler.Literal(json));
        else if (wrapped["expression"] is not JsonObject expression) return null;
        else
        {
            if (wrapped["typeName"] is null)
            {
                // Elsa leaves such an input unset; so do we, but never in silence
                Report(activity, property.JsonName, isError: false)("engine.problem.input-without-type", [property.Name]);
                return null;
            }
            source = ExpressionCompiler.Compile(expression, report, id => Declares(activity, id));
        }
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
        if (_workflowOutputs.Contains(target)) return new CompiledOutput(property, null, target);
        Report(activity, property.JsonName, isError: false)("engine.problem.unknown-output-target", [property.Name, target]);
        return new CompiledOutput(property, target, null); // Elsa creates a variable on the fly
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

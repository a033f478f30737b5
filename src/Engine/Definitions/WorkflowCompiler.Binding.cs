using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>What a step is given and gives: inputs, outputs, its script, and the variables a container declares.</summary>
internal sealed partial class WorkflowCompiler
{
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
        JsonObject wrapped => wrapped["expression"] is JsonObject expression
            ? ExpressionCompiler.Compile(expression, Report(activity, member), id => Declares(activity, id)) : null,
        var bare => new ValueSource.Constant(ExpressionCompiler.Literal(bare)),
    };

    private CompiledExpression? Script(CompiledActivity activity)
    {
        if (Array.Find(activity.Inputs, i =>
            i.Property.JsonName == "script")?.Source is not ValueSource.Constant { Value: { Kind: ValueKind.String } text }) return null;
        try
        {
            return RunJavaScript.Parse(text.String);
        }
        catch (ExpressionSyntaxException e)
        {
            Report(activity, "script")("engine.problem.expression-syntax",
                [e.Message, e.Line.ToString(CultureInfo.InvariantCulture), e.Column.ToString(CultureInfo.InvariantCulture)]);
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
            return type is "Int16" or "Int32" or "Int64" or "Long" or "Single" or "Double" or "Decimal"
                ? Value.From(ClrValue.Reader<double>()!(Value.From(text))) : Value.FromJson(text);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            if (type is "Object") return Value.From(text);
            _problems.Add(new(activityId, "variables", "engine.problem.variable-default", [variable.Text("name") ?? "", type], IsError: false));
            return Value.Null;
        }
    }
}

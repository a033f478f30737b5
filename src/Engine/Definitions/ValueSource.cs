using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>Where a value comes from at run time: one expression of a definition (elsa-format §6), read once.</summary>
internal abstract class ValueSource
{
    public abstract Value Evaluate(Burst burst, ActivityInstance instance);

    public sealed class Constant(Value value) : ValueSource
    {
        public Value Value { get; } = value;
        public override Value Evaluate(Burst burst, ActivityInstance instance) => Value.Clone();
    }

    /// <summary>A variable by id, in the scope of the step outwards.</summary>
    public sealed class Variable(string id, string? name) : ValueSource
    {
        public override Value Evaluate(Burst burst, ActivityInstance instance) => burst.GetVariableById(instance, id, name);
    }

    public sealed class Input(string name) : ValueSource
    {
        public override Value Evaluate(Burst burst, ActivityInstance instance) => burst.GetInput(instance, name);
    }

    public sealed class Script(CompiledExpression expression) : ValueSource
    {
        public override Value Evaluate(Burst burst, ActivityInstance instance) => expression.Evaluate(new ExpressionScope(burst, instance));
    }

    public sealed class Template(LiquidTemplate template) : ValueSource
    {
        public override Value Evaluate(Burst burst, ActivityInstance instance) => template.Render(new ExpressionScope(burst, instance));
    }

    /// <summary>Source that does not parse: found by validation, a fault when reached.</summary>
    public sealed class Broken(string message) : ValueSource
    {
        public override Value Evaluate(Burst burst, ActivityInstance instance) => throw new ExpressionException(message);
    }
}

/// <summary>An input of a step: its source and the property it is bound to.</summary>
internal sealed class CompiledInput(InputProperty property, ValueSource source, Action<IActivity>? constant)
{
    public InputProperty Property => property;
    public ValueSource Source => source;

    public void Apply(IActivity activity, Burst burst, ActivityInstance instance)
    {
        if (constant is not null)
        {
            constant(activity);
            return;
        }
        try
        {
            property.Set(activity, source.Evaluate(burst, instance));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ActivityInputException($"Failed to evaluate activity input '{property.Name}': {e.Message}", e);
        }
    }
}

/// <summary>An output of a step: read after completion, kept in the output register and, when bound, in a variable or workflow output.</summary>
/// <param name="VariableId">The variable bound in the definition; null when none.</param>
/// <param name="WorkflowOutput">The workflow output bound in the definition; null when none.</param>
internal sealed record CompiledOutput(OutputProperty Property, string? VariableId, string? WorkflowOutput);

/// <summary>A variable a container or the workflow declares (elsa-format §1).</summary>
internal sealed record CompiledVariable(string Id, string Name, Value Default);

/// <summary>An input of a step could not be evaluated or converted.</summary>
public sealed class ActivityInputException(string message, Exception inner) : Exception(message, inner);

/// <summary>Compiles expression JSON (<c>{type, value}</c>) into a source, and says what is wrong with it.</summary>
internal static class ExpressionCompiler
{
    /// <param name="report">Called with a problem code and its arguments.</param>
    /// <param name="knowsVariable">Whether a variable of that id is in scope.</param>
    public static ValueSource? Compile(JsonObject expression, Action<string, string[]> report, Func<string, bool> knowsVariable)
    {
        var value = expression["value"];
        switch (expression.Text("type")?.ToLowerInvariant())
        {
            case null: return null;
            case "literal": return new ValueSource.Constant(Literal(value));
            case "object" or "json": return Json(value, report);
            case "javascript": return Script(value is JsonValue source ? source.AsText() ?? "" : "", report);
            case "liquid": return Template(value is JsonValue template ? template.AsText() ?? "" : "", report);
            case "input": return Reference(value) is { } input && (input.Text("name") ?? input.Text("id")) is { } name ? new ValueSource.Input(name)
                : null;
            case "variable":
                if (Reference(value) is not { } variable || (variable.Text("id") ?? variable.Text("name")) is not { } id) return null;
                if (!knowsVariable(id)) report("engine.problem.unknown-variable", [variable.Text("name") ?? id]);
                return new ValueSource.Variable(id, variable.Text("name"));
            case "delegate": return null;
            default:
                report("engine.problem.expression-language", [expression.Text("type")!]);
                return null;
        }
    }

    /// <summary>Literal: scalars as they are, objects and arrays as raw JSON text (elsa-format §6).</summary>
    public static Value Literal(JsonNode? value) => value switch
    {
        null => Value.Null,
        JsonValue scalar => Plain(scalar),
        _ => Value.From(value.ToJsonString()),
    };

    /// <summary>Any JSON as a value.</summary>
    public static Value Plain(JsonNode? value) => value switch
    {
        null => Value.Null,
        JsonObject o => Value.FromJson(o.ToJsonString()),
        JsonArray a => Value.FromJson(a.ToJsonString()),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Value.From(value.GetValue<string>()),
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.Number => Value.From(double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)),
            _ => Value.Null,
        },
    };

    private static ValueSource Script(string source, Action<string, string[]> report) =>
        Parsed(() => new ValueSource.Script(CompiledExpression.Parse(source)), report);

    private static ValueSource Template(string source, Action<string, string[]> report) =>
        Parsed(() => new ValueSource.Template(LiquidTemplate.Parse(source)), report);

    private static ValueSource Parsed(Func<ValueSource> parse, Action<string, string[]> report)
    {
        try
        {
            return parse();
        }
        catch (ExpressionSyntaxException e)
        {
            report("engine.problem.expression-syntax",
                [e.Message, e.Line.ToString(CultureInfo.InvariantCulture), e.Column.ToString(CultureInfo.InvariantCulture)]);
            return new ValueSource.Broken(e.Message);
        }
    }

    private static ValueSource Json(JsonNode? value, Action<string, string[]> report)
    {
        if (value is not JsonValue scalar || scalar.GetValueKind() != JsonValueKind.String) return new ValueSource.Constant(Plain(value));
        var text = scalar.GetValue<string>();
        if (string.IsNullOrWhiteSpace(text)) return new ValueSource.Constant(Value.Null);
        try
        {
            return new ValueSource.Constant(Value.FromJson(text));
        }
        catch (JsonException e)
        {
            report("engine.problem.expression-json", [e.Message]);
            return new ValueSource.Broken($"The value is no JSON: {e.Message}");
        }
    }

    /// <summary>A variable or input reference is an object or its JSON text (elsa-format §6).</summary>
    private static JsonObject? Reference(JsonNode? value)
    {
        if (value is JsonObject o) return o;
        if (value is not JsonValue scalar || scalar.AsText() is not { Length: > 0 } text) return null;
        try
        {
            return JsonNode.Parse(text, new JsonNodeOptions { PropertyNameCaseInsensitive = true }) as JsonObject;
        }
        catch (JsonException)
        {
            return new JsonObject { ["id"] = text };
        }
    }
}

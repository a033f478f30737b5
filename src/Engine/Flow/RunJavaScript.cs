using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>
/// Runs a program of the closed expression language; its value is the result, <c>setOutcome(s)</c> chooses the ports (elsa-format §6.1).
/// </summary>
[Activity("Elsa.RunJavaScript")]
internal sealed class RunJavaScript : IActivity
{
    [Input(Editor = "expression")] public string Script { get; set; } = "";
    [Input] public string[] PossibleOutcomes { get; set; } = [];
    [Output] public Value Result { get; private set; }

    public static CompiledExpression Parse(string source) => CompiledExpression.Parse(source, "setOutcome", "setOutcomes");

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var outcomes = new List<string>();
        Value Set(IReadOnlyList<Value> arguments)
        {
            outcomes.Clear();
            if (arguments.Count > 0) outcomes.AddRange(ClrValue.ToList(arguments[0]).Select(o => o.ToText() ?? ""));
            return Value.Undefined;
        }
        var program = context.Activity.Script ?? Parse(Script); // the text of a script may itself be an expression
        Result = program.Evaluate(new ExpressionScope(context.Burst, context.Instance),
            new ExpressionHost {
            Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>> { ["setOutcome"] = Set, ["setOutcomes"] = Set } });
        return new(ActivityResult.Complete([.. outcomes]));
    }

    /// <summary>The outcomes written down; null where an expression decides.</summary>
    public static IEnumerable<string>? PortsOf(CompiledActivity step)
    {
        if (step.Json["possibleOutcomes"] is not JsonObject input || input["expression"] is not JsonObject expression) return [];
        try
        {
            return Value.FromJson(expression.Text("value") ?? "[]") is { Kind: ValueKind.Array } list ? list.Items.Select(o => o.ToText() ?? "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

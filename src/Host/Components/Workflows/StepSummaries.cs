using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>
/// One line per step: who does it and what counts, or what it waits for. The same on the canvas, in the steps list and in the publish dialog.
/// </summary>
/// <param name="names">As <see cref="DesignerSession.Names"/>.</param>
public sealed class StepSummaries(Texts texts, ActivityCards cards, IReadOnlyDictionary<string, string> names, IEnumerable<JsonObject> variables)
{
    private readonly Dictionary<string, string> _variables = variables.Where(v => v.Text("id") is not null).DistinctBy(v => v.Text("id"))
        .ToDictionary(v => v.Text("id")!, v => v.Text("name") ?? v.Text("id")!);

    public string Of(JsonObject step)
    {
        var type = step.Text("type") ?? "";
        var summary = type.ToLowerInvariant() switch
        {
            "crmflow.usertask" => UserTask(step),
            "elsa.flowdecision" or "elsa.if" or "elsa.while" => Expression(StepInput.Read(step, "condition")),
            "elsa.flowswitch" => texts["workflows.summary.cases", (step["cases"] as JsonArray)?.Count ?? 0],
            "elsa.delay" => Expression(StepInput.Read(step, "timeSpan")),
            "crmflow.recordsaved" =>
                StepInput.Read(step, "recordType") is { IsSet: true } record ? names.GetValueOrDefault($"t:{record.Text}", record.Text) : "",
            "elsa.event" => Expression(StepInput.Read(step, "eventName")),
            "elsa.setvariable" => step["variable"] is JsonObject variable
                ? $"{variable.Text("name") ?? Variable(variable.Text("id"))} = {Expression(StepInput.Read(step, "value"))}" : "",
            _ => "",
        };
        return summary.Length > 0 ? summary : cards.NameOf(type);
    }

    public string Glyph(StepKind? kind) => kind is null ? "?" : texts[$"workflows.glyph.{kind.ToString()!.ToLowerInvariant()}"];

    /// <summary>Who does a user task, in words.</summary>
    public string Who(JsonObject step)
    {
        var parts = new List<string>();
        var roles = StepInput.Read(step, "roles");
        if (roles.IsSet) parts.Add(roles.Kind is StepInput.Literal or StepInput.Object
            ? string.Join(texts["workflows.summary.and"], roles.Items.Select(r => names.GetValueOrDefault($"r:{r}", r))) : Expression(roles));
        var head = StepInput.Read(step, "departmentHead");
        if (head.IsSet) parts.Add(texts["workflows.summary.head",
            head.Kind == StepInput.Literal ? names.GetValueOrDefault($"d:{head.Text}", head.Text) : Expression(head)]);
        if (StepInput.Read(step, "agent").IsSet) parts.Add(texts["workflows.summary.agent"]);
        if (StepInput.Read(step, "users") is { IsSet: true } users)
            parts.Add(users.Kind is StepInput.Literal or StepInput.Object
            ? string.Join(texts["workflows.summary.and"], users.Items.Select(u => names.GetValueOrDefault($"u:{u}", u))) : Expression(users));
        if (StepInput.Read(step, "field").IsSet) parts.Add(texts["workflows.summary.field"]);
        if (StepInput.Read(step, "assignees").IsSet) parts.Add(texts["workflows.summary.expression"]);
        return parts.Count == 0 ? texts["workflows.summary.nobody"] : string.Join(texts["workflows.summary.and"], parts);
    }

    private string UserTask(JsonObject step)
    {
        var vote = StepInput.Read(step, "vote");
        var how = texts[vote.Text.Equals("All", StringComparison.OrdinalIgnoreCase) ? "workflows.summary.all" : "workflows.summary.first"];
        return texts["workflows.summary.user-task", Who(step), how];
    }

    private string Variable(string? id) => id is not null && _variables.TryGetValue(id, out var name) ? name : id ?? "";

    private string Expression(StepInput input) => input.Kind switch
    {
        null => "",
        StepInput.Variable => Variable(input.VariableId),
        StepInput.Script when Threshold.Parse(input.Text) is { } t => $"{Threshold.LastName(t.Left)} {Sign(t.Operator)} {t.LimitText}",
        _ => input.Text,
    };

    public static string Sign(string op) => op switch { ">=" => "≥", "<=" => "≤", "==" or "===" => "=", _ => op };
}

using System.Globalization;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>An activity type as the palette offers it.</summary>
/// <param name="Group">Text key of the heading.</param>
/// <param name="Icon">Material Symbols name.</param>
public sealed record ActivityCard(string Type, string Name, string Group, string Icon, StepKind Kind);

/// <summary>Names, groups and ways out of the registered activity types, in the reader's language.</summary>
public sealed class ActivityCards(ActivityCatalog catalog, Texts texts)
{
    private static readonly HashSet<string> NotOffered = new(StringComparer.OrdinalIgnoreCase) { "Elsa.Workflow" };
    private static readonly string[] GroupOrder = ["human", "flow", "wait"];

    public IReadOnlyList<ActivityCard> All =>
    [
        .. catalog.All.Where(d => !NotOffered.Contains(d.Type))
            .Select(d => new ActivityCard(d.Type, NameOf(d.Type), GroupOf(d.Type), IconOf(d.Type), FlowNode.KindOf(d.Type)))
            .OrderBy(c => Array.IndexOf(GroupOrder, c.Group) is var at and >= 0 ? at : 9).ThenBy(c => c.Group, StringComparer.Ordinal)
                .ThenBy(c => c.Type, StringComparer.Ordinal),
    ];

    public ActivityDescriptor? Find(string type) => catalog.Find(type);

    /// <summary>The name people know; a type without one shows its last part.</summary>
    public string NameOf(string type) => texts.Find($"activity.{type}", CultureInfo.CurrentUICulture) ?? type[(type.LastIndexOf('.') + 1)..];

    public string GroupName(string group) => texts.Find($"activity-group.{group}", CultureInfo.CurrentUICulture) ?? group;

    /// <summary>Label of an input; one without a text shows its own name.</summary>
    public string LabelOf(string type, string input) =>
        texts.Find($"activity.{type}.{input}", CultureInfo.CurrentUICulture) ?? texts.Find($"activity-input.{input}", CultureInfo.CurrentUICulture)
            ?? input;

    /// <summary>Label of an output.</summary>
    public string OutputLabelOf(string type, string output) =>
        texts.Find($"activity.{type}.{output}", CultureInfo.CurrentUICulture) ?? texts.Find($"activity-output.{output}", CultureInfo.CurrentUICulture)
            ?? texts.Find($"activity-input.{output}", CultureInfo.CurrentUICulture) ?? output;

    /// <summary>What an outcome is called on the canvas.</summary>
    public string OutcomeName(JsonObject step, string? port) =>
        FlowDrawing.DecisionsOf(step).FirstOrDefault(d => d.Name == port).Label
            ?? texts.Find($"outcome.{port ?? "Done"}", CultureInfo.CurrentUICulture) ?? port!;

    /// <summary>The ways out of a step: what its own configuration says, else its type; always at least one, except where the flow ends.</summary>
    public IReadOnlyList<string> OutcomesOf(JsonObject step)
    {
        var type = step.Text("type") ?? "";
        if (FlowNode.KindOf(type) == StepKind.End) return [];
        var decisions = FlowDrawing.DecisionsOf(step).Select(d => d.Name).ToList();
        if (decisions.Count > 0) return decisions;
        if (step["cases"] is JsonArray cases && type.Equals("Elsa.FlowSwitch", StringComparison.OrdinalIgnoreCase))
            return [.. cases.OfType<JsonObject>().Select(c => c.Text("label") ?? "").Append("Default").Distinct()];
        if (type.Equals("Elsa.FlowFork", StringComparison.OrdinalIgnoreCase) && StepInput.Read(step, "branches").Items is { Count: > 0 } branches)
            return branches;
        return catalog.Find(type)?.Outcomes is { Length: > 0 } own ? own : ["Done"];
    }

    private static string GroupOf(string type) => FlowNode.KindOf(type) switch
    {
        StepKind.Human => "human",
        StepKind.Flow or StepKind.Start or StepKind.End => "flow",
        StepKind.Wait => "wait",
        _ => type.StartsWith("Elsa.", StringComparison.OrdinalIgnoreCase) ? "data" : type[..Math.Max(0, type.IndexOf('.'))].ToLowerInvariant(),
    };

    private static string IconOf(string type) => type.ToLowerInvariant() switch
    {
        "crmflow.usertask" => "how_to_reg",
        "elsa.flowdecision" or "elsa.if" => "call_split",
        "elsa.flowswitch" or "elsa.switch" => "alt_route",
        "elsa.flowfork" or "elsa.fork" or "elsa.parallel" => "fork_right",
        "elsa.flowjoin" => "merge",
        "elsa.start" => "play_circle",
        "elsa.end" or "elsa.finish" or "elsa.complete" => "stop_circle",
        "elsa.delay" => "timer",
        "elsa.event" => "notifications",
        "crmflow.recordsaved" => "save",
        "elsa.while" or "elsa.for" or "elsa.foreach" or "elsa.parallelforeach" => "repeat",
        "elsa.setvariable" or "elsa.setoutput" => "edit_note",
        _ => FlowNode.KindOf(type) == StepKind.Wait ? "schedule" : "bolt",
    };
}

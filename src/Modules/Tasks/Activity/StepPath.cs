using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmFlow.Engine;

namespace CrmFlow.Tasks;

/// <summary>A step people know, in the order the flow reaches it.</summary>
/// <param name="IsAside">Only reached when somebody disagrees, such as a correction: it stands in the path only once visited.</param>
internal sealed record NamedStep(string ActivityId, string Name, string? NameEn, bool IsAside = false);

/// <summary>The steps of a version for the path on task pages: a start that carries a name, then every user task in flow order.</summary>
internal static class StepPath
{
    private static readonly ConditionalWeakTable<CompiledWorkflow, string> Cache = [];

    public static string Of(CompiledWorkflow workflow) => Cache.GetValue(workflow, w => JsonSerializer.Serialize(Steps(w)));

    public static IReadOnlyList<NamedStep> Read(string json) => JsonSerializer.Deserialize<List<NamedStep>>(json)!;

    /// <summary>English name of a step: <c>metadata.displayTextEn</c>.</summary>
    public static string? NameEn(CompiledActivity activity) => Text(activity.Json["metadata"] as JsonObject, "displayTextEn");

    private static List<NamedStep> Steps(CompiledWorkflow workflow)
    {
        var order = FlowOrder(workflow, _ => true);
        var straight = FlowOrder(workflow, IsAgreement);
        return
        [
            .. workflow.Activities
                .Where(a => a.Type.Equals(UserTaskActivity.TypeName, StringComparison.OrdinalIgnoreCase) || IsNamedStart(a))
                .OrderBy(a => order.GetValueOrDefault(a.Id, int.MaxValue)).ThenBy(a => a.Index)
                .Select(a => new NamedStep(a.Id, a.DisplayText, NameEn(a), IsAside: straight.Count > 0 && !straight.ContainsKey(a.Id))),
        ];
    }

    private static bool IsNamedStart(CompiledActivity activity) =>
        activity.Type.Equals("Elsa.Start", StringComparison.OrdinalIgnoreCase)
            && Text(activity.Json["metadata"] as JsonObject, "displayText") is { Length: > 0 };

    /// <summary>Whether a connection is followed when nobody disagrees: anything but the port of a return or refusal.</summary>
    private static bool IsAgreement((CompiledActivity? Source, string? Port) connection)
    {
        if (connection.Source is not { } source || !source.Type.Equals(UserTaskActivity.TypeName, StringComparison.OrdinalIgnoreCase)) return true;
        var action = (source.Json["actions"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(a => Text(a, "name") == connection.Port);
        return Text(action, "kind")?.ToLowerInvariant() is not ("return" or "refuse");
    }

    /// <summary>
    /// Topological order from the start over the connections that count, loops back ignored: what a person takes for the order of steps, shortcuts
    /// notwithstanding.
    /// </summary>
    private static Dictionary<string, int> FlowOrder(CompiledWorkflow workflow, Predicate<(CompiledActivity? Source, string? Port)> counts)
    {
        var next = new Dictionary<string, List<string>>();
        foreach (var connections in workflow.Activities.Select(a => a.Json["connections"]).OfType<JsonArray>())
            foreach (var connection in connections.OfType<JsonObject>())
                if (Text(connection["source"] as JsonObject, "activity") is { } from && Text(connection["target"] as JsonObject, "activity") is { } to
                    && counts((workflow.Find(from), Text(connection["source"] as JsonObject, "port"))))
                    (next.TryGetValue(from, out var list) ? list : next[from] = []).Add(to);
        var reached = new HashSet<string>();
        var done = new List<string>();
        void Walk(string id)
        {
            if (!reached.Add(id)) return;
            foreach (var to in next.GetValueOrDefault(id, [])) Walk(to);
            done.Add(id);
        }
        foreach (var start in workflow.Activities.Where(a => a.Type.Equals("Elsa.Start", StringComparison.OrdinalIgnoreCase))) Walk(start.Id);
        if (reached.Count == 0) foreach (var from in next.Keys) Walk(from);
        done.Reverse();
        return done.Index().ToDictionary(d => d.Item, d => d.Index);
    }

    private static string? Text(JsonObject? json, string name) => json?[name] is JsonValue v && v.TryGetValue<string>(out var s) ? s : null;
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

public enum ChangeKind { Added, Removed, Changed, Moved }

/// <summary>A step that differs between two versions.</summary>
/// <param name="Members">JSON members that differ; empty for added and removed steps.</param>
public sealed record StepChange(ChangeKind Kind, string Id, string Text, IReadOnlyList<string> Members);

/// <summary>What publishing would change, step by step; connections count with the step they leave.</summary>
internal static class DefinitionChanges
{
    private const string Ways = "connections";

    public static IReadOnlyList<StepChange> Between(WorkflowDefinition? before, WorkflowDefinition after)
    {
        var (old, now) = (Steps(before), Steps(after));
        var changes = new List<StepChange>();
        foreach (var (id, step) in now)
        {
            if (!old.TryGetValue(id, out var was))
            {
                changes.Add(new(ChangeKind.Added, id, FlowDrawing.TextOf(step.Json), []));
                continue;
            }
            var members = step.Json.Select(m => m.Key).Union(was.Json.Select(m => m.Key))
                .Where(m => m is not ("nodeId" or "metadata") && !JsonNode.DeepEquals(step.Json[m], was.Json[m])).ToList();
            if (!JsonNode.DeepEquals(WithoutDrawing(step.Json["metadata"]), WithoutDrawing(was.Json["metadata"]))) members.Add("metadata");
            if (!step.Ways.SetEquals(was.Ways)) members.Add(Ways);
            if (members.Count > 0) changes.Add(new(ChangeKind.Changed, id, FlowDrawing.TextOf(step.Json), members));
            else if (!JsonNode.DeepEquals(step.Json["metadata"], was.Json["metadata"]))
                changes.Add(new(ChangeKind.Moved, id, FlowDrawing.TextOf(step.Json), []));
        }
        changes.AddRange(old.Where(s => !now.ContainsKey(s.Key))
            .Select(s => new StepChange(ChangeKind.Removed, s.Key, FlowDrawing.TextOf(s.Value.Json), [])));
        return [.. changes.OrderBy(c => c.Kind)];
    }

    private static Dictionary<string, (JsonObject Json, HashSet<string> Ways)> Steps(WorkflowDefinition? definition)
    {
        if (definition?.Json["root"]?["activities"] is not JsonArray steps) return [];
        var connections = (definition.Json["root"]?["connections"] as JsonArray ?? []).OfType<JsonObject>()
            .ToLookup(c => c["source"].Text("activity"), c => $"{c["source"].Text("port") ?? "Done"} {c["target"].Text("activity")}");
        return steps.OfType<JsonObject>().Where(s => s.Text("id") is not null).DistinctBy(s => s.Text("id"))
            .ToDictionary(s => s.Text("id")!, s => (s, connections[s.Text("id")].ToHashSet()));
    }

    private static JsonNode? WithoutDrawing(JsonNode? metadata)
    {
        if (metadata is not JsonObject json) return metadata;
        var copy = json.DeepClone().AsObject();
        copy.Remove("designer");
        return copy;
    }
}

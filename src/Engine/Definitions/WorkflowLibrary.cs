using System.Globalization;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>A version of a workflow that others may use as an activity.</summary>
public sealed record LibraryWorkflow(string VersionId, int Version, bool IsPublished, bool IsLatest, WorkflowDefinition Definition);

/// <summary>The workflows a definition's steps may be. Plain data, complete before compiling: what a step refers to is decided once.</summary>
public sealed class WorkflowLibrary(IReadOnlyCollection<LibraryWorkflow> workflows)
{
    /// <summary>
    /// A step that names a workflow in plain text is one used as an activity; the inputs of <c>Elsa.DispatchWorkflow</c> of that name are wrapped
    /// (elsa-format §2).
    /// </summary>
    internal static bool RefersTo(JsonObject step) => IsText(step["workflowDefinitionVersionId"]) || IsText(step["workflowDefinitionId"]) && !(
        step.Text("type") ?? "").StartsWith("Elsa.", StringComparison.OrdinalIgnoreCase);

    private static bool IsText(JsonNode? node) => node is JsonValue value && value.AsText() is { Length: > 0 };

    /// <summary>By version id, else by definition and version, else the published, else the latest version (elsa-format §7).</summary>
    public LibraryWorkflow? Resolve(JsonObject step)
    {
        if (step.Text("workflowDefinitionVersionId") is { } id && workflows.FirstOrDefault(w => w.VersionId == id) is { } exact) return exact;
        var all = workflows.Where(w => w.Definition.DefinitionId == step.Text("workflowDefinitionId")).OrderByDescending(w => w.Version).ToList();
        return all.Find(w => w.Version.ToString(CultureInfo.InvariantCulture) == step.Text("version")) ?? all.Find(w => w.IsPublished)
            ?? all.Find(w => w.IsLatest);
    }

    /// <summary>
    /// Writes into every step that is a workflow the version it is now, so that publishing another version of that workflow changes nothing under
    /// what runs.
    /// True when something was written.
    /// </summary>
    public bool Pin(JsonNode root)
    {
        var changed = false;
        foreach (var step in Steps(root).ToList())
        {
            if (!RefersTo(step) || Resolve(step) is not { } found || step.Text("workflowDefinitionVersionId") == found.VersionId) continue;
            step["workflowDefinitionVersionId"] = found.VersionId;
            changed = true;
        }
        return changed;
    }

    /// <summary>The references of a definition's steps: version ids and definition ids.</summary>
    public static (IReadOnlySet<string> Versions, IReadOnlySet<string> Definitions) References(WorkflowDefinition definition)
    {
        var (versions, definitions) = (new HashSet<string>(), new HashSet<string>());
        foreach (var step in Steps(definition.Json["root"]))
        {
            if (!RefersTo(step)) continue;
            if (step.Text("workflowDefinitionVersionId") is { Length: > 0 } version) versions.Add(version);
            if (step.Text("workflowDefinitionId") is { Length: > 0 } id) definitions.Add(id);
        }
        return (versions, definitions);
    }

    /// <summary>Every step of a definition, itself included, wherever it stands.</summary>
    public static IEnumerable<JsonObject> Steps(JsonNode? node)
    {
        var waiting = new Stack<JsonNode?>([node]);
        while (waiting.TryPop(out var next))
        {
            if (next.IsActivity()) yield return next!.AsObject();
            foreach (var child in next is JsonObject o ? o.Select(m => m.Value) : next as IEnumerable<JsonNode?> ?? [])
                if (child is JsonObject or JsonArray) waiting.Push(child);
        }
    }
}

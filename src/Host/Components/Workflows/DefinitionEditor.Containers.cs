using System.Text.Json.Nodes;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>One step down into the definition: the step of the container above, and the member that holds the container entered.</summary>
/// <param name="Slot">Null where the step itself is the container; <c>case:n</c> for the step of a switch's case.</param>
public sealed record ContainerRef(string StepId, string? Slot);

/// <summary>A place inside a step that holds steps of its own.</summary>
/// <param name="Count">Steps in it.</param>
/// <param name="CanEnter">It is a container; else entering makes one round what is there.</param>
public sealed record StepSlot(string StepId, string? Slot, int Count, bool CanEnter);

// Which container the editor works in. Everything else of the editor acts on its steps.
public sealed partial class DefinitionEditor
{
    /// <summary>From the workflow's root down to the container being edited; empty for the root.</summary>
    public IReadOnlyList<ContainerRef> Path { get; private set; } = [];

    private JsonObject? Container => Containers.At(Definition.Json, Path);
    /// <summary>Its steps are led by connections; in any other container by their order, or all at once.</summary>
    public bool IsFlowchart => Containers.Is(Container, "Elsa.Flowchart");
    /// <summary>The root, or what was entered, holds steps that can be drawn.</summary>
    public bool IsDrawn => Containers.IsContainer(Container);

    /// <summary>The places inside a step that hold, or could hold, steps.</summary>
    public static IReadOnlyList<StepSlot> SlotsOf(JsonObject step) => Containers.SlotsOf(step);

    /// <summary>Enters a place; one that is empty or holds a single plain step becomes a sequence first.</summary>
    public void Enter(string stepId, string? slot)
    {
        if (Find(stepId) is not { } found || Containers.SlotsOf(found).FirstOrDefault(s => s.Slot == slot) is not { } place) return;
        if (!place.CanEnter)
        {
            var id = FreeId("Sequence");
            Edit(stepId, step => Containers.Wrap(step, slot!, id));
        }
        Path = [.. Path, new ContainerRef(stepId, slot)];
    }

    /// <summary>Goes back up to a container of the path.</summary>
    /// <param name="depth">0 for the root.</param>
    public void Leave(int depth) => Path = [.. Path.Take(depth)];

    /// <summary>Goes to the container a step stands in, wherever that is; false when there is no such step.</summary>
    public bool GoTo(string stepId)
    {
        if (Containers.PathTo(Definition.Json, stepId) is not { } path) return false;
        Path = path;
        return true;
    }

    /// <summary>The step of that id anywhere in the definition.</summary>
    public JsonObject? FindAnywhere(string id) => Find(id) ?? Containers.Everything(Definition.Json["root"]).FirstOrDefault(s => s.Text("id") == id);

    /// <summary>The step of this container that is, or holds, the step of that id.</summary>
    public string? HereFor(string id) => Steps.FirstOrDefault(s => Containers.Everything(s).Any(inner => inner.Text("id") == id)).Text("id");

    /// <summary>Puts a step behind another in a container whose order counts.</summary>
    public void MoveAfter(string before, string moved) => ChangeFlow(flow =>
    {
        var steps = Activities(flow);
        if (before == moved || Step(flow, before) is null || Step(flow, moved) is not { } step) return;
        steps.Remove(step);
        steps.Insert(steps.IndexOf(Step(flow, before)) + 1, step);
    });

    // An undo may take away the container one is in.
    private void StayInside()
    {
        while (Path.Count > 0 && Container is null) Path = [.. Path.SkipLast(1)];
    }
}

/// <summary>Where steps hold steps, by the format (elsa-format §2.3): lists, slots and the cases of a switch.</summary>
internal static class Containers
{
    private static readonly Dictionary<string, string[]> KnownSlots = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Elsa.If"] = ["then", "else"], ["Elsa.While"] = ["body"], ["Elsa.For"] = ["body"], ["Elsa.ForEach"] = ["body"],
            ["Elsa.ParallelForEach"] = ["body"], ["Elsa.FlowNode"] = ["body"], ["Elsa.Switch"] = ["default"],
    };

    public static bool Is(JsonObject? step, string type) => string.Equals(step.Text("type"), type, StringComparison.OrdinalIgnoreCase);
    public static bool IsContainer(JsonObject? step) =>
        Is(step, "Elsa.Flowchart") || Is(step, "Elsa.Sequence") || Is(step, "Elsa.Parallel") || Is(step, "Elsa.Fork");
    public static string ListOf(JsonObject container) => Is(container, "Elsa.Fork") ? "branches" : "activities";
    public static IEnumerable<JsonObject> StepsOf(JsonObject container) =>
        container[ListOf(container)] is JsonArray steps ? steps.OfType<JsonObject>() : [];

    /// <summary>The container at a path from the definition; null where it does not exist.</summary>
    public static JsonObject? At(JsonObject definition, IReadOnlyList<ContainerRef> path)
    {
        var container = definition["root"] as JsonObject;
        foreach (var (stepId, slot) in path)
        {
            var step = container is null ? null : StepsOf(container).FirstOrDefault(s => s.Text("id") == stepId);
            container = step is null ? null : slot is null ? step : Content(step, slot);
            if (!IsContainer(container)) return null;
        }
        return container;
    }

    public static IReadOnlyList<StepSlot> SlotsOf(JsonObject step)
    {
        var id = step.Text("id") ?? "";
        if (IsContainer(step)) return [new StepSlot(id, null, StepsOf(step).Count(), true)];
        var cases = Is(step, "Elsa.Switch") && step["cases"] is JsonArray list ? Enumerable.Range(0, list.Count).Select(i => $"case:{i}") : [];
        var named = KnownSlots.GetValueOrDefault(step.Text("type") ?? "", []);
        var others = step.Where(m => m.Key is not ("metadata" or "customProperties") && IsStep(m.Value) && !named.Contains(m.Key)).Select(m => m.Key);
        return [.. cases.Concat(named).Concat(others).Select(slot =>
        {
            var content = Content(step, slot);
            return new StepSlot(id, slot, content is null ? 0 : IsContainer(content) ? StepsOf(content).Count() : 1, IsContainer(content));
        })];
    }

    /// <summary>Makes a sequence of what stands in a slot.</summary>
    public static void Wrap(JsonObject step, string slot, string id)
    {
        var content = Content(step, slot)?.DeepClone();
        var sequence = new JsonObject { ["id"] = id, ["type"] = "Elsa.Sequence", ["version"] = 1,
            ["activities"] = content is null ? [] : new JsonArray(content) };
        if (CaseOf(step, slot) is { } one) one["activity"] = sequence;
        else step[slot] = sequence;
    }

    /// <summary>Every step below and including this one.</summary>
    public static IEnumerable<JsonObject> Everything(JsonNode? node)
    {
        if (node is JsonObject step && IsStep(step)) yield return step;
        var inside = node switch { JsonObject json =>
            json.Where(m => m.Key is not ("metadata" or "customProperties")).Select(m => m.Value), JsonArray list => list, _ => [] };
        foreach (var found in inside.Where(n => n is JsonObject or JsonArray).SelectMany(Everything)) yield return found;
    }

    /// <summary>The path to the container a step stands in; null when there is no such step.</summary>
    public static IReadOnlyList<ContainerRef>? PathTo(JsonObject definition, string stepId) =>
        definition["root"] is JsonObject root ? Search(root, stepId, []) : null;

    private static IReadOnlyList<ContainerRef>? Search(JsonObject container, string stepId, List<ContainerRef> path)
    {
        if (StepsOf(container).Any(s => s.Text("id") == stepId)) return [.. path];
        foreach (var step in StepsOf(container))
            foreach (var place in SlotsOf(step).Where(s => s.CanEnter))
                if ((place.Slot is null ? step : Content(step, place.Slot)) is { } inner
                    && Search(inner, stepId, [.. path, new ContainerRef(place.StepId, place.Slot)]) is { } found) return found;
        return null;
    }

    /// <summary>A flowchart as it is; a sequence as a chain, what runs at once side by side, both laid out anew.</summary>
    public static FlowDrawing Draw(JsonObject container)
    {
        if (Is(container, "Elsa.Flowchart")) return FlowDrawing.Of(container);
        var steps = StepsOf(container).Select(s => s.DeepClone().AsObject()).ToList();
        foreach (var step in steps)
        {
            (step["metadata"] as JsonObject)?.Remove("designer");
            step.Remove("actions"); // no returns inside a sequence
        }
        var connections = new JsonArray();
        if (Is(container, "Elsa.Sequence"))
            foreach (var (from, to) in steps.Zip(steps.Skip(1)))
                connections.Add((JsonNode)new JsonObject { ["source"] = new JsonObject { ["activity"] = from.Text("id") },
                    ["target"] = new JsonObject { ["activity"] = to.Text("id") } });
        return FlowDrawing.Of(new JsonObject { ["activities"] = new JsonArray([.. steps]), ["connections"] = connections });
    }

    private static bool IsStep(JsonNode? node) => node is JsonObject json && json.Text("type") is not null && json.Text("id") is not null;
    private static JsonObject? Content(JsonObject step, string slot) =>
        CaseOf(step, slot) is { } one ? one["activity"] as JsonObject : step[slot] as JsonObject;
    private static JsonObject? CaseOf(JsonObject step, string slot) =>
        slot.StartsWith("case:", StringComparison.Ordinal) && int.TryParse(slot[5..], out var at) && step["cases"] is JsonArray cases
        && at < cases.Count ? cases[at] as JsonObject : null;
}

using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>
/// Finds what publishing must refuse or warn about in a compiled graph; what concerns single expressions was found while compiling.
/// </summary>
internal static class DefinitionValidator
{
    public static IEnumerable<DefinitionProblem> Check(IReadOnlyList<CompiledActivity> activities)
    {
        foreach (var activity in activities)
        {
            if (activity.Index == 0) continue;
            if (activity.Descriptor is null && !WorkflowLibrary.RefersTo(activity.Json))
                yield return new(activity.Id, null, "engine.problem.unknown-type", [activity.Type]);
            if ((activity.Json["customProperties"] as JsonObject)?["mergeMode"] is not null)
                yield return new(activity.Id, null, "engine.problem.merge-mode", [activity.DisplayText], IsError: false);
            if (activity.Type == "Elsa.SetVariable" && activity.Json["variable"] is JsonObject variable && variable.Text("id") is { } id
                && !Declares(activities, activity, id))
                yield return new(activity.Id, "variable", "engine.problem.unknown-variable", [variable.Text("name") ?? id]);
            foreach (var problem in activity.Descriptor?.Validate?.Invoke(activity) ?? []) yield return problem;
            foreach (var problem in activity.Flowchart is { } chart ? Flow(activities, chart) : []) yield return problem;
        }
    }

    private static IEnumerable<DefinitionProblem> Flow(IReadOnlyList<CompiledActivity> activities, CompiledFlowchart chart)
    {
        var (edges, graph) = (chart.Edges, chart.Default);
        CompiledActivity Step(int local) => activities[chart.Steps[local]];

        for (var i = 0; i < edges.NodeCount; i++)
        {
            var step = Step(i);
            if (!graph.Reachable[i]
                && !Enumerable.Range(0, edges.NodeCount).Any(s => Step(s) is { CanStartWorkflow: true } && chart.GraphFrom(s).Reachable[i]))
                yield return new(step.Id, null, "engine.problem.unreachable", [step.DisplayText], IsError: false);
            if (step.Descriptor is null) continue;

            var ports = step.Descriptor.Ports is { } own ? own(step)?.ToArray() : step.Descriptor.Outcomes;
            if (ports is null) continue;
            if (ports.Length > 0 && edges.Out[i].Length == 0)
                yield return new(step.Id, null, "engine.problem.no-outcome-connected", [step.DisplayText], IsError: false);
            foreach (var c in edges.Out[i])
                if (edges.Port[c] is { } port && port != "Done" && !ports.Contains(port))
                    yield return new(step.Id, "connections", "engine.problem.unknown-port", [port, step.DisplayText]);
        }

        for (var c = 0; c < edges.Count; c++)
            if (graph.Backward[c] && !graph.ValidBackward[c] && graph.Reachable[edges.Source[c]])
                yield return new(Step(edges.Source[c]).Id, "connections", "engine.problem.backward",
                    [Step(edges.Source[c]).DisplayText, Step(edges.Target[c]).DisplayText]);
    }

    private static bool Declares(IReadOnlyList<CompiledActivity> activities, CompiledActivity activity, string variableId)
    {
        for (var scope = activity; ; scope = activities[scope.Parent])
        {
            if (Array.Exists(scope.Variables, v => v.Id == variableId)) return true;
            if (scope.Parent < 0) return false;
        }
    }
}

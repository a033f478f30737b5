namespace CrmFlow.Engine;

/// <summary>A variable of an open container: by id in the state, by name for people.</summary>
/// <param name="Scope">Id of the step that declares it; empty for the workflow.</param>
public sealed record OpenVariable(Guid Container, string Id, string Scope, string Name, Value Value);

/// <summary>The variables an instance has now: those its open containers declare, and those made on the fly.</summary>
public static class OpenVariables
{
    public static IEnumerable<OpenVariable> Of(WorkflowState state, CompiledWorkflow workflow)
    {
        foreach (var container in state.Activities)
        {
            var node = workflow.Activities[container.Node];
            var scope = container.Node == 0 ? "" : node.Id;
            foreach (var declared in node.Variables)
                yield return new(container.Id, declared.Id, scope, declared.Name,
                    container.Variables?.TryGetValue(declared.Id, out var own) == true ? own : declared.Default);
            foreach (var (id, value) in container.Variables ?? [])
                if (!Array.Exists(node.Variables, v => v.Id == id)) yield return new(container.Id, id, scope, id, value);
        }
    }
}

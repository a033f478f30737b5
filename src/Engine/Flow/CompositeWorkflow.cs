namespace CrmFlow.Engine;

/// <summary>
/// A workflow used as an activity (elsa-format §7): it runs inside the parent's instance with variables of its own; the step's members named after
/// its inputs are their values, and its outputs are the step's.
/// </summary>
internal sealed class CompositeWorkflow : ControlActivity
{
    public static string OutputVariable(string name) => $"output:{name}";

    public override void Enter(Run run, ActivityInstance self)
    {
        var node = run.Node(self);
        foreach (var (id, source) in node.Composite!.Inputs)
            if (source is not null) (self.Variables ??= [])[id] = Evaluate(run, self, id, source);
        run.Schedule(self, node.Children[0]);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes) => End(run, self, null);

    /// <summary>Hands its outputs to the step's bindings and completes with what an <c>Elsa.Complete</c> inside said.</summary>
    public static void End(Run run, ActivityInstance self, string[]? outcomes)
    {
        foreach (var name in run.Node(self).Composite!.Outputs)
            if (self.Variables is { } own && own.TryGetValue(OutputVariable(name), out var value)) run.StoreOutput(self, name, value);
        run.CompleteContainer(self, outcomes);
    }

    /// <summary>In the scope of the parent: the step's own variables are not there yet.</summary>
    private static Value Evaluate(Run run, ActivityInstance self, string id, ValueSource source)
    {
        try
        {
            return source.Evaluate(run.Burst, self.Parent!).Clone();
        }
        catch (Exception e) when (e is ExpressionException or FormatException)
        {
            throw new ActivityInputException($"Failed to evaluate activity input '{id}': {e.Message}", e);
        }
    }
}

/// <summary>What a step that is a workflow has of that workflow.</summary>
/// <param name="Inputs">Variable ids of its inputs with the step's values; null where the step gives none.</param>
internal sealed record CompiledComposite(string VersionId, (string Id, ValueSource? Source)[] Inputs, string[] Outputs, string[] Outcomes)
{
    public string? InputNamed(string name) => Array.Find(Inputs, i => string.Equals(i.Id, name, StringComparison.OrdinalIgnoreCase)).Id;
}

/// <summary>
/// Completes the nearest workflow at once with these outcomes: the one used as an activity it stands in, else the instance (elsa-format §7).
/// </summary>
[Activity("Elsa.Complete")]
internal sealed class CompleteWorkflow : ControlActivity
{
    [Input] public Value Outcomes { get; set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        string[] outcomes = [.. ClrValue.ToList(Outcomes).Select(o => o.ToText() ?? "").Where(o => o.Length > 0)];
        var composite = self.Parent;
        while (composite is not null && run.Node(composite).Composite is null) composite = composite.Parent;
        run.End(self, JournalEvent.Completed, outcomes.Length == 0 ? null : outcomes);
        if (composite is null) run.Finish(WorkflowSubStatus.Finished);
        else CompositeWorkflow.End(run, composite, outcomes.Length == 0 ? null : outcomes);
    }
}

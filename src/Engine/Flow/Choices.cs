namespace CrmFlow.Engine;

/// <summary>One of two slots by a condition.</summary>
[Activity("Elsa.If")]
internal sealed class If : ControlActivity
{
    [Input] public bool Condition { get; set; }
    [Output] public bool Result => Condition;

    public override void Enter(Run run, ActivityInstance self)
    {
        run.StoreOutputs(this, self);
        var slot = run.Node(self).Slot(Condition ? "then" : "else");
        if (slot >= 0) run.Schedule(self, slot);
        else run.Complete(self, null);
    }
}

/// <summary>A step of a flowchart that runs its body.</summary>
[Activity("Elsa.FlowNode")]
internal sealed class FlowNode : ControlActivity
{
    public override void Enter(Run run, ActivityInstance self)
    {
        if (run.Node(self).Slot("body") is var body and >= 0) run.Schedule(self, body);
        else run.Complete(self, null);
    }
}

/// <summary>How cases are chosen: the first that holds, or every one that does.</summary>
internal enum MatchMode { MatchFirst, MatchAny }

/// <summary>The slots of the cases that hold, else the default slot; over when all scheduled are.</summary>
[Activity("Elsa.Switch")]
internal sealed class Switch : ControlActivity
{
    [Input(Plain = true)] public Value Cases { get; set; }
    [Input] public MatchMode Mode { get; set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        var node = run.Node(self);
        var matched = CaseMatcher.Match(run, self, Mode);
        foreach (var match in matched)
            if (match.Activity >= 0) run.Schedule(self, match.Activity);
        if (matched.Count == 0 && node.Slot("default") is var slot and >= 0) run.Schedule(self, slot);
        if (self.OpenChildren == 0) run.Complete(self, null);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (self.OpenChildren == 0) run.Complete(self, null);
    }
}

/// <summary>The labels of the cases that hold are its outcomes, else <c>Default</c>.</summary>
[Activity("Elsa.FlowSwitch")]
internal sealed class FlowSwitch : ControlActivity
{
    [Input(Plain = true)] public Value Cases { get; set; }
    [Input] public MatchMode Mode { get; set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        var matched = CaseMatcher.Match(run, self, Mode);
        run.Complete(self, matched.Count == 0 ? ["Default"] : [.. matched.Select(m => m.Label)]);
    }

    public static IEnumerable<string> PortsOf(CompiledActivity step) => [.. step.Cases.Select(c => c.Label), "Default"];
}

internal static class CaseMatcher
{
    public static List<CompiledCase> Match(Run run, ActivityInstance self, MatchMode mode)
    {
        var matched = new List<CompiledCase>();
        foreach (var candidate in run.Node(self).Cases)
        {
            if (candidate.Condition is null || !Holds(candidate, run, self)) continue;
            matched.Add(candidate);
            if (mode == MatchMode.MatchFirst) break;
        }
        return matched;
    }

    private static bool Holds(CompiledCase candidate, Run run, ActivityInstance self)
    {
        try
        {
            var value = candidate.Condition!.Evaluate(run.Burst, self);
            return !value.IsNothing && ClrValue.Reader<bool>()!(value);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new ActivityInputException($"Failed to evaluate the condition of case '{candidate.Label}': {e.Message}", e);
        }
    }
}

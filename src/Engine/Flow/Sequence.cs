namespace CrmFlow.Engine;

/// <summary>Children one after the other; a terminal child or a Break ends it (elsa-format §4.4).</summary>
[Activity("Elsa.Sequence")]
internal sealed class Sequence : ControlActivity
{
    public override void Enter(Run run, ActivityInstance self) => Next(run, self);

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (run.Node(child).IsTerminal || self.Broken) run.CompleteContainer(self);
        else Next(run, self);
    }

    private static void Next(Run run, ActivityInstance self)
    {
        var state = (CursorState)(self.Container ??= new CursorState());
        var children = run.Node(self).Children;
        if (state.Position < children.Length) run.Schedule(self, children[state.Position++]);
        else run.Complete(self, null);
    }
}

/// <summary>All children at once, in the one queue; over when all are (elsa-format §4.4).</summary>
[Activity("Elsa.Parallel")]
internal sealed class Parallel : ControlActivity
{
    public override void Enter(Run run, ActivityInstance self)
    {
        foreach (var child in run.Node(self).Children) run.Schedule(self, child);
        if (self.OpenChildren == 0) run.Complete(self, null);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (self.Broken) run.CompleteContainer(self);
        else if (self.OpenChildren == 0) run.Complete(self, null);
    }
}

/// <summary>Branches at once; over with the first or with all of them.</summary>
[Activity("Elsa.Fork")]
internal sealed class Fork : ControlActivity
{
    [Input(Plain = true)] public JoinMode JoinMode { get; set; } = JoinMode.WaitAll;

    public override void Enter(Run run, ActivityInstance self)
    {
        foreach (var branch in run.Node(self).Children) run.Schedule(self, branch);
        if (self.OpenChildren == 0) run.Complete(self, null);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        run.Bind(this, self);
        if (self.Broken || JoinMode == JoinMode.WaitAny) run.CompleteContainer(self);
        else if (self.OpenChildren == 0) run.Complete(self, null);
    }
}

namespace CrmFlow.Engine;

/// <summary>What For, ForEach and While share: one body at a time, and a Break that lets the current body finish (elsa-format §4.4).</summary>
internal abstract class Loop : ControlActivity
{
    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (((CursorState)self.Container!).Breaking)
        {
            run.Complete(self, null);
            return;
        }
        run.Bind(this, self);
        Next(run, self);
    }

    protected abstract void Next(Run run, ActivityInstance self);

    protected static CursorState State(ActivityInstance self) => (CursorState)(self.Container ??= new CursorState());

    /// <summary>Schedules the body with its own variables; without a body the loop is over.</summary>
    protected static void Turn(Run run, ActivityInstance self, params ReadOnlySpan<(string Name, Value Value)> variables)
    {
        var body = run.Node(self).Slot("body");
        if (body < 0)
        {
            run.Complete(self, null);
            return;
        }
        var instance = run.Schedule(self, body);
        foreach (var (name, value) in variables) (instance.Variables ??= [])[name] = value;
    }
}

[Activity("Elsa.While")]
internal sealed class While : Loop
{
    [Input] public bool Condition { get; set; }

    public override void Enter(Run run, ActivityInstance self) => Next(run, self);

    protected override void Next(Run run, ActivityInstance self)
    {
        State(self);
        if (Condition) Turn(run, self);
        else run.Complete(self, null);
    }
}

/// <summary>Counts from start to end; the bounds are those of the moment it was entered.</summary>
[Activity("Elsa.For")]
internal sealed class For : Loop
{
    [Input] public int Start { get; set; }
    [Input] public int End { get; set; }
    [Input] public int Step { get; set; } = 1;
    [Input] public bool OuterBoundInclusive { get; set; } = true;
    [Output] public int CurrentValue { get; private set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        if (self.Container is null)
        {
            if (Step == 0) throw new ExpressionException("The step of a For must not be 0: it would never end.");
            self.Container = new CursorState { Position = Start, End = OuterBoundInclusive ? End : End - Math.Sign(Step), Step = Step };
        }
        Next(run, self);
    }

    protected override void Next(Run run, ActivityInstance self)
    {
        var state = State(self);
        if (state.Step > 0 ? state.Position > state.End : state.Position < state.End)
        {
            run.Complete(self, null);
            return;
        }
        CurrentValue = (int)state.Position;
        state.Position += state.Step;
        run.StoreOutputs(this, self);
        Turn(run, self, ("CurrentValue", CurrentValue));
    }
}

/// <summary>One body per item; the items are read again each turn (elsa-format §7).</summary>
[Activity("Elsa.ForEach")]
internal sealed class ForEach : Loop
{
    [Input] public Value Items { get; set; }
    [Output] public Value CurrentValue { get; private set; }

    public override void Enter(Run run, ActivityInstance self) => Next(run, self);

    protected override void Next(Run run, ActivityInstance self)
    {
        var state = State(self);
        var items = ClrValue.ToList(Items);
        if (state.Position >= items.Count)
        {
            run.Complete(self, null);
            return;
        }
        var index = (int)state.Position++;
        CurrentValue = items[index];
        run.StoreOutputs(this, self);
        Turn(run, self, ("CurrentValue", CurrentValue), ("CurrentIndex", index));
    }
}

/// <summary>All bodies at once, each with its own item.</summary>
[Activity("Elsa.ParallelForEach")]
internal sealed class ParallelForEach : ControlActivity
{
    [Input] public Value Items { get; set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        var body = run.Node(self).Slot("body");
        var items = ClrValue.ToList(Items);
        for (var i = 0; i < items.Count && body >= 0; i++)
            run.Schedule(self, body).Variables = new() { ["CurrentValue"] = items[i], ["CurrentIndex"] = i };
        if (self.OpenChildren == 0) run.Complete(self, null);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (self.OpenChildren == 0) run.Complete(self, null);
    }
}

/// <summary>Leaves the nearest loop; sequences and forks on the way end too. Outside of a loop it only ends its own container.</summary>
[Activity("Elsa.Break")]
internal sealed class Break : ControlActivity
{
    public override void Enter(Run run, ActivityInstance self)
    {
        var passed = new List<ActivityInstance>();
        var scope = self.Parent;
        for (; scope is not null && !IsLoop(run, scope); scope = scope.Parent) passed.Add(scope);
        if (scope is not null)
        {
            ((CursorState)scope.Container!).Breaking = true;
            foreach (var container in passed) container.Broken = true;
        }
        run.Complete(self, null);
    }

    private static bool IsLoop(Run run, ActivityInstance scope) => run.Node(scope).Descriptor is { } d && d.Class.IsSubclassOf(typeof(Loop));
}

namespace CrmFlow.Engine;

/// <summary>
/// Elsa's flowchart in counter mode (elsa-format §4.2): an ordinary merge waits for every branch that can still arrive, dead paths are eliminated,
/// a FlowJoin waits for any or all. Counting per visit makes loops work without tokens.
/// </summary>
[Activity("Elsa.Flowchart")]
internal sealed class Flowchart : ControlActivity
{
    public static readonly Flowchart Instance = new();

    public override void Enter(Run run, ActivityInstance self)
    {
        var chart = run.Node(self).Flowchart!;
        var start = run.TriggerStart(chart) is var trigger and >= 0 ? trigger : chart.Default.Start;
        if (start < 0)
        {
            run.Complete(self, null);
            return;
        }
        var state = new FlowchartState(chart, start);
        self.Container = state;
        Schedule(run, self, chart, state, start, throughBackward: false);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        var node = run.Node(child);
        var chart = run.Node(self).Flowchart!;
        var state = (FlowchartState)self.Container!;
        if (node.IsTerminal)
        {
            run.CompleteContainer(self);
            return;
        }
        if (child.Memo is { } memo && FlowchartReturn.LeadsTo(state.GraphOf(chart), node.Local, outcomes, memo.Address))
            FlowchartReturn.StraightBack(run, self, chart, state, node.Local, memo);
        else
            Propagate(run, self, chart, state, node.Local, Followed.By(outcomes), child.ThroughBackward);
        if (self.OpenChildren == 0) run.Complete(self, null);
    }

    /// <summary>A connection back that some path avoids cannot be counted: the deciding step faults (elsa-format §11, p22b).</summary>
    public static string? RefusesBackward(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        if (self.Container is not FlowchartState state) return null;
        var graph = state.GraphOf(run.Node(self).Flowchart!);
        if (child.Memo is { } memo && FlowchartReturn.LeadsTo(graph, run.Node(child).Local, outcomes, memo.Address)) return null;
        foreach (var c in graph.Edges.Out[run.Node(child).Local])
        {
            if (!graph.Backward[c] || graph.ValidBackward[c] || !Followed.By(outcomes).Takes(graph.Edges.Port[c])) continue;
            var steps = run.Node(self).Flowchart!.Steps;
            return $"Invalid backward connection from '{run.NodeAt(steps[graph.Edges.Source[c]]).Id}' to '{run.NodeAt(steps[graph.Edges.Target[c]]).Id}': every path from the start to the source must pass the target.";
        }
        return null;
    }

    /// <summary>
    /// Counts a completed (or skipped) step's connections and schedules or skips what they lead to. A skipped step is one that completed with no
    /// outcome at all: its own connections are counted before the next of the step before it, on a stack of our own, for paths may be long.
    /// </summary>
    public static void Propagate(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, int node, Followed followed,
        bool throughBackward)
    {
        var graph = state.GraphOf(chart);
        if (!throughBackward) state.Visits[node]++;
        Stack<(int Node, int Next, Followed Followed)>? before = null;
        for (var next = 0; ;)
        {
            if (next == graph.Edges.Out[node].Length)
            {
                if (before is null || !before.TryPop(out var resumed)) return;
                (node, next, followed) = resumed;
                continue;
            }
            var c = graph.Edges.Out[node][next++];
            var taken = followed.Takes(graph.Edges.Port[c]);
            state.Count(c, taken);
            var target = graph.Edges.Target[c];
            if (graph.Backward[c])
            {
                if (taken) Schedule(run, self, chart, state, target, throughBackward: true);
            }
            else if (Arrive(run, self, chart, state, graph, c, target))
            {
                (before ??= new()).Push((node, next, followed));
                (node, next, followed) = (target, 0, Followed.None);
                state.Visits[node]++;
            }
        }
    }

    /// <summary>One connection was counted: by the target's join mode it is scheduled, skipped (true), or waits.</summary>
    private static bool Arrive(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, FlowGraph graph, int connection,
        int target)
    {
        var inbound = graph.ForwardIn[target];
        int min = int.MaxValue, max = 0, taken = 0;
        foreach (var c in inbound)
        {
            var visits = state.ConnectionVisits(c);
            min = Math.Min(min, visits);
            if (visits > max) (max, taken) = (visits, 0);
            if (visits == max && state.WasTaken(c)) taken++;
        }
        var visited = state.Visits[target];
        var anyFollowed = max > visited && taken > 0;
        var mode = chart.JoinModes[target] is { } source ? Mode(run, self, source) : JoinMode.WaitAllActive;
        if (mode == JoinMode.WaitAny)
        {
            // open covers more than queued: a join that cancels its ancestors while it runs must not be started by their paths
            if (state.ConnectionVisits(connection) <= visited || run.IsOpen(self, chart.Steps[target])) return false;
            if (!anyFollowed) return min > visited && Skip();
            Schedule(run, self, chart, state, target, throughBackward: false);
            CancelAncestors(run, self, chart, state, target);
            return false;
        }
        if (min <= visited) return false;
        var goes = mode == JoinMode.WaitAll ? min == max && taken == inbound.Length : anyFollowed;
        if (!goes) return Skip();
        if (!run.IsPending(self, chart.Steps[target])) Schedule(run, self, chart, state, target, throughBackward: false);
        return false;

        bool Skip()
        {
            state.Snapshot(chart, target, throughBackward: false);
            return true;
        }
    }

    /// <summary>
    /// Looks again at steps that may have become ready through a connection from outside the region while its counters were rewound.
    /// </summary>
    public static void Recheck(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, FlowGraph.Region region)
    {
        var graph = state.GraphOf(chart);
        foreach (var node in region.Nodes)
        {
            if (run.IsOpen(self, chart.Steps[node])) continue;
            foreach (var c in graph.ForwardIn[node])
            {
                if (region.Contains[graph.Edges.Source[c]] || state.ConnectionVisits(c) <= state.Visits[node]) continue;
                if (Arrive(run, self, chart, state, graph, c, node)) Propagate(run, self, chart, state, node, Followed.None, throughBackward: false);
                break;
            }
        }
    }

    public static ActivityInstance Schedule(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, int local,
        bool throughBackward)
    {
        state.Snapshot(chart, local, throughBackward);
        state.MarkVisited(local);
        return run.Schedule(self, chart.Steps[local], throughBackward);
    }

    /// <summary>The join is decided: steps still on their way to it are cancelled, and their paths count as not taken.</summary>
    public static void CancelAncestors(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, int target)
    {
        var ancestors = state.GraphOf(chart).AncestorsOf(target);
        // from the start again after each: what a cancelled step no longer holds up may have been scheduled, and is on its way to the join too
        for (var i = 0; i < run.Open.Count; i++)
        {
            var child = run.Open[i];
            if (child.Parent != self || run.Node(child).Local is var local && !ancestors[local]) continue;
            run.Cancel(child);
            Propagate(run, self, chart, state, local, Followed.None, child.ThroughBackward);
            i = -1;
        }
    }

    /// <summary>A mode that cannot be evaluated waits for all; the join then faults on its own input when it is entered.</summary>
    private static JoinMode Mode(Run run, ActivityInstance self, ValueSource source)
    {
        try
        {
            return Enum.TryParse<JoinMode>(source.Evaluate(run.Burst, self).ToText(), ignoreCase: true, out var mode) ? mode : JoinMode.WaitAny;
        }
        catch (ExpressionException)
        {
            return JoinMode.WaitAllActive;
        }
    }
}

internal enum JoinMode { WaitAny, WaitAll, WaitAllActive }

/// <summary>Which ports a completion follows (elsa-format §3.2).</summary>
internal readonly struct Followed
{
    private readonly bool _any;
    private readonly string[]? _outcomes;

    private Followed(bool any, string[]? outcomes) => (_any, _outcomes) = (any, outcomes);

    public static Followed None => default;
    public static Followed By(string[]? outcomes) => new(true, outcomes);

    /// <summary>The default set is {no port, Done}; explicit outcomes match ports exactly, and a connection without port then not at all.</summary>
    public bool Takes(string? port) => _any && (_outcomes is null ? port is null or "Done" : port is not null && Array.IndexOf(_outcomes, port) >= 0);
}

/// <summary>Waits for any or all of its inbound connections; the waiting itself is the flowchart's (elsa-format §4.2).</summary>
[Activity("Elsa.FlowJoin")]
internal sealed class FlowJoin : ControlActivity
{
    [Input] public JoinMode Mode { get; set; }

    public override void Enter(Run run, ActivityInstance self)
    {
        if (self.Parent is { Container: FlowchartState state } parent && Mode == JoinMode.WaitAny)
            Flowchart.CancelAncestors(run, parent, run.Node(parent).Flowchart!, state, run.Node(self).Local);
        run.Complete(self, null);
    }
}

namespace CrmFlow.Engine;

/// <summary>
/// The return primitive on a flowchart's counters (docs/architecture.md). Everything the target leads to is undone: open steps are cancelled,
/// counters rewound to when the target was last decided. What it does not lead to goes on: a branch beside it that has already reached a join
/// stays arrived, so the join fires again when the returned branch comes by.
/// </summary>
internal static class FlowchartReturn
{
    /// <summary>
    /// A step asks for the return (<see cref="ActivityResult.ReturnTo"/>): the nearest flowchart around it that knows the target does it.
    /// </summary>
    public static void Return(Run run, ActivityInstance returner, string target, bool straightBack)
    {
        if (Around(run.Burst.Workflow.Activities, returner, target) is not (var self, var branch, var to))
        {
            run.Fault(returner, $"Cannot return to '{target}': no flowchart around this step has a step of that id.", null);
            return;
        }
        var (state, chart, from) = ((FlowchartState)self.Container!, run.Node(self).Flowchart!, run.Node(branch).Local);
        if (Refusal(chart, state, from, to) is { } refusal)
        {
            run.Fault(returner, $"Cannot return to '{target}': {refusal}", null);
            return;
        }
        var reopen = new ReopenedStep(from, branch.ThroughBackward, branch.Memo);
        Run.RecordReturn(returner, target, straightBack);
        run.End(returner, JournalEvent.Returned, null);
        if (branch != returner) run.Cancel(branch);
        Go(run, self, chart, state, to, straightBack ? from : -1, reopen);
    }

    public static bool CanReturn(Burst burst, ActivityInstance returner, string target)
    {
        var nodes = burst.Workflow.Activities;
        return Around(nodes, returner, target) is (var self, var branch, var to)
            && Refusal(nodes[self.Node].Flowchart!, (FlowchartState)self.Container!, nodes[branch.Node].Local, to) is null;
    }

    /// <summary>The nearest flowchart around a step that has the target among its steps, and the step of that flowchart the returner is in.</summary>
    private static (ActivityInstance Flowchart, ActivityInstance Branch, int Target)? Around(CompiledActivity[] nodes, ActivityInstance returner,
        string target)
    {
        var branch = returner;
        for (var self = returner.Parent; self is not null; branch = self, self = self.Parent)
            if (self.Container is FlowchartState && nodes[self.Node].Flowchart is { } chart && Local(nodes, chart, target) is var to and >= 0)
                return (self, branch, to);
        return null;
    }

    private static string? Refusal(CompiledFlowchart chart, FlowchartState state, int from, int to)
    {
        if (!state.WasVisited(to)) return "it was never visited.";
        var graph = state.GraphOf(chart);
        // beside each other in a fork: the returner's own branch would be left hanging
        return graph.From(to).Contains[from] || graph.From(from).Contains[to] ? null : "it lies on a parallel branch.";
    }

    /// <summary>
    /// A return from outside (<see cref="WorkflowRunner.ReturnAsync"/>) on one open instance; false when it is no flowchart that can do it.
    /// </summary>
    public static bool TryReturn(Run run, ActivityInstance self, string target, string? returnAddress)
    {
        if (self.Container is not FlowchartState state || run.Node(self).Flowchart is not { } chart) return false;
        var nodes = run.Burst.Workflow.Activities;
        var to = Local(nodes, chart, target);
        var address = returnAddress is null ? -1 : Local(nodes, chart, returnAddress);
        if (to < 0 || !state.WasVisited(to)) return false;
        if (returnAddress is not null && (address < 0 || !state.GraphOf(chart).From(to).Contains[address])) return false;
        Run.RecordReturn(self, target, returnAddress is not null);
        run.Write(self, JournalEvent.Returned);
        Go(run, self, chart, state, to, address, null);
        return true;
    }

    private static int Local(CompiledActivity[] nodes, CompiledFlowchart chart, string id) => Array.FindIndex(chart.Steps, s => nodes[s].Id == id);

    /// <param name="address">Local index of the step to continue at when the target is done; -1 for its connections.</param>
    /// <param name="returner">The step that returned and is already gone, to be reopened on the way straight back; null for a return from
    /// outside.</param>
    private static void Go(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, int to, int address, ReopenedStep? returner)
    {
        // a step that returns to itself is asked again and keeps the way home it had
        var (again, home) = (returner?.Node == to, returner?.Memo);
        if (again) address = -1;
        var region = state.GraphOf(chart).From(to);
        var counters = address >= 0 ? state.Read(region) : null;
        var reopen = new List<ReopenedStep>();
        if (returner is not null) reopen.Add(returner);
        CancelIn(run, self, region, reopen);
        state.Write(region, state.Snapshots?[to]);
        var instance = Flowchart.Schedule(run, self, chart, state, to, state.CameBackward(to));
        instance.Memo = counters is not null ? new ReturnMemo(address, counters, [.. reopen]) : again ? home : null;
        instance.ReturnAddress = instance.Memo is { } memo ? run.NodeAt(chart.Steps[memo.Address]).Id : null;
    }

    private static void CancelIn(Run run, ActivityInstance self, FlowGraph.Region region, List<ReopenedStep> canceled)
    {
        for (var i = run.Open.Count - 1; i >= 0; i = Math.Min(i, run.Open.Count) - 1)
        {
            var child = run.Open[i];
            if (child.Parent != self || !region.Contains[run.Node(child).Local]) continue;
            canceled.Add(new ReopenedStep(run.Node(child).Local, child.ThroughBackward, child.Memo));
            run.Cancel(child);
        }
    }

    /// <summary>
    /// Whether a step that owes a straight way back takes it: any outcome whose connection leads towards the address does; one that leads
    /// elsewhere (withdraw, terminate) is followed as drawn.
    /// </summary>
    public static bool LeadsTo(FlowGraph graph, int node, string[]? outcomes, int address)
    {
        var followed = Followed.By(outcomes);
        var any = false;
        foreach (var c in graph.Edges.Out[node])
        {
            if (!followed.Takes(graph.Edges.Port[c])) continue;
            any = true;
            if (!graph.Backward[c] && graph.From(graph.Edges.Target[c]).Contains[address]) return true;
        }
        return !any && outcomes is null;
    }

    /// <summary>The target of a straight-back return is done: what the return undid is put back, and its steps are asked again.</summary>
    public static void StraightBack(Run run, ActivityInstance self, CompiledFlowchart chart, FlowchartState state, int node, ReturnMemo memo)
    {
        var graph = state.GraphOf(chart);
        var region = graph.From(node);
        CancelIn(run, self, region, []);
        state.Write(region, memo.Counters);

        var addressOpen = Array.Exists(memo.Reopen, r => r.Node == memo.Address);
        var rewound = addressOpen ? null : graph.From(memo.Address);
        if (rewound is not null)
        {
            CancelIn(run, self, rewound, []);
            state.Write(rewound, state.Snapshots?[memo.Address]);
            Flowchart.Schedule(run, self, chart, state, memo.Address, state.CameBackward(memo.Address));
        }
        foreach (var step in memo.Reopen)
        {
            if (rewound?.Contains[step.Node] == true) continue;
            var instance = Flowchart.Schedule(run, self, chart, state, step.Node, step.ThroughBackward);
            instance.Memo = step.Memo;
            if (step.Memo is { } own) instance.ReturnAddress = run.NodeAt(chart.Steps[own.Address]).Id;
        }
        Flowchart.Recheck(run, self, chart, state, region);
    }
}

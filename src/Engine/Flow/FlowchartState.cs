namespace CrmFlow.Engine;

/// <summary>
/// What a running flowchart counts: visits per step and connection, which connections were taken last, and, where a return could need them, the
/// counters as they were when a step was last decided. Local indexes of <see cref="CompiledFlowchart"/>.
/// </summary>
internal sealed class FlowchartState : ContainerState
{
    private const byte Visited = 1, ThroughBackward = 2;

    private FlowGraph? _graph;

    public FlowchartState(CompiledFlowchart chart, int start)
        : this(start, new int[chart.Steps.Length], new int[chart.Edges.Count], new byte[chart.Steps.Length], null) { }

    public FlowchartState(int start, int[] visits, int[] connections, byte[] flags, int[]?[]? snapshots) =>
        (Start, Visits, Connections, Flags, Snapshots) = (start, visits, connections, flags, snapshots);

    public int Start { get; }
    public int[] Visits { get; }
    /// <summary>Per connection: visits × 2, plus 1 when it was taken the last time.</summary>
    public int[] Connections { get; }
    public byte[] Flags { get; }
    /// <summary>Per step, the counters of everything it leads to at the moment it was last decided; null when they were all zero.</summary>
    public int[]?[]? Snapshots { get; private set; }

    public FlowGraph GraphOf(CompiledFlowchart chart) => _graph ??= chart.GraphFrom(Start);

    public int ConnectionVisits(int connection) => Connections[connection] >> 1;
    public bool WasTaken(int connection) => (Connections[connection] & 1) != 0;
    public void Count(int connection, bool taken) => Connections[connection] = (Connections[connection] >> 1) + 1 << 1 | (taken ? 1 : 0);

    public void MarkVisited(int node) => Flags[node] |= Visited;
    /// <summary>The step was really scheduled, not merely skipped: a return may go there.</summary>
    public bool WasVisited(int node) => (Flags[node] & Visited) != 0;
    public bool CameBackward(int node) => (Flags[node] & ThroughBackward) != 0;

    /// <summary>Remembers, at the moment a step is scheduled or skipped, what a return to it would have to restore.</summary>
    public void Snapshot(CompiledFlowchart chart, int node, bool throughBackward)
    {
        Flags[node] = (byte)(throughBackward ? Flags[node] | ThroughBackward : Flags[node] & ~ThroughBackward);
        var graph = GraphOf(chart);
        if (!graph.NeedsSnapshots) return;
        var region = graph.From(node);
        var any = false;
        foreach (var n in region.Nodes) any |= Visits[n] != 0;
        foreach (var c in region.Connections) any |= Connections[c] != 0;
        if (!any)
        {
            if (Snapshots is not null) Snapshots[node] = null;
            return;
        }
        var counters = (Snapshots ??= new int[]?[Visits.Length])[node] ??= new int[region.Nodes.Length + region.Connections.Length];
        Read(region, counters);
    }

    /// <summary>Puts the counters of everything a step leads to back to when it was last decided.</summary>
    public void Rewind(CompiledFlowchart chart, int node) => Write(GraphOf(chart).From(node), Snapshots?[node]);

    public int[] Read(FlowGraph.Region region)
    {
        var counters = new int[region.Nodes.Length + region.Connections.Length];
        Read(region, counters);
        return counters;
    }

    private void Read(FlowGraph.Region region, int[] counters)
    {
        var i = 0;
        foreach (var n in region.Nodes) counters[i++] = Visits[n];
        foreach (var c in region.Connections) counters[i++] = Connections[c];
    }

    /// <param name="counters">As read before; null for all zero.</param>
    public void Write(FlowGraph.Region region, int[]? counters)
    {
        var i = 0;
        foreach (var n in region.Nodes) Visits[n] = counters?[i++] ?? 0;
        foreach (var c in region.Connections) Connections[c] = counters?[i++] ?? 0;
    }
}

/// <summary>What a "straight back" return undoes when its target is done: counters and steps as they stood when the return was made.</summary>
/// <param name="Address">Local index of the step to continue at.</param>
/// <param name="Counters">Counters of everything the target leads to.</param>
/// <param name="Reopen">Steps the return cancelled, the address among them when it was open.</param>
internal sealed record ReturnMemo(int Address, int[] Counters, ReopenedStep[] Reopen);

/// <param name="Node">Local index.</param>
/// <param name="ThroughBackward">How it had been scheduled.</param>
/// <param name="Memo">Its own way back, when it was itself the target of a straight-back return.</param>
internal sealed record ReopenedStep(int Node, bool ThroughBackward, ReturnMemo? Memo);

namespace CrmFlow.Engine;

/// <summary>
/// The connections of one flowchart as seen from one start node: which lead forward, which back (elsa-format §4.1). Nodes and connections are
/// local indexes in list order. Immutable; shared by all instances.
/// </summary>
internal sealed class FlowGraph
{
    public required FlowEdges Edges { get; init; }
    /// <summary>Local index of the start node; -1 for an empty flowchart.</summary>
    public required int Start { get; init; }
    public required bool[] Backward { get; init; }
    /// <summary>Of backward connections: every forward path from the start to the source passes the target.</summary>
    public required bool[] ValidBackward { get; init; }
    /// <summary>Per node, its inbound forward connections.</summary>
    public required int[][] ForwardIn { get; init; }
    /// <summary>Per node, whether the start leads to it.</summary>
    public required bool[] Reachable { get; init; }

    /// <summary>
    /// True when counters downstream of a step can be above zero at the moment it is decided: a loop may come round again, or a WaitAny join may
    /// have run ahead. Only then a return needs recorded counters; otherwise they were all zero.
    /// </summary>
    public required bool NeedsSnapshots { get; init; }

    private readonly Region?[] _regions;
    private readonly bool[]?[] _ancestors;

    private FlowGraph(int nodes) => (_regions, _ancestors) = (new Region?[nodes], new bool[]?[nodes]);

    /// <summary>Everything a return to a node resets: the nodes forward-reachable from it (itself included) and their outgoing connections.</summary>
    public sealed record Region(bool[] Contains, int[] Nodes, int[] Connections);

    public Region From(int node)
    {
        if (_regions[node] is { } known) return known;
        var contains = Walk(node, forward: true);
        contains[node] = true;
        var nodes = Indexes(contains);
        var connections = nodes.SelectMany(n => Edges.Out[n]).Order().ToArray();
        return _regions[node] = new Region(contains, nodes, connections); // two threads may both build it: the same result
    }

    /// <summary>Nodes from which forward connections lead to the node, itself not included.</summary>
    public bool[] AncestorsOf(int node)
    {
        if (_ancestors[node] is { } known) return known;
        var contains = Walk(node, forward: false);
        contains[node] = false;
        return _ancestors[node] = contains;
    }

    private bool[] Walk(int from, bool forward)
    {
        var seen = new bool[Edges.NodeCount];
        var stack = new Stack<int>([from]);
        while (stack.TryPop(out var node))
        {
            foreach (var c in forward ? Edges.Out[node] : ForwardIn[node])
            {
                if (Backward[c]) continue;
                var next = forward ? Edges.Target[c] : Edges.Source[c];
                if (seen[next]) continue;
                seen[next] = true;
                stack.Push(next);
            }
        }
        return seen;
    }

    private static int[] Indexes(bool[] set) => [.. Enumerable.Range(0, set.Length).Where(i => set[i])];

    public static FlowGraph Build(FlowEdges edges, int start, bool mayRunAhead)
    {
        var count = edges.NodeCount;
        var backward = new bool[edges.Count];
        Array.Fill(backward, true);
        var reachable = new bool[count];
        if (start >= 0) Classify(edges, start, backward, reachable);

        var forwardIn = new List<int>[count];
        for (var n = 0; n < count; n++) forwardIn[n] = [];
        for (var c = 0; c < edges.Count; c++)
            if (!backward[c]) forwardIn[edges.Target[c]].Add(c);

        var valid = new bool[edges.Count];
        for (var c = 0; c < edges.Count; c++)
            valid[c] = backward[c]
                && (edges.Source[c] == edges.Target[c] || !Reaches(edges, backward, start, edges.Source[c], without: edges.Target[c]));

        return new FlowGraph(count)
        {
            Edges = edges,
            Start = start,
            Backward = backward,
            ValidBackward = valid,
            ForwardIn = [.. forwardIn.Select(l => l.ToArray())],
            Reachable = reachable,
            NeedsSnapshots = mayRunAhead || Enumerable.Range(0, edges.Count).Any(c => backward[c] && reachable[edges.Source[c]]),
        };
    }

    /// <summary>
    /// Breadth first in list order: a connection is forward unless those accepted so far already lead from its target to its source, or it is a
    /// self-loop.
    /// </summary>
    private static void Classify(FlowEdges edges, int start, bool[] backward, bool[] reachable)
    {
        var queue = new Queue<int>([start]);
        reachable[start] = true;
        while (queue.TryDequeue(out var node))
        {
            foreach (var c in edges.Out[node])
            {
                var target = edges.Target[c];
                // What was not reached yet has no accepted connection of its own and leads nowhere: without this a chain would cost the square of its
                // length.
                if (target == node || reachable[target] && Reaches(edges, backward, target, node, without: -1)) continue;
                backward[c] = false;
                if (reachable[target]) continue;
                reachable[target] = true;
                queue.Enqueue(target);
            }
        }
    }

    private static bool Reaches(FlowEdges edges, bool[] backward, int from, int to, int without)
    {
        if (from == without || from < 0) return false;
        if (from == to) return true;
        var seen = new bool[edges.NodeCount];
        seen[from] = true;
        var stack = new Stack<int>([from]);
        while (stack.TryPop(out var node))
        {
            foreach (var c in edges.Out[node])
            {
                var next = edges.Target[c];
                if (backward[c] || seen[next] || next == without) continue;
                if (next == to) return true;
                seen[next] = true;
                stack.Push(next);
            }
        }
        return false;
    }
}

/// <summary>The connections of one flowchart between its known steps, whatever the start.</summary>
internal sealed class FlowEdges
{
    public required int NodeCount { get; init; }
    public required int[] Source { get; init; }
    public required int[] Target { get; init; }
    /// <summary>Source port; null when the connection names none.</summary>
    public required string?[] Port { get; init; }
    /// <summary>Per node, its outgoing connections in list order.</summary>
    public required int[][] Out { get; init; }
    public int Count => Source.Length;

    public static FlowEdges Of(int nodes, IReadOnlyList<(int Source, string? Port, int Target)> connections)
    {
        var outgoing = new List<int>[nodes];
        for (var n = 0; n < nodes; n++) outgoing[n] = [];
        for (var c = 0; c < connections.Count; c++) outgoing[connections[c].Source].Add(c);
        return new FlowEdges
        {
            NodeCount = nodes,
            Source = [.. connections.Select(c => c.Source)],
            Target = [.. connections.Select(c => c.Target)],
            Port = [.. connections.Select(c => c.Port)],
            Out = [.. outgoing.Select(l => l.ToArray())],
        };
    }
}

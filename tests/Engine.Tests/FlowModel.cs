namespace CrmFlow.Engine.Tests;

/// <summary>
/// What a flowchart means, said without counters: every step is undecided, open, done or skipped, every connection unknown, taken or not taken.
/// A loop or a return makes everything behind its target undecided again. The engine, which counts visits, must agree.
/// </summary>
internal sealed class FlowModel(FlowModel.Graph graph)
{
    public enum Kind { Task, Any, All, Active }

    public sealed record Edge(int From, string Port, int To, bool Back = false);

    public sealed record Graph(Kind[] Nodes, Edge[] Edges)
    {
        public bool[] From(int node) => Walk(node, e => e.From, e => e.To);
        public bool[] Above(int node) => Walk(node, e => e.To, e => e.From);

        /// <summary>A random drawing without loops: everything hangs on step 0, which is a task.</summary>
        public static Graph Make(Random random, int count)
        {
            var kinds = new Kind[count];
            for (var n = 1; n < count; n++) kinds[n] = random.Next(7) switch { 0 => Kind.Any, 1 => Kind.All, 2 => Kind.Active, _ => Kind.Task };
            var edges = new List<Edge>();
            void Connect(int from, int to)
            {
                var port = kinds[from] != Kind.Task || random.Next(5) < 3 ? "Done" : random.Next(2) == 0 ? "X" : "Y";
                if (!edges.Exists(e => e.From == from && e.To == to)) edges.Add(new Edge(from, port, to));
            }
            for (var n = 1; n < count; n++) Connect(random.Next(Math.Max(0, n - 4), n), n);
            for (var extra = random.Next(count); extra > 0; extra--)
            {
                var to = random.Next(1, count);
                Connect(random.Next(to), to);
            }
            return new Graph(kinds, [.. edges.OrderBy(_ => random.Next())]);
        }

        private bool[] Walk(int node, Func<Edge, int> from, Func<Edge, int> to)
        {
            var seen = new bool[Nodes.Length];
            seen[node] = true;
            for (var changed = true; changed;)
            {
                changed = false;
                foreach (var e in Edges.Where(e => !e.Back && seen[from(e)] && !seen[to(e)])) changed = seen[to(e)] = true;
            }
            return seen;
        }
    }

    private enum State { Undecided, Open, Done, Skipped }

    private sealed record Memo(int Address, State[] Nodes, bool?[] Edges, List<(int Node, Memo? Memo)> Reopen);

    private readonly State[] _nodes = new State[graph.Nodes.Length];
    private readonly bool?[] _edges = new bool?[graph.Edges.Length];
    private readonly Memo?[] _memos = new Memo?[graph.Nodes.Length];
    private readonly int[] _times = new int[graph.Nodes.Length];
    private readonly Queue<int> _queue = new();

    public IEnumerable<int> Open => Enumerable.Range(0, _nodes.Length).Where(n => _nodes[n] == State.Open);
    public bool Visited(int node) => _times[node] > 0;
    /// <summary>How often it was begun: open again is not open still.</summary>
    public int Times(int node) => _times[node];

    public FlowModel Clone()
    {
        var copy = new FlowModel(graph);
        _nodes.CopyTo(copy._nodes, 0);
        _edges.CopyTo(copy._edges, 0);
        _memos.CopyTo(copy._memos, 0);
        _times.CopyTo(copy._times, 0);
        return copy;
    }

    public void Start()
    {
        Schedule(0);
        Run();
    }

    public void Complete(int node, string[] outcomes)
    {
        Finish(node, outcomes);
        Run();
    }

    public void Return(int from, int to, bool straight)
    {
        var region = graph.From(to);
        var memo = from == to ? _memos[from] : straight
            ? new Memo(from, [.. _nodes], [.. _edges], [.. Open.Where(n => region[n]).Select(n => (n, _memos[n]))]) : null;
        Reset(region);
        Schedule(to);
        _memos[to] = memo;
        Run();
    }

    private void Run()
    {
        while (_queue.TryDequeue(out var node))
        {
            if (_nodes[node] != State.Open || graph.Nodes[node] == Kind.Task) continue;
            if (graph.Nodes[node] == Kind.Any) CancelAbove(node);
            Finish(node, ["Done"]);
        }
    }

    private void Schedule(int node)
    {
        _nodes[node] = State.Open;
        _times[node]++;
        _memos[node] = null;
        _queue.Enqueue(node);
    }

    private void Finish(int node, string[] outcomes)
    {
        var taken = graph.Edges.Where(e => e.From == node && outcomes.Contains(e.Port)).ToList();
        if (_memos[node] is { } memo && (taken.Any(e => !e.Back && graph.From(e.To)[memo.Address]) || taken.Count == 0 && outcomes is ["Done"]))
        {
            GoStraightBack(node, memo);
            return;
        }
        _nodes[node] = State.Done;
        _memos[node] = null;
        Leave(node, e => outcomes.Contains(e.Port));
    }

    private void Skip(int node)
    {
        _nodes[node] = State.Skipped;
        Leave(node, _ => false);
    }

    private void Leave(int node, Func<Edge, bool> takes)
    {
        for (var i = 0; i < graph.Edges.Length; i++)
        {
            var edge = graph.Edges[i];
            if (edge.From != node) continue;
            var taken = takes(edge);
            if (edge.Back)
            {
                if (!taken) continue;
                Reset(graph.From(edge.To));
                Schedule(edge.To);
                continue;
            }
            _edges[i] = taken;
            Decide(edge.To);
        }
    }

    private void Decide(int node)
    {
        if (_nodes[node] != State.Undecided) return;
        var inbound = Enumerable.Range(0, graph.Edges.Length).Where(i => !graph.Edges[i].Back && graph.Edges[i].To == node).Select(i => _edges[i])
            .ToList();
        if (graph.Nodes[node] == Kind.Any && inbound.Contains(true))
        {
            Schedule(node);
            CancelAbove(node);
            return;
        }
        if (inbound.Contains(null)) return;
        if (graph.Nodes[node] == Kind.All ? !inbound.Contains(false) : inbound.Contains(true)) Schedule(node);
        else Skip(node);
    }

    private void CancelAbove(int join)
    {
        var above = graph.Above(join);
        for (var n = 0; n < _nodes.Length; n++)
        {
            if (n == join || !above[n] || _nodes[n] != State.Open) continue;
            Skip(n);
            n = -1;
        }
    }

    private void Reset(bool[] region)
    {
        for (var n = 0; n < region.Length; n++)
            if (region[n]) (_nodes[n], _memos[n]) = (State.Undecided, null);
        for (var i = 0; i < _edges.Length; i++)
            if (region[graph.Edges[i].From]) _edges[i] = null;
    }

    private void GoStraightBack(int node, Memo memo)
    {
        var region = graph.From(node);
        for (var n = 0; n < region.Length; n++)
            if (region[n]) _nodes[n] = memo.Nodes[n] == State.Open ? State.Undecided : memo.Nodes[n];
        for (var i = 0; i < _edges.Length; i++)
            if (region[graph.Edges[i].From]) _edges[i] = memo.Edges[i];
        foreach (var (reopened, own) in memo.Reopen)
        {
            Schedule(reopened);
            _memos[reopened] = own;
        }
        _memos[node] = null;
        for (var n = 0; n < region.Length; n++)
            if (region[n] && graph.Edges.Any(e => e.To == n && !region[e.From])) Decide(n);
    }
}

using CrmFlow.Engine.Tests;
using static CrmFlow.Engine.Tests.FlowModel;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// A random process of nested blocks. What it is as a definition and what it means (<see cref="BlockModel"/>) are written down separately.
/// </summary>
internal abstract record Block(string Id)
{
    public sealed record Ask(string Id) : Block(Id);
    public sealed record Sequence(string Id, Block[] Items) : Block(Id);
    public sealed record Parallel(string Id, Block[] Items) : Block(Id);
    public sealed record Fork(string Id, bool WaitsForAny, Block[] Branches) : Block(Id);
    public sealed record Choice(string Id, bool Condition, Block Then, Block Else) : Block(Id);
    public sealed record Loop(string Id, int Turns, Block Body) : Block(Id);
    /// <param name="Nodes">Null where the drawing has a join.</param>
    public sealed record Chart(string Id, Graph Graph, Block?[] Nodes) : Block(Id);

    private const int MostNodes = 40, MostDepth = 4;

    public static Chart Make(Random random)
    {
        while (true)
        {
            var count = 0;
            var root = (Chart)Make(random, 0, ref count);
            if (count <= MostNodes) return root;
        }
    }

    private static Block Make(Random random, int depth, ref int count)
    {
        var id = $"b{count++}";
        var kind = depth == 0 ? 6 : depth == MostDepth ? 0 : random.Next(12);
        return kind switch
        {
            1 => new Sequence(id, Some(random, depth, ref count)),
            2 => new Parallel(id, Some(random, depth, ref count)),
            3 => new Fork(id, random.Next(2) == 0, Some(random, depth, ref count)),
            4 => new Choice(id, random.Next(2) == 0, Make(random, depth + 1, ref count), Make(random, depth + 1, ref count)),
            5 => new Loop(id, random.Next(1, 4), Make(random, depth + 1, ref count)),
            6 or 7 => MakeChart(random, id, depth, ref count),
            _ => new Ask(id),
        };
    }

    private static Block[] Some(Random random, int depth, ref int count)
    {
        var some = new Block[random.Next(2, 4)];
        for (var i = 0; i < some.Length; i++) some[i] = Make(random, depth + 1, ref count);
        return some;
    }

    private static Chart MakeChart(Random random, string id, int depth, ref int count)
    {
        var graph = Graph.Make(random, random.Next(3, 7));
        var nodes = new Block?[graph.Nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
            if (graph.Nodes[i] == Kind.Task) nodes[i] = Make(random, depth + 1, ref count);
            else count++;
        // Only a task answers with ports of its own; a container is done.
        return new Chart(id, graph with { Edges = [.. graph.Edges.Select(e => nodes[e.From] is Ask ? e : e with { Port = "Done" })] }, nodes);
    }

    public static string Json(Block block) => block switch
    {
        Sequence s => $$"""{"id":"{{s.Id}}","type":"Elsa.Sequence","activities":{{List(s.Items)}}}""",
        Parallel p => $$"""{"id":"{{p.Id}}","type":"Elsa.Parallel","activities":{{List(p.Items)}}}""",
        Fork f => $$"""{"id":"{{f.Id}}","type":"Elsa.Fork","joinMode":"{{(f.WaitsForAny ? "WaitAny" : "WaitAll")}}","branches":{{List(f.Branches)}}}""",
        Choice c => $$"""{"id":"{{c.Id}}","type":"Elsa.If","condition":{{Scenario.Literal("Boolean", c.Condition ? "true" : "false")}},"then":{{Json(c.Then)}},"else":{{Json(c.Else)}}}""",
        Loop l => $$"""{"id":"{{l.Id}}","type":"Elsa.For","start":{{Scenario.Literal("Int32", "1")}},"end":{{Scenario.Literal("Int32", $"{l.Turns}")}},"body":{{Json(l.Body)}}}""",
        Chart c => $$"""
            {"id":"{{c.Id}}","type":"Elsa.Flowchart","activities":[{{string.Join(',', c.Nodes.Select((n, i) => n is null ? Scenario.Step($"{NodeId(c, i)}:{c.Graph.Nodes[i]}") : Json(n)))}}],
            "connections":[{{string.Join(',', c.Graph.Edges.Select(e => $$$"""{"source":{"activity":"{{{NodeId(c, e.From)}}}","port":"{{{e.Port}}}"},"target":{"activity":"{{{NodeId(c, e.To)}}}"} }"""))}}]}
            """,
        _ => $$"""{"id":"{{block.Id}}","type":"Test.Ask"}""",
    };

    private static string NodeId(Chart chart, int node) => chart.Nodes[node]?.Id ?? $"{chart.Id}j{node}";
    private static string List(Block[] blocks) => $"[{string.Join(',', blocks.Select(Json))}]";
}

/// <summary>
/// What nested blocks mean, with the flowcharts' part in <see cref="FlowModel"/>: which tasks are open after each answer and each return.
/// </summary>
internal sealed class BlockModel
{
    private sealed class Node(Block block, Node? parent, int index)
    {
        public Block Block => block;
        public Node? Parent => parent;
        /// <summary>Place in the parent's drawing.</summary>
        public int Index => index;
        public List<Node> Children { get; } = [];
        public int Position { get; set; }
        public FlowModel? Flow { get; init; }
        /// <summary>Which beginning of its place in the drawing this is.</summary>
        public int Times { get; init; }
    }

    private readonly Node _root;

    public BlockModel(Block.Chart root)
    {
        _root = new Node(root, null, 0) { Flow = new FlowModel(root.Graph) };
        Enter(_root);
    }

    public bool IsFinished { get; private set; }
    public IReadOnlyList<string> Open => [.. Leaves(_root).Select(l => l.Block.Id).Order(StringComparer.Ordinal)];

    public void Answer(string id, string[] outcomes) => Done(Leaf(id), outcomes);

    /// <summary>Where a task may go back to: steps before it that were begun, in any drawing around it.</summary>
    public List<string> TargetsOf(string id)
    {
        var targets = new List<string>();
        for (var branch = Leaf(id); branch.Parent is { } chart; branch = chart)
        {
            if (chart.Block is not Block.Chart { Graph: var graph, Nodes: var nodes }) continue;
            targets.AddRange(Enumerable.Range(0, nodes.Length)
                .Where(t => nodes[t] is not null && chart.Flow!.Visited(t) && graph.From(t)[branch.Index]).Select(t => nodes[t]!.Id));
        }
        return targets;
    }

    public void Return(string id, string target, bool straight)
    {
        var branch = Leaf(id);
        while (branch.Parent is not { Block: Block.Chart around } || !Array.Exists(around.Nodes, n => n?.Id == target)) branch = branch.Parent!;
        var chart = branch.Parent!;
        chart.Flow!.Return(branch.Index, Array.FindIndex(((Block.Chart)chart.Block).Nodes, n => n?.Id == target), straight);
        Follow(chart);
    }

    private Node Leaf(string id) => Leaves(_root).Single(l => l.Block.Id == id);
    private IEnumerable<Node> Leaves(Node node) => IsFinished ? [] : node.Block is Block.Ask ? [node] : node.Children.SelectMany(Leaves);

    private void Begin(Node parent, Block block, int index = 0)
    {
        var child = new Node(block, parent, index) { Flow = block is Block.Chart c ? new FlowModel(c.Graph) : null,
            Times = parent.Flow?.Times(index) ?? 0 };
        parent.Children.Add(child);
        Enter(child);
    }

    /// <summary>Every block opens at least one task, so none is done while it is being entered.</summary>
    private void Enter(Node node)
    {
        switch (node.Block)
        {
            case Block.Sequence s: Begin(node, s.Items[0]); break;
            case Block.Parallel p: Array.ForEach(p.Items, i => Begin(node, i)); break;
            case Block.Fork f: Array.ForEach(f.Branches, b => Begin(node, b)); break;
            case Block.Choice c: Begin(node, c.Condition ? c.Then : c.Else); break;
            case Block.Loop l: Begin(node, l.Body); break;
            case Block.Chart:
                node.Flow!.Start();
                Follow(node);
                break;
        }
    }

    private void Done(Node node, string[] outcomes)
    {
        if (node.Parent is not { } parent)
        {
            IsFinished = true;
            return;
        }
        parent.Children.Remove(node);
        switch (parent.Block)
        {
            case Block.Sequence s when ++parent.Position < s.Items.Length: Begin(parent, s.Items[parent.Position]); break;
            case Block.Loop l when ++parent.Position < l.Turns: Begin(parent, l.Body); break;
            case Block.Parallel or Block.Fork { WaitsForAny: false } when parent.Children.Count > 0: break;
            case Block.Chart:
                parent.Flow!.Complete(node.Index, outcomes);
                Follow(parent);
                break;
            default:
                parent.Children.Clear();
                Done(parent, ["Done"]);
                break;
        }
    }

    /// <summary>Takes away what the drawing closed and begins what it opened.</summary>
    private void Follow(Node chart)
    {
        var open = chart.Flow!.Open.ToList();
        chart.Children.RemoveAll(c => !open.Contains(c.Index) || c.Times != chart.Flow.Times(c.Index));
        foreach (var index in open.Where(i => !chart.Children.Exists(c => c.Index == i)))
            Begin(chart, ((Block.Chart)chart.Block).Nodes[index]!, index);
        if (open.Count == 0) Done(chart, ["Done"]);
    }
}

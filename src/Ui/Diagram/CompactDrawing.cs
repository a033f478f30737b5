namespace CrmFlow.Ui;

/// <summary>The small drawing of a task page: only the steps people do (and any that is stuck), in one glance from left to right.</summary>
internal static class CompactDrawing
{
    public static FlowDrawing Of(FlowDrawing drawing, ProcessTrace trace)
    {
        var kept = drawing.Nodes.Where(n => n.Kind == StepKind.Human || trace[n.Id].State is StepState.Incident or StepState.Waiting).ToList();
        var ids = kept.Select(n => n.Id).ToHashSet();
        var edges = new List<FlowEdge>();
        foreach (var node in kept)
        {
            // through the steps left out to the next one kept
            var seen = new HashSet<string>();
            var open = new Queue<(string Id, string? Port, bool Backward)>(drawing.Edges.Where(e => e.Source == node.Id)
                .Select(e => (e.Target, e.Port, e.IsBackward)));
            while (open.TryDequeue(out var at))
            {
                if (ids.Contains(at.Id))
                {
                    if (at.Id != node.Id && !edges.Exists(e => e.Source == node.Id && e.Target == at.Id))
                        edges.Add(new FlowEdge(node.Id, at.Port, at.Id, at.Backward));
                }
                else if (seen.Add(at.Id))
                    foreach (var next in drawing.Edges.Where(e => e.Source == at.Id))
                        open.Enqueue((next.Target, at.Port, at.Backward || next.IsBackward));
            }
        }
        // a way round optional steps says little at this size; the full drawing has it
        edges.RemoveAll(e => !e.IsBackward && edges.Exists(a => a.Source == e.Source && !a.IsBackward && a != e && Reaches(a.Target, e.Target)));

        var sizes = kept.Select(n => (n.Id, (Width: Math.Max(64, TextWidth(n.Text) + 24), Height: 32.0))).ToList();
        var positions = AutoLayout.Positions(sizes, edges, columnGap: 26, rowGap: 12);
        return new FlowDrawing([.. kept.Select((n, i) => n with { Box = new Box(positions[n.Id].X, positions[n.Id].Y, sizes[i].Item2.Width, 32) })],
            edges);

        bool Reaches(string from, string to)
        {
            var seen = new HashSet<string>();
            var open = new Stack<string>([from]);
            while (open.TryPop(out var id))
            {
                if (id == to) return true;
                foreach (var edge in edges)
                    if (edge.Source == id && !edge.IsBackward && seen.Add(edge.Target)) open.Push(edge.Target);
            }
            return false;
        }
    }

    /// <summary>Near enough for a box round 12 px text: a Chinese sign is as wide as high, others about half.</summary>
    internal static double TextWidth(string text) => text.Sum(c => c < 0x2E80 ? 7.0 : 12.5);
}

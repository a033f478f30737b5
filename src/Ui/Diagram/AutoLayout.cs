namespace CrmFlow.Ui;

/// <summary>Places steps left to right: a column per distance from the start, neighbours on one height where that is possible.</summary>
internal static class AutoLayout
{
    public static Dictionary<string, Dot> Positions(IReadOnlyList<(string Id, (double Width, double Height) Size)> steps, IReadOnlyList<FlowEdge> edges, double columnGap, double rowGap)
    {
        var column = steps.ToDictionary(s => s.Id, _ => 0);
        var forward = edges.Where(e => !e.IsBackward).ToList();
        // longest path; forward edges have no circle, so as many passes as steps settle it
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var edge in forward)
                if (column[edge.Target] < column[edge.Source] + 1)
                {
                    column[edge.Target] = column[edge.Source] + 1;
                    changed = true;
                }
        }

        var positions = new Dictionary<string, Dot>();
        double x = 40;
        var slot = new Dictionary<string, double>();
        foreach (var group in steps.GroupBy(s => column[s.Id]).OrderBy(g => g.Key))
        {
            var width = group.Max(s => s.Size.Width);
            // near the middle of where they come from, in that order; pushed apart where they would touch
            var wanted = group.Select(s => (Step: s, Row: forward.Where(e => e.Target == s.Id).Select((e, i) =>
                slot[e.Source] + Fan(forward, e)).DefaultIfEmpty(0).Average())).OrderBy(w => w.Row).ToList();
            var last = double.NegativeInfinity;
            foreach (var (step, row) in wanted)
            {
                var at = Math.Max(row, last + 1);
                last = slot[step.Id] = at;
                positions[step.Id] = new Dot(x + (width - step.Size.Width) / 2, at);
            }
            x += width + columnGap;
        }

        var tallest = steps.Count == 0 ? 0 : steps.Max(s => s.Size.Height);
        var top = slot.Count == 0 ? 0 : slot.Values.Min();
        foreach (var (id, size) in steps)
            positions[id] = positions[id] with { Y = Math.Round(40 + (slot[id] - top) * (tallest + rowGap) + (tallest - size.Height) / 2) };
        return positions;
    }

    /// <summary>Several targets of one step spread round its height.</summary>
    private static double Fan(List<FlowEdge> forward, FlowEdge edge)
    {
        var targets = forward.Where(e => e.Source == edge.Source).Select(e => e.Target).Distinct().ToList();
        return targets.IndexOf(edge.Target) - (targets.Count - 1) / 2.0;
    }
}

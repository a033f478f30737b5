namespace CrmFlow.Ui;

/// <summary>A connection's line: right-angled, from the edge of one step to the edge of another.</summary>
/// <param name="Points">First and last lie on the steps' outlines.</param>
/// <param name="Label">Middle of the stretch a label fits on.</param>
public sealed record Route(IReadOnlyList<Dot> Points, Dot Label)
{
    /// <summary>SVG path with rounded corners.</summary>
    public string Path(double radius = 6)
    {
        var path = new System.Text.StringBuilder(FormattableString.Invariant($"M{Points[0].X} {Points[0].Y}"));
        for (var i = 1; i < Points.Count - 1; i++)
        {
            var (a, b, c) = (Points[i - 1], Points[i], Points[i + 1]);
            var r = Math.Min(radius, Math.Min(Distance(a, b), Distance(b, c)) / 2);
            var (before, after) = (Towards(b, a, r), Towards(b, c, r));
            path.Append(FormattableString.Invariant($"L{before.X} {before.Y}Q{b.X} {b.Y} {after.X} {after.Y}"));
        }
        return path.Append(FormattableString.Invariant($"L{Points[^1].X} {Points[^1].Y}")).ToString();
    }

    /// <summary>Where along the line (0…1) the label stands.</summary>
    public double LabelPosition
    {
        get
        {
            double total = 0, until = 0;
            for (var i = 1; i < Points.Count; i++)
            {
                var length = Distance(Points[i - 1], Points[i]);
                if (Math.Abs(Distance(Points[i - 1], Label) + Distance(Label, Points[i]) - length) < 0.01)
                    until = total + Distance(Points[i - 1], Label);
                total += length;
            }
            return total == 0 ? 0.5 : until / total;
        }
    }

    private static double Distance(Dot a, Dot b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y);
    private static Dot Towards(Dot a, Dot b, double by) =>
        a.X == b.X ? a with { Y = a.Y + Math.Sign(b.Y - a.Y) * by } : a with { X = a.X + Math.Sign(b.X - a.X) * by };
}

/// <summary>
/// Lays right-angled lines between steps: of a fixed set of simple shapes per connection it takes the cheapest, where length, corners, crossed steps
/// and lines already laid cost. Deterministic, so the canvas and the diagrams agree.
/// </summary>
public static class EdgeRouter
{
    private const double Stub = 18, SlotGap = 12, CornerCost = 40, StepCost = 4000, OverlapCost = 900, CrossingCost = 60;

    private enum Side { Right, Bottom, Left, Top }

    public static Dictionary<FlowEdge, Route> Routes(FlowDrawing drawing)
    {
        var routes = new Dictionary<FlowEdge, Route>();
        var laid = new List<(Dot A, Dot B)>();
        var used = new Dictionary<(string, Side), int>();
        var order = drawing.Edges.OrderBy(e => e.IsBackward).ThenBy(e => Span(drawing, e)).ToList();
        foreach (var edge in order)
        {
            var (from, to) = (drawing.Find(edge.Source)!, drawing.Find(edge.Target)!);
            List<Dot>? best = null;
            var (bestCost, bestSides) = (double.MaxValue, (Side.Right, Side.Left));
            foreach (var exit in Enum.GetValues<Side>())
                foreach (var entry in Enum.GetValues<Side>())
                {
                    var start = Attach(from, exit, used.GetValueOrDefault((from.Id, exit)));
                    var end = Attach(to, entry, used.GetValueOrDefault((to.Id, entry)));
                    if (start is null || end is null || from == to && exit == entry) continue; // back to the same step round a corner of it
                    IEnumerable<List<Dot>> shapes = Shapes(start.Value, exit, end.Value, entry, from.Box, to.Box);
                    if (Straight(from, exit, to, entry) is { } straight) shapes = shapes.Prepend(straight);
                    foreach (var candidate in shapes)
                    {
                        if (candidate.Count < 2) continue; // the steps touch there
                        var cost = Cost(candidate, drawing, from, to, laid, bestCost) + (edge.IsBackward && exit == Side.Right ? 30 : 0);
                        if (cost < bestCost) (best, bestCost, bestSides) = (candidate, cost, (exit, entry));
                    }
                }
            best ??= [from.Box.Centre, to.Box.Centre]; // every side of a step is taken
            Take((from.Id, bestSides.Item1));
            Take((to.Id, bestSides.Item2));
            for (var i = 1; i < best.Count; i++) laid.Add((best[i - 1], best[i]));
            routes[edge] = new Route(best, LabelSpot(best, routes.Values));
        }
        return routes;

        void Take((string, Side) key) => used[key] = used.GetValueOrDefault(key) + 1;
    }

    private static double Span(FlowDrawing drawing, FlowEdge edge)
    {
        var (a, b) = (drawing.Find(edge.Source)!.Box.Centre, drawing.Find(edge.Target)!.Box.Centre);
        return Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y);
    }

    /// <summary>
    /// The n-th place on a side: its middle first, then to both sides of it; null when the side is full. A diamond has only its corners, shared by
    /// all.
    /// </summary>
    private static Dot? Attach(FlowNode node, Side side, int nth)
    {
        var offset = node.IsDiamond ? 0 : (nth % 2 == 0 ? -1 : 1) * ((nth + 1) / 2) * SlotGap;
        var box = node.Box;
        var room = (side is Side.Left or Side.Right ? box.Height : box.Width) / 2 - 6;
        if (Math.Abs(offset) > room) return null;
        return side switch
        {
            Side.Right => new Dot(box.Right, box.Centre.Y + offset),
            Side.Left => new Dot(box.X, box.Centre.Y + offset),
            Side.Bottom => new Dot(box.Centre.X + offset, box.Bottom),
            _ => new Dot(box.Centre.X + offset, box.Y),
        };
    }

    /// <summary>Facing sides that overlap are joined without a corner, wherever their middles are.</summary>
    private static List<Dot>? Straight(FlowNode from, Side exit, FlowNode to, Side entry)
    {
        var (a, b) = (from.Box, to.Box);
        if ((exit, entry) is (Side.Right, Side.Left) or (Side.Left, Side.Right)
            && Shared(from, a.Y, a.Bottom, a.Centre.Y, to, b.Y, b.Bottom, b.Centre.Y) is { } y)
            return exit == Side.Right ? a.Right < b.X ? [new(a.Right, y), new(b.X, y)] : null : b.Right < a.X ? [new(a.X, y), new(b.Right, y)] : null;
        if ((exit, entry) is (Side.Bottom, Side.Top) or (Side.Top, Side.Bottom)
            && Shared(from, a.X, a.Right, a.Centre.X, to, b.X, b.Right, b.Centre.X) is { } x)
            return exit == Side.Bottom ? a.Bottom < b.Y ? [new(x, a.Bottom), new(x, b.Y)] : null : b.Bottom < a.Y ? [new(x, a.Y), new(x, b.Bottom)]
                : null;
        return null;
    }

    /// <summary>A diamond is met at its corner; otherwise the middle of what both sides have in common.</summary>
    private static double? Shared(FlowNode from, double from1, double from2, double fromMiddle, FlowNode to, double to1, double to2, double toMiddle)
    {
        var (low, high) = (Math.Max(from1, to1) + 8, Math.Min(from2, to2) - 8);
        if (low > high) return null;
        if (from.IsDiamond && to.IsDiamond) return fromMiddle == toMiddle ? fromMiddle : null;
        if (from.IsDiamond || to.IsDiamond)
            return (from.IsDiamond ? fromMiddle : toMiddle) is var corner && corner >= low && corner <= high ? corner : null;
        var smaller = from2 - from1 <= to2 - to1 ? fromMiddle : toMiddle;
        return Math.Clamp(smaller, low, high);
    }

    private static IEnumerable<List<Dot>> Shapes(Dot start, Side exit, Dot end, Side entry, Box from, Box to)
    {
        var (a, b) = (Out(start, exit), Out(end, entry));
        // straight
        if (start.X == end.X || start.Y == end.Y) yield return Clean([start, end]);
        // one corner between the stubs
        yield return Clean([start, a, new Dot(b.X, a.Y), b, end]);
        yield return Clean([start, a, new Dot(a.X, b.Y), b, end]);
        // a channel half way, and channels round the outside of both
        foreach (var x in (double[])[Math.Round((a.X + b.X) / 2), Math.Min(from.X, to.X) - 30, Math.Max(from.Right, to.Right) + 30,
            Math.Min(from.X, to.X) - 54, Math.Max(from.Right, to.Right) + 54])
            foreach (var path in Channel(x, true)) yield return path;
        foreach (var y in (double[])[Math.Round((a.Y + b.Y) / 2), Math.Min(from.Y, to.Y) - 30, Math.Max(from.Bottom, to.Bottom) + 30,
            Math.Min(from.Y, to.Y) - 54, Math.Max(from.Bottom, to.Bottom) + 54, Math.Min(from.Y, to.Y) - 110, Math.Max(from.Bottom, to.Bottom) + 110])
            foreach (var path in Channel(y, false)) yield return path;

        List<List<Dot>> Channel(double at, bool vertical) => vertical
            ? [Clean([start, a, new Dot(at, a.Y), new Dot(at, b.Y), b, end])]
            : [Clean([start, a, new Dot(a.X, at), new Dot(b.X, at), b, end])];
    }

    private static Dot Out(Dot dot, Side side) => side switch
    {
        Side.Right => dot with { X = dot.X + Stub },
        Side.Left => dot with { X = dot.X - Stub },
        Side.Bottom => dot with { Y = dot.Y + Stub },
        _ => dot with { Y = dot.Y - Stub },
    };

    /// <summary>Without doubled points and points in the middle of a straight stretch.</summary>
    private static List<Dot> Clean(ReadOnlySpan<Dot> points)
    {
        var clean = new List<Dot>(points.Length);
        foreach (var point in points)
        {
            if (clean.Count > 0 && clean[^1] == point) continue;
            if (clean.Count > 1 && (clean[^1].X == clean[^2].X && clean[^1].X == point.X || clean[^1].Y == clean[^2].Y && clean[^1].Y == point.Y))
                clean[^1] = point;
            else clean.Add(point);
        }
        return clean;
    }

    private static double Cost(List<Dot> path, FlowDrawing drawing, FlowNode from, FlowNode to, List<(Dot A, Dot B)> laid, double limit)
    {
        double cost = (path.Count - 2) * CornerCost;
        for (var i = 1; i < path.Count; i++) cost += Math.Abs(path[i].X - path[i - 1].X) + Math.Abs(path[i].Y - path[i - 1].Y);
        if (cost >= limit) return cost;
        for (var i = 1; i < path.Count; i++)
        {
            var (a, b) = (path[i - 1], path[i]);
            foreach (var node in drawing.Nodes)
            {
                // its own step may be touched where the line begins or ends, not crossed
                var margin = node == from || node == to ? -1 : 8;
                if (Crosses(a, b, node.Box, margin)) cost += StepCost;
            }
            foreach (var (c, d) in laid)
            {
                if (Overlaps(a, b, c, d)) cost += OverlapCost;
                else if (Crossing(a, b, c, d)) cost += CrossingCost;
            }
            if (cost >= limit) return cost;
        }
        return cost;
    }

    private static bool Crosses(Dot a, Dot b, Box box, double margin) =>
        Math.Max(a.X, b.X) > box.X - margin && Math.Min(a.X, b.X) < box.Right + margin && Math.Max(a.Y, b.Y) > box.Y - margin
            && Math.Min(a.Y, b.Y) < box.Bottom + margin;

    /// <summary>Parallel, nearly on each other, over more than a moment.</summary>
    private static bool Overlaps(Dot a, Dot b, Dot c, Dot d)
    {
        if (a.X == b.X && c.X == d.X)
            return Math.Abs(a.X - c.X) < 7 && Math.Min(Math.Max(a.Y, b.Y), Math.Max(c.Y, d.Y)) - Math.Max(Math.Min(a.Y, b.Y), Math.Min(c.Y, d.Y)) > 4;
        if (a.Y == b.Y && c.Y == d.Y)
            return Math.Abs(a.Y - c.Y) < 7 && Math.Min(Math.Max(a.X, b.X), Math.Max(c.X, d.X)) - Math.Max(Math.Min(a.X, b.X), Math.Min(c.X, d.X)) > 4;
        return false;
    }

    private static bool Crossing(Dot a, Dot b, Dot c, Dot d)
    {
        if (a.X == b.X == (c.X == d.X)) return false;
        if (a.X != b.X) (a, b, c, d) = (c, d, a, b); // a–b upright
        return a.X > Math.Min(c.X, d.X) && a.X < Math.Max(c.X, d.X) && c.Y > Math.Min(a.Y, b.Y) && c.Y < Math.Max(a.Y, b.Y);
    }

    /// <summary>
    /// On a long stretch where no other label stands; the first stretch counts a little more, because a label belongs to the step it leaves.
    /// </summary>
    private static Dot LabelSpot(List<Dot> path, IReadOnlyCollection<Route> others)
    {
        var stretches = Enumerable.Range(1, path.Count - 1)
            .OrderByDescending(i => Math.Abs(path[i].X - path[i - 1].X) + Math.Abs(path[i].Y - path[i - 1].Y) + (i == 1 ? 20 : 0)).ToList();
        var spots = from i in stretches from part in (double[])[0.5, 0.3, 0.7] select new Dot(path[i - 1].X + (path[i].X - path[i - 1].X) * part,
            path[i - 1].Y + (path[i].Y - path[i - 1].Y) * part);
        var all = spots.ToList();
        var free = all.FindIndex(spot => !others.Any(o => Math.Abs(o.Label.X - spot.X) < 76 && Math.Abs(o.Label.Y - spot.Y) < 20));
        return all[Math.Max(0, free)];
    }
}

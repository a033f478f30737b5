using CrmFlow.Engine;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

// What the canvas script is given; member names are its own (camelCase by the interop's serializer).

internal sealed record CanvasOutcome(string Name, string Label);

internal sealed record CanvasNode(string Id, double X, double Y, double Width, double Height)
{
    public required string Title { get; init; }
    public string? Subtitle { get; init; }
    public required string Glyph { get; init; }
    /// <summary>human, flow, wait, automatic, start, end, unknown.</summary>
    public required string Kind { get; init; }
    /// <summary>card, diamond, pill.</summary>
    public required string Shape { get; init; }
    public required IReadOnlyList<CanvasOutcome> Outcomes { get; init; }
    /// <summary>Connections may end here.</summary>
    public required bool Accepts { get; init; }
    /// <summary>error, warning or null.</summary>
    public string? Problem { get; init; }
    public string? ProblemText { get; init; }
}

internal sealed record CanvasEdge(string Id, string Source, string Target)
{
    public string? Label { get; init; }
    /// <summary>Where along the line (0…1) the label stands.</summary>
    public double LabelAt { get; init; }
    public bool Back { get; init; }
    /// <summary>Where the line leaves and enters, from the step's upper left corner.</summary>
    public Dot From { get; init; }
    public Dot To { get; init; }
    public required IReadOnlyList<Dot> Vertices { get; init; }
}

internal sealed record CanvasModel(IReadOnlyList<CanvasNode> Nodes, IReadOnlyList<CanvasEdge> Edges, bool ReadOnly)
{
    public static CanvasModel Of(DefinitionEditor editor, ActivityCards cards, StepSummaries summaries,
        ILookup<string, (DefinitionProblem Problem, string Text)> problems, bool readOnly)
    {
        var drawing = editor.Drawing;
        var routes = EdgeRouter.Routes(drawing);
        return new CanvasModel(
        [
            .. drawing.InReadingOrder().Select(node =>
            {
                var step = editor.Find(node.Id)!;
                var known = cards.Find(node.Type) is not null;
                var worst = problems[node.Id].OrderByDescending(p => p.Problem.IsError).Select(p => p.Problem.IsError ? "error" : "warning")
                    .FirstOrDefault();
                return new CanvasNode(node.Id, node.Box.X, node.Box.Y, node.Box.Width, node.Box.Height)
                {
                    Title = node.Text,
                    Subtitle = node.Kind is StepKind.Start or StepKind.End ? null : summaries.Of(step),
                    Glyph = summaries.Glyph(known ? node.Kind : null),
                    Kind = known ? node.Kind.ToString().ToLowerInvariant() : "unknown",
                    Shape = node.IsDiamond ? "diamond" : node.Kind is StepKind.Start or StepKind.End ? "pill" : "card",
                    Outcomes = [.. cards.OutcomesOf(step).Select(o => new CanvasOutcome(o, cards.OutcomeName(step, o)))],
                    Accepts = node.Kind != StepKind.Start,
                    Problem = worst,
                    ProblemText = string.Join('\n', problems[node.Id].Select(p => p.Text)),
                };
            }),
        ],
        [
            .. drawing.Edges.Select(edge =>
            {
                var (route, from, to) = (routes[edge], drawing.Find(edge.Source)!.Box, drawing.Find(edge.Target)!.Box);
                return new CanvasEdge(edge.Id, edge.Source, edge.Target)
                {
                    Label = drawing.LabelOf(edge, e => cards.OutcomeName(editor.Find(e.Source)!, e.Port)),
                    LabelAt = route.LabelPosition,
                    Back = edge.IsBackward,
                    From = new Dot(route.Points[0].X - from.X, route.Points[0].Y - from.Y),
                    To = new Dot(route.Points[^1].X - to.X, route.Points[^1].Y - to.Y),
                    Vertices = [.. route.Points.Skip(1).SkipLast(1)],
                };
            }),
        ], readOnly);
    }
}

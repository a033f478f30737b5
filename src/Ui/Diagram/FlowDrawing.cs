using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Ui;

/// <summary>A point on the drawing, in the units of the definition's designer positions (pixels at 100 %).</summary>
public readonly record struct Dot(double X, double Y);

/// <summary>Where a step stands on the drawing.</summary>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;
    public double Bottom => Y + Height;
    public Dot Centre => new(X + Width / 2, Y + Height / 2);
}

/// <summary>How a step is drawn: who acts decides colour and sign, the shape says what it does to the flow.</summary>
public enum StepKind { Human, Flow, Wait, Automatic, Start, End }

/// <summary>A step of a flowchart as it is drawn.</summary>
/// <param name="Text">What people call it: <c>metadata.displayText</c>, else the name, else the id.</param>
public sealed record FlowNode(string Id, string Type, string Text, Box Box)
{
    public StepKind Kind => KindOf(Type);
    public bool IsDiamond => Kind == StepKind.Flow;

    /// <summary>Our own types are known by name; everything else that is not Elsa's is a module's automatic step.</summary>
    public static StepKind KindOf(string type) => type.ToLowerInvariant() switch
    {
        "crmflow.usertask" or "elsa.runtask" => StepKind.Human,
        "elsa.start" => StepKind.Start,
        "elsa.end" or "elsa.finish" or "elsa.complete" => StepKind.End,
        "elsa.flowdecision" or "elsa.flowswitch" or "elsa.flowfork" or "elsa.flowjoin" => StepKind.Flow,
        "elsa.delay" or "elsa.timer" or "elsa.cron" or "elsa.startat" or "elsa.event" or "elsa.httpendpoint" or "crmflow.recordsaved" =>
            StepKind.Wait,
        _ => StepKind.Automatic,
    };

    public static (double Width, double Height) SizeOf(string type) => KindOf(type) switch
    {
        StepKind.Start or StepKind.End => (120, 34),
        StepKind.Flow => (156, 66),
        _ => (160, 50),
    };
}

/// <summary>A connection as it is drawn.</summary>
/// <param name="Port">Outcome name; null follows the default outcome.</param>
/// <param name="IsBackward">Leads back to a step before it (elsa-format §4.1): a loop or a return.</param>
public sealed record FlowEdge(string Source, string? Port, string Target, bool IsBackward)
{
    /// <summary>No connection but a decision of a user task that names the step to go back to (<c>actions[].returnTo</c>).</summary>
    public bool IsReturn { get; init; }
    /// <summary>What the decision is called on its button; null when the port names no decision.</summary>
    public string? Label { get; init; }
    public string Id => $"{Source}|{Port}|{Target}";
    /// <summary>An outcome that says more than "it is done".</summary>
    public bool HasNamedPort => Port is not (null or "" or "Done");
}

/// <summary>
/// The drawing of one flowchart: steps with their designer positions (elsa-format §2, laid out left to right where there is none) and connections.
/// Read from the definition's JSON, so the canvas, the steps list and the diagram of an instance show the same.
/// </summary>
public sealed class FlowDrawing
{
    private readonly Dictionary<string, FlowNode> _byId;

    public FlowDrawing(IReadOnlyList<FlowNode> nodes, IReadOnlyList<FlowEdge> edges)
    {
        (Nodes, Edges) = (nodes, edges);
        _byId = nodes.DistinctBy(n => n.Id).ToDictionary(n => n.Id);
    }

    public IReadOnlyList<FlowNode> Nodes { get; }
    public IReadOnlyList<FlowEdge> Edges { get; }
    public FlowNode? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads a normalised flowchart object; one without <c>activities</c> gives an empty drawing.</summary>
    public static FlowDrawing Of(JsonObject flowchart)
    {
        var steps = Objects(flowchart["activities"]).Where(a => Text(a["id"]) is not null).ToList();
        var ids = steps.Select(a => Text(a["id"])!).ToHashSet();
        var pairs = Objects(flowchart["connections"])
            .Select(c => (Source: Text(c["source"]?["activity"]), Port: Text(c["source"]?["port"]), Target: Text(c["target"]?["activity"])))
            .Where(c => c.Source is not null && c.Target is not null && ids.Contains(c.Source) && ids.Contains(c.Target))
            .Select(c => (Source: c.Source!, c.Port, Target: c.Target!)).Distinct().ToList();
        var start = StartOf(steps, pairs.Select(p => p.Target).ToHashSet());
        List<FlowEdge> edges =
        [
            .. Backward(start, pairs)
                .Select(e => e with { Label = Decisions(steps.Find(a => Text(a["id"]) == e.Source)!).FirstOrDefault(d => d.Name == e.Port)?.Label }),
            .. steps.SelectMany(a => Decisions(a).Where(d => d.ReturnTo is not null && ids.Contains(d.ReturnTo))
                .Select(d => new FlowEdge(Text(a["id"])!, d.Name, d.ReturnTo!, true) { IsReturn = true, Label = d.Label })),
        ];
        var laidOut = AutoLayout.Positions(steps.Select(a => (Text(a["id"])!, FlowNode.SizeOf(Text(a["type"]) ?? ""))).ToList(), edges, columnGap: 64,
            rowGap: 40);
        var nodes = steps.Select(a =>
        {
            var (id, type) = (Text(a["id"])!, Text(a["type"]) ?? "");
            var (width, height) = FlowNode.SizeOf(type);
            var at = PositionOf(a) ?? laidOut[id];
            return new FlowNode(id, type, TextOf(a), new Box(at.X, at.Y, width, height));
        }).ToList();
        return new FlowDrawing(nodes, edges);
    }

    /// <summary>The stored designer position; null when there is none.</summary>
    public static Dot? PositionOf(JsonObject activity) =>
        activity["metadata"] is JsonObject metadata && metadata["designer"] is JsonObject designer && designer["position"] is JsonObject position
        && Number(position["x"]) is { } x && Number(position["y"]) is { } y ? new Dot(x, y) : null;

    /// <summary>The step's name in the reader's language.</summary>
    public static string TextOf(JsonObject activity) =>
        (English ? Text(activity["metadata"]?["displayTextEn"]) : null) ?? Text(activity["metadata"]?["displayText"]) ?? Text(activity["name"])
            ?? Text(activity["id"])!;

    /// <summary>The decisions a user task offers (<c>actions</c>), with their button's word in the reader's language.</summary>
    public static IEnumerable<(string Name, string Label, string? ReturnTo)> DecisionsOf(JsonObject activity) =>
        Decisions(activity).Select(d => (d.Name, d.Label, d.ReturnTo));

    private sealed record Decision(string Name, string Label, string? ReturnTo);

    private static IEnumerable<Decision> Decisions(JsonObject activity) =>
        from action in Objects(activity["actions"])
        let name = Text(action["name"])
        where name is not null
        select new Decision(name, (English ? Text(action["labelEn"]) : null) ?? Text(action["label"]) ?? name, Text(action["returnTo"]));

    private static bool English => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    /// <summary>
    /// What stands on a connection's line: nothing where its step can end in one way only; where several outcomes lead to the same step, all of them,
    /// one below the other, on the first of the lines that run side by side.
    /// </summary>
    public string? LabelOf(FlowEdge edge, Func<FlowEdge, string> name)
    {
        if (!edge.HasNamedPort || Edges.All(e => e.Source != edge.Source || e.Port == edge.Port)) return null;
        var together = Edges.Where(e => e.Source == edge.Source && e.Target == edge.Target && e.IsReturn == edge.IsReturn && e.HasNamedPort).ToList();
        return together[0] == edge ? string.Join('\n', together.Select(name)) : null;
    }

    /// <summary>All steps that can be reached from one by forward connections, itself left out.</summary>
    public HashSet<string> ForwardFrom(string id)
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>([id]);
        while (open.TryDequeue(out var at))
            foreach (var edge in Edges)
                if (edge.Source == at && !edge.IsBackward && seen.Add(edge.Target)) open.Enqueue(edge.Target);
        seen.Remove(id);
        return seen;
    }

    /// <summary>Steps in the order a reader meets them: along the forward connections from the start, left-overs last.</summary>
    public IEnumerable<FlowNode> InReadingOrder()
    {
        var incoming = Nodes.ToDictionary(n => n.Id, n => Edges.Count(e => e.Target == n.Id && !e.IsBackward));
        var open = Nodes.Where(n => incoming[n.Id] == 0).OrderBy(n => n.Kind == StepKind.Start ? 0 : 1).Select(n => n.Id).ToList();
        var seen = new HashSet<string>();
        while (open.Count > 0)
        {
            var id = open[0];
            open.RemoveAt(0);
            if (!seen.Add(id)) continue;
            yield return _byId[id];
            var next = Edges.Where(e => e.Source == id && !e.IsBackward).Select(e => e.Target).Where(t => --incoming[t] == 0).ToList();
            open.InsertRange(0, next);
        }
        foreach (var node in Nodes)
            if (seen.Add(node.Id)) yield return node;
    }

    /// <summary>Elsa's start rule (elsa-format §3.1) without a trigger.</summary>
    private static string? StartOf(List<JsonObject> steps, HashSet<string> targets) =>
        Text((steps.Find(a => string.Equals(Text(a["type"]), "Elsa.Start", StringComparison.OrdinalIgnoreCase))
            ?? steps.Find(a => a["customProperties"] is JsonObject c && Text(c["canStartWorkflow"]) == "true")
            ?? steps.Find(a => !targets.Contains(Text(a["id"])!))
            ?? steps.FirstOrDefault())?["id"]);

    /// <summary>Breadth first from the start; a connection that closes a circle of accepted ones is backward (elsa-format §4.1).</summary>
    private static List<FlowEdge> Backward(string? start, List<(string Source, string? Port, string Target)> pairs)
    {
        var accepted = new Dictionary<string, HashSet<string>>();
        var visited = new HashSet<string>();
        foreach (var root in pairs.Select(p => p.Source).Prepend(start ?? "")) // islands after everything the start reaches
        {
            var open = new Queue<string>([root]);
            while (open.TryDequeue(out var at))
            {
                if (!visited.Add(at)) continue;
                foreach (var (_, _, target) in pairs.Where(p => p.Source == at))
                {
                    if (target == at || Reaches(target, at)) continue;
                    (accepted.TryGetValue(at, out var set) ? set : accepted[at] = []).Add(target);
                    open.Enqueue(target);
                }
            }
        }
        return [.. pairs.Select(p =>
            new FlowEdge(p.Source, p.Port, p.Target, !(accepted.TryGetValue(p.Source, out var set) && set.Contains(p.Target))))];

        bool Reaches(string from, string to)
        {
            var seen = new HashSet<string> { from };
            var next = new Stack<string>([from]);
            while (next.TryPop(out var id))
            {
                if (id == to) return true;
                if (accepted.TryGetValue(id, out var targets))
                    foreach (var target in targets)
                        if (seen.Add(target)) next.Push(target);
            }
            return false;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node is JsonArray array ? array.OfType<JsonObject>() : [];
    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() is not (
        JsonValueKind.Null) ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : null;
    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}

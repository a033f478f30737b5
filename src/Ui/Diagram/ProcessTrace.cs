using CrmFlow.Engine;

namespace CrmFlow.Ui;

/// <summary>
/// What an instance has made of a step so far. <see cref="Undone"/>: it ran, but the flow went back before it and it does not count any more.
/// <see cref="Canceled"/>: it was open when the flow took another way.
/// </summary>
public enum StepState { NotReached, Ran, Waiting, Incident, Undone, Canceled }

/// <param name="Times">How often it was entered.</param>
/// <param name="Since">When it was last entered.</param>
/// <param name="Until">When it was last left; null while it is open.</param>
public sealed record StepTrace(StepState State, int Times, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public static readonly StepTrace None = new(StepState.NotReached, 0, null, null);
}

/// <summary>The way an instance took through its flowchart, read from its journal.</summary>
public sealed class ProcessTrace
{
    private readonly Dictionary<string, StepTrace> _steps = [];
    private readonly HashSet<FlowEdge> _followed = [];
    private readonly Dictionary<(string From, string To), int> _returns = [];

    /// <summary>How often the flow went back from one step to another by a return.</summary>
    public IReadOnlyDictionary<(string From, string To), int> Returns => _returns;
    public StepTrace this[string activityId] => _steps.GetValueOrDefault(activityId) ?? StepTrace.None;
    public bool Followed(FlowEdge edge) => _followed.Contains(edge);

    /// <param name="journal">In the order it was written; rows of steps that are not on this drawing are skipped.</param>
    public static ProcessTrace Of(FlowDrawing drawing, IEnumerable<JournalEntry> journal)
    {
        // a return an administrator ordered is written by the flowchart itself
        var rows = journal.Where(r => drawing.Find(r.ActivityId) is not null || r.Event == JournalEvent.Returned).ToList();
        var last = new Dictionary<string, (int Entered, int Row)>();
        for (var i = 0; i < rows.Count; i++)
        {
            var known = last.GetValueOrDefault(rows[i].ActivityId, (-1, -1));
            last[rows[i].ActivityId] = (rows[i].Event == JournalEvent.Started ? i : known.Item1, i);
        }

        var trace = new ProcessTrace();
        var returnedAt = new Dictionary<string, int>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Event != JournalEvent.Returned || rows[i].Data is not { } data || !data.TryGetValue("ReturnTo", out var value)
                || value.ToText() is not { } to || drawing.Find(to) is null) continue;
            if (drawing.Find(rows[i].ActivityId) is not null)
                trace._returns[(rows[i].ActivityId, to)] = trace._returns.GetValueOrDefault((rows[i].ActivityId, to)) + 1;
            if (rows.FindIndex(i, r => r.ActivityId == to && r.Event == JournalEvent.Started) is var entered and >= 0) returnedAt[to] = entered;
        }

        foreach (var node in drawing.Nodes)
        {
            if (!last.TryGetValue(node.Id, out var at)) continue;
            var mine = rows.Where(r => r.ActivityId == node.Id).ToList();
            trace._steps[node.Id] = new StepTrace(StateOf(rows[at.Row].Event), Math.Max(1, mine.Select(r => r.Round).Max()),
                at.Entered >= 0 ? rows[at.Entered].At : mine[0].At,
                rows[at.Row].Event is JournalEvent.Completed or JournalEvent.Canceled or JournalEvent.Returned ? rows[at.Row].At : null);
        }

        // Gone back over: a return led before it, and nothing after it has run since (a "straight back" leaves it standing).
        foreach (var node in drawing.Nodes.Where(n => trace[n.Id].State is StepState.Ran or StepState.Canceled))
        {
            var after = drawing.ForwardFrom(node.Id);
            var again = returnedAt.Where(r => r.Key != node.Id && r.Value > last[node.Id].Row && drawing.ForwardFrom(r.Key).Contains(node.Id))
                .Select(r => r.Value).DefaultIfEmpty(-1).Max();
            if (again >= 0 && !after.Any(id => last.TryGetValue(id, out var l) && l.Entered > again))
                trace._steps[node.Id] = trace[node.Id] with { State = StepState.Undone };
        }

        foreach (var edge in drawing.Edges)
        {
            if (edge.IsReturn || trace[edge.Source].State != StepState.Ran) continue;
            // the last time the source was left, by this port, and the target entered after it
            var left = rows.FindLastIndex(r => r.ActivityId == edge.Source && r.Event == JournalEvent.Completed);
            if (left < 0 || !Takes(rows[left].Outcomes, edge.Port)) continue;
            if (last.TryGetValue(edge.Target, out var target) && target.Entered > left) trace._followed.Add(edge);
        }
        return trace;
    }

    private static StepState StateOf(JournalEvent last) => last switch
    {
        JournalEvent.Completed => StepState.Ran,
        JournalEvent.Faulted => StepState.Incident,
        JournalEvent.Canceled => StepState.Canceled,
        JournalEvent.Returned => StepState.Undone,
        _ => StepState.Waiting,
    };

    /// <summary>elsa-format §3.2: without explicit outcomes the ports null and Done.</summary>
    private static bool Takes(string[]? outcomes, string? port) =>
        outcomes is null ? port is null or "Done" : port is not null && outcomes.Contains(port);
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>
/// A definition being edited: the JSON itself, changed one gesture at a time, every unknown member kept. Each change reads the result again, so what
/// the canvas shows is what will be saved. Undo and redo are whole snapshots.
/// </summary>
public sealed partial class DefinitionEditor
{
    private const int History = 100;

    private readonly LinkedList<string> _undo = [];
    private readonly Stack<string> _redo = [];
    private string _saved;

    private DefinitionEditor(WorkflowDefinition definition) => (Definition, _saved) = (definition, definition.ToJson());

    /// <summary>Throws <see cref="DefinitionException"/> when the text cannot be read.</summary>
    public static DefinitionEditor Open(string json) => new(WorkflowDefinition.Parse(json));

    public WorkflowDefinition Definition { get; private set; }
    public string Json => Definition.ToJson();
    /// <summary>Differs from what was last saved.</summary>
    public bool IsChanged => Json != _saved;
    public bool CanUndo => _undo.Count > 0;
    public bool CanRedo => _redo.Count > 0;
    public FlowDrawing Drawing => Container is { } container ? Containers.Draw(container) : new FlowDrawing([], []);
    /// <summary>The steps of the container being edited.</summary>
    public IEnumerable<JsonObject> Steps => Container is { } container ? Containers.StepsOf(container) : [];
    public JsonObject? Find(string id) => Steps.FirstOrDefault(s => s.Text("id") == id);
    public IEnumerable<JsonObject> Variables => Definition.Json["variables"] is JsonArray own ? own.OfType<JsonObject>() : [];

    /// <summary>The stored draft is this text from now on.</summary>
    public void Saved() => _saved = Json;

    public void Undo()
    {
        if (_undo.Last is not { } last) return;
        _undo.RemoveLast();
        _redo.Push(Json);
        Definition = WorkflowDefinition.Parse(last.Value);
        StayInside();
    }

    public void Redo()
    {
        if (!_redo.TryPop(out var json)) return;
        _undo.AddLast(Json);
        Definition = WorkflowDefinition.Parse(json);
        StayInside();
    }

    /// <summary>Replaces everything (import, revert); can be undone.</summary>
    public void Replace(string json) => Take(WorkflowDefinition.Parse(json));

    public void Rename(string name) => Change(root => root["name"] = name);

    /// <summary>Changes, adds (no variable of that id) or, without a change, removes a variable of the workflow.</summary>
    public void SetVariable(string id, Action<JsonObject>? change) => Change(root =>
    {
        var variables = List(root, "variables");
        var variable = variables.OfType<JsonObject>().FirstOrDefault(v => v.Text("id") == id);
        if (change is null)
        {
            if (variable is not null) variables.Remove(variable);
            return;
        }
        if (variable is null) variables.Add(variable = new JsonObject { ["id"] = id, ["name"] = id, ["typeName"] = "String", ["isArray"] = false,
            ["storageDriverTypeName"] = "WorkflowInstanceStorageDriver" });
        change(variable);
    });

    public void Move(IEnumerable<(string Id, double X, double Y)> moves) => ChangeFlow(flow =>
    {
        foreach (var (id, x, y) in moves)
            if (Step(flow, id) is { } step) Place(step, x, y);
    });

    /// <returns>The new step's id.</returns>
    public string Add(string type, string text, double x, double y)
    {
        var id = FreeId(type[(type.LastIndexOf('.') + 1)..]);
        ChangeFlow(flow => Activities(flow).Add(NewStep(id, type, text, x, y)));
        return id;
    }

    /// <summary>Puts a new step into a connection: what led to the target leads to the new step, and that to the target.</summary>
    public string Insert(FlowEdge edge, string type, string text)
    {
        if (!IsFlowchart)
        {
            var added = Add(type, text, 0, 0);
            MoveAfter(edge.Source, added);
            return added;
        }
        var (from, to) = (Drawing.Find(edge.Source)!.Box.Centre, Drawing.Find(edge.Target)!.Box.Centre);
        var size = FlowNode.SizeOf(type);
        var id = FreeId(type[(type.LastIndexOf('.') + 1)..]);
        ChangeFlow(flow =>
        {
            Activities(flow).Add(NewStep(id, type, text, Snap((from.X + to.X - size.Width) / 2), Snap((from.Y + to.Y - size.Height) / 2)));
            foreach (var connection in Connections(flow).OfType<JsonObject>().Where(c => Is(c, edge)))
                connection["target"]!["activity"] = id;
            Connections(flow).Add(NewConnection(id, null, edge.Target));
        });
        return id;
    }

    /// <summary>Copies steps with everything but their connections, a little lower.</summary>
    /// <returns>The copies' ids.</returns>
    public IReadOnlyList<string> Duplicate(IReadOnlyCollection<string> ids)
    {
        var copies = new List<string>();
        var drawing = Drawing;
        ChangeFlow(flow =>
        {
            foreach (var original in Activities(flow).OfType<JsonObject>().Where(s => ids.Contains(s.Text("id")!)).ToList())
            {
                var copy = original.DeepClone().AsObject();
                var id = FreeId(original.Text("id")!.TrimEnd([.. "0123456789"]), copies);
                copy["id"] = id;
                copy.Remove("nodeId");
                if (drawing.Find(original.Text("id")!) is { } node) Place(copy, node.Box.X + 40, node.Box.Y + 40);
                Activities(flow).Add(copy);
                copies.Add(id);
            }
        });
        return copies;
    }

    /// <summary>Removes steps with their connections; decisions that went back to them keep going nowhere and are found by validation.</summary>
    public void Remove(IReadOnlyCollection<string> ids) => ChangeFlow(flow =>
    {
        RemoveWhere(Activities(flow), s => ids.Contains(s.Text("id") ?? ""));
        if (flow["connections"] is JsonArray connections)
            RemoveWhere(connections, c => ids.Contains(c["source"].Text("activity") ?? "") || ids.Contains(c["target"].Text("activity") ?? ""));
    });

    public void Disconnect(IEnumerable<FlowEdge> edges)
    {
        var all = edges.ToList();
        if (!IsFlowchart) return; // in a sequence the order is the connection
        ChangeFlow(flow =>
        {
            RemoveWhere(Connections(flow), c => all.Exists(e => !e.IsReturn && Is(c, e)));
            foreach (var edge in all.Where(e => e.IsReturn)) Decision(flow, edge.Source, edge.Port)?.Remove("returnTo");
        });
    }

    /// <summary>
    /// Leads an outcome to a step, instead of wherever it led. A user task's decision of kind <c>return</c> that leads back is a return
    /// (<c>returnTo</c>), which undoes what came between; everything else is a connection.
    /// </summary>
    /// <param name="target">Null: the outcome leads nowhere.</param>
    public void Lead(string source, string? port, string? target)
    {
        if (!IsFlowchart)
        {
            if (target is not null) MoveAfter(source, target);
            return;
        }
        var goesBack = target is not null && (target == source || Drawing.ForwardFrom(target).Contains(source));
        ChangeFlow(flow =>
        {
            var decision = Decision(flow, source, port);
            var isReturn = goesBack && decision is not null && string.Equals(decision.Text("kind"), "return", StringComparison.OrdinalIgnoreCase);
            RemoveWhere(Connections(flow), c => c["source"].Text("activity") == source && SamePort(c["source"].Text("port"), port));
            if (isReturn) decision!["returnTo"] = target;
            else decision?.Remove("returnTo");
            if (target is not null && !isReturn) Connections(flow).Add(NewConnection(source, port, target));
        });
    }

    /// <summary>Adds a branch: the outcome leads to this step as well (a fork follows several).</summary>
    public void Connect(string source, string? port, string target)
    {
        if (Drawing.Edges.Any(e => e.Source == source && e.Target == target && SamePort(e.Port, port))) return;
        if (!IsFlowchart || Find(source) is { } step && Decision(step, port) is not null)
        {
            Lead(source, port, target); // a decision leads to one step
            return;
        }
        ChangeFlow(flow => Connections(flow).Add(NewConnection(source, port, target)));
    }

    /// <summary>Changes one step's JSON by hand.</summary>
    public void Edit(string id, Action<JsonObject> change) => ChangeFlow(flow =>
    {
        if (Step(flow, id) is { } step) change(step);
    });

    public void SetText(string id, string text, bool english) => Edit(id, step =>
    {
        var metadata = Member(step, "metadata");
        if (english && text.Length == 0) metadata.Remove("displayTextEn");
        else metadata[english ? "displayTextEn" : "displayText"] = text;
    });

    /// <summary>Renames a user task's decision or a switch's case together with the connections that leave by it.</summary>
    public void RenamePort(string id, string from, string to, Action<JsonObject> change) => ChangeFlow(flow =>
    {
        if (Step(flow, id) is not { } step) return;
        change(step);
        foreach (var connection in Connections(flow).OfType<JsonObject>()
            .Where(c => c["source"].Text("activity") == id && c["source"].Text("port") == from))
            connection["source"]!["port"] = to;
    });

    private void ChangeFlow(Action<JsonObject> change) => Change(root =>
    {
        if (Containers.At(root, Path) is { } flow) change(flow);
    });

    private void Change(Action<JsonObject> change)
    {
        var copy = Definition.Json.DeepClone().AsObject();
        change(copy);
        Take(WorkflowDefinition.Parse(copy.ToJsonString()));
    }

    private void Take(WorkflowDefinition changed)
    {
        var before = Json;
        if (changed.ToJson() == before) return;
        _undo.AddLast(before);
        if (_undo.Count > History) _undo.RemoveFirst();
        _redo.Clear();
        Definition = changed;
        StayInside();
    }

    private string FreeId(string stem, IReadOnlyCollection<string>? alsoTaken = null)
    {
        var taken = Containers.Everything(Definition.Json["root"]).Select(s => s.Text("id")).Concat(alsoTaken ?? [])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Enumerable.Range(1, int.MaxValue).Select(n => $"{stem}{n}").First(id => !taken.Contains(id));
    }

    private static JsonObject NewStep(string id, string type, string text, double x, double y)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1, ["customProperties"] = new JsonObject(),
            ["metadata"] = new JsonObject { ["displayText"] = text } };
        // A new step for people can be published as soon as it says whom: two decisions and a form without fields to begin with.
        if (type.Equals("CrmFlow.UserTask", StringComparison.OrdinalIgnoreCase))
        {
            step["actions"] = new JsonArray(Decision("Approve", "同意", "Approve", "approve"), Decision("Refuse", "拒绝", "Refuse", "refuse"));
            step["fields"] = new JsonArray();
        }
        Place(step, x, y);
        return step;
    }

    private static JsonObject Decision(string name, string label, string english, string kind) =>
        new() { ["name"] = name, ["label"] = label, ["labelEn"] = english, ["kind"] = kind };

    private static JsonObject NewConnection(string source, string? port, string target) => new()
    {
        ["source"] = new JsonObject { ["activity"] = source, ["port"] = port ?? "Done" },
        ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
    };

    private static void Place(JsonObject step, double x, double y)
    {
        var position = Member(Member(Member(step, "metadata"), "designer"), "position");
        (position["x"], position["y"]) = (Math.Round(x), Math.Round(y));
    }

    private static double Snap(double value) => Math.Round(value / 8) * 8;

    private static JsonObject Member(JsonObject owner, string name)
    {
        if (owner[name] is JsonObject member) return member;
        owner[name] = member = [];
        return member;
    }

    private static JsonArray Activities(JsonObject flow) => List(flow, Containers.ListOf(flow));
    private static JsonArray Connections(JsonObject flow) => List(flow, "connections");

    private static JsonArray List(JsonObject flow, string name)
    {
        if (flow[name] is JsonArray list) return list;
        flow[name] = list = [];
        return list;
    }

    private static JsonObject? Step(JsonObject flow, string id) => Activities(flow).OfType<JsonObject>().FirstOrDefault(s => s.Text("id") == id);
    private static JsonObject? Decision(JsonObject flow, string stepId, string? port) => Step(flow, stepId) is { } step ? Decision(step, port) : null;
    private static JsonObject? Decision(JsonObject step, string? port) =>
        step["actions"] is JsonArray actions ? actions.OfType<JsonObject>().FirstOrDefault(a => a.Text("name") == port) : null;

    private static bool Is(JsonObject connection, FlowEdge edge) =>
        connection["source"].Text("activity") == edge.Source && connection["target"].Text("activity") == edge.Target
            && SamePort(connection["source"].Text("port"), edge.Port);

    /// <summary>No port and Done are the same way out (elsa-format §3.2).</summary>
    private static bool SamePort(string? a, string? b) => (a ?? "Done") == (b ?? "Done");

    private static void RemoveWhere(JsonArray list, Func<JsonObject, bool> gone)
    {
        for (var i = list.Count - 1; i >= 0; i--)
            if (list[i] is JsonObject item && gone(item)) list.RemoveAt(i);
    }
}

internal static class JsonReading
{
    /// <summary>The text of a member that is a string; null otherwise.</summary>
    public static string? Text(this JsonNode? node, string name) =>
        node is JsonObject json && json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

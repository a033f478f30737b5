using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>
/// Reads Elsa 3 JSON of every age into one shape (elsa-format §1–§3): canonical member names and order, plain lists, one connection shape.
/// </summary>
internal static class DefinitionReader
{
    public const int MaxDepth = 512;

    private static readonly System.Text.UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonNodeOptions IgnoreCase = new() { PropertyNameCaseInsensitive = true };

    private static readonly string[] TopMembers =
    [
        "$schema", "id", "definitionId", "tenantId", "name", "description", "createdAt", "version", "toolVersion", "isLatest", "isPublished",
            "isReadonly", "isSystem",
        "variables", "inputs", "outputs", "outcomes", "customProperties", "options", "usableAsActivity", "root",
    ];

    private static readonly string[] ActivityMembers = ["id", "nodeId", "name", "type", "version", "customProperties", "metadata"];

    /// <summary>Members that are lists, so that their legacy wrappers can be taken off.</summary>
    private static readonly string[] Lists =
        ["variables", "activities", "connections", "branches", "cases", "expectedStatusCodes", "states", "transitions"];

    public static WorkflowDefinition Read(string text)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
                AllowDuplicateProperties = false };
            if (Parse(text, options) is not JsonObject json)
                throw new DefinitionException("The text is JSON but not an object; a workflow definition is one object.");
            if (json["root"] is null && json["definitionId"] is null && json["name"] is null)
                throw new DefinitionException("The JSON has neither 'root' nor 'definitionId' nor 'name', so it is no workflow definition.");
            return new WorkflowDefinition(Top(json));
        }
        catch (JsonException e)
        {
            throw new DefinitionException($"The text is no JSON: {e.Message}");
        }
        catch (ArgumentException e) // two members that differ only in case
        {
            throw new DefinitionException($"The JSON has a member twice: {e.Message}");
        }
    }

    /// <summary>
    /// Half of a character (<c>"\ud800"</c> alone) is JSON by its grammar but no text anybody could store or show: it is refused before a node holds
    /// it.
    /// </summary>
    private static JsonNode? Parse(string text, JsonDocumentOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(Strict.GetBytes(text),
                new JsonReaderOptions { MaxDepth = options.MaxDepth, AllowTrailingCommas = options.AllowTrailingCommas,
                CommentHandling = options.CommentHandling });
            while (reader.Read())
                if (reader.ValueIsEscaped) reader.GetString();
        }
        catch (Exception e) when (e is InvalidOperationException or System.Text.EncoderFallbackException)
        {
            throw new JsonException(e.Message, e);
        }
        return JsonNode.Parse(text, IgnoreCase, options);
    }

    private static JsonObject Top(JsonObject json)
    {
        foreach (var list in (ReadOnlySpan<string>)["variables", "inputs", "outputs", "outcomes"]) Unwrap(json, list);
        if (!json["root"].IsActivity() && json["root"] is not JsonObject { Count: > 0 })
            json["root"] =
            new JsonObject(IgnoreCase) { ["id"] = "root", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JsonArray() };
        json["root"] = Activity(json["root"]!.AsObject());
        return Ordered(json, TopMembers);
    }

    private static JsonObject Activity(JsonObject json)
    {
        json = Original(json);
        foreach (var list in Lists) Unwrap(json, list);
        MoveFlag(json, "canStartWorkflow");
        MoveFlag(json, "runAsynchronously");
        foreach (var (name, value) in json.ToList())
        {
            if (Is(name, "customProperties") || Is(name, "metadata")) continue;
            if (value.IsActivity()) json[name] = Activity(value!.AsObject());
            else if (value is JsonArray items) Items(items, onlySteps: Is(name, "activities") || Is(name, "branches"));
        }
        if (json["connections"] is JsonArray || Is(json.Text("type") ?? "", "Elsa.Flowchart")) Connections(json);
        return Ordered(json, ActivityMembers);
    }

    /// <summary>
    /// Elsa saves a step whose type it did not know as a placeholder with the original text (elsa-format §2): the original comes back.
    /// </summary>
    private static JsonObject Original(JsonObject json)
    {
        if (!Is(json.Text("type") ?? "", "Elsa.NotFoundActivity") || json.Text("originalActivityJson") is not { } text) return json;
        try
        {
            return Parse(text, default) is JsonObject original && original.IsActivity() ? original : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static void Items(JsonArray items, bool onlySteps)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not JsonObject item) continue;
            if (item.IsActivity() || onlySteps && item.IsListedActivity())
            {
                items[i] = Activity(item);
                continue;
            }
            foreach (var (name, value) in item.ToList())
                if (value.IsActivity()) item[name] = Activity(value!.AsObject());
        }
    }

    /// <summary>The three connection shapes (elsa-format §3) become the first; connections parked for missing types come back.</summary>
    private static void Connections(JsonObject flowchart)
    {
        var all = new JsonArray(IgnoreCase);
        if (flowchart["connections"] is JsonArray connections) Move(connections, all);
        if (flowchart["customProperties"] is JsonObject custom && custom["notFoundConnections"] is not null)
        {
            Unwrap(custom, "notFoundConnections");
            if (custom["notFoundConnections"] is JsonArray parked) Move(parked, all);
            custom.Remove("notFoundConnections");
        }
        flowchart["connections"] = all;
    }

    private static void Move(JsonArray from, JsonArray to)
    {
        foreach (var item in from.ToList())
        {
            from.Remove(item);
            if (item is not JsonObject connection) continue;
            End(connection, "source", "sourcePort");
            End(connection, "target", "targetPort");
            to.Add(Ordered(connection, ["source", "target", "vertices"]));
        }
    }

    private static void End(JsonObject connection, string name, string portName)
    {
        if (connection[name] is JsonObject end)
        {
            connection[name] = Ordered(end, ["activity", "port"]);
            return;
        }
        var port = Take(connection, portName);
        connection[name] = new JsonObject(IgnoreCase) { ["activity"] = Take(connection, name) };
        if (port is not null) connection[name]!["port"] = port;
    }

    /// <summary>Lists once written as <c>{"$values":[…]}</c>, <c>{"_type":…,"items":[…]}</c>, <c>{"values":[…]}</c> or as a single object.</summary>
    private static void Unwrap(JsonObject owner, string name)
    {
        if (owner[name] is not JsonObject wrapper) return;
        foreach (var inner in (ReadOnlySpan<string>)["$values", "items", "values"])
        {
            if (wrapper[inner] is not JsonArray) continue;
            owner[name] = Take(wrapper, inner);
            return;
        }
        // an activity in a member of such a name, or an expression, is no list
        if (wrapper.IsActivity() || wrapper.ContainsKey("expression")) return;
        owner[name] = null; // keeps the member's place
        owner[name] = wrapper.Count == 0 ? new JsonArray() : new JsonArray(wrapper);
    }

    private static void MoveFlag(JsonObject activity, string name)
    {
        if (activity[name] is not JsonValue) return;
        var flag = Take(activity, name);
        if (activity["customProperties"] is not JsonObject custom) activity["customProperties"] = custom = new JsonObject(IgnoreCase);
        if (!custom.ContainsKey(name)) custom[name] = flag;
    }

    private static JsonNode? Take(JsonObject owner, string name)
    {
        var value = owner[name];
        owner.Remove(name);
        return value;
    }

    private static JsonObject Ordered(JsonObject json, string[] first)
    {
        var result = new JsonObject(IgnoreCase);
        foreach (var name in first)
            if (json.ContainsKey(name)) result[name] = Take(json, name);
        foreach (var (name, value) in json.ToList())
        {
            json.Remove(name);
            result[Array.Find(Lists, l => Is(l, name)) ?? name] = value;
        }
        return result;
    }

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

using System.Text.Json.Nodes;

namespace CrmFlow.Bench;

/// <summary>The definitions the benches run: a step that waits, some that set a variable, and back.</summary>
internal static class BenchProcess
{
    public const string Task = "bench", LongTask = "bench-five", Lean = "bench-lean", Timer = "bench-timer";

    /// <summary>start → wait → that many variables set → wait …</summary>
    public static string Loop(string id, JsonObject wait, int sets)
    {
        var steps = new JsonArray(new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start" }, wait);
        var connections = new JsonArray(Connection("start", null, "wait"), Connection("wait", wait["actions"] is null ? null : "Next", "set1"));
        for (var i = 1; i <= sets; i++)
        {
            steps.Add(new JsonObject
            {
                ["id"] = $"set{i}", ["type"] = "Elsa.SetVariable",
                    ["variable"] = new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32" },
                ["value"] = new JsonObject { ["typeName"] = "Object",
                    ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "variables.n + 1" } },
            });
            connections.Add(Connection($"set{i}", null, i == sets ? "wait" : $"set{i + 1}"));
        }
        return Definition(id, steps, connections);
    }

    /// <summary>A task of that person.</summary>
    public static JsonObject UserTask(Guid person, string form) => new()
    {
        ["id"] = "wait", ["type"] = "CrmFlow.UserTask", ["title"] = Literal("办理"), ["form"] = Literal(form), ["subjectType"] = Literal("bench"),
            ["subjectId"] = Literal(Guid.Empty.ToString()),
        ["users"] = new JsonObject { ["typeName"] = "String[]",
            ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = $"[\"{person}\"]" } },
        ["actions"] = new JsonArray(new JsonObject { ["name"] = "Next", ["label"] = "下一步", ["labelEn"] = "Next", ["kind"] = "approve" }),
    };

    /// <summary>An event named as the instance's correlation id.</summary>
    public static JsonObject Event() => new()
    {
        ["id"] = "wait", ["type"] = "Elsa.Event", ["eventName"] = new JsonObject { ["typeName"] = "String",
            ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "getCorrelationId()" } },
    };

    /// <summary>Waits an hour, sets a variable, ends.</summary>
    public static string TimerOf() => Definition(Timer,
        new JsonArray(new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start" },
            new JsonObject { ["id"] = "wait", ["type"] = "Elsa.Delay", ["timeSpan"] = Literal("01:00:00") },
            new JsonObject { ["id"] = "set1", ["type"] = "Elsa.SetVariable",
                ["variable"] = new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32" }, ["value"] = Literal("1") }),
        new JsonArray(Connection("start", null, "wait"), Connection("wait", null, "set1")));

    private static string Definition(string id, JsonArray steps, JsonArray connections) => new JsonObject
    {
        ["definitionId"] = id, ["name"] = id, ["version"] = 1, ["isLatest"] = true, ["isPublished"] = false,
        ["variables"] = new JsonArray(new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32", ["value"] = "0" }),
        ["root"] = new JsonObject { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["activities"] = steps, ["connections"] = connections },
    }.ToJsonString();

    private static JsonObject Literal(JsonNode value) =>
        new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    private static JsonObject Connection(string from, string? port, string to) =>
        new() { ["source"] = new JsonObject { ["activity"] = from, ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" } };
}

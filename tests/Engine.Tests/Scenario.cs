using CrmFlow.Activities;

namespace CrmFlow.Engine.Tests;

/// <summary>Short definitions for tests: a flowchart in a line language, run in memory with the state written and read between bursts.</summary>
internal static class Scenario
{
    public static readonly DateTimeOffset Morning = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    public static InMemoryRun Run(string json, params ActivityDescriptor[] more) => new(Compile(json, more), Morning);

    public static CompiledWorkflow Compile(string json, params ActivityDescriptor[] more) =>
        CompiledWorkflow.Compile(WorkflowDefinition.Parse(json), "v1", new ActivityCatalog([.. BuiltInActivities.All, .. more]));

    /// <summary>
    /// A definition around one flowchart. Steps: <c>name</c> or <c>name:Type</c>, where a name alone writes itself as a line, <c>?name</c> waits for
    /// the event of its name, and Type may carry <c>Type(member=json,…)</c>. Connections: <c>a-&gt;b</c> or <c>a.Port-&gt;b</c>.
    /// </summary>
    public static string Flow(string steps, string connections, string variables = "", bool continueWithIncidents = true) => $$"""
        {"definitionId":"test","name":"test","version":1,"root":{{Chart("fc", steps, connections)}},
         "variables":[{{string.Join(",", variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Variable))}}],
         "options":{"incidentStrategyType":"{{(continueWithIncidents ? "ContinueWithIncidentsStrategy" : "FaultStrategy")}}"} }
        """;

    public static string Chart(string id, string steps, string connections) => $$"""
        {"id":"{{id}}","type":"Elsa.Flowchart","version":1,
         "activities":[{{string.Join(",", steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Step))}}],
         "connections":[{{string.Join(",", connections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Connection))}}]}
        """;

    public static string Literal(string typeName, string json) =>
        $$$"""{"typeName":"{{{typeName}}}","expression":{"type":"Literal","value":{{{json}}} } }""";
    public static string Object(string json) =>
        $$$"""{"typeName":"Object","expression":{"type":"Object","value":{{{System.Text.Json.Nodes.JsonValue.Create(json)!.ToJsonString()}}} } }""";
    public static string Variable(string id, string unused) =>
        $$$"""{"typeName":"Object","expression":{"type":"Variable","value":{"id":"{{{id}}}","name":"{{{id}}}"} } }""";

    public static string Step(string step)
    {
        if (step.StartsWith('{')) return step;
        var waits = step.StartsWith('?');
        var (name, kind) = Cut(step.TrimStart('?'), ':');
        var (type, members) = Cut(kind ?? (waits ? "Event" : "WriteLine"), '(');
        var extra = members is null ? "" : "," + members[..^1];
        var own = type switch
        {
            "WriteLine" => $",\"text\":{Literal("String", $"\"{name}\"")}",
            "Event" => $",\"eventName\":{Literal("String", $"\"{name}\"")}",
            "Any" => $",\"mode\":{Literal("String", "\"WaitAny\"")}",
            "All" => $",\"mode\":{Literal("String", "\"WaitAll\"")}",
            "Active" => $",\"mode\":{Literal("String", "\"WaitAllActive\"")}",
            _ => "",
        };
        var full = type switch { "Any" or "All" or "Active" => "Elsa.FlowJoin", _ when type.Contains('.') => type, _ => $"Elsa.{type}" };
        return $$"""{"id":"{{name}}","type":"{{full}}","version":1{{own}}{{extra}}}""";
    }

    private static string Connection(string arrow)
    {
        var (source, to) = Cut(arrow.Replace("->", ">"), '>');
        var (from, name) = Cut(source, '.');
        var port = $",\"port\":\"{name ?? "Done"}\"";
        return $$$"""{"source":{"activity":"{{{from}}}"{{{port}}}},"target":{"activity":"{{{to}}}"} }""";
    }

    private static string Variable(string variable)
    {
        var (name, value) = Cut(variable, '=');
        return $$"""{"id":"{{name}}","name":"{{name}}","typeName":"Object","value":"{{value}}"}""";
    }

    private static (string, string?) Cut(string text, char at) => text.IndexOf(at) is var i and >= 0 ? (text[..i], text[(i + 1)..]) : (text, null);
}

using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>
/// A workflow definition as read: the JSON itself, with legacy shapes normalised (elsa-format §12) and every unknown member kept, plus typed views.
/// Editors change the JSON and read it again; saving twice gives identical bytes.
/// </summary>
public sealed class WorkflowDefinition
{
    internal WorkflowDefinition(JsonObject json) => Json = json;

    /// <summary>The normalised document. Treat as read-only; use <see cref="Parse"/> on a changed clone.</summary>
    public JsonObject Json { get; }
    public string DefinitionId => Text("definitionId") ?? "";
    public string Name => Text("name") ?? DefinitionId;
    public int Version => Json["version"] is JsonValue v && v.TryGetValue<int>(out var n) ? n : 1;

    private string? Text(string name) => Json[name] is JsonValue v && v.TryGetValue<string>(out var s) ? s : null;

    /// <summary>Reads a definition. Throws <see cref="DefinitionException"/> when the text is no JSON object or no definition; anything merely unknown is kept and found by validation.</summary>
    public static WorkflowDefinition Parse(string json) => throw new NotImplementedException();

    /// <summary>Indented JSON in a stable member order.</summary>
    public string ToJson() => throw new NotImplementedException();
}

/// <summary>The text cannot be read as a definition at all.</summary>
public sealed class DefinitionException(string message) : Exception(message);

/// <summary>Something that keeps a definition from being published (<see cref="IsError"/>) or that a person should know.</summary>
/// <param name="ActivityId">The step it concerns; null for the workflow.</param>
/// <param name="Property">The member of the step; null for the step as a whole.</param>
/// <param name="Code">A stable key such as <c>engine.problem.unknown-type</c>; <paramref name="Args"/> fill its text in either language.</param>
public sealed record DefinitionProblem(string? ActivityId, string? Property, string Code, string[] Args, bool IsError = true);

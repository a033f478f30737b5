using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>
/// A workflow definition as read: the JSON itself, with legacy shapes normalised (elsa-format §12) and every unknown member kept, plus typed views.
/// Editors change the JSON and read it again; saving twice gives identical bytes.
/// </summary>
public sealed class WorkflowDefinition
{
    private static readonly JsonWriterOptions Writing =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = DefinitionReader.MaxDepth };

    internal WorkflowDefinition(JsonObject json) => Json = json;

    /// <summary>The normalised document. Treat as read-only; use <see cref="Parse"/> on a changed clone.</summary>
    public JsonObject Json { get; }
    public string DefinitionId => Json.Text("definitionId") ?? "";
    /// <summary>The id of the version row the file was written from; null when it carries none.</summary>
    public string? VersionId => Json.Text("id");
    public string Name => Json.Text("name") ?? DefinitionId;

    /// <summary>The version the file carries, 1 when it carries none; numbers may arrive as text (elsa-format §1).</summary>
    public int Version => int.TryParse(Json.Text("version"), out var version) ? version : 1;

    /// <summary>
    /// Reads a definition. Throws <see cref="DefinitionException"/> when the text is no JSON object or no definition; anything merely unknown is kept
    /// and found by validation.
    /// </summary>
    public static WorkflowDefinition Parse(string json) => DefinitionReader.Read(json);

    /// <summary>Indented JSON in a stable member order.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing)) Json.WriteTo(writer);
        buffer.WriteByte((byte)'\n');
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

/// <summary>The text cannot be read as a definition at all.</summary>
public sealed class DefinitionException(string message) : Exception(message);

/// <summary>Something that keeps a definition from being published (<see cref="IsError"/>) or that a person should know.</summary>
/// <param name="ActivityId">The step it concerns; null for the workflow.</param>
/// <param name="Property">The member of the step; null for the step as a whole.</param>
/// <param name="Code">A stable key such as <c>engine.problem.unknown-type</c>; <paramref name="Args"/> fill its text in either language.</param>
public sealed record DefinitionProblem(string? ActivityId, string? Property, string Code, string[] Args, bool IsError = true);

internal static class JsonNodeExtensions
{
    /// <summary>The text of a string, number or boolean member; null for anything else.</summary>
    public static string? Text(this JsonObject json, string name) => json[name] is JsonValue value ? value.AsText() : null;

    public static string? AsText(this JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => null,
    };

    public static bool IsTrue(this JsonObject? json, string name) =>
        json?[name] is JsonValue value && string.Equals(value.AsText(), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The items of an array that are objects; nothing for anything else.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => node is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>
    /// An object with an id and a dotted type name is a step (elsa-format §2); form fields and conditions have neither. A workflow used as an
    /// activity has a type name without a dot, and names that workflow.
    /// </summary>
    public static bool IsActivity(this JsonNode? node) =>
        node.IsListedActivity() && (node!["type"]!.GetValue<string>().Contains('.') || node["workflowDefinitionId"] is not null
            || node["workflowDefinitionVersionId"] is not null);

    /// <summary>In a list that holds nothing but steps an id and a type are enough.</summary>
    public static bool IsListedActivity(this JsonNode? node) =>
        node is JsonObject o && o["id"] is JsonValue id && id.GetValueKind() == JsonValueKind.String && o["type"] is JsonValue type
            && type.GetValueKind() == JsonValueKind.String;
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// The form of a step that lists its fields itself (input <c>fields</c>), made in the designer without a module's help. Every field becomes a
/// workflow variable of its name; a field of the same name in a later step begins with what was entered before.
/// </summary>
internal sealed class StepFieldsForm : ITaskForm
{
    public const string Key = "tasks.fields";

    public async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        if (await db.InstanceStepAsync(task.InstanceId, task.NodeId, ct) is not { } step) return [];
        var entered = await db.InstanceRecordsAsync(task.InstanceId, UserTaskActivity.TypeName, ct);
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        return [.. StepField.Read(step["fields"]).Select(f => f.ToField(english) with { Initial = Last(entered, f.Name) })];
    }

    public Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct) =>
        Task.FromResult<Result<Dictionary<string, Value>>>(new Dictionary<string, Value>(submission.Data));

    /// <summary>The value entered last, over all steps of the instance.</summary>
    private static Value Last(IReadOnlyList<Value> newestFirst, string name)
    {
        foreach (var record in newestFirst)
            foreach (var (key, decision) in record.Members.Reverse())
                if (key.StartsWith("decision", StringComparison.Ordinal) && decision["data"] is { Kind: ValueKind.Object } data
                    && data[name] is { IsNothing: false } value) return value;
        return Value.Null;
    }
}

/// <summary>One entry of a step's <c>fields</c>, as definitions keep it.</summary>
/// <param name="Type">One of <see cref="Types"/>.</param>
public sealed record StepField(string Name, string Label, string Type)
{
    // What definitions call the kinds of fields; published ones are read for ever.
    private static readonly Dictionary<string, FormField> Kinds = new()
    {
        ["text"] = new("", "", FieldKind.Text), ["multiline"] = new("", "", FieldKind.Text) { Lines = 4, MaxLength = 2000 },
            ["number"] = new("", "", FieldKind.Number) { Scale = 2 },
        ["money"] = new("", "", FieldKind.Money), ["date"] = new("", "", FieldKind.Date), ["datetime"] = new("", "", FieldKind.Instant),
            ["choice"] = new("", "", FieldKind.Choice),
        ["boolean"] = new("", "", FieldKind.Boolean), ["email"] = new("", "", FieldKind.Text) { Format = "email" },
    };

    public static readonly IReadOnlyList<string> Types = [.. Kinds.Keys];

    public string? LabelEn { get; init; }
    public bool Required { get; init; }
    /// <summary>Shown with what was entered before, not to be changed.</summary>
    public bool ReadOnly { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Reads what can be read; entries that are no objects are left out.</summary>
    public static IReadOnlyList<StepField> Read(JsonNode? fields) => fields is not JsonArray list ? [] :
    [
        .. list.OfType<JsonObject>().Select(f =>
            new StepField(Text(f, "name") ?? "", Text(f, "label") ?? Text(f, "name") ?? "", Text(f, "type")?.ToLowerInvariant() ?? "text")
            {
                LabelEn = Text(f, "labelEn"), Required = Is(f, "required"), ReadOnly = Is(f, "readOnly"),
                Choices = f["choices"] is JsonArray choices ? [.. choices.OfType<JsonValue>().Select(c => c.ToString())] : [],
            }),
    ];

    internal FormField ToField(bool english) => Kinds[Type] with
    {
        Key = Name, Text = (english ? LabelEn : null) ?? Label, Mode = ReadOnly ? FieldMode.Read : FieldMode.Write, Required = Required,
        Choices = [.. Choices.Select(c => new FieldChoice(c, c))],
    };

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : null;
    private static bool Is(JsonObject json, string name) => json[name] is JsonValue v && v.GetValueKind() == JsonValueKind.True;
}

using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// What the server makes of submitted fields: only writable ones are taken, one that did not come keeps its value, and every rule of its descriptor is checked.
/// The page uses the same to show all errors at once.
/// </summary>
public static class FormRules
{
    /// <summary>The values after the submission: hidden, read-only and unknown fields of it are ignored.</summary>
    public static ValueObject Merge(IReadOnlyList<FormField> fields, IReadOnlyDictionary<string, Value> submitted)
    {
        var merged = new ValueObject();
        foreach (var field in fields.Where(f => f.Mode == FieldMode.Write))
            merged[field.Name] = Normalise(field, submitted.TryGetValue(field.Name, out var value) && value.Kind != ValueKind.Undefined ? value : field.Initial);
        return merged;
    }

    /// <summary>Problems of the merged values for one action, in field order.</summary>
    public static IReadOnlyList<FieldProblem> Check(IReadOnlyList<FormField> fields, string action, IReadOnlyDictionary<string, Value> values, Texts texts) =>
        [.. fields.Where(f => f.Mode == FieldMode.Write).Select(f => Check(f, action, values.GetValueOrDefault(f.Name), texts)).OfType<FieldProblem>()];

    /// <summary>The problem of one field; null when it is fine. With a null action only what is there is checked.</summary>
    public static FieldProblem? Check(FormField field, string? action, Value value, Texts texts)
    {
        var label = texts[field.Label];
        FieldProblem Wrong(string key, params object?[] args) => new(field.Name, key, [label, .. args]);
        if (IsEmpty(value))
            return action is not null && (field.RequiredFor.Contains("*") || field.RequiredFor.Contains(action)) ? Wrong("tasks.field.required") : null;

        switch (field.Type)
        {
            case FieldType.Number or FieldType.Money:
                if (value.ToDecimal() is not { } number) return Wrong("tasks.field.number", value.ToText());
                if (decimal.Round(number, field.Scale) != number) return Wrong("tasks.field.scale", value.ToText(), field.Scale);
                if (field.Min is { } min && number < min) return Wrong("tasks.field.min", Show(number), Show(min));
                if (field.Max is { } max && number > max) return Wrong("tasks.field.max", Show(number), Show(max));
                return null;
            case FieldType.Date:
                return DateOnly.TryParseExact(value.ToText(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : Wrong("tasks.field.date", value.ToText());
            case FieldType.DateTime:
                return ReadLocal(value) is not null ? null : Wrong("tasks.field.date-time", value.ToText());
            case FieldType.Choice:
                return field.Choices.Any(c => c.Value == value.ToText()) ? null : Wrong("tasks.field.choice", value.ToText());
            case FieldType.Boolean:
                return value.Kind == ValueKind.Boolean ? null : Wrong("tasks.field.boolean", value.ToText());
            case FieldType.Custom:
                return null;
            default:
                if (value.Kind != ValueKind.String) return Wrong("tasks.field.text");
                if (value.String.Length > field.MaxLength) return Wrong("tasks.field.too-long", value.String.Length, field.MaxLength);
                return field.Type == FieldType.Email && !Mail.IsAddress(value.String) ? Wrong("tasks.field.email", value.String) : null;
        }
    }

    /// <summary>The instant a date-time field names in the business zone; null when it is empty or unreadable.</summary>
    public static DateTimeOffset? ReadInstant(BusinessTime time, Value value) =>
        ReadLocal(value) is { } local ? time.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local)) : null;

    /// <summary>An instant as a date-time field holds it.</summary>
    public static Value Write(BusinessTime time, DateTimeOffset? instant) =>
        instant is { } at ? time.Local(at).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) : Value.Null;

    internal static DateTime? ReadLocal(Value value) =>
        DateTime.TryParseExact(value.ToText(), ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : null;

    /// <summary>Text is trimmed and numbers written as text become numbers, so that rules and records see one form.</summary>
    private static Value Normalise(FormField field, Value value) => field.Type switch
    {
        FieldType.Custom or FieldType.Boolean => value,
        FieldType.Number or FieldType.Money when value.Kind == ValueKind.String && value.ToDecimal() is { } number => number,
        _ when value.Kind == ValueKind.String => value.String.Trim(),
        _ => value,
    };

    private static bool IsEmpty(Value value) => value.IsNothing || value.Kind == ValueKind.String && string.IsNullOrWhiteSpace(value.String) || value.Kind == ValueKind.Array && value.Items.Count == 0;

    private static string Show(decimal number) => number.ToString("#,##0.############", CultureInfo.InvariantCulture);
}

/// <summary>A field that cannot be taken as it is: what is wrong and what would be right.</summary>
public sealed record FieldProblem : Problem
{
    public FieldProblem(string field, string key, object?[] args) : base(key, args) => (Kind, Field) = (ProblemKind.Invalid, field);
}

using System.Globalization;
using System.Text;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>
/// What the server makes of a filled form, whatever it is about: only writable fields are taken, one that did not come keeps its value,
/// and every rule of its description is checked. Pages use the same while people type.
/// </summary>
public static class FormRules
{
    private static readonly string[] Days = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd"];
    private static readonly string[] Instants = ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm"];

    /// <summary>The values after the submission: hidden, read-only and unknown fields of it are ignored.</summary>
    public static ValueObject Merge(IEnumerable<FormField> fields, IReadOnlyDictionary<string, Value> submitted)
    {
        var merged = new ValueObject();
        foreach (var field in fields.Where(f => f.Mode == FieldMode.Write))
        {
            var came = submitted.TryGetValue(field.Key, out var value) && value.Kind != ValueKind.Undefined;
            merged[field.Key] = Plain(field, came ? value : field.Initial);
        }
        return merged;
    }

    /// <summary>Every refusal of the merged values for one action, in the order of the fields.</summary>
    public static IReadOnlyList<FieldRefused> Check(
        IEnumerable<FormField> fields, string action, IReadOnlyDictionary<string, Value> values, DictionaryBook? book = null) =>
        [.. fields.Where(f => f.Mode == FieldMode.Write).Select(f => Check(f, action, values.GetValueOrDefault(f.Key), book)).OfType<FieldRefused>()];

    /// <summary>Why a field does not take a value; null when it does.</summary>
    /// <param name="action">Null: only what is there is checked.</param>
    /// <param name="book">For fields whose choices come from a dictionary.</param>
    public static FieldRefused? Check(FormField field, string? action, Value value, DictionaryBook? book = null)
    {
        value = Plain(field, value);
        FieldRefused Wrong(string key, params object?[] args) => new(field.Key, key, [new Label(field.Text), .. args]);
        if (IsEmpty(value)) return action is not null && field.IsRequired(action) ? FieldRefused.Required(field.Key, field.Text) : null;
        var text = value.ToText();
        switch (field.Kind)
        {
            case FieldKind.Custom:
                return null;
            case FieldKind.Number or FieldKind.Money or FieldKind.Percent:
                if (value.Kind != ValueKind.Number || value.ToDecimal() is not { } number) return Wrong("problem.field-number", text);
                if (field.Min is { } min && number < min) return Wrong("problem.field-min", Show(number), Show(min));
                if (field.Max is { } max && number > max) return Wrong("problem.field-max", Show(number), Show(max));
                return decimal.Round(number, field.Scale) == number ? null : Wrong("problem.field-scale", text, field.Scale);
            case FieldKind.Date:
                return Runtime.Days.TryParse(text, out _) ? null : Wrong("problem.field-date", text);
            case FieldKind.Instant:
                return ReadLocal(value) is not null ? null : Wrong("problem.field-instant", text);
            case FieldKind.Boolean:
                return value.Kind == ValueKind.Boolean ? null : Wrong("problem.field-boolean", text);
            case FieldKind.Choice when field.Dictionary is { } dictionary:
                if (book is null)
                    throw new InvalidOperationException($"Field '{field.Key}' takes codes of '{dictionary}'. Hand FormRules the dictionaries.");
                var isOffered = book.Choices(dictionary, field.Initial.ToText()).Any(v => v.Code == text);
                return isOffered ? null : Wrong("problem.field-choice", text);
            case FieldKind.Choice:
                return field.Choices.Any(c => c.Value == text) ? null : Wrong("problem.field-choice", text);
        }
        if (value.Kind != ValueKind.String) return Wrong("problem.field-text");
        if (value.String.Length > field.MaxLength) return Wrong("problem.field-length", field.MaxLength, value.String.Length);
        return Fits(field.Format, value.String) ? null : Wrong($"problem.field-{field.Format}", text);
    }

    /// <summary>
    /// Text is trimmed, and numbers, dates, yes and no written as text become what they say, so that rules and records see one form. What cannot is
    /// kept as typed.
    /// </summary>
    public static Value Plain(FormField field, Value value)
    {
        if (value.Kind != ValueKind.String || field.Kind == FieldKind.Custom) return value;
        var text = value.String.Trim();
        var narrow = text.Normalize(NormalizationForm.FormKC);
        switch (field.Kind)
        {
            case FieldKind.Number or FieldKind.Money or FieldKind.Percent:
                return decimal.TryParse(narrow, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : text;
            case FieldKind.Date:
                return DateOnly.TryParseExact(narrow, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Runtime.Days.Iso(day)
                    : text;
            case FieldKind.Boolean:
                return bool.TryParse(text, out var yes) ? yes : text;
            default:
                return text;
        }
    }

    /// <summary>The instant a field of that kind names in the business zone; null when it is empty or unreadable.</summary>
    public static DateTimeOffset? ReadInstant(BusinessTime time, Value value) =>
        ReadLocal(value) is { } local ? time.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local)) : null;

    /// <summary>An instant as a field of that kind holds it.</summary>
    public static Value Write(BusinessTime time, DateTimeOffset? instant) =>
        instant is { } at ? time.Local(at).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture) : Value.Null;

    public static DateTime? ReadLocal(Value value) =>
        DateTime.TryParseExact(value.ToText(), Instants, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : null;

    internal static bool IsEmpty(Value value) =>
        value.IsNothing || value.Kind == ValueKind.String && string.IsNullOrWhiteSpace(value.String)
        || value.Kind == ValueKind.Array && value.Items.Count == 0;

    private static bool Fits(string? format, string text) => format switch
    {
        "email" => Mail.IsAddress(text) && text.LastIndexOf('.') > text.IndexOf('@') + 1 && text[^1] != '.' && !text.Any(c => c is ',' or ';'),
        "tel" => text.Count(char.IsAsciiDigit) is >= 3 and <= 40,
        "post" => text.Length == 6 && text.All(char.IsAsciiDigit),
        _ => true,
    };

    private static string Show(decimal number) => number.ToString("#,##0.############", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Linq.Expressions;
using System.Text;

namespace CrmFlow.Runtime;

/// <summary>
/// A field people fill in: what the form draws, the import maps, the record page shows and the server checks, in one line beside the record. Values travel as text: dates as
/// 2026-01-31, numbers with a point, choices as codes.
/// </summary>
/// <param name="Key">In forms, imports and activities; the control's id.</param>
/// <param name="Text">Text key of the label.</param>
public sealed record RecordField<T>(string Key, string Text, FieldKind Kind, Func<T, object?> Get, Action<T, object?> Set)
{
    public string? Dictionary { get; init; }
    public bool Required { get; init; }
    public int MaxLength { get; init; } = 400;
    /// <summary>More than one: a text area.</summary>
    public int Lines { get; init; } = 1;
    /// <summary>Keyboard of the phone, and what is checked: <c>tel</c>, <c>email</c>, <c>url</c>.</summary>
    public string? Mode { get; init; }
    /// <summary>Only with this right: others neither see the field nor change it.</summary>
    public string? Right { get; init; }
    /// <summary>Text key of the unit or of a word of help.</summary>
    public string? Unit { get; init; }
    public string? Help { get; init; }
    public decimal Min { get; init; }
    public decimal Max { get; init; } = 99_999_999_999m;
    /// <summary>Text key of the heading it stands under.</summary>
    public string? Group { get; init; }
}

/// <summary>A text key inside the arguments of a problem: shown in the reader's language.</summary>
public sealed record Label(string Key);

/// <summary>The fields of a kind of record.</summary>
public sealed class RecordForm<T>(params RecordField<T>[] fields)
{
    public IReadOnlyList<RecordField<T>> Fields => fields;

    /// <summary>The fields this actor has to do with.</summary>
    public IEnumerable<RecordField<T>> For(Actor actor) => fields.Where(f => f.Right is null || actor.Has(f.Right));

    public Dictionary<string, string?> Read(T record, Actor actor) => For(actor).ToDictionary(f => f.Key, f => TextOf(f.Get(record)));

    /// <summary>
    /// Writes the values that were given; fields that are not in it stay. Checks all of them first and writes none when one is refused.
    /// Codes of dictionaries must be in use or be what the record already has.
    /// </summary>
    public Problem? Write(T record, IReadOnlyDictionary<string, string?> values, Actor actor, DictionaryBook book)
    {
        List<(RecordField<T> Field, object? Value)> good = [];
        foreach (var field in For(actor))
        {
            if (!values.TryGetValue(field.Key, out var text)) continue;
            var (value, problem) = Parse(field, text, book, TextOf(field.Get(record)));
            if (problem is not null) return problem;
            good.Add((field, value));
        }
        foreach (var (field, value) in good) field.Set(record, value);
        return fields.FirstOrDefault(f => f.Required && f.Get(record) is null or "") is { } missing ? FieldRefused.Required(missing.Key, missing.Text) : null;
    }

    /// <summary>One value as the record keeps it, or why not.</summary>
    public static (object? Value, Problem? Problem) Parse(RecordField<T> field, string? text, DictionaryBook book, string? current)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return (null, field.Required ? FieldRefused.Required(field.Key, field.Text) : null);
        switch (field.Kind)
        {
            case FieldKind.Date:
                return Days.TryParse(text, out var day) ? (day, null) : (null, new FieldRefused(field.Key, "problem.field-date", new Label(field.Text), text));
            case FieldKind.Boolean:
                return bool.TryParse(text, out var yes) ? (yes, null) : (null, new FieldRefused(field.Key, "problem.field-boolean", new Label(field.Text), text));
            case FieldKind.Number or FieldKind.Money or FieldKind.Percent:
                if (!decimal.TryParse(text.Normalize(NormalizationForm.FormKC), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)) return (null, new FieldRefused(field.Key, "problem.field-number", new Label(field.Text), text));
                var scale = field.Kind switch { FieldKind.Money => 2, FieldKind.Percent => 6, _ => 0 };
                if (number < field.Min || number > field.Max || decimal.Round(number, scale) != number) return (null, new FieldRefused(field.Key, "problem.field-range", new Label(field.Text), text, field.Min, field.Max, scale));
                return (number, null);
            case FieldKind.Choice when field.Dictionary is { } dictionary:
                return book[dictionary].Any(v => v.Code == text && (v.IsEnabled || text == current)) ? (text, null) : (null, new FieldRefused(field.Key, "problem.field-choice", new Label(field.Text), text));
        }
        if (text.Length > field.MaxLength) return (null, new FieldRefused(field.Key, "problem.field-length", new Label(field.Text), field.MaxLength, text.Length));
        var fits = field.Mode switch
        {
            "email" => text.IndexOf('@') is > 0 and var at && text.LastIndexOf('.') > at + 1 && text[^1] != '.' && !text.Any(c => char.IsWhiteSpace(c) || c is ',' or ';' or '<' or '>'),
            "tel" => text.Count(char.IsAsciiDigit) is >= 3 and <= 40,
            "post" => text.Length == 6 && text.All(char.IsAsciiDigit),
            _ => true,
        };
        return fits ? (text, null) : (null, new FieldRefused(field.Key, $"problem.field-{field.Mode}", new Label(field.Text), text));
    }

    public static string? TextOf(object? value) => value switch
    {
        null => null,
        DateOnly day => Days.Iso(day),
        decimal number => number.ToString("0.######", CultureInfo.InvariantCulture),
        bool yes => yes ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}

/// <summary>Makes a <see cref="RecordField{T}"/> from the property it stands for.</summary>
public static class RecordFields
{
    public static RecordField<T> Field<T, TValue>(string key, string text, Expression<Func<T, TValue>> property, FieldKind? kind = null)
    {
        var plain = Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue);
        var (record, value) = (property.Parameters[0], Expression.Parameter(typeof(object)));
        var set = Expression.Lambda<Action<T, object?>>(Expression.Assign(property.Body, Expression.Convert(value, typeof(TValue))), record, value).Compile();
        var get = property.Compile();
        return new RecordField<T>(key, text, kind ?? (plain == typeof(DateOnly) ? FieldKind.Date : plain == typeof(decimal) ? FieldKind.Money : plain == typeof(int) ? FieldKind.Number : plain == typeof(bool) ? FieldKind.Boolean : FieldKind.Text),
            r => get(r), (r, v) => set(r, v switch
            {
                null when Nullable.GetUnderlyingType(typeof(TValue)) is null && typeof(TValue).IsValueType => default(TValue),
                null when typeof(TValue) == typeof(string) => null,
                decimal number when plain == typeof(int) => (int)number,
                _ => v,
            }));
    }
}

/// <summary>A value a field does not take: which field, why, what is right.</summary>
public sealed record FieldRefused : Problem
{
    public FieldRefused(string field, string key, params object?[] args) : base(key, args) => (Field, Kind) = (field, ProblemKind.Invalid);
    public static FieldRefused Required(string field, string text) => new(field, "problem.field-required", new Label(text));
}

/// <summary>The form was filled in before somebody else changed the record (R-AUD-1 counts the changes).</summary>
public sealed record ChangedMeanwhile : Problem
{
    public ChangedMeanwhile(string by, string at) : base("problem.changed-meanwhile", by, at) => Kind = ProblemKind.Conflict;
}

using System.Globalization;
using System.Linq.Expressions;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>A field of a kind of record, in one line beside the record: form, import, record page and check all read it.</summary>
public sealed record RecordField<T>(string Key, string Text, FieldKind Kind, Func<T, object?> Get, Action<T, object?> Set)
    : FormField(Key, Text, Kind);

/// <summary>The fields of a kind of record.</summary>
public sealed class RecordForm<T>(params RecordField<T>[] fields)
{
    public IReadOnlyList<RecordField<T>> Fields => fields;

    /// <summary>The fields this actor has to do with.</summary>
    public IEnumerable<RecordField<T>> For(Actor actor) => fields.Where(f => f.Right is null || actor.Has(f.Right));

    public Dictionary<string, string?> Read(T record, Actor actor) => For(actor).ToDictionary(f => f.Key, f => TextOf(f.Get(record)));

    /// <summary>
    /// Writes the values that were given; fields that are not in it stay. Checks all of them first, refuses every wrong one at once and writes none
    /// when one is refused.
    /// Codes of dictionaries must be in use or be what the record already has.
    /// </summary>
    public Problem? Write(T record, IReadOnlyDictionary<string, string?> values, Actor actor, DictionaryBook book)
    {
        List<FieldRefused> refused = [];
        List<(RecordField<T> Field, Value Value)> good = [];
        foreach (var field in fields)
        {
            var before = field.Get(record);
            if ((field.Right is null || actor.Has(field.Right)) && values.TryGetValue(field.Key, out var text))
            {
                if (FormRules.Check(field with { Initial = TextOf(before) }, "", text, book) is { } wrong) refused.Add(wrong);
                else good.Add((field, FormRules.Plain(field, text)));
            }
            else if (field.Required && before is null or "") refused.Add(FieldRefused.Required(field.Key, field.Text));
        }
        if (refused.Count > 0) return Problem.Together(refused);
        foreach (var (field, value) in good) field.Set(record, FormRules.IsEmpty(value) ? null : Clr(field, value));
        return null;
    }

    private static object? Clr(FormField field, Value value) => field.Kind switch
    {
        FieldKind.Number or FieldKind.Money or FieldKind.Percent => value.ToDecimal(),
        FieldKind.Boolean => value.IsTrue,
        FieldKind.Date => DateOnly.ParseExact(value.String, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => value.ToText(),
    };

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
        var set = Expression.Lambda<Action<T, object?>>(Expression.Assign(property.Body, Expression.Convert(value, typeof(TValue))), record, value)
            .Compile();
        var get = property.Compile();
        return new RecordField<T>(key, text, kind ?? (plain == typeof(DateOnly) ? FieldKind.Date : plain == typeof(decimal) ? FieldKind.Money
            : plain == typeof(int) ? FieldKind.Number : plain == typeof(bool) ? FieldKind.Boolean : FieldKind.Text),
            r => get(r), (r, v) => set(r, v switch
            {
                null when Nullable.GetUnderlyingType(typeof(TValue)) is null && typeof(TValue).IsValueType => default(TValue),
                null when typeof(TValue) == typeof(string) => null,
                decimal number when plain == typeof(int) => (int)number,
                _ => v,
            }))
        { Min = 0, Max = 99_999_999_999m };
    }
}

/// <summary>The form was filled in before somebody else changed the record (R-AUD-1 counts the changes).</summary>
public sealed record ChangedMeanwhile : Problem
{
    public ChangedMeanwhile(string by, string at) : base("problem.changed-meanwhile", by, at) => Kind = ProblemKind.Conflict;
}

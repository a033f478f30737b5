using System.Globalization;
using System.Text.Json;
using System.Xml;

namespace CrmFlow.Engine;

/// <summary>
/// Between <see cref="Value"/> and the property types activities may use. Lenient as Elsa's binding (elsa-format §2.2): text to number, boolean,
/// instant, id or enum; JSON text to list; one item to a list. What does not convert throws <see cref="FormatException"/>.
/// </summary>
internal static class ClrValue
{
    private static readonly Dictionary<Type, Delegate> Readers = new()
    {
        [typeof(Value)] = (Value v) => v,
        [typeof(string)] = (Value v) => v.ToText()!,
        [typeof(bool)] = ToBoolean,
        [typeof(int)] = (Value v) => checked((int)Whole(v)),
        [typeof(long)] = (Value v) => checked((long)Whole(v)),
        [typeof(double)] = ToNumber,
        [typeof(decimal)] = ToDecimal,
        [typeof(DateTimeOffset)] = ToInstant,
        [typeof(TimeSpan)] = ToDuration,
        [typeof(Guid)] = (Value v) => v.ToGuid() ?? throw Bad(v, "an id"),
        [typeof(string[])] = ToTexts,
    };

    public static Func<Value, T>? Reader<T>()
    {
        if (Readers.TryGetValue(typeof(T), out var known)) return (Func<Value, T>)known;
        if (typeof(T).IsEnum) return v => (T)ToEnum(typeof(T), v);
        if (Nullable.GetUnderlyingType(typeof(T)) is not { } inner) return null;
        if (inner.IsEnum) return v => (T)ToEnum(inner, v);
        return Readers.TryGetValue(inner, out var reader)
            ? (Func<Value, T>)typeof(ClrValue).GetMethod(nameof(Lift),
                System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(inner).Invoke(null, [reader])!
            : null;
    }

    private static Func<Value, T?> Lift<T>(Func<Value, T> read) where T : struct => v => read(v);

    public static Func<T, Value>? Writer<T>()
    {
        if (typeof(T) == typeof(Value)) return v => (Value)(object)v!;
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return type == typeof(string[]) || type.IsEnum || Readers.ContainsKey(type) ? v => Write(v) : null;
    }

    private static Value Write(object? value) => value switch
    {
        null => Value.Null,
        string x => Value.From(x),
        bool x => Value.From(x),
        int x => Value.From((double)x),
        long x => Value.From((double)x),
        double x => Value.From(x),
        decimal x => Value.From(x),
        Guid x => Value.From(x),
        DateTimeOffset x => Value.From(x.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)),
        TimeSpan x => Value.From(x.ToString("c", CultureInfo.InvariantCulture)),
        string[] x => Value.List(x.Select(Value.From)),
        _ => Value.From(value.ToString()), // an enum
    };

    /// <summary>A list as loops take it: an array, JSON text of one, nothing, or a single item.</summary>
    public static List<Value> ToList(Value value)
    {
        if (value.Kind == ValueKind.Array) return value.Items;
        if (value.IsNothing) return [];
        if (value.Kind == ValueKind.String && value.String.AsSpan().TrimStart().StartsWith("[")
            && TryJson(value.String) is { Kind: ValueKind.Array } list) return list.Items;
        return [value];
    }

    private static string[] ToTexts(Value value) => [.. ToList(value).Select(v => v.ToText() ?? "")];

    private static Value TryJson(string text)
    {
        try
        {
            return Value.FromJson(text);
        }
        catch (JsonException)
        {
            return Value.Undefined;
        }
    }

    private static bool ToBoolean(Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.IsTrue,
        ValueKind.Number => value.Number != 0,
        ValueKind.String when bool.TryParse(value.String, out var b) => b,
        _ => throw Bad(value, "a boolean"),
    };

    private static double ToNumber(Value value) => value.Kind switch
    {
        ValueKind.Number => value.Number,
        ValueKind.String when double.TryParse(value.String, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) => n,
        _ => throw Bad(value, "a number"),
    };

    private static decimal Whole(Value value) => decimal.Round(ToDecimal(value));

    private static decimal ToDecimal(Value value) => value.ToDecimal() ?? throw Bad(value, "a number");

    private static DateTimeOffset ToInstant(Value value) => value.Kind switch
    {
        ValueKind.String when DateTimeOffset.TryParse(value.String, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) =>
            at.ToUniversalTime(),
        ValueKind.Number => DateTimeOffset.FromUnixTimeMilliseconds((long)value.Number),
        ValueKind.Date when DateTimeOffset.TryParse(value.ToJson().Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var at) => at.ToUniversalTime(),
        _ => throw Bad(value, "an instant"),
    };

    private static TimeSpan ToDuration(Value value)
    {
        if (value.Kind != ValueKind.String) throw Bad(value, "a duration");
        if (TimeSpan.TryParse(value.String, CultureInfo.InvariantCulture, out var span)) return span;
        try
        {
            return XmlConvert.ToTimeSpan(value.String); // ISO 8601, such as P3DT4H
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Bad(value, "a duration");
        }
    }

    private static object ToEnum(Type type, Value value)
    {
        if (value.Kind == ValueKind.Number) return Enum.ToObject(type, (long)value.Number);
        return value.Kind == ValueKind.String && Enum.TryParse(type, value.String, ignoreCase: true, out var result) ? result
            : throw Bad(value, $"one of {string.Join(", ", Enum.GetNames(type))}");
    }

    private static FormatException Bad(Value value, string wanted) => new($"{Shown(value)} is not {wanted}.");

    private static string Shown(Value value)
    {
        var text = value.Kind is ValueKind.Array or ValueKind.Object or ValueKind.String ? value.ToJson() : value.ToString();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}

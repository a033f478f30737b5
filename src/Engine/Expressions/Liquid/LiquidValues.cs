using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>The conversions and comparisons of Liquid, which are not JavaScript's.</summary>
internal static class LiquidValues
{
    /// <summary>Everything but nothing and false holds, the empty text and 0 too.</summary>
    public static bool IsTrue(in Value value) => !value.IsNothing && value is not { Kind: ValueKind.Boolean, IsTrue: false };

    /// <summary>Nothing is the empty text, an array its items one after the other, an object its JSON.</summary>
    public static string Text(Context context, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined or ValueKind.Null: return "";
            case ValueKind.String: return value.String;
            case ValueKind.Number: return context.Written(value.RawNumber);
            case ValueKind.Boolean: return value.IsTrue ? "true" : "false";
            case ValueKind.Array:
                var joined = new StringBuilder();
                foreach (var item in value.Items) Append(context, joined, Text(context, item));
                return joined.ToString();
            default: return Json(context, value);
        }
    }

    public static string Json(Context context, in Value value) => Library.Stringify(context, value, default, default).ToText() ?? "null";

    public static void Append(Context context, StringBuilder text, string more)
    {
        context.Step(1 + more.Length / 64);
        context.TextLength((long)text.Length + more.Length);
        context.Bytes(2L * more.Length);
        text.Append(more);
    }

    /// <summary>For computing: true counts as 1, a list as the number of its items, what is no number as 0.</summary>
    public static double Number(Context context, in Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.IsTrue ? 1 : 0,
        ValueKind.Array => value.Items.Count,
        ValueKind.String when value.String.Length <= 40 && value.String.Contains(',') =>
            decimal.TryParse(value.String, NumberStyles.Number, CultureInfo.InvariantCulture, out var grouped) ? (double)grouped : 0,
        _ => TryNumber(context, value) ?? 0,
    };

    public static double? TryNumber(Context context, in Value value)
    {
        var number = value.Kind switch
        {
            ValueKind.Number => value.RawNumber,
            ValueKind.String when value.String.Length > 0 => Coercion.ParseNumber(context, value.String),
            _ => double.NaN,
        };
        return double.IsNaN(number) ? null : number;
    }

    public static List<Value> Items(Context context, in Value value)
    {
        if (value.Kind == ValueKind.Array) return value.Items;
        if (value.Kind == ValueKind.Object)
        {
            context.Step(value.Members.Count);
            context.Items(3 * value.Members.Count, value.Members.Count);
            return [.. value.Members.InOrder().Select(m => Value.List([m.Key, m.Value]))];
        }
        return value.Kind == ValueKind.String ? [value] : []; // a text is one item, also the empty one; numbers hold none
    }

    public static Value Member(Context context, in Value value, in Value key)
    {
        context.Step();
        switch (value.Kind)
        {
            case ValueKind.Array:
                var items = value.Items;
                if (TryNumber(context, key) is { } index)
                {
                    var at = index < 0 ? items.Count + index : index;
                    return at >= 0 && at < items.Count ? items[(int)at] : Value.Undefined;
                }
                return Text(context, key) switch
                {
                    "size" => items.Count,
                    "first" => items.Count > 0 ? items[0] : Value.Undefined,
                    "last" => items.Count > 0 ? items[^1] : Value.Undefined,
                    _ => Value.Undefined,
                };
            case ValueKind.Object:
                var name = Text(context, key);
                context.Length(name.Length);
                return value.Members.TryGetValue(name, out var member) ? member : name == "size" ? value.Members.Count : Value.Undefined;
            case ValueKind.String when key.Kind == ValueKind.String:
                var text = value.String;
                return key.String switch
                {
                    "size" => text.Length,
                    "first" when text.Length > 0 => text[..Math.Min(char.IsHighSurrogate(text[0]) ? 2 : 1, text.Length)],
                    "last" when text.Length > 0 => text[^Math.Min(char.IsLowSurrogate(text[^1]) ? 2 : 1, text.Length)..],
                    _ => Value.Undefined,
                };
            default: return Value.Undefined;
        }
    }

    /// <summary>A number and the same number written as text are equal: forms keep numbers as text.</summary>
    public static bool AreEqual(Context context, in Value a, in Value b)
    {
        if (a.IsNothing || b.IsNothing) return a.IsNothing && b.IsNothing;
        if (a.Kind == b.Kind) return Coercion.StrictEquals(context, a, b);
        return (a.Kind, b.Kind) is (ValueKind.Number, ValueKind.String) or (ValueKind.String, ValueKind.Number) && TryNumber(context, a) is { } x
            && TryNumber(context, b) == x;
    }

    /// <summary>Texts by their characters, else numbers; null when they cannot be compared, and then every comparison is false.</summary>
    public static int? Compare(Context context, in Value a, in Value b)
    {
        if (a.IsNothing && b.IsNothing) return 0;
        if (a.Kind == ValueKind.String && b.Kind == ValueKind.String)
        {
            context.Length(Math.Min(a.String.Length, b.String.Length));
            return string.CompareOrdinal(a.String, b.String);
        }
        return TryNumber(context, a) is { } x && TryNumber(context, b) is { } y ? x.CompareTo(y) : null;
    }

    public static bool Contains(Context context, in Value value, in Value sought)
    {
        switch (value.Kind)
        {
            case ValueKind.Array:
                foreach (var item in value.Items)
                {
                    context.Step();
                    if (AreEqual(context, item, sought)) return true;
                }
                return false;
            case ValueKind.Object: return value.Members.ContainsKey(Text(context, sought));
            case ValueKind.String:
                var text = Text(context, sought);
                context.Search(value.String.Length, text.Length);
                return !sought.IsNothing && value.String.Contains(text, StringComparison.Ordinal);
            default: return false;
        }
    }
}

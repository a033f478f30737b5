using System.Globalization;

namespace CrmFlow.Engine.Expressions;

/// <summary>The conversions and comparisons of the language.</summary>
internal static class Coercion
{
    /// <summary>What JavaScript trims and counts as blank, line ends included.</summary>
    public const string White =
        "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    public static bool IsWhite(char c) => c is ' ' or (>= '\t' and <= '\r') || (c > 127 && White.Contains(c));

    public static bool ToBoolean(in Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => false,
        ValueKind.Boolean => value.RawNumber != 0,
        ValueKind.Number => value.RawNumber is not 0 and not double.NaN,
        ValueKind.String => ((string)value.Reference!).Length > 0,
        _ => true,
    };

    public static double ToNumber(Context context, in Value value) => value.Kind switch
    {
        ValueKind.Number or ValueKind.Boolean => value.RawNumber,
        ValueKind.Undefined or ValueKind.Function => double.NaN,
        ValueKind.Null => 0,
        ValueKind.String => ParseNumber(context, (string)value.Reference!),
        ValueKind.Date => ((DateObject)value.Reference!).Time,
        _ => ToNumber(context, ToPrimitive(context, value, preferText: false)),
    };

    /// <summary>ToIntegerOrInfinity.</summary>
    public static double ToInteger(Context context, in Value value)
    {
        var number = ToNumber(context, value);
        return double.IsNaN(number) ? 0 : Math.Truncate(number) + 0.0;
    }

    public static int ToInt32(Context context, in Value value)
    {
        var number = value.Kind == ValueKind.Number ? value.RawNumber : ToNumber(context, value);
        var truncated = (int)number;
        if (truncated == number) return truncated;
        if (!double.IsFinite(number)) return 0;
        number = Math.Truncate(number) % 4294967296.0;
        return (int)(uint)(long)number;
    }

    public static uint ToUInt32(Context context, in Value value) => (uint)ToInt32(context, value);

    public static string ToText(Context context, in Value value) => value.Kind switch
    {
        ValueKind.String => (string)value.Reference!,
        ValueKind.Number => context.Written(value.RawNumber),
        ValueKind.Undefined => "undefined",
        ValueKind.Null => "null",
        ValueKind.Boolean => value.RawNumber != 0 ? "true" : "false",
        _ => ToText(context, ToPrimitive(context, value, preferText: true)),
    };

    /// <summary>The name of a member; looking up a long one costs its length.</summary>
    public static string ToKey(Context context, in Value value)
    {
        var key = ToText(context, value);
        context.Length(key.Length);
        return key;
    }

    /// <summary>An object as a primitive: its own valueOf and toString where it has them, else what the built-in ones give.</summary>
    public static Value ToPrimitive(Context context, in Value value, bool? preferText = null)
    {
        if (value.Kind < ValueKind.Array) return value;
        if (value.Kind != ValueKind.Object) return BuiltInPrimitive(context, value, preferText);
        var members = value.Members;
        foreach (var name in (ReadOnlySpan<string>)(preferText == true ? ["toString", "valueOf"] : ["valueOf", "toString"]))
        {
            if (!members.TryGetValue(name, out var method))
            {
                if (name == "toString") return BuiltInText(members);
                continue;
            }
            if (method.Kind != ValueKind.Function) continue;
            var result = ((FunctionObject)method.Reference!).Invoke(context, value, []);
            if (result.Kind < ValueKind.Array) return result;
        }
        throw Error.Type(context, "Cannot convert object to primitive value");
    }

    public static string BuiltInText(ValueObject members) => members switch
    {
        ErrorObject error => error.ToText(),
        IteratorObject iterator => $"[object {iterator.Name}]",
        _ => "[object Object]",
    };

    private static Value BuiltInPrimitive(Context context, in Value value, bool? preferText)
    {
        switch (value.Kind)
        {
            case ValueKind.Array: return Library.Join(context, value.Items, ",");
            case ValueKind.Date:
                var date = (DateObject)value.Reference!;
                return preferText == false ? Value.From(date.Time) : context.Charged(date.ToText(context.Zone));
            case ValueKind.Map: return "[object Map]";
            case ValueKind.Set: return "[object Set]";
            case ValueKind.RegExp: return ((RegExpObject)value.Reference!).ToString();
            default: return ((FunctionObject)value.Reference!).Source;
        }
    }

    public static double ParseNumber(Context context, string text)
    {
        context.Step(text.Length / 4);
        var span = text.AsSpan().Trim(White);
        if (span.Length == 0) return 0;
        if (span.Length > 2 && span[0] == '0' && !char.IsAsciiDigit(span[1]) && span[1] is not ('.' or 'e' or 'E'))
        {
            var radix = span[1] switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 };
            if (radix == 0) return double.NaN;
            foreach (var c in span[2..])
            {
                if (DigitOf(c) >= radix) return double.NaN;
            }
            return ParseDigits(span[2..], radix);
        }
        var unsigned = span[0] is '+' or '-' ? span[1..] : span;
        if (unsigned is "Infinity") return span[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return unsigned.Length > 0 && DecimalLength(unsigned) == unsigned.Length
            ? double.Parse(span, NumberStyles.Float, CultureInfo.InvariantCulture) : double.NaN;
    }

    /// <summary>How many characters at the start are an unsigned decimal number; 0 when none.</summary>
    public static int DecimalLength(ReadOnlySpan<char> text)
    {
        var i = 0;
        while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
        var digits = i;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            while (i < text.Length && char.IsAsciiDigit(text[i])) { i++; digits++; }
        }
        if (digits == 0) return 0;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            var j = i + 1;
            if (j < text.Length && text[j] is '+' or '-') j++;
            if (j < text.Length && char.IsAsciiDigit(text[j]))
            {
                while (j < text.Length && char.IsAsciiDigit(text[j])) j++;
                i = j;
            }
        }
        return i;
    }

    public static int DigitOf(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => c - 'A' + 10,
        _ => 99,
    };

    /// <summary>An integer written in a radix, rounded correctly beyond 2^53.</summary>
    public static double ParseDigits(ReadOnlySpan<char> digits, int radix)
    {
        if (radix == 10) return double.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        digits = digits.TrimStart('0');
        // even binary digits reach infinity by then
        if (digits.Length > 1100) return double.PositiveInfinity;
        double number = 0;
        foreach (var c in digits) number = number * radix + DigitOf(c);
        if (number < 9007199254740992) return number;
        var exact = System.Numerics.BigInteger.Zero;
        foreach (var c in digits) exact = exact * radix + DigitOf(c);
        return (double)exact;
    }

    public static bool SameReference(in Value a, in Value b) =>
        a.Kind == b.Kind && ReferenceEquals(a.Reference, b.Reference) && (a.RawNumber == b.RawNumber || a.Kind == ValueKind.Number);

    public static bool StrictEquals(Context context, in Value a, in Value b)
    {
        if (a.Kind != b.Kind) return false;
        return a.Kind switch
        {
            ValueKind.Number or ValueKind.Boolean => a.RawNumber == b.RawNumber,
            ValueKind.String => TextEquals(context, (string)a.Reference!, (string)b.Reference!),
            ValueKind.Undefined or ValueKind.Null => true,
            _ => ReferenceEquals(a.Reference, b.Reference),
        };
    }

    private static bool TextEquals(Context context, string a, string b)
    {
        if (a.Length != b.Length) return false;
        context.Length(a.Length);
        return string.Equals(a, b);
    }

    public static bool LooseEquals(Context context, in Value a, in Value b)
    {
        if (a.Kind == b.Kind) return StrictEquals(context, a, b);
        if (a.IsNothing || b.IsNothing) return a.IsNothing && b.IsNothing;
        if (a.Kind >= ValueKind.Array && b.Kind >= ValueKind.Array) return false;
        if (a.Kind >= ValueKind.Array) return LooseEquals(context, ToPrimitive(context, a), b);
        if (b.Kind >= ValueKind.Array) return LooseEquals(context, a, ToPrimitive(context, b));
        return ToNumber(context, a) == ToNumber(context, b);
    }

    /// <summary>As strict equality, but NaN is itself: how includes, Map and Set compare.</summary>
    public static bool SameValueZero(Context context, in Value a, in Value b) =>
        StrictEquals(context, a, b)
            || (a.Kind == ValueKind.Number && b.Kind == ValueKind.Number && double.IsNaN(a.RawNumber) && double.IsNaN(b.RawNumber));

    /// <summary>a &lt; b; null when one is NaN.</summary>
    public static bool? Less(Context context, in Value a, in Value b)
    {
        var left = ToPrimitive(context, a, preferText: false);
        var right = ToPrimitive(context, b, preferText: false);
        return LessPrimitive(context, left, right);
    }

    public static bool? LessPrimitive(Context context, in Value left, in Value right)
    {
        if (left.Kind == ValueKind.String && right.Kind == ValueKind.String)
        {
            var (a, b) = ((string)left.Reference!, (string)right.Reference!);
            context.Length(Math.Min(a.Length, b.Length));
            return string.CompareOrdinal(a, b) < 0;
        }
        var x = ToNumber(context, left);
        var y = ToNumber(context, right);
        return double.IsNaN(x) || double.IsNaN(y) ? null : x < y;
    }

    public static string TypeOf(in Value value) => value.Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Boolean => "boolean",
        ValueKind.Number => "number",
        ValueKind.String => "string",
        ValueKind.Function => "function",
        _ => "object",
    };
}

/// <summary>Keys of maps and sets.</summary>
internal sealed class SameValueZeroComparer : IEqualityComparer<Value>
{
    public static readonly SameValueZeroComparer Instance = new();
    public bool Equals(Value x, Value y) => x.Kind == y.Kind && x.Kind switch
    {
        ValueKind.Number => x.RawNumber.Equals(y.RawNumber) || x.RawNumber == y.RawNumber,
        ValueKind.Boolean => x.RawNumber == y.RawNumber,
        ValueKind.String => string.Equals((string)x.Reference!, (string)y.Reference!),
        _ => ReferenceEquals(x.Reference, y.Reference),
    };

    public int GetHashCode(Value value) => value.Kind switch
    {
        ValueKind.Number => value.RawNumber == 0 ? 0 : value.RawNumber.GetHashCode(),
        ValueKind.String => string.GetHashCode((string)value.Reference!, StringComparison.Ordinal),
        ValueKind.Boolean => value.RawNumber != 0 ? 1 : 2,
        ValueKind.Undefined or ValueKind.Null => 3,
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value.Reference),
    };
}

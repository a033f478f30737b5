using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Numbers, and text as URI parts.</summary>
internal static partial class Library
{
    private static double Number(Context context, in Value self) =>
        self.Kind == ValueKind.Number ? self.Number : throw Error.Type(context, "The method works on numbers only");

    private static readonly NativeFunction[] NumberMethods =
    [
        new("toFixed", 1, (c, in self, a) => NumberText.Fixed(Number(c, self), Digits(c, a.At(0), 0, 100, "toFixed() digits") ?? 0)),
        new("toPrecision", 1, (c, in self, a) => a.At(0).Kind == ValueKind.Undefined || !double.IsFinite(Number(c, self)) ? NumberText.Of(Number(c,
            self)) : NumberText.Precision(Number(c, self), Digits(c, a[0], 1, 100, "toPrecision()")!.Value)),
        new("toExponential", 1, (c, in self, a) => NumberText.Exponential(Number(c, self), Digits(c, a.At(0), 0, 100, "toExponential()"))),
        new("toLocaleString", 0, (c, in self, a) => NumberForPeople(c, Number(c, self), a.At(0), a.At(1))),
        new("toString", 1, (c, in self, a) =>
        {
            var radix = a.At(0).Kind == ValueKind.Undefined ? 10 : Coercion.ToInteger(c, a[0]);
            if (radix is not (>= 2 and <= 36)) throw Error.Range(c, "toString() radix must be between 2 and 36");
            c.Step(radix == 10 ? 1 : 100);
            c.Bytes(1500);
            return NumberText.Radix(Number(c, self), (int)radix);
        }),
    ];

    private static int? Digits(Context context, in Value value, int least, int most, string what)
    {
        context.Step(20);
        context.Bytes(2000);
        if (value.Kind == ValueKind.Undefined) return null;
        var digits = Coercion.ToInteger(context, value);
        return digits >= least && digits <= most ? (int)digits : throw Error.Range(context, $"{what} argument must be between {least} and {most}");
    }

    private static bool IsInteger(in Value value) =>
        value.Kind == ValueKind.Number && double.IsFinite(value.Number) && value.Number == Math.Floor(value.Number);

    private static readonly NativeFunction[] NumberGlobals =
    [
        new("isNaN", 1, (c, in _, a) => double.IsNaN(Coercion.ToNumber(c, a.At(0)))),
        new("isFinite", 1, (c, in _, a) => double.IsFinite(Coercion.ToNumber(c, a.At(0)))),
        new("parseFloat", 1, (c, in _, a) =>
        {
            var text = Coercion.ToText(c, a.At(0)).AsSpan().TrimStart(Coercion.White);
            c.Step(1 + text.Length / 4);
            var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
            if (text[sign..].StartsWith("Infinity")) return Value.From(text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
            var length = Coercion.DecimalLength(text[sign..]);
            return Value.From(length == 0 ? double.NaN : double.Parse(text[..(sign + length)], NumberStyles.Float, CultureInfo.InvariantCulture));
        }),
        new("parseInt", 2, (c, in _, a) =>
        {
            var text = Coercion.ToText(c, a.At(0)).AsSpan().TrimStart(Coercion.White);
            c.Step(1 + text.Length / 4);
            var negative = text.Length > 0 && text[0] == '-';
            if (text.Length > 0 && text[0] is '+' or '-') text = text[1..];
            var radix = Coercion.ToInt32(c, a.At(1));
            if (radix != 0 && radix is < 2 or > 36) return Value.From(double.NaN);
            if (radix is 0 or 16 && text.Length > 1 && text[0] == '0' && text[1] is 'x' or 'X')
            {
                text = text[2..];
                radix = 16;
            }
            if (radix == 0) radix = 10;
            var length = 0;
            while (length < text.Length && Coercion.DigitOf(text[length]) < radix) length++;
            if (length == 0) return Value.From(double.NaN);
            if (length > 12) c.Bytes(100 * Math.Min(length, 1100));
            var number = Coercion.ParseDigits(text[..length], radix);
            return Value.From(negative ? -number : number);
        }),
    ];

    private static Dictionary<string, Value> NumberStaticValues()
    {
        var table = Values(
        [
            new("isInteger", 1, (_, in _, a) => IsInteger(a.At(0))),
            new("isSafeInteger", 1, (_, in _, a) => IsInteger(a.At(0)) && Math.Abs(a[0].Number) <= 9007199254740991),
            new("isNaN", 1, (_, in _, a) => a.At(0).Kind == ValueKind.Number && double.IsNaN(a[0].Number)),
            new("isFinite", 1, (_, in _, a) => a.At(0).Kind == ValueKind.Number && double.IsFinite(a[0].Number)),
            .. NumberGlobals.Where(f => f.Name.StartsWith("parse", StringComparison.Ordinal)),
        ]);
        foreach (var (name, value) in ((string, double)[])[("MAX_SAFE_INTEGER", 9007199254740991), ("MIN_SAFE_INTEGER", -9007199254740991),
            ("MAX_VALUE", double.MaxValue), ("MIN_VALUE", double.Epsilon), ("EPSILON", 2.220446049250313e-16),
            ("POSITIVE_INFINITY", double.PositiveInfinity), ("NEGATIVE_INFINITY", double.NegativeInfinity), ("NaN", double.NaN)])
            table[name] = Value.From(value);
        return table;
    }

    private static readonly NativeFunction[] UriGlobals =
    [
        new("encodeURIComponent", 1, (c, in _, a) => Encode(c, Coercion.ToText(c, a.At(0)), "-_.!~*'()")),
        new("encodeURI", 1, (c, in _, a) => Encode(c, Coercion.ToText(c, a.At(0)), "-_.!~*'();/?:@&=+$,#")),
        new("decodeURIComponent", 1, (c, in _, a) => Decode(c, Coercion.ToText(c, a.At(0)), "")),
        new("decodeURI", 1, (c, in _, a) => Decode(c, Coercion.ToText(c, a.At(0)), ";/?:@&=+$,#")),
    ];

    private static string Encode(Context context, string text, string kept)
    {
        context.Step(text.Length / 4);
        context.Text(3L * text.Length);
        var result = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xFFFD && ToWellFormed(text) != text) throw Error.Of(context, "URIError", "URI malformed");
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || kept.Contains((char)rune.Value))) result.Append((char)rune.Value);
            else
            {
                foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
        return result.ToString();
    }

    private static string Decode(Context context, string text, string keptEncoded)
    {
        context.Step(text.Length / 4);
        context.Text(text.Length);
        var result = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '%') { result.Append(text[i++]); continue; }
            var start = i;
            bytes[0] = OneByte(context, text, ref i);
            var length = bytes[0] switch { < 0x80 => 1, >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ =>
                throw Error.Of(context, "URIError", "URI malformed") };
            for (var k = 1; k < length; k++)
                bytes[k] = i < text.Length && text[i] == '%' ? OneByte(context, text, ref i) : throw Error.Of(context, "URIError", "URI malformed");
            if (Rune.DecodeFromUtf8(bytes[..length], out var rune, out var used) != System.Buffers.OperationStatus.Done || used != length)
                throw Error.Of(context, "URIError", "URI malformed");
            if (length == 1 && keptEncoded.Contains((char)bytes[0])) result.Append(text, start, 3);
            else result.Append(rune.ToString());
        }
        return result.ToString();
    }

    private static byte OneByte(Context context, string text, ref int at)
    {
        if (at + 2 >= text.Length || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
            out var value)) throw Error.Of(context, "URIError", "URI malformed");
        at += 3;
        return value;
    }
}

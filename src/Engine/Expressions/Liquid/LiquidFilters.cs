using System.Globalization;

namespace CrmFlow.Engine.Expressions;

/// <summary>A filter by name, and how many values it takes behind its colon.</summary>
internal sealed record LiquidFilter(string Name, int Least, int Most, Func<Context, Value, Value[], Value> Apply);

/// <summary>A filter cannot work with what it was given.</summary>
internal sealed class LiquidFilterException(string message) : Exception(message);

/// <summary>
/// Every filter there is: Liquid's own for texts, numbers, dates and lists, Elsa's <c>base64</c> and <c>keys</c>, and two that format
/// (docs/expressions.md).
/// </summary>
internal static partial class LiquidFilters
{
    private const int LongestFormat = 100;

    /// <summary><c>divided_by: 2.0</c>: a divisor written with a decimal point keeps the fraction.</summary>
    public static readonly LiquidFilter DividedExactly =
        new("divided_by", 1, 1, (c, v, a) => Calculate(c, v, a[0], (x, y) => x / NotZero(y), (x, y) => x / y));

    private static readonly Dictionary<string, LiquidFilter> All = new LiquidFilter[][] { Numbers(), Formats(), Texts(), Lists() }.SelectMany(f => f)
        .ToDictionary(f => f.Name, StringComparer.Ordinal);

    public static LiquidFilter? Find(string name) => All.GetValueOrDefault(name);

    public static string Unknown(string name) => $"There is no filter '{name}'; {name switch
    {
        "money" => "use format_number: '#,##0.00'",
        "format_string" => "use append",
        "sha256" or "md5" or "hmac_sha256" => "compute it in an activity",
        "raw" => "nothing is encoded here unless the filter escape asks for it",
        _ => "docs/expressions.md lists those there are",
    }}";

    private static LiquidFilter[] Numbers() =>
    [
        new("abs", 0, 0, (c, v, _) => Value.From(Math.Abs(LiquidValues.Number(c, v)))),
        new("ceil", 0, 0, (c, v, _) => Value.From(Math.Ceiling(LiquidValues.Number(c, v)))),
        new("floor", 0, 0, (c, v, _) => Value.From(Math.Floor(LiquidValues.Number(c, v)))),
        new("round", 0, 1, (c, v, a) => Round(LiquidValues.Number(c, v), (int)Math.Clamp(LiquidValues.Number(c, At(a, 0)), 0, 15))),
        new("at_least", 1, 1, (c, v, a) => LiquidValues.Number(c, v) < LiquidValues.Number(c, a[0]) ? a[0] : v),
        new("at_most", 1, 1, (c, v, a) => LiquidValues.Number(c, v) > LiquidValues.Number(c, a[0]) ? a[0] : v),
        new("plus", 1, 1, (c, v, a) => Calculate(c, v, a[0], (x, y) => x + y, (x, y) => x + y)),
        new("minus", 1, 1, (c, v, a) => Calculate(c, v, a[0], (x, y) => x - y, (x, y) => x - y)),
        new("times", 1, 1, (c, v, a) => Calculate(c, v, a[0], (x, y) => x * y, (x, y) => x * y)),
        new("modulo", 1, 1, (c, v, a) => Calculate(c, v, a[0], (x, y) => x % NotZero(y), (x, y) => x % y)),
        new("divided_by", 1, 1, (c, v, a) => LiquidValues.Number(c, a[0]) is var divisor && divisor == Math.Truncate(divisor)
            && !(a[0].Kind == ValueKind.String && a[0].String.Contains('.'))
            ? Calculate(c, v, a[0], (x, y) => decimal.Floor(x / NotZero(y)), (x, y) => Math.Floor(x / y))
            : DividedExactly.Apply(c, v, a)),
    ];

    private static LiquidFilter[] Formats() =>
    [
        new("date", 1, 1, (c, v, a) => LiquidDates.Instant(c, v) is { } time ? c.Charged(LiquidDates.Strftime(c, time, Format(c, a[0]))) : v),
        new("format_date", 1, 1, (c, v, a) =>
            LiquidDates.Instant(c, v) is { } time ? c.Charged(Formatted(LiquidDates.Local(c, time), Checked(c, a[0]), "yyyy-MM-dd HH:mm")) : v),
        new("format_number", 1, 1, (c, v, a) => LiquidValues.TryNumber(c,
            v) is { } number && double.IsFinite(number)
            ? c.Charged(Formatted(Math.Abs(number) < 7.9e27 ? (decimal)number : number, Checked(c, a[0]), "#,##0.00")) : v),
    ];

    private static Value At(Value[] values, int index) => index < values.Length ? values[index] : Value.Undefined;

    /// <summary>In decimal, so that 0.1 plus 0.2 is 0.3 in a text people read; beyond its range in doubles.</summary>
    private static Value Calculate(Context context, in Value left, in Value right,
        Func<decimal, decimal, decimal> exact, Func<double, double, double> beyond)
    {
        var (x, y) = (LiquidValues.Number(context, left), LiquidValues.Number(context, right));
        if (Math.Abs(x) < 7.9e27 && Math.Abs(y) < 7.9e27)
        {
            try
            {
                return Value.From((double)exact((decimal)x, (decimal)y));
            }
            catch (OverflowException)
            {
                // beyond decimal
            }
        }
        return Value.From(beyond(x, y));
    }

    private static decimal NotZero(decimal divisor) => divisor != 0 ? divisor : throw new LiquidFilterException("the divisor is 0");

    private static Value Round(double number, int digits) =>
        Math.Abs(number) < 7.9e27 ? Value.From((double)decimal.Round((decimal)number, digits, MidpointRounding.AwayFromZero)) : Value.From(number);

    private static string Format(Context context, in Value value) =>
        LiquidValues.Text(context, value) is { Length: > 0 and <= LongestFormat } format ? format
            : throw new LiquidFilterException($"the format has 1 to {LongestFormat} characters");

    /// <summary>A .NET format whose precision cannot ask for megabytes of digits.</summary>
    private static string Checked(Context context, in Value value)
    {
        var format = Format(context, value);
        return char.IsAsciiLetter(format[0]) && format.Length > 3 && format.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            ? throw new LiquidFilterException($"the precision of '{format}' is beyond 99") : format;
    }

    private static string Formatted(IFormattable value, string format, string example)
    {
        try
        {
            return value.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw new LiquidFilterException($"'{format}' is no format; write for example '{example}'");
        }
    }
}

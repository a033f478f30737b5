using System.Globalization;
using System.Numerics;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Numbers as JavaScript writes them.</summary>
internal static class NumberText
{
    /// <summary>Number to string: shortest digits that read back as the same number.</summary>
    public static string Of(double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < 1e15) return ((long)number).ToString(CultureInfo.InvariantCulture);
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "Infinity" : "-Infinity";
        var (digits, point) = Shortest(Math.Abs(number));
        var text = point switch
        {
            > 21 => Exponential(digits, point - 1),
            > 0 when digits.Length <= point => digits + new string('0', point - digits.Length),
            > 0 => string.Concat(digits.AsSpan(0, point), ".", digits.AsSpan(point)),
            > -6 => "0." + new string('0', -point) + digits,
            _ => Exponential(digits, point - 1),
        };
        return number < 0 ? "-" + text : text;
    }

    private static string Exponential(string digits, int exponent) =>
        (digits.Length == 1 ? digits : digits[..1] + "." + digits[1..]) + "e" + (exponent < 0 ? "-" : "+") + Math.Abs(exponent)
            .ToString(CultureInfo.InvariantCulture);

    /// <summary>Digits without leading or trailing zeros, and where the decimal point stands counted from their start.</summary>
    private static (string Digits, int Point) Shortest(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.');
        var digits = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var point = (dot < 0 ? mantissa.Length : dot) + exponent;
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits[leading..].TrimEnd('0'), point - leading);
    }

    /// <summary>toFixed: the exact value rounded to some decimals, halves up.</summary>
    public static string Fixed(double number, int decimals)
    {
        if (!(Math.Abs(number) < 1e21)) return Of(number);
        var scaled = RoundExact(Math.Abs(number), decimals).ToString(CultureInfo.InvariantCulture);
        if (decimals > 0)
        {
            scaled = scaled.PadLeft(decimals + 1, '0');
            scaled = scaled.Insert(scaled.Length - decimals, ".");
        }
        return number < 0 ? "-" + scaled : scaled;
    }

    /// <summary>An amount as people read it: two decimals, halves up, thousands apart: 1,234.50.</summary>
    public static string Money(double number)
    {
        var text = Fixed(number, 2);
        if (!text.Contains('.') || text.Contains('e')) return text; // no number, or beyond any money
        for (var at = text.Length - 6; at > (number < 0 ? 1 : 0); at -= 3) text = text.Insert(at, ",");
        return text;
    }

    /// <summary>toExponential; all significant digits when none are asked for.</summary>
    public static string Exponential(double number, int? decimals)
    {
        if (!double.IsFinite(number)) return Of(number);
        var sign = number < 0 ? "-" : "";
        number = Math.Abs(number);
        if (number == 0) return sign + Exponential(new string('0', 1 + (decimals ?? 0)), 0);
        var (digits, point) = decimals is { } d ? Significant(number, d + 1) : Shortest(number);
        return sign + Exponential(digits, point - 1);
    }

    public static string Precision(double number, int precision)
    {
        if (!double.IsFinite(number)) return Of(number);
        var sign = number < 0 ? "-" : "";
        number = Math.Abs(number);
        if (number == 0) return sign + (precision == 1 ? "0" : "0." + new string('0', precision - 1));
        var (digits, point) = Significant(number, precision);
        var exponent = point - 1;
        if (exponent < -6 || exponent >= precision) return sign + Exponential(digits, exponent);
        if (exponent == precision - 1) return sign + digits;
        return sign + (exponent >= 0 ? digits[..point] + "." + digits[point..] : "0." + new string('0', -point) + digits);
    }

    private static (string Digits, int Point) Significant(double number, int count)
    {
        var point = Shortest(number).Point;
        var digits = RoundExact(number, count - point).ToString(CultureInfo.InvariantCulture);
        // rounding may carry into a new leading digit
        return digits.Length > count ? (digits[..count], point + 1) : (digits, point);
    }

    /// <summary>The number times 10^decimals rounded to the nearest integer, halves up, from its exact binary value.</summary>
    private static BigInteger RoundExact(double number, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)(bits >> 52) & 0x7FF;
        BigInteger numerator = exponent == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
        exponent = (exponent == 0 ? 1 : exponent) - 1075;
        var denominator = BigInteger.One;
        if (exponent > 0) numerator <<= exponent;
        else denominator <<= -exponent;
        if (decimals > 0) numerator *= BigInteger.Pow(10, decimals);
        else denominator *= BigInteger.Pow(10, -decimals);
        return (2 * numerator + denominator) / (2 * denominator);
    }

    /// <summary>toString(radix) with the digits V8 prints for fractions.</summary>
    public static string Radix(double number, int radix)
    {
        if (radix == 10 || !double.IsFinite(number)) return Of(number);
        var negative = number < 0;
        number = Math.Abs(number);
        var integer = Math.Floor(number);
        var fraction = number - integer;
        var delta = Math.Max(0.5 * (Math.BitIncrement(number) - number), double.Epsilon);
        var decimals = new StringBuilder();
        if (fraction >= delta)
        {
            do
            {
                fraction *= radix;
                delta *= radix;
                var digit = (int)fraction;
                decimals.Append(Digit(digit));
                fraction -= digit;
                if ((fraction > 0.5 || (fraction == 0.5 && (digit & 1) == 1)) && fraction + delta > 1)
                {
                    if (!RoundUp(decimals, radix)) integer += 1;
                    break;
                }
            } while (fraction >= delta);
        }
        var digits = new StringBuilder();
        while (integer > 9007199254740992)
        {
            integer /= radix;
            digits.Insert(0, '0');
        }
        do
        {
            var remainder = integer % radix;
            digits.Insert(0, Digit((int)remainder));
            integer = (integer - remainder) / radix;
        } while (integer > 0);
        if (decimals.Length > 0) digits.Append('.').Append(decimals);
        return negative ? "-" + digits : digits.ToString();
    }

    /// <summary>Adds one at the last place; false when it carries over into the integer.</summary>
    private static bool RoundUp(StringBuilder digits, int radix)
    {
        while (digits.Length > 0)
        {
            var c = digits[^1];
            digits.Length--;
            var digit = c > '9' ? c - 'a' + 10 : c - '0';
            if (digit + 1 >= radix) continue;
            digits.Append(Digit(digit + 1));
            return true;
        }
        return false;
    }

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}

using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Dates in templates: read as people and processes write them, written by strftime's letters, always in the business time zone.</summary>
internal static class LiquidDates
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    /// <summary>
    /// Milliseconds since 1970: "now" and "today" are the command's instant, a number counts seconds, a date alone is midnight here; null when it is
    /// no date.
    /// </summary>
    public static double? Instant(Context context, in Value value)
    {
        context.Step(20);
        double time;
        if (value.Kind == ValueKind.Number) time = value.RawNumber * 1000;
        else if (value.Kind != ValueKind.String) return null;
        else if (value.String is "now" or "today") time = context.Scope.Now.ToUnixTimeMilliseconds();
        else
        {
            context.Bytes(3000);
            var text = value.String.Trim();
            if (text.Length is >= 8 and <= 30 && text.Contains('年') && text.Contains('月'))
                text = text.Replace('年', '-').Replace('月', '-').Replace("日", "");
            if (!HasItsDay(text)) return null;
            time = DateObject.Parse(text.Length == 10 && text[4] == '-' ? text + "T00:00" : text, context.Zone);
            // 9 digits and more are seconds of our times; fewer are a number or a date such as 20260305
            if (double.IsNaN(time) && text.Length is >= 9 and <= 11 && Coercion.DecimalLength(text) == text.Length)
                time = Coercion.ParseNumber(context, text) * 1000;
        }
        return Math.Abs(time) < 6.2e13 ? time : null; // the years 5 to 3934
    }

    /// <summary>False for 30 February, which JavaScript reads as 2 March: in a letter that would be another day without a word.</summary>
    private static bool HasItsDay(string text)
    {
        var parts = text.Split(['-', '/', 'T', ' '], 4);
        if (parts.Length < 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return true;
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var second)) return true;
        if (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var third)) return true;
        var (year, month, day) = parts[0].Length == 4 ? (first, second, third) : (third, first, second);
        return year is < 1 or > 9999 || month is < 1 or > 12 || day <= DateTime.DaysInMonth(year, month);
    }

    public static DateTimeOffset Local(Context context, double time) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds((long)time), context.Zone);

    /// <summary>Letters strftime does not know stand for themselves; <c>%-d</c> writes without padding, <c>%^a</c> in capitals.</summary>
    public static string Strftime(Context context, double time, string format)
    {
        var local = Local(context, time);
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var flag = i + 2 < format.Length && format[i + 1] is '-' or '0' or '^' or '_' ? format[i + 1] : '\0';
            var letter = format[i + (flag == '\0' ? 1 : 2)];
            var part = Part(local, letter);
            if (part is null)
            {
                text.Append('%');
                continue;
            }
            i += flag == '\0' ? 1 : 2;
            if (flag != '^' && "zZDxTXRrcFsntv%".Contains(letter)) flag = '\0'; // several parts, or none that is padded
            text.Append(flag switch
            {
                '-' => part.TrimStart('0', ' ') is { Length: > 0 } bare && char.IsAsciiDigit(part[^1]) ? bare : char.IsAsciiDigit(part[^1]) ? "0"
                    : part,
                '^' => part.ToUpperInvariant(),
                '_' => char.IsAsciiDigit(part[^1]) ? part.TrimStart('0').PadLeft(part.Length) : part,
                '0' => part.Replace(' ', '0'),
                _ => part,
            });
        }
        return text.ToString();
    }

    private static string? Part(DateTimeOffset t, char letter) => letter switch
    {
        'Y' => Padded(t.Year, 4),
        'C' => Padded(t.Year / 100, 2),
        'y' => Padded(t.Year % 100, 2),
        'm' => Padded(t.Month, 2),
        'B' => Names.GetMonthName(t.Month),
        'b' or 'h' => Names.GetAbbreviatedMonthName(t.Month),
        'd' => Padded(t.Day, 2),
        'e' => t.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'j' => Padded(t.DayOfYear, 3),
        'H' => Padded(t.Hour, 2),
        'k' => t.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'I' => Padded((t.Hour + 11) % 12 + 1, 2),
        'l' => ((t.Hour + 11) % 12 + 1).ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'M' => Padded(t.Minute, 2),
        'S' => Padded(t.Second, 2),
        'L' => Padded(t.Millisecond, 3),
        'N' => Padded(t.Millisecond, 3) + "000000",
        'p' => t.Hour < 12 ? "AM" : "PM",
        'P' => t.Hour < 12 ? "am" : "pm",
        'A' => Names.GetDayName(t.DayOfWeek),
        'a' => Names.GetAbbreviatedDayName(t.DayOfWeek),
        'u' => ((int)t.DayOfWeek + 6) % 7 + 1 is var day ? day.ToString(CultureInfo.InvariantCulture) : null,
        'w' => ((int)t.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'V' => Padded(ISOWeek.GetWeekOfYear(t.DateTime), 2),
        'G' => Padded(ISOWeek.GetYear(t.DateTime), 4),
        'z' => $"{(t.Offset < TimeSpan.Zero ? '-' : '+')}{t.Offset:hhmm}",
        'Z' => $"{(t.Offset < TimeSpan.Zero ? '-' : '+')}{t.Offset:hh\\:mm}",
        's' => t.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'F' => t.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        'U' => Padded((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7, 2),
        'W' => Padded((t.DayOfYear + 6 - ((int)t.DayOfWeek + 6) % 7) / 7, 2),
        'g' => Padded(ISOWeek.GetYear(t.DateTime) % 100, 2),
        'v' => t.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture).PadLeft(11),
        'D' => t.ToString("MM/dd/yy", CultureInfo.InvariantCulture),
        'x' => t.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture),
        'X' => t.ToString("HH:mm", CultureInfo.InvariantCulture),
        'T' => t.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        'R' => t.ToString("HH:mm", CultureInfo.InvariantCulture),
        'r' => t.ToString("hh:mm:ss tt", CultureInfo.InvariantCulture),
        'c' => t.ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture),
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => null,
    };

    private static string Padded(int number, int digits) => number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace CrmFlow.Engine.Expressions;

/// <summary>A Date: milliseconds since 1970 in UTC, NaN when invalid. Local time is the business zone's, given with each use.</summary>
internal sealed partial class DateObject(double time)
{
    public const double Day = 86_400_000;
    private const double Limit = 8.64e15;
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    public double Time { get; set; } = time;

    /// <summary>The instant as ISO text in UTC; null when invalid.</summary>
    public string? ToIso()
    {
        if (double.IsNaN(Time)) return null;
        var p = new DateParts(Time);
        var year = p.Year is >= 0 and <= 9999 ? p.Year.ToString("0000", CultureInfo.InvariantCulture)
            : (p.Year < 0 ? "-" : "+") + Math.Abs(p.Year).ToString("000000", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{year}-{p.Month + 1:00}-{p.Day:00}T{p.Hour:00}:{p.Minute:00}:{p.Second:00}.{p.Millisecond:000}Z");
    }

    public string ToText(TimeZoneInfo zone) => double.IsNaN(Time) ? "Invalid Date" : $"{ToDateText(zone)} {ToTimeText(zone)}";

    public string ToDateText(TimeZoneInfo zone)
    {
        if (double.IsNaN(Time)) return "Invalid Date";
        var p = new DateParts(ToLocal(Time, zone));
        return string.Create(CultureInfo.InvariantCulture, $"{Days[p.Weekday]} {Months[p.Month]} {p.Day:00} {YearText(p.Year)}");
    }

    public string ToTimeText(TimeZoneInfo zone)
    {
        if (double.IsNaN(Time)) return "Invalid Date";
        var p = new DateParts(ToLocal(Time, zone));
        var offset = (int)(OffsetAt(Time, zone) / 60_000);
        return string.Create(CultureInfo.InvariantCulture,
            $"{p.Hour:00}:{p.Minute:00}:{p.Second:00} GMT{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:00}{Math.Abs(offset) % 60:00}");
    }

    public string ToUtcText()
    {
        if (double.IsNaN(Time)) return "Invalid Date";
        var p = new DateParts(Time);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Days[p.Weekday]}, {p.Day:00} {Months[p.Month]} {YearText(p.Year)} {p.Hour:00}:{p.Minute:00}:{p.Second:00} GMT");
    }

    private static string YearText(int year) => (year < 0 ? "-" : "") + Math.Abs(year).ToString("0000", CultureInfo.InvariantCulture);

    /// <summary>Within the range of Date, to whole milliseconds; else NaN.</summary>
    public static double Clip(double time) => Math.Abs(time) <= Limit ? Math.Truncate(time) + 0.0 : double.NaN;

    /// <summary>Days from 1970 to a date of the proleptic Gregorian calendar; months may overflow.</summary>
    public static double DaysTo(double year, double month, double day)
    {
        year += Math.Floor(month / 12);
        month -= Math.Floor(month / 12) * 12;
        if (!(Math.Abs(year) < 400_000)) return double.NaN;
        var y = (long)year - (month < 2 ? 1 : 0);
        var era = Math.DivRem(y, 400).Remainder < 0 ? y / 400 - 1 : y / 400;
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * (((long)month + 10) % 12) + 2) / 5;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468 + day - 1;
    }

    public static double Make(double year, double month, double day, double hour, double minute, double second, double millisecond)
    {
        var sum = year + month + day + hour + minute + second + millisecond;
        if (!double.IsFinite(sum)) return double.NaN;
        return DaysTo(Math.Truncate(year), Math.Truncate(month), Math.Truncate(day)) * Day
            + Math.Truncate(hour) * 3_600_000 + Math.Truncate(minute) * 60_000 + Math.Truncate(second) * 1000 + Math.Truncate(millisecond);
    }

    public static double OffsetAt(double utc, TimeZoneInfo zone)
    {
        // DateTime knows the years 1 to 9999; beyond, the zone keeps the offset of its edge
        var milliseconds = (long)Math.Clamp(Math.Floor(utc), -62_135_596_800_000, 253_402_300_799_999);
        return zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).TotalMilliseconds;
    }

    public static double ToLocal(double utc, TimeZoneInfo zone) => utc + OffsetAt(utc, zone);

    /// <summary>The instant of a local time. Times skipped or repeated by a change of the clock are read with the offset before the change.</summary>
    public static double ToUtc(double local, TimeZoneInfo zone)
    {
        if (double.IsNaN(local)) return local;
        var before = OffsetAt(local - Day, zone);
        var after = OffsetAt(local + Day, zone);
        if (before == after || OffsetAt(local - before, zone) == before) return local - before;
        return OffsetAt(local - after, zone) == after ? local - after : local - before;
    }

    /// <summary>
    /// ISO 8601 as JavaScript reads it (a date alone is UTC, with a time and no zone local), and the forms toString, toUTCString and people write;
    /// NaN for the rest.
    /// </summary>
    public static double Parse(string text, TimeZoneInfo zone)
    {
        text = text.Trim();
        if (text.Length > 100) return double.NaN;
        if (Iso().Match(text) is { Success: true } iso)
        {
            if (iso.Groups["y"].Value == "-000000" || (iso.Groups["M"].Success && N(iso, "M") is < 1 or > 12)
                || (iso.Groups["d"].Success && N(iso, "d") is < 1 or > 31)) return double.NaN;
            var (hour, minute, second) = (N(iso, "h"), N(iso, "m"), N(iso, "s"));
            var fraction = iso.Groups["f"].Value.PadRight(3, '0')[..3];
            if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute > 0 || second > 0 || fraction != "000"))) return double.NaN;
            var day = iso.Groups["d"].Success ? N(iso, "d") : 1;
            var month = iso.Groups["M"].Success ? N(iso, "M") - 1 : 0;
            return Zoned(iso, Make(N(iso, "y"), month, day, hour, minute, second, double.Parse(fraction, CultureInfo.InvariantCulture)),
                isLocal: iso.Groups["h"].Success, zone);
        }
        if (Written().Match(text) is { Success: true } w)
        {
            double year, month, day;
            if (w.Groups["Y1"].Success) (year, month, day) = (N(w, "Y1"), N(w, "M1") - 1, N(w, "D1"));
            else if (w.Groups["Y2"].Success) (year, month, day) = (N(w, "Y2"), N(w, "M2") - 1, N(w, "D2"));
            else (year, month, day) = (N(w, "Y3"), Array.FindIndex(Months, m =>
                (w.Groups["N3"].Value + w.Groups["N4"].Value).StartsWith(m, StringComparison.OrdinalIgnoreCase)), N(w, "D3") + N(w, "D4"));
            var (hour, minute, second) = (N(w, "h"), N(w, "m"), N(w, "s"));
            if (w.Groups["ap"].Success)
            {
                if (hour is < 1 or > 12) return double.NaN;
                hour = hour % 12 + (w.Groups["ap"].Value[0] is 'p' or 'P' ? 12 : 0);
            }
            if (month is < 0 or > 11 || day is < 1 or > 31 || hour > 24 || minute > 59 || second > 59) return double.NaN;
            return Zoned(w, Make(year, month, day, hour, minute, second, 0), isLocal: true, zone);
        }
        return double.NaN;
    }

    private static double Zoned(Match match, double time, bool isLocal, TimeZoneInfo zone)
    {
        if (match.Groups["z"].Success) return Clip(time);
        if (match.Groups["sign"].Success)
            return Clip(time - (match.Groups["sign"].Value == "-" ? -1 : 1) * (N(match, "oh") * 60 + N(match, "om")) * 60_000);
        return Clip(isLocal ? ToUtc(time, zone) : time);
    }

    private static double N(Match match, string group) => match.Groups[group] is { Success: true, Value: var digits } ? double.Parse(digits,
        NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<y>\d{4}|[+-]\d{6})(-(?<M>\d\d)(-(?<d>\d\d))?)?([T ](?<h>\d\d):(?<m>\d\d)(:(?<s>\d\d)(\.(?<f>\d{1,9}))?)?((?<z>Z)|(?<sign>[+-])(?<oh>\d\d):?(?<om>\d\d))?)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(@"^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?((?<Y1>\d{4})[/-](?<M1>\d\d?)[/-](?<D1>\d\d?)|(?<M2>\d\d?)/(?<D2>\d\d?)/(?<Y2>\d{4})|((?<N3>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?<D3>\d\d?)|(?<D4>\d\d?)\s+(?<N4>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?),?\s+(?<Y3>\d{4}))(,?\s+(?<h>\d\d?):(?<m>\d\d)(:(?<s>\d\d))?(\s*(?<ap>am|pm))?)?\s*((?<z>Z|GMT|UTC)\z|(GMT|UTC)?(?<sign>[+-])(?<oh>\d\d):?(?<om>\d\d)(\s*\([^)]*\))?)?\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Written();
}

/// <summary>A time taken apart; months count from 0, weekdays from Sunday.</summary>
internal readonly struct DateParts
{
    public DateParts(double time)
    {
        var days = Math.Floor(time / DateObject.Day);
        var rest = (long)(time - days * DateObject.Day);
        var z = (long)days + 719_468;
        var era = (z >= 0 ? z : z - 146_096) / 146_097;
        var dayOfEra = z - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var shifted = (5 * dayOfYear + 2) / 153;
        Day = (int)(dayOfYear - (153 * shifted + 2) / 5 + 1);
        Month = (int)(shifted < 10 ? shifted + 2 : shifted - 10);
        Year = (int)(yearOfEra + era * 400 + (Month < 2 ? 1 : 0));
        Weekday = (int)((((long)days + 4) % 7 + 7) % 7);
        Hour = (int)(rest / 3_600_000);
        Minute = (int)(rest / 60_000 % 60);
        Second = (int)(rest / 1000 % 60);
        Millisecond = (int)(rest % 1000);
    }

    public int Year { get; }
    public int Month { get; }
    public int Day { get; }
    public int Weekday { get; }
    public int Hour { get; }
    public int Minute { get; }
    public int Second { get; }
    public int Millisecond { get; }
}

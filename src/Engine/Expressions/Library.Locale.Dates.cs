using System.Globalization;

namespace CrmFlow.Engine.Expressions;

/// <summary>toLocaleString and its kin of Date, in the business zone unless timeZone names another.</summary>
internal static partial class Library
{
    private static readonly string[] DateOptions = ["timeZone", "hour12", "year", "month", "day", "weekday", "hour", "minute", "second"];
    private static readonly string[] WeekdaysInChinese = ["日", "一", "二", "三", "四", "五", "六"];

    private static readonly string[] MonthsInChinese = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

    private enum Wanted : byte { Both, Date, Time }

    private static Value DateForPeople(Context context, DateObject date, in Value locale, in Value options, Wanted wanted)
    {
        context.Step(100);
        context.Bytes(2000);
        var isChinese = IsChinese(context, locale);
        OnlyOptions(context, options, DateOptions);
        var zone = Zone(context, Option(context, options, "timeZone"));
        if (double.IsNaN(date.Time)) return "Invalid Date";
        var parts = new DateParts(DateObject.ToLocal(date.Time, zone));
        var fields = new DateFields(
            Form(context, options, "year", "numeric", "2-digit"), Form(context, options, "month", "numeric", "2-digit", "long", "short"),
                Form(context, options, "day", "numeric", "2-digit"),
            Form(context, options, "weekday", "long", "short"));
        var clock = new ClockFields(Form(context, options, "hour", "numeric", "2-digit"), Form(context, options, "minute", "numeric", "2-digit"),
            Form(context, options, "second", "numeric", "2-digit"));
        // as in JavaScript: what names nothing of its own kind gets all of it
        if (wanted != Wanted.Time && fields.IsEmpty && (wanted == Wanted.Date || clock.IsEmpty))
            fields = fields with { Year = "numeric", Month = "numeric", Day = "numeric" };
        if (wanted != Wanted.Date && clock.IsEmpty && (wanted == Wanted.Time || !HasDateOption(options)))
            clock = new("numeric", "2-digit", "2-digit");
        var hour12 = Option(context, options, "hour12");
        var isTwelve = hour12.Kind == ValueKind.Undefined ? !isChinese : Coercion.ToBoolean(hour12);
        var day = fields.IsEmpty ? "" : isChinese ? InChinese(context, parts, fields) : InEnglish(context, parts, fields);
        var time = clock.IsEmpty ? "" : clock.Write(context, parts, isChinese, isTwelve);
        var isLong = !isChinese && fields.Month == "long";
        return day.Length == 0 ? time : time.Length == 0 ? day : day + (isChinese ? " " : isLong ? " at " : ", ") + time;
    }

    private static bool HasDateOption(in Value options)
    {
        if (options.Kind != ValueKind.Object) return false;
        foreach (var name in (ReadOnlySpan<string>)["year", "month", "day", "weekday"])
        {
            if (options.Members.TryGetValue(name, out var value) && value.Kind != ValueKind.Undefined) return true;
        }
        return false;
    }

    private static string? Form(Context context, in Value options, string name, params ReadOnlySpan<string> allowed) =>
        Option(context, options, name, allowed) is { Kind: ValueKind.String, String: var form } ? form : null;

    private static TimeZoneInfo Zone(Context context, in Value name)
    {
        if (name.Kind == ValueKind.Undefined) return context.Zone;
        var id = Coercion.ToText(context, name);
        context.Step(200);
        // the names of the list of zones only: others the machine might know
        return id.Length <= 40 && (id == "UTC" || id.Contains('/')) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone
            : throw Error.Range(context, $"Invalid time zone specified: {(id.Length > 40 ? id[..40] : id)}");
    }

    private sealed record DateFields(string? Year, string? Month, string? Day, string? Weekday)
    {
        public bool IsEmpty => Year is null && Month is null && Day is null && Weekday is null;
        public bool IsWord => Month is "long" or "short";
        /// <summary>Year, month and day as JavaScript writes them together: not a day of a year, or a weekday beside a month alone.</summary>
        public bool GoTogether => !(Year is not null && Month is null && Day is not null)
            && !(Weekday is not null && (Day is null || Month is null) && !(Day is null && Month is null && Year is null));
    }

    private sealed record ClockFields(string? Hour, string? Minute, string? Second)
    {
        public bool IsEmpty => Hour is null && Minute is null && Second is null;

        public string Write(Context context, DateParts p, bool isChinese, bool isTwelve)
        {
            if (Hour is null || Minute is null) throw Error.Range(context, "A time names hour and minute, and may name second");
            // Chinese counts 12 hours from 0
            var hour = !isTwelve ? p.Hour : isChinese ? p.Hour % 12 : (p.Hour + 11) % 12 + 1;
            // 24 hours are always written with two digits, 12 as asked
            var text = Two(hour, isTwelve ? Hour : "2-digit") + ":" + Two(p.Minute, "2-digit")
                + (Second is null ? "" : ":" + Two(p.Second, "2-digit"));
            if (!isTwelve) return text;
            return isChinese ? (p.Hour < 12 ? "上午" : "下午") + text : text + (p.Hour < 12 ? " AM" : " PM");
        }
    }

    private static string Two(int number, string? form) => number.ToString(form == "2-digit" ? "00" : "0", CultureInfo.InvariantCulture);

    private static string YearIn(DateParts p, string? form) => 
        form == "2-digit" ? Two(p.Year % 100, form) : p.Year.ToString(CultureInfo.InvariantCulture);

    private static string InChinese(Context context, DateParts p, DateFields f)
    {
        if (!f.GoTogether) throw NotTogether(context);
        var weekday = f.Weekday is null ? "" : (f.Weekday == "long" ? "星期" : "周") + WeekdaysInChinese[p.Weekday];
        if (f is { Month: "long", Year: null, Day: null }) return MonthsInChinese[p.Month] + "月";
        if (f.IsWord) return (f.Year is null ? "" : YearIn(p, f.Year) + "年") + $"{p.Month + 1}月" + (f.Day is null ? "" : Two(p.Day, f.Day) + "日")
            + weekday;
        if (f.Month is null) return f.Year is not null ? YearIn(p, f.Year) + "年" : f.Day is not null ? Two(p.Day, f.Day) + "日" : weekday;
        if (f.Year is null && f.Day is null) return $"{Two(p.Month + 1, f.Month)}月";
        if (f.Day is null) return $"{YearIn(p, f.Year)}/{Two(p.Month + 1, f.Month)}";
        return (f.Year is null ? "" : YearIn(p, f.Year) + "/") + Two(p.Month + 1, f.Month) + "/" + Two(p.Day, f.Day) + weekday;
    }

    private static string InEnglish(Context context, DateParts p, DateFields f)
    {
        if (!f.GoTogether) throw NotTogether(context);
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        var weekday = f.Weekday switch { "long" => names.DayNames[p.Weekday], "short" => names.AbbreviatedDayNames[p.Weekday], _ => "" };
        var before = weekday.Length > 0 && f with { Weekday = null } is { IsEmpty: false } ? weekday + ", " : weekday;
        if (f.IsWord)
        {
            var month = f.Month == "long" ? names.MonthNames[p.Month] : names.AbbreviatedMonthNames[p.Month];
            if (f.Day is null) return f.Year is null ? month : $"{month} {YearIn(p, f.Year)}";
            return $"{before}{month} {Two(p.Day, f.Day)}" + (f.Year is null ? "" : $", {YearIn(p, f.Year)}");
        }
        string?[] parts =
        [
            f.Month is null ? null : Two(p.Month + 1, f.Month), f.Day is null ? null : Two(p.Day, f.Day), f.Year is null ? null : YearIn(p, f.Year),
        ];
        return before + string.Join('/', parts.Where(part => part is not null));
    }

    private static ThrownValue NotTogether(Context context) =>
        Error.Range(context, "These parts of a date are not written together here; name year, month and day");
}

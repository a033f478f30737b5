using System.Globalization;
using CrmFlow.Runtime;

namespace CrmFlow.Ui;

/// <summary>How amounts, dates and counts are written, in the reader's language and the business zone (ui.md §7, §14).</summary>
public sealed class Formats(BusinessTime time, Texts texts)
{
    private static bool English => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    /// <summary>元, or CNY.</summary>
    public string Yuan => texts["ui.yuan"];

    /// <summary>15,184.00; a minus sign that is as wide as a plus.</summary>
    public static string Money(decimal amount) => (amount < 0 ? "−" : "") + Math.Abs(amount).ToString("#,##0.00", CultureInfo.InvariantCulture);
    /// <summary>+6,312.50 or −12,480.00, for entries of an account.</summary>
    public static string Signed(decimal amount) => (amount > 0 ? "+" : "") + Money(amount);
    /// <summary>15,184.00 元.</summary>
    public string Yuans(decimal amount) => $"{Money(amount)} {Yuan}";
    /// <summary>A count as badges show it: 99+ beyond 99.</summary>
    public static string Count(int count) => count > 99 ? "99+" : count.ToString(CultureInfo.InvariantCulture);
    /// <summary>80 % of 0.8; no decimals unless there are some.</summary>
    public static string Percent(decimal ratio) => (ratio * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>今天, 明天, 昨天, 05-22 周五; other years in full.</summary>
    public string Day(DateOnly date)
    {
        var today = time.Today;
        if (date == today) return texts["ui.today"];
        if (date == today.AddDays(1)) return texts["ui.tomorrow"];
        if (date == today.AddDays(-1)) return texts["ui.yesterday"];
        if (date.Year != today.Year) return FullDay(date);
        return English ? date.ToString("d MMM ddd", CultureInfo.GetCultureInfo("en-US"))
            : $"{date:MM-dd} {texts[$"ui.weekday-{(int)date.DayOfWeek}"]}";
    }

    /// <summary>A deadline: 今天 15:00, 明天 11:00, 05-22 周五.</summary>
    public string Due(DateTimeOffset instant)
    {
        var local = time.Local(instant);
        var date = DateOnly.FromDateTime(local.DateTime);
        var near = Math.Abs(date.DayNumber - time.Today.DayNumber) <= 1;
        return near ? $"{Day(date)} {local:HH:mm}" : Day(date);
    }

    /// <summary>When something happened: 今天 09:24, 05-18 11:05; other years in full.</summary>
    public string Instant(DateTimeOffset instant)
    {
        var local = time.Local(instant);
        var date = DateOnly.FromDateTime(local.DateTime);
        if (Math.Abs(date.DayNumber - time.Today.DayNumber) <= 1) return $"{Day(date)} {local:HH:mm}";
        if (date.Year != time.Today.Year) return $"{FullDay(date)} {local:HH:mm}";
        return English ? local.ToString("d MMM HH:mm", CultureInfo.GetCultureInfo("en-US"))
            : local.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>2026-05-22, or 22 May 2026.</summary>
    public string FullDay(DateOnly date) =>
        English ? date.ToString("d MMM yyyy", CultureInfo.GetCultureInfo("en-US")) : date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The full instant with seconds and zone, for tooltips.</summary>
    public string Full(DateTimeOffset instant)
    {
        var local = time.Local(instant);
        return $"{FullDay(DateOnly.FromDateTime(local.DateTime))} {local.ToString("HH:mm:ss zzz", CultureInfo.InvariantCulture)}";
    }

    /// <summary>1.2 MB, 86 KB.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1024 * 1024 => (bytes / 1048576m).ToString("0.#", CultureInfo.InvariantCulture) + " MB",
        >= 1024 => (bytes / 1024m).ToString("0", CultureInfo.InvariantCulture) + " KB",
        _ => bytes.ToString(CultureInfo.InvariantCulture) + " B",
    };
}

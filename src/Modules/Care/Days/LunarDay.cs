using System.Globalization;

namespace CrmFlow.Care;

/// <summary>
/// A day of the Chinese calendar. The year carries the number of the solar year it begins in; a leap month follows the ordinary one of the same
/// number.
/// </summary>
internal readonly record struct LunarDay(int Year, int Month, int Day, bool IsLeapMonth)
{
    private static readonly ChineseLunisolarCalendar Calendar = new();
    private static readonly DateOnly First = DateOnly.FromDateTime(Calendar.MinSupportedDateTime),
        Last = DateOnly.FromDateTime(Calendar.MaxSupportedDateTime);
    private static readonly string[] Months = ["正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];
    private const string Digits = "一二三四五六七八九十";

    /// <summary>The lunar day of a date; null outside 1901-02-19…2101-01-28, where the calendar is not known.</summary>
    public static LunarDay? Of(DateOnly date)
    {
        if (date < First || date > Last) return null;
        var at = date.ToDateTime(TimeOnly.MinValue);
        var (year, index) = (Calendar.GetYear(at), Calendar.GetMonth(at));
        var leap = Calendar.GetLeapMonth(year); // position of the leap month itself: a leap sixth month is the seventh of its year
        return new(year, leap > 0 && index >= leap ? index - 1 : index, Calendar.GetDayOfMonth(at), index == leap);
    }

    /// <summary>29 or 30.</summary>
    public int DaysInMonth => Calendar.GetDaysInMonth(Year, Index);

    /// <summary>Whether the year has a leap month of this month's number.</summary>
    public bool YearRepeatsMonth => Calendar.GetLeapMonth(Year) == Month + 1;

    private int Index => Calendar.GetLeapMonth(Year) is > 0 and var leap && (Month >= leap || IsLeapMonth) ? Month + 1 : Month;

    /// <summary>正月, 闰六月.</summary>
    public string MonthName => NameOfMonth(Month, IsLeapMonth);
    /// <summary>初一, 廿九, 三十.</summary>
    public string DayName => NameOfDay(Day);

    public static string NameOfMonth(int month, bool isLeap) => (isLeap ? "闰" : "") + Months[month - 1];
    public static string NameOfDay(int day) => day switch
    {
        <= 10 => $"初{Digits[day - 1]}",
        20 => "二十",
        30 => "三十",
        < 20 => $"十{Digits[day - 11]}",
        _ => $"廿{Digits[day - 21]}",
    };
}

using CrmFlow.Customers;

namespace CrmFlow.Care;

/// <summary>What is done with days a year does not have, and with those of which only the month is known (R-CARE-2). A dated setting.</summary>
/// <param name="LastDayInstead">农历三十 and 29 February fall on the last day of the month in years that have none; otherwise they are left out that
/// year.</param>
/// <param name="OrdinaryMonthInstead">A day in a leap month falls in the ordinary month of that number in years without it; otherwise it is left out
/// that year.</param>
/// <param name="MonthOnlyDay">The day of the month, 1…28, on which birthdays known only by month are kept.</param>
internal sealed record AnnualDayRules(bool LastDayInstead = true, bool OrdinaryMonthInstead = true, int MonthOnlyDay = 1);

/// <summary>
/// Which days of every year fall on one date: asked of the date and not of the day, so that a query can look for them.
/// </summary>
/// <param name="SolarDays">Days of the solar month that are kept on this date.</param>
/// <param name="LunarMonth">0 where the Chinese calendar is not known.</param>
/// <param name="OrdinaryMonth">Days in the ordinary month count today.</param>
/// <param name="LeapMonth">Days in the leap month of that number count today.</param>
internal sealed record DaysOn(DateOnly Date, int SolarMonth, int[] SolarDays, bool SolarMonthOnly, int LunarMonth, int[] LunarDays,
    bool LunarMonthOnly, bool OrdinaryMonth, bool LeapMonth, int LunarYear)
{
    public static DaysOn Of(DateOnly date, AnnualDayRules rules)
    {
        var solar = rules.LastDayInstead && date is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(date.Year) ? [28, 29] : new[] { date.Day };
        if (LunarDay.Of(date) is not { } lunar) return new(date, date.Month, solar, date.Day == rules.MonthOnlyDay, 0, [], false, false, false, 0);
        var days = rules.LastDayInstead && lunar.Day == 29 && lunar.DaysInMonth == 29 ? [29, 30] : new[] { lunar.Day };
        return new(date, date.Month, solar, date.Day == rules.MonthOnlyDay, lunar.Month, days, lunar.Day == rules.MonthOnlyDay,
            OrdinaryMonth: !lunar.IsLeapMonth, LeapMonth: lunar.IsLeapMonth || rules.OrdinaryMonthInstead && !lunar.YearRepeatsMonth, lunar.Year);
    }

    /// <summary>Whether a day that comes back every year is kept on this date; not before its first time.</summary>
    public bool Has(AnnualDay day)
    {
        if (day.Year > YearOf(day.Calendar)) return false;
        return day.Calendar == CalendarKind.Solar
            ? day.Month == SolarMonth && (day.Day is { } d ? SolarDays.Contains(d) : SolarMonthOnly)
            : day.Month == LunarMonth && (day.IsLeapMonth ? LeapMonth : OrdinaryMonth) && (day.Day is { } l ? LunarDays.Contains(l) : LunarMonthOnly);
    }

    /// <summary>The year the day is kept for: a lunar day late in the year falls into the next solar one and still belongs to its own.</summary>
    public int YearOf(CalendarKind calendar) => calendar == CalendarKind.Solar ? Date.Year : LunarYear;
}

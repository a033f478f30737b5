using System.Globalization;
using CrmFlow.Runtime;

namespace CrmFlow.Customers;

internal static class PartyWords
{
    /// <summary>A yearly day in words: 1985-06-15, 农历 5 月 27 日, 6 月.</summary>
    public static string Annual(this Texts texts, AnnualDay on)
    {
        var date = on.Day is { } day ? texts["customers.annual.day", on.Month, day] : texts["customers.annual.month", on.Month];
        if (on.IsLeapMonth) date = texts["customers.annual.leap", date];
        if (on.Calendar == CalendarKind.Lunar) date = texts["customers.annual.lunar", date];
        return on.Year is { } year ? texts["customers.annual.year", year.ToString(CultureInfo.InvariantCulture), date] : date;
    }
}

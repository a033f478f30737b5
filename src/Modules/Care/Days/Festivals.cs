using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Care;

/// <summary>A festival customers are greeted on, and which the calendar shows.</summary>
/// <param name="Key">What care plans refer to; never changes.</param>
internal sealed record Festival(string Key, string Name, string NameEn, bool IsLunar, int Month, int Day)
{
    public AnnualDay On() => new(null, Month, Day, IsLunar ? CalendarKind.Lunar : CalendarKind.Solar);
    /// <summary>Its name as it is stored, in both languages.</summary>
    public string Words() => Phrase.Both(Name, NameEn);
    public string Label() => System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? NameEn : Name;
}

/// <summary>The dated settings of visits, care and reminders.</summary>
internal static class CareSettings
{
    /// <summary>Working days in which a first visit is to be made.</summary>
    public static readonly Setting<int> FirstVisitDays = new("care.first-visit-days", 2);
    public static readonly Setting<AnnualDayRules> AnnualDays = new("care.annual-days", new());
    /// <summary>Hour of the business day at which the day's care begins, 0…23.</summary>
    public static readonly Setting<int> Morning = new("care.morning", 8);
    /// <summary>How many days back a plan makes up for after the system stood still.</summary>
    public static readonly Setting<int> CatchUpDays = new("care.catch-up-days", 7);
    public static readonly Setting<ElapsedLevels> Elapsed = new("care.elapsed-levels", new(24, 72, 168));
    public static readonly Setting<RemainingLevels> Remaining = new("care.remaining-levels", new(7, 3));

    /// <summary>除夕 is the thirtieth of the twelfth month, and its last day in years without one.</summary>
    public static readonly Setting<Festival[]> Festivals = new("care.festivals",
    [
        new("new-year", "元旦", "New Year", false, 1, 1),
        new("new-year-eve", "除夕", "Chinese New Year's Eve", true, 12, 30),
        new("spring-festival", "春节", "Spring Festival", true, 1, 1),
        new("lantern", "元宵节", "Lantern Festival", true, 1, 15),
        new("labour-day", "劳动节", "Labour Day", false, 5, 1),
        new("dragon-boat", "端午节", "Dragon Boat Festival", true, 5, 5),
        new("mid-autumn", "中秋节", "Mid-Autumn Festival", true, 8, 15),
        new("national-day", "国庆节", "National Day", false, 10, 1),
        new("double-ninth", "重阳节", "Double Ninth Festival", true, 9, 9),
    ]);

    public static Problem? Check(Festival[] festivals)
    {
        if (festivals.Any(f => string.IsNullOrWhiteSpace(f.Key) || string.IsNullOrWhiteSpace(f.Name) || f.Month is < 1 or > 12
            || f.Day is < 1 or > 31)) return new InvalidSetting("care.setting.festival-incomplete");
        return festivals.Select(f => f.Key).Distinct().Count() == festivals.Length ? null : new InvalidSetting("care.setting.festival-twice");
    }

    public static Problem? Check(AnnualDayRules rules) =>
        rules.MonthOnlyDay is >= 1 and <= 28 ? null : new InvalidSetting("care.setting.month-only-day");
    public static Problem? Check(ElapsedLevels levels) =>
        0 < levels.ImportantAfter && levels.ImportantAfter < levels.UrgentAfter && levels.UrgentAfter < levels.OverdueAfter ? null
        : new InvalidSetting("care.setting.levels");
    public static Problem? Check(RemainingLevels levels) =>
        0 <= levels.UrgentFrom && levels.UrgentFrom < levels.ImportantFrom ? null : new InvalidSetting("care.setting.levels");
}

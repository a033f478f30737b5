using System.Globalization;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Agents.Pages;

/// <summary>How states, periods and steps of settlement are said on pages.</summary>
internal static class SettlementWords
{
    private static bool English => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    public static StateLook Look(SettlementState state, bool mine = false) => state switch
    {
        SettlementState.Draft => StateLook.Draft,
        SettlementState.InProgress => mine ? StateLook.Returned : StateLook.Wait,
        SettlementState.Done => StateLook.Done,
        SettlementState.Withdrawn or SettlementState.Cancelled => StateLook.Gone,
        _ => StateLook.Rejected,
    };

    public static string State(this Texts t, SettlementState state) => t[$"agents.state.{state}"];

    /// <summary>2026 年第一季度, 2026 年 4 月, 2026 年 2 月至 3 月, else both dates.</summary>
    public static string Period(this Texts t, DateOnly from, DateOnly to)
    {
        var whole = from.Day == 1 && to == new DateOnly(to.Year, to.Month, DateTime.DaysInMonth(to.Year, to.Month)) && from.Year == to.Year;
        if (whole && from.Month % 3 == 1 && to.Month == from.Month + 2)
            return t["agents.period.quarter", from.Year, t[$"agents.quarter.{(from.Month + 2) / 3}"]];
        if (whole && from.Month == to.Month)
            return English ? from.ToString("MMMM yyyy", CultureInfo.GetCultureInfo("en-US")) : t["agents.period.month", from.Year, from.Month];
        if (whole) return English ? t["agents.period.months", from.Year, Month(from), Month(to)]
            : t["agents.period.months", from.Year, from.Month, to.Month];
        return t["agents.period.days", Iso(from), Iso(to)];
    }

    private static string Month(DateOnly date) => date.ToString("MMMM", CultureInfo.GetCultureInfo("en-US"));

    public static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Working days a step has taken so far or took.</summary>
    public static string Days(this Texts t, int days, bool open) =>
        open ? days == 0 ? t["agents.days.today"] : t["agents.days.so-far", days] : days == 0 ? t["agents.days.same"] : t["agents.days.took", days];

    public static string Question(SurveyAnswer answer) => English && answer.EnglishName.Length > 0 ? answer.EnglishName : answer.Name;
    public static string Question(SurveyQuestion question) => English && question.EnglishName.Length > 0 ? question.EnglishName : question.Name;

    public static string Rate(decimal rate) => Formats.Percent(rate);

    /// <summary>名字、名字 or name, name.</summary>
    public static string Join(this Texts t, IEnumerable<string> names) => string.Join(t["agents.and"], names);
}

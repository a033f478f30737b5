using System.Text.Json;

namespace CrmFlow.Runtime;

/// <summary>
/// The public holidays and make-up days the product knows (<c>holidays-cn.json</c>): 2025 and 2026 as the State Council arranged them, 2027 only the
/// statutory days. They fill an empty calendar; from then on the rows are the administrator's.
/// </summary>
internal static class ShippedHolidays
{
    public static IEnumerable<CalendarDay> Days()
    {
        using var stream = typeof(ShippedHolidays).Assembly.GetManifestResourceStream("CrmFlow.Runtime.Time.holidays-cn.json")!;
        foreach (var period in JsonSerializer.Deserialize<Period[]>(stream, JsonSerializerOptions.Web)!)
            for (var date = period.From; date <= (period.To ?? period.From); date = date.AddDays(1))
                yield return new CalendarDay { Date = date, IsWorking = period.Working, Name = period.Name };
    }

    private sealed record Period(DateOnly From, DateOnly? To, string Name, bool Working);
}

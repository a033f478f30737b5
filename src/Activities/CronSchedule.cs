using System.Globalization;
using Quartz;

namespace CrmFlow.Activities;

/// <summary>
/// Cron text as Elsa writes it (Cronos, six fields from the seconds, 0 and 7 are Sunday), translated once to Quartz's, whose days count from 1 = Sunday.
/// Clock changes as Cronos has them: what falls into the skipped hour runs when it ends; what falls into the repeated hour runs the first time, and again in
/// the second when the expression names an interval of seconds, minutes or hours.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@every_second"] = "* * * * * *", ["@every_minute"] = "0 * * * * *", ["@hourly"] = "0 0 * * * *", ["@daily"] = "0 0 0 * * *", ["@midnight"] = "0 0 0 * * *",
        ["@weekly"] = "0 0 0 * * 0", ["@monthly"] = "0 0 0 1 * *", ["@yearly"] = "0 0 0 1 1 *", ["@annually"] = "0 0 0 1 1 *",
    };

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronExpression _expression;
    private readonly bool _isInterval;
    /// <summary>Days of the week asked beside days of the month, which Quartz cannot: both must hold.</summary>
    private readonly HashSet<DayOfWeek>? _andDays;

    private CronSchedule(string quartz, bool isInterval, HashSet<DayOfWeek>? andDays)
    {
        (Quartz, _isInterval, _andDays) = (quartz, isInterval, andDays);
        _expression = new CronExpression(quartz, TimeZoneInfo.Utc); // asked in wall-clock time; the zone is ours
    }

    /// <summary>The same in Quartz's words, but for days of the week asked beside days of the month.</summary>
    public string Quartz { get; }

    /// <summary>Throws <see cref="FormatException"/> with what is wrong in words.</summary>
    public static CronSchedule Parse(string text)
    {
        var fields = (Macros.GetValueOrDefault(text.Trim()) ?? text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6) throw new FormatException($"'{text}' has {fields.Length} fields; a cron expression here has six: second minute hour day month weekday, such as 0 30 8 * * *.");
        var interval = fields.Take(3).Any(f => f.AsSpan().IndexOfAny('*', '-', '/') >= 0);
        var (day, week) = (DayField(fields[3]), WeekField(fields[5]));
        var time = string.Join(' ', Field(fields[0], 0, 59, []), Field(fields[1], 0, 59, []), Field(fields[2], 0, 23, []));
        var month = Field(fields[4], 1, 12, Months);
        HashSet<DayOfWeek>? both = null;
        if (day is not null && week is not null)
        {
            if (week.AsSpan().IndexOfAny('#', 'L') >= 0) throw new FormatException($"'{text}' asks for a day of the month and for '{fields[5]}' of the week together, which cannot be kept. Use two triggers.");
            both = [.. week.Split(',').Select(d => (DayOfWeek)(int.Parse(d, CultureInfo.InvariantCulture) - 1))];
        }
        return new CronSchedule($"{time} {(week is not null && both is null ? "?" : day ?? "*")} {month} {(both is not null || week is null ? "?" : week)}", interval, both);
    }

    /// <summary>The first occurrence after an instant; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        after = after.ToUniversalTime();
        var wall = Wall(after, zone);
        if (!zone.IsAmbiguousTime(wall)) return NextWall(wall) is { } next ? Instant(next, zone) : null;

        // inside a repeated hour: which of its two passes is it?
        var change = Change(after - TimeSpan.FromDays(1), after + TimeSpan.FromDays(1), zone);
        var (begin, end) = (Wall(change, zone), DateTime.SpecifyKind((change + zone.GetUtcOffset(change.AddSeconds(-1))).UtcDateTime, DateTimeKind.Unspecified));
        if (after < change)
        {
            if (NextWall(wall) is { } first && first < end) return Instant(first, zone);
            return NextWall(_isInterval ? begin.AddSeconds(-1) : end.AddSeconds(-1)) is { } second ? Late(second, zone) : null;
        }
        return NextWall(_isInterval ? wall : end.AddSeconds(-1)) is { } later ? Late(later, zone) : null;
    }

    private DateTime? NextWall(DateTime wall)
    {
        var at = new DateTimeOffset(wall, TimeSpan.Zero);
        for (var tries = 0; tries < 4000; tries++)
        {
            if (_expression.GetNextValidTimeAfter(at) is not { } next) return null;
            if (_andDays is null || _andDays.Contains(next.UtcDateTime.DayOfWeek)) return DateTime.SpecifyKind(next.UtcDateTime, DateTimeKind.Unspecified);
            at = new DateTimeOffset(next.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddSeconds(-1);
        }
        return null;
    }

    private static DateTime Wall(DateTimeOffset at, TimeZoneInfo zone) => DateTime.SpecifyKind((at.ToUniversalTime() + zone.GetUtcOffset(at)).UtcDateTime, DateTimeKind.Unspecified);

    /// <summary>A skipped time is the moment the clock jumps; a repeated one its first pass.</summary>
    private static DateTimeOffset Instant(DateTime wall, TimeZoneInfo zone)
    {
        var utc = new DateTimeOffset(wall, TimeSpan.Zero);
        if (zone.IsInvalidTime(wall)) return Change(utc - TimeSpan.FromDays(1), utc + TimeSpan.FromDays(1), zone);
        return utc - (zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall));
    }

    private static DateTimeOffset Late(DateTime wall, TimeZoneInfo zone) => zone.IsAmbiguousTime(wall) ? new DateTimeOffset(wall, TimeSpan.Zero) - zone.GetAmbiguousTimeOffsets(wall).Min() : Instant(wall, zone);

    /// <summary>The instant between two at which the zone's offset changes, to the second.</summary>
    private static DateTimeOffset Change(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        var (low, high) = (from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        var before = zone.GetUtcOffset(from);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == before) low = middle;
            else high = middle;
        }
        return DateTimeOffset.FromUnixTimeSeconds(high);
    }

    /// <summary>Days of the month; null when any will do.</summary>
    private static string? DayField(string field)
    {
        if (field is "*" or "?") return null;
        var upper = field.ToUpperInvariant();
        if (upper is "L" or "LW" || upper.StartsWith("L-", StringComparison.Ordinal) && Number(upper[2..], 1, 30, field) > 0) return upper;
        return upper.EndsWith('W') ? $"{Number(upper[..^1], 1, 31, field)}W" : Field(field, 1, 31, []);
    }

    /// <summary>Days of the week in Quartz's numbers; null when any will do.</summary>
    private static string? WeekField(string field)
    {
        if (field is "*" or "?") return null;
        if (field.IndexOf('#') is var at and > 0) return $"{Day(field[..at], field) + 1}#{Number(field[(at + 1)..], 1, 5, field)}";
        if (field.Length > 1 && field[^1] is 'L' or 'l') return $"{Day(field[..^1], field) + 1}L";
        return string.Join(',', Values(field, 0, 7, Days).Select(d => d % 7 + 1).Distinct().Order());
    }

    private static int Day(string text, string field) => Array.FindIndex(Days, d => d.Equals(text, StringComparison.OrdinalIgnoreCase)) is var named and >= 0 ? named : Number(text, 0, 7, field) % 7;

    private static string Field(string field, int min, int max, string[] names) =>
        Values(field, min, max, names) is var values && values.Count == max - min + 1 ? "*" : string.Join(',', values);

    /// <summary>Every value a field names: lists, ranges (also round the end), steps. Cronos steps from a single value to the end.</summary>
    private static SortedSet<int> Values(string field, int min, int max, string[] names)
    {
        var values = new SortedSet<int>();
        foreach (var item in field.Split(','))
        {
            var (range, step) = item.IndexOf('/') is var at and >= 0 ? (item[..at], Number(item[(at + 1)..], 1, max, field)) : (item, 0);
            int from, to;
            if (range is "*") (from, to) = (min, names == Days ? 6 : max);
            else if (range.IndexOf('-') is var dash and > 0) (from, to) = (One(range[..dash]), One(range[(dash + 1)..]));
            else (from, to) = (One(range), step > 0 ? max : One(range));
            var count = names == Days ? 7 : max - min + 1;
            if (to < from) to += count;
            for (var value = from; value <= to; value += Math.Max(step, 1)) values.Add(value > max ? value - count : value);
        }
        return values;

        int One(string text) => Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is var named and >= 0 ? named + (names == Months ? 1 : 0) : Number(text, min, max, field);
    }

    private static int Number(string text, int min, int max, string field) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : throw new FormatException($"'{field}' cannot be read in a cron expression: '{text}' is no number from {min} to {max}.");
}

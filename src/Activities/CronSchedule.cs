using Cronos;

namespace CrmFlow.Activities;

/// <summary>
/// Cron text, read by Cronos as Elsa reads it: six fields from the seconds, 0 and 7 are Sunday. What falls into an hour the clock skips runs when it
/// ends; what falls into a repeated hour runs the first time, and again in the second when the expression names an interval of seconds, minutes or
/// hours.
/// </summary>
internal sealed class CronSchedule
{
    /// <summary>What each field takes, for the sentence that refuses one.</summary>
    private static readonly string[] Fields =
    [
        "second takes 0 to 59", "minute takes 0 to 59", "hour takes 0 to 23", "day takes 1 to 31, L, W and ?", "month takes 1 to 12 and JAN to DEC",
        "weekday takes 0 to 7 (0 and 7 are Sunday), SUN to SAT, L, # and ?",
    ];

    private readonly CronExpression _expression;

    private CronSchedule(CronExpression expression) => _expression = expression;

    /// <summary>Throws <see cref="FormatException"/> with what is wrong in words.</summary>
    public static CronSchedule Parse(string text) =>
        CronExpression.TryParse(text, CronFormat.IncludeSeconds, out var expression) ? new(expression) : throw new FormatException(Refusal(text));

    /// <summary>The first occurrence after an instant; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) => _expression.GetNextOccurrence(after, zone)?.ToUniversalTime();

    private static string Refusal(string text)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            return $"'{text}' has {fields.Length} fields; a cron expression here has six: second minute hour day month weekday, such as 0 30 8 * * *, "
                + "or is one of @every_second @every_minute @hourly @daily @weekly @monthly @yearly.";
        }
        for (var i = 0; i < fields.Length; i++)
        {
            // the field alone among fields that take everything: is it the one?
            string[] alone = ["*", "*", "*", "*", "*", "*"];
            alone[i] = fields[i];
            if (!CronExpression.TryParse(string.Join(' ', alone), CronFormat.IncludeSeconds, out _))
                return $"'{fields[i]}' cannot be read in the cron expression '{text}': the {Fields[i]}, with lists (1,2), ranges (1-5) and steps (*/2).";
        }
        return $"The fields of the cron expression '{text}' do not go together.";
    }
}

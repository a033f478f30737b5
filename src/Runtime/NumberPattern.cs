using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The last number given out of a series in a year.</summary>
internal sealed class NumberCounter
{
    public required string Series { get; init; }
    public required int Year { get; init; }
    public required int Last { get; set; }
}

/// <summary>Numbers of records by a pattern and a business year, without gaps: JS-2026-0001, TS-2026-0001.</summary>
public static partial class NumberPattern
{
    /// <summary>The next number of a series, filled into its pattern (<see cref="NextInSeriesAsync"/>).</summary>
    public static async Task<string> NextNumberAsync(this Command cmd, string series, Setting<string> pattern, int year, CancellationToken ct)
    {
        var sequence = await cmd.NextInSeriesAsync(series, year, ct);
        return Fill(await cmd.Db.SettingAsync(pattern, cmd.Now, ct), year, sequence);
    }

    /// <summary>
    /// The next count of a series, taken inside the command: the counter row stays locked until it commits and goes back when it does not, so numbers
    /// have no gaps.
    /// Two first numbers at once collide on the row's key, and the later command is run again.
    /// </summary>
    /// <param name="series">The module's own name of the series; never changes once numbers were given.</param>
    /// <param name="year">The business year; 0 for a series that runs on for ever.</param>
    public static async Task<int> NextInSeriesAsync(this Command cmd, string series, int year, CancellationToken ct)
    {
        var counters = cmd.Db.Set<NumberCounter>();
        if (cmd.Begun(series, year) is { } begun) return ++begun.Last;
        if (await counters.Where(c => c.Series == series && c.Year == year)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Last, x => x.Last + 1), ct) > 0)
            return await counters.AsNoTracking().Where(c => c.Series == series && c.Year == year).Select(c => c.Last).SingleAsync(ct);
        counters.Add(new NumberCounter { Series = series, Year = year, Last = 1 });
        return 1;
    }

    /// <summary>Takes back the number this very command has just taken and cannot use, where the command goes on without it.</summary>
    public static async Task GiveBackAsync(this Command cmd, string series, int year, CancellationToken ct)
    {
        var counters = cmd.Db.Set<NumberCounter>();
        if (cmd.Begun(series, year) is { } begun) begun.Last--;
        else await counters.Where(c => c.Series == series && c.Year == year).ExecuteUpdateAsync(c => c.SetProperty(x => x.Last, x => x.Last - 1), ct);
    }

    /// <summary>The counter of a series this very command has begun.</summary>
    private static NumberCounter? Begun(this Command cmd, string series, int year)
    {
        // Nothing but this class changes a counter. Looking for changes first, as Local does, costs as much as the command has rows, for each number
        // of a large import.
        var tracker = cmd.Db.ChangeTracker;
        tracker.AutoDetectChangesEnabled = false;
        try
        {
            return cmd.Db.Set<NumberCounter>().Local.FirstOrDefault(c => c.Series == series && c.Year == year);
        }
        finally
        {
            tracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <summary>For settings that hold a pattern: at most 30 characters, the year, exactly one sequence.</summary>
    public static Problem? Check(string pattern) =>
        pattern.Length <= 30 && Tokens().Replace(pattern, "").IndexOfAny(['{', '}']) < 0 && pattern.Contains("{seq:", StringComparison.Ordinal)
        && pattern.IndexOf("{seq:", StringComparison.Ordinal) == pattern.LastIndexOf("{seq:", StringComparison.Ordinal)
            && pattern.Contains("{yy", StringComparison.Ordinal)
            ? null : new InvalidSetting("problem.number-pattern");

    /// <summary>Fills a pattern: <c>{yyyy}</c>, <c>{yy}</c>, <c>{seq:n}</c> with at least n digits.</summary>
    public static string Fill(string pattern, int year, int sequence) => Tokens().Replace(pattern, m => m.Value switch
    {
        "{yyyy}" => year.ToString("0000", CultureInfo.InvariantCulture),
        "{yy}" => (year % 100).ToString("00", CultureInfo.InvariantCulture),
        _ => sequence.ToString($"D{m.Groups[1].Value}", CultureInfo.InvariantCulture),
    });

    [GeneratedRegex(@"\{yyyy\}|\{yy\}|\{seq:([1-9])\}")]
    private static partial Regex Tokens();
}

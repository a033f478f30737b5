using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>The last number given out of a series in a year.</summary>
internal sealed class NumberCounter
{
    public required string Series { get; init; }
    public required int Year { get; init; }
    public required int Last { get; set; }
}

internal static class Numbering
{
    public const string Applications = "settlement", Vouchers = "ledger";

    /// <summary>
    /// The next number of a series, taken inside the command: the counter row stays locked until it commits and goes back when it does not, so numbers have no gaps.
    /// Two first numbers of a year at once collide on the row's key, and the later command is run again.
    /// </summary>
    public static async Task<string> NextAsync(Command cmd, string series, Setting<string> pattern, int year, CancellationToken ct)
    {
        var counters = cmd.Db.Set<NumberCounter>();
        var raised = await counters.Where(c => c.Series == series && c.Year == year).ExecuteUpdateAsync(c => c.SetProperty(x => x.Last, x => x.Last + 1), ct);
        var sequence = 1;
        if (raised == 0) counters.Add(new NumberCounter { Series = series, Year = year, Last = 1 });
        else sequence = await counters.AsNoTracking().Where(c => c.Series == series && c.Year == year).Select(c => c.Last).SingleAsync(ct);
        return SettlementSettings.Number(await cmd.Db.SettingAsync(pattern, cmd.Now, ct), year, sequence);
    }
}

using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The last number given out of a series, such as <c>party.customer</c>.</summary>
public sealed class NumberSeries
{
    public required string Series { get; init; }
    public required long Last { get; set; }
}

public static class SeriesNumbers
{
    /// <summary>
    /// The next number of a series, taken inside the command: the row stays locked until it commits and goes back when it does not, so numbers have no gaps and none is
    /// given twice. Two first numbers at once collide on the row's key, and the later command is run again.
    /// </summary>
    public static async Task<long> NextNumberAsync(this Command cmd, string series, CancellationToken ct)
    {
        var counters = cmd.Db.Set<NumberSeries>();
        if (counters.Local.FindEntry(series) is { State: EntityState.Added } added) return ++added.Entity.Last; // begun by this command
        if (await counters.Where(c => c.Series == series).ExecuteUpdateAsync(c => c.SetProperty(x => x.Last, x => x.Last + 1), ct) > 0)
            return await counters.AsNoTracking().Where(c => c.Series == series).Select(c => c.Last).SingleAsync(ct);
        counters.Add(new NumberSeries { Series = series, Last = 1 });
        return 1;
    }
}

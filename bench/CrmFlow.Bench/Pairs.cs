using System.Diagnostics;
using System.Globalization;

namespace CrmFlow.Bench;

/// <summary>
/// Blocks of two things measured in turn, so that whatever else the machine does falls on both: the median of the paired ratios and a bootstrap
/// interval of 95 %.
/// With a disk probe, pairs during which the disk's flush time moved by more than half are set aside, unless that would leave too few.
/// </summary>
internal sealed record Pairs(double Median, double Low, double High, double Ours, double Theirs, int Kept)
{
    /// <summary>
    /// How long something runs before it is measured: a server's state after its first minute. The JIT counts calls, runs methods instrumented and
    /// compiles them again; until then a burst takes two to four times its processor time.
    /// </summary>
    public static readonly TimeSpan Warm = TimeSpan.FromSeconds(25);

    public static async Task<Pairs> MeasureAsync(string label, int pairs, Func<Task<double>> ours, Func<Task<double>> theirs, Func<double>? probe = null)
    {
        List<(double Ours, double Theirs, bool Steady)> all = [];
        var before = probe?.Invoke() ?? 1;
        for (var i = 0; i < pairs; i++)
        {
            // Who goes first changes, so that neither always finds the other's leftovers.
            var first = i % 2 == 0 ? await ours() : await theirs();
            var second = i % 2 == 0 ? await theirs() : await ours();
            var after = probe?.Invoke() ?? 1;
            all.Add((i % 2 == 0 ? first : second, i % 2 == 0 ? second : first, Math.Max(before, after) <= 1.5 * Math.Min(before, after)));
            before = after;
        }
        var kept = all.Count(p => p.Steady) >= Math.Max(3, pairs / 3) ? all.Where(p => p.Steady).ToList() : all;
        var ratios = kept.Select(p => p.Ours / p.Theirs).ToArray();
        var random = new Random(1);
        var medians = Enumerable.Range(0, 1000)
            .Select(_ => Report.Median(Enumerable.Range(0, ratios.Length).Select(_ => ratios[random.Next(ratios.Length)]))).Order().ToArray();
        var result = new Pairs(Report.Median(ratios), medians[25], medians[974], Report.Median(kept.Select(p => p.Ours)),
            Report.Median(kept.Select(p => p.Theirs)), kept.Count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{label}: {result.Ours:N0}/s ÷ {result.Theirs:N0}/s = {result.Median:0.00} (95 % {result.Low:0.00}–{result.High:0.00}, {result.Kept} of {pairs} pairs)"));
        return result;
    }

    /// <summary>Microseconds of a flush to disk in that folder: the median of a few small overwrites.</summary>
    public static Func<double> DiskProbe(string folder) => () =>
    {
        using var file = new FileStream(Path.Combine(folder, "probe"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
        var block = new byte[8192];
        var times = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            file.Position = 0;
            file.Write(block);
            var started = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }
        return Report.Median(times);
    };

    /// <summary>How often something happens in a second, over a block of that length.</summary>
    public static async Task<double> RateAsync(TimeSpan length, Func<Task<int>> some)
    {
        var (started, count) = (Stopwatch.GetTimestamp(), 0L);
        while (Stopwatch.GetElapsedTime(started) < length) count += await some();
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

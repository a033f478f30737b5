using CrmFlow.Runtime;

namespace CrmFlow.Bench;

/// <summary>
/// B10: lean bursts on a database that has a long past (finished instances with ten journal rows each, 500 versions of the definition) ÷ the same on
/// an empty one, both open in this process, blocks in turn. Judged at the favourable end of the interval.
/// </summary>
internal static class HistoryGrowth
{
    private const int Steps = 5, JournalRows = 10, Versions = 500;

    public static async Task<bool> RunAsync(bool quick)
    {
        var (pairs, block, finished) = quick ? (7, TimeSpan.FromSeconds(2), 50_000) : (15, TimeSpan.FromSeconds(3), 1_000_000);
        var folder = Directory.CreateTempSubdirectory("crmflow-history-").FullName;
        try
        {
            var (young, old) = (Database("young"), Database("old"));
            await using var empty = await BenchApp.StartAsync(young);
            await using var grown = await BenchApp.StartAsync(old);
            foreach (var app in new[] { empty, grown })
            {
                await app.NewInstanceAsync(BenchProcess.Lean, "go");
                await app.SendAsync("go");
            }
            var template = await grown.NewInstanceAsync(BenchProcess.Lean, "past");
            for (var i = 0; i < 2; i++) await grown.SendAsync("past"); // until its journal has as many rows as each copy gets
            Console.WriteLine(
                $"making {finished:N0} finished instances, {(long)finished * JournalRows:N0} journal rows, {Versions} versions (outside the clock)");
            await new Copies(old).FinishedAsync(template, finished, JournalRows, Versions);
            for (var i = 0; i < 4_000; i++)
            {
                await empty.SendAsync("go");
                await grown.SendAsync("go");
            }
            var speed = await Pairs.MeasureAsync("with a long past ÷ empty", pairs, () => RateAsync(grown), () =>
                RateAsync(empty), Pairs.DiskProbe(folder));
            return Report.Verdict("history-growth", ("ratio-at-best", speed.High, 0.9, false));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        DatabaseOptions Database(string name) => new(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, $"{name}.db")}");

        Task<double> RateAsync(BenchApp app) => Pairs.RateAsync(block, async () =>
        {
            for (var i = 0; i < 10; i++) await app.SendAsync("go");
            return 10 * Steps;
        });
    }
}

using CrmFlow.Runtime;

namespace CrmFlow.Bench;

/// <summary>
/// B7: what waiting instances cost while nothing happens to them. The live managed heap after a full collection, the pump running: with one waiting
/// instance, then with 100,000 more that wait for the clock, after the pump has looked at them and a hundred of them have run a burst.
/// </summary>
internal static class IdleInstances
{
    private const int Waiting = 100_000, Touched = 100;

    public static async Task<bool> RunAsync(bool quick)
    {
        _ = quick; // a minute either way
        var folder = Directory.CreateTempSubdirectory("crmflow-idle-").FullName;
        try
        {
            var database = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "bench.db")}");
            await using var app = await BenchApp.StartAsync(database);
            await app.StartServicesAsync();
            for (var i = 0; i < Touched; i++) await app.NewInstanceAsync(BenchProcess.Lean, $"before-{i}");
            for (var i = 0; i < Touched; i++) await app.SendAsync($"before-{i}");
            var template = await app.NewInstanceAsync(BenchProcess.Timer);
            await app.PumpAsync();
            var before = Live();

            await new Copies(database).WaitingAsync(template, Waiting, TimeProvider.System.GetUtcNow().AddHours(1));
            for (var i = 0; i < Touched; i++) await app.NewInstanceAsync(BenchProcess.Lean, $"after-{i}");
            for (var i = 0; i < Touched; i++) await app.SendAsync($"after-{i}");
            await app.PumpAsync();
            var after = Live();
            Console.WriteLine($"live managed heap: {before / 1048576.0:0.00} MB, with {Waiting:N0} more waiting {after / 1048576.0:0.00} MB");
            return Report.Verdict("idle-instances", ("megabytes", (after - before) / 1048576.0, 5, true));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

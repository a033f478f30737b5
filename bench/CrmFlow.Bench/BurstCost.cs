using CrmFlow.Runtime;
using CrmFlow.TestSupport;

namespace CrmFlow.Bench;

/// <summary>
/// B3, counted and free of noise: what one completion of a user task costs through the command the pages use. Commits alone and grouped (64 people at
/// once on SQLite's writer gate), the runtime's own round trips on PostgreSQL with the modules' reads beside them, and bytes allocated by the whole
/// process.
/// </summary>
internal static class BurstCost
{
    public static async Task<bool> RunAsync(bool quick)
    {
        var rounds = quick ? 200 : 2_000;
        var folder = Directory.CreateTempSubdirectory("crmflow-burst-").FullName;
        try
        {
            Cost sqlite, postgres;
            double grouped;
            await using (var app = await BenchApp.StartAsync(
                new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "bench.db")}")))
            {
                sqlite = await AloneAsync(app, rounds);
                Console.WriteLine($"sqlite     {sqlite}");
                grouped = await GroupedAsync(app, people: 64, rounds: quick ? 10 : 50);
                Console.WriteLine($"sqlite     64 at once: {grouped:0.000} commits per decision");
            }
            using (new PostgresServer())
            await using (var app = await BenchApp.StartAsync(new DatabaseOptions(DatabaseProvider.PostgreSql, PostgresServer.ConnectionString)))
            {
                postgres = await AloneAsync(app, rounds);
                Console.WriteLine($"postgresql {postgres}");
            }
            return Report.Verdict("burst-cost",
                ("commits-alone", Math.Max(sqlite.Commits, postgres.Commits), 1, true), ("commits-grouped", grouped, 1, true),
                ("postgres-round-trips", postgres.RoundTrips, 3, true), ("allocated-kb", Math.Max(sqlite.Kilobytes, postgres.Kilobytes), 100, true));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record Cost(double Commits, double RoundTrips, double ModuleReads, double Kilobytes)
    {
        public override string ToString() =>
            $"per decision: {Commits:0.000} commits, {RoundTrips:0.000} round trips of the runtime, {ModuleReads:0.000} of the modules, {Kilobytes:0.0} KB allocated";
    }

    /// <summary>One person, one decision after the other. Finding the next task is outside the count.</summary>
    private static async Task<Cost> AloneAsync(BenchApp app, int rounds)
    {
        var instance = await app.NewInstanceAsync();
        for (var i = 0; i < 100; i++) await app.CompleteAsync(await app.OpenTaskAsync(instance));
        long commits = 0, trips = 0, reads = 0, bytes = 0;
        for (var i = 0; i < rounds; i++)
        {
            var task = await app.OpenTaskAsync(instance);
            var (c, t, m, b) =
                (app.Counters.Commits, app.Counters.RoundTrips, app.Counters.ModuleRoundTrips, GC.GetTotalAllocatedBytes(precise: true));
            await app.CompleteAsync(task);
            bytes += GC.GetTotalAllocatedBytes(precise: true) - b;
            (commits, trips, reads) =
                (commits + app.Counters.Commits - c, trips + app.Counters.RoundTrips - t, reads + app.Counters.ModuleRoundTrips - m);
        }
        return new Cost((double)commits / rounds, (double)trips / rounds, (double)reads / rounds, bytes / 1024.0 / rounds);
    }

    /// <summary>Commits per decision when many decide at the same moment.</summary>
    private static async Task<double> GroupedAsync(BenchApp app, int people, int rounds)
    {
        var instances = new List<Guid>();
        for (var i = 0; i < people; i++) instances.Add(await app.NewInstanceAsync());
        long commits = 0;
        for (var round = 0; round < rounds; round++)
        {
            var tasks = new List<(Guid, int)>();
            foreach (var instance in instances) tasks.Add(await app.OpenTaskAsync(instance));
            var before = app.Counters.Commits;
            await Task.WhenAll(tasks.Select(task => Task.Run(() => app.CompleteAsync(task))));
            commits += app.Counters.Commits - before;
        }
        return (double)commits / (people * rounds);
    }
}

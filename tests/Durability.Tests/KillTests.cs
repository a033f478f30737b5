using System.Globalization;
using System.Diagnostics;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;

namespace CrmFlow.Durability.Tests;

/// <summary>R1: one host on SQLite, killed at random moments while people and timers work; the next one carries on.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_killed_again_and_again_loses_and_doubles_nothing()
    {
        var (kills, live, seed) = (Runs.Of(30, 500), Runs.Of(200, 1_000), Runs.Seed(1));
        output.WriteLine($"seed {seed}: {kills} kills, {live} errands at once");
        var folder = Directory.CreateTempSubdirectory("crmflow-kills-");
        try
        {
            var random = new Random(seed);
            await using var run = await Campaign.PrepareAsync(new DatabaseOptions(DatabaseProvider.Sqlite,
                $"Data Source={Path.Combine(folder.FullName, "crmflow.db")}"), hosts: 1, live, speed: 10, seed);
            var host = await run.StartHostAsync(0);
            using var windUp = new CancellationTokenSource();
            var clients = Task.Run(() => run.RunAsync(windUp.Token), Ct);
            var firsts = new List<TimeSpan>();
            for (var kill = 0; kill < kills; kill++)
            {
                // Most lives begin with an answer, or nothing would ever be under way; every fourth may end while the host is still starting to work.
                while (kill % 4 != 3 && run.FirstAnswer < host.StartedAt)
                {
                    Stopwatch.GetElapsedTime(host.StartedAt).ShouldBeLessThan(TimeSpan.FromMinutes(1), "the host answers nobody");
                    await Task.Delay(5, Ct);
                }
                await Task.Delay(random.Next(50, 1_500), Ct);
                await host.KillAsync();
                if (run.FirstAnswer > host.StartedAt) firsts.Add(Stopwatch.GetElapsedTime(host.StartedAt, run.FirstAnswer));
                run.FirstAnswer = 0;
                host = await run.StartHostAsync(0);
            }
            run.Acknowledged.ShouldBeGreaterThan(5 * kills, "I8: too little was under way when the host was killed");
            await windUp.CancelAsync();
            await clients;
            output.WriteLine(
                $"{run.Started.Count} errands, {run.Acknowledged} answers; first answer after a restart, the process's own start included: {string.Join(", ", firsts.Order().Select(f => f.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)).Where((_, i) => i == firsts.Count / 2 || i == firsts.Count - 1))} s (median, longest of {firsts.Count})");
            await Oracle.CheckAsync(run, deaths: kills, fewest: 20 * kills);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

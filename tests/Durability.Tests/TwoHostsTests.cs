using System.Diagnostics;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Npgsql;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// R2: two hosts on one PostgreSQL. Now a host is killed, now the server itself, and for a while everybody's connections; nobody does anything by
/// hand.
/// </summary>
[Collection("PostgreSQL")]
public sealed class TwoHostsTestsOnPostgreSql(ITestOutputHelper output) : IDisposable
{
    private readonly DatabaseOptions _database = PostgresDatabase.Create();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => PostgresDatabase.Drop(_database);

    [Fact]
    public async Task Hosts_and_the_database_server_die_and_nothing_is_lost_or_doubled()
    {
        var (kills, restarts, thrownOut, seed) = (Runs.Of(3, 100), Runs.Of(2, 20), TimeSpan.FromSeconds(Runs.Of(3, 60)), Runs.Seed(2));
        output.WriteLine(
            $"seed {seed}: {kills} kills of a host, {restarts} immediate restarts of the server, {thrownOut.TotalSeconds:0} s of lost connections");
        var random = new Random(seed);
        await using var run = await Campaign.PrepareAsync(_database, hosts: 2, live: Runs.Of(50, 1_000), speed: 10, seed);
        await Task.WhenAll(run.StartHostAsync(0), run.StartHostAsync(1));
        using var windUp = new CancellationTokenSource();
        var clients = Task.Run(() => run.RunAsync(windUp.Token), Ct);

        await run.AcknowledgedAsync(50, clients); // both are up
        var before = await RateAsync(run);
        // In random order, so that a server may come back to a host that is just being killed.
        foreach (var isKill in Enumerable.Repeat(true, kills).Concat(Enumerable.Repeat(false, restarts)).OrderBy(_ => random.Next()))
        {
            await Task.Delay(random.Next(500, 2_000), Ct);
            if (isKill)
            {
                var slot = random.Next(2);
                await run.Host(slot).KillAsync();
                await run.StartHostAsync(slot);
            }
            else await Task.Run(PostgresServer.Crash, Ct);
        }
        await ThrowOutAsync(thrownOut);
        if (Runs.AreFull) await Task.Delay(TimeSpan.FromSeconds(10), Ct);
        var after = await RateAsync(run);
        await windUp.CancelAsync();
        await clients;
        output.WriteLine($"{run.Started.Count} errands, {run.Acknowledged} answers; {before:0} answers/s before, {after:0} afterwards");
        if (Runs.AreFull) after.ShouldBeGreaterThanOrEqualTo(0.9 * before, "ten seconds after the last loss the hosts do not work as before");
        await Oracle.CheckAsync(run, deaths: 2 * (kills + restarts) + (int)(thrownOut / Between), fewest: Runs.Of(200, 5_000));
    }

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers a second; only in the full run is there time to measure it.</summary>
    private static async Task<double> RateAsync(Campaign run)
    {
        if (!Runs.AreFull) return double.NaN;
        var (count, began) = (run.Acknowledged, Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(15), Ct);
        return (run.Acknowledged - count) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task ThrowOutAsync(TimeSpan during)
    {
        await using var admin =
            new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString);
        await admin.OpenAsync(Ct);
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < during;)
        {
            await using var kill = new NpgsqlCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", admin);
            await kill.ExecuteNonQueryAsync(Ct);
            await Task.Delay(Between, Ct);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Npgsql;

namespace CrmFlow.Bench;

/// <summary>
/// B2: eight users who each wake an instance of their own again and again (lean bursts of five steps, one commit each) ÷ pgbench with eight clients
/// and prepared statements, one transaction for each transition: {update a 500-byte instance row, insert an indexed 200-byte journal row} as one
/// statement, which is pgbench's fastest.
/// A PostgreSQL of our own that flushes every commit.
/// </summary>
internal static class PostgresBursts
{
    private const int Users = 8, Steps = 5;

    public static async Task<bool> RunAsync(bool quick)
    {
        var (pairs, seconds) = quick ? (5, 2) : (15, 4);
        var folder = Directory.CreateTempSubdirectory("crmflow-pgbench-").FullName;
        PostgresServer.Flushes = true;
        using var server = new PostgresServer();
        try
        {
            await using var app = await BenchApp.StartAsync(new DatabaseOptions(DatabaseProvider.PostgreSql, PostgresServer.ConnectionString));
            var script = Path.Combine(folder, "transition.sql");
            await File.WriteAllTextAsync(script, $"""
                WITH moved AS (UPDATE raw_instance SET state = '{new string('t', 500)}', version = version + 1 WHERE id = :client_id RETURNING id)
                INSERT INTO raw_journal (instance_id, data) SELECT id, '{new string('j', 200)}' FROM moved;
                """);
            await using (var connection = new NpgsqlConnection(PostgresServer.ConnectionString))
            {
                await connection.OpenAsync();
                await Copies.RunAsync(connection, $"""
                    CREATE TABLE raw_instance (id int PRIMARY KEY, state text NOT NULL, version bigint NOT NULL);
                    CREATE TABLE raw_journal (instance_id int NOT NULL, seq bigint GENERATED ALWAYS AS IDENTITY, data text NOT NULL, PRIMARY KEY (instance_id, seq));
                    INSERT INTO raw_instance SELECT i, '{new string('s', 500)}', 1 FROM generate_series(0, {Users - 1}) AS i;
                    """);
                Console.WriteLine(
                    $"fsync={await Copies.AskAsync(connection, "SHOW fsync")} synchronous_commit={await Copies.AskAsync(connection, "SHOW synchronous_commit")}");
            }
            for (var i = 0; i < Users; i++) await app.NewInstanceAsync(BenchProcess.Lean, $"go-{i}");
            var bursts = 0L;
            await BurstsAsync(Pairs.Warm);
            await PgbenchAsync(script, 1);

            var (commits, statements, trips) = (app.Counters.Commits, app.Counters.Statements, app.Counters.RoundTrips);
            bursts = 0;
            var speed = await Pairs.MeasureAsync("8 users", pairs, () => BurstsAsync(TimeSpan.FromSeconds(seconds)), () =>
                PgbenchAsync(script, seconds), Pairs.DiskProbe(folder));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"per burst: {(app.Counters.Commits - commits) / (double)bursts:0.00} commits, {(app.Counters.RoundTrips - trips) / (double)bursts:0.0} round trips, {(app.Counters.Statements - statements) / (double)bursts:0.0} statements"));
            return Report.Verdict("postgres-bursts", ("ratio", speed.Median, 0.6, false));

            async Task<double> BurstsAsync(TimeSpan block)
            {
                var rates = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => Task.Run(() => Pairs.RateAsync(block, async () =>
                {
                    await app.SendAsync($"go-{i}");
                    Interlocked.Increment(ref bursts);
                    return Steps;
                }))));
                return rates.Sum();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> PgbenchAsync(string script, int seconds)
    {
        var server = new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString);
        using var run = Process.Start(new ProcessStartInfo("pgbench",
            ["-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, "-n", "-M", "prepared", "-c", $"{Users}", "-j", "2", "-T",
                $"{seconds}", "-f", script, server.Database!]) { RedirectStandardOutput = true })!;
        var answer = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        var line = answer.Split('\n').FirstOrDefault(l => l.StartsWith("tps = ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"pgbench ended with {run.ExitCode}: {answer}");
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}

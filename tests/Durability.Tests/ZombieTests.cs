using System.Diagnostics;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// R3: a host stands still (SIGSTOP) with rows and sometimes a transaction in its hands until its lease is over; the other takes what it held; then
/// it wakes up and goes on as if nothing had been. Nothing it still writes may count.
/// </summary>
[Collection("PostgreSQL")]
public sealed class ZombieTestsOnPostgreSql(ITestOutputHelper output) : IDisposable
{
    private const int Speed = 30;
    private static readonly TimeSpan Lease = Claims.Lease / Speed;
    private readonly DatabaseOptions _database = PostgresDatabase.Create();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => PostgresDatabase.Drop(_database);

    [Fact]
    public async Task What_a_host_does_that_woke_up_after_its_lease_does_not_count()
    {
        var (rounds, seed) = (Runs.Of(20, 500), Runs.Seed(3));
        output.WriteLine($"seed {seed}: {rounds} rounds");
        var random = new Random(seed);
        // The server's patience with a session that hangs, and with one that waits for its locks, is real time: as much faster as the clock.
        var database = _database with { ConnectionString = new NpgsqlConnectionStringBuilder(_database.ConnectionString) {
            Options = $"-c idle_in_transaction_session_timeout={(int)Lease.TotalMilliseconds} -c lock_timeout={(int)Lease.TotalMilliseconds}" }
            .ConnectionString };
        await using var run = await Campaign.PrepareAsync(database, hosts: 2, live: 40, Speed, seed);
        await Task.WhenAll(run.StartHostAsync(0), run.StartHostAsync(1));
        using var windUp = new CancellationTokenSource();
        var clients = Task.Run(() => run.RunAsync(windUp.Token), Ct);

        await run.AcknowledgedAsync(100, clients); // both are up
        FaultPoint[] points = [FaultPoint.AfterClaim, FaultPoint.BeforeBatch, FaultPoint.BeforeEffect, FaultPoint.AfterClaim, FaultPoint.BeforeCommit,
            FaultPoint.AfterEffect, FaultPoint.AfterClaim, FaultPoint.AfterCommit];
        var (takenOver, withRows) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var slot = round % 2;
            var zombie = run.Host(slot);
            // Not awaited: it may stand still before it could answer.
            if (round % 4 != 3) _ = zombie.AskAsync(new(0, "stop-at", default, points[round / 2 % points.Length].ToString(), default, 0, 0));
            else await Task.Delay(random.Next(0, 300), Ct);
            if (round % 4 == 3) zombie.Stop();
            await UntilAsync(() => Task.FromResult(zombie.IsStopped), $"round {round}: it never came to where it should stand still");
            run.Avoided = slot;

            // What the other one has in hand it is done with by half a lease; the rest is what the one that stands still holds.
            var held = await HeldAsync(run);
            await Task.Delay(Lease / 2, Ct);
            held.IntersectWith(await HeldAsync(run));
            await Task.Delay(Lease / 2, Ct);
            await UntilAsync(async () => !(await HeldAsync(run)).Intersect(held).Any(), $"round {round}: what it held is never taken over");
            takenOver += held.Count;
            if (held.Count > 0) withRows++;
            zombie.Continue();
            run.Avoided = null;
        }
        await windUp.CancelAsync();
        await clients;
        output.WriteLine($"{run.Started.Count} errands, {run.Acknowledged} answers; {takenOver} claims taken over in {withRows} rounds");
        withRows.ShouldBeGreaterThan(rounds / 2);
        await Oracle.CheckAsync(run, deaths: rounds, fewest: 10 * rounds);
    }

    /// <summary>For the message of a failure: who waits for whom, and what is claimed.</summary>
    private async Task<string> SituationAsync()
    {
        string[] questions =
        [
            "SELECT pid, state, wait_event, now() - xact_start, pg_blocking_pids(pid)::text, left(query, 90) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'",
            "SELECT kind, due_key, attempts, next_at, claim_id, error FROM due WHERE claim_id IS NOT NULL",
                "SELECT idempotency_key, attempts, next_at, claim_id, error FROM outbox WHERE claim_id IS NOT NULL",
        ];
        await using var connection =
            new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        var lines = new List<string>();
        foreach (var question in questions)
        {
            await using var command = new NpgsqlCommand(question, connection);
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct)) lines.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }
        return string.Join('\n', lines);
    }

    /// <summary>The claims that stand in the tables.</summary>
    private static async Task<HashSet<Guid>> HeldAsync(Campaign run)
    {
        var claims = await run.ReadAsync(async db =>
            await db.Set<DueRow>().Where(d => d.ClaimId != null && d.NextAt != null).Select(d => d.ClaimId!.Value)
            .Concat(db.Set<OutboxRow>().Where(o => o.ClaimId != null && o.SentAt == null).Select(o => o.ClaimId!.Value)).Distinct().ToListAsync(Ct));
        return [.. claims ?? throw new InvalidOperationException("The database did not answer.")];
    }

    private async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(20, Ct))
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(40)) Assert.Fail($"{otherwise}\n{await SituationAsync()}");
    }
}

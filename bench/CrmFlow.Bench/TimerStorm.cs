using System.Diagnostics;
using System.Globalization;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;

namespace CrmFlow.Bench;

/// <summary>
/// B6: very many timers that are due at the same moment, as after an outage: the host starts and its pump works them off while a person goes on
/// working. PostgreSQL (one that flushes) ÷ the same rows moved by set-based SQL in batches of a hundred; on both providers the person's p99 and
/// whether any timer fired twice. Drained and late are read from the table by somebody else.
/// </summary>
internal static class TimerStorm
{
    private const int FloorRuns = 3;

    public static async Task<bool> RunAsync(bool quick)
    {
        var count = quick ? 10_000 : 50_000;
        var folder = Directory.CreateTempSubdirectory("crmflow-storm-").FullName;
        PostgresServer.Flushes = true;
        using var server = new PostgresServer();
        try
        {
            var postgres = new DatabaseOptions(DatabaseProvider.PostgreSql, PostgresServer.ConnectionString);
            List<double> floors = [];
            Storm onPostgres, onSqlite;
            await using (var app = await BenchApp.StartAsync(postgres))
            {
                for (var i = 0; i < FloorRuns - 1; i++) floors.Add(await FloorAsync(postgres, count));
                onPostgres = await StormAsync("postgresql", app, postgres, count);
            }
            floors.Add(await FloorAsync(postgres, count));
            var floor = Report.Median(floors);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"set-based SQL: {floor:0.00} s ({string.Join(", ", floors.Select(f => f.ToString("0.00", CultureInfo.InvariantCulture)))})"));
            var sqlite = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "bench.db")}");
            await using (var app = await BenchApp.StartAsync(sqlite)) onSqlite = await StormAsync("sqlite", app, sqlite, count);
            return Report.Verdict("timer-storm",
                ("drain-ratio", onPostgres.Drained / floor, 5, true), ("late-p99-s", onPostgres.Late, 5, true),
                ("user-p99-ms-postgres", onPostgres.Busy, Math.Max(50, 3 * onPostgres.Quiet), true),
                    ("user-p99-ms-sqlite", onSqlite.Busy, Math.Max(50, 3 * onSqlite.Quiet), true),
                ("doubles", onPostgres.Doubles + onSqlite.Doubles, 0, true));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <param name="Drained">Seconds until nothing was due.</param>
    /// <param name="Late">Seconds until 99 of a hundred had fired.</param>
    /// <param name="Quiet">Milliseconds, the person's p99 before.</param>
    /// <param name="Busy">The same during the storm.</param>
    /// <param name="Doubles">Instances that did not end exactly once.</param>
    private sealed record Storm(double Drained, double Late, double Quiet, double Busy, long Doubles);

    private static async Task<Storm> StormAsync(string name, BenchApp app, DatabaseOptions database, int count)
    {
        await app.NewInstanceAsync(BenchProcess.Lean, "go");
        var copies = new Copies(database);
        // its JIT: some that fire one by one
        var template = await app.NewInstanceAsync(BenchProcess.Timer);
        var (now, soon) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(30)); // the template itself waits for an hour
        await copies.WaitingAsync(template, 500, now);
        await app.PumpAsync();
        await PersonAsync(app, () => true, TimeSpan.FromSeconds(1));
        var quiet = await PersonAsync(app, () => true, TimeSpan.FromSeconds(3));

        await using var watch = await copies.OpenAsync();
        await Copies.RunAsync(watch, "DELETE FROM journal; DELETE FROM workflow_instance WHERE status = 'Finished';");
        await copies.WaitingAsync(template, count, now);
        if (database.Provider == DatabaseProvider.PostgreSql) await Copies.RunAsync(watch, "VACUUM ANALYZE");
        else await Copies.RunAsync(watch, "PRAGMA wal_checkpoint(TRUNCATE)");

        var left = (long)count;
        var person = PersonAsync(app, () => Volatile.Read(ref left) > 0, TimeSpan.FromMinutes(10));
        var clock = Stopwatch.StartNew();
        await app.StartServicesAsync();
        double? late = null;
        while (left > 0)
        {
            await Task.Delay(200); // each look counts the whole table: more often, and the looking would be a part of what is measured
            Volatile.Write(ref left, long.Parse(await Copies.AskAsync(watch,
                $"SELECT COUNT(*) FROM due WHERE kind = 'bookmark' AND due_at < {(database.Provider == DatabaseProvider.PostgreSql ? $"'{soon:O}'" : soon.UtcTicks)}"), CultureInfo.InvariantCulture));
            if (left <= count / 100) late ??= clock.Elapsed.TotalSeconds;
            if (clock.Elapsed > TimeSpan.FromMinutes(5))
                throw new TimeoutException($"{left:N0} of {count:N0} timers were still waiting after 5 minutes on {name}.");
        }
        var drained = clock.Elapsed.TotalSeconds;
        var busy = await person;
        var once = long.Parse(await Copies.AskAsync(watch,
            "SELECT COUNT(*) FROM (SELECT instance_id FROM journal WHERE activity_id = 'set1' AND event = 'Completed' GROUP BY instance_id HAVING COUNT(*) = 1) AS fired"), CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {count:N0} timers in {drained:0.00} s ({count / drained:N0}/s), 99 % after {late:0.00} s; a person's p99 {busy:0.0} ms, before {quiet:0.0} ms; {once:N0} fired once"));
        return new Storm(drained, late ?? drained, quiet, busy, Math.Abs(count - once));
    }

    /// <summary>p99 in milliseconds of a person who does something, looks at it for a moment, and does the next.</summary>
    private static async Task<double> PersonAsync(BenchApp app, Func<bool> goesOn, TimeSpan atMost)
    {
        var times = new List<double>();
        for (var clock = Stopwatch.StartNew(); goesOn() && clock.Elapsed < atMost;)
        {
            var started = Stopwatch.GetTimestamp();
            await app.SendAsync("go");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(5);
        }
        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }

    /// <summary>
    /// The same rows by SQL alone: claim and delete a hundred, advance their instances, write their history, commit; until none is left.
    /// </summary>
    private static async Task<double> FloorAsync(DatabaseOptions postgres, int count)
    {
        await using var connection = await new Copies(postgres).OpenAsync();
        await Copies.RunAsync(connection, $"""
            DROP TABLE IF EXISTS floor_due, floor_instance, floor_journal;
            CREATE TABLE floor_due (kind text, due_key text, instance_id uuid NOT NULL, next_at timestamptz, PRIMARY KEY (kind, due_key));
            CREATE INDEX ON floor_due (next_at);
            CREATE TABLE floor_instance (id uuid PRIMARY KEY, state text NOT NULL, version bigint NOT NULL);
            CREATE TABLE floor_journal (instance_id uuid NOT NULL, seq int NOT NULL, data text NOT NULL, PRIMARY KEY (instance_id, seq));
            INSERT INTO floor_instance SELECT ('a0000000-0000-7000-8000-' || LPAD(TO_HEX(i), 12, '0'))::uuid, '{new string('s', 500)}', 1 FROM generate_series(1, {count}) AS i;
            INSERT INTO floor_due SELECT 'bookmark', id::text, id, now() FROM floor_instance;
            """);
        await Copies.RunAsync(connection, "VACUUM ANALYZE floor_due, floor_instance");
        await using var move = connection.CreateCommand();
        move.CommandText = $"""
            WITH taken AS (DELETE FROM floor_due WHERE ctid = ANY (ARRAY(SELECT ctid FROM floor_due WHERE next_at <= now() ORDER BY next_at LIMIT 100 FOR UPDATE SKIP LOCKED)) RETURNING instance_id),
                 moved AS (UPDATE floor_instance SET state = '{new string('t', 500)}', version = version + 1 FROM taken WHERE id = taken.instance_id RETURNING id)
            INSERT INTO floor_journal SELECT id, 1, '{new string('j', 200)}' FROM moved
            """;
        await move.PrepareAsync();
        var clock = Stopwatch.StartNew();
        while (await move.ExecuteNonQueryAsync() > 0) { }
        return clock.Elapsed.TotalSeconds;
    }
}

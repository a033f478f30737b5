using System.Diagnostics;
using CrmFlow.Runtime;
using Microsoft.Data.Sqlite;

namespace CrmFlow.Bench;

/// <summary>
/// B1 on SQLite with synchronous=FULL, through the same <see cref="WorkflowRuntime.ExecuteAsync"/> the pages use. A transition is one executed step
/// with its journal row; raw is one commit for each {update a 500-byte instance row, insert an indexed 200-byte journal row}, prepared, on a file
/// beside ours. The wait a burst ends in is not counted: it is the step the next burst completes.
/// </summary>
internal static class DurableBursts
{
    private const int Steps = 5, Together = 64;

    public static async Task<bool> RunAsync(bool quick)
    {
        var (pairs, block) = quick ? (5, TimeSpan.FromSeconds(1)) : (15, TimeSpan.FromSeconds(3));
        var folder = Directory.CreateTempSubdirectory("crmflow-durable-").FullName;
        try
        {
            await using var app =
                await BenchApp.StartAsync(new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "bench.db")}"));
            using var raw = new RawTransitions(Path.Combine(folder, "raw.db"));
            var probe = Pairs.DiskProbe(folder);
            Task<double> RawAsync() => Pairs.RateAsync(block, () => Task.FromResult(raw.Run(50)));

            foreach (var i in Enumerable.Range(0, Together)) await app.NewInstanceAsync(BenchProcess.Lean, $"go-{i}");
            var instance = await app.NewInstanceAsync(BenchProcess.LongTask);
            for (var warm = Stopwatch.StartNew(); warm.Elapsed < Pairs.Warm;) await app.SendAsync("go-0");
            for (var warm = Stopwatch.StartNew(); warm.Elapsed < Pairs.Warm;) await app.CompleteAsync(await app.OpenTaskAsync(instance));
            raw.Run(2_000);

            var lean = await Pairs.MeasureAsync("lean bursts", pairs, () => Pairs.RateAsync(block, async () =>
            {
                for (var i = 0; i < 10; i++) await app.SendAsync("go-0");
                return 10 * Steps;
            }), RawAsync, probe);
            var tasks = await Pairs.MeasureAsync("task bursts", pairs, () => TasksAsync(app, instance, block), RawAsync, probe);
            var together = await Pairs.MeasureAsync("64 at once ", pairs, async () =>
            {
                var rates = await Task.WhenAll(Enumerable.Range(0, Together).Select(i => Task.Run(() => Pairs.RateAsync(block, async () =>
                {
                    await app.SendAsync($"go-{i}");
                    return Steps;
                }))));
                return rates.Sum();
            }, RawAsync, probe);
            return Report.Verdict("durable-bursts", ("lean", lean.Median, 2, false), ("tasks", tasks.Median, 1.5, false),
                ("together", together.Median, 3, false));
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Completions alone are on the clock: finding the next task is the page's business.</summary>
    private static async Task<double> TasksAsync(BenchApp app, Guid instance, TimeSpan block)
    {
        var (ticks, count) = (0L, 0);
        while (TimeSpan.FromTicks(ticks) < block)
        {
            var task = await app.OpenTaskAsync(instance);
            var started = Stopwatch.GetTimestamp();
            await app.CompleteAsync(task);
            ticks += Stopwatch.GetElapsedTime(started).Ticks;
            count += Steps;
        }
        return count / TimeSpan.FromTicks(ticks).TotalSeconds;
    }

    private sealed class RawTransitions : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _update, _insert;
        private long _seq;

        public RawTransitions(string file)
        {
            _connection = new SqliteConnection($"Data Source={file};Pooling=False");
            _connection.Open();
            using (var setup = _connection.CreateCommand())
            {
                setup.CommandText = $"""
                    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                    CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL);
                    CREATE TABLE journal (instance_id TEXT NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (instance_id, seq));
                    INSERT INTO instance VALUES ('00000000-0000-0000-0000-000000000001', '{new string('s', 500)}', 1);
                    """;
                setup.ExecuteNonQuery();
            }
            (_update, _insert) = (_connection.CreateCommand(), _connection.CreateCommand());
            _update.CommandText = "UPDATE instance SET state = @state, version = version + 1 WHERE id = @id";
            _update.Parameters.AddWithValue("@state", new string('t', 500));
            _update.Parameters.AddWithValue("@id", "00000000-0000-0000-0000-000000000001");
            _insert.CommandText = "INSERT INTO journal VALUES (@id, @seq, @data)";
            _insert.Parameters.AddWithValue("@id", "00000000-0000-0000-0000-000000000001");
            _insert.Parameters.Add("@seq", SqliteType.Integer);
            _insert.Parameters.AddWithValue("@data", new string('j', 200));
        }

        public int Run(int transitions)
        {
            for (var i = 0; i < transitions; i++)
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                _update.Transaction = _insert.Transaction = transaction;
                _update.ExecuteNonQuery();
                _insert.Parameters[1].Value = ++_seq;
                _insert.ExecuteNonQuery();
                transaction.Commit();
            }
            return transitions;
        }

        public void Dispose()
        {
            _update.Dispose();
            _insert.Dispose();
            _connection.Dispose();
        }
    }
}

using System.Data;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace CrmFlow.Runtime;

/// <summary>
/// The one way anything is written to SQLite. A loop takes what is queued (up to 64 commands or 5 ms), runs each whole command on the writer connection
/// behind a savepoint of its own, commits once with a real flush to disk, and only then tells anybody. Waiting people go before maintenance.
/// </summary>
internal sealed class SqliteWriterGate(DatabaseOptions options, CommandCounters counters) : Transactions, IAsyncDisposable
{
    internal const int MaxGroup = 64;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(5);
    /// <summary>So many groups in a row may leave maintenance waiting.</summary>
    private const int MaxPassedOver = 20;

    private readonly Channel<Work> _people = Channel.CreateUnbounded<Work>(), _background = Channel.CreateUnbounded<Work>();
    private readonly SemaphoreSlim _queued = new(0);
    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteDialect _dialect = new();
    private Task? _loop;
    private int _passedOver;

    /// <summary>Commands waiting for their turn.</summary>
    public int Queued => _people.Reader.Count + _background.Reader.Count;

    private sealed record Work(Func<CommandTransaction, Task<bool>> Attempt, ExecutionContext? Context, CancellationToken Ct)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override Task RunAsync(bool background, Func<CommandTransaction, Task<bool>> attempt, CancellationToken ct)
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _loop ??= Task.Run(LoopAsync, CancellationToken.None);
        }
        var work = new Work(attempt, ExecutionContext.Capture(), ct);
        (background ? _background : _people).Writer.TryWrite(work);
        _queued.Release();
        return work.Done.Task;
    }

    private async Task LoopAsync()
    {
        SqliteConnection? connection = null;
        SqliteStatements? statements = null;
        while (true)
        {
            try
            {
                await _queued.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            try
            {
                // The count of the semaphore only wakes: what is queued is in the channels, and a group takes many.
                while (Queued > 0)
                {
                    if (connection is null)
                    {
                        connection = Open();
                        statements = new SqliteStatements(connection);
                    }
                    await RunGroupAsync(connection, statements!);
                }
            }
            catch (Exception e)
            {
                // The database cannot even be opened or a transaction not be ended: everybody waiting hears why, and the next one tries a fresh connection.
                statements?.Dispose();
                connection?.Dispose();
                (connection, statements) = (null, null);
                while (TryTake(out var waiting)) waiting.Done.TrySetException(e);
            }
        }
        statements?.Dispose();
        connection?.Dispose();
        while (TryTake(out var waiting)) waiting.Done.TrySetException(new ObjectDisposedException(nameof(SqliteWriterGate)));
    }

    private SqliteConnection Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.SqliteFile)!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false, Mode = SqliteOpenMode.ReadWriteCreate }.ConnectionString);
        connection.Open();
        using var setup = connection.CreateCommand();
        setup.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000;";
        setup.ExecuteNonQuery();
        return connection;
    }

    private bool TryTake(out Work work)
    {
        if (_passedOver >= MaxPassedOver && _background.Reader.TryRead(out work!))
        {
            _passedOver = 0;
            return true;
        }
        return _people.Reader.TryRead(out work!) || _background.Reader.TryRead(out work!);
    }

    private async Task RunGroupAsync(SqliteConnection connection, SqliteStatements statements)
    {
        if (_background.Reader.Count > 0 && _people.Reader.Count > 0) _passedOver++;
        var group = new List<Work>();
        if (await CommitAsync(connection, statements, group, Take)) return;
        // In company the commit failed: each runs again by itself, so that nobody suffers for a neighbour.
        foreach (var work in group) await CommitAsync(connection, statements, [], (taken, _) => taken == 0 ? work : null);

        Work? Take(int taken, long started) =>
            taken < MaxGroup && (taken == 0 || Stopwatch.GetElapsedTime(started) < MaxTime) && TryTake(out var work) ? work : null;
    }

    /// <summary>
    /// One transaction. Nobody hears anything before its end, a refusal no more than a success: both may stand on what a neighbour has not committed yet.
    /// False when it failed and the group was more than one.
    /// </summary>
    private async Task<bool> CommitAsync(SqliteConnection connection, SqliteStatements statements, List<Work> group, Func<int, long, Work?> next)
    {
        var started = Stopwatch.GetTimestamp();
        var failures = new List<Exception?>();
        using var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
        try
        {
            var isWritten = false;
            while (next(group.Count, started) is { } work)
            {
                group.Add(work);
                var (commit, failure) = await RunOneAsync(work, new CommandTransaction(_dialect, connection, transaction, counters, statements));
                failures.Add(failure);
                isWritten |= commit;
            }
            if (isWritten)
            {
                FaultInjection.Hit(FaultPoint.BeforeCommit);
                transaction.Commit();
                counters.Committed();
                FaultInjection.Hit(FaultPoint.AfterCommit);
            }
            else
            {
                transaction.Rollback();
            }
        }
        catch (Exception e)
        {
            Abandon(transaction);
            if (group.Count > 1) return false;
            foreach (var work in group) work.Done.TrySetException(e);
            return true;
        }
        for (var i = 0; i < group.Count; i++)
        {
            if (failures[i] is { } failure) group[i].Done.TrySetException(failure);
            else group[i].Done.TrySetResult();
        }
        return true;
    }

    /// <summary>Behind its own savepoint: a refusal or failure takes back its own effects only.</summary>
    private static async Task<(bool Commit, Exception? Failure)> RunOneAsync(Work work, CommandTransaction transaction)
    {
        if (work.Ct.IsCancellationRequested) return (false, new OperationCanceledException(work.Ct));
        transaction.Control("SAVEPOINT command");
        var (commit, failure) = (false, (Exception?)null);
        try
        {
            commit = await StartAsync(work, transaction);
        }
        catch (Exception e)
        {
            failure = e;
        }
        try
        {
            if (!commit) transaction.Control("ROLLBACK TO command");
            transaction.Control("RELEASE command");
        }
        catch (Exception) when (failure is not null)
        {
            // On a full disk SQLite has rolled back everything itself: the group is dealt with as a whole, and the cause is the first failure.
            ExceptionDispatchInfo.Throw(failure);
        }
        return (commit, failure);
    }

    /// <summary>On the caller's execution context: its culture, its trace, its async locals.</summary>
    private static Task<bool> StartAsync(Work work, CommandTransaction transaction)
    {
        if (work.Context is null) return work.Attempt(transaction);
        Task<bool>? running = null;
        ExecutionContext.Run(work.Context, _ => running = work.Attempt(transaction), null);
        return running!;
    }

    private static void Abandon(SqliteTransaction transaction)
    {
        try
        {
            transaction.Rollback();
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // Already rolled back by SQLite.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? loop;
        lock (_starting)
        {
            if (_stop.IsCancellationRequested) return;
            _stop.Cancel();
            loop = _loop;
        }
        if (loop is not null) await loop;
        _stop.Dispose();
        _queued.Dispose();
    }
}

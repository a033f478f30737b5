using System.Data;
using System.Diagnostics;
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
                while (_people.Reader.Count + _background.Reader.Count > 0)
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
        var (ran, committing, started) = (new List<Work>(), new List<Work>(), Stopwatch.GetTimestamp());
        var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
        try
        {
            var batch = new CommandTransaction(_dialect, connection, transaction, counters, statements);
            while (ran.Count < MaxGroup && (ran.Count == 0 || Stopwatch.GetElapsedTime(started) < MaxTime) && TryTake(out var work))
            {
                ran.Add(work);
                if (await RunOneAsync(work, batch)) committing.Add(work);
            }
            FaultInjection.Hit(FaultPoint.BeforeCommit);
            if (committing.Count > 0)
            {
                transaction.Commit();
                counters.Committed();
            }
            else
            {
                transaction.Rollback();
            }
            FaultInjection.Hit(FaultPoint.AfterCommit);
        }
        catch (Exception e)
        {
            Abandon(transaction);
            // Alone it is the command's own failure. In company each is run again by itself, so that nobody suffers for a neighbour.
            if (ran.Count == 1 || _stop.IsCancellationRequested)
            {
                foreach (var work in ran) work.Done.TrySetException(e);
                return;
            }
            foreach (var work in ran.Where(w => !w.Done.Task.IsCompleted)) await RunAloneAsync(work, connection, statements);
            return;
        }
        finally
        {
            transaction.Dispose();
        }
        foreach (var work in committing) work.Done.TrySetResult();
    }

    /// <summary>True when it wants its effects committed. A failure or refusal is rolled back here and told at once: it has nothing to wait for.</summary>
    private static async Task<bool> RunOneAsync(Work work, CommandTransaction transaction)
    {
        if (work.Ct.IsCancellationRequested)
        {
            work.Done.TrySetCanceled(work.Ct);
            return false;
        }
        transaction.Control("SAVEPOINT command");
        bool commit;
        try
        {
            commit = await StartAsync(work, transaction);
        }
        catch (Exception e)
        {
            // SQLite itself rolls a transaction back on a full disk; then this throws too and the whole group is dealt with.
            transaction.Control("ROLLBACK TO command");
            transaction.Control("RELEASE command");
            work.Done.TrySetException(e);
            return false;
        }
        if (!commit) transaction.Control("ROLLBACK TO command");
        transaction.Control("RELEASE command");
        if (!commit) work.Done.TrySetResult();
        return commit;
    }

    /// <summary>On the caller's execution context: its culture, its trace, its async locals.</summary>
    private static Task<bool> StartAsync(Work work, CommandTransaction transaction)
    {
        if (work.Context is null) return work.Attempt(transaction);
        Task<bool>? running = null;
        ExecutionContext.Run(work.Context, _ => running = work.Attempt(transaction), null);
        return running!;
    }

    private async Task RunAloneAsync(Work work, SqliteConnection connection, SqliteStatements statements)
    {
        var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
        try
        {
            var commit = await RunOneAsync(work, new CommandTransaction(_dialect, connection, transaction, counters, statements));
            if (commit)
            {
                transaction.Commit();
                counters.Committed();
            }
            else
            {
                transaction.Rollback();
            }
            work.Done.TrySetResult();
        }
        catch (Exception e)
        {
            Abandon(transaction);
            work.Done.TrySetException(e);
        }
        finally
        {
            transaction.Dispose();
        }
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
            _stop.Cancel();
            loop = _loop;
        }
        if (loop is not null) await loop;
        _stop.Dispose();
        _queued.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;

namespace CrmFlow.Runtime;

/// <summary>
/// The one way anything is written to SQLite. Whoever finds the writer idle writes at once, on its own thread; who comes meanwhile queues for the
/// next group (up to 64 commands or 5 ms). A group runs each whole command on the writer connection, behind a savepoint of its own where others have
/// written before it, commits once with a real flush to disk, and only then tells anybody. Waiting people go before maintenance.
/// </summary>
internal sealed class SqliteWriterGate(DatabaseOptions options, CommandCounters counters) : Transactions, IAsyncDisposable
{
    internal const int MaxGroup = 64;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(5);
    /// <summary>So many groups in a row may leave maintenance waiting.</summary>
    private const int MaxPassedOver = 20;

    private readonly ConcurrentQueue<Work> _people = new(), _background = new();
    private readonly Lock _turn = new();
    private readonly SqliteDialect _dialect = new();
    private bool _isWriting, _isStopped;
    private TaskCompletionSource? _idle;

    // Belong to whoever is writing.
    private SqliteConnection? _connection;
    private SqliteStatements? _statements;
    private int _passedOver;

    /// <summary>The prepared statements of that connection when it is the writer's: for whoever is writing.</summary>
    public SqliteStatements? StatementsOf(DbConnection connection) => connection == _connection ? _statements : null;

    /// <summary>Commands waiting for their turn.</summary>
    public int Queued => _people.Count + _background.Count;

    private sealed record Work(Func<CommandTransaction, Task<bool>> Attempt, ExecutionContext? Context, CancellationToken Ct)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override Task RunAsync(bool background, Func<CommandTransaction, Task<bool>> attempt, CancellationToken ct)
    {
        var work = new Work(attempt, ExecutionContext.Capture(), ct);
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            (background ? _background : _people).Enqueue(work);
            if (_isWriting) return work.Done.Task;
            _isWriting = true;
        }
        // Others' commands may come along: nothing of them goes back to the caller's circuit.
        var circuit = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _ = WriteAsync();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(circuit);
        }
        return work.Done.Task;
    }

    /// <summary>
    /// Writes group after group until nobody waits. Only the first is on the caller's thread: its own command is in it, or people went before it.
    /// </summary>
    private async Task WriteAsync()
    {
        while (true)
        {
            try
            {
                if (_connection is null)
                {
                    _connection = Open();
                    _statements = new SqliteStatements(_connection);
                }
                await RunGroupAsync(_connection, _statements!);
            }
            catch (Exception e)
            {
                // The database cannot even be opened or a transaction not be ended: everybody waiting hears why, and the next one tries a fresh
                // connection.
                Close();
                while (TryTake(out var waiting)) waiting.Done.TrySetException(e);
            }
            lock (_turn)
            {
                if (Queued == 0)
                {
                    _isWriting = false;
                    _idle?.SetResult();
                    return;
                }
            }
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    private void Close()
    {
        _statements?.Dispose();
        _connection?.Dispose();
        (_connection, _statements) = (null, null);
    }

    private SqliteConnection Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.SqliteFile)!);
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false, Mode = SqliteOpenMode.ReadWriteCreate }.ConnectionString);
        connection.Open();
        using var setup = connection.CreateCommand();
        setup.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000;";
        setup.ExecuteNonQuery();
        return connection;
    }

    private bool TryTake(out Work work)
    {
        if (_passedOver >= MaxPassedOver && _background.TryDequeue(out work!))
        {
            _passedOver = 0;
            return true;
        }
        return _people.TryDequeue(out work!) || _background.TryDequeue(out work!);
    }

    private async Task RunGroupAsync(SqliteConnection connection, SqliteStatements statements)
    {
        if (!_background.IsEmpty && !_people.IsEmpty) _passedOver++;
        var group = new List<Work>();
        if (await CommitAsync(connection, statements, group, Take)) return;
        // In company the commit failed: each runs again by itself, so that nobody suffers for a neighbour.
        foreach (var work in group) await CommitAsync(connection, statements, [], (taken, _) => taken == 0 ? work : null);

        Work? Take(int taken, long started) =>
            taken < MaxGroup && (taken == 0 || Stopwatch.GetElapsedTime(started) < MaxTime) && TryTake(out var work) ? work : null;
    }

    /// <summary>
    /// One transaction. Nobody hears anything before its end, a refusal no more than a success: both may stand on what a neighbour has not committed
    /// yet.
    /// False when it failed and the group was more than one.
    /// </summary>
    private async Task<bool> CommitAsync(SqliteConnection connection, SqliteStatements statements, List<Work> group, Func<int, long, Work?> next)
    {
        var started = Stopwatch.GetTimestamp();
        var failures = new List<Exception?>();
        var transaction = Begin(connection);
        try
        {
            var isWritten = false;
            while (next(group.Count, started) is { } work)
            {
                group.Add(work);
                var (commit, failure) =
                    await RunOneAsync(work, new CommandTransaction(_dialect, connection, transaction, counters, statements), inCompany: isWritten);
                failures.Add(failure);
                if (!commit && !isWritten)
                {
                    Abandon(transaction);
                    transaction = Begin(connection);
                }
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
        finally
        {
            transaction.Dispose();
        }
        for (var i = 0; i < group.Count; i++)
        {
            if (failures[i] is { } failure) group[i].Done.TrySetException(failure);
            else group[i].Done.TrySetResult();
        }
        return true;
    }

    private static SqliteTransaction Begin(SqliteConnection connection) => connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);

    /// <summary>
    /// In company, behind its own savepoint: a refusal or failure takes back its own effects only. Whoever comes before anything is written has the
    /// transaction to itself; for a savepoint SQLite copies every page before it is changed.
    /// </summary>
    private static async Task<(bool Commit, Exception? Failure)> RunOneAsync(Work work, CommandTransaction transaction, bool inCompany)
    {
        if (work.Ct.IsCancellationRequested) return (false, new OperationCanceledException(work.Ct));
        if (inCompany) transaction.Control("SAVEPOINT command");
        var (commit, failure) = (false, (Exception?)null);
        try
        {
            commit = await StartAsync(work, transaction);
        }
        catch (Exception e)
        {
            failure = e;
        }
        if (!inCompany) return (commit, failure);
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

    /// <summary>What is queued is still written; whoever comes later is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_turn)
        {
            if (_isStopped) return;
            _isStopped = true;
            if (_isWriting) _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (_idle is not null) await _idle.Task;
        Close();
    }
}

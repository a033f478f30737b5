using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Works off what the clock has made due: bookmarks' wake-ups and modules' rows. Each due row runs as a command
/// whose commit also deletes the row, so it happens exactly once however many hosts try.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001",
    Justification = "Calls may outlive the container; a semaphore nobody asked a wait handle of holds nothing.")]
internal sealed class DuePump(RuntimeDatabase database, WorkflowRuntime runtime, Claims claims, OutboundHttp http, TimeProvider clock,
    RuntimeMetrics metrics, ILogger<DuePump> log)
{
    /// <summary>A due row that resumes the bookmark its key names.</summary>
    public const string BookmarkKind = "bookmark";
    public const int MaxAttempts = 3;
    private const int BatchSize = 100, Groups = 2;

    /// <summary>Calls to HTTP servers may take long; nothing else that is due waits for them.</summary>
    private readonly SemaphoreSlim _calling = new(16);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Task, bool> _calls = new();
    private int _repeating;
    private DateTimeOffset _lookedForHung;

    public static readonly Operation Fire = new("Runtime.FireDue", Access.SystemOnly);

    /// <summary>
    /// Works off everything that is due now and returns how many rows it ran. A row that failed before runs alone; one that fails three times stays
    /// as a dead row (<see cref="DueRow.NextAt"/> null) that administrators see.
    /// </summary>
    public async Task<int> RunDueAsync(CancellationToken ct = default)
    {
        var ran = 0;
        // What such a session has locked is passed over by every claim, so nobody would ever wait for it and find out.
        if (clock.GetUtcNow() is var now && now - _lookedForHung >= Claims.Lease)
        {
            _lookedForHung = now;
            await database.EndHungSessionsAsync(ct);
        }
        // On SQLite many at once share one commit by themselves; elsewhere a few at a time leave the connections to people.
        var isSqlite = database.Dialect.Provider == DatabaseProvider.Sqlite;
        var parallel = new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = isSqlite ? SqliteWriterGate.MaxGroup : 4 };
        for (var (limit, triedBefore) = (isSqlite ? BatchSize : BatchSize * Groups, false); ;)
        {
            var items = await claims.DueAsync(triedBefore, limit, ct);
            var leaseEnds = clock.GetUtcNow() + Claims.Lease;
            ran += items.Count;
            using var span = RuntimeMetrics.BatchSpan(items.Count);
            await Parallel.ForEachAsync(Grouped(items, triedBefore), parallel, async (group, token) =>
            {
                if (group.Length > 1) await RunGroupAsync(group, token);
                else if (group[0].Kind == CommandInstances.HttpCallKind) Start(() => CallAsync(group[0], leaseEnds, ct));
                else await RunAsync(group[0], Value.Undefined, token);
            });
            if (items.Count == limit) continue;
            if (triedBefore) break;
            (limit, triedBefore) = (1, true);
        }
        ran += await CallAgainAsync(ct);
        return ran;
    }

    /// <summary>Ends when no call is under way.</summary>
    internal async Task CallsAsync()
    {
        while (!_calls.IsEmpty) await Task.WhenAll(_calls.Keys);
    }

    private void Start(Func<Task> work)
    {
        var call = Task.Run(work, CancellationToken.None);
        _calls[call] = true;
        _ = call.ContinueWith(done => _calls.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>
    /// Calls that were tried before, one at a time as everything else, but beside it: a host dies with all calls it has claimed, and those in line
    /// are not to blame.
    /// </summary>
    private async Task<int> CallAgainAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _repeating, 1) == 1) return 0;
        List<ClaimedItem> next = [];
        try
        {
            next = await claims.CallsTriedBeforeAsync(ct);
        }
        finally
        {
            if (next.Count == 0) Volatile.Write(ref _repeating, 0);
        }
        if (next.Count == 0) return 0;
        Start(async () =>
        {
            try
            {
                for (; next.Count > 0; next = await claims.CallsTriedBeforeAsync(ct)) await CallAsync(next[0], clock.GetUtcNow() + Claims.Lease, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogInformation("Calls tried before wait for the next round: {Reason}", e.Message); // the database is away
            }
            finally
            {
                Volatile.Write(ref _repeating, 0);
            }
        });
        return 1;
    }

    private async Task CallAsync(ClaimedItem item, DateTimeOffset leaseEnds, CancellationToken ct)
    {
        await _calling.WaitAsync(ct);
        try
        {
            if (clock.GetUtcNow() >= leaseEnds)
            {
                await claims.NotTriedAsync(item, ct); // it stood in line for so long that it may be another's by now
                return;
            }
            // whoever waited for the answer may be gone: then nobody is called
            await using var db = database.ReadContext();
            var bookmark = Guid.Parse(item.Key);
            var isWanted = item.Attempts <= MaxAttempts
                && await db.Set<BookmarkRow>().AnyAsync(b => b.InstanceId == item.InstanceId && b.Id == bookmark, ct);
            await RunAsync(item, isWanted ? await AskAsync(item, ct) : Value.Undefined, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "Call {Key} is left to the end of its lease", item.Key);
        }
        catch (OperationCanceledException)
        {
            // the host stops; the claim runs out and another takes the row
        }
        finally
        {
            _calling.Release();
        }
    }

    private async Task<Value> AskAsync(ClaimedItem item, CancellationToken ct)
    {
        using var span = RuntimeMetrics.CallSpan(item.InstanceId, item.Attempts);
        var answer = await http.CallAsync(Value.FromJson(item.Payload!), item.Key, ct);
        RuntimeMetrics.Describe(span, answer["failed"].Kind == ValueKind.String ? RuntimeMetrics.Failed : "Answered");
        return answer;
    }

    /// <summary>
    /// On PostgreSQL the wake-ups of different instances go together: a hundred bursts, one commit, one statement for each table. Everything else
    /// goes alone.
    /// </summary>
    private IEnumerable<ClaimedItem[]> Grouped(List<ClaimedItem> items, bool triedBefore)
    {
        if (triedBefore || database.Dialect.Provider != DatabaseProvider.PostgreSql) return items.Select(i => new[] { i });
        var wakeUps = items.Where(i => i.Kind == BookmarkKind).DistinctBy(i => i.InstanceId).ToList();
        return wakeUps.Chunk(BatchSize).Concat(items.Except(wakeUps).Select(i => new[] { i }));
    }

    /// <summary>
    /// Many wake-ups in one transaction. Whatever goes wrong with any of them (a step that fails, a person who was faster) takes the whole back, and
    /// each runs by itself, where its failure is its own.
    /// </summary>
    private async Task RunGroupAsync(ClaimedItem[] items, CancellationToken ct)
    {
        try
        {
            var request = new WorkflowRuntime.CommandRequest(Fire, Actor.System, Guid.CreateVersion7(clock.GetUtcNow()), Payload: null,
                IsBackground: true, KeepOperation: false) { RunsOnce = true };
            await runtime.RunAsync<bool>(request, async cmd =>
            {
                await cmd.Instances.LoadAsync(Array.ConvertAll(items, i => i.InstanceId!.Value), ct);
                foreach (var item in items)
                {
                    var bookmark = Guid.Parse(item.Key);
                    cmd.Instances.Fired.Add(bookmark);
                    await cmd.ResumeAsync(item.InstanceId!.Value, bookmark, Value.Undefined, ct);
                    await cmd.FlushAsync(ct); // what its steps wrote, if they did: the next one's may read it
                }
                cmd.Writes.AddClaim("DELETE FROM due WHERE kind = 'bookmark' AND due_key = ANY (@keys) AND claim_id = @claim",
                    [("keys", Array.ConvertAll(items, i => i.Key)), ("claim", items[0].Claim)], items.Length);
                return true;
            }, ct);
            foreach (var item in items) metrics.Late(clock.GetUtcNow() - item.DueAt);
            return;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogInformation("{Count} wake-ups run one by one: {Reason}", items.Length, e.Message);
        }
        foreach (var item in items) await RunAsync(item, Value.Undefined, ct);
    }

    private async Task RunAsync(ClaimedItem item, Value input, CancellationToken ct)
    {
        metrics.Late(clock.GetUtcNow() - item.DueAt);
        if (item.Attempts > MaxAttempts)
        {
            log.LogError("Due row {Kind} {Key} is put aside: {Attempts} attempts began and none ended", item.Kind, item.Key, MaxAttempts);
            await claims.DueFailedAsync(item, null,
                $"{MaxAttempts} attempts began and none came to an end, not even in an error: running it ends or hangs the process.", ct);
            return;
        }
        string error;
        try
        {
            var request = new WorkflowRuntime.CommandRequest(Fire, Actor.System, Guid.CreateVersion7(clock.GetUtcNow()), Payload: null,
                IsBackground: true, KeepOperation: false);
            var result = await runtime.RunAsync<bool>(request, cmd => BodyAsync(cmd, item, input, ct), ct);
            if (!result.Failed) return;
            error = result.Problem!.Key;
        }
        catch (ClaimLostException)
        {
            return; // a person was faster and burned the bookmark, the row was moved, or our lease ended and another host has it
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            error = e.ToString();
            metrics.DueFailed();
            log.LogError(e, "Due row {Kind} {Key} failed, attempt {Attempt}", item.Kind, item.Key, item.Attempts);
        }
        DateTimeOffset? next = item.Attempts >= MaxAttempts ? null : clock.GetUtcNow() + TimeSpan.FromSeconds(item.Attempts == 1 ? 10 : 120);
        await claims.DueFailedAsync(item, next, error, ct);
    }

    private static async Task<Result<bool>> BodyAsync(Command cmd, ClaimedItem item, Value input, CancellationToken ct)
    {
        cmd.Writes.AddClaim("DELETE FROM due WHERE kind = @kind AND due_key = @key AND claim_id = @claim",
            [("kind", item.Kind), ("key", item.Key), ("claim", item.Claim)]);
        if (item.Kind is BookmarkKind or CommandInstances.HttpCallKind)
        {
            // A bookmark that is gone is nothing to do; the row goes all the same.
            var bookmark = Guid.Parse(item.Key);
            if (item.Kind == BookmarkKind) cmd.Instances.Fired.Add(bookmark);
            await cmd.ResumeAsync(item.InstanceId!.Value, bookmark, input, ct);
            return true;
        }
        var handler = cmd.Services.GetKeyedService<IDueHandler>(item.Kind)
            ?? throw new InvalidOperationException(
                $"No handler is registered for due rows of kind '{item.Kind}'. Add services.AddDueHandler<…>(\"{item.Kind}\") in its module.");
        await handler.HandleAsync(cmd, item.Key, item.Payload is null ? Value.Undefined : Value.FromJson(item.Payload), ct);
        return true;
    }

    /// <summary>How far behind it is, for health and metrics.</summary>
    public async Task<PumpLag> LagAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = database.ReadContext();
        var overdue = await db.Set<DueRow>().Where(d => d.NextAt <= now).Take(10_000).CountAsync(ct);
        var due = await db.Set<DueRow>().Where(d => d.NextAt <= now).MinAsync(d => d.NextAt, ct);
        var sending = await db.Set<OutboxRow>().Where(d => d.NextAt <= now).MinAsync(d => d.NextAt, ct);
        var lag = new PumpLag(overdue, due is { } d ? now - d : TimeSpan.Zero, sending is { } s ? now - s : TimeSpan.Zero);
        metrics.Lag(lag);
        return lag;
    }
}

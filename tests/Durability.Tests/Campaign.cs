using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// The clients of one run: they start errands and do their tasks while somebody kills the hosts, keep what was acknowledged, and send a request
/// nobody answered again, the very same one, until it is. Outside the product: they see the database only by reading it.
/// </summary>
internal sealed class Campaign : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly HostProcess?[] _hosts;
    private readonly HostProgram.Order _order;
    private readonly SemaphoreSlim _atOnce = new(24), _answered = new(0);
    private readonly ConcurrentDictionary<Guid, bool> _taken = new();
    private readonly ConcurrentDictionary<Guid, int> _winners = new();
    private readonly ConcurrentBag<Guid> _started = [];
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly ConcurrentBag<Task> _underWay = [];
    private readonly int _live;
    private readonly Random _random;
    private TestApp? _reader;
    private int _done, _starting;
    private long _firstAnswer;

    private Campaign(HostProgram.Order order, int hosts, int live, int seed) =>
        (_order, _hosts, _live, _random) = (order, new HostProcess?[hosts], live, new Random(seed));

    public Sink Sink { get; private init; } = null!;
    public DatabaseOptions Database => new(_order.Provider, _order.Connection);
    public int Hosts => _hosts.Length;
    /// <summary>A host new requests keep away from, as they do once a balancer finds that it does not answer.</summary>
    public int? Avoided { get; set; }
    /// <summary>Acknowledged starts and decisions.</summary>
    public int Acknowledged => _started.Count + _winners.Count;
    public IReadOnlyCollection<Guid> Started => _started;
    /// <summary>Per task, how many decisions were acknowledged.</summary>
    public IReadOnlyDictionary<Guid, int> Winners => _winners;
    /// <summary>Answers no client should ever get.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;
    /// <summary>Time stamp of the first acknowledged answer since it was last set to 0.</summary>
    public long FirstAnswer
    {
        get => Interlocked.Read(ref _firstAnswer);
        set => Interlocked.Exchange(ref _firstAnswer, value);
    }

    /// <param name="live">How many errands are kept going at once.</param>
    public static async Task<Campaign> PrepareAsync(DatabaseOptions database, int hosts, int live, int speed, int seed)
    {
        var sink = await Sink.StartAsync();
        var users = await Errand.PrepareAsync(database, sink.Address);
        var campaign = new Campaign(new HostProgram.Order(database.Provider, database.ConnectionString, sink.Address, TimeProvider.System.GetUtcNow(),
            speed, users), hosts, live, seed) { Sink = sink };
        campaign._reader = await TestApp.StartAsync(Errand.Add, database);
        return campaign;
    }

    public async Task<HostProcess> StartHostAsync(int slot) => _hosts[slot] = await HostProcess.StartAsync(_order);

    public HostProcess Host(int slot) => _hosts[slot]!;

    /// <summary>Works until told to wind up, then until nothing is left to do.</summary>
    public async Task RunAsync(CancellationToken windUp)
    {
        long? woundUpAt = null;
        while (true)
        {
            if (windUp.IsCancellationRequested) woundUpAt ??= Stopwatch.GetTimestamp();
            for (var free = woundUpAt is null ? _live - (Volatile.Read(ref _starting) + _started.Count - Volatile.Read(ref _done)) : 0;
                free > 0; free--) Spawn(StartErrandAsync());
            foreach (var (task, revision, isLast) in await OpenTasksAsync())
                if (_taken.TryAdd(task, true)) Spawn(DecideAsync(task, revision, isLast));
            if (woundUpAt is { } at)
            {
                if (_underWay.All(t => t.IsCompleted) && await IsIdleAsync()) break;
                if (Stopwatch.GetElapsedTime(at) > Patience) break; // the oracle says what is left
            }
            await Task.Delay(50, CancellationToken.None);
        }
        await Task.WhenAll(_underWay).WaitAsync(Patience, CancellationToken.None);
    }

    /// <summary>Returns when so many answers were acknowledged; fails when the clients have given up or no answer comes for too long.</summary>
    public async Task AcknowledgedAsync(int count, Task clients)
    {
        while (Acknowledged < count)
        {
            var next = _answered.WaitAsync(Patience);
            if (await Task.WhenAny(next, clients) == clients) await clients; // says what they met
            (await next).ShouldBeTrue($"after {Acknowledged} answers the hosts answer nobody");
        }
    }

    private void Spawn(Task work) => _underWay.Add(work);

    private async Task StartErrandAsync()
    {
        Interlocked.Increment(ref _starting);
        var ask = new HostProgram.Ask(0, "start", Guid.CreateVersion7(), Errand.Id, default, 0, 0);
        var answer = await CallAsync(ask, PickHost());
        Interlocked.Decrement(ref _starting);
        if (answer is { Problem: null, Id: { } id }) Acknowledge(() => _started.Add(id));
        else _wrong.Add($"start: {answer.Kind} {Short(answer.Problem)}");
    }

    /// <summary>One robot decides; with two hosts, now and then the other one tries the same task at the same time on the other host.</summary>
    private async Task DecideAsync(Guid task, int revision, bool isLast)
    {
        var robots = Hosts > 1 && Avoided is null && Pick(4) == 0 ? 2 : 1;
        var first = PickHost();
        var answers = await Task.WhenAll(Enumerable.Range(0, robots).Select(robot =>
            CallAsync(new HostProgram.Ask(0, "complete", Guid.CreateVersion7(), "", task, revision, robot), (first + robot) % Hosts)));
        foreach (var answer in answers)
        {
            if (answer.Problem is null) Acknowledge(() => _winners.AddOrUpdate(task, 1, (_, n) => n + 1));
            else if (robots == 1 || answer.Kind != "Conflict") _wrong.Add($"complete: {answer.Kind} {Short(answer.Problem)}");
        }
        if (isLast) Interlocked.Increment(ref _done);
    }

    private void Acknowledge(Action keep)
    {
        keep();
        _answered.Release();
    }

    private static string? Short(string? problem) => problem is { Length: > 1_000 } ? problem[..1_000] : problem;

    private int Pick(int of)
    {
        lock (_random) return _random.Next(of);
    }

    private int PickHost() => Avoided is { } avoided ? (avoided + 1) % Hosts : Pick(Hosts);

    private async Task<HostProgram.Answer> CallAsync(HostProgram.Ask ask, int slot)
    {
        await _atOnce.WaitAsync();
        try
        {
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience; slot = PickHost())
            {
                if (_hosts[slot] is { } host && await host.AskAsync(ask) is { } answer && answer.Kind != nameof(ProblemKind.Unavailable))
                {
                    if (answer.Problem is null) Interlocked.CompareExchange(ref _firstAnswer, Stopwatch.GetTimestamp(), 0);
                    return answer;
                }
                await Task.Delay(20);
            }
            return new HostProgram.Answer(0, null, "nobody answered", "Timeout");
        }
        finally
        {
            _atOnce.Release();
        }
    }

    private async Task<List<(Guid Id, int Revision, bool IsLast)>> OpenTasksAsync() =>
        await ReadAsync(async db => (await db.Set<UserTask>().Where(t => t.State == TaskState.Open)
            .Select(t => new { t.Id, t.Revision, t.ActivityId }).ToListAsync()).Select(t => (t.Id, t.Revision, t.ActivityId == "sign")).ToList())
            ?? [];

    private async Task<bool> IsIdleAsync() => await ReadAsync(async db => new[]
    {
        await db.Set<UserTask>().AnyAsync(t => t.State == TaskState.Open), await db.Set<WorkflowInstanceRow>().AnyAsync(i => i.Status == "Running"),
            await db.Set<DueRow>().AnyAsync(d => d.NextAt != null),
        await db.Set<OutboxRow>().AnyAsync(o => o.SentAt == null),
    }) is { } busy && !busy.Any(b => b);

    /// <summary>Null when the database is away just now.</summary>
    public async Task<T?> ReadAsync<T>(Func<CrmDbContext, Task<T>> read) where T : class
    {
        try
        {
            return await _reader!.ReadAsync(read);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException { InnerException: DbException } or TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.OfType<HostProcess>()) await host.DisposeAsync();
        await Sink.DisposeAsync();
        if (_reader is not null) await _reader.DisposeAsync();
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CrmFlow.Runtime.Tests;

/// <summary>The runtime with one small module on a fresh database, and a clock the test moves.</summary>
public sealed class TestHost<TDatabase> : IAsyncDisposable where TDatabase : ITestDatabase
{
    private readonly ServiceProvider _services;
    private readonly bool _owned;

    private TestHost(ServiceProvider services, DatabaseOptions options, FakeClock clock, bool owned) =>
        (_services, Options, Clock, _owned) = (services, options, clock, owned);

    public DatabaseOptions Options { get; }
    public FakeClock Clock { get; }
    public IServiceProvider Services => _services;
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();
    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();
    internal SqliteWriterGate Gate => (SqliteWriterGate)Database.Transactions;
    internal RuntimeDatabase Database => _services.GetRequiredService<RuntimeDatabase>();

    /// <summary>A host on a database of its own.</summary>
    public static async Task<TestHost<TDatabase>> StartAsync(Action<IServiceCollection>? configure = null,
        Dictionary<string, string?>? settings = null) =>
        Build(TDatabase.Copy(await Template.Value), new FakeClock(), configure, settings, owned: true);

    /// <summary>The schema is made once; every test gets a copy.</summary>
    private static readonly Lazy<Task<DatabaseOptions>> Template = new(async () =>
    {
        var options = TDatabase.Create();
        await using var host = Build(options, new FakeClock(), null, null, owned: false);
        await DatabaseSchema.PrepareAsync(options, host.SchemaContext, CancellationToken.None);
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
        return options;
    });

    /// <summary>A host on a database that is there already.</summary>
    public static TestHost<TDatabase> On(DatabaseOptions options, FakeClock? clock = null, Action<IServiceCollection>? configure = null) =>
        Build(options, clock ?? new FakeClock(), configure, null, owned: false);

    public CrmDbContext SchemaContext()
    {
        var options = new DbContextOptionsBuilder<CrmDbContext>();
        Options.Configure(options);
        return new CrmDbContext(options.Options, Services.GetServices<ModelContribution>());
    }

    /// <summary>A second host on the same database and clock.</summary>
    public TestHost<TDatabase> Another(Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null) =>
        Build(Options, Clock, configure, settings, owned: false);

    private static TestHost<TDatabase> Build(DatabaseOptions options, FakeClock clock, Action<IServiceCollection>? configure, Dictionary<string, string?>? settings, bool owned)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = options.Provider.ToString(), ["Database:ConnectionString"] = options.ConnectionString,
        }).AddInMemoryCollection(settings ?? []).Build();
        services.AddCrmFlowRuntime(configuration).AddOperations(typeof(NotesModule).Assembly);
        services.AddNotes();
        configure?.Invoke(services);
        return new(services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }), options, clock,
            owned);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_owned) TDatabase.Drop(Options);
    }
}

/// <summary>Time stands still until the test moves it. Delays on it end when it passes them.</summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero); // Monday, 09:00 in Shanghai

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now += by;
            due = _timers.Where(t => t.At <= _now).ToList();
            _timers.RemoveAll(due.Contains);
        }
        foreach (var timer in due) timer.Fire();
    }

    public void Set(DateTimeOffset now) => Advance(now - GetUtcNow());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset At { get; private set; }
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                At = clock._now + dueTime;
                clock._timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

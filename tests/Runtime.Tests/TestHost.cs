using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime.Tests;

/// <summary>The runtime with one small module on a fresh database, and a clock the test moves.</summary>
public sealed class TestHost<TDatabase> : IAsyncDisposable where TDatabase : ITestDatabase
{
    private readonly ServiceProvider _services;
    private readonly bool _owned;

    private TestHost(ServiceProvider services, DatabaseOptions options, FakeClock clock, bool owned) => (_services, Options, Clock, _owned) = (services, options, clock, owned);

    public DatabaseOptions Options { get; }
    public FakeClock Clock { get; }
    public IServiceProvider Services => _services;
    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();
    internal RuntimeDatabase Database => _services.GetRequiredService<RuntimeDatabase>();

    public static async Task<TestHost<TDatabase>> StartAsync(Action<IServiceCollection>? configure = null)
    {
        var host = Build(TDatabase.Create("crmflow"), new FakeClock(), configure, owned: true);
        await DatabaseSchema.PrepareAsync(host.Options, () =>
        {
            var options = new DbContextOptionsBuilder<CrmDbContext>();
            host.Options.Configure(options);
            return new CrmDbContext(options.Options, host.Services.GetServices<ModelContribution>());
        }, TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>A second host on the same database and clock.</summary>
    public TestHost<TDatabase> Another(Action<IServiceCollection>? configure = null) => Build(Options, Clock, configure, owned: false);

    private static TestHost<TDatabase> Build(DatabaseOptions options, FakeClock clock, Action<IServiceCollection>? configure, bool owned)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = options.Provider.ToString(), ["Database:ConnectionString"] = options.ConnectionString,
        }).Build();
        services.AddCrmFlowRuntime(configuration);
        services.AddNotes();
        configure?.Invoke(services);
        return new(services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }), options, clock, owned);
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

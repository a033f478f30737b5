using CrmFlow.Activities;
using CrmFlow.Composition;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests;

/// <summary>
/// All modules on a real runtime over a fresh SQLite file, or the database given, with a clock the test moves: <c>await using var app = await
/// TestApp.StartAsync();</c>.
/// No web server; handlers are taken from <see cref="Get{T}"/> and run as any actor.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    private static readonly Operation Arrange = new("Test.Arrange", Access.SystemOnly);
    private static readonly Operation Start = new("Test.Start", Access.SignedIn);
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;
    private readonly DirectoryInfo _directory;

    private TestApp(ServiceProvider services, FakeClock clock, DirectoryInfo directory) =>
        (_services, _scope, Clock, _directory) = (services, services.CreateAsyncScope(), clock, directory);

    public FakeClock Clock { get; }
    /// <summary>People as jobs find them again; see <see cref="People"/>.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<Guid, Actor> Actors =>
        _services.GetRequiredService<System.Collections.Concurrent.ConcurrentDictionary<Guid, Actor>>();
    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();
    public string FilesDirectory => Path.Combine(_directory.FullName, "files");
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every mail delivered so far; sending ends at this edge.</summary>
    public IReadOnlyCollection<Mail> Mails => _services.GetRequiredService<Mailbox>().Mails;

    /// <summary>Works off what the clock has made due, mails included.</summary>
    /// <summary>Everything that is due now, and the mails it leaves.</summary>
    public async Task RunDueAsync()
    {
        await _services.GetRequiredService<DuePump>().RunDueAsync(Ct);
        await _services.GetRequiredService<OutboxDelivery>().DeliverAsync(Ct);
    }

    /// <summary>Works on a job to its end.</summary>
    public Task RunJobAsync(Guid id) => Get<JobWorker>().RunAsync(id, Ct);

    /// <summary>A scope of its own, as every request has.</summary>
    public AsyncServiceScope NewScope() => _services.CreateAsyncScope();

    /// <summary>A handler, query or service.</summary>
    public T Get<T>() where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    // Making the tables costs more than most tests: made once, then copied.
    private static readonly Lazy<Task<byte[]>> EmptyDatabase = new(async () =>
    {
        await using var app = Build(null, null);
        await app.PrepareAsync(CancellationToken.None);
        await app.CloseAsync();
        return await File.ReadAllBytesAsync(app.DatabaseFile);
    });

    private string DatabaseFile => Path.Combine(_directory.FullName, "test.db");

    public static async Task<TestApp> StartAsync(Action<IServiceCollection>? configure = null, DatabaseOptions? database = null)
    {
        var app = Build(configure, database);
        if (database is null) await File.WriteAllBytesAsync(app.DatabaseFile, await EmptyDatabase.Value, Ct);
        else await app.PrepareAsync(Ct);
        return app;
    }

    private static TestApp Build(Action<IServiceCollection>? configure, DatabaseOptions? database)
    {
        var (clock, directory) = (new FakeClock(), Directory.CreateTempSubdirectory("crmflow-modules-"));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = (database?.Provider ?? DatabaseProvider.Sqlite).ToString(),
            ["Database:ConnectionString"] = database?.ConnectionString ?? $"Data Source={Path.Combine(directory.FullName, "test.db")}",
            ["Storage:Files"] = Path.Combine(directory.FullName, "files"),
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Mailbox>().AddSingleton<IMailTransport>(sp => sp.GetRequiredService<Mailbox>());
        services.AddCrmFlowRuntime(configuration).AddUi().AddModules().AddOperations(typeof(TestApp).Assembly);
        foreach (var assembly in ProductAssemblies.All) services.AddOperations(assembly); // tests ask the host's own administration too
        var people = new System.Collections.Concurrent.ConcurrentDictionary<Guid, Actor>();
        services.AddSingleton(people)
            .AddSingleton(new JobActors((id, _) => Task.FromResult(people.TryGetValue(id, out var actor) ? ((Actor, string)?)(actor, "zh") : null)));
        foreach (var activity in BuiltInActivities.All) services.AddSingleton(activity);
        configure?.Invoke(services);
        return new TestApp(services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true }), clock, directory);
    }

    private Task PrepareAsync(CancellationToken ct) => DatabaseSchema.PrepareAsync(Get<DatabaseOptions>(), () =>
    {
        var options = new DbContextOptionsBuilder<CrmDbContext>();
        Get<DatabaseOptions>().Configure(options);
        return new CrmDbContext(options.Options, _services.GetServices<ModelContribution>());
    }, ct);

    /// <summary>Does something as the system in one command.</summary>
    public async Task DoAsync(Func<Command, Task> work)
    {
        var result = await Runtime.ExecuteAsync(Arrange, Actor.System, NewOperation(), null, async cmd => { await work(cmd); return Result.Ok; }, Ct);
        result.Problem.ShouldBeNull();
    }

    public async Task<T> ReadAsync<T>(Func<CrmDbContext, Task<T>> read) =>
        (await Runtime.ReadAsync<T>(Arrange, Actor.System, async db => await read(db), Ct)).Value;

    public Guid NewOperation() => Guid.CreateVersion7(Clock.GetUtcNow());

    /// <summary>Saves and publishes a definition.</summary>
    public Task PublishAsync(string json) => DoAsync(async cmd =>
    {
        var store = new DefinitionStore(cmd, Get<WorkflowDefinitions>());
        var saved = await store.SaveDraftAsync(json, shippedHash: null, basedOn: null, Ct);
        saved.Problem.ShouldBeNull();
        var published = await store.PublishAsync(saved.Value.DefinitionId, Ct);
        if (published.Problem is DefinitionHasErrors { Problems: var problems })
            Assert.Fail(string.Join("; ", problems.Select(p => $"{p.ActivityId}.{p.Property} {p.Code} [{string.Join(", ", p.Args)}]")));
        published.Problem.ShouldBeNull();
    });

    /// <summary>Starts the published version as a person.</summary>
    public async Task<Guid> StartWorkflowAsync(Actor actor, string definitionId, params (string Name, Value Value)[] input)
    {
        var started = await Runtime.ExecuteAsync<Guid>(Start, actor, NewOperation(), null,
            cmd => cmd.StartAsync(definitionId, input.ToDictionary(i => i.Name, i => i.Value), null, null, Ct), Ct);
        started.Problem.ShouldBeNull();
        return started.Value;
    }

    /// <summary>Makes the database refuse a statement, as a bug or a full table would: <c>BEFORE INSERT ON task</c>.</summary>
    public Task BreakAsync(string when) =>
        DoAsync(cmd => cmd.Db.Database.ExecuteSqlRawAsync(Refusal.Replace("{when}", when, StringComparison.Ordinal), Ct));
    private const string Refusal = "CREATE TRIGGER broken {when} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END";

    public Task MendAsync() => DoAsync(cmd => cmd.Db.Database.ExecuteSqlRawAsync("DROP TRIGGER broken", Ct));

    /// <summary>An administrator runs the one failed step of an instance again, and nothing is left to do about it.</summary>
    public async Task RetryAsync(Actor administrator, Guid instanceId)
    {
        var instances = Get<InstanceAdministration>();
        var incident = (await instances.GetAsync(administrator, instanceId, Ct)).Value.Incidents.Where(i => i.ResolvedAt is null)
            .ShouldHaveSingleItem();
        incident.IsRetryable.ShouldBeTrue();
        (await instances.RetryAsync(administrator, NewOperation(), instanceId, incident.ActivityInstanceId, Ct)).Problem.ShouldBeNull();
        var after = (await instances.GetAsync(administrator, instanceId, Ct)).Value;
        after.Summary.IncidentCount.ShouldBe(0);
        after.Incidents.ShouldAllBe(i => i.ResolvedAt != null);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Delete(recursive: true);
    }

    private async Task CloseAsync()
    {
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}

/// <summary>Tests read Chinese whatever the machine speaks; one that reads English says so.</summary>
internal static class TestLanguage
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Use() => System.Globalization.CultureInfo.DefaultThreadCurrentUICulture = System.Globalization.CultureInfo.CurrentUICulture =
        System.Globalization.CultureInfo.GetCultureInfo("zh-CN");
}

/// <summary>Where mails end in these tests; the runtime's own tests send through a real SMTP server.</summary>
internal sealed class Mailbox : IMailTransport
{
    public System.Collections.Concurrent.ConcurrentQueue<Mail> Mails { get; } = [];

    public bool IsConfigured => true;

    public Task SendAsync(Mail mail, string messageId, CancellationToken ct)
    {
        Mails.Enqueue(mail);
        return Task.CompletedTask;
    }
}

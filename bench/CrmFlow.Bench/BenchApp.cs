using CrmFlow.Activities;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CrmFlow.Bench;

/// <summary>
/// Runtime, identity and tasks as the product registers them, on one database, with one staff user and the processes of <see cref="BenchProcess"/>.
/// </summary>
internal sealed class BenchApp : IAsyncDisposable
{
    private static readonly Operation Arrange = new("Bench.Arrange", Access.SystemOnly);
    private static readonly Operation Start = new("Bench.Start", Access.SignedIn);
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;
    private readonly List<IHostedService> _running = [];

    private BenchApp(ServiceProvider services) => (_services, _scope) = (services, services.CreateAsyncScope());

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();
    public CommandCounters Counters => _services.GetRequiredService<CommandCounters>();
    public Actor Person { get; } = new(ActorKind.Staff, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "周敏");

    /// <summary>A handler in a scope of its own, as a page has it.</summary>
    public async Task<T> WithAsync<THandler, T>(Func<THandler, Task<T>> call) where THandler : notnull
    {
        await using var scope = _services.CreateAsyncScope();
        return await call(scope.ServiceProvider.GetRequiredService<THandler>());
    }

    public static async Task<BenchApp> StartAsync(DatabaseOptions database)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = database.Provider.ToString(), ["Database:ConnectionString"] = database.ConnectionString,
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddCrmFlowRuntime(configuration).AddUi().AddIdentity().AddTasks().AddOperations(typeof(BenchApp).Assembly)
            .AddTaskForm<NoForm>(NoForm.Key);
        foreach (var activity in BuiltInActivities.All) services.AddSingleton(activity);
        var app = new BenchApp(services.BuildServiceProvider());
        await DatabaseSchema.PrepareAsync(database, () =>
        {
            var options = new DbContextOptionsBuilder<CrmDbContext>();
            database.Configure(options);
            return new CrmDbContext(options.Options, app._services.GetServices<ModelContribution>());
        }, default);
        await app.ArrangeAsync();
        return app;
    }

    private Task ArrangeAsync() => Runtime.ExecuteAsync(Arrange, Actor.System, NewOperation(), null, async cmd =>
    {
        cmd.Db.Add(new User { Id = Person.UserId, Kind = ActorKind.Staff, Name = Person.Name, UserName = "zhoumin", NormalizedUserName = "ZHOUMIN",
            CreatedAt = cmd.Now, SecurityStamp = "bench", ConcurrencyStamp = "bench" });
        var store = new DefinitionStore(cmd, _services.GetRequiredService<WorkflowDefinitions>());
        foreach (var (id, process) in new[] { (BenchProcess.Task,
            BenchProcess.Loop(BenchProcess.Task, BenchProcess.UserTask(Person.UserId, NoForm.Key), sets: 1)),
            (BenchProcess.LongTask, BenchProcess.Loop(BenchProcess.LongTask, BenchProcess.UserTask(Person.UserId, NoForm.Key), sets: 4)),
            (BenchProcess.Lean, BenchProcess.Loop(BenchProcess.Lean, BenchProcess.Event(), sets: 4)), (BenchProcess.Timer, BenchProcess.TimerOf()) })
        {
            if ((await store.SaveDraftAsync(process, shippedHash: null, basedOn: null, default)).Problem is { } unsaved) return unsaved;
            if ((await store.PublishAsync(id, default)).Problem is { } problem) return problem;
        }
        return Result.Ok;
    }, default);

    /// <summary>A new instance, waiting at its task, or, of <see cref="BenchProcess.Lean"/>, for an event named as its correlation id.</summary>
    public async Task<Guid> NewInstanceAsync(string process = BenchProcess.Task, string? correlationId = null) =>
        (await Runtime.ExecuteAsync<Guid>(Start, Person, NewOperation(), null, cmd =>
            cmd.StartAsync(process, [], correlationId, null, default), default)).Value;

    /// <summary>Wakes the instance of <see cref="BenchProcess.Lean"/> with that correlation id: five steps, and it waits again.</summary>
    public async Task SendAsync(string correlationId)
    {
        var woken = await Runtime.ExecuteAsync<int>(Start, Person, NewOperation(), null, async cmd =>
            await cmd.SendStimulusAsync("Elsa.Event", correlationId, null, Value.Null, default), default);
        if (woken.Value != 1) throw new InvalidOperationException($"{correlationId} woke {woken.Value} instances.");
    }

    /// <summary>What a host runs beside its pages: the pump, and on PostgreSQL the listener.</summary>
    public async Task StartServicesAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
            _running.Add(service);
        }
    }

    /// <summary>Works off what is due, and looks at what is not yet, as the pump does each time it wakes.</summary>
    public async Task PumpAsync()
    {
        await _services.GetRequiredService<DuePump>().RunDueAsync();
        await _services.GetRequiredService<DuePump>().LagAsync(default);
        await _services.GetRequiredService<Claims>().NextDueAsync(default);
    }

    private static Guid NewOperation() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public async Task<(Guid Id, int Revision)> OpenTaskAsync(Guid instance) =>
        (await Runtime.ReadAsync<(Guid, int)>(Arrange, Actor.System, async db =>
        {
            var task = await db.Set<UserTask>().Where(t => t.InstanceId == instance && t.State == TaskState.Open)
                .Select(t => new { t.Id, t.Revision }).SingleAsync();
            return (task.Id, task.Revision);
        }, default)).Value;

    public async Task CompleteAsync((Guid Id, int Revision) task)
    {
        var request = new CompleteTaskRequest(task.Id, task.Revision, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "Next");
        var result = await WithAsync<CompleteTask, Result>(h => h.HandleAsync(Person, request, default));
        if (result.Problem is { } problem) throw new InvalidOperationException($"{problem.Key} {string.Join(", ", problem.Args)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running) await service.StopAsync(default);
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    private sealed class NoForm : ITaskForm
    {
        public const string Key = "bench.none";
        public Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<FormField>>([]);
        public Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct) =>
            Task.FromResult<Result<Dictionary<string, Value>>>(new Dictionary<string, Value>());
    }
}

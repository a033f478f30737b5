using System.Text.Json.Nodes;
using CrmFlow.Activities;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Bench;

/// <summary>Runtime, identity and tasks as the product registers them, on one database, with one staff user and a process of one user task that leads back to itself.</summary>
internal sealed class BenchApp : IAsyncDisposable
{
    private static readonly Operation Arrange = new("Bench.Arrange", Access.SystemOnly);
    private static readonly Operation Start = new("Bench.Start", Access.SignedIn);
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;

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
        services.AddCrmFlowRuntime(configuration).AddUi().AddIdentity().AddTasks().AddTaskForm<NoForm>(NoForm.Key);
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

    private Task ArrangeAsync() => Runtime.ExecuteAsync(Arrange, Actor.System, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), null, async cmd =>
    {
        cmd.Db.Add(new User { Id = Person.UserId, Kind = ActorKind.Staff, Name = Person.Name, UserName = "zhoumin", NormalizedUserName = "ZHOUMIN", CreatedAt = cmd.Now, SecurityStamp = "bench", ConcurrencyStamp = "bench" });
        var store = new DefinitionStore(cmd, _services.GetRequiredService<WorkflowDefinitions>());
        if ((await store.SaveDraftAsync(Process, shippedHash: null, basedOn: null, default)).Problem is { } unsaved) return unsaved;
        return (await store.PublishAsync("bench", default)).Problem is { } problem ? problem : Result.Ok;
    }, default);

    /// <summary>A new instance, waiting at its task.</summary>
    public async Task<Guid> NewInstanceAsync()
    {
        var started = await Runtime.ExecuteAsync<Guid>(Start, Person, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), null, cmd => cmd.StartAsync("bench", [], null, null, default), default);
        return started.Value;
    }

    public async Task<(Guid Id, int Revision)> OpenTaskAsync(Guid instance) => (await Runtime.ReadAsync<(Guid, int)>(Arrange, Actor.System, async db =>
    {
        var task = await db.Set<UserTask>().Where(t => t.InstanceId == instance && t.State == TaskState.Open).Select(t => new { t.Id, t.Revision }).SingleAsync();
        return (task.Id, task.Revision);
    }, default)).Value;

    public async Task CompleteAsync((Guid Id, int Revision) task)
    {
        var request = new CompleteTaskRequest(task.Id, task.Revision, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "Next");
        var result = await WithAsync<CompleteTask, Result>(h => h.HandleAsync(Person, request, default));
        if (result.Problem is { } problem) throw new InvalidOperationException($"{problem.Key} {string.Join(", ", problem.Args)}");
    }

    private string Process
    {
        get
        {
            static JsonObject Wrap(JsonNode value) => new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
            static JsonObject Connection(string from, string? port, string to) => new() { ["source"] = new JsonObject { ["activity"] = from, ["port"] = port }, ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" } };
            return new JsonObject
            {
                ["definitionId"] = "bench", ["name"] = "bench", ["version"] = 1, ["isLatest"] = true, ["isPublished"] = false,
                ["variables"] = new JsonArray(new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32", ["value"] = "0" }),
                ["root"] = new JsonObject
                {
                    ["id"] = "flow", ["type"] = "Elsa.Flowchart",
                    ["activities"] = new JsonArray(
                        new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start" },
                        new JsonObject
                        {
                            ["id"] = "count", ["type"] = "Elsa.SetVariable", ["variable"] = new JsonObject { ["id"] = "n", ["name"] = "n", ["typeName"] = "Int32" },
                            ["value"] = new JsonObject { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "variables.n + 1" } },
                        },
                        new JsonObject
                        {
                            ["id"] = "task", ["type"] = "CrmFlow.UserTask", ["title"] = Wrap("办理"), ["form"] = Wrap(NoForm.Key), ["subjectType"] = Wrap("bench"), ["subjectId"] = Wrap(Guid.Empty.ToString()),
                            ["users"] = new JsonObject { ["typeName"] = "String[]", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = $"[\"{Person.UserId}\"]" } },
                            ["actions"] = new JsonArray(new JsonObject { ["name"] = "Next", ["label"] = "下一步", ["labelEn"] = "Next", ["kind"] = "approve" }),
                        }),
                    ["connections"] = new JsonArray(Connection("start", null, "count"), Connection("count", null, "task"), Connection("task", "Next", "count")),
                },
            }.ToJsonString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    private sealed class NoForm : ITaskForm
    {
        public const string Key = "bench.none";
        public Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) => Task.FromResult<IReadOnlyList<FormField>>([]);
        public Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct) => Task.FromResult<Result<Dictionary<string, Value>>>(new Dictionary<string, Value>());
    }
}

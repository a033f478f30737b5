using CrmFlow.Activities;
using CrmFlow.Composition;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmFlow.CrashHost;

/// <summary>
/// All modules on the real runtime over a SQLite file that outlives the process, without a web server. Mail goes to a file that stands for the world
/// outside.
/// </summary>
internal sealed class CrashApp : IAsyncDisposable
{
    private static readonly Operation Read = new("Crash.Read", Access.SystemOnly);
    private readonly ServiceProvider _services;
    private readonly AsyncServiceScope _scope;

    private CrashApp(ServiceProvider services) => (_services, _scope) = (services, services.CreateAsyncScope());

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();
    public T Get<T>() where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    /// <summary>The session of a demonstration user.</summary>
    public async Task<Actor> ActorAsync(string login) =>
        await Get<ActorDirectory>().ActorAsync(DemoId.User(login), CancellationToken.None)
            ?? throw new InvalidOperationException($"There is no demo user {login}.");

    public async Task<T> ReadAsync<T>(Func<CrmDbContext, Task<T>> read) =>
        (await Runtime.ReadAsync<T>(Read, Actor.System, async db => await read(db), CancellationToken.None)).Value;

    public static CrashApp Open(string folder)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:ConnectionString"] = $"Data Source={Path.Combine(folder, "crash.db")}",
            ["Storage:Files"] = Path.Combine(folder, "files"),
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System).AddSingleton<IMailTransport>(new MailFile(folder));
        services.AddCrmFlowRuntime(configuration).AddUi().AddModules().AddOperations(typeof(CrashApp).Assembly);
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        foreach (var activity in BuiltInActivities.All) services.AddSingleton(activity);
        return new CrashApp(services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true }));
    }

    /// <summary>An empty database with the organisation, products and sales of the demonstration, and the shipped processes.</summary>
    public async Task PrepareAsync()
    {
        var options = Get<DatabaseOptions>();
        await DatabaseSchema.PrepareAsync(options, () =>
        {
            var builder = new DbContextOptionsBuilder<CrmDbContext>();
            options.Configure(builder);
            return new CrmDbContext(builder.Options, _services.GetServices<ModelContribution>());
        }, CancellationToken.None);
        await Get<ShippedOrganisation>().EnsureAsync(DemoId.Of("crash:organisation"), CancellationToken.None);
        await Get<ShippedDefinitions>().ImportFolderAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), CancellationToken.None);
        var time = Get<BusinessTime>();
        var demo = new DemoContext(Runtime, _scope.ServiceProvider, time.Now, time.Today) { ActorAsync = async (login, _) =>
            await ActorAsync(login) };
        foreach (var loader in _scope.ServiceProvider.GetServices<IDemoData>().Where(d => d.Order < 300).OrderBy(d => d.Order))
            await loader.LoadAsync(demo, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}

using CrmFlow.Runtime;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.SqlServer;
using Hangfire.States;

namespace CrmFlow.Host;

/// <summary>
/// Hangfire executes jobs and nothing else: it is told the id of a row and calls the worker. What its storage loses, each host's look at the rows
/// hands over again, at start too; beside SQLite it lies in memory. Composed by hand: several hosts of one process must not share its static state.
/// </summary>
internal static class HangfireExecution
{
    /// <summary>So many jobs run at a time on one host; they give way to people at the writer.</summary>
    private const int Workers = 2;
    private const string Schema = "hangfire";
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2), Kept = TimeSpan.FromHours(6);

    public static IServiceCollection AddHangfireExecution(this IServiceCollection services) => services
        .AddSingleton(sp => StorageOf(sp.GetRequiredService<DatabaseOptions>()))
        .AddSingleton(sp => new JobExecutor((kind, id) =>
            new BackgroundJobClient(sp.GetRequiredService<JobStorage>()).Create(Job.FromExpression<ExecuteJob>(j =>
            j.RunAsync(kind, id, CancellationToken.None)), new EnqueuedState())))
        .AddHostedService<Server>();

    private static JobStorage StorageOf(DatabaseOptions database)
    {
        switch (database.Provider)
        {
            case DatabaseProvider.PostgreSql:
                var options = new PostgreSqlStorageOptions { SchemaName = Schema, QueuePollInterval = Poll };
                return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
            case DatabaseProvider.SqlServer:
                return new SqlServerStorage(database.ConnectionString, new SqlServerStorageOptions { SchemaName = Schema, QueuePollInterval = Poll });
            default:
                return new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = Kept });
        }
    }

    /// <summary>
    /// Hangfire's own dashboard, to look at: read-only, for who may see everybody's jobs; for anybody else there is no such page. What can be done
    /// with a job is a command of ours.
    /// </summary>
    public static void MapHangfire(this WebApplication app)
    {
        const string Address = "/admin/hangfire";
        var options = new DashboardOptions { AppPath = "/jobs", DashboardTitle = "CrmFlow", Authorization = [], IsReadOnlyFunc = _ =>
            true, IgnoreAntiforgeryToken = true, DisplayStorageConnectionString = false };
        app.Map(Address + "/{**rest}", async (HttpContext http, Ui.ActorSource actors, JobAdministration jobs) =>
        {
            if ((await jobs.LookAsync(await actors.GetAsync())).Failed)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            http.Request.PathBase = http.Request.PathBase.Add(Address);
            http.Request.Path = "/" + http.Request.RouteValues["rest"];
            var dashboard = new AspNetCoreDashboardMiddleware(h =>
                { h.Response.StatusCode = StatusCodes.Status404NotFound; return Task.CompletedTask; },
                http.RequestServices.GetRequiredService<JobStorage>(), options, DashboardRoutes.Routes);
            await dashboard.Invoke(http);
        });
    }

    private sealed class Server(JobStorage storage, JobWorker worker) : IHostedService, IDisposable
    {
        private BackgroundJobServer? _server;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers, Activator = new Activator(worker),
                StopTimeout = TimeSpan.FromSeconds(5), ShutdownTimeout = TimeSpan.FromSeconds(10) }, storage);
            return Task.CompletedTask;
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_server is null) return;
            _server.SendStop();
            await _server.WaitForShutdownAsync(cancellationToken);
        }

        public void Dispose() => _server?.Dispose();
    }

    private sealed class Activator(JobWorker worker) : JobActivator
    {
        public override object ActivateJob(Type jobType) => new ExecuteJob(worker);
    }
}

/// <summary>
/// What Hangfire's storage names: which job, and for the dashboard what kind of one. It never fails; how a job ended is on its row.
/// </summary>
internal sealed class ExecuteJob(JobWorker worker)
{
    [AutomaticRetry(Attempts = 0)]
    [System.ComponentModel.DisplayName("{0} {1}")]
    public Task RunAsync(string kind, Guid id, CancellationToken stopping) => worker.RunAsync(id, stopping);
}

using System.Collections.Concurrent;
using CrmFlow.Host;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace CrmFlow.Modules.Tests;

/// <summary>Maintenance fired by its own schedule, the way the product configures it.</summary>
public sealed class MaintenanceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crmflow-maintenance-");
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A host with nothing but maintenance, its backup due every second, and what its scheduler ran.</summary>
    private (IHost Host, Recorder Recorder) Scheduled(DatabaseOptions database, int keep, SemaphoreSlim? fired = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = database.Provider.ToString(), ["Database:ConnectionString"] = database.ConnectionString,
            ["Data:Folder"] = _folder.FullName, ["Backup:Cron"] = "* * * * * ?", ["Backup:Keep"] = $"{keep}",
        });
        var recorder = new Recorder(fired ?? new SemaphoreSlim(0));
        builder.Services.AddSingleton<IConfiguration>(builder.Configuration).AddSingleton(TimeProvider.System).AddSingleton(database).AddSingleton<DatabaseBackup>();
        builder.Services.AddMaintenance(builder.Configuration);
        builder.Services.AddQuartz(q => q.AddJobListener(recorder));
        return (builder.Build(), recorder);
    }

    private static async Task FiredAsync(SemaphoreSlim fired, int times)
    {
        for (var i = 0; i < times; i++) (await fired.WaitAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBeTrue("the schedule did not fire within a minute");
    }

    [Fact]
    public async Task The_schedule_makes_backups_and_keeps_the_last()
    {
        var database = new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(_folder.FullName, "crmflow.db")};Pooling=False");
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(database.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE kept (n)";
            await command.ExecuteNonQueryAsync(Ct);
        }
        var (host, recorder) = Scheduled(database, keep: 2);
        using (host)
        {
            await host.StartAsync(Ct);
            await FiredAsync(recorder.Fired, 4);
            await host.StopAsync(Ct);
        }
        Directory.GetFiles(Path.Combine(_folder.FullName, "backups")).Length.ShouldBe(2);
        File.Exists(Path.Combine(_folder.FullName, "schedule.db")).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_hosts_on_one_PostgreSQL_one_makes_each_backup_OnPostgreSql()
    {
        var database = PostgresDatabase.Create();
        try
        {
            var fired = new SemaphoreSlim(0);
            var (one, two) = (Scheduled(database, keep: 50, fired), Scheduled(database, keep: 50, fired));
            using (one.Host)
            using (two.Host)
            {
                await one.Host.StartAsync(Ct);
                await two.Host.StartAsync(Ct);
                await FiredAsync(fired, 6);
                await Task.WhenAll(one.Host.StopAsync(Ct), two.Host.StopAsync(Ct));
            }
            one.Recorder.Ran.Concat(two.Recorder.Ran).ShouldBeUnique();
            Directory.GetFiles(Path.Combine(_folder.FullName, "backups"), "*.dump").Length.ShouldBe(one.Recorder.Ran.Count + two.Recorder.Ran.Count);
        }
        finally
        {
            PostgresDatabase.Drop(database);
        }
    }

    private sealed class Recorder(SemaphoreSlim fired) : IJobListener
    {
        /// <summary>Released once for each backup that was made.</summary>
        public SemaphoreSlim Fired => fired;
        public ConcurrentBag<DateTimeOffset> Ran { get; } = [];
        public string Name => "recorder";
        public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;
        public ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

        public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
        {
            jobException.ShouldBeNull();
            Ran.Add(context.ScheduledFireTimeUtc!.Value);
            fired.Release();
            return default;
        }
    }
}

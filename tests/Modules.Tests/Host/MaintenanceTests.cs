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
    private (IHost Host, ConcurrentBag<DateTimeOffset> Ran) Scheduled(DatabaseOptions database, int keep)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = database.Provider.ToString(), ["Database:ConnectionString"] = database.ConnectionString,
            ["Data:Folder"] = _folder.FullName, ["Backup:Cron"] = "* * * * * ?", ["Backup:Keep"] = $"{keep}",
        });
        var recorder = new Recorder();
        builder.Services.AddSingleton<IConfiguration>(builder.Configuration).AddSingleton(TimeProvider.System).AddSingleton(database).AddSingleton<DatabaseBackup>();
        builder.Services.AddMaintenance(builder.Configuration);
        builder.Services.AddQuartz(q => q.AddJobListener(recorder));
        return (builder.Build(), recorder.Ran);
    }

    private async Task WaitAsync(Func<bool> until)
    {
        for (var i = 0; !until(); i++)
        {
            i.ShouldBeLessThan(600, "the schedule did not fire within a minute");
            await Task.Delay(100, Ct);
        }
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
        var (host, ran) = Scheduled(database, keep: 2);
        using (host)
        {
            await host.StartAsync(Ct);
            await WaitAsync(() => ran.Count >= 4);
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
            var (one, two) = (Scheduled(database, keep: 50), Scheduled(database, keep: 50));
            using (one.Host)
            using (two.Host)
            {
                await one.Host.StartAsync(Ct);
                await two.Host.StartAsync(Ct);
                await WaitAsync(() => one.Ran.Count + two.Ran.Count >= 6);
                await Task.WhenAll(one.Host.StopAsync(Ct), two.Host.StopAsync(Ct));
            }
            one.Ran.Concat(two.Ran).ShouldBeUnique();
            Directory.GetFiles(Path.Combine(_folder.FullName, "backups"), "*.dump").Length.ShouldBe(one.Ran.Count + two.Ran.Count);
        }
        finally
        {
            PostgresDatabase.Drop(database);
        }
    }

    private sealed class Recorder : IJobListener
    {
        public ConcurrentBag<DateTimeOffset> Ran { get; } = [];
        public string Name => "recorder";
        public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;
        public ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

        public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
        {
            jobException.ShouldBeNull();
            Ran.Add(context.ScheduledFireTimeUtc!.Value);
            return default;
        }
    }
}

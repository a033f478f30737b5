using CrmFlow.Runtime;
using Quartz;

namespace CrmFlow.Host;

/// <summary>
/// Maintenance by the clock, through Quartz: what a process waits for is a due row and never here. On SQLite the schedule has a file of its own (Quartz leaves a
/// database in journal mode delete); on PostgreSQL it is clustered, so that one of several hosts makes the backup.
/// </summary>
internal static class Maintenance
{
    public static string BackupFolder(IConfiguration configuration) => Path.GetFullPath(configuration["Backup:Folder"] ?? Path.Combine(DataFolder.Of(configuration), "backups"));
    public static int Keep(IConfiguration configuration) => configuration.GetValue("Backup:Keep", 14);

    public static IServiceCollection AddMaintenance(this IServiceCollection services, IConfiguration configuration)
    {
        var database = DatabaseOptions.From(configuration);
        // SQL Server has its own agent for backups; without one there is nothing to schedule.
        if (database.Provider == DatabaseProvider.SqlServer) return services;
        services.AddQuartz(q =>
        {
            q.ConfigureScheduler(o => (o.InstanceName, o.InstanceId) = ("CrmFlow", "AUTO"));
            q.UsePersistentStore(store =>
            {
                if (database.Provider == DatabaseProvider.PostgreSql)
                {
                    store.UsePostgres(database.ConnectionString);
                    store.UseClustering();
                }
                else store.UseSqlite($"Data Source={Path.Combine(DataFolder.Of(configuration), "schedule.db")}");
                store.ProvisionSchema();
            });
            q.AddJob<BackupJob>(j => j.WithIdentity("backup").StoreDurably());
            q.AddTrigger(t => t.ForJob("backup").WithIdentity("backup").WithCronSchedule(configuration["Backup:Cron"] ?? "0 30 2 * * ?",
                c => c.InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(configuration["Business:TimeZone"] ?? "Asia/Shanghai")).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
        });
        return services.AddQuartzHostedService(o => (o.WaitForJobsToComplete, o.AwaitApplicationStarted) = (true, true));
    }

    /// <summary>Writes a backup and keeps the last ones. Running twice makes two files, which harms nobody.</summary>
    [DisallowConcurrentExecution]
    internal sealed class BackupJob(DatabaseBackup backup, IConfiguration configuration, ILogger<BackupJob> log) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var path = await backup.BackupAsync(BackupFolder(configuration), Keep(configuration), cancellationToken);
            log.LogInformation("Backup written to {Path}", path);
        }
    }
}

using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Host;

/// <summary>
/// Maintenance by the clock: jobs like any other, begun by a schedule of ours. What a process waits for is a due row and never here.
/// </summary>
internal static class Maintenance
{
    public const string BackupKind = "maintenance.backup";

    public static string BackupFolder(IConfiguration configuration) =>
        Path.GetFullPath(configuration["Backup:Folder"] ?? Path.Combine(DataFolder.Of(configuration), "backups"));
    public static int Keep(IConfiguration configuration) => configuration.GetValue("Backup:Keep", 14);

    public static IServiceCollection AddMaintenance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHangfireExecution();
        // SQL Server has its own agent for backups; without one there is nothing to schedule.
        if (DatabaseOptions.From(configuration).Provider == DatabaseProvider.SqlServer) return services;
        return services.AddJob<Backup>(BackupKind).AddJobSchedule(BackupKind, configuration["Backup:Cron"] ?? "0 30 2 * * *");
    }

    /// <summary>Writes a backup and keeps the last ones. Running twice makes two files, which harms nobody.</summary>
    internal sealed class Backup(DatabaseBackup backup, IConfiguration configuration, ILogger<Backup> log) : IJobHandler
    {
        public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
        {
            var path = await backup.BackupAsync(BackupFolder(configuration), Keep(configuration), ct);
            log.LogInformation("Backup written to {Path}", path);
            return new JobOutcome(Phrase.Of("job.result.backup", Path.GetFileName(path), Ui.Formats.Size(new FileInfo(path).Length)));
        }
    }
}

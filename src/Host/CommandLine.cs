using CrmFlow.Runtime;

namespace CrmFlow.Host;

/// <summary>
/// Verbs that do one thing and end: <c>workflow</c>, <c>backup</c>, <c>restore</c>, <c>help</c>. Anything else starts the application.
/// </summary>
internal static class CommandLine
{
    private static readonly string Usage = $"""
        CrmFlow.Host [--urls http://127.0.0.1:5080] [--demo]
          --demo             loads demonstration data into an empty database and prints the sign-ins; loopback addresses only
          --demo-now TIME    with --demo: the clock shows this time at the start (2026-12-01T10:00:00+08:00) and runs on from there
          --demo-size 1k     a thousand customers with what belongs to them instead of a hundred
        CrmFlow.Host backup  writes a backup of the configured database into the backup folder, also while the application runs
        CrmFlow.Host restore FILE
                             puts a backup in the database's place; the application must not be running
        {WorkflowCommand.Usage}
        Configuration: Database:Provider (Sqlite, PostgreSql, SqlServer), Database:ConnectionString, Business:TimeZone,
        Data:Folder (default data: database, files, keys and backups lie in it unless said otherwise), Storage:Files (default files in the data folder),
        Backup:Folder (default backups in the data folder), Backup:Keep (default 14), Backup:Cron (default 0 30 2 * * *; second minute hour day month weekday, 0 = Sunday)
        """;

    /// <summary>The configuration reader takes every option's next word as its value; a bare <c>--demo</c> has none.</summary>
    public static string[] Normalize(string[] args) => [.. args.Select(a => a == "--demo" ? "--demo=true" : a)];

    /// <summary>The exit code when a verb was given, else null.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal) && args[0] != "--help") return null;
        if (args[0] == "workflow") return await new WorkflowCommand(Console.Out, Console.Error).RunAsync(args[1..]);
        if (args[0] is not ("backup" or "restore") || args[0] == "restore" && (args.Length < 2 || args[1].StartsWith("--", StringComparison.Ordinal)))
        {
            Console.WriteLine(Usage);
            return args[0] is "help" or "--help" ? 0 : 1;
        }
        var options = args.Skip(args[0] == "restore" ? 2 : 1).ToArray();
        var configuration = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables().AddCommandLine(options).Build();
        var backup = new DatabaseBackup(DatabaseOptions.From(configuration), TimeProvider.System);
        try
        {
            if (args[0] == "backup") Console.WriteLine(
                await backup.BackupAsync(Maintenance.BackupFolder(configuration), Maintenance.Keep(configuration), CancellationToken.None));
            else
            {
                await backup.RestoreAsync(args[1], CancellationToken.None);
                Console.WriteLine($"Restored {args[1]}.");
            }
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or NotSupportedException or UnauthorizedAccessException
            or System.Data.Common.DbException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}

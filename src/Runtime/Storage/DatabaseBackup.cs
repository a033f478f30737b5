using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>
/// Consistent copies of the database while it is in use, and the way back. SQLite: <c>VACUUM INTO</c>. PostgreSQL: <c>pg_dump -Fc</c> and
/// <c>pg_restore</c>, found in
/// <c>/usr/lib/postgresql</c> or on the path. SQL Server has its own tools.
/// </summary>
public sealed class DatabaseBackup(DatabaseOptions options, TimeProvider clock)
{
    private string Extension => options.Provider == DatabaseProvider.Sqlite ? ".db" : ".dump";

    /// <summary>Writes a backup and deletes the oldest beyond <paramref name="keep"/>. Returns its path.</summary>
    public async Task<string> BackupAsync(string folder, int keep, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder,
            $"crmflow-{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture)}{Extension}");
        var partial = path + ".partial"; // a name the clean-up and the restore do not take for a backup
        File.Delete(partial);
        switch (options.Provider)
        {
            case DatabaseProvider.Sqlite:
                await VacuumAsync(partial, ct);
                break;
            case DatabaseProvider.PostgreSql:
                await RunAsync("pg_dump", ["-Fc", "--no-owner", "-f", partial], ct);
                break;
            default:
                throw new NotSupportedException("Back a SQL Server database up with its own BACKUP DATABASE.");
        }
        File.Move(partial, path);
        foreach (var old in Directory.GetFiles(folder, $"crmflow-*{Extension}").OrderDescending(StringComparer.Ordinal).Skip(keep)) File.Delete(old);
        return path;
    }

    /// <summary>
    /// Puts a backup in the database's place. No host may be running on it. On SQLite the file that was there stays beside it as
    /// <c>.before-restore</c>.
    /// </summary>
    public async Task RestoreAsync(string backup, CancellationToken ct)
    {
        if (!File.Exists(backup)) throw new FileNotFoundException($"There is no backup at {backup}.", backup);
        switch (options.Provider)
        {
            case DatabaseProvider.Sqlite:
                RestoreFile(backup);
                break;
            case DatabaseProvider.PostgreSql:
                await RunAsync("pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", "-d",
                    new NpgsqlConnectionStringBuilder(options.ConnectionString).Database!, backup], ct);
                break;
            default:
                throw new NotSupportedException("Restore a SQL Server database with its own RESTORE DATABASE.");
        }
    }

    private async Task VacuumAsync(string target, CancellationToken ct)
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder(options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO @target";
        command.Parameters.AddWithValue("@target", target);
        await command.ExecuteNonQueryAsync(ct);
    }

    private void RestoreFile(string backup)
    {
        using (var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = backup, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString))
        {
            connection.Open();
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA integrity_check";
            if (check.ExecuteScalar() as string != "ok") throw new InvalidDataException($"{backup} is damaged; it was not restored.");
        }
        SqliteConnection.ClearAllPools(); // an idle connection of this process would go on reading the file that is put aside
        var (file, restored) = (options.SqliteFile, options.SqliteFile + ".restoring");
        File.Copy(backup, restored, overwrite: true);
        if (File.Exists(file)) File.Move(file, file + ".before-restore", overwrite: true);
        // The log belongs to the file that is gone; beside another one it would damage it.
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Move(restored, file);
    }

    private async Task RunAsync(string tool, string[] arguments, CancellationToken ct)
    {
        var server = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        var start = new ProcessStartInfo(Find(tool), arguments) { RedirectStandardError = true };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = server.Username;
        start.Environment["PGDATABASE"] = server.Database;
        if (server.Password is not null) start.Environment["PGPASSWORD"] = server.Password;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{tool} ended with {process.ExitCode}: {errors}");
    }

    private static string Find(string tool)
    {
        const string Debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).OrderDescending(StringComparer.Ordinal).Select(d =>
            Path.Combine(d, "bin", tool)).FirstOrDefault(File.Exists) : null;
        return installed ?? tool;
    }
}

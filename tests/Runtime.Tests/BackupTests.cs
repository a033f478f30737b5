using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class BackupTestsOnSqlite : BackupTests<Sqlite>;
public sealed class BackupTestsOnPostgreSql : BackupTests<PostgreSql>;
public sealed class BackupTestsOnSqlServer : BackupTests<SqlServer>;

public abstract class BackupTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crmflow-backup-").FullName;
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task WriteAsync(string text) => _host.CommandAsync<TDatabase, Guid>(cmd => Task.FromResult<Result<Guid>>(cmd.Add(text).Id));

    /// <summary>Every row of every table as text.</summary>
    private async Task<List<string>> ContentAsync()
    {
        await using var db = _host.SchemaContext();
        var content = new List<string>();
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var rows = (IEnumerable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(entity.ClrType).Invoke(db, [])!;
            content.AddRange(rows.ToList().Select(row => $"{entity.ShortName()}: {System.Text.Json.JsonSerializer.Serialize(row, row.GetType())}"));
        }
        content.Sort(StringComparer.Ordinal);
        return content;
    }

    [Fact]
    public async Task A_backup_taken_while_people_work_is_restored_to_one_consistent_moment()
    {
        await _host.PublishAsync("p", "w:Delay(\"timeSpan\":\"01:00:00\")", "");
        await _host.StartAsync("p");
        for (var i = 0; i < 20; i++) await WriteAsync($"before {i}");
        var before = await ContentAsync();

        using var stop = new CancellationTokenSource();
        var busy = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await WriteAsync($"during {i}");
        }, Ct);
        var backup = await _host.Get<DatabaseBackup>().BackupAsync(_folder, 3, Ct);
        await stop.CancelAsync();
        await busy;
        await WriteAsync("after");

        var (options, clock) = (_host.Options, _host.Clock);
        await _host.Database.DisposeAsync();
        await new DatabaseBackup(options, clock).RestoreAsync(backup, Ct);

        var restored = await ContentAsync();
        restored.ShouldNotContain(r => r.Contains("\"after\""));
        before.Except(restored).ShouldBeEmpty();
        // Whatever else is in it came by whole commands: each note with its audit row and its operation row.
        var (extra, notes) =
            (restored.Except(before).ToList(), restored.Count(r => r.StartsWith("Note:", StringComparison.Ordinal) && r.Contains("during")));
        (extra.Count(r => r.StartsWith("AuditRow:", StringComparison.Ordinal)),
            extra.Count(r => r.StartsWith("OperationRow:", StringComparison.Ordinal))).ShouldBe((notes, notes));
    }

    [Fact]
    public async Task The_newest_are_kept()
    {
        var backup = _host.Get<DatabaseBackup>();
        var paths = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            _host.Clock.Advance(TimeSpan.FromDays(1));
            paths.Add(await backup.BackupAsync(_folder, 2, Ct));
        }
        Directory.GetFiles(_folder).Order().ShouldBe(paths.TakeLast(2));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_the_database_stays()
    {
        await WriteAsync("here");
        var backup = await _host.Get<DatabaseBackup>().BackupAsync(_folder, 1, Ct);
        var bytes = await File.ReadAllBytesAsync(backup, Ct);
        await File.WriteAllBytesAsync(backup, bytes[..(bytes.Length / 2)], Ct);
        await Should.ThrowAsync<Exception>(() => _host.Get<DatabaseBackup>().RestoreAsync(backup, Ct));
        (await _host.NotesAsync()).ShouldHaveSingleItem();
    }
}

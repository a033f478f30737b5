using CrmFlow.Host;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests;

/// <summary>Maintenance fired by its own schedule, the way the product configures it: rows of ours begin it, Hangfire executes it.</summary>
public sealed class MaintenanceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Waits until so many backups have ended, on any host.</summary>
    private static async Task<List<JobRow>> EndedAsync(HostApp app, int times)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var ended = await app.ReadAsync(db =>
                db.Set<JobRow>().Where(j => j.Kind == Maintenance.BackupKind && j.FinishedAt != null).ToListAsync(Ct));
            if (ended.Count >= times) return ended;
            await Task.Delay(50, limit.Token);
        }
    }

    private static Task LookAsync(HostApp app) => app.Services.GetRequiredService<JobSweep>().RunAsync(Ct);

    [Fact]
    public async Task The_schedule_makes_backups_and_keeps_the_last()
    {
        await using var app = await HostApp.StartAsync(("Backup:Keep", "2"));
        await File.WriteAllTextAsync(Path.Combine(app.DataFolder, "schedule.db"), "", Ct);
        for (var night = 1; night <= 4; night++)
        {
            await LookAsync(app);
            app.Clock.Advance(TimeSpan.FromDays(1));
            await LookAsync(app);
            (await EndedAsync(app, night)).ShouldAllBe(j => j.State == JobState.Done);
        }
        Directory.GetFiles(Path.Combine(app.DataFolder, "backups")).Length.ShouldBe(2);
        await using var next = HostApp.Over(app.DataFolder);
        _ = next.Server;
        File.Exists(Path.Combine(app.DataFolder, "schedule.db")).ShouldBeFalse("the schedule is rows now");
    }

    [Fact]
    public async Task Of_two_hosts_on_one_PostgreSQL_one_makes_each_backup_OnPostgreSql()
    {
        var database = PostgresDatabase.Create();
        try
        {
            (string, string)[] settings =
                [("Database:Provider", "PostgreSql"), ("Database:ConnectionString", database.ConnectionString), ("Backup:Keep", "50")];
            await using var one = await HostApp.StartAsync(settings);
            await using var two = HostApp.Over(one.DataFolder, settings);
            _ = two.Server;
            await Task.WhenAll(LookAsync(one), LookAsync(two));
            for (var night = 1; night <= 6; night++)
            {
                one.Clock.Advance(TimeSpan.FromDays(1));
                two.Clock.Set(one.Clock.GetUtcNow());
                await Task.WhenAll(LookAsync(one), LookAsync(two));
                (await EndedAsync(one, night)).Count.ShouldBe(night);
            }
            Directory.GetFiles(Path.Combine(one.DataFolder, "backups"), "*.dump").Length.ShouldBe(6);
        }
        finally
        {
            Npgsql.NpgsqlConnection.ClearAllPools();
            PostgresDatabase.Drop(database);
        }
    }
}

using System.Diagnostics;
using CrmFlow.Agents;
using CrmFlow.CrashHost;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// A whole settlement whose server is killed (SIGKILL, a process of its own) at every boundary before and after each write phase and commit, started
/// again each time, and met by the same requests from its clients. Nothing acknowledged is lost, nothing happens twice, the ledger is right.
/// </summary>
public sealed class CrashTests
{
    /// <summary>Far below the number of boundaries a settlement has: a run that hit fewer proved nothing.</summary>
    private const int FewestDeaths = 25;

    [Fact]
    public async Task A_settlement_killed_at_every_boundary_ends_as_if_nothing_had_happened()
    {
        var folder = Directory.CreateTempSubdirectory("crmflow-crash-").FullName;
        try
        {
            (await RunAsync("prepare", folder)).ShouldBe(0);
            var starts = 0;
            while (await RunAsync("run", folder) is var status && status != 0)
            {
                status.ShouldBe(137, "the only way to end early is SIGKILL");
                (++starts).ShouldBeLessThan(400, "the script does not come to its end");
            }
            var deaths = DurableFile.Read(Path.Combine(folder, "deaths.txt"));
            deaths.Length.ShouldBeGreaterThan(FewestDeaths);
            deaths.Count(d => d.Contains("/BeforeCommit/")).ShouldBeGreaterThanOrEqualTo(11);
            deaths.Count(d => d.Contains("/AfterCommit/")).ShouldBeGreaterThanOrEqualTo(11);
            await CheckAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CheckAsync(string folder)
    {
        await using (var app = CrashApp.Open(folder))
        {
            var (applications, ledger, tasks, instances, operations, audit) = await app.ReadAsync(async db => (
                await db.Set<SettlementApplication>().Include(a => a.Lines).Include(a => a.Signatures).ToListAsync(),
                    await db.Set<LedgerEntry>().ToListAsync(), await db.Set<UserTask>().ToListAsync(),
                await db.Set<WorkflowInstanceRow>().ToListAsync(), await db.Set<OperationRow>().Select(o => o.Id).ToListAsync(),
                    await db.Set<AuditRow>().ToListAsync()));

            var settlement = applications.ShouldHaveSingleItem();
            settlement.State.ShouldBe(SettlementState.Done);
            settlement.No.ShouldNotBeNull().ShouldEndWith("0001", customMessage: "a number lost to a crash would leave a gap");
            settlement.Signatures.Count.ShouldBe(2);
            var entry = ledger.ShouldHaveSingleItem();
            (entry.Kind, entry.Amount, entry.Books).ShouldBe((LedgerKind.Offset, settlement.ReturnAmount!.Value, settlement.Id));

            tasks.ShouldAllBe(t => t.State == TaskState.Completed);
            tasks.Select(t => t.ActivityId).ShouldBeUnique();
            instances.ShouldHaveSingleItem().Status.ShouldBe("Finished");
            (await app.ReadAsync(db => db.Set<BookmarkRow>().CountAsync())).ShouldBe(0);
            (await app.ReadAsync(db => db.Set<InboxEntry>().CountAsync(i => i.Box == InboxBox.Mine || i.Box == InboxBox.Pool))).ShouldBe(0);
            (await app.ReadAsync(db => db.Set<IncidentRow>().CountAsync())).ShouldBe(0);

            // Every answer a client got is backed by its operation row, and left one audit row per record it touched.
            foreach (var step in DurableFile.Read(SettlementScript.AnswersIn(folder)).Select(l => l.Split(' ')[0]))
            {
                operations.ShouldContain(SettlementScript.OperationOf(step), step);
                audit.Where(a => a.OperationId == SettlementScript.OperationOf(step)).Select(a => a.Subject).ShouldBeUnique(step);
            }
            // Each step was entered, left and journaled once.
            var journal = await app.ReadAsync(db => db.Set<JournalRow>().Where(j => j.Event == "Completed").Select(j => j.NodeId).ToListAsync());
            journal.ShouldBeUnique();
        }
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "crash.db")};Pooling=False");
        await connection.OpenAsync();
        await using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        (await check.ExecuteScalarAsync()).ShouldBe("ok");
    }

    private static async Task<int> RunAsync(string verb, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [typeof(CrashApp).Assembly.Location, verb, folder]) { RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["DOTNET_TieredPGO"] = "0" } })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode is not (0 or 137)) Assert.Fail($"{verb} ended with {process.ExitCode}:\n{await output}{await errors}");
        return process.ExitCode;
    }
}

using System.Diagnostics;
using CrmFlow.Customers;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// Imports whose hosts die by SIGKILL in the middle: nothing is taken in twice, nothing is missed, and what could not be taken in is said once.
/// </summary>
[Collection("PostgreSQL")]
public sealed class JobKillTests(ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private const int EveryBad = 40;

    /// <summary>Each row a customer of its own; every fortieth has a postal code that is none.</summary>
    private static ImportFile File(string name, int rows) => new(["客户名称", "邮编"],
        [.. Enumerable.Range(0, rows).Select(i => new ImportRow(i + 2, [$"{name}{i:00000}", i % EveryBad == EveryBad - 1 ? "x" : "430074"]))]);

    private static async Task<Guid> StartAsync(TestApp app, Guid user, string name, int rows) => (await app.Get<ImportCustomers>()
        .StartAsync(JobHost.Importer(user), app.NewOperation(), File(name, rows), $"{name}.xlsx", ["name", "postalCode"], takeDuplicates: false, Ct))
            .Value;

    private static async Task<JobRow> UntilAsync(TestApp app, Guid job, Func<JobRow, bool> holds, Process? host = null)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            var row = await app.ReadAsync(db => db.Set<JobRow>().AsNoTracking().SingleAsync(j => j.Id == job, Ct));
            if (holds(row)) return row;
            if (host is { HasExited: true }) Assert.Fail($"The host ended with {host.ExitCode}.");
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, $"{row.State} at {row.Done} of {row.Total}: {row.Error} {row.Detail}");
            await Task.Delay(20, Ct);
        }
    }

    private static async Task EachOnceAsync(TestApp app, string name, int rows, Guid job)
    {
        var expected = Enumerable.Range(0, rows).ToLookup(i => i % EveryBad == EveryBad - 1);
        var names = await app.ReadAsync(db => db.Set<Party>().Where(p => p.Name.StartsWith(name)).Select(p => p.Name).ToListAsync(Ct));
        names.Order(StringComparer.Ordinal).ShouldBe(expected[false].Select(i => $"{name}{i:00000}"));
        var issues = await app.ReadAsync(db => db.Set<JobIssueRow>().Where(i => i.JobId == job).OrderBy(i => i.No).Select(i => i.No).ToListAsync(Ct));
        issues.ShouldBe(expected[true].Select(i => i + 2));
        var row = await app.ReadAsync(db => db.Set<JobRow>().AsNoTracking().SingleAsync(j => j.Id == job, Ct));
        (row.State, row.Done, row.Result).ShouldBe((JobState.Partial, rows,
            Engine.Phrase.Of("customers.import.did", $"{expected[false].Count()}", "0", $"{expected[true].Count()}")));
        (await app.ReadAsync(db => db.Set<AuditRow>().CountAsync(a => a.OperationId == job && a.Subject == "party", Ct)))
            .ShouldBe(expected[false].Count());
        (await app.ReadAsync(db => db.Set<AuditRow>().CountAsync(a => a.OperationId == job && a.Subject == "import", Ct))).ShouldBe(1);
    }

    [Fact]
    public async Task An_import_killed_twenty_times_in_the_middle_takes_every_row_in_once()
    {
        var (kills, seed) = (Runs.Of(20, 60), Runs.Seed(10));
        var random = new Random(seed);
        const int Rows = 4_000;
        await using var app = await TestApp.StartAsync();
        var user = app.NewOperation();
        var database = app.Get<DatabaseOptions>();
        var order = new JobHost.Order(database.Provider, database.ConnectionString, app.FilesDirectory, TimeProvider.System.GetUtcNow(), Speed: 1,
            user);
        var job = await StartAsync(app, user, "断电", Rows);
        var done = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            using var host = JobHost.Start(order);
            var wanted = done + random.Next(1, Rows / kills / 2);
            done = (await UntilAsync(app, job, j => j.Done >= wanted, host)).Done;
            host.Kill(); // SIGKILL: no finally, no flush, no goodbye
            await host.WaitForExitAsync(Ct);
            var left = await app.ReadAsync(db => db.Set<JobRow>().AsNoTracking().SingleAsync(j => j.Id == job, Ct));
            (left.State, left.Done).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Running), j =>
                j.Done.ShouldBeInRange(done, Rows - 1, "it was not killed in the middle"));
            done = left.Done;
        }
        using (var last = JobHost.Start(order))
        {
            var ended = await UntilAsync(app, job, j => j.FinishedAt is not null, last);
            output.WriteLine($"seed {seed}: {kills} kills, taken {ended.Fence} times");
            ended.Fence.ShouldBeGreaterThanOrEqualTo(kills + 1);
            last.Kill();
            await last.WaitForExitAsync(Ct);
        }
        await EachOnceAsync(app, "断电", Rows, job);
        var numbers = await app.ReadAsync(db => db.Set<Party>().Select(p => p.No).OrderBy(n => n).ToListAsync(Ct));
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(n => $"KH-{n:00000}"), "a number lost to a kill would leave a gap");
    }

    [Fact]
    public async Task Two_hosts_on_one_PostgreSQL_share_the_jobs_and_take_over_those_of_a_dead_one_OnPostgreSql()
    {
        const int Rows = 500, Jobs = 6, Speed = 10;
        var database = PostgresDatabase.Create();
        await using (var app = await TestApp.StartAsync(null, database))
        {
            var user = app.NewOperation();
            var order = new JobHost.Order(database.Provider, database.ConnectionString, app.FilesDirectory, TimeProvider.System.GetUtcNow(), Speed,
                user);
            using var one = JobHost.Start(order);
            using var two = JobHost.Start(order);
            List<Guid> jobs = [];
            for (var i = 0; i < Jobs; i++) jobs.Add(await StartAsync(app, user, $"共享{i}", Rows));
            // Both work at the same time.
            List<JobRow> held;
            for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(20, Ct))
            {
                held = await app.ReadAsync(db => db.Set<JobRow>().AsNoTracking().Where(j =>
                    j.State == JobState.Running && j.Kind == ImportJob.Kind && j.Done > 0).ToListAsync(Ct));
                if (held.Select(j => j.LeaseOwner).Distinct().Count() == 2) break;
                Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, "one host does everything");
                (one.HasExited || two.HasExited).ShouldBeFalse();
            }
            one.Kill();
            await one.WaitForExitAsync(Ct);
            var died = Stopwatch.GetTimestamp();
            foreach (var job in jobs) await UntilAsync(app, job, j => j.FinishedAt is not null, two);
            output.WriteLine(
                $"all jobs done {Stopwatch.GetElapsedTime(died).TotalSeconds:0.0} s after the kill; lease {JobWorker.Lease.TotalSeconds / Speed:0.0} s");
            var ended = await app.ReadAsync(db => db.Set<JobRow>().AsNoTracking().Where(j => j.Kind == ImportJob.Kind).ToListAsync(Ct));
            ended.Count(j => j.Fence > 1).ShouldBeInRange(1, 2, "what the dead host held, and only that, was taken over");
            for (var i = 0; i < Jobs; i++) await EachOnceAsync(app, $"共享{i}", Rows, jobs[i]);
            two.Kill();
            await two.WaitForExitAsync(Ct);
        }
        Npgsql.NpgsqlConnection.ClearAllPools();
        PostgresDatabase.Drop(database);
    }
}

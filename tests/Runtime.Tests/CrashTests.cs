using System.Diagnostics;
using System.Text.Json;
using CrmFlow.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class CrashTestsOnSqlite : CrashTests<Sqlite>;
public sealed class CrashTestsOnPostgreSql : CrashTests<PostgreSql>;
public sealed class CrashTestsOnSqlServer : CrashTests<SqlServer>;

/// <summary>
/// R5: a process is killed (SIGKILL) at every boundary of a small process's life, one after the other; the next process carries on with the same
/// operation ids.
/// Whatever was acknowledged is there, nothing is lost or doubled, and mails repeat at most once per kill.
/// </summary>
public abstract class CrashTests<TDatabase> where TDatabase : ITestDatabase
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_any_point_the_process_ends_as_if_nothing_had_happened()
    {
        var folder = Directory.CreateTempSubdirectory("crmflow-crash-").FullName;
        await using var origin = await TestHost<TDatabase>.StartAsync();
        await origin.PublishAsync("p",
            "hello:Notes.Add(\"text\":\"hello\") ?go f:Notes.Fragile wait:Delay(\"timeSpan\":\"00:10:00\") late:Notes.Add(\"text\":\"late\")",
            "hello->go go->f f->wait wait->late");
        await origin.Database.DisposeAsync(); // so that nobody is connected and it can be copied
        SqliteConnection.ClearAllPools();

        var undisturbed = await RunAsync(origin.Options, folder, killAt: int.MaxValue);
        undisturbed.ExitCode.ShouldBe(0, undisturbed.Errors);
        var points = undisturbed.Points;
        points.ShouldBeGreaterThan(15);

        await Parallel.ForEachAsync(Enumerable.Range(1, points), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct },
            async (point, _) =>
            {
                var killed = await RunAsync(origin.Options, folder, point);
                killed.ExitCode.ShouldNotBe(0, $"point {point} was not reached");
                killed.Outcome.ShouldBe(undisturbed.Outcome, $"killed at point {point}");
                killed.Mails.Distinct().Count().ShouldBe(1);
                killed.Mails.Length.ShouldBeLessThanOrEqualTo(2);
            });
        Directory.Delete(folder, recursive: true);
    }

    private sealed record Run(int ExitCode, int Points, string Outcome, string[] Mails, string Errors);

    /// <summary>One life: the child until it is killed or done, a look at what it had acknowledged, and a second process that goes on.</summary>
    private static async Task<Run> RunAsync(DatabaseOptions origin, string folder, int killAt)
    {
        var options = TDatabase.Copy(origin);
        var order = new CrashChild.Order(options.Provider, options.ConnectionString, killAt, Path.Combine(folder, $"acknowledged-{killAt}"),
            Path.Combine(folder, $"mails-{killAt}"));
        using var child = CrashChild.Start(order);
        var errors = child.StandardError.ReadToEndAsync(Ct);
        var output = await child.StandardOutput.ReadToEndAsync(Ct);
        await child.WaitForExitAsync(Ct);

        await using (var host = CrashChild.Host<TDatabase>(order))
        {
            var acknowledged = File.Exists(order.Acknowledged) ? await File.ReadAllLinesAsync(order.Acknowledged, Ct) : [];
            var instances = await host.RowsAsync<TDatabase, WorkflowInstanceRow>();
            if (acknowledged.Contains("started")) instances.Count.ShouldBe(1, $"killed at {killAt}");
            if (acknowledged.Contains("resumed")) (await host.NotesAsync()).ShouldContain(n => n.Text.StartsWith("fragile"), $"killed at {killAt}");
            if (acknowledged.Contains("pumped")) instances.ShouldAllBe(i => i.Status == "Finished");

            // The next process: alone on SQLite, and past the dead one's lease elsewhere.
            host.Clock.Advance(TimeSpan.FromHours(2));
            await host.Get<Claims>().ReleaseDueAsync(Ct);
            await host.Get<OutboxDelivery>().ResumeAsync(Ct);
            host.Clock.Set(CrashChild.Morning);
            await CrashChild.LiveAsync(host, _ => { }, TimeSpan.FromHours(3));
            var outcome = JsonSerializer.Serialize(new
            {
                Instances = (await host.RowsAsync<TDatabase, WorkflowInstanceRow>())
                    .Select(i => new { i.Status, i.SubStatus, i.Version, i.JournalCount, i.IncidentCount }),
                Notes = (await host.NotesAsync()).Select(n => n.Text).Order(),
                Journal = (await host.RowsAsync<TDatabase, JournalRow>()).OrderBy(j => j.Seq).Select(j => $"{j.Seq} {j.ActivityId} {j.Event}"),
                Bookmarks = (await host.RowsAsync<TDatabase, BookmarkRow>()).Count,
                Due = (await host.RowsAsync<TDatabase, DueRow>()).Select(d => d.Kind),
                Outbox = (await host.RowsAsync<TDatabase, OutboxRow>()).Select(o => o.SentAt is not null),
                Operations = (await host.RowsAsync<TDatabase, OperationRow>()).Count(o => o.Name == "Notes.Write"),
                Audit = (await host.RowsAsync<TDatabase, AuditRow>()).Count,
            });
            TDatabase.Drop(options);
            return new Run(child.ExitCode, int.TryParse(output.Trim(), out var points) ? points : 0, outcome,
                await File.ReadAllLinesAsync(order.Mails, Ct), await errors);
        }
    }
}

/// <summary>The process that is killed: this assembly started once more, with its order in an environment variable.</summary>
internal static class CrashChild
{
    public const string Variable = "CRMFLOW_CRASH_CHILD";
    public static readonly DateTimeOffset Morning = new FakeClock().GetUtcNow();

    /// <param name="PumpAfter">When set, the child only pumps, so long after the morning, and dies of what it meets (<see
    /// cref="PoisonTests{TDatabase}"/>).</param>
    public sealed record Order(DatabaseProvider Provider, string Connection, int KillAt, string Acknowledged, string Mails,
        TimeSpan? PumpAfter = null);

    public static async Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } order) return AutoGenerated.XunitAutoGeneratedEntryPoint.Main(args);
        await RunAsync(JsonSerializer.Deserialize<Order>(order)!);
        return 0;
    }

    public static Process Start(Order order)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(CrashChild).Assembly.Location);
        start.Environment[Variable] = JsonSerializer.Serialize(order);
        return Process.Start(start)!;
    }

    public static TestHost<TDatabase> Host<TDatabase>(Order order) where TDatabase : ITestDatabase =>
        TestHost<TDatabase>.On(new DatabaseOptions(order.Provider, order.Connection), configure: s =>
            s.Replace(ServiceDescriptor.Singleton<IMailTransport>(new Sink(order.Mails))));

    private static Task RunAsync(Order order) => order.Provider switch
    {
        DatabaseProvider.Sqlite => RunAsync<Sqlite>(order),
        DatabaseProvider.PostgreSql => RunAsync<PostgreSql>(order),
        _ => RunAsync<SqlServer>(order),
    };

    private static async Task RunAsync<TDatabase>(Order order) where TDatabase : ITestDatabase
    {
        if (order.PumpAfter is { } after)
        {
            await using var pumping = TestHost<TDatabase>.On(new DatabaseOptions(order.Provider, order.Connection), configure: Poison.Add);
            pumping.Clock.Advance(after);
            await pumping.Get<Claims>().ReleaseDueAsync(default);
            await pumping.Get<DuePump>().RunDueAsync();
            pumping.Clock.Advance(Claims.Lease); // it has lived long enough to condemn a row
            await pumping.Get<DuePump>().RunDueAsync();
            return;
        }
        var points = 0;
        FaultInjection.At = _ =>
        {
            if (Interlocked.Increment(ref points) == order.KillAt) Process.GetCurrentProcess().Kill();
        };
        await using var host = Host<TDatabase>(order);
        await LiveAsync(host, done => Sink.Append(order.Acknowledged, done), TimeSpan.FromHours(1));
        await Console.Out.WriteAsync($"{points}");
    }

    /// <summary>What the client does, with the same operation ids in every life.</summary>
    public static async Task LiveAsync<TDatabase>(TestHost<TDatabase> host, Action<string> acknowledged, TimeSpan later) where TDatabase
        : ITestDatabase
    {
        (await host.Runtime.ExecuteAsync<Guid>(NotesModule.Write, NotesModule.Writer, new Guid("00000000-0000-7000-8000-000000000001"), "start",
            cmd => cmd.StartAsync("p", [], null, null, default), default)).Problem.ShouldBeNull();
        acknowledged("started");
        (await host.Runtime.ExecuteAsync<int>(NotesModule.Write, NotesModule.Writer, new Guid("00000000-0000-7000-8000-000000000002"), "go",
            async cmd => await cmd.SendStimulusAsync("Elsa.Event", "go", null, default, default) is var woken and > 0 ? woken : new BookmarkGone(),
                default)).Value.ShouldBe(1);
        acknowledged("resumed");
        host.Clock.Advance(later);
        await host.Get<DuePump>().RunDueAsync();
        await host.Get<OutboxDelivery>().DeliverAsync(default);
        acknowledged("pumped");
    }

    /// <summary>The world outside: it remembers what it was told even if the teller dies.</summary>
    private sealed class Sink(string file) : IMailTransport
    {
        public bool IsConfigured => true;

        public Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct)
        {
            Append(file, idempotencyKey);
            return Task.CompletedTask;
        }

        public static void Append(string file, string line)
        {
            using var stream = new FileStream(file, FileMode.Append);
            stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            stream.Flush(flushToDisk: true);
        }
    }
}

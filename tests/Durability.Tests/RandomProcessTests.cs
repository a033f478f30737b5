using System.Text.Json;
using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using CrmFlow.Runtime;
using CrmFlow.Runtime.Tests;
using CrmFlow.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Parallel = System.Threading.Tasks.Parallel;

namespace CrmFlow.Durability.Tests;

public sealed class RandomProcessTestsOnSqlite(ITestOutputHelper output) : RandomProcessTests<Sqlite>(output);
[Collection("PostgreSQL")]
public sealed class RandomProcessTestsOnPostgreSql(ITestOutputHelper output) : RandomProcessTests<PostgreSql>(output);

/// <summary>
/// R6: random processes of nested blocks, random answers, returns. After every step the host is replaced by a new one on the same database: nothing
/// in the tables changes by that, and what is open is what the model without counters says.
/// </summary>
public abstract class RandomProcessTests<TDatabase>(ITestOutputHelper output) where TDatabase : ITestDatabase
{
    private const int MostSteps = 40;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_changes_hosts_at_every_step_goes_where_the_model_says()
    {
        // Everywhere the same engine over other SQL: a sample of it is enough for every change.
        var isSqlite = typeof(TDatabase) == typeof(Sqlite);
        var (processes, paths, seed) = (Runs.Of(isSqlite ? 50 : 8, 2_000), Runs.Of(isSqlite ? 2 : 1, 5), Runs.Seed(6));
        output.WriteLine($"seed {seed}: {processes} processes, {paths} paths each");
        var counts = new Counts();
        await Parallel.ForEachAsync(Enumerable.Range(0, processes), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct },
            async (process, _) =>
            {
                var block = Block.Make(new Random(seed * 1_000_000 + process));
                for (var path = 0; path < paths; path++) await WalkAsync(block, seed * 1_000_000 + process, path, counts);
            });
        output.WriteLine($"{counts.Steps} steps, {counts.Returns} returns ({counts.Straight} straight back), {counts.Finished} came to their end");
        counts.Steps.ShouldBeGreaterThan(5 * processes * paths);
        counts.Returns.ShouldBeGreaterThan(processes * paths / 2);
        counts.Straight.ShouldBeGreaterThan(processes * paths / 6);
        counts.Finished.ShouldBeGreaterThan(processes * paths / 3);
    }

    private sealed class Counts
    {
        public int Steps, Returns, Straight, Finished;
    }

    private static async Task WalkAsync(Block.Chart block, int seed, int path, Counts counts)
    {
        var random = new Random(seed + 31 * path + 7);
        var first = await TestHost<TDatabase>.StartAsync(Ask.Add);
        var host = first;
        try
        {
            var json = $$"""{"definitionId":"random","name":"random","version":1,"root":{{Block.Json(block)}},"options":{"incidentStrategyType":"ContinueWithIncidentsStrategy"} }""";
            (await host.Get<ShippedDefinitions>().ImportAsync(json, Ct)).Problem.ShouldBeNull(json);
            var model = new BlockModel(block);
            var id = await host.StartAsync("random");
            var history = new List<string>();
            for (var step = 0; ; step++)
            {
                var why = $"seed {seed}, path {path}: {string.Join("; ", history)}\n{json}";
                var before = await TablesAsync(host);
                if (host != first) await host.DisposeAsync();
                host = first.Another(Ask.Add);
                await host.Get<Claims>().ReleaseDueAsync(Ct);
                await host.Get<DuePump>().RunDueAsync(Ct);
                (await TablesAsync(host)).ShouldBe(before, customMessage: why);

                var row = (await host.RowsAsync<TDatabase, WorkflowInstanceRow>()).Single();
                row.IncidentCount.ShouldBe(0, why);
                string.Join(' ', (await host.RowsAsync<TDatabase, BookmarkRow>()).Select(b => b.BookmarkKey).Order(StringComparer.Ordinal))
                    .ShouldBe(string.Join(' ', model.Open), customMessage: why);
                row.Status.ShouldBe(model.IsFinished ? "Finished" : "Running", why);
                if (model.IsFinished) Interlocked.Increment(ref counts.Finished);
                if (model.IsFinished || step == MostSteps) return;

                history.Add(await StepAsync(host, model, random, counts));
                Interlocked.Increment(ref counts.Steps);
            }
        }
        finally
        {
            if (host != first) await host.DisposeAsync();
            await first.DisposeAsync();
        }
    }

    private static async Task<string> StepAsync(TestHost<TDatabase> host, BlockModel model, Random random, Counts counts)
    {
        var task = model.Open[random.Next(model.Open.Count)];
        var targets = random.Next(5) == 0 ? model.TargetsOf(task) : [];
        if (targets.Count > 0)
        {
            var (target, straight) = (targets[random.Next(targets.Count)], random.Next(2) == 0);
            Interlocked.Increment(ref counts.Returns);
            if (straight) Interlocked.Increment(ref counts.Straight);
            model.Return(task, target, straight);
            (await AnswerAsync(Value.Object(("to", target), ("straight", straight)))).ShouldBe(1);
            return $"{task} returns to {target}{(straight ? " straight" : "")}";
        }
        string[] outcomes = random.Next(6) switch { 0 => ["X"], 1 => ["Y"], 2 => ["X", "Y"], _ => ["Done"] };
        model.Answer(task, outcomes);
        (await AnswerAsync(string.Join(',', outcomes))).ShouldBe(1);
        return $"{task} {string.Join(',', outcomes)}";

        Task<int> AnswerAsync(Value answer) =>
            host.ValueAsync<TDatabase, int>(async cmd => await cmd.SendStimulusAsync("ask", task, null, answer, Ct));
    }

    /// <summary>All the engine keeps, as text.</summary>
    private static async Task<string> TablesAsync(TestHost<TDatabase> host) => JsonSerializer.Serialize(new
    {
        Instances = (await host.RowsAsync<TDatabase, WorkflowInstanceRow>()).OrderBy(i => i.Id),
        Bookmarks = (await host.RowsAsync<TDatabase, BookmarkRow>()).OrderBy(b => b.Id),
        Due = (await host.RowsAsync<TDatabase, DueRow>()).OrderBy(d => d.DueKey),
        Journal = (await host.RowsAsync<TDatabase, JournalRow>()).OrderBy(j => j.InstanceId).ThenBy(j => j.Seq),
        Incidents = (await host.RowsAsync<TDatabase, IncidentRow>()).OrderBy(i => i.Id),
    });

    [Activity("Test.Ask", Outcomes = ["X", "Y"])]
    private sealed class Ask : IActivity
    {
        public static void Add(IServiceCollection services) => services.AddActivity<Ask>();

        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
            new(ActivityResult.Wait(new BookmarkRequest("ask") { Key = context.Activity.Id }));

        public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct) =>
            resumption.Input is { Kind: ValueKind.Object } answer ? new(ActivityResult.ReturnTo(answer["to"].String, answer["straight"].IsTrue))
            : resumption.Input.String is "Done" ? new(ActivityResult.Complete())
            : new(ActivityResult.Complete(resumption.Input.String.Split(',')));
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Modules.Tests.Tasks;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Parallel = System.Threading.Tasks.Parallel;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// R4: two hosts on one PostgreSQL, every task asked for by both at the same moment. One winner each, the loser is told of a conflict, and no
/// database error is shown.
/// </summary>
[Collection("PostgreSQL")]
public sealed class RaceTestsOnPostgreSql : IDisposable
{
    private static readonly Operation CancelOperation = new("Test.Cancel", Access.SystemOnly);
    private static readonly int Tasks = Runs.Of(2_000, 10_000);
    private readonly DatabaseOptions _database = PostgresDatabase.Create();

    public void Dispose() => PostgresDatabase.Drop(_database);

    private Task<TestApp> HostAsync() => TestApp.StartAsync(services => services
        .AddSingleton<TestForm.Received>().AddTaskForm<TestForm>(TestForm.Key).AddSingleton<TestSubject.Authors>().AddSubject<TestSubject>(
            TestSubject.Type), _database);

    private static JsonObject Review => Flow.Step("review", "审核", Flow.ApproveOrRefuse, ("roles", new JsonArray("commerce")));

    [Fact]
    public async Task Each_task_has_one_winner_whatever_two_hosts_do_to_it_at_once()
    {
        await using var one = await HostAsync();
        await using var two = await HostAsync();
        var (first, second) = (await one.StaffAsync("zhoumin", "周敏", ["commerce"]), await one.StaffAsync("wangfang", "王芳", ["commerce"]));
        await one.PublishAsync(Flow.Of("race", Review));
        var tasks = await StartAsync(one, first, Tasks, _ => []);

        var (completed, claimed) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, Tasks), new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = TestApp.Ct },
            async (i, _) =>
            {
                var (task, kind, gate) = (tasks[i], i % 3, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                Task<Result> Complete(TestApp host, Actor actor) =>
                    AtOnce(gate, () =>
                    host.Get<CompleteTask>().HandleAsync(actor, new(task.Id, task.Revision, host.NewOperation(), "Approve"), TestApp.Ct));
                Task<Result> Claim(TestApp host, Actor actor) =>
                    AtOnce(gate, () => host.Get<ClaimTask>().HandleAsync(actor, task.Id, host.NewOperation(), TestApp.Ct));
                Task<Result> Cancel(TestApp host) => AtOnce(gate, () =>
                    host.Runtime.ExecuteAsync(CancelOperation, Actor.System, host.NewOperation(), null, cmd =>
                    cmd.CancelAsync(task.InstanceId, TestApp.Ct), TestApp.Ct));
                Task<Result>[] racing = [kind == 1 ? Claim(one, first) : Complete(one, first),
                    kind switch { 0 => Complete(two, second), 1 => Claim(two, second), _ => Cancel(two) }];
                gate.SetResult();
                var both = await Task.WhenAll(racing);

                both.Count(r => !r.Failed).ShouldBe(1, $"task {i}: {string.Join(", ", both.Select(r => r.Problem?.ToString() ?? "won"))}");
                both.Single(r => r.Failed).Problem!.Kind.ShouldBe(ProblemKind.Conflict, $"task {i}: {both.Single(r => r.Failed).Problem}");
                if (kind == 1) Interlocked.Increment(ref claimed);
                else if (kind == 0 || !both[0].Failed) Interlocked.Increment(ref completed);
            });
        var (open, decided, incidents) = await one.ReadAsync(async db =>
            (await db.Set<UserTask>().CountAsync(t => t.State == TaskState.Open),
                await db.Set<TaskEvent>().CountAsync(e => e.Kind == TaskEventKind.Decided), await db.Set<IncidentRow>().CountAsync()));
        (open, decided, incidents).ShouldBe((claimed, completed, 0));
    }

    [Fact]
    public async Task Of_a_person_and_a_timer_at_the_same_moment_one_wins()
    {
        var races = Runs.Of(200, 2_500);
        await using var one = await HostAsync();
        await using var two = await HostAsync();
        var person = await one.StaffAsync("zhoumin", "周敏", ["commerce"]);
        await one.PublishAsync(WithTimer());
        var begin = one.Clock.GetUtcNow();
        var tasks = await StartAsync(one, person, races, i => [("after", TimeSpan.FromSeconds(i + 1).ToString())]);
        var due = await one.ReadAsync(db =>
            db.Set<BookmarkRow>().Where(b => b.DueAt != null).ToDictionaryAsync(b => b.InstanceId, b => b.DueAt!.Value));

        var byPerson = 0;
        foreach (var task in tasks.OrderBy(t => due[t.InstanceId]))
        {
            two.Clock.Set(due[task.InstanceId]);
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var asked = AtOnce(gate, () =>
                one.Get<CompleteTask>().HandleAsync(person, new(task.Id, task.Revision, one.NewOperation(), "Approve"), TestApp.Ct));
            var fired = AtOnce(gate, async () =>
            {
                await two.RunDueAsync();
                return Result.Ok;
            });
            gate.SetResult();
            var answer = await asked;
            await fired;
            answer.Problem?.Kind.ShouldBe(ProblemKind.Conflict, $"{answer.Problem}");
            if (!answer.Failed) byPerson++;
            var (state, instance, ended, left) = await one.ReadAsync(async db => (
                await db.Set<UserTask>().Where(t => t.Id == task.Id).Select(t => t.State).SingleAsync(),
                    await db.Set<WorkflowInstanceRow>().Where(i => i.Id == task.InstanceId).Select(i => i.Status).SingleAsync(),
                await db.Set<JournalRow>().Where(j => j.InstanceId == task.InstanceId && j.Event == "Completed" && (j.ActivityId == "review"
                    || j.ActivityId == "timer")).Select(j => j.ActivityId).ToListAsync(),
                await db.Set<DueRow>().CountAsync(d => d.InstanceId == task.InstanceId && d.Kind == "bookmark")));
            (state, instance, ended.ShouldHaveSingleItem(), left)
                .ShouldBe(answer.Failed ? (TaskState.Canceled, "Finished", "timer", 0) : (TaskState.Completed, "Finished", "review", 0));
        }
        // A race that always ends the same way is none.
        byPerson.ShouldBeInRange(1, races - 1);
    }

    private static Task<Result> AtOnce(TaskCompletionSource gate, Func<Task<Result>> ask) => Task.Run(async () =>
    {
        await gate.Task;
        return await ask();
    });

    private sealed record OpenTask(Guid Id, int Revision, Guid InstanceId);

    private static async Task<List<OpenTask>> StartAsync(TestApp app, Actor starter, int count, Func<int, (string, Value)[]> input)
    {
        var subject = app.NewOperation().ToString();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = TestApp.Ct },
            async (i, _) => await app.StartWorkflowAsync(starter, "race", [("subject", subject), .. input(i)]));
        var tasks = await app.ReadAsync(db => db.Set<UserTask>().Select(t => new OpenTask(t.Id, t.Revision, t.InstanceId)).ToListAsync());
        tasks.Count.ShouldBe(count);
        return tasks;
    }

    /// <summary>A task and a timer beside it: whichever comes first takes the other away.</summary>
    private static string WithTimer()
    {
        var definition = JsonNode.Parse(Flow.Of("race", Review))!;
        var (steps, connections) = (definition["root"]!["activities"]!.AsArray(), definition["root"]!["connections"]!.AsArray());
        steps.Add(JsonNode.Parse(
            """{"id":"timer","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Input","value":{"name":"after"}}}}"""));
        steps.Add(JsonNode.Parse(
            """{"id":"first","type":"Elsa.FlowJoin","mode":{"typeName":"String","expression":{"type":"Literal","value":"WaitAny"}}}"""));
        foreach (var (from, port, to) in ((string, string, string)[])[("start", "Done", "timer"), ("review", "Approve", "first"),
            ("timer", "Done", "first")])
            connections.Add(JsonNode.Parse($$"""{"source":{"activity":"{{from}}","port":"{{port}}"},"target":{"activity":"{{to}}","port":"In"} }"""));
        connections.Remove(connections.Single(c =>
            c!["source"]!["activity"]!.ToString() == "review" && c["source"]!["port"]!.ToString() == "Approve"
            && c["target"]!["activity"]!.ToString() == "end"));
        return definition.ToJsonString();
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>
/// R4: two hosts on one database, every task asked for by both at the same moment. One winner each, the loser is told of a conflict, and no database error is shown.
/// A tenth of the 2,000 tasks here; <c>CRMFLOW_FULL=1</c> runs 10,000.
/// </summary>
public sealed class RaceTestsOnPostgreSql : IDisposable
{
    private static readonly int Tasks = Environment.GetEnvironmentVariable("CRMFLOW_FULL") == "1" ? 10_000 : 200;
    private readonly DatabaseOptions _database = PostgresDatabase.Create();

    public void Dispose() => PostgresDatabase.Drop(_database);

    private Task<TestApp> HostAsync() => TestApp.StartAsync(services => services
        .AddSingleton<TestForm.Received>().AddTaskForm<TestForm>(TestForm.Key).AddSingleton<TestSubject.Authors>().AddSubject<TestSubject>(TestSubject.Type), _database);

    [Fact]
    public async Task Each_task_has_one_winner_whatever_two_hosts_do_to_it_at_once()
    {
        await using var one = await HostAsync();
        await using var two = await HostAsync();
        var (first, second) = (await one.StaffAsync("zhoumin", "周敏", ["commerce"]), await one.StaffAsync("wangfang", "王芳", ["commerce"]));
        await one.PublishAsync(Flow.Of("race", Flow.Step("review", "审核", Flow.ApproveOrRefuse, ("roles", new JsonArray("commerce")))));
        var subject = one.NewOperation();
        for (var i = 0; i < Tasks; i++) await one.StartWorkflowAsync(first, "race", ("subject", subject.ToString()));
        var tasks = await one.ReadAsync(db => db.Set<UserTask>().Select(t => new { t.Id, t.Revision, t.InstanceId }).ToListAsync());
        tasks.Count.ShouldBe(Tasks);

        var (completed, claimed) = (0, 0);
        for (var i = 0; i < Tasks; i++)
        {
            var (task, kind) = (tasks[i], i % 3);
            using var barrier = new Barrier(2);
            Task<Result> AtOnce(Func<Task<Result>> ask) => Task.Run(() =>
            {
                barrier.SignalAndWait(TestApp.Ct);
                return ask();
            });
            Task<Result> Complete(TestApp host, Actor actor) => AtOnce(() => host.Get<CompleteTask>().HandleAsync(actor, new(task.Id, task.Revision, host.NewOperation(), "Approve"), TestApp.Ct));
            Task<Result> Claim(TestApp host, Actor actor) => AtOnce(() => host.Get<ClaimTask>().HandleAsync(actor, task.Id, host.NewOperation(), TestApp.Ct));
            Task<Result> Cancel(TestApp host) => AtOnce(() => host.Runtime.ExecuteAsync(new Operation("Test.Cancel", Access.SystemOnly), Actor.System, host.NewOperation(), null, cmd => cmd.CancelAsync(task.InstanceId, TestApp.Ct), TestApp.Ct));
            var both = await Task.WhenAll(kind == 1 ? Claim(one, first) : Complete(one, first), kind switch { 0 => Complete(two, second), 1 => Claim(two, second), _ => Cancel(two) });

            both.Count(r => !r.Failed).ShouldBe(1, $"task {i}: {string.Join(", ", both.Select(r => r.Problem?.ToString() ?? "won"))}");
            both.Single(r => r.Failed).Problem!.Kind.ShouldBe(ProblemKind.Conflict, $"task {i}: {both.Single(r => r.Failed).Problem}");
            if (kind == 1) claimed++;
            else if (kind == 0 || !both[0].Failed) completed++;
        }
        var (open, decided, incidents) = await one.ReadAsync(async db =>
            (await db.Set<UserTask>().CountAsync(t => t.State == TaskState.Open), await db.Set<TaskEvent>().CountAsync(e => e.Kind == TaskEventKind.Decided), await db.Set<IncidentRow>().CountAsync()));
        (open, decided, incidents).ShouldBe((claimed, completed, 0));
    }
}

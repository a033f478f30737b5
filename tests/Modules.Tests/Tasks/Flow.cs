using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>Tiny definitions of user tasks in Elsa's format.</summary>
internal static class Flow
{
    public static readonly JsonArray ApproveOrRefuse = [Action("Approve", "同意", "approve"), Action("Refuse", "拒绝", "refuse")];
    public static readonly JsonArray ApproveOrReturn = [Action("Approve", "同意", "approve"), Action("Return", "退回", "return", ("returnTo", "report"))];
    public static readonly JsonArray Submit = [Action("Submit", "提交", "neutral")];

    public static JsonObject Action(string name, string label, string kind, params (string Name, JsonNode Value)[] more)
    {
        var action = new JsonObject { ["name"] = name, ["label"] = label, ["labelEn"] = name, ["kind"] = kind };
        foreach (var (key, value) in more) action[key] = value;
        return action;
    }

    /// <summary>A user task; inputs are wrapped as literals, lists as JSON text.</summary>
    public static JsonObject Step(string id, string name, JsonArray actions, params (string Name, JsonNode Value)[] inputs)
    {
        var step = new JsonObject
        {
            ["id"] = id, ["type"] = "CrmFlow.UserTask", ["metadata"] = new JsonObject { ["displayText"] = name, ["displayTextEn"] = id },
                ["actions"] = actions.DeepClone(),
            ["title"] = Wrap($"{name}任务"), ["titleEn"] = Wrap($"{id} task"), ["form"] = Wrap(TestForm.Key), ["subjectType"] = Wrap(TestSubject.Type),
            ["subjectId"] = new JsonObject { ["typeName"] = "Guid",
                ["expression"] = new JsonObject { ["type"] = "Input", ["value"] = new JsonObject { ["name"] = "subject" } } },
                ["reference"] = Wrap("JS-2026-0037"), ["subjectName"] = Wrap("武汉图元信息"), ["amount"] = Wrap(15184.00m),
        };
        foreach (var (key, value) in inputs) step[key] = value is JsonArray list ? new JsonObject { ["typeName"] = "Object",
            ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = list.ToJsonString() } } : value is JsonObject ready ? ready.DeepClone()
            : Wrap(value);
        return step;
    }

    public static JsonObject Script(string source) =>
        new() { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = source } };

    /// <summary>Start, the steps one after the other by any of their ports but those that return, End.</summary>
    public static string Of(string definitionId, params JsonObject[] steps)
    {
        var connections = new JsonArray(Connection("start", null, steps[0]["id"]!.ToString()));
        foreach (var (index, step) in steps.Index())
            foreach (var action in step["actions"]!.AsArray().Where(a => a!["returnTo"] is null))
                connections.Add((JsonNode)Connection(step["id"]!.ToString(), action!["name"]!.ToString(),
                    index + 1 < steps.Length && action["kind"]!.ToString() != "refuse" ? steps[index + 1]["id"]!.ToString() : "end"));
        return new JsonObject
        {
            ["definitionId"] = definitionId, ["name"] = "测试流程", ["version"] = 1, ["isLatest"] = true, ["isPublished"] = false,
            ["options"] = new JsonObject { ["incidentStrategyType"] = "ContinueWithIncidentsStrategy" },
            ["root"] = new JsonObject
            {
                ["id"] = "flow", ["type"] = "Elsa.Flowchart",
                ["activities"] = new JsonArray([new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start",
                    ["metadata"] = new JsonObject { ["displayText"] = "提交申请", ["displayTextEn"] = "Apply" } }, .. steps,
                    new JsonObject { ["id"] = "end", ["type"] = "Elsa.End" }]),
                ["connections"] = connections,
            },
        }.ToJsonString();
    }

    private static JsonObject Connection(string from, string? port, string to) => new()
    {
        ["source"] = new JsonObject { ["activity"] = from, ["port"] = port }, ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
    };

    private static JsonObject Wrap(JsonNode value) =>
        new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value.DeepClone() } };
}

/// <summary>A form with one field of each mode; keeps what it was given.</summary>
internal sealed class TestForm(TestForm.Received received) : ITaskForm
{
    public const string Key = "test.form";

    public sealed class Received
    {
        public List<TaskSubmission> Submissions { get; } = [];
        /// <summary>Happens once, while the next submission is being checked.</summary>
        public Func<Task>? Meanwhile { get; set; }
    }

    public Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FormField>>(
    [
        new FormField("note", "test.note", FieldKind.Text) { Initial = "先前的说明", MaxLength = 20 },
        new FormField("score", "test.score", FieldKind.Number) { RequiredFor = ["Score"], Min = 0, Max = 100, Scale = 1 },
        new FormField("next", "test.next", FieldKind.Text),
        new FormField("shown", "test.shown", FieldKind.Money) { Mode = FieldMode.Read, Initial = 100m },
        new FormField("secret", "test.secret", FieldKind.Text) { Mode = FieldMode.Hidden, Initial = "底价" },
    ]);

    public async Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct)
    {
        received.Submissions.Add(submission);
        if (received.Meanwhile is { } happen)
        {
            received.Meanwhile = null;
            await happen();
        }
        return submission.Data.GetValueOrDefault("note").ToText() == "不许" ? new NoteForbidden()
            : new Dictionary<string, Value> { ["note"] = submission.Data.GetValueOrDefault("note") };
    }
}

internal sealed record NoteForbidden : Problem
{
    public NoteForbidden() : base("problem.not-found") => Field = "note";
}

/// <summary>Staff see every record; an agent the one that is its own. The author may attach while there is no task.</summary>
internal sealed class TestSubject(TestSubject.Authors authors) : ISubject
{
    public const string Type = "test-record";

    public sealed class Authors : HashSet<Guid>;

    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        Task.FromResult(actor.Kind == ActorKind.Staff || actor.AgentId == id);
    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => Task.FromResult(authors.Contains(actor.UserId));
}

/// <summary>What the tests of this folder do with a running app.</summary>
internal static class TaskTesting
{
    public static Task<TestApp> StartAsync(DatabaseOptions? database = null) => TestApp.StartAsync(services => services
        .AddSingleton<TestForm.Received>().AddTaskForm<TestForm>(TestForm.Key)
        .AddSingleton<TestSubject.Authors>().AddSubject<TestSubject>(TestSubject.Type), database);

    /// <summary>Publishes a flow of these steps and starts it as a person.</summary>
    public static async Task<Guid> RunAsync(this TestApp app, Actor starter, Guid? subject, params JsonObject[] steps)
    {
        await app.PublishAsync(Flow.Of("test", steps));
        return await app.StartWorkflowAsync(starter, "test", ("subject", subject ?? Guid.Parse("11111111-1111-4111-8111-111111111111")));
    }

    public static async Task<IReadOnlyList<InboxRow>> InboxAsync(this TestApp app, Actor actor, InboxTab tab = InboxTab.Mine)
    {
        var list = await app.Get<InboxPage>().HandleAsync(actor, tab, null, TestApp.Ct);
        list.Problem.ShouldBeNull();
        return list.Value.Rows;
    }

    /// <summary>The one task a person holds.</summary>
    public static async Task<TaskView> TaskAsync(this TestApp app, Actor actor, InboxTab tab = InboxTab.Mine) =>
        await app.ViewAsync(actor, (await app.InboxAsync(actor, tab)).ShouldHaveSingleItem().TaskId);

    public static async Task<TaskView> ViewAsync(this TestApp app, Actor actor, Guid taskId)
    {
        var view = await app.Get<TaskPage>().HandleAsync(actor, taskId, TestApp.Ct);
        view.Problem.ShouldBeNull();
        return view.Value;
    }

    /// <summary>Decides the one task a person holds; the problem, or null.</summary>
    public static async Task<Problem?> DecideAsync(this TestApp app, Actor actor, string outcome, string? opinion = null,
        InboxTab tab = InboxTab.Mine, params (string Name, Value Value)[] data) =>
        await app.DecideAsync(actor, await app.TaskAsync(actor, tab), outcome, opinion, data);

    public static async Task<Problem?> DecideAsync(this TestApp app, Actor actor, TaskView task, string outcome, string? opinion = null,
        params (string Name, Value Value)[] data) =>
        (await app.Get<CompleteTask>().HandleAsync(actor, new CompleteTaskRequest(task.Info.Id, task.Info.Revision, app.NewOperation(),
            outcome) { Opinion = opinion, Data = data.ToDictionary(d => d.Name, d => d.Value) }, TestApp.Ct)).Problem;

    /// <summary>The members the steps of an instance recorded under a name, in order.</summary>
    public static async Task<List<Value>> RecordedAsync(this TestApp app, Guid instanceId, string name) =>
        (await app.ReadAsync(db => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(db.Set<JournalRow>()
            .Where(j => j.InstanceId == instanceId && j.Data != null).OrderBy(j => j.Seq).Select(j => j.Data!))))
            .Select(d => Value.FromJson(d)[name]).Where(v => !v.IsNothing).ToList();

    public static string Text(this TestApp app, Problem problem) => app.Get<Texts>().Of(problem);
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using CrmFlow.Modules.Tests;
using CrmFlow.Modules.Tests.Tasks;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// The process of the kill loops, twelve steps: two user tasks, a row of its own module, a call to an HTTP server, a timer beside a child process,
/// their join, a mail.
/// </summary>
internal static class Errand
{
    public const string Id = "errand", Part = "part", Role = "robots";

    /// <summary>What must stand before what in every journal; every step exactly once.</summary>
    public static readonly (string Before, string After)[] Order =
    [
        ("start", "review"), ("review", "booked"), ("booked", "call"), ("call", "timer"), ("call", "child"), ("timer", "late"), ("late", "join"),
            ("child", "join"), ("join", "sign"), ("sign", "mail"), ("mail", "done"), ("done", "end"),
    ];

    public static readonly string[] Steps = [.. Order.SelectMany(o => new[] { o.Before, o.After }).Distinct()];
    public static readonly string[] PartSteps = ["a", "pause", "b"];

    public static void Add(IServiceCollection services) => services
        .AddModel(model => model.Entity<Effect>(e =>
        {
            e.Property(x => x.Id).ValueGeneratedNever();
            e.HasIndex(x => x.InstanceId);
        }))
        .AddActivity<Book>().AddSingleton<TestForm.Received>().AddTaskForm<TestForm>(TestForm.Key).AddSingleton<TestSubject.Authors>().AddSubject<TestSubject>(TestSubject.Type);

    /// <summary>Schema, two users and both definitions on an empty database; the ids of the users.</summary>
    public static async Task<Guid[]> PrepareAsync(DatabaseOptions database, string sink)
    {
        await using var app = await TestApp.StartAsync(Add, database);
        var users = new[] { await app.StaffAsync("robot0", "Robot 0", [Role]), await app.StaffAsync("robot1", "Robot 1", [Role]) };
        await app.PublishAsync(Scenario.Flow("a:Durability.Book pause:Delay(\"timeSpan\":\"00:00:00.3000000\") b:Durability.Book",
            "a->pause pause->b").Replace("\"definitionId\":\"test\"", $"\"definitionId\":\"{Part}\""));
        await app.PublishAsync(Definition(sink));
        return [.. users.Select(u => u.UserId)];
    }

    private static string Definition(string sink)
    {
        JsonObject UserTask(string id)
        {
            var step = Flow.Step(id, id, [Flow.Action("Approve", "同意", "approve")], ("roles", new JsonArray(Role)));
            step["subjectId"] = Flow.Script("getWorkflowInstanceId()");
            return step;
        }
        static JsonNode Step(string text) => JsonNode.Parse(Scenario.Step(text))!;
        var call = (JsonObject)Step("call:FlowSendHttpRequest");
        (call["url"], call["method"]) =
            (Flow.Script($"'{sink}call/' + getWorkflowInstanceId()"), JsonNode.Parse(Scenario.Literal("String", "\"POST\"")));
        var mail = (JsonObject)Step("mail:SendEmail");
        (mail["to"], mail["subject"], mail["body"]) = (JsonNode.Parse(Scenario.Object("[\"robot@example.com\"]")),
            Flow.Script("getWorkflowInstanceId()"), JsonNode.Parse(Scenario.Literal("String", "\"done\"")));
        var definition = JsonNode.Parse(Scenario.Flow(
            $"start:Start booked:Durability.Book timer:Delay(\"timeSpan\":\"00:00:02\") late:Durability.Book child:DispatchWorkflow(\"workflowDefinitionId\":\"{Part}\",\"waitForCompletion\":true) join:All done:Durability.Book end:End",
            "start->review review.Approve->booked booked->call call.200->timer call.200->child timer->late late->join child->join join->sign sign.Approve->mail mail->done done->end"))!;
        definition["definitionId"] = Id;
        foreach (var step in (JsonNode[])[UserTask("review"), UserTask("sign"), call, mail]) definition["root"]!["activities"]!.AsArray().Add(step);
        return definition.ToJsonString();
    }
}

/// <summary>A row a step writes; nothing in the database keeps it from being there twice, so the oracle sees it when it is.</summary>
internal sealed class Effect
{
    public required Guid Id { get; init; }
    public required Guid InstanceId { get; init; }
    public required string Step { get; init; }
}

[Activity("Durability.Book")]
internal sealed class Book(Command cmd) : IActivity
{
    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        cmd.Db.Add(new Effect { Id = cmd.NewId(), InstanceId = context.WorkflowInstanceId, Step = context.Activity.Id });
        return new(ActivityResult.Complete());
    }
}

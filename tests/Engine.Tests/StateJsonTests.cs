using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>State as stored: complete, versioned, small.</summary>
public sealed class StateJsonTests
{
    private static readonly CompiledWorkflow Workflow = Scenario.Compile(
        Scenario.Flow($"s a:{Ask.Type} b:{Ask.Type} c:{Ask.Type} f:Fault", "s->a s->f a->b b->c c.Again->a", "v=1"), Ask.Descriptor());

    private static async Task<InMemoryRun> Rich()
    {
        var run = new InMemoryRun(Workflow, Scenario.Morning);
        await run.StartAsync([new("amount", 12.5m), new("who", "张三")]);
        await run.Answer("a");
        await run.Answer("b");
        await run.Answer("c", "Again");
        await run.Answer("a");
        await run.Return("b", "a", straight: true);
        run.State.CorrelationId = "c-1";
        run.State.Name = "n";
        run.State.Output["o"] = Value.Object(("list", Value.List([1, Value.Null, true])));
        run.State.Activities[^1].Failed = new FailedResumption(
            run.State.Bookmarks[0] with { Key = "gone", DueAt = Scenario.Morning, AutoBurn = false, Payload = "p" }, Value.Object(("x", 1)));
        run.State.ParkedBookmarks.Add(run.State.Bookmarks[0]);
        return run;
    }

    [Fact]
    public async Task Writing_what_was_read_gives_the_same_text()
    {
        var run = await Rich();
        var once = StateJson.Write(run.State, Workflow);

        StateJson.Write(StateJson.Read(once, Workflow), Workflow).ShouldBe(once);
        foreach (var part in (string[])["\"memo\"", "\"snapshots\"", "\"failed\"", "\"parked\"", "\"incidents\"", "\"rounds\"", "张三", "\"format\":1"])
            once.ShouldContain(part);
    }

    [Fact]
    public async Task An_older_format_is_upcast_step_by_step()
    {
        var old = JsonNode.Parse(StateJson.Write((await Rich()).State, Workflow))!.AsObject();
        old["format"] = 0;
        old["title"] = old["name"]!.DeepClone();
        old.Remove("name");

        var read = StateJson.Read(old.ToJsonString(), Workflow, new Dictionary<int, Func<JsonObject, JsonObject>>
        {
            [0] = json =>
            {
                json["name"] = json["title"]!.DeepClone();
                json.Remove("title");
                return json;
            },
        });

        read.Name.ShouldBe("n");
    }

    [Fact]
    public void A_newer_format_is_refused() => Should.Throw<NotSupportedException>(() =>
        StateJson.Read("""{"format":2,"id":"00000000-0000-0000-0000-000000000000"}""", Workflow)).Message.ShouldContain("format 2");

    [Fact]
    public void A_value_that_contains_itself_is_an_exception_not_a_crash()
    {
        var list = new List<Value>();
        list.Add(Value.From(list));
        var state = new WorkflowState { Id = Guid.Empty, Output = { ["x"] = Value.From(list) } };

        Should.Throw<InvalidOperationException>(() => StateJson.Write(state, Workflow));
    }
}

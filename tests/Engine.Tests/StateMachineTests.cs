using System.Text.Json;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Elsa.StateMachine (elsa-format §7): entry, triggers, condition, action, exit, next state.</summary>
public sealed class StateMachineTests
{
    private static string State(string name) =>
        $$"""{"name":"{{name}}","entry":{{Scenario.Step($"in{name}")}},"exit":{{Scenario.Step($"out{name}")}}}""";
    private static string On(string from, string ev, string to, string? condition = null) => $$"""
        {"name":"{{ev}}","from":"{{from}}","to":"{{to}}","trigger":{"id":"on{{ev}}{{from}}","type":"Elsa.Event","eventName":"{{ev}}"},"action":{{Scenario.Step($"{ev}Action")}}{{(condition is null ? "" : $$$""","condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":{{{JsonSerializer.Serialize(condition)}}} } }""")}}}
        """;

    private static async Task<InMemoryRun> Started(string states, string transitions, string more = "\"initialState\":\"Open\"")
    {
        var run = Scenario.Run(
            $$"""{"definitionId":"t","root":{"id":"s","type":"Elsa.Sequence","activities":[{"id":"sm","type":"Elsa.StateMachine","states":[{{states}}],"transitions":[{{transitions}}],{{more}}},{{Scenario.Step("after")}}]},"variables":[{"id":"ok","name":"ok","typeName":"Boolean","value":"false"}]}""");
        await run.StartAsync();
        return run;
    }

    [Fact]
    public async Task It_goes_from_state_to_state_and_is_done_where_nothing_leads_away()
    {
        var run = await Started($"{State("Open")},{State("Paid")},{State("Closed")}",
            $"{On("Open", "pay", "Paid")},{On("Open", "cancel", "Closed")},{On("Paid", "ship", "Closed")}");
        run.Lines.ShouldBe(["inOpen"]);
        run.State.Bookmarks.Select(b => b.Key).ShouldBe(["pay", "cancel"]);

        await run.SendEventAsync("pay");
        run.State.Bookmarks.Select(b => b.Key).ShouldBe(["ship"]);
        await run.SendEventAsync("ship");

        run.Lines.ShouldBe(["inOpen", "payAction", "outOpen", "inPaid", "shipAction", "outPaid", "inClosed", "after"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_trigger_whose_condition_does_not_hold_is_waited_for_again()
    {
        var run = await Started($"{State("Open")},{State("Done")}", On("Open", "go", "Done", "variables.ok"));
        await run.SendEventAsync("go");
        run.State.Bookmarks.ShouldHaveSingleItem().Key.ShouldBe("go");

        run.State.Activities[0].Variables = new() { ["ok"] = true };
        await run.SendEventAsync("go");

        run.Lines.ShouldBe(["inOpen", "goAction", "outOpen", "inDone", "after"]);
    }

    [Fact]
    public async Task Transitions_without_a_trigger_are_taken_at_once_and_a_circle_of_them_is_stopped()
    {
        (await Started("""{"name":"Open"},{"name":"Next"}""", """{"from":"Open","to":"Nowhere"},{"from":"Open","to":"Next"}"""))
            .Lines.ShouldBe(["after"]);
        var run = await Started("""{"name":"Open"},{"name":"Next"}""", """{"from":"Open","to":"Next"},{"from":"Next","to":"Open"}""");
        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("circle");
    }

    [Fact]
    public async Task The_current_state_goes_before_the_initial_one_and_an_unknown_one_is_the_end()
    {
        (await Started($"{State("Open")},{State("Paid")}", "", "\"initialState\":\"Open\",\"currentState\":\"Paid\""))
            .Lines.ShouldBe(["inPaid", "after"]);
        (await Started(State("Open"), "", "\"initialState\":\"Elsewhere\"")).Lines.ShouldBe(["after"]);
    }
}

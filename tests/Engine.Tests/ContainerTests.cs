using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Sequence, choices, loops, forks and Break (elsa-format §4.4, §7), without scripts.</summary>
public sealed class ContainerTests
{
    private static string Write(string id, string variable) =>
        $$"""{"id":"{{id}}","type":"Elsa.WriteLine","text":{{Scenario.Variable(variable, "")}}}""";
    private static string Say(string id) => Scenario.Step(id);
    private static string Wait(string id) => Scenario.Step($"?{id}");
    private static string Of(string type, string members, string id = "c") => $$"""{"id":"{{id}}","type":"Elsa.{{type}}",{{members}}}""";
    private static string Seq(string id, params string[] children) => Of("Sequence", $"\"activities\":[{string.Join(",", children)}]", id);

    private static async Task<InMemoryRun> Started(string root, string variables = "")
    {
        var run = Scenario.Run($$"""{"definitionId":"t","root":{{root}},"variables":[{{variables}}]}""");
        await run.StartAsync();
        return run;
    }

    [Fact]
    public async Task A_sequence_runs_its_children_in_order_over_waits()
    {
        var run = await Started(Seq("s", Say("a"), Wait("e"), Say("b")));
        run.Lines.ShouldBe(["a"]);

        await run.SendEventAsync("e");

        run.Lines.ShouldBe(["a", "b"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("true", "yes")]
    [InlineData("false", "no")]
    public async Task If_takes_one_slot(string condition, string line) =>
        (await Started(Of("If", $"\"condition\":{Scenario.Literal("Boolean", condition)},\"then\":{Say("yes")},\"else\":{Say("no")}")))
            .Lines.ShouldBe([line]);

    [Fact]
    public async Task For_counts_inclusively_and_its_body_may_wait()
    {
        var run = await Started(Of("For",
            $"\"start\":{Scenario.Literal("Int32", "3")},\"end\":{Scenario.Literal("Int32", "1")},\"step\":{Scenario.Literal("Int32", "-1")},\"body\":{Seq("b", Write("w", "CurrentValue"), Wait("e"))}"));

        for (var turn = 0; turn < 3; turn++) await run.SendEventAsync("e");

        run.Lines.ShouldBe(["3", "2", "1"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task For_with_an_explicit_step_of_zero_is_an_incident_not_an_endless_loop() =>
        (await Started(Of("For", $"\"end\":{Scenario.Literal("Int32", "3")},\"step\":{Scenario.Literal("Int32", "0")},\"body\":{Say("b")}")))
            .State.Incidents.Count.ShouldBe(1);

    [Fact]
    public async Task ForEach_gives_each_body_its_item_and_index()
    {
        var run = await Started(Of("ForEach",
            $"\"items\":{Scenario.Object("[\"x\",\"y\"]")},\"body\":{Seq("b", Write("i", "CurrentIndex"), Write("w", "CurrentValue"))}"));

        run.Lines.ShouldBe(["0", "x", "1", "y"]);
    }

    [Fact]
    public async Task ParallelForEach_runs_all_bodies_at_once_each_with_its_own_item()
    {
        var run = await Started(
            Of("ParallelForEach", $"\"items\":{Scenario.Object("[\"x\",\"y\"]")},\"body\":{Seq("b", Wait("e"), Write("w", "CurrentValue"))}"));
        run.State.Bookmarks.Count.ShouldBe(2);

        await run.SendEventAsync("e");

        run.Lines.ShouldBe(["x", "y"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task While_turns_until_its_condition_is_false()
    {
        var set = $$"""{"id":"set","type":"Elsa.SetVariable","variable":{"id":"go","name":"go"},"value":{{Scenario.Literal("Boolean", "false")}}}""";
        var run = await Started(Of("While", $"\"condition\":{Scenario.Variable("go", "")},\"body\":{Seq("b", Say("turn"), set)}"),
            """{"id":"go","name":"go","typeName":"Boolean","value":"true"}""");

        run.Lines.ShouldBe(["turn"]);
    }

    [Fact]
    public async Task Break_leaves_the_loop_through_the_sequences_between_and_the_next_sibling_goes_on()
    {
        var body = Seq("outer", Say("a"), Seq("inner", """{"id":"br","type":"Elsa.Break"}""", Say("never")), Say("neither"));
        var run = await Started(Seq("s", Of("While", $"\"condition\":{Scenario.Literal("Boolean", "true")},\"body\":{body}", "loop"), Say("after")));

        run.Lines.ShouldBe(["a", "after"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Fork_for_any_ends_with_the_first_branch()
    {
        var run = await Started(Seq("s", Of("Fork",
            $"\"joinMode\":\"WaitAny\",\"branches\":[{Seq("b1", Wait("x"), Say("one"))},{Seq("b2", Wait("y"), Say("two"))}]", "f"), Say("after")));

        await run.SendEventAsync("y");

        run.Lines.ShouldBe(["two", "after"]);
        run.State.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fork_for_all_and_parallel_end_with_the_last()
    {
        var run = await Started(Seq("s", Of("Fork", $"\"branches\":[{Wait("x")},{Wait("y")}]", "f"),
            Of("Parallel", $"\"activities\":[{Wait("z")},{Say("p")}]", "par"), Say("after")));

        await run.SendEventAsync("y");
        run.Lines.ShouldBeEmpty();
        await run.SendEventAsync("x");
        run.Lines.ShouldBe(["p"]);
        await run.SendEventAsync("z");

        run.Lines.ShouldBe(["p", "after"]);
    }

    [Fact]
    public async Task Switch_takes_every_case_that_holds_when_told_to_and_else_the_default()
    {
        static string Case(string label, string holds) =>
            $$"""{"label":"{{label}}","condition":{"type":"Literal","value":{{holds}}},"activity":{{Say(label)}}}""";
        static string Switch(string mode, string a, string b) =>
            Of("Switch", $"\"mode\":{Scenario.Literal("String", $"\"{mode}\"")},\"cases\":[{Case("a", a)},{Case("b", b)}],\"default\":{Say("d")}");

        (await Started(Switch("MatchFirst", "true", "true"))).Lines.ShouldBe(["a"]);
        (await Started(Switch("MatchAny", "true", "true"))).Lines.ShouldBe(["a", "b"]);
        (await Started(Switch("MatchAny", "false", "false"))).Lines.ShouldBe(["d"]);
    }

    [Theory]
    [InlineData("Finish")]
    [InlineData("Complete")]
    public async Task Finish_and_Complete_end_the_instance_with_everything_open(string type)
    {
        var run = await Started(
            Of("Parallel", $"\"activities\":[{Wait("x")},{Seq("s", Say("a"), $$"""{"id":"f","type":"Elsa.{{type}}"}""", Say("b"))}]"));

        run.Lines.ShouldBe(["a"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        run.State.Activities.ShouldBeEmpty();
        run.State.Bookmarks.ShouldBeEmpty();
        run.Journal.Single(j => j.ActivityId == "f" && j.Event != JournalEvent.Started).Event.ShouldBe(JournalEvent.Completed);
    }

    [Fact]
    public async Task A_flow_node_runs_its_body() => (await Started(Of("FlowNode", $"\"body\":{Say("in")}"))).Lines.ShouldBe(["in"]);

    [Fact]
    public async Task Steps_of_one_id_in_two_slots_stay_apart_over_a_wait()
    {
        var run = await Started(Of("Parallel",
            $"\"activities\":[{Of("If", $"\"condition\":{Scenario.Literal("Boolean", "false")},\"then\":{Say("x")},\"else\":{Wait("x")}", "if")}]"));

        await run.SendEventAsync("x");

        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        run.Journal.Last(j => j.ActivityId == "x").ActivityType.ShouldBe("Elsa.Event");
    }

    [Fact]
    public async Task Variables_of_a_container_hide_those_of_the_workflow_and_end_with_it()
    {
        var inner = """{"id":"inner","type":"Elsa.Sequence","variables":[{"id":"v2","name":"V","typeName":"String","value":"in"}],"activities":["""
            + Write("w1", "v2") + "]}";
        var run = await Started(Seq("s", inner, Write("w2", "v1")), """{"id":"v1","name":"V","typeName":"String","value":"out"}""");

        run.Lines.ShouldBe(["in", "out"]);
    }

    [Fact]
    public async Task A_variable_keeps_what_was_set_over_a_wait_and_its_default_belongs_to_each_instance()
    {
        var run = await Started(Seq("s", Wait("e"), Write("w", "list")),
            """{"id":"list","name":"list","typeName":"Object","isArray":true,"value":"[1]"}""");
        await run.SendEventAsync("e");

        run.Lines.ShouldBe(["[1]"]);
    }

    [Fact]
    public async Task An_output_lands_in_the_variable_or_workflow_output_it_is_bound_to_and_in_the_register()
    {
        var bound = $$"""{"id":"e","type":"Elsa.Event","eventName":{{Scenario.Literal("String", "\"e\"")}},"result":{"typeName":"Object","memoryReference":{"id":"v"} } }""";
        var named = $$"""{"id":"o","type":"Elsa.Event","eventName":{{Scenario.Literal("String", "\"o\"")}},"result":{"typeName":"Object","memoryReference":{"id":"Answer"} } }""";
        var run = Scenario.Run(
            $$"""{"definitionId":"t","root":{{Seq("s", bound, Write("w", "v"), named)}},"variables":[{"id":"v","name":"V"}],"outputs":[{"name":"Answer","type":"Object"}]}""");
        await run.StartAsync();

        await run.SendEventAsync("e", 42);
        await run.SendEventAsync("o", "yes");

        run.Lines.ShouldBe(["42"]);
        run.State.Output["Answer"].String.ShouldBe("yes");
        run.State.OutputRegister["e"]["Result"].Number.ShouldBe(42);
        run.State.LastResult.String.ShouldBe("yes");
    }

    [Fact]
    public async Task A_delay_falls_due_at_its_instant()
    {
        var run = await Started(
            Seq("s", $$"""{"id":"d","type":"Elsa.Delay","timeSpan":{{Scenario.Literal("TimeSpan", "\"3.00:00:00\"")}}}""", Say("after")));
        run.State.Bookmarks.Single().DueAt.ShouldBe(Scenario.Morning.AddDays(3));

        await run.AdvanceAsync(TimeSpan.FromDays(2.9));
        run.Lines.ShouldBeEmpty();
        await run.AdvanceAsync(TimeSpan.FromDays(0.1));

        run.Lines.ShouldBe(["after"]);
    }
}

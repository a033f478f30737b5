using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Expressions inside a running workflow: what they reach, what they set, and what a broken one does.</summary>
public sealed class ScriptTests
{
    private static string Js(string source) =>
        $$$"""{"typeName":"Object","expression":{"type":"JavaScript","value":{{{System.Text.Json.Nodes.JsonValue.Create(source)!.ToJsonString()}}} } }""";
    private static string Write(string id, string source) => $$"""{"id":"{{id}}","name":"{{id}}","type":"Elsa.WriteLine","text":{{Js(source)}}}""";
    private static string Run(string id, string source, string more = "") =>
        $$"""{"id":"{{id}}","name":"{{id}}","type":"Elsa.RunJavaScript","script":{{Scenario.Literal("String", System.Text.Json.Nodes.JsonValue.Create(source)!.ToJsonString())}}{{more}}}""";
    private static string Seq(params string[] steps) =>
        $$"""{"definitionId":"def","root":{"id":"s","type":"Elsa.Sequence","activities":[{{string.Join(",", steps)}}]},"variables":[{"id":"v1","name":"list","typeName":"Object","isArray":true,"value":"[1]"},{"id":"v2","name":"TheSum","typeName":"Int32","value":"0"}],"options":{"incidentStrategyType":"ContinueWithIncidentsStrategy"} }""";

    private static async Task<InMemoryRun> Started(params string[] steps)
    {
        var run = Scenario.Run(Seq(steps));
        await run.StartAsync([new("amount", 12)]);
        return run;
    }

    [Fact]
    public async Task A_script_reads_inputs_and_variables_and_the_next_step_reads_its_result()
    {
        var run = await Started(Run("R", "variables.list.push(getInput('amount')); setTheSum(getAmount() * 2); return variables.list.length;"),
            Write("w", "getTheSum() + '|' + toJson(variables.list) + '|' + getLastResult() + getOutputFrom('R','Result') + getResultFromR()"));

        run.State.Incidents.ShouldBeEmpty();
        run.Lines.ShouldBe(["24|[1,12]|222"]);
        run.State.OutputRegister["R"]["Result"].Number.ShouldBe(2);
    }

    [Fact]
    public async Task A_script_chooses_its_outcomes()
    {
        var run = Scenario.Run($$"""
            {"definitionId":"d","root":{"id":"fc","type":"Elsa.Flowchart","activities":[{{Run("r", "setOutcomes(['A','B'])", ",\"possibleOutcomes\":" + Scenario.Object("[\"A\",\"B\",\"C\"]"))}},{{Scenario.Step("a")}},{{Scenario.Step("b")}},{{Scenario.Step("c")}}],
              "connections":[{"source":{"activity":"r","port":"A"},"target":{"activity":"a"} },{"source":{"activity":"r","port":"B"},"target":{"activity":"b"} },{"source":{"activity":"r","port":"C"},"target":{"activity":"c"} }]} }
            """);
        await run.StartAsync();

        run.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_value_set_elsewhere_is_a_copy()
    {
        var set = $$"""{"id":"set","type":"Elsa.SetVariable","variable":{"id":"v2","name":"TheSum"},"value":{{Js("variables.list")}}}""";
        var run = await Started(set, Run("r", "variables.list.push(2); 0"), Write("w", "toJson(variables.TheSum) + toJson(variables.list)"));

        run.Lines.ShouldBe(["[1][1,2]"]);
    }

    [Fact]
    public async Task A_constant_of_the_definition_is_not_changed_by_an_instance_that_changes_its_copy()
    {
        var set = $$"""{"id":"set","type":"Elsa.SetVariable","variable":{"id":"v1","name":"list"},"value":{{Scenario.Object("[7]")}}}""";
        var compiled = Scenario.Compile(Seq(set, Run("r", "variables.list.push(8); 0"), Write("w", "toJson(variables.list)")));

        for (var i = 0; i < 2; i++)
        {
            var run = new InMemoryRun(compiled, Scenario.Morning);
            await run.StartAsync();
            run.Lines.ShouldBe(["[7,8]"]);
        }
    }

    [Theory]
    [InlineData("nothing.here")]
    [InlineData("null.x")]
    [InlineData("while (true) {}")]
    [InlineData("const a = []; a.push(a); variables.list = a; 1")]
    [InlineData("const a = {}; a.a = a; return a;")]
    public async Task A_script_that_fails_is_an_incident_on_its_step(string source)
    {
        var run = await Started(Run("r", source), Scenario.Step("after"));

        run.State.Incidents.ShouldHaveSingleItem().NodeId.ShouldEndWith(":r");
        run.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_input_whose_expression_fails_names_the_input() =>
        (await Started(Write("w", "nothing.here"))).State.Incidents.ShouldHaveSingleItem()
            .Message.ShouldStartWith("Failed to evaluate activity input 'Text': ");

    [Fact]
    public async Task An_object_in_a_text_input_is_its_json() => (await Started(Write("w", "({a:1})"))).Lines.ShouldBe(["{\"a\":1}"]);

    [Fact]
    public void A_syntax_error_is_found_at_publish_with_line_and_column()
    {
        var problems = Scenario.Compile(Seq(Write("w", "1 +\n  )"), Run("r", "import x"))).Problems;

        problems.Count.ShouldBe(2);
        problems.ShouldAllBe(p => p.Code == "engine.problem.expression-syntax" && p.IsError);
        problems[0].ActivityId.ShouldBe("w");
        problems[0].Property.ShouldBe("text");
        problems[0].Args[1..].ShouldBe(["2", "3"]);
    }
}

using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>What publishing refuses or warns about, one row per code.</summary>
public sealed class ValidationTests
{
    private static string Input(string type, string value) =>
        $$$"""{"typeName":"String","expression":{"type":"{{{type}}}","value":{{{value}}}} }""".Replace(" ", "");

    public static TheoryData<string, string, string, string, bool> Problems => new()
    {
        { "a b:Acme.Unknown", "a->b", "engine.problem.unknown-type", "b", true },
        { "a b", "a->b a->ghost", "engine.problem.connection", "fc", true },
        { "d:FlowDecision b", "d.Maybe->b", "engine.problem.unknown-port", "d", true },
        { "a b island", "a->b", "engine.problem.unreachable", "island", false },
        { "a d:FlowDecision", "a->d", "engine.problem.no-outcome-connected", "d", false },
        { "a:WriteLine(\"customProperties\":{\"mergeMode\":\"Stream\"})", "", "engine.problem.merge-mode", "a", false },
        { $"a:SetName(\"value\":{Input("Python", "\"x\"")})", "", "engine.problem.expression-language", "a", true },
        { $"a:SetName(\"value\":{Input("Liquid", "\"{{1|money}}\"")})", "", "engine.problem.expression-syntax", "a", true },
        { $"a:SetName(\"value\":{Input("Variable", "{\"id\":\"nope\",\"name\":\"Nope\"}")})", "", "engine.problem.unknown-variable", "a", true },
        { "a:SetVariable(\"variable\":{\"id\":\"nope\",\"name\":\"Nope\"})", "", "engine.problem.unknown-variable", "a", true },
        { $"a:SetName(\"value\":{Input("Object", "\"{\"")})", "", "engine.problem.expression-json", "a", true },
        { $"a:Delay(\"timeSpan\":{Input("Literal", "\"soon\"")})", "", "engine.problem.value", "a", true },
        { "a:SetName(\"value\":{\"expression\":{\"type\":\"Literal\",\"value\":\"x\"}})", "", "engine.problem.input-without-type", "a", false },
        { "a a", "", "engine.problem.duplicate-id", "a", true },
        { "s:FlowDecision a b d:FlowDecision", "s.True->a s.False->b a->d b->d d.True->a", "engine.problem.backward", "d", true },
        { "a:Event(\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"nowhere\"}})", "", "engine.problem.unknown-output-target", "a",
            false },
    };

    [Theory, MemberData(nameof(Problems))]
    public void A_definition_with_this_fault_says_so(string steps, string connections, string code, string step, bool isError)
    {
        var problems = Scenario.Compile(Scenario.Flow(steps, connections)).Problems;

        var problem = problems.Where(p => p.Code == code).ShouldHaveSingleItem();
        problem.ActivityId.ShouldBe(step);
        problem.IsError.ShouldBe(isError);
    }

    [Fact]
    public void A_sound_definition_has_no_problems() =>
        Scenario.Compile(Scenario.Flow("a ?e d:FlowDecision b c", "a->e e->d d.True->b d.False->c")).Problems.ShouldBeEmpty();

    [Fact]
    public void A_variables_default_that_does_not_convert_is_a_warning()
    {
        var compiled = Scenario.Compile(
            """{"definitionId":"x","root":{"id":"w","type":"Elsa.WriteLine"},"variables":[{"id":"v","name":"Count","typeName":"Int32","value":"many"}]}""");

        compiled.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Code.ShouldBe("engine.problem.variable-default"), p =>
            p.IsError.ShouldBeFalse(), p => p.Args.ShouldBe(["Count", "Int32"]));
    }
}

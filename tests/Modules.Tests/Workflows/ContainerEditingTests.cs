using System.Text.Json.Nodes;
using CrmFlow.Host.Components.Workflows;

namespace CrmFlow.Modules.Tests.Workflows;

/// <summary>Steps that hold steps are entered, edited and left on the same canvas.</summary>
public sealed class ContainerEditingTests
{
    private const string Nested = """
        {"definitionId":"d","name":"n","root":{"id":"f","type":"Elsa.Flowchart","activities":[
          {"id":"loop","type":"Elsa.ForEach","body":{"id":"seq","type":"Elsa.Sequence","activities":[{"id":"a","type":"Elsa.WriteLine"},{"id":"b","type":"Elsa.WriteLine"},
            {"id":"inner","type":"Elsa.If","then":{"id":"flow2","type":"Elsa.Flowchart","activities":[{"id":"deep","type":"Elsa.WriteLine"}],"connections":[]},"else":{"id":"single","type":"Elsa.WriteLine"}}]}},
          {"id":"pick","type":"Elsa.Switch","cases":[{"label":"甲","condition":{"type":"JavaScript","value":"true"},"activity":{"id":"one","type":"Elsa.WriteLine"}}]},
          {"id":"last","type":"Elsa.WriteLine"}],"connections":[]}}
        """;

    private static DefinitionEditor Open() => DefinitionEditor.Open(Nested);

    [Fact]
    public void A_body_is_entered_edited_and_left()
    {
        var editor = Open();
        editor.Enter("loop", "body");
        editor.IsFlowchart.ShouldBeFalse();
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["a", "b", "inner"]);
        editor.Drawing.Edges.Select(e => (e.Source, e.Target)).ShouldBe([("a", "b"), ("b", "inner")], "a sequence is drawn as the chain it is");

        var added = editor.Add("Elsa.WriteLine", "新的一步", 0, 0);
        editor.MoveAfter("a", added);
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["a", added, "b", "inner"]);
        editor.Remove(["b"]);
        editor.Leave(0);
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["loop", "pick", "last"]);
        editor.Definition.Json["root"]!["activities"]![0]!["body"]!.AsObject().ContainsKey("connections")
            .ShouldBeFalse("a sequence has no connections");
        editor.Definition.Json["root"]!["activities"]![0]!["body"]!["activities"]!.AsArray().Select(s => s.Text("id"))
            .ShouldBe(["a", added, "inner"]);
    }

    [Fact]
    public void An_edge_drawn_in_a_sequence_orders_its_steps()
    {
        var editor = Open();
        editor.Enter("loop", "body");
        editor.Connect("b", null, "a");
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["b", "a", "inner"]);
        var inserted = editor.Insert(editor.Drawing.Edges[0], "Elsa.WriteLine", "之间");
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["b", inserted, "a", "inner"]);
    }

    [Fact]
    public void An_empty_or_single_place_becomes_a_sequence_when_it_is_entered()
    {
        var editor = Open();
        editor.GoTo("inner").ShouldBeTrue();
        DefinitionEditor.SlotsOf(editor.Find("inner")!).ShouldBe([new StepSlot("inner", "then", 1, true), new StepSlot("inner", "else", 1, false)]);
        editor.Enter("inner", "else");
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["single"]);
        editor.Path.Count.ShouldBe(2);
        editor.Undo();
        editor.Path.Count.ShouldBe(1, "the container made on entering is gone, so one is outside again");

        editor.Leave(0);
        editor.Enter("pick", "case:0");
        editor.Steps.Select(s => s.Text("id")).ShouldBe(["one"]);
        editor.Leave(0);
        editor.Enter("pick", "default");
        editor.Steps.ShouldBeEmpty();
    }

    [Fact]
    public void A_problem_deep_inside_is_found_and_stands_on_the_step_that_holds_it()
    {
        var editor = Open();
        editor.HereFor("deep").ShouldBe("loop");
        editor.GoTo("deep").ShouldBeTrue();
        editor.Path.ShouldBe([new ContainerRef("loop", "body"), new ContainerRef("inner", "then")]);
        editor.IsFlowchart.ShouldBeTrue();
        editor.GoTo("nowhere").ShouldBeFalse();
        editor.FindAnywhere("one").ShouldNotBeNull();
    }

    [Fact]
    public void A_new_step_takes_no_id_used_anywhere()
    {
        var editor = Open();
        editor.Enter("loop", "body");
        var first = editor.Add("Elsa.WriteLine", "x", 0, 0);
        editor.Leave(0);
        editor.Add("Elsa.WriteLine", "y", 0, 0).ShouldNotBe(first);
    }
}

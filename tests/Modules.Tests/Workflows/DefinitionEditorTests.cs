using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Host.Components.Workflows;
using CrmFlow.Ui;

namespace CrmFlow.Modules.Tests.Workflows;

public sealed class DefinitionEditorTests
{
    private static DefinitionEditor Settlement() => DefinitionEditor.Open(Definitions.Settlement);

    [Fact]
    public void Opening_and_saving_gives_identical_bytes()
    {
        var stored = WorkflowDefinition.Parse(Definitions.Settlement).ToJson();
        var editor = DefinitionEditor.Open(stored);
        editor.Json.ShouldBe(stored);
        editor.IsChanged.ShouldBeFalse();
        DefinitionEditor.Open(editor.Json).Json.ShouldBe(stored);
    }

    [Fact]
    public void Every_change_is_undone_to_the_byte_and_redone()
    {
        var editor = Settlement();
        var texts = new List<string> { editor.Json };
        foreach (var change in EveryChange)
        {
            change(editor);
            editor.Json.ShouldNotBe(texts[^1]);
            texts.Add(editor.Json);
        }
        for (var i = texts.Count - 2; i >= 0; i--)
        {
            editor.Undo();
            editor.Json.ShouldBe(texts[i]);
        }
        editor.CanUndo.ShouldBeFalse();
        editor.IsChanged.ShouldBeFalse();
        for (var i = 1; i < texts.Count; i++)
        {
            editor.Redo();
            editor.Json.ShouldBe(texts[i]);
        }
    }

    [Fact]
    public void Moving_a_step_changes_its_position_only()
    {
        var editor = Settlement();
        editor.Move([("commerce-review", 440.4, 260)]);
        Differences(editor).ShouldBe(
            ["root.activities[commerce-review].metadata.designer.position.x", "root.activities[commerce-review].metadata.designer.position.y"]);
        editor.Drawing.Find("commerce-review")!.Box.X.ShouldBe(440);
    }

    [Fact]
    public void A_step_without_a_position_gets_one_when_it_is_moved_and_keeps_its_other_metadata()
    {
        var editor = DefinitionEditor.Open(
            """{"definitionId":"d","root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.Start","metadata":{"showDescription":true}}],"connections":[]}}""");
        editor.Move([("a", 8, 16)]);
        editor.Find("a")!["metadata"]!.ToJsonString().ShouldBe("""{"showDescription":true,"designer":{"position":{"x":8,"y":16}}}""");
    }

    [Fact]
    public void Changing_an_input_changes_its_expression_only()
    {
        var editor = Settlement();
        var days = new InputField("dueInWorkingDays", typeof(int), false, null);
        editor.Edit("commerce-review", s => StepInput.Write(s, days, new StepInput(StepInput.Literal, 5)));
        Differences(editor).ShouldBe(["root.activities[commerce-review].dueInWorkingDays.expression.type",
            "root.activities[commerce-review].dueInWorkingDays.expression.value"]);
        editor.Find("commerce-review")!["dueInWorkingDays"]!.ToJsonString()
            .ShouldBe("""{"typeName":"Int32","expression":{"type":"Literal","value":5}}""");
    }

    [Fact]
    public void An_input_that_was_not_set_is_wrapped_with_its_type_and_one_unset_again_is_gone()
    {
        var editor = Settlement();
        var before = editor.Json;
        var head = new InputField("departmentHead", typeof(string), false, null);
        editor.Edit("commerce-review", s => StepInput.Write(s, head, new StepInput(StepInput.Literal, "commerce")));
        editor.Find("commerce-review")!["departmentHead"]!.ToJsonString()
            .ShouldBe("""{"typeName":"String","expression":{"type":"Literal","value":"commerce"}}""");
        editor.Edit("commerce-review", s => StepInput.Write(s, head, StepInput.None));
        editor.Json.ShouldBe(before);
    }

    [Fact]
    public void A_bare_scalar_stays_one_while_it_is_a_literal()
    {
        var editor = DefinitionEditor.Open(
            """{"definitionId":"d","root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.WriteLine","text":"hi"}],"connections":[]}}""");
        var text = new InputField("text", typeof(string), false, null);
        editor.Edit("a", s => StepInput.Write(s, text, new StepInput(StepInput.Literal, "ho")));
        editor.Find("a")!["text"]!.ToJsonString().ShouldBe("\"ho\"");
    }

    [Fact]
    public void Members_nobody_knows_survive_every_change()
    {
        var json = JsonNode.Parse(Definitions.Settlement)!.AsObject();
        json["x-own"] = new JsonObject { ["kept"] = true };
        json["root"]!["x-root"] = 1;
        json["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == "commerce-review")!["x-step"] = new JsonArray(1, "two");
        var editor = DefinitionEditor.Open(json.ToJsonString());
        foreach (var change in EveryChange) change(editor);
        editor.Definition.Json["x-own"]!["kept"]!.GetValue<bool>().ShouldBeTrue();
        editor.Definition.Json["root"]!["x-root"]!.GetValue<int>().ShouldBe(1);
        editor.Find("commerce-review")!["x-step"]!.ToJsonString().ShouldBe("""[1,"two"]""");
    }

    [Fact]
    public void A_removed_step_takes_its_connections_along()
    {
        var editor = Settlement();
        editor.Remove(["correction"]);
        editor.Find("correction").ShouldBeNull();
        editor.Drawing.Edges.ShouldNotContain(e => e.Source == "correction" || e.Target == "correction");
        editor.Drawing.Edges.Count.ShouldBe(Settlement().Drawing.Edges.Count - 2);
    }

    [Fact]
    public void A_step_put_into_a_connection_stands_between_its_ends()
    {
        var editor = Settlement();
        var edge = editor.Drawing.Edges.Single(e => e is { Source: "commerce-review", Port: "Approve" });
        var id = editor.Insert(edge, "Elsa.Delay", "等一等");
        editor.Drawing.Edges.ShouldContain(e => e.Source == "commerce-review" && e.Port == "Approve" && e.Target == id);
        editor.Drawing.Edges.ShouldContain(e => e.Source == id && e.Target == "satisfaction-report");
        editor.Drawing.Edges.ShouldNotContain(e => e.Source == "commerce-review" && e.Target == "satisfaction-report");
    }

    [Fact]
    public void An_outcome_led_elsewhere_leaves_its_old_target()
    {
        var editor = Settlement();
        editor.Lead("anything-to-return", "True", "finance-decision");
        editor.Drawing.Edges.Single(e => e is { Source: "anything-to-return", Port: "True" }).Target.ShouldBe("finance-decision");
        editor.Lead("anything-to-return", "True", null);
        editor.Drawing.Edges.ShouldNotContain(e => e.Source == "anything-to-return" && e.Port == "True");
    }

    [Fact]
    public void A_decision_that_sends_back_becomes_a_return_when_it_leads_back_and_a_connection_when_it_leads_on()
    {
        var editor = Settlement();
        editor.Connect("invoice-receipt", "SendBack", "satisfaction-report");
        Action(editor, "invoice-receipt", "SendBack")["returnTo"]!.GetValue<string>().ShouldBe("satisfaction-report");
        editor.Drawing.Edges.Single(e => e is { Source: "invoice-receipt", Port: "SendBack" }).IsReturn.ShouldBeTrue();

        editor.Connect("invoice-receipt", "SendBack", "refused-by-finance");
        Action(editor, "invoice-receipt", "SendBack").ContainsKey("returnTo").ShouldBeFalse();
        editor.Drawing.Edges.Single(e => e is { Source: "invoice-receipt", Port: "SendBack" }).IsReturn.ShouldBeFalse();
    }

    [Fact]
    public void Removing_a_drawn_return_removes_it_from_its_decision()
    {
        var editor = Settlement();
        editor.Disconnect(editor.Drawing.Edges.Where(e => e is { Source: "leader-signature", Port: "Return" }));
        Action(editor, "leader-signature", "Return").ContainsKey("returnTo").ShouldBeFalse();
    }

    [Fact]
    public void Renaming_a_decision_renames_the_connections_that_leave_by_it()
    {
        var editor = Settlement();
        editor.RenamePort("commerce-review", "Approve", "Agree", s => s["actions"]![0]!["name"] = "Agree");
        editor.Drawing.Edges.ShouldContain(e => e.Source == "commerce-review" && e.Port == "Agree" && e.Target == "satisfaction-report");
        editor.Drawing.Edges.ShouldNotContain(e => e.Source == "commerce-review" && e.Port == "Approve");
    }

    [Fact]
    public void Copies_get_ids_of_their_own_and_no_connections()
    {
        var editor = Settlement();
        var copies = editor.Duplicate(["commerce-review", "correction"]);
        copies.ShouldBe(["commerce-review1", "correction1"]);
        editor.Drawing.Edges.ShouldNotContain(e => copies.Contains(e.Source) && !e.IsReturn || copies.Contains(e.Target));
        editor.Find("commerce-review1")!["roles"]!.ToJsonString().ShouldBe(editor.Find("commerce-review")!["roles"]!.ToJsonString());
    }

    [Theory]
    [InlineData("variables.Amount >= 10000", ">=", "10000")]
    [InlineData("return getVariable('Amount') > 0.5;", ">", "0.5")]
    [InlineData("variables.Amount >= variables.Rules.TwoSignaturesFrom", ">=", "variables.Rules.TwoSignaturesFrom")]
    public void A_simple_limit_is_found_and_changed_in_place(string source, string op, string limit)
    {
        var threshold = Threshold.Parse(source)!;
        (threshold.Operator, threshold.Limit).ShouldBe((op, limit));
        threshold.With(source, "20000").ShouldBe(source.Replace(limit, "20000"));
        threshold.WithOperator(source, "<").ShouldBe(source.Replace(op, "<"));
    }

    [Theory]
    [InlineData("a > 1 && b < 2")]
    [InlineData("items.filter(i => i.x).length > 2")]
    [InlineData("a > b + 1")]
    [InlineData("!done")]
    public void What_is_more_than_a_limit_is_left_to_its_source(string source) => Threshold.Parse(source).ShouldBeNull();

    [Fact]
    public void Publishing_is_told_which_steps_change()
    {
        var editor = Settlement();
        editor.Edit("commerce-review", s => s["dueInWorkingDays"]!["expression"]!["value"] = "2");
        editor.Move([("correction", 0, 0)]);
        editor.Remove(["rules"]);
        editor.Add("Elsa.Delay", "等一等", 0, 0);
        editor.Lead("commerce-review", "Refuse", "correction");
        var changes = DefinitionChanges.Between(WorkflowDefinition.Parse(Definitions.Settlement), editor.Definition);
        changes.ShouldContain(c =>
            c.Kind == ChangeKind.Changed && c.Id == "commerce-review" && c.Members.SequenceEqual(new[] { "dueInWorkingDays", "connections" }));
        changes.ShouldContain(c => c.Kind == ChangeKind.Moved && c.Id == "correction");
        changes.ShouldContain(c => c.Kind == ChangeKind.Removed && c.Id == "rules");
        changes.ShouldContain(c => c.Kind == ChangeKind.Added && c.Text == "等一等");
        changes.Single(c => c.Id == "start").Members.ShouldBe(["connections"]);
        changes.Count.ShouldBe(5);
    }

    private static readonly Action<DefinitionEditor>[] EveryChange =
    [
        e => e.Rename("另一个名字"),
        e => e.Move([("start", 8, 8)]),
        e => e.Add("Elsa.Delay", "等一等", 100, 100),
        e => e.Insert(e.Drawing.Edges[0], "Elsa.SetVariable", "记下"),
        e => e.Duplicate(["satisfaction-report"]),
        e => e.SetText("commerce-review", "商务部审核", english: false),
        e => e.SetText("commerce-review", "Commerce", english: true),
        e => e.Edit("two-leaders", s => s["condition"]!["expression"]!["value"] = "variables.Amount >= 5000"),
        e => e.Lead("commerce-review", "Refuse", "end-done"),
        e => e.Connect("two-leaders", "True", "leader-signature"),
        e => e.Disconnect([e.Drawing.Edges.First(d => d.Source == "done")]),
        e => e.SetVariable("Limit", v => v["value"] = "10000"),
        e => e.SetVariable("Limit", null),
        e => e.Remove(["post"]),
    ];

    private static JsonObject Action(DefinitionEditor editor, string step, string name) =>
        editor.Find(step)!["actions"]!.AsArray().Select(a => a!.AsObject()).Single(a => a["name"]!.GetValue<string>() == name);

    /// <summary>Paths of the leaves that differ from the shipped definition; steps by their id.</summary>
    private static List<string> Differences(DefinitionEditor editor)
    {
        var (before, after) = (Leaves(WorkflowDefinition.Parse(Definitions.Settlement).Json), Leaves(editor.Definition.Json));
        return [.. before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k))];
    }

    private static Dictionary<string, string> Leaves(JsonNode node, string path = "")
    {
        var leaves = new Dictionary<string, string>();
        switch (node)
        {
            case JsonObject o:
                foreach (var (name, value) in o) Add(value, path.Length == 0 ? name : $"{path}.{name}");
                break;
            case JsonArray a:
                for (var i = 0; i < a.Count; i++) Add(a[i], $"{path}[{(a[i] as JsonObject)?["id"] ?? i}]");
                break;
        }
        return leaves;

        void Add(JsonNode? value, string at)
        {
            if (value is JsonObject or JsonArray)
                foreach (var (k, v) in Leaves(value, at)) leaves[k] = v;
            else leaves[at] = value?.ToJsonString() ?? "null";
        }
    }
}

internal static class Definitions
{
    public static string Root { get; } = FindRoot();
    public static string Settlement { get; } = File.ReadAllText(Path.Combine(Root, "workflows", "agents", "settlement.json"));

    private static string FindRoot()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (File.Exists(Path.Combine(at, "CrmFlow.sln"))) return at;
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}

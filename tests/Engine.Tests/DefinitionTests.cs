using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Reading and writing definitions of every age (elsa-format §1–§3, §12).</summary>
public sealed class DefinitionTests
{
    private const string Foreign = """
        {"$schema":"https://elsa/schema","Name":"foreign","definitionId":"f","version":"3","fancy":{"A":[1,2.50]},
         "customProperties":{"Elsa:Things":[1]},"variables":{"$values":[{"id":"v","name":"V","typeName":"Int32","value":"7"}]},
         "Root":{"Type":"Elsa.Flowchart","id":"fc","version":1,"start":"s","activities":[
            {"id":"s","type":"Acme.Unknown","version":2,"odd":{"deep":[{"x":"中文 <b>"}]},"CanStartWorkflow":true,"metadata":{"designer":{"position":{"x":1.5,"y":2}}}},
            {"id":"if","type":"Elsa.If","then":{"id":"t","type":"Elsa.WriteLine","Text":"hi"}}],
          "Connections":{"source":"s","sourcePort":"Done","target":"if","targetPort":"In","note":"kept"}}}
        """;

    [Fact]
    public void Saving_twice_gives_identical_bytes()
    {
        var once = WorkflowDefinition.Parse(Foreign).ToJson();

        WorkflowDefinition.Parse(once).ToJson().ShouldBe(once);
    }

    [Fact]
    public void Unknown_members_and_steps_survive()
    {
        var json = WorkflowDefinition.Parse(Foreign).ToJson();

        foreach (var kept in (string[])["\"$schema\": \"https://elsa/schema\"", "2.50", "\"Elsa:Things\"", "Acme.Unknown", "中文 <b>", "\"odd\"",
            "\"start\": \"s\"", "\"note\": \"kept\"", "\"x\": 1.5"])
            json.ShouldContain(kept);
    }

    [Fact]
    public void Legacy_shapes_become_one()
    {
        var definition = WorkflowDefinition.Parse(Foreign);

        definition.Name.ShouldBe("foreign");
        definition.Version.ShouldBe(3);
        var root = definition.Json["root"]!;
        var connection = root["connections"]!.AsArray().ShouldHaveSingleItem()!;
        connection["source"]!["activity"]!.GetValue<string>().ShouldBe("s");
        connection["source"]!["port"]!.GetValue<string>().ShouldBe("Done");
        connection["target"]!["activity"]!.GetValue<string>().ShouldBe("if");
        definition.Json["variables"]!.AsArray().Count.ShouldBe(1);
        root["activities"]![0]!["customProperties"]!["canStartWorkflow"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void A_placeholder_for_a_missing_type_gives_back_the_original_and_its_connections()
    {
        var original = """{"id":"u","type":"Acme.Late","version":1,"text":"x"}""";
        var definition = WorkflowDefinition.Parse($$"""
            {"definitionId":"d","root":{"id":"fc","type":"Elsa.Flowchart",
              "activities":[{"id":"s","type":"Elsa.WriteLine"},{"id":"u","type":"Elsa.NotFoundActivity","missingTypeName":"Acme.Late","originalActivityJson":{{System.Text.Json.Nodes.JsonValue.Create(original)!.ToJsonString()}}}],
              "connections":[],"customProperties":{"notFoundConnections":[{"source":{"activity":"s","port":"Done"},"target":{"activity":"u"} }]} } }
            """);

        var root = definition.Json["root"]!;
        root["activities"]![1]!["type"]!.GetValue<string>().ShouldBe("Acme.Late");
        root["connections"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public void A_missing_root_is_an_empty_sequence() =>
        WorkflowDefinition.Parse("""{"definitionId":"x"}""").Json["root"]!["type"]!.GetValue<string>().ShouldBe("Elsa.Sequence");

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"name":"x","Name":"y"}""")]
    public void What_is_no_definition_is_refused(string text) => Should.Throw<DefinitionException>(() => WorkflowDefinition.Parse(text));

    [Theory, MemberData(nameof(Probes))]
    public void Every_probe_saves_to_a_fixed_point(string file)
    {
        var once = WorkflowDefinition.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Probes", file))).ToJson();
        WorkflowDefinition.Parse(once).ToJson().ShouldBe(once);
    }

    public static TheoryData<string> Probes =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Probes"), "*.json").Select(f => Path.GetFileName(f)!)];
}

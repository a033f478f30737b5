using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Definitions with something broken in them: reading refuses or accepts, compiling and running never throw.</summary>
public sealed class MutationTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public async Task A_damaged_definition_is_refused_or_runs_to_a_state_that_can_be_stored(int block)
    {
        var sources = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Probes"), "*.json").Order().Select(File.ReadAllText).ToList();
        var ran = 0;
        for (var seed = block * 10_000; seed < block * 10_000 + 700; seed++)
        {
            var random = new Random(seed);
            var json = JsonNode.Parse(sources[random.Next(sources.Count)])!;
            for (var damage = random.Next(1, 4); damage > 0; damage--) Damage(json, random);
            var text = json.ToJsonString();
            try
            {
                var definition = WorkflowDefinition.Parse(text);
                WorkflowDefinition.Parse(definition.ToJson()).ToJson().ShouldBe(definition.ToJson());
                var run = new InMemoryRun(Scenario.Compile(text), Scenario.Morning) { StepLimit = 300 };
                await run.StartAsync();
                await run.SendEventAsync("Never", "x");
                ran++;
            }
            catch (DefinitionException)
            {
                // refused in words: fine
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {text}", e);
            }
        }
        ran.ShouldBeGreaterThan(400);
    }

    private static void Damage(JsonNode root, Random random)
    {
        var all = new List<JsonNode>();
        Collect(root, all);
        if (all.Count < 2) return;
        var victim = all[random.Next(1, all.Count)];
        var other = all[random.Next(1, all.Count)].DeepClone();
        JsonNode? replacement = random.Next(9) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(-2, 9)),
            2 => JsonValue.Create("Elsa.Flowchart"),
            3 => new JsonArray(JsonValue.Create(1), null),
            4 => new JsonObject { ["id"] = "a", ["type"] = "Elsa.If" },
            5 => new JsonObject { ["type"] = "JavaScript", ["value"] = "(" },
            6 => JsonValue.Create(true),
            _ => other,
        };
        if (victim.Parent is JsonObject o) o[victim.GetPropertyName()] = replacement;
        else if (victim.Parent is JsonArray a) a[victim.GetElementIndex()] = replacement;
    }

    private static void Collect(JsonNode? node, List<JsonNode> all)
    {
        if (node is null) return;
        all.Add(node);
        foreach (var child in node is JsonObject o ? o.Select(m => m.Value) : node is JsonArray a ? a : []) Collect(child, all);
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Engine.Tests;
using CrmFlow.TestSupport;
using Parallel = System.Threading.Tasks.Parallel;

namespace CrmFlow.Durability.Tests;

/// <summary>Measures the process's memory, so nothing else runs in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>
/// R11: definitions with something broken in them, in their JSON or already in its text. Reading refuses or accepts, compiling and running never
/// throw, and memory does not grow.
/// </summary>
[Collection(Alone.Name)]
public sealed class MutationTests(ITestOutputHelper output)
{
    private static readonly string[] Sources =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Probes"), "*.json").Order().Select(File.ReadAllText)];

    [Fact]
    public async Task A_damaged_definition_is_refused_or_runs_to_a_state_that_can_be_stored()
    {
        var (count, seed) = (Runs.Of(20_000, 1_000_000), Runs.Seed(11));
        var (ran, done) = (0, 0);
        var growth = new MemoryGrowth();
        await Parallel.ForEachAsync(Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
            {
                var random = new Random(seed * 100_000_000 + i);
                var json = JsonNode.Parse(Sources[random.Next(Sources.Length)])!;
                for (var damage = random.Next(1, 4); damage > 0; damage--) Damage(json, random);
                var text = json.ToJsonString();
                if (random.Next(4) == 0) text = DamageText(text, random);
                if (await RunsAsync(text, $"seed {seed}, definition {i}")) Interlocked.Increment(ref ran);
                growth.After(Interlocked.Increment(ref done), count);
            });
        output.WriteLine($"seed {seed}: {count} definitions, {ran} ran, the rest were refused in words; memory grew by {growth.Megabytes:0} MB");
        ran.ShouldBeGreaterThan(count / 2);
        (count - ran).ShouldBeGreaterThan(count / 20);
        growth.Megabytes.ShouldBeLessThan(50);
    }

    [Theory]
    [InlineData("nested lists")]
    [InlineData("nested containers")]
    [InlineData("a member twice")]
    [InlineData("half a character")]
    [InlineData("a huge number")]
    [InlineData("a very long name")]
    public async Task A_monstrous_definition_is_refused_or_run(string what) => await RunsAsync(what switch
    {
        "nested lists" => new string('[', 10_000) + new string(']', 10_000),
        "nested containers" =>
            $$"""{"definitionId":"d","root":{{string.Concat(Enumerable.Range(0, 10_000).Select(i => $$"""{"id":"s{{i}}","type":"Elsa.Sequence","activities":["""))}}{{string.Concat(Enumerable.Repeat("]}", 10_000))}} }""",
        "a member twice" =>
            """{"definitionId":"d","definitionId":"e","root":{"id":"a","id":"b","type":"Elsa.WriteLine","type":"Elsa.End","text":"1","text":"2"}}""",
        "half a character" => """{"definitionId":"d\ud800","name":"\udc00","root":{"id":"a\ud800","type":"Elsa.WriteLine","text":"\ud83d"}}""",
        "a huge number" => """{"definitionId":"d","version":1e999,"root":{"id":"a","type":"Elsa.Delay","timeSpan":123456789012345678901234567890}}""",
        _ => $$"""{"definitionId":"d","root":{"id":"{{new string('x', 1_000_000)}}","type":"{{new string('y', 1_000_000)}}"} }""",
    }, what);

    /// <summary>False when reading refused it.</summary>
    private static async Task<bool> RunsAsync(string text, string which)
    {
        try
        {
            var definition = WorkflowDefinition.Parse(text);
            WorkflowDefinition.Parse(definition.ToJson()).ToJson().ShouldBe(definition.ToJson());
            var run = new InMemoryRun(Scenario.Compile(text), Scenario.Morning) { StepLimit = 300 };
            await run.StartAsync();
            await run.SendEventAsync("Never", "x");
            return true;
        }
        catch (DefinitionException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{which}: {(text.Length < 20_000 ? text : text[..2_000])}", e);
        }
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

    private const string Strange = "{}[],:\"\\0e-\u0000\uD800";

    private static string DamageText(string text, Random random)
    {
        var at = random.Next(text.Length);
        return random.Next(5) switch
        {
            0 => text[..at],
            1 => text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at)),
            2 => text.Insert(at, Strange[random.Next(Strange.Length)].ToString()),
            3 => text.Insert(at, text[at..Math.Min(text.Length, at + random.Next(1, 60))]), // members twice
            _ => text.Insert(at, "\\ud800"),
        };
    }

    /// <summary>What the process keeps between a tenth of the way and its end, garbage collected.</summary>
    private sealed class MemoryGrowth
    {
        private long _early;

        public double Megabytes { get; private set; }

        public void After(int done, int count)
        {
            if (done == count / 10) _early = GC.GetTotalMemory(forceFullCollection: true);
            if (done == count) Megabytes = (GC.GetTotalMemory(forceFullCollection: true) - _early) / 1048576.0;
        }
    }
}

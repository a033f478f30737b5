using CrmFlow.Activities;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Definitions run on the real Elsa 3, with what it did (Probes/observed.txt, lines CNT): ours must do the same.</summary>
public sealed class GoldenProbeTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Probes");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f)!).Order()];

    [Theory, MemberData(nameof(Files))]
    public async Task A_definition_does_what_it_did_on_Elsa(string file)
    {
        var definition = WorkflowDefinition.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken));
        var run = new InMemoryRun(CompiledWorkflow.Compile(definition, "v1", new ActivityCatalog(BuiltInActivities.All)), Scenario.Morning);

        await run.StartAsync();

        Line(run).ShouldBe(Expected(file));
    }

    /// <summary>Incident types and messages may be better than Elsa's; their number may not differ.</summary>
    private static string Line(InMemoryRun run) =>
        $"{run.State.Status}/{run.State.SubStatus} bookmarks=[{string.Join(",", run.State.Bookmarks.Select(b => b.Name))}] incidents={run.State.Incidents.Count} "
        + $"output={{{string.Join(",", run.State.Output.Select(o => $"{o.Key}={o.Value.ToText()}"))}}} out={string.Join("|", run.Lines.Take(12))}";

    private static string Expected(string file)
    {
        var parts = File.ReadLines(Path.Combine(Folder, "observed.txt")).Single(l => l.StartsWith($"CNT | {file} | ", StringComparison.Ordinal))
            .Split(" | ", 3)[2];
        var (start, end) = (parts.IndexOf("incidents=[", StringComparison.Ordinal), parts.IndexOf("] output=", StringComparison.Ordinal));
        var incidents = parts[(start + "incidents=[".Length)..end];
        return $"{parts[..start]}incidents={(incidents.Length == 0 ? 0 : incidents.Split(';').Length)}{parts[(end + 1)..]}";
    }
}

using System.Text.RegularExpressions;
using CrmFlow.Engine;
using CrmFlow.Host.Components.Workflows;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Modules.Tests.Workflows;

public sealed partial class WorkflowTextsTests
{
    private static readonly Texts Texts = new([new TextSource(typeof(DesignerSession).Assembly), new TextSource(typeof(ProcessDiagram).Assembly)]);

    [GeneratedRegex("\"(engine\\.problem\\.[a-z-]+)\"")]
    private static partial Regex ProblemCode();

    [Fact]
    public void Every_problem_of_a_definition_has_a_text_in_both_languages()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Definitions.Root, "src", "Engine"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => ProblemCode().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet();
        codes.Count.ShouldBeGreaterThan(10);
        codes.Where(c => !Texts.Chinese.ContainsKey(c) || !Texts.English.ContainsKey(c)).ShouldBeEmpty();
    }

    /// <summary>The palette never falls back to a type's own name.</summary>
    [Fact]
    public async Task Every_activity_the_designer_offers_has_a_name_in_both_languages()
    {
        await using var app = await TestApp.StartAsync();
        var texts = new Texts([.. app.Get<IEnumerable<TextSource>>(), new TextSource(typeof(DesignerSession).Assembly)]);
        var cards = new ActivityCards(app.Get<ActivityCatalog>(), texts).All;
        cards.Count.ShouldBeGreaterThan(15);
        cards.Where(c => !texts.Chinese.ContainsKey($"activity.{c.Type}") || !texts.English.ContainsKey($"activity.{c.Type}")).Select(c => c.Type)
            .ShouldBeEmpty();
        cards.Select(c => c.Group).Distinct()
            .Where(g => !texts.Chinese.ContainsKey($"activity-group.{g}") || !texts.English.ContainsKey($"activity-group.{g}")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_the_workflow_pages_name_has_a_text()
    {
        var keys = Directory.EnumerateFiles(Path.Combine(Definitions.Root, "src", "Host", "Components", "Workflows"))
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "\"((?:workflows|instances|incidents)\\.[a-z.-]*[a-z])\"")
                .Select(m => m.Groups[1].Value)).Where(k => !k.EndsWith(".css", StringComparison.Ordinal)).ToHashSet();
        keys.Where(k => !Texts.Chinese.ContainsKey(k) || !Texts.English.ContainsKey(k)).ShouldBeEmpty();
    }

    [Fact]
    public void A_problem_names_its_step_and_stands_whole_in_one_sentence()
    {
        var editor = DefinitionEditor.Open(Definitions.Settlement);
        DesignerSession.ProblemText(new DefinitionProblem("invoice-entry", null, "engine.problem.no-outcome-connected", ["寄出发票"], false), editor,
            Texts).ShouldBe("“寄出发票”没有出口。把它的结果连到下一步，或连到结束");
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Host.Components.Workflows;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Modules as activity providers (issue 3): what they offer, what the canvas shows of it, and what the shipped processes use are the same.
/// </summary>
public sealed class ShippedDefinitionTests
{
    private static readonly string[] Files =
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "workflows"), "*.json", SearchOption.AllDirectories);
    private static readonly IReadOnlyList<(string File, JsonObject Step)> Steps = [.. Files.SelectMany(f =>
        JsonNode.Parse(File.ReadAllText(f))!["root"]!["activities"]!.AsArray().Select(a => (Path.GetFileName(f), a!.AsObject())))];

    private static bool IsOurs(ActivityDescriptor descriptor) => !descriptor.Type.StartsWith("Elsa.", StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task Every_step_a_module_offers_is_used_by_a_shipped_process()
    {
        await using var app = await TestApp.StartAsync();
        var used = Steps.Select(s => (string)s.Step["type"]!).ToHashSet();
        var ours = app.Get<ActivityCatalog>().All.Where(IsOurs).Select(d => d.Type).ToList();
        ours.Count.ShouldBeGreaterThan(20);
        ours.Except(used).ShouldBeEmpty();
    }

    /// <summary>An input of that name would take the step's own member for its value.</summary>
    [Fact]
    public async Task No_step_of_ours_has_an_input_or_output_named_as_what_every_step_has()
    {
        await using var app = await TestApp.StartAsync();
        string[] own = ["id", "name", "type", "version", "metadata", "customProperties", "nodeId", "runAsynchronously"];
        app.Get<ActivityCatalog>().All.Where(IsOurs)
            .SelectMany(d => InputField.Of(d).Where(i => own.Contains(i.Name)).Select(i => $"{d.Type} {i.Name}")
            .Concat(OutputField.Of(d).Where(o => own.Contains(o.Name)).Select(o => $"{d.Type} {o.Name}"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_shipped_process_publishes_without_a_warning()
    {
        await using var app = await TestApp.StartAsync();
        Files.Length.ShouldBeGreaterThan(6);
        foreach (var file in Files)
            CompiledWorkflow.Compile(WorkflowDefinition.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)), "",
                app.Get<ActivityCatalog>()).Problems.Select(p => $"{Path.GetFileName(file)} {p.ActivityId}.{p.Property} {p.Code}").ShouldBeEmpty();
    }

    /// <summary>What a file binds is an input or output of the class, under the type the canvas shows and writes.</summary>
    [Fact]
    public async Task The_canvas_shows_every_input_and_output_the_shipped_processes_bind_with_its_type()
    {
        await using var app = await TestApp.StartAsync();
        var wrong = new List<string>();
        foreach (var (file, step) in Steps)
        {
            var type = (string)step["type"]!;
            var descriptor = app.Get<ActivityCatalog>().Find(type).ShouldNotBeNull(type);
            if (!IsOurs(descriptor)) continue;
            var inputs = InputField.Of(descriptor).ToDictionary(i => i.Name, i => i.TypeName);
            var outputs = OutputField.Of(descriptor).ToDictionary(o => o.Name, o => o.TypeName);
            foreach (var (name, member) in step)
            {
                if (member is not JsonObject bound || bound["expression"] is null && bound["memoryReference"] is null) continue;
                var shown = (bound["memoryReference"] is null ? inputs : outputs).GetValueOrDefault(name);
                if (shown != (string?)bound["typeName"])
                    wrong.Add($"{file} {step["id"]}.{name} is {bound["typeName"]}, the canvas shows {shown ?? "nothing"}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_input_and_output_is_called_by_a_name_in_both_languages()
    {
        await using var app = await TestApp.StartAsync();
        var texts = new Texts([.. app.Get<IEnumerable<TextSource>>(), new TextSource(typeof(DesignerSession).Assembly)]);
        bool Named(params string[] keys) => keys.Any(texts.Chinese.ContainsKey) && keys.Any(texts.English.ContainsKey);
        var unnamed = new List<string>();
        foreach (var descriptor in app.Get<ActivityCatalog>()
            .All.Where(d => new ActivityCards(app.Get<ActivityCatalog>(), texts).All.Any(c => c.Type == d.Type)))
        {
            unnamed.AddRange(InputField.Of(descriptor).Where(i => !Named($"activity.{descriptor.Type}.{i.Name}", $"activity-input.{i.Name}"))
                .Select(i => $"{descriptor.Type} input {i.Name}"));
            unnamed.AddRange(OutputField.Of(descriptor).Where(o =>
                !Named($"activity.{descriptor.Type}.{o.Name}", $"activity-output.{o.Name}", $"activity-input.{o.Name}"))
                .Select(o => $"{descriptor.Type} output {o.Name}"));
        }
        unnamed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_result_is_kept_in_a_variable_and_the_rest_of_the_step_stays()
    {
        await using var app = await TestApp.StartAsync();
        var step = Steps.Single(s => s.File == "quotation.json" && (string?)s.Step["id"] == "create").Step.DeepClone().AsObject();
        var before = step.ToJsonString();
        var output = OutputField.Of(app.Get<ActivityCatalog>().Find("Sales.CreateOpportunity")!).ShouldHaveSingleItem();
        (output.Name, output.TypeName, output.KeptIn(step)).ShouldBe(("opportunityId", "Guid", "OpportunityId"));
        output.Keep(step, "Other");
        output.KeptIn(step).ShouldBe("Other");
        output.Keep(step, null);
        output.KeptIn(step).ShouldBeNull();
        output.Keep(step, "OpportunityId");
        JsonNode.DeepEquals(step, JsonNode.Parse(before)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_kind_of_record_a_trigger_follows_is_picked_from_those_there_are()
    {
        await using var app = await TestApp.StartAsync();
        var texts = new Texts([.. app.Get<IEnumerable<TextSource>>(), new TextSource(typeof(DesignerSession).Assembly)]);
        var pages = new WorkflowPages(app.Runtime, app.Get<IEnumerable<Tasks.TaskFormKey>>(), app.Get<IEnumerable<RecordType>>(), texts);
        var admin = await app.StaffAsync("fanglan", "方岚", rights: [DefinitionAdministration.Right]);
        var names = (await pages.NamesAsync(admin, TestContext.Current.CancellationToken)).Value;
        var editor = DefinitionEditor.Open(File.ReadAllText(Files.Single(f => f.EndsWith("first-visit.json", StringComparison.Ordinal))));
        var session = new DesignerSession(editor, app.Get<ActivityCatalog>(), texts, names, readOnly: false);
        var offered = session.ChoicesFor(InputField.Of(app.Get<ActivityCatalog>().Find("CrmFlow.RecordSaved")!).Single(i => i.Name == "recordType")
            .Editor).ShouldNotBeNull();
        offered.Select(o => o.Value).ShouldBe(app.Get<IEnumerable<RecordType>>().Select(r => r.Name), ignoreOrder: true);
        offered.ShouldContain(("Sales.SalesRecord", "销售记录"));
        offered.Where(o => o.Name.StartsWith("record.", StringComparison.Ordinal)).ShouldBeEmpty();
        session.Summaries.Of(editor.Find("sale-saved")!).ShouldBe("销售记录");
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>A problem of the definition in words, with the step to go to.</summary>
public sealed record FoundProblem(DefinitionProblem Problem, string Text);

/// <summary>
/// One open designer: the definition, what is selected and what is wrong with it. Canvas, steps list and panel all change it here and hear of it
/// here.
/// </summary>
/// <param name="names">What pickers offer: roles and departments by principal (<c>r:</c>, <c>d:</c>), staff by login (<c>u:</c>), forms by key
/// (<c>f:</c>), kinds of records by type (<c>t:</c>).</param>
public sealed class DesignerSession(DefinitionEditor editor, ActivityCatalog catalog, Texts texts, IReadOnlyDictionary<string, string> names,
    bool readOnly)
{
    public DefinitionEditor Editor => editor;
    public ActivityCards Cards { get; } = new(catalog, texts);
    public StepSummaries Summaries => new(texts, Cards, names, editor.Variables);
    public IReadOnlyDictionary<string, string> Names => names;
    public bool ReadOnly => readOnly;
    public IReadOnlyList<FoundProblem> Problems { get; private set; } = Find(editor, catalog, texts);
    public bool HasErrors => Problems.Any(p => p.Problem.IsError);
    public IReadOnlyList<string> Steps { get; private set; } = [];
    public IReadOnlyList<string> Connections { get; private set; } = [];
    /// <summary>The one selected step; null when none or several are.</summary>
    public JsonObject? Step => Steps is [var one] ? editor.Find(one) : null;

    /// <summary>Something changed; every part draws itself again.</summary>
    public event Action? Changed;
    /// <summary>Go to this step: the canvas shows it, the list scrolls to it.</summary>
    public event Action<string>? Revealed;

    /// <summary>Changes the definition and checks it again.</summary>
    public void Do(Action<DefinitionEditor> change)
    {
        if (readOnly) return;
        change(editor);
        Problems = Find(editor, catalog, texts);
        var ids = editor.Steps.Select(s => s.Text("id")).ToHashSet();
        var edges = editor.Drawing.Edges.Select(e => e.Id).ToHashSet();
        (Steps, Connections) = ([.. Steps.Where(ids.Contains)], [.. Connections.Where(edges.Contains)]);
        Changed?.Invoke();
    }

    public void Edit(string stepId, Action<JsonObject> change) => Do(e => e.Edit(stepId, change));

    public void Select(IReadOnlyList<string> steps, IReadOnlyList<string>? connections = null)
    {
        (Steps, Connections) = (steps, connections ?? []);
        Changed?.Invoke();
    }

    public void Reveal(string stepId)
    {
        if (editor.Find(stepId) is null) editor.GoTo(stepId);
        Select([stepId]);
        Revealed?.Invoke(stepId);
    }

    /// <summary>Goes into a place of a step that holds steps.</summary>
    public void Enter(string stepId, string? slot)
    {
        Do(e => e.Enter(stepId, slot));
        if (readOnly) editor.Enter(stepId, slot); // looking inside changes nothing: the page offers only what is a container already
        Select([]);
    }

    public void Leave(int depth)
    {
        var from = editor.Path.Count > depth ? editor.Path[depth].StepId : null;
        editor.Leave(depth);
        Select(from is null ? [] : [from]);
    }

    /// <summary>What a place inside a step is called: 循环体, 成立时, the label of a case.</summary>
    public string SlotName(JsonObject step, string? slot) => slot switch
    {
        null => texts["workflows.slot.steps"],
        _ when slot.StartsWith("case:", StringComparison.Ordinal) && step["cases"] is JsonArray cases && int.TryParse(slot[5..], out var at) =>
            cases[at].Text("label") ?? slot,
        _ => texts.Find($"workflows.slot.{slot}", System.Globalization.CultureInfo.CurrentUICulture) ?? slot,
    };

    /// <summary>What an input's picker offers; null when it has none.</summary>
    /// <param name="editorName">The editor the activity names for its input.</param>
    public IReadOnlyList<(string Value, string Name)>? ChoicesFor(string? editorName)
    {
        var prefix = editorName switch { "roles" => "r:", "department" => "d:", "users" => "u:", "task-form" => "f:", "record-type" => "t:", _ =>
            null };
        var choices = prefix is null ? [] : names.Where(n => n.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(n => (n.Key[2..], n.Value))
            .OrderBy(n => n.Item2, StringComparer.CurrentCulture).ToList();
        return choices.Count == 0 ? null : choices;
    }

    /// <summary>Removes what is selected.</summary>
    public void RemoveSelected()
    {
        var (steps, connections) = (Steps, Connections.ToHashSet());
        if (steps.Count == 0 && connections.Count == 0) return;
        Do(e =>
        {
            if (steps.Count > 0) e.Remove([.. steps]);
            else e.Disconnect(e.Drawing.Edges.Where(d => connections.Contains(d.Id)));
        });
    }

    private static List<FoundProblem> Find(DefinitionEditor editor, ActivityCatalog catalog, Texts texts) =>
        [.. CompiledWorkflow.Compile(editor.Definition, "", catalog).Problems.OrderByDescending(p => p.IsError)
            .Select(p => new FoundProblem(p, ProblemText(p, editor, texts)))];

    /// <summary>Names the step, says what is wrong and the way out; the texts' first placeholder is the step.</summary>
    public static string ProblemText(DefinitionProblem problem, DefinitionEditor editor, Texts texts)
    {
        var step = problem.ActivityId is { } id && editor.FindAnywhere(id) is { } found ? FlowDrawing.TextOf(found) : editor.Definition.Name;
        var text = texts[problem.Code, [.. problem.Args.Cast<object?>()]];
        // most modules name the step themselves
        return text.Contains($"“{step}”", StringComparison.Ordinal) ? text : texts["workflows.problem", step, text];
    }
}

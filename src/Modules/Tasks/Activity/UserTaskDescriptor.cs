using System.Text.Json;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>
/// How the engine makes user tasks and what publishing checks of them: a form that exists, actions that can be read, somebody to ask.
/// </summary>
internal static class UserTaskDescriptor
{
    private static readonly string[] Assignment = ["users", "roles", "departmentHead", "agent", "field", "assignees"];

    public static ActivityDescriptor Create(IServiceProvider services)
    {
        var forms = services.GetServices<TaskFormKey>().Select(f => f.Key).ToHashSet();
        var create = ActivatorUtilities.CreateFactory<UserTaskActivity>([]);
        return new ActivityDescriptor(UserTaskActivity.TypeName, typeof(UserTaskActivity), sp => create(sp, [])) { Validate = step =>
            Validate(step, forms), Ports = Ports };
    }

    /// <summary>One port per action that goes on; an action that returns follows none.</summary>
    private static IEnumerable<string>? Ports(CompiledActivity step)
    {
        try
        {
            return TaskAction.Read(Actions(step)).Where(a => a.ReturnTo is null).Select(a => a.Name);
        }
        catch (InvalidOperationException) { return null; }
    }

    private static Value Actions(CompiledActivity step) =>
        step.Json["actions"] is { } json ? Value.From(JsonSerializer.Deserialize<JsonElement>(json)) : Value.Undefined;

    private static IEnumerable<DefinitionProblem> Validate(CompiledActivity step, HashSet<string> forms)
    {
        if (Literal(step, "form") is { Length: > 0 } form ? !forms.Contains(form) : step.Json["form"] is null && step.Json["fields"] is not JsonArray)
            yield return new(step.Id, "form", "tasks.definition.unknown-form", [step.DisplayText, Literal(step, "form") ?? ""]);

        var fields = StepField.Read(step.Json["fields"]);
        foreach (var field in fields)
            if (!IsName(field.Name) || fields.Count(f => f.Name == field.Name) > 1 || !StepField.Types.Contains(field.Type)
                || field.Type == "choice" && field.Choices.Count == 0)
                yield return new(step.Id, "fields", "tasks.definition.field", [step.DisplayText, field.Label]);

        string? wrong = null;
        try
        {
            _ = TaskAction.Read(Actions(step));
        }
        catch (InvalidOperationException e) { wrong = e.Message; }
        if (wrong is not null) yield return new(step.Id, "actions", "tasks.definition.actions", [step.DisplayText, wrong]);

        if (Assignment.All(name => IsEmpty(step, name))) yield return new(step.Id, "assignees", "tasks.definition.nobody", [step.DisplayText]);
        if (Literal(step, "dueInWorkingDays") is { } due && !(int.TryParse(due, out var days) && days is >= 0 and <= 3660))
            yield return new(step.Id, "dueInWorkingDays", "tasks.definition.due", [step.DisplayText, due]);
    }

    /// <summary>A field becomes a variable, so it is called like one.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 60 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>The text of a literal input; null when it is missing or computed.</summary>
    private static string? Literal(CompiledActivity step, string name) => step.Json[name] switch
    {
        JsonValue bare => bare.ToString(),
        JsonObject input when input["expression"] is JsonObject e && e["type"]?.ToString() == "Literal" => e["value"]?.ToString(),
        _ => null,
    };

    private static bool IsEmpty(CompiledActivity step, string name) =>
        step.Json[name] is null || step.Json[name] is JsonObject input && input["expression"] is null || Literal(step, name) is { Length: 0 };
}

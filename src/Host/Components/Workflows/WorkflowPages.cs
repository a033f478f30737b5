using System.Globalization;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>The administration of processes in the menu, and what its pages ask beside the runtime's own administration.</summary>
public sealed class WorkflowPages(WorkflowRuntime runtime, IEnumerable<TaskFormKey> forms, IEnumerable<RecordType> records, Texts texts)
{
    public static readonly Operation Names = new("Workflows.ListRolesAndDepartments", Access.Staff(DefinitionAdministration.Right));
    public static readonly Operation Tasks = new("Workflows.ListInstanceTasks", Access.Staff(DefinitionAdministration.Right));

    /// <summary>
    /// What the panel's pickers offer and the canvas' subtitles say: roles and departments by principal, staff as <c>u:</c> and login, forms as
    /// <c>f:</c> and key, kinds of records as <c>t:</c> and type.
    /// </summary>
    public Task<Result<Dictionary<string, string>>> NamesAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<Dictionary<string, string>>(Names, actor, async db =>
        {
            var names = await db.RolesAndDepartmentsAsync(ct);
            foreach (var (login, name) in await db.StaffByLoginAsync(ct)) names[$"u:{login}"] = name;
            foreach (var form in forms) names[$"f:{form.Key}"] = texts[$"task-form.{form.Key}"];
            foreach (var record in records) names[$"t:{record.Name}"] = texts[$"record.{record.Name}"];
            return names;
        }, ct);

    /// <summary>A definition as the reader's language calls it: its own name, or the product's English for a definition it ships.</summary>
    public static string NameOf(Texts texts, string definitionId, string name) =>
        CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh" ? name
            : texts.Find($"workflow.{definitionId}", CultureInfo.CurrentUICulture) ?? name;

    /// <summary>Tasks of an instance with who holds or decided them.</summary>
    public Task<Result<InstanceTasks>> TasksAsync(Actor actor, Guid instanceId, CancellationToken ct) =>
        runtime.ReadAsync<InstanceTasks>(Tasks, actor, async db =>
        {
            var tasks = await db.TasksOfInstanceAsync(instanceId, ct);
            var principals = tasks.SelectMany(t => t.Holders.Concat(t.Decisions.Select(d => Principal.User(d.UserId))).Append(t.ClaimedBy is { } by
                ? Principal.User(by) : "")).Distinct().ToList();
            return new InstanceTasks(tasks, await db.PrincipalNamesAsync(principals, ct));
        }, ct);
}

internal static class WorkflowPagesRegistration
{
    public static IServiceCollection AddWorkflowPages(this IServiceCollection services)
    {
        var access = Access.Staff(DefinitionAdministration.Right);
        return services.AddSingleton<WorkflowPages>()
            .AddMenu(new MenuEntry("/admin/workflows", "workflows.title", "account_tree", "menu.processes", 700, access))
            .AddMenu(new MenuEntry("/admin/instances", "instances.title", "list_alt", "menu.processes", 710, access))
            .AddMenu(new MenuEntry("/admin/incidents", "incidents.title", "warning", "menu.processes", 720, access)
            {
                CountAsync = async (sp, actor, ct) => await sp.GetRequiredService<FailureAdministration>().ListAsync(actor, ct) is { Failed: false,
                    Value: var failures } ? failures.Incidents.Count + failures.DeadRows.Count + failures.Mails.Count(m => m.NextAt is null) : 0,
            });
    }
}

/// <param name="Names">Display names of the principals the tasks mention.</param>
public sealed record InstanceTasks(IReadOnlyList<SubjectTask> Tasks, IReadOnlyDictionary<string, string> Names);

public sealed record DefinitionFileTooLarge() : Problem("workflows.file-too-large");
public sealed record NoDefinitionFile() : Problem("workflows.no-definition-file");
public sealed record OtherDefinition(string DefinitionId) : Problem("workflows.other-definition", DefinitionId);

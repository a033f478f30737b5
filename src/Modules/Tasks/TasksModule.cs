using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>Everything the module brings, by name.</summary>
public static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services) => services
        .AddTexts(typeof(TasksModule).Assembly).AddOperations(typeof(TasksModule).Assembly)
        .AddModel(TasksModel.Configure)
        .AddRight(TaskRights.Administer, "right.group.admin")
        .AddSetting(UploadAttachment.QuotaMegabytes, "tasks.module", v => v is < 1 or > 1_000_000 ? new QuotaOutOfRange(v) : null)
        .AddSingleton(UserTaskDescriptor.Create)
        .AddScoped<TaskBurst>()
        .AddReminderSource<TaskReminders>()
        .AddDueHandler<MarkOverdue>(UserTaskActivity.OverdueKind)
        .AddDueHandler<DeleteFile>(DeleteFile.Kind)
        .AddSingleton<FileStore>()
        .AddTaskForm<StepFieldsForm>(StepFieldsForm.Key)
        .AddScoped<CompleteTask>().AddScoped<ClaimTask>().AddScoped<GiveBackTask>().AddScoped<AssignTask>().AddScoped<FindAssignees>().AddScoped<SaveDraft>().AddScoped<ReadCopy>()
        .AddScoped<UploadAttachment>().AddScoped<RemoveAttachment>()
        .AddMenu(new MenuEntry(Routes.Inbox, "tasks.inbox", "inbox", "", 10, Access.Staff()) { OnPhone = true, CountAsync = CountAsync })
        .AddMenu(new MenuEntry("/inbox?tab=started", "tasks.tab.Started", "north", "menu.processes", 100, Access.Staff()))
        .AddMenu(new MenuEntry("/inbox?tab=done", "tasks.tab.Done", "check", "menu.processes", 110, Access.Staff()))
        .AddMenu(new MenuEntry("/inbox?tab=copied", "tasks.tab.Copied", "mail", "menu.processes", 120, Access.Staff()))
        .AddHomePart(new HomePart(typeof(Pages.AttentionCard), HomePlace.Top, 100, Access.Staff(TaskRights.Administer)))
        .AddHomePart(new HomePart(typeof(Pages.Inbox), HomePlace.Main, 100, Access.Staff()))
        .AddHomePart(new HomePart(typeof(Pages.WeekCard), HomePlace.Side, 100, Access.Staff()))
        .AddHomePart(new HomePart(typeof(Pages.StartedCard), HomePlace.Side, 110, Access.Staff()))
        .AddScoped<InboxPage>().AddScoped<TaskPage>().AddScoped<Attachments>();

    public static IEndpointRouteBuilder MapTasks(this IEndpointRouteBuilder app)
    {
        app.MapGet("/attachments/{id:guid}", Attachments.DownloadAsync).RequireAuthorization(Policies.SignedIn)
            .WithName("DownloadAttachment").WithTags("Records").WithSummary("The bytes of an attachment, in ranges if asked · 下载附件")
            .Produces<Stream>(contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
        return app;
    }

    private static async Task<int> CountAsync(IServiceProvider services, Actor actor, CancellationToken ct) =>
        (await services.GetRequiredService<InboxPage>().CountsAsync(actor, ct)) is { Failed: false } counts ? counts.Value[InboxTab.Mine] : 0;

    /// <summary>Names the data scope of a subject type; see <see cref="ISubject"/>.</summary>
    public static IServiceCollection AddSubject<T>(this IServiceCollection services, string subjectType) where T : class, ISubject =>
        services.AddKeyedScoped<ISubject, T>(subjectType);

    /// <summary>Registers the form of <c>CrmFlow.UserTask</c> steps whose input <c>form</c> is this key.</summary>
    public static IServiceCollection AddTaskForm<T>(this IServiceCollection services, string key) where T : class, ITaskForm =>
        services.AddKeyedScoped<ITaskForm, T>(key).AddSingleton(new TaskFormKey(key));
}

/// <summary>A registered form, for validation and the designer's choice.</summary>
public sealed record TaskFormKey(string Key);

internal sealed record QuotaOutOfRange(int Value) : Problem("tasks.problem.quota-range", Value);

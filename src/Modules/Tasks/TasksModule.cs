using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>Everything the module brings, by name.</summary>
public static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services) => services
        .AddTexts(typeof(TasksModule).Assembly)
        .AddModel(TasksModel.Configure)
        .AddRight(TaskRights.Administer, "right.group.admin")
        .AddSetting(UploadAttachment.QuotaMegabytes, "tasks.module", v => v is < 1 or > 1_000_000 ? new QuotaOutOfRange(v) : null)
        .AddSingleton(UserTaskDescriptor.Create)
        .AddScoped<TaskBurst>()
        .AddDueHandler<MarkOverdue>(UserTaskActivity.OverdueKind)
        .AddSingleton<FileStore>()
        .AddScoped<CompleteTask>().AddScoped<ClaimTask>().AddScoped<GiveBackTask>().AddScoped<AssignTask>().AddScoped<SaveDraft>().AddScoped<ReadCopy>()
        .AddScoped<UploadAttachment>().AddScoped<RemoveAttachment>()
        .AddScoped<InboxPage>().AddScoped<TaskPage>().AddScoped<Attachments>();

    public static IEndpointRouteBuilder MapTasks(this IEndpointRouteBuilder app)
    {
        app.MapGet("/attachments/{id:guid}", Attachments.DownloadAsync).RequireAuthorization(Policies.SignedIn);
        return app;
    }

    /// <summary>Names the data scope of a subject type; see <see cref="ISubject"/>.</summary>
    public static IServiceCollection AddSubject<T>(this IServiceCollection services, string subjectType) where T : class, ISubject => services.AddKeyedScoped<ISubject, T>(subjectType);

    /// <summary>Registers the form of <c>CrmFlow.UserTask</c> steps whose input <c>form</c> is this key.</summary>
    public static IServiceCollection AddTaskForm<T>(this IServiceCollection services, string key) where T : class, ITaskForm =>
        services.AddKeyedScoped<ITaskForm, T>(key).AddSingleton(new TaskFormKey(key));
}

/// <summary>A registered form, for validation and the designer's choice.</summary>
public sealed record TaskFormKey(string Key);

internal sealed record QuotaOutOfRange(int Value) : Problem("tasks.problem.quota-range", Value);

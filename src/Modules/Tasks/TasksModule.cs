using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>Everything the module brings, by name.</summary>
public static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services) => services
        .AddTexts(typeof(TasksModule).Assembly);

    /// <summary>Names the data scope of a subject type; see <see cref="ISubject"/>.</summary>
    public static IServiceCollection AddSubject<T>(this IServiceCollection services, string subjectType) where T : class, ISubject => services.AddKeyedScoped<ISubject, T>(subjectType);

    /// <summary>Registers the form of <c>CrmFlow.UserTask</c> steps whose input <c>form</c> is this key.</summary>
    public static IServiceCollection AddTaskForm<T>(this IServiceCollection services, string key) where T : class, ITaskForm => services.AddKeyedScoped<ITaskForm, T>(key);
}

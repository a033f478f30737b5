using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>
/// Does one kind of long work, in chunks of <see cref="JobContext.ChunkAsync"/>. It may be asked again for the same job, after a crash or a pause:
/// then it goes on from
/// <see cref="JobContext.Checkpoint{T}"/>. Registered with <c>services.AddJob&lt;T&gt;("module.kind")</c>; the text key of the kind is
/// <c>job.{kind}</c>.
/// </summary>
public interface IJobHandler
{
    Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct);
}

/// <summary>What came of a job: a sentence with numbers.</summary>
/// <param name="Result">A <see cref="Phrase"/>.</param>
public sealed record JobOutcome(string Result)
{
    /// <summary>Something was left out and waits for whoever started it.</summary>
    public bool IsPartial { get; init; }
    /// <summary>What to call the file at <see cref="JobContext.ResultPath"/>, when the job wrote one.</summary>
    public string? FileName { get; init; }
}

/// <summary>How far a chunk brought the job.</summary>
/// <param name="Checkpoint">Where to go on, as JSON.</param>
public sealed record JobProgress(object? Checkpoint, int Done, int? Total);

/// <summary>A kind of job that begins by itself.</summary>
/// <param name="Cron">Six fields, in the business zone.</param>
public sealed record JobSchedule(string Kind, string Cron);

/// <summary>
/// Who executes jobs: Hangfire, in the Host. It is told ids and calls <see cref="JobWorker.RunAsync"/>; telling it one twice does no harm.
/// </summary>
internal sealed record JobExecutor(Action<string, Guid> Enqueue);

/// <summary>
/// Who somebody is now, for work that goes on without them: the identity module, which this one cannot see. Null when the person may no longer sign
/// in.
/// </summary>
public sealed record JobActors(Func<Guid, CancellationToken, Task<(Actor Actor, string Language)?>> FindAsync);

public static class JobRegistration
{
    public static IServiceCollection AddJob<T>(this IServiceCollection services, string kind) where T : class, IJobHandler =>
        services.AddKeyedScoped<IJobHandler, T>(kind);

    public static IServiceCollection AddJobSchedule(this IServiceCollection services, string kind, string cron) =>
        services.AddSingleton(new JobSchedule(kind, cron));

    internal static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobQueue>().AddSingleton<JobWorker>().AddSingleton<JobSweep>().AddSingleton<JobFiles>();
        services.AddSingleton(sp =>
            new JobAdministration(sp.GetRequiredService<WorkflowRuntime>(), sp.GetRequiredService<JobQueue>(), sp.GetRequiredService<JobFiles>()));
        services.AddHostedService<JobSweepService>();
        return services.AddJob<Retention>(Retention.Kind).AddJobSchedule(Retention.Kind, "0 20 3 * * *");
    }
}

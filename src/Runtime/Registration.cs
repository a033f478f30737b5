using System.Reflection;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>How a module plugs in: each call names one thing it brings.</summary>
public static class Registration
{
    /// <summary>
    /// The runtime itself. Configuration: <c>Database:Provider</c> and <c>Database:ConnectionString</c> (<see cref="DatabaseOptions"/>),
    /// <c>Business:TimeZone</c> (default Asia/Shanghai), <c>Mail:*</c> (<see cref="MailSettings"/>). The clock is the registered <see
    /// cref="TimeProvider"/>, else the system's.
    /// </summary>
    public static IServiceCollection AddCrmFlowRuntime(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(DatabaseOptions.From(configuration));
        services.AddSingleton(sp => new BusinessTime(TimeZoneInfo.FindSystemTimeZoneById(configuration["Business:TimeZone"] ?? "Asia/Shanghai"),
            sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CommandCounters>();
        services.AddSingleton<RuntimeMetrics>();
        services.AddSingleton<LiveUpdates>();
        services.AddSingleton<LiveUpdateSender>();
        services.AddSingleton<PumpSignals>();
        services.AddSingleton<RecordScopes>();
        services.AddSingleton<RuntimeDatabase>();
        services.AddSingleton<WorkflowRunner>();
        services.AddSingleton<ActivityCatalog>();
        services.AddSingleton<WorkflowDefinitions>();
        services.AddSingleton<InstanceServices>();
        services.AddSingleton(RecordSaved.Describe);
        services.AddSingleton<Texts>();
        services.AddSingleton<Dictionaries>();
        services.TryAddSingleton(
            new PeopleLookup((_, _, _) => Task.FromResult(new Dictionary<Guid, string>()), (_, _, _) => Task.FromResult<IReadOnlyList<Guid>>([])));
        services.AddSingleton(sp => ActivatorUtilities.CreateInstance<ListServices>(sp));
        services.AddSingleton(sp => new WorkingCalendars(
            sp.GetRequiredService<RuntimeDatabase>(), sp.GetRequiredService<BusinessTime>(), sp.GetRequiredService<LiveUpdates>()));
        services.AddSingleton(sp => new WorkflowRuntime(
            sp.GetRequiredService<RuntimeDatabase>(), sp.GetRequiredService<IServiceScopeFactory>(), sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<LiveUpdates>(), sp.GetRequiredService<LiveUpdateSender>(), sp.GetRequiredService<PumpSignals>(), sp.GetRequiredService<RuntimeMetrics>(),
            sp.GetRequiredService<OperationCatalogue>(), sp.GetRequiredService<ILogger<WorkflowRuntime>>()));
        services.AddSingleton<Claims>();
        services.AddSingleton<OutboxDelivery>();
        services.AddSingleton(new MailSettings(configuration));
        services.TryAddSingleton<IMailTransport, SmtpMailTransport>();
        services.TryAddSingleton(configuration);
        services.AddSingleton<DuePump>();
        services.AddDueHandler<ClockTrigger>(ClockTrigger.Kind);
        services.AddDueHandler<QueuedWork>(QueuedWork.StartKind).AddDueHandler<QueuedWork>(QueuedWork.EventKind).AddDueHandler<QueuedWork>(
            QueuedWork.ResumeKind);
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<HttpExchanges>();
        services.AddSingleton(sp =>
            new HttpRouting(sp.GetRequiredService<WorkflowRuntime>(), sp.GetRequiredService<HttpExchanges>(), sp.GetRequiredService<TimeProvider>()));
        services.AddHostedService<DuePumpService>();
        services.AddHostedService<LiveUpdateListener>();
        services.TryAddSingleton(new JobExecutor((_, _) => { }));
        services.TryAddSingleton(new JobActors((_, _) => Task.FromResult<(Actor, string)?>(null)));
        services.AddJobs();
        services.AddSingleton<DatabaseBackup>();
        services.AddSingleton(sp =>
            new RuntimeHealth(sp.GetRequiredService<RuntimeDatabase>(), sp.GetRequiredService<DuePump>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp =>
            new DefinitionAdministration(sp.GetRequiredService<WorkflowRuntime>(), sp.GetRequiredService<WorkflowDefinitions>()));
        services.AddSingleton(sp =>
            new InstanceAdministration(sp.GetRequiredService<WorkflowRuntime>(), sp.GetRequiredService<WorkflowDefinitions>()));
        services.AddSingleton(sp => new FailureAdministration(sp.GetRequiredService<WorkflowRuntime>()));
        services.AddSingleton<ShippedDefinitions>();
        services.AddScoped<CommandSlot>();
        services.AddScoped(sp => sp.GetRequiredService<CommandSlot>().Command
            ?? throw new InvalidOperationException("There is no command here. A Command exists only inside WorkflowRuntime.ExecuteAsync."));
        services.AddTexts(typeof(Registration).Assembly).AddOperations(typeof(Registration).Assembly);
        services.AddSingleton<OperationCatalogue>();
        return services;
    }

    public static IServiceCollection AddModel(this IServiceCollection services, Action<ModelBuilder> configure) =>
        services.AddSingleton(new ModelContribution(configure));
    public static IServiceCollection AddTexts(this IServiceCollection services, Assembly assembly) => services.AddSingleton(new TextSource(assembly));
    public static IServiceCollection AddSetting<T>(this IServiceCollection services, Setting<T> setting, string module, Func<T, Problem?>? validate = null) where T : notnull =>
        services.AddSingleton(new SettingDescriptor(setting.Key, module, typeof(T), setting.Default, validate is null ? null : v => validate((T)v)));

    /// <summary>Registers an activity type; the class carries <see cref="ActivityAttribute"/> and takes services by constructor.</summary>
    public static IServiceCollection AddActivity<T>(this IServiceCollection services) where T : class, IActivity
    {
        var factory = ActivatorUtilities.CreateFactory<T>([]);
        var about = typeof(T).GetCustomAttribute<ActivityAttribute>()
            ?? throw new InvalidOperationException($"{typeof(T).Name} needs an [Activity(\"Module.Name\")] attribute.");
        return services.AddSingleton(
            new ActivityDescriptor(about.Type, typeof(T), sp => factory(sp, [])) { Outcomes = about.Outcomes, IsTrigger = about.IsTrigger });
    }

    /// <summary>Registers activity types that need no services, such as the built-in ones.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services, IEnumerable<ActivityDescriptor> descriptors)
    {
        foreach (var descriptor in descriptors) services.AddSingleton(descriptor);
        return services;
    }

    /// <summary>
    /// Names a kind of record whose saving may start processes (<see cref="Command.RecordSavedAsync"/>); the text key is <c>record.{type}</c>.
    /// </summary>
    public static IServiceCollection AddRecordType(this IServiceCollection services, string type) => services.AddSingleton(new RecordType(type));

    /// <summary>Registers what runs when a row scheduled under this kind falls due.</summary>
    public static IServiceCollection AddDueHandler<T>(this IServiceCollection services, string kind) where T : class, IDueHandler =>
        services.AddKeyedScoped<IDueHandler, T>(kind);

    /// <summary>Names who answers for the records behind the instances of a definition; see <see cref="IProcessOwner"/>.</summary>
    public static IServiceCollection AddProcessOwner<T>(this IServiceCollection services, string definitionId) where T : class, IProcessOwner =>
        services.AddKeyedScoped<IProcessOwner, T>(definitionId);

    /// <summary>Registers a kind of record the shell's search finds.</summary>
    public static IServiceCollection AddSearch<T>(this IServiceCollection services) where T : class, ISearchSource =>
        services.AddScoped<ISearchSource, T>();

    /// <summary>Names a right for the roles page; the text key is <c>right.{key}</c>.</summary>
    public static IServiceCollection AddRight(this IServiceCollection services, string key, string group) =>
        services.AddSingleton(new RightDescriptor(key, group));
}

/// <param name="Key">Such as <c>settlement.commerce</c>.</param>
/// <param name="Group">Text key of the heading it stands under.</param>
public sealed record RightDescriptor(string Key, string Group);

using System.Reflection;

namespace CrmFlow.Engine;

/// <summary>One registered activity type: how to make it and what the designer shows of it.</summary>
/// <param name="Type">Stored type name, compared case-insensitively.</param>
/// <param name="Class">The implementing class; its [Input] and [Output] properties are the typed inputs and outputs.</param>
/// <param name="Create">Makes a new one from the command's scope.</param>
public sealed record ActivityDescriptor(string Type, Type Class, Func<IServiceProvider, IActivity> Create)
{
    public string[] Outcomes { get; init; } = [];
    public bool IsTrigger { get; init; }

    /// <summary>
    /// Checks a step's JSON beyond its types (a role that exists, a form that exists); null when there is nothing to check.
    /// Returns problem codes with arguments.
    /// </summary>
    public Func<CompiledActivity, IEnumerable<DefinitionProblem>>? Validate { get; init; }

    /// <summary>
    /// The ports this very step has beside <c>Done</c>, when its own configuration decides (cases, branches, decisions); null for <see
    /// cref="Outcomes"/>.
    /// Returns null when they are only known at run time.
    /// </summary>
    public Func<CompiledActivity, IEnumerable<string>?>? Ports { get; init; }

    /// <summary>A descriptor of a class that carries <see cref="ActivityAttribute"/>.</summary>
    public static ActivityDescriptor For<T>(Func<IServiceProvider, T> create) where T : class, IActivity
    {
        var attribute = typeof(T).GetCustomAttribute<ActivityAttribute>()
            ?? throw new InvalidOperationException($"{typeof(T).Name} has no [Activity(\"…\")] attribute; it names the stored type.");
        return new ActivityDescriptor(attribute.Type, typeof(T), services =>
            create(services)) { Outcomes = attribute.Outcomes, IsTrigger = attribute.IsTrigger };
    }
}

/// <summary>All activity types the host registered, the engine's own included. Built once at start; the registration is the only way in.</summary>
public sealed class ActivityCatalog
{
    private readonly Dictionary<string, ActivityDescriptor> _types;

    public ActivityCatalog(IEnumerable<ActivityDescriptor> descriptors) =>
        _types = descriptors.ToDictionary(d => d.Type, StringComparer.OrdinalIgnoreCase);

    public ActivityDescriptor? Find(string type) => _types.GetValueOrDefault(type);
    public IEnumerable<ActivityDescriptor> All => _types.Values;
}

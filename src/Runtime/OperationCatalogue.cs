using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>An assembly whose operations there are: every static field of type <see cref="Operation"/> in it.</summary>
public sealed record OperationSource(Assembly Assembly);

/// <summary>
/// Everything that can be asked of this host. The runtime refuses an operation that is not in it, so what walks it (the tests of access, of foreign
/// ids, of saves) walks all there is.
/// </summary>
public sealed class OperationCatalogue
{
    private readonly Dictionary<Operation, FieldInfo> _known = new(ReferenceEqualityComparer.Instance);

    public OperationCatalogue(IEnumerable<OperationSource> sources)
    {
        foreach (var assembly in sources.Select(s => s.Assembly).Distinct())
        foreach (var type in assembly.GetTypes())
        {
            if (type.ContainsGenericParameters || type.Name.StartsWith('<')) continue;
            foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (field.FieldType == typeof(Operation)) _known.TryAdd((Operation)field.GetValue(null)!, field);
        }
    }

    /// <summary>Each with the field that declares it.</summary>
    public IReadOnlyDictionary<Operation, FieldInfo> All => _known;

    internal void Check(Operation operation)
    {
        if (!_known.ContainsKey(operation))
            throw new InvalidOperationException(
                $"Operation '{operation.Name}' is not in the catalogue. Declare it as a static field of a class that is not generic, in an assembly registered with services.AddOperations(…).");
    }
}

public static class OperationRegistration
{
    /// <summary>Takes the operations of an assembly into the catalogue.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new OperationSource(assembly));
}

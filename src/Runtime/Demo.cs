using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>
/// A module's share of the demonstration data, loaded once into an empty database by <c>--demo</c>, through the same commands people use.
/// Registered with <c>services.AddDemoData&lt;T&gt;()</c>; never runs on a database that holds real records.
/// </summary>
public interface IDemoData
{
    /// <summary>Lower first: 0 the organisation (users, roles, departments), 100 parties and products, 200 sales, 300 running processes.</summary>
    int Order { get; }
    Task LoadAsync(DemoContext demo, CancellationToken ct);
}

/// <summary>How much of it: about a hundred customers, or a thousand with what belongs to them. The smaller is a prefix of the larger.</summary>
public enum DemoSize { Small, Thousand }

/// <summary>What the loaders share.</summary>
/// <param name="Runtime">Run commands with <see cref="Actor.System"/> for records, with <see cref="ActorAsync"/> for what a person did.</param>
/// <param name="Services">A scope of its own per loader.</param>
/// <param name="Today">The business date everything is relative to.</param>
public sealed record DemoContext(WorkflowRuntime Runtime, IServiceProvider Services, DateTimeOffset Now, DateOnly Today)
{
    public DemoSize Size { get; init; }
    /// <summary>The actor of a demo user by login name, such as <c>zhoumin</c>, with the rights it has after the organisation was loaded.</summary>
    public required Func<string, CancellationToken, Task<Actor>> ActorAsync { get; init; }

    private const int Batch = 250;

    /// <summary>
    /// Adds records of a kind from index <paramref name="from"/> on, as the system and a few hundred to a command: one command that holds thousands
    /// looks through all of them again at each.
    /// </summary>
    public async Task AddAsync(Operation operation, string kind, int from, int to, Func<Command, int, Task> add, CancellationToken ct)
    {
        for (var first = from; first < to; first += Batch)
        {
            var result = await Runtime.ExecuteAsync(operation, Actor.System, DemoId.Of($"operation:{kind}:{first}"), payload: null, async cmd =>
            {
                for (var i = first; i < Math.Min(first + Batch, to); i++) await add(cmd, i);
                return Result.Ok;
            }, ct);
            if (result.Problem is { } problem) throw new InvalidOperationException($"The demonstration's {kind} could not be loaded: {problem.Key}");
        }
    }
}

/// <summary>
/// Ids of demonstration records: the same name is the same id in every database, so modules can refer to each other's records by name.
/// </summary>
public static class DemoId
{
    /// <summary>A user by login name.</summary>
    public static Guid User(string login) => Of($"user:{login}");
    /// <summary>A customer or agent by its full name.</summary>
    public static Guid Party(string name) => Of($"party:{name}");
    /// <summary>Any other record or operation: kind and name, such as <c>product:K9-01</c>.</summary>
    public static Guid Of(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes("crmflow-demo:" + name), hash);
        hash[6] = (byte)(hash[6] & 0x0f | 0x80); // version 8: application-defined
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}

public static class DemoRegistration
{
    public static IServiceCollection AddDemoData<T>(this IServiceCollection services) where T : class, IDemoData =>
        services.AddScoped<IDemoData, T>();
}

/// <summary>
/// Choices of the demonstration data: every value is a hash of seed, entity, index and field, integer arithmetic only, so that the same seed gives
/// the same bytes everywhere and a row can be made alone.
/// </summary>
public static class DemoValue
{
    private const ulong Seed = 20101023;

    /// <summary>A number in [0, count), fixed for entity, index and field.</summary>
    public static int Pick(string entity, int index, string field, int count)
    {
        var hash = Mix(Seed);
        foreach (var c in entity) hash = Mix(hash ^ c);
        hash = Mix(hash ^ (uint)index);
        foreach (var c in field) hash = Mix(hash ^ c);
        return (int)(hash % (uint)count);
    }

    public static T Of<T>(IReadOnlyList<T> choices, string entity, int index, string field) => choices[Pick(entity, index, field, choices.Count)];

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>One value of a dictionary.</summary>
/// <param name="Code">What records keep; never changes.</param>
/// <param name="IsEnabled">Offered for new records; records that have it keep showing it.</param>
public sealed record DictionaryValue(string Code, string Name, string? NameEn = null, bool IsEnabled = true)
{
    public string Label => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" && NameEn is { Length: > 0 } name ? name : Name;
}

/// <summary>
/// An editable list of values with stable codes (C-24, SET-01) and the starter values it ships with. Registered by the module whose records use it;
/// administrators rename, add, order and switch off values on the dictionaries page.
/// </summary>
/// <param name="Key">Module and field, such as <c>customer.level</c>; also the text key <c>dictionary.{Key}</c>.</param>
/// <param name="Group">Text key of the heading it stands under.</param>
public sealed record DictionaryDescriptor(string Key, string Group, IReadOnlyList<DictionaryValue> Shipped)
{
    /// <summary>What codes must look like, as a regular expression; null for any short word.</summary>
    public string? CodePattern { get; init; }
}

/// <summary>A value an administrator added or changed; it stands for the shipped one of the same code.</summary>
public sealed class DictionaryEntry
{
    public required string Dictionary { get; init; }
    public required string Code { get; init; }
    public required string Name { get; set; }
    public string? NameEn { get; set; }
    public required int Position { get; set; }
    public bool IsEnabled { get; set; } = true;
}

/// <summary>All dictionaries as they stand, read once per query: choices for forms, labels for lists.</summary>
public sealed class DictionaryBook
{
    private readonly Dictionary<string, List<DictionaryValue>> _values = [];
    private readonly HashSet<string> _telling = [];

    internal DictionaryBook(IEnumerable<DictionaryDescriptor> descriptors, ILookup<string, DictionaryEntry> entries)
    {
        foreach (var descriptor in descriptors)
        {
            if (descriptor.CodePattern is not null) _telling.Add(descriptor.Key);
            var edited = entries[descriptor.Key].ToDictionary(e => e.Code);
            var shipped = descriptor.Shipped.Select((value, index) =>
                edited.Remove(value.Code, out var e) ? (e.Position, Value: ValueOf(e)) : (Position: index, Value: value)).ToList();
            _values[descriptor.Key] = [.. shipped.Concat(edited.Values.Select(e => (e.Position, Value: ValueOf(e)))).OrderBy(v => v.Position)
                .ThenBy(v => v.Value.Code, StringComparer.Ordinal).Select(v => v.Value)];
        }
    }

    private static DictionaryValue ValueOf(DictionaryEntry e) => new(e.Code, e.Name, e.NameEn, e.IsEnabled);

    /// <summary>Every value in order, also those switched off.</summary>
    public IReadOnlyList<DictionaryValue> this[string dictionary] => _values.TryGetValue(dictionary, out var values) ? values
        : throw new InvalidOperationException($"There is no dictionary '{dictionary}'. Register it with services.AddDictionary(…).");

    /// <summary>What a form offers: the values in use, and the one the record already has.</summary>
    public IEnumerable<DictionaryValue> Choices(string dictionary, string? current) => this[dictionary].Where(v => v.IsEnabled || v.Code == current);

    /// <summary>The label of a code in the reader's language; an unknown code is shown as it is, nothing as nothing.</summary>
    public string Label(string dictionary, string? code) => code is null ? "" : _values[dictionary].Find(v => v.Code == code)?.Label ?? code;

    /// <summary>Its codes are ones people know by heart, such as area codes: shown before the names.</summary>
    public bool HasTellingCodes(string dictionary) => _telling.Contains(dictionary);

    public bool Has(string dictionary, string code) => this[dictionary].Any(v => v.Code == code);
}

public static class DictionaryReading
{
    /// <summary>All dictionaries, inside a command or query.</summary>
    public static async Task<DictionaryBook> DictionariesAsync(this CrmDbContext db, IEnumerable<DictionaryDescriptor> descriptors,
        CancellationToken ct) =>
        new(descriptors, (await db.Set<DictionaryEntry>().AsNoTracking().ToListAsync(ct)).ToLookup(e => e.Dictionary));

    public static IServiceCollection AddDictionary(this IServiceCollection services, DictionaryDescriptor dictionary) =>
        services.AddSingleton(dictionary);
    /// <summary>Values as code, Chinese and English name.</summary>
    public static IServiceCollection AddDictionary(this IServiceCollection services, string key, string group,
        params (string Code, string Name, string NameEn)[] values) =>
        services.AddDictionary(new DictionaryDescriptor(key, group, [.. values.Select(v => new DictionaryValue(v.Code, v.Name, v.NameEn))]));
}

/// <summary>The dictionaries for pages and forms; what a value is called is no secret of staff and agents.</summary>
public sealed class Dictionaries(WorkflowRuntime runtime, IEnumerable<DictionaryDescriptor> descriptors)
{
    private static readonly Operation Operation = new("Dictionaries.Read", Access.SignedIn);

    public Task<Result<DictionaryBook>> ReadAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<DictionaryBook>(Operation, actor, async db => await ReadAsync(db, ct), ct);

    /// <summary>Inside a command or query.</summary>
    public Task<DictionaryBook> ReadAsync(CrmDbContext db, CancellationToken ct) => db.DictionariesAsync(descriptors, ct);
}

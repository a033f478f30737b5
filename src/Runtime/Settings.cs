using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// One dated setting: a value valid from an instant on, edited in pages, read as it stood at an instant. What started under an old value keeps it,
/// because starters read it once and freeze it.
/// </summary>
/// <typeparam name="T">A record or primitive that System.Text.Json round-trips.</typeparam>
/// <param name="Key">Module and name, such as <c>agents.ratio-bands</c>; also the text key <c>setting.{Key}</c>.</param>
public sealed record Setting<T>(string Key, T Default);

/// <summary>A text of a setting that is the key of a role: the settings page offers the roles.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RoleSettingAttribute : Attribute;

/// <summary>Describes a setting to the administration page. Registered with <c>services.AddSetting(…)</c>.</summary>
/// <param name="Module">Group heading text key.</param>
/// <param name="Validate">Checks a new value's JSON; returns null or the problem.</param>
public sealed record SettingDescriptor(string Key, string Module, Type ValueType, object Default, Func<object, Problem?>? Validate = null);

/// <summary>A stored value.</summary>
public sealed class SettingValue
{
    public required Guid Id { get; init; }
    public required string Key { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }
    /// <summary>JSON of the value.</summary>
    public required string Value { get; init; }
    public required Guid ChangedBy { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>A setting's new value that its module does not take.</summary>
public sealed record InvalidSetting : Problem
{
    public InvalidSetting(string key, params object?[] args) : base(key, args) => Kind = ProblemKind.Invalid;
}

/// <summary>Reads dated settings inside a command or query.</summary>
public static class SettingReading
{
    /// <summary>The value in force at the instant, or the default.</summary>
    public static async Task<T> SettingAsync<T>(this CrmDbContext db, Setting<T> setting, DateTimeOffset at, CancellationToken ct)
    {
        var value = await db.Set<SettingValue>().AsNoTracking().Where(v => v.Key == setting.Key && v.EffectiveFrom <= at)
            .OrderByDescending(v => v.EffectiveFrom).ThenByDescending(v => v.ChangedAt).ThenByDescending(v => v.Id).Select(v => v.Value)
                .FirstOrDefaultAsync(ct);
        return value is null ? setting.Default : JsonSerializer.Deserialize<T>(value, CrmJson.Options)!;
    }
}

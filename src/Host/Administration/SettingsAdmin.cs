using System.Text.Json;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Host.Administration;

/// <summary>A setting as the page lists it.</summary>
/// <param name="Json">The value in force now.</param>
/// <param name="From">Since when; null while it is the product's own value.</param>
/// <param name="Next">When another value comes into force, if one is waiting.</param>
public sealed record SettingRow(SettingDescriptor Setting, string Json, DateTimeOffset? From, DateTimeOffset? Next);

public sealed record SettingHistory(Guid Id, string Json, DateTimeOffset From, DateTimeOffset ChangedAt, string ChangedBy, bool IsAhead);

/// <summary>Dated settings as administrators see and change them. A value never changes what started under an older one.</summary>
internal sealed class SettingsAdmin(WorkflowRuntime runtime, BusinessTime time, IEnumerable<SettingDescriptor> descriptors)
{
    public static readonly Access Access = Access.Staff("admin.settings");
    private static readonly Operation List = new("Host.ListSettings", Access);
    private static readonly Operation History = new("Host.ReadSettingHistory", Access);
    private static readonly Operation Roles = new("Host.ListSettingRoles", Access);
    private static readonly Operation Save = new("Host.SaveSetting", Access);
    private static readonly Operation Remove = new("Host.RemoveSetting", Access);

    public Task<Result<IReadOnlyList<SettingRow>>> ListAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<SettingRow>>(List, actor, async db =>
        {
            var now = time.Now;
            var values = (await db.Set<SettingValue>().AsNoTracking().ToListAsync(ct)).ToLookup(v => v.Key);
            return descriptors.OrderBy(d => d.Module, StringComparer.Ordinal).Select(d =>
            {
                var current = values[d.Key].Where(v => v.EffectiveFrom <= now).OrderByDescending(v => v.EffectiveFrom)
                    .ThenByDescending(v => v.ChangedAt).ThenByDescending(v => v.Id).FirstOrDefault();
                var next = values[d.Key].Where(v => v.EffectiveFrom > now).Select(v => (DateTimeOffset?)v.EffectiveFrom).Min();
                return new SettingRow(d, current?.Value ?? CrmJson.Write(d.Default)!, current?.EffectiveFrom, next);
            }).ToList();
        }, ct);

    public Task<Result<IReadOnlyList<SettingHistory>>> HistoryAsync(Actor actor, string key, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<SettingHistory>>(History, actor, async db =>
        {
            var now = time.Now;
            var values = await db.Set<SettingValue>().AsNoTracking().Where(v => v.Key == key).OrderByDescending(v => v.EffectiveFrom)
                .ThenByDescending(v => v.ChangedAt).Take(50).ToListAsync(ct);
            var who = await db.UsersByIdAsync([.. values.Select(v => v.ChangedBy).Distinct()], ct);
            return values.Select(v => new SettingHistory(v.Id, v.Value, v.EffectiveFrom, v.ChangedAt, who.GetValueOrDefault(v.ChangedBy)?.Name ?? "",
                v.EffectiveFrom > now)).ToList();
        }, ct);

    /// <summary>Names of the roles by key, for settings that name one.</summary>
    public Task<Result<IReadOnlyDictionary<string, string>>> RolesAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyDictionary<string, string>>(Roles, actor, async db =>
        (await db.RolesAndDepartmentsAsync(ct)).Where(n => n.Key.StartsWith("r:", StringComparison.Ordinal))
            .ToDictionary(n => n.Key[2..], n => n.Value), ct);

    /// <param name="from">The business day from whose beginning it counts; today means from now on.</param>
    public Task<Result<Guid>> SaveAsync(Actor actor, string key, string json, DateOnly from, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Save, actor, operationId, new { key, json, from }, async cmd =>
        {
            if (descriptors.FirstOrDefault(d => d.Key == key) is not { } descriptor) return new NotFound();
            if (Check(descriptor, json) is { } problem) return problem;
            var today = time.DateOf(cmd.Now);
            if (from < today) return new SettingInThePast(from.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            var at = from == today ? cmd.Now : time.At(from, TimeOnly.MinValue);
            var before = await cmd.Db.Set<SettingValue>().AsNoTracking().Where(v => v.Key == key && v.EffectiveFrom <= at)
                .OrderByDescending(v => v.EffectiveFrom).ThenByDescending(v => v.ChangedAt).ThenByDescending(v => v.Id).FirstOrDefaultAsync(ct);
            if (before?.Value == json) return before.Id;
            var value = new SettingValue { Id = cmd.NewId(), Key = key, EffectiveFrom = at, Value = json, ChangedBy = actor.UserId,
                ChangedAt = cmd.Now };
            cmd.Db.Add(value);
            cmd.Audit("setting", value.Id, new { key, before?.Value }, new { key, Value = json, From = at });
            return value.Id;
        }, ct);

    /// <summary>Takes back a value that is not in force yet.</summary>
    public Task<Result> RemoveAsync(Actor actor, Guid id, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Remove, actor, operationId, new { id }, async cmd =>
        {
            if (await cmd.Db.Set<SettingValue>().SingleOrDefaultAsync(v => v.Id == id, ct) is not { } value) return new NotFound();
            if (value.EffectiveFrom <= cmd.Now) return new SettingInForce();
            cmd.Db.Remove(value);
            cmd.Audit("setting", id, new { value.Key, value.Value, value.EffectiveFrom }, null);
            return Result.Ok;
        }, ct);

    /// <summary>The value as the module reads it back, then the module's own check.</summary>
    internal static Problem? Check(SettingDescriptor descriptor, string json)
    {
        object? value;
        try
        {
            value = JsonSerializer.Deserialize(json, descriptor.ValueType, CrmJson.Options);
        }
        catch (JsonException e)
        {
            return new SettingUnreadable(e.Path ?? "");
        }
        return value is null ? new SettingUnreadable("") : descriptor.Validate?.Invoke(value);
    }
}

internal sealed record SettingInThePast : Problem
{
    public SettingInThePast(string day) : base("admin.setting-in-the-past", day) => (Kind, Field) = (ProblemKind.Invalid, "from");
}

internal sealed record SettingUnreadable : Problem
{
    public SettingUnreadable(string path) : base("admin.setting-unreadable", path) => (Kind, Field) = (ProblemKind.Invalid, "value");
}

internal sealed record SettingInForce() : Problem("admin.setting-in-force");

using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The settings pages: what is in force, what is planned, what was; and changing it from an instant on. The past is never rewritten.</summary>
public sealed class SettingsAdministration
{
    /// <summary>For settings and the working calendar; registered by the identity module.</summary>
    public const string Right = "admin.settings";

    public static readonly Operation List = new("Settings.List", Access.Staff(Right));
    public static readonly Operation Change = new("Settings.Change", Access.Staff(Right));
    public static readonly Operation Withdraw = new("Settings.Withdraw", Access.Staff(Right));

    private readonly WorkflowRuntime _runtime;
    private readonly Dictionary<string, SettingDescriptor> _descriptors;
    private readonly TimeProvider _clock;

    internal SettingsAdministration(WorkflowRuntime runtime, IEnumerable<SettingDescriptor> descriptors, TimeProvider clock) =>
        (_runtime, _descriptors, _clock) = (runtime, descriptors.ToDictionary(d => d.Key), clock);

    /// <summary>Every registered setting with its values, newest first.</summary>
    public Task<Result<IReadOnlyList<SettingOverview>>> ListAsync(Actor actor, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<SettingOverview>>(List, actor, async db =>
        {
            var now = _clock.GetUtcNow();
            var stored = (await db.Set<SettingValue>().ToListAsync(ct)).ToLookup(v => v.Key);
            return _descriptors.Values.Select(d =>
            {
                var values = stored[d.Key].OrderByDescending(v => v.EffectiveFrom).ToList();
                var current = values.FirstOrDefault(v => v.EffectiveFrom <= now);
                return new SettingOverview(d, current is null ? d.Default : Read(d, current.Value)!, current,
                    [.. values.Where(v => v.EffectiveFrom > now)], [.. values.Where(v => v.EffectiveFrom <= now && v != current)]);
            }).ToList();
        }, ct);

    /// <summary>Sets a value from an instant on; null means from now. What started before keeps what it read.</summary>
    /// <param name="json">The value as JSON.</param>
    public Task<Result> ChangeAsync(Actor actor, Guid operationId, string key, string json, DateTimeOffset? effectiveFrom, CancellationToken ct) =>
        _runtime.ExecuteAsync(Change, actor, operationId, new { key, json, effectiveFrom }, async cmd =>
        {
            if (!_descriptors.TryGetValue(key, out var setting)) return new NotFound();
            if (effectiveFrom < cmd.Now) return new SettingInThePast();
            object? value;
            try
            {
                value = Read(setting, json);
            }
            catch (JsonException)
            {
                value = null;
            }
            if (value is null) return new SettingUnreadable();
            if (setting.Validate?.Invoke(value) is { } problem) return problem;

            var from = effectiveFrom ?? cmd.Now;
            var before = await cmd.Db.Set<SettingValue>().AsNoTracking().Where(v => v.Key == key && v.EffectiveFrom <= from)
                .OrderByDescending(v => v.EffectiveFrom).Select(v => v.Value).FirstOrDefaultAsync(ct);
            // Planned twice for one instant: the later plan replaces the earlier one.
            var stored = await cmd.Db.Set<SettingValue>().AsTracking().SingleOrDefaultAsync(v => v.Key == key && v.EffectiveFrom == from, ct);
            if (stored is null) cmd.Db.Add(stored = new SettingValue { Id = cmd.NewId(), Key = key, EffectiveFrom = from, Value = "", ChangedBy = actor.UserId, ChangedAt = cmd.Now });
            (stored.Value, stored.ChangedBy, stored.ChangedAt) = (CrmJson.Write(value)!, actor.UserId, cmd.Now);
            cmd.Audit("Setting", stored.Id, new { key, value = before ?? CrmJson.Write(setting.Default) }, new { key, value = stored.Value, stored.EffectiveFrom });
            return Result.Ok;
        }, ct);

    /// <summary>Takes back a planned value before its day.</summary>
    public Task<Result> WithdrawAsync(Actor actor, Guid operationId, Guid valueId, CancellationToken ct) =>
        _runtime.ExecuteAsync(Withdraw, actor, operationId, valueId, async cmd =>
        {
            var value = await cmd.Db.Set<SettingValue>().AsTracking().SingleOrDefaultAsync(v => v.Id == valueId, ct);
            if (value is null) return new NotFound();
            if (value.EffectiveFrom <= cmd.Now) return new SettingInThePast();
            cmd.Db.Remove(value);
            cmd.Audit("Setting", value.Id, new { value.Key, value.Value, value.EffectiveFrom }, null);
            return Result.Ok;
        }, ct);

    private static object? Read(SettingDescriptor setting, string json) => JsonSerializer.Deserialize(json, setting.ValueType, CrmJson.Options);
}

/// <summary>A setting as the page shows it.</summary>
/// <param name="Value">In force now, of <see cref="SettingDescriptor.ValueType"/>.</param>
/// <param name="Current">The stored row; null while the default holds.</param>
public sealed record SettingOverview(SettingDescriptor Descriptor, object Value, SettingValue? Current, IReadOnlyList<SettingValue> Planned, IReadOnlyList<SettingValue> Past);

public sealed record SettingUnreadable() : Problem("problem.setting-unreadable");
public sealed record SettingInThePast() : Problem("problem.setting-past");

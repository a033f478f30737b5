using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The version an instance runs on and its journal in order: what a diagram of it is drawn from.</summary>
public sealed record InstanceTrace(WorkflowDefinition Definition, IReadOnlyList<JournalEntry> Journal);

/// <summary>Reads traces inside a module's own query, which has checked that the actor may see the instance.</summary>
public static class InstanceTracing
{
    private const int MaxJournal = 2000;

    /// <summary>Who started an instance; null when nobody did.</summary>
    public static async Task<(Guid Id, string Name)?> StarterOfAsync(this CrmDbContext db, Guid instanceId, CancellationToken ct) =>
        await db.Set<WorkflowInstanceRow>().AsNoTracking().Where(i => i.Id == instanceId && i.StartedBy != null).Select(i => new { i.StartedBy, i.StartedByName }).SingleOrDefaultAsync(ct) is { } starter
            ? (starter.StartedBy!.Value, starter.StartedByName ?? "") : null;

    /// <summary>Null when there is no such instance.</summary>
    public static async Task<InstanceTrace?> InstanceTraceAsync(this CrmDbContext db, Guid instanceId, CancellationToken ct)
    {
        var json = await db.Set<WorkflowInstanceRow>().Where(i => i.Id == instanceId)
            .Join(db.Set<WorkflowDefinitionRow>(), i => i.VersionId, d => d.Id, (_, d) => d.Json).SingleOrDefaultAsync(ct);
        if (json is null) return null;
        var rows = await db.Set<JournalRow>().AsNoTracking().Where(j => j.InstanceId == instanceId).OrderByDescending(j => j.Seq).Take(MaxJournal)
            .Select(j => new { j.Seq, j.ActivityInstanceId, j.NodeId, j.ActivityId, j.ActivityType, j.Event, j.OccurredAt, j.Round, j.Outcomes }).ToListAsync(ct);
        return new InstanceTrace(WorkflowDefinition.Parse(json), [.. rows.OrderBy(j => j.Seq).Select(j => new JournalEntry(j.ActivityInstanceId, j.NodeId, j.ActivityId, j.ActivityType,
            Enum.Parse<JournalEvent>(j.Event), j.OccurredAt, j.Round, j.Outcomes is null ? null : System.Text.Json.JsonSerializer.Deserialize<string[]>(j.Outcomes)))]);
    }
}

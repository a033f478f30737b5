using System.Text.Json.Nodes;
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
        await db.Set<WorkflowInstanceRow>().AsNoTracking().Where(i => i.Id == instanceId && i.StartedBy != null)
            .Select(i => new { i.StartedBy, i.StartedByName }).SingleOrDefaultAsync(ct) is { } starter
            ? (starter.StartedBy!.Value, starter.StartedByName ?? "") : null;

    /// <summary>A step of the version the instance runs on, as its definition has it; null when there is no such instance or step.</summary>
    public static async Task<JsonObject?> InstanceStepAsync(this CrmDbContext db, Guid instanceId, string nodeId, CancellationToken ct)
    {
        var version = await db.Set<WorkflowInstanceRow>().Where(i => i.Id == instanceId)
            .Join(db.Set<WorkflowDefinitionRow>(), i => i.VersionId, d => d.Id, (_, d) => d.Json).SingleOrDefaultAsync(ct);
        if (version is null) return null;
        JsonNode? at = WorkflowDefinition.Parse(version).Json["root"];
        foreach (var id in nodeId.Split(':').Skip(2)) at = at is null ? null : Child(at, id);
        return at as JsonObject;
    }

    /// <summary>What steps of one type recorded in the journal, newest first.</summary>
    public static async Task<IReadOnlyList<Value>> InstanceRecordsAsync(this CrmDbContext db, Guid instanceId, string activityType,
        CancellationToken ct) =>
        [.. (await db.Set<JournalRow>().Where(j => j.InstanceId == instanceId && j.ActivityType == activityType && j.Data != null)
            .OrderByDescending(j => j.Seq).Take(MaxJournal).Select(j => j.Data!).ToListAsync(ct)).Select(Value.FromJson)];

    /// <summary>The step of that id inside a container's lists, slots and cases.</summary>
    private static JsonNode? Child(JsonNode container, string id)
    {
        foreach (var node in container is JsonObject json ? json.Select(m => m.Value) : container.AsArray())
        {
            if (node is JsonObject step && step["type"] is not null && (string?)step["id"] == id) return step;
            if (node is JsonArray or JsonObject && (node is not JsonObject o || o["type"] is null || o["id"] is null) && Child(node, id) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>Null when there is no such instance.</summary>
    public static async Task<InstanceTrace?> InstanceTraceAsync(this CrmDbContext db, Guid instanceId, CancellationToken ct)
    {
        var json = await db.Set<WorkflowInstanceRow>().Where(i => i.Id == instanceId)
            .Join(db.Set<WorkflowDefinitionRow>(), i => i.VersionId, d => d.Id, (_, d) => d.Json).SingleOrDefaultAsync(ct);
        if (json is null) return null;
        var rows = await db.Set<JournalRow>().AsNoTracking().Where(j => j.InstanceId == instanceId).OrderByDescending(j => j.Seq).Take(MaxJournal)
            .Select(j => new JournalRow
            {
                InstanceId = j.InstanceId, Seq = j.Seq, ActivityInstanceId = j.ActivityInstanceId, NodeId = j.NodeId, ActivityId = j.ActivityId,
                ActivityType = j.ActivityType,
                Entered = j.Entered, Event = j.Event, OccurredAt = j.OccurredAt, Round = j.Round, Outcomes = j.Outcomes,
            }).ToListAsync(ct);
        return new InstanceTrace(WorkflowDefinition.Parse(json), [.. rows.OrderBy(j => j.Seq).SelectMany(j => j.Entries())]);
    }
}

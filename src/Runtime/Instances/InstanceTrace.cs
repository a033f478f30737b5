using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The version an instance runs on and its journal in order: what a diagram of it is drawn from.</summary>
public sealed record InstanceTrace(CompiledWorkflow Workflow, IReadOnlyList<JournalEntry> Journal);

/// <summary>Reads traces inside a module's own query, which has checked that the actor may see the instance.</summary>
public sealed class InstanceTraces
{
    private const int MaxJournal = 2000;
    private readonly WorkflowDefinitions _definitions;

    internal InstanceTraces(WorkflowDefinitions definitions) => _definitions = definitions;

    /// <summary>Null when there is no such instance.</summary>
    public async Task<InstanceTrace?> ReadAsync(CrmDbContext db, Guid instanceId, CancellationToken ct)
    {
        var versionId = await db.Set<WorkflowInstanceRow>().Where(i => i.Id == instanceId).Select(i => i.VersionId).SingleOrDefaultAsync(ct);
        if (versionId is null) return null;
        var workflow = await _definitions.VersionAsync(db, versionId, ct);
        var rows = await db.Set<JournalRow>().AsNoTracking().Where(j => j.InstanceId == instanceId).OrderByDescending(j => j.Seq).Take(MaxJournal)
            .Select(j => new { j.Seq, j.ActivityInstanceId, j.NodeId, j.ActivityId, j.ActivityType, j.Event, j.OccurredAt, j.Round, j.Outcomes }).ToListAsync(ct);
        return new InstanceTrace(workflow, [.. rows.OrderBy(j => j.Seq).Select(j => new JournalEntry(j.ActivityInstanceId, j.NodeId, j.ActivityId, j.ActivityType, Enum.Parse<JournalEvent>(j.Event), j.OccurredAt, j.Round,
            j.Outcomes is null ? null : System.Text.Json.JsonSerializer.Deserialize<string[]>(j.Outcomes)))]);
    }
}

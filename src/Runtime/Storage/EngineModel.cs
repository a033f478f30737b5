using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

// The engine's own tables as the schema and the administration's queries see them. They are written only by the runtime's statements.

/// <summary>One version of a definition.</summary>
internal sealed class WorkflowDefinitionRow
{
    /// <summary>Version id.</summary>
    public required string Id { get; set; }
    public required string DefinitionId { get; set; }
    public required int Version { get; set; }
    public required string Name { get; set; }
    public required bool IsLatest { get; set; }
    public required bool IsPublished { get; set; }
    /// <summary>Hash of the shipped file this version is; null when an administrator made it.</summary>
    public string? ShippedHash { get; set; }
    public bool IsShipped => ShippedHash is not null;
    public required string Json { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public required Guid ChangedBy { get; set; }
    public required string ChangedByName { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
}

/// <summary>A step of a published version that starts a new instance when its stimulus comes.</summary>
internal sealed class WorkflowTriggerRow
{
    public required string VersionId { get; set; }
    public required string ActivityId { get; set; }
    public required string DefinitionId { get; set; }
    public required string Name { get; set; }
    public required string TriggerKey { get; set; }
}

internal sealed class WorkflowInstanceRow
{
    public required Guid Id { get; set; }
    public required string DefinitionId { get; set; }
    public required string VersionId { get; set; }
    public required int DefinitionVersion { get; set; }
    public string? Name { get; set; }
    public string? CorrelationId { get; set; }
    public required string Status { get; set; }
    public required string SubStatus { get; set; }
    public required string State { get; set; }
    /// <summary>Counts up with every commit; the fence against a writer that read an older one.</summary>
    public required long Version { get; set; }
    public required int JournalCount { get; set; }
    public required int IncidentCount { get; set; }
    /// <summary>Who started it; null when nobody did (a timer, an event, the system).</summary>
    public Guid? StartedBy { get; set; }
    public string? StartedByName { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

internal sealed class BookmarkRow
{
    public required Guid Id { get; set; }
    public required Guid InstanceId { get; set; }
    public required string ActivityId { get; set; }
    public required string NodeId { get; set; }
    public required string Name { get; set; }
    public string? BookmarkKey { get; set; }
    public string? CorrelationId { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Something the clock will wake. <see cref="NextAt"/> null: given up after repeated failure, waits for an administrator.</summary>
internal sealed class DueRow
{
    public required string Kind { get; set; }
    public required string DueKey { get; set; }
    public Guid? InstanceId { get; set; }
    /// <summary>When it was to happen.</summary>
    public required DateTimeOffset DueAt { get; set; }
    /// <summary>When a pump may take it (again).</summary>
    public DateTimeOffset? NextAt { get; set; }
    public string? Payload { get; set; }
    public required int Attempts { get; set; }
    /// <summary>The claim that holds it; a pump whose claim is no longer here has lost the row.</summary>
    public Guid? ClaimId { get; set; }
    public string? Error { get; set; }
}

/// <summary>What a step did in one burst: a step that is entered and left at once has one row, not two.</summary>
internal sealed class JournalRow
{
    public required Guid InstanceId { get; set; }
    /// <summary>From 1, without gaps.</summary>
    public required int Seq { get; set; }
    public required Guid ActivityInstanceId { get; set; }
    public required string NodeId { get; set; }
    public required string ActivityId { get; set; }
    public required string ActivityType { get; set; }
    /// <summary>
    /// How the step was entered (Started, Resumed) right before <see cref="Event"/>; null when that has a row of its own, or was not in this burst.
    /// </summary>
    public string? Entered { get; set; }
    public required string Event { get; set; }
    public required DateTimeOffset OccurredAt { get; set; }
    public required int Round { get; set; }
    /// <summary>JSON array of ports; null for the default.</summary>
    public string? Outcomes { get; set; }
    public string? Data { get; set; }

    /// <summary>The engine's entries the row stands for, in order; ports and data belong to the last.</summary>
    public IEnumerable<JournalEntry> Entries()
    {
        if (Entered is not null)
            yield return new(ActivityInstanceId, NodeId, ActivityId, ActivityType, Enum.Parse<JournalEvent>(Entered), OccurredAt, Round);
        yield return new(ActivityInstanceId, NodeId, ActivityId, ActivityType, Enum.Parse<JournalEvent>(Event), OccurredAt, Round,
            Outcomes is null ? null : System.Text.Json.JsonSerializer.Deserialize<string[]>(Outcomes),
                Data is null ? null : Value.FromJson(Data).Members);
    }
}

/// <summary>An operation id that was used: what was asked (hash) and answered. Kept 30 days.</summary>
internal sealed class OperationRow
{
    public required Guid Id { get; set; }
    public required string Name { get; set; }
    public required string PayloadHash { get; set; }
    public string? Answer { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Something to be told to the outside, at least once, under a stable key.</summary>
internal sealed class OutboxRow
{
    public required string IdempotencyKey { get; set; }
    public required string Kind { get; set; }
    /// <summary>The instance it is about; null when it is about none.</summary>
    public Guid? InstanceId { get; set; }
    public required string Payload { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    /// <summary>Null: sent (<see cref="SentAt"/>) or given up (<see cref="Error"/>).</summary>
    public DateTimeOffset? NextAt { get; set; }
    public required int Attempts { get; set; }
    public Guid? ClaimId { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public string? Error { get; set; }
}

internal sealed class IncidentRow
{
    public required Guid Id { get; set; }
    public required Guid InstanceId { get; set; }
    public required Guid ActivityInstanceId { get; set; }
    public required string NodeId { get; set; }
    public required string ActivityType { get; set; }
    public required string Message { get; set; }
    public string? Detail { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ResolvedAt { get; set; }
}

/// <summary>Who did what, for whom, and what it changed. Only ever added to.</summary>
internal sealed class AuditRow
{
    public required Guid Id { get; set; }
    public required DateTimeOffset OccurredAt { get; set; }
    public required Guid OperationId { get; set; }
    public required string Operation { get; set; }
    public required string ActorKind { get; set; }
    public required Guid ActorId { get; set; }
    public required string ActorName { get; set; }
    public Guid? OnBehalfOf { get; set; }
    public string? Subject { get; set; }
    public Guid? SubjectId { get; set; }
    public string? Before { get; set; }
    public string? After { get; set; }
}

internal static class EngineModel
{
    private const int Unbounded = -1;

    public static void Configure(ModelBuilder model)
    {
        JobModel.Configure(model);
        model.Entity<NumberCounter>().HasKey(c => new { c.Series, c.Year });
        model.Entity<WorkflowDefinitionRow>(e =>
        {
            e.ToTable("workflow_definition");
            e.Ignore(r => r.IsShipped);
            e.Property(r => r.Json).HasMaxLength(Unbounded);
            e.HasIndex(r => new { r.DefinitionId, r.Version }).IsUnique();
        });
        model.Entity<WorkflowTriggerRow>(e =>
        {
            e.ToTable("workflow_trigger");
            e.HasKey(r => new { r.VersionId, r.ActivityId, r.TriggerKey }); // a step may listen to several
            e.HasIndex(r => new { r.Name, r.TriggerKey });
        });
        model.Entity<WorkflowInstanceRow>(e =>
        {
            e.ToTable("workflow_instance");
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.State).HasMaxLength(Unbounded);
            // Every burst writes the row anew. With room on its page PostgreSQL writes none of the indexes with it.
            e.HasStorageParameter("fillfactor", 70);
            e.HasIndex(r => new { r.CreatedAt, r.Id });
            e.HasIndex(r => new { r.DefinitionId, r.CreatedAt });
            e.HasIndex(r => r.CorrelationId);
        });
        model.Entity<BookmarkRow>(e =>
        {
            e.ToTable("bookmark");
            e.IsClustered();
            e.HasKey(r => new { r.InstanceId, r.Id });
            e.HasIndex(r => new { r.Name, r.BookmarkKey });
        });
        model.Entity<DueRow>(e =>
        {
            e.ToTable("due");
            e.IsClustered();
            e.HasKey(r => new { r.Kind, r.DueKey });
            e.Property(r => r.Kind).HasMaxLength(60);
            e.Property(r => r.Payload).HasMaxLength(Unbounded);
            e.Property(r => r.Error).HasMaxLength(Unbounded);
            e.HasIndex(r => r.NextAt);
        });
        model.Entity<JournalRow>(e =>
        {
            e.ToTable("journal");
            e.IsClustered();
            e.HasKey(r => new { r.InstanceId, r.Seq });
            e.Property(r => r.Outcomes).HasMaxLength(Unbounded);
            e.Property(r => r.Data).HasMaxLength(Unbounded);
        });
        model.Entity<OperationRow>(e =>
        {
            e.ToTable("operation");
            e.IsClustered();
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.PayloadHash).HasMaxLength(64);
            e.Property(r => r.Answer).HasMaxLength(Unbounded);
        });
        model.Entity<OutboxRow>(e =>
        {
            e.ToTable("outbox");
            e.HasKey(r => r.IdempotencyKey);
            e.HasIndex(r => r.InstanceId);
            e.Property(r => r.Payload).HasMaxLength(Unbounded);
            e.Property(r => r.Error).HasMaxLength(Unbounded);
            e.HasIndex(r => r.NextAt);
        });
        model.Entity<IncidentRow>(e =>
        {
            e.ToTable("incident");
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.Message).HasMaxLength(Unbounded);
            e.Property(r => r.Detail).HasMaxLength(Unbounded);
            e.HasIndex(r => r.InstanceId);
        });
        model.Entity<AuditRow>(e =>
        {
            e.ToTable("audit");
            e.IsClustered();
            e.HasKey(r => new { r.OccurredAt, r.Id });
            e.Property(r => r.Before).HasMaxLength(Unbounded);
            e.Property(r => r.After).HasMaxLength(Unbounded);
            e.HasIndex(r => new { r.SubjectId, r.OccurredAt }).HasFilter("subject_id IS NOT NULL");
        });
        model.Entity<DictionaryEntry>(e =>
        {
            e.HasKey(d => new { d.Dictionary, d.Code });
            e.Property(d => d.Dictionary).HasMaxLength(60);
            e.Property(d => d.Code).HasMaxLength(60);
        });
        model.Entity<SettingValue>(e =>
        {
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.Value).HasMaxLength(Unbounded);
            e.HasIndex(r => new { r.Key, r.EffectiveFrom });
        });
        model.Entity<CalendarDay>(e => e.HasKey(r => r.Date));
    }
}

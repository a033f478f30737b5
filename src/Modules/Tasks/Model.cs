using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

internal enum TaskState { Open, Completed, Canceled }

internal enum TaskHealth { Ok, NobodyFound }

/// <summary>
/// A step that waits for people: the durable projection of one bookmark. Its id is the activity instance's, so every round is a task of its own
/// and decisions of an earlier round can never count in a later one.
/// </summary>
internal sealed class UserTask
{
    public required Guid Id { get; init; }
    public required Guid InstanceId { get; init; }
    public required Guid BookmarkId { get; init; }
    public required string DefinitionId { get; init; }
    public required string NodeId { get; init; }
    public required string ActivityId { get; init; }
    public required string Step { get; init; }
    public string? StepEn { get; init; }
    public required string Title { get; init; }
    public string? TitleEn { get; init; }
    public required string Form { get; init; }
    public required string SubjectType { get; init; }
    public required Guid SubjectId { get; init; }
    public string? SubjectName { get; init; }
    public string? Reference { get; init; }
    public decimal? Amount { get; init; }
    /// <summary>The agent it is addressed to; users of another agent never see it.</summary>
    public Guid? AgentId { get; init; }
    public required Vote Vote { get; init; }
    public required RejectPolicy RejectPolicy { get; init; }
    public required int Round { get; init; }
    public required TaskState State { get; init; }
    public required TaskHealth Health { get; init; }
    /// <summary>JSON of <see cref="TaskAction"/> as the definition had them.</summary>
    public required string Actions { get; init; }
    /// <summary>JSON of what chose the people: rules with their values and members as they stood (<see cref="Choice"/>).</summary>
    public required string ChosenBy { get; init; }
    /// <summary>Counts up whenever the task changes hands or ends: what a page must have seen to act.</summary>
    public required int Revision { get; init; }
    /// <summary>Decisions so far; the fence that keeps two last voters from both thinking they are not the last.</summary>
    public required int Votes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? OverdueAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public string? Outcome { get; init; }
    /// <summary>The task whose decision led here; null at the start and after a timer.</summary>
    public Guid? PreviousTaskId { get; init; }
    public string? PreviousStep { get; init; }
    public string? PreviousStepEn { get; init; }
    public string? PreviousBy { get; init; }
}

internal enum AssignmentState { Active, Decided, Superseded, GivenBack, Canceled }

/// <summary>One person who holds or held a task. Opinion and signature stand in the <see cref="TaskEvent"/> of the decision.</summary>
internal sealed class TaskAssignment
{
    public required Guid Id { get; init; }
    public required Guid TaskId { get; init; }
    public required Guid InstanceId { get; init; }
    public required Guid UserId { get; init; }
    public required AssignmentState State { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public string? Outcome { get; init; }
}

/// <summary>Which list of the inbox a row belongs to. <see cref="Attention"/>: nobody was found, an administrator must assign.</summary>
internal enum InboxBox { Mine, Pool, Done, Copied, Attention }

/// <summary>
/// One row per principal and task, holding all a list shows: the permission is the index. Written in the same commit as the task.
/// </summary>
internal sealed class InboxEntry
{
    /// <summary><c>u:</c>, <c>r:</c>, <c>a:</c> (<see cref="Identity.Principal"/>) or <see cref="Attention"/>.</summary>
    public required string Principal { get; init; }
    public required InboxBox Box { get; init; }
    /// <summary>Instant and task id in one ordered text: due first for open boxes, newest first for the others. Also the cursor.</summary>
    public required string Sort { get; init; }
    public required Guid TaskId { get; init; }
    public required Guid InstanceId { get; init; }
    public required string Title { get; init; }
    public string? TitleEn { get; init; }
    public string? Reference { get; init; }
    public string? SubjectName { get; init; }
    public decimal? Amount { get; init; }
    public string? PreviousStep { get; init; }
    public string? PreviousStepEn { get; init; }
    public string? PreviousBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    /// <summary>The decision, for rows of what is over.</summary>
    public string? Outcome { get; init; }
    public string? OutcomeEn { get; init; }
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Principal of the rows only administrators of processes read.</summary>
    public const string Attention = "x:attention";
    public static string Earliest(DateTimeOffset at, Guid taskId) => $"{at.UtcTicks:D19}{taskId:N}";
    public static string Newest(DateTimeOffset at, Guid taskId) => $"{long.MaxValue - at.UtcTicks:D19}{taskId:N}";
}

/// <summary>What happened to a task, for the history; <see cref="TaskEvent.No"/> keeps the order.</summary>
public enum TaskEventKind { Decided, Claimed, GivenBack, Assigned, Overdue, Canceled }

/// <summary>A line of a task's history with the opinion and signature as given. Only ever added to.</summary>
internal sealed class TaskEvent
{
    public long No { get; init; }
    public required Guid TaskId { get; init; }
    public required Guid InstanceId { get; init; }
    public required string SubjectType { get; init; }
    public required Guid SubjectId { get; init; }
    public required string ActivityId { get; init; }
    public required string Step { get; init; }
    public string? StepEn { get; init; }
    public required int Round { get; init; }
    public required TaskEventKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }
    public required Guid UserId { get; init; }
    /// <summary>The name as it was then: history outlives the person's account.</summary>
    public required string UserName { get; init; }
    public string? Outcome { get; init; }
    public string? OutcomeLabel { get; init; }
    public string? OutcomeLabelEn { get; init; }
    public string? OutcomeKind { get; init; }
    public string? Opinion { get; init; }
    public string? Signature { get; init; }
}

/// <summary>What a person has typed on a task and not submitted. Nobody else ever sees it.</summary>
internal sealed class TaskDraft
{
    public required Guid TaskId { get; init; }
    public required Guid UserId { get; init; }
    public required string Data { get; init; }
    public string? Opinion { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
}

/// <summary>Who started an instance and the steps it can go through: written with its first task.</summary>
internal sealed class StartedInstance
{
    public required Guid InstanceId { get; init; }
    /// <summary>The starter's own principal.</summary>
    public required string Starter { get; init; }
    public required string Sort { get; init; }
    public required string DefinitionId { get; init; }
    /// <summary>Name of the definition; a text <c>workflow.{definition id}</c> goes before it.</summary>
    public required string Title { get; init; }
    public string? Reference { get; init; }
    public string? SubjectName { get; init; }
    public required string SubjectType { get; init; }
    public required Guid SubjectId { get; init; }
    public decimal? Amount { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>JSON list of the steps of its version in flow order.</summary>
    public required string Steps { get; init; }
}

internal static class TasksModel
{
    private const int Unbounded = -1;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<UserTask>(e =>
        {
            e.ToTable("task");
            e.Property(t => t.Id).ValueGeneratedNever();
            e.Property(t => t.Actions).HasMaxLength(Unbounded);
            e.Property(t => t.ChosenBy).HasMaxLength(Unbounded);
            e.HasIndex(t => new { t.InstanceId, t.State });
            e.HasIndex(t => new { t.SubjectType, t.SubjectId });
        });
        model.Entity<TaskAssignment>(e =>
        {
            e.IsClustered();
            e.HasKey(a => new { a.TaskId, a.Id });
            e.HasIndex(a => new { a.InstanceId, a.UserId });
        });
        model.Entity<InboxEntry>(e =>
        {
            e.IsClustered();
            e.HasKey(i => new { i.Principal, i.Box, i.Sort });
            e.Property(i => i.Principal).HasMaxLength(80);
            e.Property(i => i.Sort).HasMaxLength(60);
            e.HasIndex(i => i.TaskId);
        });
        model.Entity<TaskEvent>(e =>
        {
            e.HasKey(v => v.No);
            e.Property(v => v.Opinion).HasMaxLength(Unbounded);
            e.Property(v => v.Signature).HasMaxLength(Unbounded);
            e.HasIndex(v => new { v.InstanceId, v.No });
            e.HasIndex(v => new { v.SubjectType, v.SubjectId, v.No });
        });
        model.Entity<TaskDraft>(e =>
        {
            e.HasKey(d => new { d.TaskId, d.UserId });
            e.Property(d => d.Data).HasMaxLength(Unbounded);
            e.Property(d => d.Opinion).HasMaxLength(Unbounded);
        });
        model.Entity<StartedInstance>(e =>
        {
            e.HasKey(s => s.InstanceId);
            e.Property(s => s.InstanceId).ValueGeneratedNever();
            e.Property(s => s.Starter).HasMaxLength(80);
            e.Property(s => s.Sort).HasMaxLength(60);
            e.Property(s => s.Steps).HasMaxLength(Unbounded);
            e.HasIndex(s => new { s.Starter, s.Sort });
        });
        model.Entity<Attachment>(e =>
        {
            e.Property(a => a.Id).ValueGeneratedNever();
            e.HasIndex(a => new { a.SubjectType, a.SubjectId });
            e.HasIndex(a => a.Owner);
        });
    }
}

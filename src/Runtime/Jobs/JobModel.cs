using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>Where a job stands.</summary>
public enum JobState { Queued, Running, Stopped, Done, Partial, Failed }

/// <summary>
/// Long work somebody asked for or a schedule began. The row owns who works on it (lease, heartbeat, fence), how far it is and what came of it;
/// whoever executes it is told nothing but its id.
/// </summary>
internal sealed class JobRow
{
    public required Guid Id { get; set; }
    public required string Kind { get; set; }
    /// <summary>What it is about in the words of whoever asked, such as the name of a file.</summary>
    public string? Subject { get; set; }
    /// <summary>Whose work it is and with whose rights it runs; null: the system's.</summary>
    public Guid? StartedBy { get; set; }
    public string? StartedByName { get; set; }
    /// <summary>JSON of what the kind's handler is given.</summary>
    public string? Arguments { get; set; }
    public required JobState State { get; set; }
    /// <summary>Counts up with every change of the row.</summary>
    public required long Revision { get; set; }
    /// <summary>JSON of where to go on; written in the transaction of the chunk it stands for.</summary>
    public string? Checkpoint { get; set; }
    public required int Done { get; set; }
    public int? Total { get; set; }
    /// <summary>A <see cref="Phrase"/>.</summary>
    public string? Result { get; set; }
    /// <summary>What the file is called that came of it; null when none did.</summary>
    public string? FileName { get; set; }
    /// <summary>A <see cref="Phrase"/>: why it failed, in words.</summary>
    public string? Error { get; set; }
    /// <summary>The exception behind it, for administrators.</summary>
    public string? Detail { get; set; }
    public Guid? LeaseOwner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public DateTimeOffset? HeartbeatAt { get; set; }
    /// <summary>Counts up with every worker that takes it: a late one finds another number and writes nothing.</summary>
    public required long Fence { get; set; }
    /// <summary>How often it was taken since it last came forward.</summary>
    public required int Attempts { get; set; }
    public required bool IsCancelRequested { get; set; }
    /// <summary>When a queued job may be taken.</summary>
    public DateTimeOffset? NextAt { get; set; }
    public required DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>One thing a job could not take, such as a row of a file; written in the transaction of its chunk.</summary>
internal sealed class JobIssueRow
{
    public required Guid JobId { get; set; }
    public required int No { get; set; }
    /// <summary>A <see cref="Phrase"/>.</summary>
    public required string Reason { get; set; }
}

/// <summary>When a kind of job is to begin by itself, in the business zone. What was missed is seen from the last run and made up once.</summary>
internal sealed class JobScheduleRow
{
    public required string Kind { get; set; }
    public required string Cron { get; set; }
    public required DateTimeOffset LastRun { get; set; }
    public required bool IsEnabled { get; set; }
}

internal static class JobModel
{
    private const int Unbounded = -1;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<JobRow>(e =>
        {
            e.ToTable("job");
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.Kind).HasMaxLength(60);
            foreach (var text in (string[])[nameof(JobRow.Arguments), nameof(JobRow.Checkpoint), nameof(JobRow.Result), nameof(JobRow.Error),
                nameof(JobRow.Detail)]) e.Property(text).HasMaxLength(Unbounded);
            e.HasStorageParameter("fillfactor", 70); // every chunk writes it anew
            e.HasIndex(r => new { r.State, r.CreatedAt });
            e.HasIndex(r => new { r.StartedBy, r.CreatedAt });
        });
        model.Entity<JobIssueRow>(e =>
        {
            e.ToTable("job_issue");
            e.HasKey(r => new { r.JobId, r.No });
            e.Property(r => r.Reason).HasMaxLength(Unbounded);
            e.HasOne<JobRow>().WithMany().HasForeignKey(r => r.JobId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<JobScheduleRow>(e =>
        {
            e.ToTable("job_schedule");
            e.HasKey(r => r.Kind);
            e.Property(r => r.Kind).HasMaxLength(60);
        });
    }
}

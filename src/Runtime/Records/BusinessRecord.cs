using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// What every record people enter has in common (R-AUD-1). Who and when is written by the command from session and clock in <see cref="EntryMarks"/>,
/// whatever other code set; a record entered for somebody else names the source person.
/// </summary>
public abstract class BusinessRecord
{
    public required Guid Id { get; init; }
    /// <summary>信息添加人; <see cref="Guid.Empty"/> is the system.</summary>
    public Guid CreatedBy { get; private set; }
    /// <summary>信息添加时间 (C-31: one instant, shown as date or time by the view).</summary>
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>Who changed it last; at first who entered it.</summary>
    public Guid ChangedBy { get; private set; }
    public DateTimeOffset ChangedAt { get; private set; }
    /// <summary>Counts up with every change; the token a stale form is refused by.</summary>
    public int Revision { get; private set; }
    /// <summary>信息来源人: whom it is from when the enterer is not the source.</summary>
    public string? SourcePerson { get; set; }
    /// <summary>备注.</summary>
    public string? Remarks { get; set; }
    public bool IsDemo { get; init; }

    /// <summary>
    /// Says who entered the record when, for records that are older than this database. Heard only in commands of the system (demonstration data); a
    /// person's command writes its own.
    /// </summary>
    public void EnteredBy(Guid user, DateTimeOffset at) => (CreatedBy, CreatedAt, ChangedBy, ChangedAt) = (user, at, user, at);

    internal void Created(Guid user, DateTimeOffset at)
    {
        EnteredBy(user, at);
        Revision = 1;
    }

    internal void Changed(Guid user, DateTimeOffset at) => (ChangedBy, ChangedAt, Revision) = (user, at, Revision + 1);
}

/// <summary>R-AUD-1 in its one place: called before everything a command saves.</summary>
internal static class EntryMarks
{
    public static void Write(Command cmd)
    {
        foreach (var entry in cmd.Db.ChangeTracker.Entries<BusinessRecord>())
            switch (entry.State)
            {
                case EntityState.Added when cmd.Actor.Kind == ActorKind.System && entry.Entity.CreatedAt != default:
                    entry.Entity.Created(entry.Entity.CreatedBy, entry.Entity.CreatedAt);
                    break;
                case EntityState.Added:
                    entry.Entity.Created(cmd.Actor.UserId, cmd.Now);
                    break;
                case EntityState.Modified:
                    // Whatever a form or an import carried for these, they stay as they were written.
                    entry.Property(r => r.CreatedBy).CurrentValue = entry.Property(r => r.CreatedBy).OriginalValue;
                    entry.Property(r => r.CreatedAt).CurrentValue = entry.Property(r => r.CreatedAt).OriginalValue;
                    entry.Entity.Changed(cmd.Actor.UserId, cmd.Now);
                    break;
            }
    }
}

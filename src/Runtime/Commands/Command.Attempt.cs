using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>The side of a command the runtime sees: one attempt in one transaction.</summary>
public sealed partial class Command
{
    internal readonly record struct AuditEntry(string Subject, Guid SubjectId, string? Before, string? After, Guid? OnBehalfOf);

    private CrmDbContext? _db;
    /// <summary>Something was flushed before the end.</summary>
    private bool _wrote;

    private bool HasWork => Writes.Statements.Count > 0 || _db is not null && _db.ChangeTracker.HasChanges();

    internal RuntimeDatabase Database { get; init; } = null!;
    internal CommandTransaction Transaction { get; init; } = null!;
    internal IdSequence Ids { get; init; } = null!;
    /// <summary>Second run after a failure: every activity behind its own savepoint.</summary>
    internal bool Careful { get; init; }
    internal CommandInstances Instances { get; set; } = null!;

    internal List<AuditEntry> Audits { get; } = [];
    internal List<string> Told { get; } = [];
    internal List<Action> AfterCommit { get; } = [];
    /// <summary>The earliest moment this command gave the pump something to do.</summary>
    internal DateTimeOffset? WakeAt { get; private set; }

    /// <summary>This command put a mail into the outbox, or one back to work.</summary>
    internal bool HasMail { get; set; }

    internal void Wakes(DateTimeOffset at)
    {
        if (WakeAt is null || at < WakeAt) WakeAt = at;
    }

    internal void Schedule(string kind, string key, DateTimeOffset at, string? payload, Guid? instanceId)
    {
        Writes.Add(Transaction.Dialect.UpsertDue, [("kind", kind), ("key", key), ("instance", instanceId), ("at", at), ("payload", payload)]);
        Wakes(at);
    }

    /// <summary>A due row that is given up before it was tried: administrators see it.</summary>
    internal void Abandon(string kind, string key, Value payload, string error)
    {
        Schedule(kind, key, Now, payload);
        Writes.Add("UPDATE due SET next_at = NULL, error = @error WHERE kind = @kind AND due_key = @key",
            [("error", error), ("kind", kind), ("key", key)]);
    }

    internal void Raise(RaiseEvent raised) => Schedule(QueuedWork.EventKind, NewId().ToString(), Now, QueuedWork.Write(raised, Now));

    /// <summary>Sends everything collected so far: first what EF tracks, then the statements in the order they were added.</summary>
    internal async Task FlushAsync(CancellationToken ct)
    {
        _wrote |= HasWork;
        if (_db is not null && _db.ChangeTracker.HasChanges())
        {
            EntryMarks.Write(this);
            FaultInjection.Hit(FaultPoint.BeforeEntities);
            await _db.SaveChangesAsync(ct);
            FaultInjection.Hit(FaultPoint.AfterEntities);
        }
        if (Writes.Statements.Count == 0) return;
        FaultInjection.Hit(FaultPoint.BeforeBatch);
        await Transaction.SendAsync(Writes, ct);
        FaultInjection.Hit(FaultPoint.AfterBatch);
    }

    /// <summary>The last flush: instances' states, audit and operation rows go with it.</summary>
    internal async Task FinishAsync(string payloadHash, string? answer, bool keepOperation, CancellationToken ct)
    {
        Instances.Write();
        // What changed something and said nothing of it is audited by its name; what changed nothing is not.
        if (Audits.Count == 0 && keepOperation && (_wrote || HasWork)) Audits.Add(default);
        foreach (var audit in Audits)
            Writes.Add("""
                INSERT INTO audit (id, occurred_at, operation_id, operation, actor_kind, actor_id, actor_name, on_behalf_of, subject, subject_id, before, after)
                VALUES (@id, @now, @operation, @name, @kind, @actor, @actorName, @for, @subject, @subjectId, @before, @after)
                """,
                [("id", NewId()), ("now", Now), ("operation", OperationId), ("name", Operation.Name), ("kind", Actor.Kind.ToString()),
                    ("actor", Actor.UserId), ("actorName", Actor.Name),
                 ("for", audit.OnBehalfOf), ("subject", audit.Subject), ("subjectId", audit.Subject is null ? null : audit.SubjectId),
                     ("before", audit.Before), ("after", audit.After)]);
        if (keepOperation)
            Writes.Add("INSERT INTO operation (id, name, payload_hash, answer, created_at) VALUES (@id, @name, @hash, @answer, @now)",
                [("id", OperationId), ("name", Operation.Name), ("hash", payloadHash), ("answer", answer), ("now", Now)]);
        await FlushAsync(ct);
    }

    /// <summary>Gives the context back when the attempt is over.</summary>
    internal ValueTask ReleaseAsync() => _db?.DisposeAsync() ?? default;
}

/// <summary>Hands out ids and, for a second run, the same ids again: version 7 of the command's instant, in rising order.</summary>
internal sealed class IdSequence(DateTimeOffset now)
{
    private readonly List<Guid> _ids = [];
    private int _next;

    public void Rewind() => _next = 0;

    public Guid Next()
    {
        if (_next == _ids.Count) _ids.Add(Make(_next));
        return _ids[_next++];
    }

    private Guid Make(int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        // The twelve bits after the version count the command's ids; the 62 random ones stay.
        bytes[6] = (byte)(0x70 | ((index >> 8) & 0x0F));
        bytes[7] = (byte)index;
        return new Guid(bytes, bigEndian: true);
    }
}

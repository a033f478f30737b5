using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using CrmFlow.Engine;
using CrmFlow.Mailing;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// The inside of one transaction: what a command's delegate works with. The delegate may run twice (conflict, careful mode) and then sees the same
/// <see cref="Now"/> and the same sequence of <see cref="NewId"/>. It never saves, commits or talks to anything outside the database.
/// Registered in the command's scope, so activities take it by constructor.
/// </summary>
public sealed partial class Command
{
    internal Command() { }

    public required Operation Operation { get; init; }
    public required Actor Actor { get; init; }
    public required Guid OperationId { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required IServiceProvider Services { get; init; }
    /// <summary>
    /// The command's context on the command's connection and transaction. Tracked; flushed once at the end. Made at the first touch: many commands
    /// need none.
    /// </summary>
    public CrmDbContext Db => _db ??= Database.CommandContext(Transaction);
    /// <summary>Prepared statements sent together at the flush, in the order added, after what <see cref="Db"/> tracks.</summary>
    public required WriteBatch Writes { get; init; }

    /// <summary>
    /// Reads by a prepared statement on the command's transaction, without EF: for what every command of a hot path or every start asks. Portable SQL
    /// with parameters
    /// <c>@name</c> as in <see cref="Writes"/>, the text a constant. It sees what was flushed, not what is still collected.
    /// </summary>
    public Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> map, CancellationToken ct) =>
        Transaction.ModuleQueryAsync(sql, parameters, map, ct);

    /// <summary>An instant in a row of <see cref="QueryAsync"/>, which SQLite keeps as ticks.</summary>
    public DateTimeOffset Instant(DbDataReader row, int column) => Transaction.Dialect.Instant(row, column);

    /// <summary>The next id; version 7 of <see cref="Now"/>.</summary>
    public Guid NewId() => Ids.Next();

    /// <summary>Starts the published version of a definition and runs its first burst in this transaction.</summary>
    /// <returns>The instance's id, or a refusal: no published version, activation strategy.</returns>
    public Task<Result<Guid>> StartAsync(string definitionId, Dictionary<string, Value> input, string? correlationId, string? name,
        CancellationToken ct) =>
        Instances.StartAsync(definitionId, input, correlationId, name, triggerActivityId: null, ct);

    /// <summary>Resumes one bookmark. Refuses with <see cref="BookmarkGone"/> when it is burned.</summary>
    public Task<Result> ResumeAsync(Guid instanceId, Guid bookmarkId, Value input, CancellationToken ct) =>
        Instances.ResumeAsync(instanceId, bookmarkId, input, ct);

    /// <summary>
    /// Resumes all bookmarks of a stimulus (an event by name), optionally only of one correlation id, and starts matching triggers. Returns how many
    /// it woke.
    /// </summary>
    public Task<int> SendStimulusAsync(string name, string key, string? correlationId, Value input, CancellationToken ct) =>
        Instances.SendStimulusAsync(name, key, correlationId, input, ct);

    /// <summary>
    /// Raises an event, after the commit: it wakes what waits for it and starts what it triggers. When nobody waits yet it is kept for five minutes,
    /// and then listed among the failures as undelivered.
    /// </summary>
    public void RaiseEvent(string name, string? correlationId, Value payload) =>
        Raise(new RaiseEvent(name, payload, correlationId, OnlyInstance: null));

    /// <summary>
    /// Says that a record was saved by this command: starts the processes that begin with <c>CrmFlow.RecordSaved</c> for its type and resumes those
    /// that wait for this record, in this transaction, with the record's id as correlation id. Call it once, when the record stands as it is to be
    /// saved. Returns how many it woke.
    /// </summary>
    /// <param name="recordType">As registered with <c>AddRecordType</c>, such as <c>Sales.SalesRecord</c>.</param>
    /// <param name="name">What people call the record: the processes it starts are called so until a step gives a better name.</param>
    /// <param name="facts">What conditions and steps may ask of the record (<c>getInput("Record").quantity</c>): an object of plain members, or
    /// nothing.</param>
    public Task<int> RecordSavedAsync(string recordType, Guid id, string name, RecordChange change, Value facts, CancellationToken ct) =>
        Instances.RecordSavedAsync(recordType, id, name,
        Value.Object(("RecordType", recordType), ("RecordId", id), ("Kind", change.ToString()), ("Record", facts.IsNothing ? Value.Object() : facts)),
            ct);

    /// <summary>Goes back to a visited step (<see cref="WorkflowRunner.ReturnAsync"/>).</summary>
    public Task<Result> ReturnAsync(Guid instanceId, string activityId, string? returnAddress, CancellationToken ct) =>
        Instances.ReturnAsync(instanceId, activityId, returnAddress, ct);

    /// <summary>Cancels an instance and everything it waits for.</summary>
    public Task<Result> CancelAsync(Guid instanceId, CancellationToken ct) => Instances.CancelAsync(instanceId, ct);

    /// <summary>Runs a faulted step again.</summary>
    public Task<Result> RetryAsync(Guid instanceId, Guid activityInstanceId, CancellationToken ct) =>
        Instances.RetryAsync(instanceId, activityInstanceId, ct);

    /// <summary>
    /// Whether a record differs from what was read, or is new. A save asks it when the record stands as it is to be saved, before it audits and tells
    /// processes:
    /// one that changes nothing writes nothing, neither revision nor audit nor trigger.
    /// </summary>
    /// <param name="parts">What hangs on the record and is saved with it has changed: that counts as a change of the record.</param>
    public bool Changes(BusinessRecord record, bool parts = false)
    {
        if (parts && Db.Entry(record) is { State: EntityState.Unchanged } entry) entry.Property(r => r.Remarks).IsModified = true;
        return Changes((object)record);
    }

    /// <summary>The same of what is no <see cref="BusinessRecord"/>, and has no revision.</summary>
    public bool Changes(object row) => Db.Entry(row).State != EntityState.Unchanged;

    /// <summary>
    /// Adds to this command's audit row: which record, what it was and what it is now (plain records, serialised as JSON), and for whom when on
    /// behalf.
    /// </summary>
    public void Audit(string subject, Guid subjectId, object? before, object? after, Guid? onBehalfOf = null) =>
        Audits.Add(new(subject, subjectId, CrmJson.Write(before), CrmJson.Write(after), onBehalfOf));

    /// <summary>Puts a mail into the outbox; delivered after the commit, at least once, with the key as its Message-ID.</summary>
    /// <param name="instanceId">The process it is about, for administrators; a step's mail belongs to its own.</param>
    public void Send(Mail mail, string idempotencyKey, Guid? instanceId = null)
    {
        Writes.Add(Transaction.Dialect.InsertOutbox, [("key", idempotencyKey), ("kind", "mail"), ("instance", instanceId ?? Instances.Running),
            ("payload", CrmJson.Write(mail)), ("now", Now)]);
        HasMail = true;
    }

    /// <summary>After the commit, tells open pages of this principal that something of theirs changed.</summary>
    public void Notify(string principal) => Told.Add(principal);

    /// <summary>A row for the pump: at the instant, the handler registered for <paramref name="kind"/> runs as a command of its own.</summary>
    /// <param name="key">Finds it again for <see cref="CancelDue"/>; scheduling the same kind and key again moves it.</param>
    public void Schedule(string kind, string key, DateTimeOffset at, Value payload) =>
        Schedule(kind, key, at, payload.IsNothing ? null : payload.ToJson(), instanceId: null);

    /// <summary>Deletes the due row of that kind and key, if it is still there.</summary>
    public void CancelDue(string kind, string key) =>
        Writes.Add("DELETE FROM due WHERE kind = @kind AND due_key = @key", [("kind", kind), ("key", key)]);
}

/// <summary>The step no longer waits: somebody was faster or the flow moved on.</summary>
public sealed record BookmarkGone : Problem
{
    public BookmarkGone() : base("problem.bookmark-gone") => Kind = ProblemKind.Conflict;
}

/// <summary>
/// What a module does when a row scheduled with <see cref="Command.Schedule(string, string, DateTimeOffset, Value)"/> falls due. Registered by kind
/// with <c>AddDueHandler</c>.
/// </summary>
public interface IDueHandler
{
    /// <summary>Runs inside a command of its own (actor <see cref="Actor.System"/>); the row is gone when it commits.</summary>
    Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct);
}

/// <summary>A mail as handed to the outbox.</summary>
/// <param name="To">One address or several, with names or without. What is none is refused when it is sent, for good.</param>
public sealed record Mail(string To, string Subject, string Body)
{
    /// <summary>A mail can be sent to it: one address or several.</summary>
    public static bool CanGoTo([NotNullWhen(true)] string? text) => MailAddresses.Read(text).Count > 0;
    /// <summary>It is one address and nothing beside it.</summary>
    public static bool IsAddress([NotNullWhen(true)] string? text) => MailAddresses.ReadOne(text) is { } only && only.Address == text;

    /// <summary>The body is HTML, not plain text.</summary>
    public bool IsHtml { get; init; }
    /// <summary>Null: the configured sender.</summary>
    public string? From { get; init; }
    /// <summary>Null for none.</summary>
    public string? Cc { get; init; }
    public string? Bcc { get; init; }
    public IReadOnlyList<SendFile> Attachments { get; init; } = [];
}

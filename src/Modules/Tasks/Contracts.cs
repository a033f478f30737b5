using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// A form a module gives to <c>CrmFlow.UserTask</c> steps (input <c>form</c>). Registered with
/// <c>services.AddTaskForm&lt;T&gt;("agents.commerce-review")</c>; made anew in the scope of each command or query.
/// </summary>
public interface ITaskForm
{
    /// <summary>
    /// The fields as this task shows them. Hidden ones are never sent to the page nor accepted from it; read-only ones are never accepted.
    /// </summary>
    Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct);

    /// <summary>
    /// Checks a submission by the module's own rules and writes the module's records, inside the deciding command. Field rules (required, type,
    /// range, choice) were checked before.
    /// Returns the workflow variables to set, or the refusal (with <see cref="Problem.Field"/> where there is one).
    /// </summary>
    Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct);

    /// <summary>
    /// The component shown left of the decision as evidence; it has one parameter <c>TaskInfo Task</c>. Null: the fields and attachments only.
    /// </summary>
    Type? Evidence => null;

    /// <summary>
    /// The component that draws the fields instead of the generic form; parameters <c>TaskInfo Task</c>, <c>FormModel Model</c>. Null: the generic
    /// form.
    /// </summary>
    Type? Component => null;
}

/// <summary>A task as forms and evidence components see it.</summary>
public sealed record TaskInfo(Guid Id, Guid InstanceId, string NodeId, string ActivityId)
{
    public required string Form { get; init; }
    public required string Title { get; init; }
    /// <summary>The module record it is about, such as <c>settlement</c> and its id.</summary>
    public required string SubjectType { get; init; }
    public required Guid SubjectId { get; init; }
    public required int Round { get; init; }
    public required int Revision { get; init; }
    public required Actor Actor { get; init; }
}

/// <summary>What a person decided.</summary>
public sealed record TaskSubmission(string Outcome, string? Opinion, IReadOnlyDictionary<string, Value> Data)
{
    /// <summary>Drawn signature (PNG as data URL) or the typed name; null when the step asks for none.</summary>
    public string? Signature { get; init; }
}

/// <summary>A step of a record's history as its timeline shows it: open, decided or cancelled.</summary>
public sealed record SubjectTask(Guid Id, Guid InstanceId, string ActivityId, string Title, int Round)
{
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
    /// <summary>The action that decided it; null while open and when it was cancelled.</summary>
    public string? Outcome { get; init; }
    /// <summary>The label of that action in the reader's language.</summary>
    public string? OutcomeLabel { get; init; }
    /// <summary>Kind of that action: approve, return, refuse or neutral.</summary>
    public string? OutcomeKind { get; init; }
    /// <summary>Principals it is or was offered to (<c>r:leader</c>, <c>u:…</c>, <c>a:…</c>).</summary>
    public IReadOnlyList<string> Holders { get; init; } = [];
    public Guid? ClaimedBy { get; init; }
    /// <summary>Votes needed and given; 1 and 0 or 1 when one person decides.</summary>
    public int VotesNeeded { get; init; } = 1;
    public IReadOnlyList<SubjectDecision> Decisions { get; init; } = [];
}

/// <summary>What one person said on a step.</summary>
public sealed record SubjectDecision(Guid UserId, string Outcome, string? Opinion, DateTimeOffset At);

/// <summary>
/// What a module says about the records its tasks and attachments are about: the one place where their data scope is decided.
/// Registered with <c>services.AddSubject&lt;T&gt;("settlement")</c>.
/// </summary>
public interface ISubject
{
    Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct);

    /// <summary>Whether the actor may add or remove attachments as the record stands, outside a task of theirs (a draft, for its author).</summary>
    Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct);
}

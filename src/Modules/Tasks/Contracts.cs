using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Tasks;

/// <summary>
/// A form a module gives to <c>CrmFlow.UserTask</c> steps (input <c>form</c>). Registered with <c>services.AddTaskForm&lt;T&gt;("agents.commerce-review")</c>;
/// made anew in the scope of each command or query.
/// </summary>
public interface ITaskForm
{
    /// <summary>The fields as this task shows them. Hidden ones are never sent to the page nor accepted from it; read-only ones are never accepted.</summary>
    Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct);

    /// <summary>
    /// Checks a submission by the module's own rules and writes the module's records, inside the deciding command. Field rules (required, type, range, choice) were checked before.
    /// Returns the workflow variables to set, or the refusal (with <see cref="Problem.Field"/> where there is one).
    /// </summary>
    Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct);

    /// <summary>The component shown left of the decision as evidence; it has one parameter <c>TaskInfo Task</c>. Null: the fields and attachments only.</summary>
    Type? Evidence => null;

    /// <summary>The component that draws the fields instead of the generic form; parameters <c>TaskInfo Task</c>, <c>FormModel Model</c>. Null: the generic form.</summary>
    Type? Component => null;
}

/// <summary>What a field holds. <see cref="DateTime"/> is a business date and time, written <c>yyyy-MM-ddTHH:mm</c> (<see cref="FormRules.ReadInstant"/>).</summary>
public enum FieldType { Text, Multiline, Number, Money, Date, DateTime, Choice, Boolean, Email, Custom }

public enum FieldMode { Write, Read, Hidden }

/// <summary>One field of a form: what the page draws and the server enforces.</summary>
/// <param name="Name">Key in the submitted data.</param>
/// <param name="Label">Text key.</param>
public sealed record FormField(string Name, string Label, FieldType Type)
{
    public FieldMode Mode { get; init; } = FieldMode.Write;
    /// <summary>Must be filled for these actions; <c>["*"]</c> for all, empty for none.</summary>
    public string[] RequiredFor { get; init; } = [];
    public Value Initial { get; init; }
    /// <summary>Text key of the help line.</summary>
    public string? Help { get; init; }
    /// <summary>Text key of the unit after the field.</summary>
    public string? Unit { get; init; }
    public decimal? Min { get; init; }
    public decimal? Max { get; init; }
    /// <summary>Decimal places of Number and Money.</summary>
    public int Scale { get; init; } = 2;
    public int MaxLength { get; init; } = 400;
    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];
    /// <summary>A drop-down also for few choices: it takes one line and can be left empty.</summary>
    public bool AsList { get; init; }
}

/// <param name="Label">Text key, or literal text when it comes from data.</param>
public sealed record FieldChoice(string Value, string Label);

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

/// <summary>Values being edited on a task page; the generic form and modules' own components write here.</summary>
public sealed class FormModel
{
    public required IReadOnlyList<FormField> Fields { get; init; }
    public Dictionary<string, Value> Values { get; } = [];
    /// <summary>Field name → message, after a refusal or on leaving a field.</summary>
    public Dictionary<string, string> Errors { get; } = [];
    public event Action? Changed;
    public void Set(string name, Value value)
    {
        Values[name] = value;
        Errors.Remove(name);
        Changed?.Invoke();
    }
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

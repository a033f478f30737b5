namespace CrmFlow.Engine;

/// <summary>
/// One kind of step. A plain sealed class: settable properties marked <see cref="InputAttribute"/> are bound and converted before it runs,
/// properties marked <see cref="OutputAttribute"/> are read after it completes, services come by constructor from the command's scope.
/// It returns what happens next and never schedules, saves or waits itself. An exception becomes an incident on this step.
/// </summary>
public interface IActivity
{
    /// <summary>The step is reached.</summary>
    ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct);

    /// <summary>A bookmark this step created was resumed. Inputs are bound again as they stand now. By default the step completes.</summary>
    ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct) => new(ActivityResult.Complete());

    /// <summary>
    /// The step is cancelled while it waits (return, terminate, a join that lost). Its bookmarks are already gone; undo only what the step itself
    /// holds open.
    /// </summary>
    ValueTask CanceledAsync(ActivityContext context, CancellationToken ct) => default;
}

/// <summary>
/// A step that may start a workflow (<c>canStartWorkflow</c>). It is asked what it listens to when its version is published, and by the clock each
/// time it fired; its inputs are bound as they read without an instance (elsa-format §8), and it is made without services.
/// </summary>
public interface ITrigger : IActivity
{
    /// <summary>Throws <see cref="FormatException"/> when its inputs make no stimulus.</summary>
    IEnumerable<TriggerStimulus> Listen(TriggerMoment moment);
}

/// <summary>When a trigger is asked: now, and the instant it last fired for (null when it is published).</summary>
public readonly record struct TriggerMoment(DateTimeOffset Now, DateTimeOffset? Fired, TimeZoneInfo Zone);

/// <summary>What starts a workflow: a stimulus by name and key, or the clock.</summary>
public sealed record TriggerStimulus(string Name, string Key)
{
    /// <summary>When the clock starts it; null: the stimulus does.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>What woke a step: the bookmark and what came with it.</summary>
public readonly record struct Resumption(Bookmark Bookmark, Value Input);

/// <summary>
/// The stored type name (<c>Elsa.Delay</c>, <c>CrmFlow.UserTask</c>) and its outcomes for the designer. It never changes once a definition uses it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ActivityAttribute(string type) : Attribute
{
    public string Type { get; } = type;
    /// <summary>Port names beside the default <c>Done</c>; empty means only <c>Done</c>.</summary>
    public string[] Outcomes { get; init; } = [];
    /// <summary>May start a workflow when <c>canStartWorkflow</c> is set.</summary>
    public bool IsTrigger { get; init; }
}

/// <summary>
/// A property bound from the definition's JSON member of the same name in camelCase. Supported types: string, bool, int, long, double, decimal,
/// DateTimeOffset, TimeSpan, Guid, enums, their nullables, string[], and <see cref="Value"/> for anything else.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    /// <summary>The JSON member is plain JSON, never wrapped in an expression (elsa-format §2.1, such as <c>cases</c>).</summary>
    public bool Plain { get; init; }
    /// <summary>How the designer edits it: text, multiline, number, boolean, expression, json, duration, or a module's own name.</summary>
    public string? Editor { get; init; }
}

/// <summary>
/// A property read after completion into the output register and, when bound in the definition, into a variable or workflow output.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute : Attribute;

/// <summary>What a step wants to happen. Built by the static members only.</summary>
public sealed class ActivityResult
{
    private ActivityResult() { }

    internal enum Kind { Complete, Wait, Return, Finish, Decline, Slot }

    internal Kind What { get; private init; }
    /// <summary>Null: the default set {null, "Done"} (elsa-format §3.2).</summary>
    internal string[]? Outcomes { get; private init; }
    internal BookmarkRequest[] Bookmarks { get; private init; } = [];
    internal string? Target { get; private init; }
    internal bool StraightBack { get; private init; }
    internal bool IsLast { get; private init; }

    private static readonly ActivityResult Done = new() { What = Kind.Complete };

    /// <summary>The step is over. Without names the default outcome is followed; with names exactly those ports.</summary>
    public static ActivityResult Complete(params string[] outcomes) =>
        outcomes.Length == 0 ? Done : new() { What = Kind.Complete, Outcomes = outcomes };

    /// <summary>
    /// The step stays open until one of the bookmarks is resumed. Called without any from a resumption it keeps the bookmarks it has (a vote that is
    /// not yet decided).
    /// </summary>
    public static ActivityResult Wait(params BookmarkRequest[] bookmarks) => new() { What = Kind.Wait, Bookmarks = bookmarks };

    /// <summary>The step stays open until this instant.</summary>
    public static ActivityResult WaitUntil(DateTimeOffset dueAt, string name) => Wait(new BookmarkRequest(name) { DueAt = dueAt });

    /// <summary>
    /// The step is over and the flow goes back to a step of the same flowchart that was really visited: the return primitive.
    /// With <paramref name="straightBack"/> the target, once done, continues at this step instead of the steps between.
    /// </summary>
    public static ActivityResult ReturnTo(string activityId, bool straightBack = false) =>
        new() { What = Kind.Return, Target = activityId, StraightBack = straightBack };

    /// <summary>
    /// Runs the step in one of its slots (a member such as <c>error</c>, or the label of one of its cases). When it is the last the step's bookmarks
    /// go and it is over with these outcomes when its slots are; otherwise it goes on waiting at the bookmarks it has. A slot without a step is
    /// simply passed.
    /// </summary>
    public static ActivityResult RunSlot(string slot, bool isLast = true, params string[] outcomes) =>
        new() { What = Kind.Slot, Target = slot, IsLast = isLast, Outcomes = outcomes.Length == 0 ? null : outcomes };

    /// <summary>The whole instance ends at once (Elsa.Finish).</summary>
    public static ActivityResult FinishWorkflow() => new() { What = Kind.Finish };

    /// <summary>
    /// Only of a step that <see cref="ActivityContext.IsStartingTrigger"/>: the stimulus is not one it starts for. The instance ends and the runtime
    /// keeps nothing of it.
    /// </summary>
    public static ActivityResult Decline() => new() { What = Kind.Decline };
}

/// <summary>A wish for a bookmark. The hash that finds it again is made of <see cref="Name"/> and <see cref="Key"/>.</summary>
/// <param name="Name">Stimulus name, such as <c>Elsa.Event</c> or <c>CrmFlow.UserTask</c>.</param>
public sealed record BookmarkRequest(string Name)
{
    /// <summary>What an outside party knows to find it: an event name, a task id. Null: found only by its own id.</summary>
    public string? Key { get; init; }
    /// <summary>When the clock resumes it; a due row goes in with it and is deleted with it.</summary>
    public DateTimeOffset? DueAt { get; init; }
    public Value Payload { get; init; }
    /// <summary>Chosen by the step when it must be known beforehand; otherwise the burst gives one.</summary>
    public Guid? Id { get; init; }
    /// <summary>False: stays after a resumption (several votes on one step) until the step completes or is cancelled.</summary>
    public bool AutoBurn { get; init; } = true;
}

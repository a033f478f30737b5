namespace CrmFlow.Engine;

/// <summary>
/// What a step asks of whoever runs the burst (<see cref="ActivityContext.Ask"/>). It is written down with the burst and happens after it; a step
/// that fails has asked nothing.
/// </summary>
public abstract record BurstRequest;

/// <summary>Starts another workflow, queued.</summary>
public sealed record StartWorkflow(ChildWorkflow Child) : BurstRequest;

/// <summary>Wakes what waits for an event and starts what it triggers, queued; kept for a while when nobody waits yet (elsa-format §8).</summary>
/// <param name="OnlyInstance">Only bookmarks of this instance; null for all, and for triggers.</param>
public sealed record RaiseEvent(string Name, Value Payload, string? CorrelationId, Guid? OnlyInstance) : BurstRequest;

/// <summary>Sends a mail, at least once. Addresses as written in the step.</summary>
/// <param name="Key">The same for the same step however often it is tried.</param>
public sealed record SendMail(string Key, string? From, string[] To, string[] Cc, string[] Bcc, string Subject, string Body) : BurstRequest
{
    public IReadOnlyList<SendFile> Attachments { get; init; } = [];
}

/// <summary>A file of a mail; the content is base64.</summary>
public sealed record SendFile(string Name, string ContentType, string Content);

/// <summary>A workflow started by a step of another.</summary>
/// <param name="Id">The instance's id, known beforehand.</param>
/// <param name="Parent">Where to tell when it has ended; null when nobody waits for it.</param>
public sealed record ChildWorkflow(Guid Id, string DefinitionId, Dictionary<string, Value> Input, string? CorrelationId, ParentLink? Parent);

/// <summary>The bookmark at which a parent waits for its child.</summary>
public sealed record ParentLink(Guid InstanceId, Guid BookmarkId);

/// <summary>How far a child came.</summary>
public sealed record ChildOutcome(Guid InstanceId, WorkflowStatus Status, WorkflowSubStatus SubStatus, Value Output)
{
    public static ChildOutcome Of(WorkflowState state) =>
        new(state.Id, state.Status, state.SubStatus, Value.Object([.. state.Output.Select(o => (o.Key, o.Value))]).Clone());

    /// <summary>As the parent's bookmark is resumed with it, and as <c>Elsa.ExecuteWorkflow</c> gives it.</summary>
    public Value ToValue() =>
        Value.Object(("workflowInstanceId", InstanceId), ("status", Status.ToString()), ("subStatus", SubStatus.ToString()), ("output", Output));
}

/// <summary>What a burst may do with other workflows while it runs.</summary>
public interface IChildWorkflows
{
    /// <summary>Whether a version of that definition is published.</summary>
    ValueTask<bool> ExistsAsync(string definitionId, CancellationToken ct);

    /// <summary>
    /// Starts a child and runs its first burst now. Throws <see cref="InvalidOperationException"/> when it may not be started, or lies too deep.
    /// </summary>
    ValueTask<ChildOutcome> RunAsync(ChildWorkflow child, CancellationToken ct);
}

/// <summary>
/// Calls an HTTP server after the commit and resumes the bookmark with the answer; at least once, with the bookmark's id as Idempotency-Key.
/// </summary>
public sealed record CallHttp(Guid InstanceId, Guid BookmarkId, string Method, string Url, Dictionary<string, string> Headers, string? Content,
    string? ContentType) : BurstRequest;

/// <summary>How long the HTTP request that this instance is working for is held open; without it the host decides.</summary>
public sealed record HoldHttp(Guid InstanceId, TimeSpan Patience) : BurstRequest;

/// <summary>Answers the HTTP request that this instance is working for, after the commit; when nobody holds it open any more it is lost.</summary>
public sealed record AnswerHttp(Guid InstanceId, int StatusCode, string? Content, string? ContentType, Dictionary<string, string> Headers)
    : BurstRequest;

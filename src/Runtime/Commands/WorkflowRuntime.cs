namespace CrmFlow.Runtime;

/// <summary>
/// The one entry to the database. Every write is a command: one transaction from wait state to wait state, owned, retried and committed here.
/// Every read is a query with the same access check. Nothing else hands out a <see cref="CrmDbContext"/>.
/// </summary>
public sealed class WorkflowRuntime
{
    /// <summary>
    /// Runs a command. Access is checked first (a refusal is <see cref="NotFound"/>). The same <paramref name="operationId"/> with the same payload gives
    /// the first answer again for 30 days; with another payload <see cref="OperationReused"/>. A refused command changes nothing.
    /// </summary>
    /// <param name="payload">What the caller asked, serialised and hashed to recognise a repeated request; null when the operation id alone is enough.</param>
    public Task<Result<T>> ExecuteAsync<T>(Operation operation, Actor actor, Guid operationId, object? payload, Func<Command, Task<Result<T>>> body, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The same for a command without an answer.</summary>
    public Task<Result> ExecuteAsync(Operation operation, Actor actor, Guid operationId, object? payload, Func<Command, Task<Result>> body, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Runs a query on a pooled, non-tracking context. Access is checked first (a refusal is <see cref="NotFound"/>).</summary>
    public Task<Result<T>> ReadAsync<T>(Operation operation, Actor actor, Func<CrmDbContext, Task<Result<T>>> body, CancellationToken ct) => throw new NotImplementedException();
}

/// <summary>The same operation id came with another payload.</summary>
public sealed record OperationReused : Problem
{
    public OperationReused() : base("problem.operation-reused") => Kind = ProblemKind.Refused;
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// The one entry to the database. Every write is a command: one transaction from wait state to wait state, owned, retried and committed here.
/// Every read is a query with the same access check. Nothing else hands out a <see cref="CrmDbContext"/>.
/// </summary>
public sealed partial class WorkflowRuntime
{
    private const int MaxReruns = 3;
    private static readonly AsyncLocal<bool> Inside = new();

    private readonly RuntimeDatabase _database;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly LiveUpdates _live;
    private readonly LiveUpdateSender _others;
    private readonly PumpSignals _pump;
    private readonly RuntimeMetrics _metrics;
    private readonly OperationCatalogue _operations;
    private readonly ILogger<WorkflowRuntime> _log;

    internal WorkflowRuntime(RuntimeDatabase database, IServiceScopeFactory scopes, TimeProvider clock, LiveUpdates live, LiveUpdateSender others,
        PumpSignals pump, RuntimeMetrics metrics,
        OperationCatalogue operations, ILogger<WorkflowRuntime> log) =>
        (_database, _scopes, _clock, _live, _others, _pump, _metrics, _operations, _log) =
            (database, scopes, clock, live, others, pump, metrics, operations, log);

    /// <summary>
    /// Runs a command. Access is checked first (a refusal is <see cref="NotFound"/>). The same <paramref name="operationId"/> with the same payload
    /// gives the first answer again for 30 days; with another payload <see cref="OperationReused"/>. A refused command changes nothing.
    /// </summary>
    /// <param name="payload">What the caller asked, serialised and hashed to recognise a repeated request; null when the operation id alone is
    /// enough.</param>
    public Task<Result<T>> ExecuteAsync<T>(Operation operation, Actor actor, Guid operationId, object? payload, Func<Command, Task<Result<T>>> body,
        CancellationToken ct) =>
        RunAsync(new CommandRequest(operation, actor, operationId, payload, IsBackground: false, KeepOperation: true), body, ct);

    /// <summary>The same for a command without an answer.</summary>
    public async Task<Result> ExecuteAsync(Operation operation, Actor actor, Guid operationId, object? payload, Func<Command, Task<Result>> body,
        CancellationToken ct)
    {
        var result = await ExecuteAsync<bool>(operation, actor, operationId, payload, async cmd =>
            await body(cmd) is { Problem: { } problem } ? problem : true, ct);
        return result.Problem is { } refusal ? refusal : Result.Ok;
    }

    /// <summary>Runs a query on a pooled, non-tracking context. Access is checked first (a refusal is <see cref="NotFound"/>).</summary>
    public async Task<Result<T>> ReadAsync<T>(Operation operation, Actor actor, Func<CrmDbContext, Task<Result<T>>> body, CancellationToken ct)
    {
        _operations.Check(operation);
        if (!operation.Access.Allows(actor)) return new NotFound();
        for (var attempt = 1; ; attempt++)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                await using var db = _database.ReadContext();
                return await body(db);
            }
            catch (Exception e) when (_database.Dialect.IsTransient(e) && attempt <= MaxReruns)
            {
                _log.LogInformation("{Operation} reads again: {Reason}", operation.Name, e.Message);
                await Task.Delay(Pause(attempt), ct);
            }
        }
    }

    /// <summary>20, 120, 720 ms of real time, not business time: the server needs it to come back.</summary>
    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(20 * Math.Pow(6, attempt - 1));

    internal sealed record CommandRequest(Operation Operation, Actor Actor, Guid OperationId, object? Payload, bool IsBackground, bool KeepOperation)
    {
        /// <summary>A failure is the caller's: no second run, no careful mode.</summary>
        public bool RunsOnce { get; init; }
    }

    internal async Task<Result<T>> RunAsync<T>(CommandRequest request, Func<Command, Task<Result<T>>> body, CancellationToken ct)
    {
        _operations.Check(request.Operation);
        if (!request.Operation.Access.Allows(request.Actor)) return new NotFound();
        if (Inside.Value)
            throw new InvalidOperationException(
            $"{request.Operation.Name} was called inside a command. A command is one transaction: pass the Command on instead of opening a second one.");
        using var measured = _metrics.Command(request.Operation.Name);

        var hash = request.KeepOperation ? Hash(request) : "";
        // To the microsecond, as every database keeps it: what was written compares equal to what is read.
        var now = _clock.GetUtcNow().ToUniversalTime();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var ids = new IdSequence(now);
        var (careful, reruns, duplicates) = (false, 0, 0);
        while (true)
        {
            ids.Rewind();
            var attempt = new Attempt<T>(this, request, hash, now, ids, careful, body);
            Exception failure;
            try
            {
                await _database.Transactions.RunAsync(request.IsBackground, attempt.RunAsync, ct);
                if (attempt.Committed) Told(attempt.Command!);
                measured.Answered(attempt.Result.Problem);
                return attempt.Result;
            }
            catch (Exception e)
            {
                // What a step threw is judged by itself: a fence or a lost connection is no fault of the step.
                failure = e is ActivityFailedException { InnerException: { } inner } ? inner : e;
            }
            if (request.RunsOnce || failure is ClaimLostException || (failure is OperationCanceledException && ct.IsCancellationRequested))
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            if (_database.Dialect.IsDiskFull(failure))
            {
                _database.DiskFull = true;
                _log.LogError(failure, "{Operation} not saved: the database's disk is full or not writable", request.Operation.Name);
                return new StorageUnavailable();
            }
            if (request.KeepOperation && await ReplayAsync<T>(request, hash, ct) is { } replayed)
            {
                measured.Answered(replayed.Problem);
                return replayed;
            }

            var transient = _database.Dialect.IsTransient(failure);
            var duplicate = _database.Dialect.IsUniqueViolation(failure);
            if (failure is FencedException or DbUpdateConcurrencyException || transient || (duplicate && duplicates++ == 0))
            {
                _metrics.Conflict(request.Operation.Name);
                if (++reruns <= MaxReruns)
                {
                    _log.LogInformation("{Operation} runs again ({Rerun}): {Reason}", request.Operation.Name, reruns, failure.Message);
                    if (_database.Dialect.IsLockTimeout(failure)) await _database.EndHungSessionsAsync(ct);
                    else if (transient) await Task.Delay(Pause(reruns), ct);
                    continue;
                }
                if (transient) return Unavailable(failure, request);
                return new ConflictingChange();
            }
            if (!careful && attempt.RanBurst)
            {
                _log.LogWarning(failure, "{Operation} failed and runs once more in careful mode", request.Operation.Name);
                careful = true;
                continue;
            }
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private StorageUnavailable Unavailable(Exception failure, CommandRequest request)
    {
        _log.LogError(failure, "{Operation} not saved: the database does not answer", request.Operation.Name);
        return new StorageUnavailable();
    }

    private void Told(Command command)
    {
        _database.DiskFull = false;
        foreach (var action in command.AfterCommit) action();
        if (command.Told.Count > 0)
        {
            _live.Tell(command.Told);
            _others.Tell(command.Told);
        }
        if (command.WakeAt is { } at) _pump.Due.Wake(at);
        if (command.HasMail) _pump.Mail.Wake(command.Now);
    }

    /// <summary>The first answer of an operation id that was used; null when it was not.</summary>
    private async Task<Result<T>?> ReplayAsync<T>(CommandRequest request, string hash, CancellationToken ct)
    {
        try
        {
            await using var db = _database.ReadContext();
            var used = await db.Set<OperationRow>().Where(o => o.Id == request.OperationId).Select(o => new { o.PayloadHash, o.Answer })
                .SingleOrDefaultAsync(ct);
            return used is null ? (Result<T>?)null : Answer<T>(used.PayloadHash, used.Answer, hash);
        }
        catch (Exception e) when (_database.Dialect.IsTransient(e))
        {
            return null;
        }
    }

    private static Result<T> Answer<T>(string usedHash, string? answer, string hash) =>
        usedHash != hash ? new OperationReused() : JsonSerializer.Deserialize<T>(answer ?? "null", CrmJson.Options)!;

    /// <summary>Whose request it is belongs to it: nobody is shown another's answer by guessing an id.</summary>
    private static string Hash(CommandRequest request) =>
        Convert.ToHexString(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Operation.Name}\n{request.Actor.UserId}\n{CrmJson.Write(request.Payload)}")));
}

/// <summary>The same operation id came with another payload.</summary>
public sealed record OperationReused : Problem
{
    public OperationReused() : base("problem.operation-reused") => Kind = ProblemKind.Refused;
}

/// <summary>Others changed the same records at the same time, again and again.</summary>
public sealed record ConflictingChange : Problem
{
    public ConflictingChange() : base("problem.conflict") => Kind = ProblemKind.Conflict;
}

/// <summary>The database cannot take writes just now (disk full, server down); nothing was saved.</summary>
public sealed record StorageUnavailable : Problem
{
    public StorageUnavailable() : base("problem.storage-unavailable") => Kind = ProblemKind.Unavailable;
}

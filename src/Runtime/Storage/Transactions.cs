using System.Data.Common;

namespace CrmFlow.Runtime;

/// <summary>Gives commands their transaction and ends it.</summary>
internal abstract class Transactions
{
    /// <summary>
    /// Runs one attempt in a transaction and returns when its commit (the attempt said true) or its rollback is done. What the attempt throws comes
    /// out after the rollback.
    /// </summary>
    /// <param name="background">Maintenance: waits while people's commands are waiting.</param>
    public abstract Task RunAsync(bool background, Func<CommandTransaction, Task<bool>> attempt, CancellationToken ct);
}

/// <summary>A connection from the pool and a transaction for each attempt: PostgreSQL and SQL Server.</summary>
internal sealed class PooledTransactions(Dialect dialect, Func<CancellationToken, ValueTask<DbConnection>> open, CommandCounters counters)
    : Transactions
{
    public override async Task RunAsync(bool background, Func<CommandTransaction, Task<bool>> attempt, CancellationToken ct)
    {
        await using var connection = await open(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        if (!await attempt(new CommandTransaction(dialect, connection, transaction, counters, prepared: null)))
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return;
        }
        FaultInjection.Hit(FaultPoint.BeforeCommit);
        counters.Committed();
        // Not with the caller's token: a commit that was sent cannot be taken back.
        await transaction.CommitAsync(CancellationToken.None);
        FaultInjection.Hit(FaultPoint.AfterCommit);
    }
}

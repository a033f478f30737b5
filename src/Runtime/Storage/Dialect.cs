using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>What differs between the databases in the runtime's own statements. Everything else is the portable subset.</summary>
internal abstract class Dialect
{
    public abstract DatabaseProvider Provider { get; }

    /// <summary>Inserts a due row or moves the one of the same kind and key.</summary>
    public virtual string UpsertDue => """
        INSERT INTO due (kind, due_key, instance_id, due_at, next_at, payload, attempts, claim_id, error)
        VALUES (@kind, @key, @instance, @at, @at, @payload, 0, NULL, NULL)
        ON CONFLICT (kind, due_key) DO UPDATE SET due_at = @at, next_at = @at, payload = @payload, attempts = 0, claim_id = NULL, error = NULL
        """;

    /// <summary>Inserts an outbox row unless its key is already there.</summary>
    public virtual string InsertOutbox => """
        INSERT INTO outbox (idempotency_key, kind, instance_id, payload, created_at, next_at, attempts) VALUES (@key, @kind, @instance, @payload, @now, @now, 0)
        ON CONFLICT (idempotency_key) DO NOTHING
        """;

    /// <summary>
    /// Takes up to <c>@limit</c> rows whose time has come and counts the attempt. Rows tried before are taken one by one, so a row that kills the
    /// process cannot drag its neighbours along; those tried least go first, so a host that dies for reasons of its own does not meet the same row
    /// each time.
    /// </summary>
    /// <param name="key">The columns of the table's key.</param>
    /// <param name="which">A condition on the rows.</param>
    public abstract string Claim(string table, string key, string columns, bool triedBefore, string which);

    protected static string Tried(bool before, string which) =>
        before ? $"> 0 AND {which} ORDER BY attempts, next_at" : $"= 0 AND {which} ORDER BY next_at";

    /// <summary>Serialises the transactions that name the same thing until they end; nothing where one writer serialises everything.</summary>
    public virtual string? AdvisoryLock => null;

    public virtual object Parameter(object? value) => value ?? DBNull.Value;
    public virtual DateTimeOffset Instant(DbDataReader reader, int ordinal) => reader.GetFieldValue<DateTimeOffset>(ordinal);

    public abstract bool IsUniqueViolation(Exception exception);
    /// <summary>Worth another try as it is: deadlock, serialisation, a lost connection, a server that restarts.</summary>
    public abstract bool IsTransient(Exception exception);
    /// <summary>A lock was waited for longer than a lease: whoever holds it may hang.</summary>
    public virtual bool IsLockTimeout(Exception exception) => false;
    public abstract bool IsDiskFull(Exception exception);

    /// <summary>
    /// The database's exception inside EF's: it wraps failed saves, and whatever it takes for transient in an InvalidOperationException.
    /// </summary>
    protected static Exception Inner(Exception exception)
    {
        while (exception is DbUpdateException or InvalidOperationException && exception.InnerException is { } inner) exception = inner;
        return exception;
    }

    public static Dialect Of(DatabaseProvider provider) => provider switch
    {
        DatabaseProvider.Sqlite => new SqliteDialect(),
        DatabaseProvider.PostgreSql => new PostgreSqlDialect(),
        _ => new SqlServerDialect(),
    };
}

internal sealed class SqliteDialect : Dialect
{
    public override DatabaseProvider Provider => DatabaseProvider.Sqlite;

    public override string Claim(string table, string key, string columns, bool triedBefore, string which) => $"""
        UPDATE {table} SET attempts = attempts + 1, claim_id = @claim, next_at = @lease
        WHERE ({key}) IN (SELECT {key} FROM {table} WHERE next_at <= @now AND attempts {Tried(triedBefore, which)} LIMIT @limit)
        RETURNING {columns}
        """;

    public override object Parameter(object? value) => value switch { null => DBNull.Value, DateTimeOffset instant => instant.UtcTicks, _ => value };
    public override DateTimeOffset Instant(DbDataReader reader, int ordinal) => new(reader.GetInt64(ordinal), TimeSpan.Zero);
    public override bool IsUniqueViolation(Exception exception) => Inner(exception) is SqliteException { SqliteExtendedErrorCode: 2067 or 1555 };
    public override bool IsTransient(Exception exception) => Inner(exception) is SqliteException { SqliteErrorCode: 5 or 6 };
    public override bool IsDiskFull(Exception exception) => Inner(exception) is SqliteException { SqliteErrorCode: 13 or 10 or 8 };
}

internal sealed class PostgreSqlDialect : Dialect
{
    public override DatabaseProvider Provider => DatabaseProvider.PostgreSql;
    public override string AdvisoryLock => "SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))";
    /// <summary>The server ended a session that hung in a transaction for longer than a lease.</summary>
    private const string IdleInTransactionTimeout = "25P03";

    public override string Claim(string table, string key, string columns, bool triedBefore, string which) => $"""
        UPDATE {table} SET attempts = attempts + 1, claim_id = @claim, next_at = @lease
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE next_at <= @now AND attempts {Tried(triedBefore, which)} LIMIT @limit FOR UPDATE SKIP LOCKED))
        RETURNING {columns}
        """;

    public override object Parameter(object? value) =>
        value switch { null => DBNull.Value, DateTimeOffset instant => instant.ToUniversalTime(), _ => value };
    public override bool IsUniqueViolation(Exception exception) =>
        Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
    public override bool IsTransient(Exception exception) =>
        Inner(exception) is NpgsqlException { IsTransient: true }
        or NpgsqlException { InnerException: System.IO.IOException or System.Net.Sockets.SocketException }
        or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or IdleInTransactionTimeout or PostgresErrorCodes.LockNotAvailable };
    public override bool IsLockTimeout(Exception exception) =>
        Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };
    public override bool IsDiskFull(Exception exception) => Inner(exception) is PostgresException { SqlState: PostgresErrorCodes.DiskFull };
}

internal sealed class SqlServerDialect : Dialect
{
    public override DatabaseProvider Provider => DatabaseProvider.SqlServer;
    public override string AdvisoryLock => "EXEC sp_getapplock @Resource = @name, @LockMode = 'Exclusive', @LockOwner = 'Transaction'";

    public override string UpsertDue => """
        MERGE due WITH (HOLDLOCK) AS t USING (SELECT @kind AS kind, @key AS due_key) AS s ON t.kind = s.kind AND t.due_key = s.due_key
        WHEN MATCHED THEN UPDATE SET due_at = @at, next_at = @at, payload = @payload, attempts = 0, claim_id = NULL, error = NULL
        WHEN NOT MATCHED THEN INSERT (kind, due_key, instance_id, due_at, next_at, payload, attempts) VALUES (@kind, @key, @instance, @at, @at, @payload, 0);
        """;

    public override string InsertOutbox => """
        INSERT INTO outbox (idempotency_key, kind, instance_id, payload, created_at, next_at, attempts)
        SELECT @key, @kind, @instance, @payload, @now, @now, 0 WHERE NOT EXISTS (SELECT 1 FROM outbox WITH (UPDLOCK, HOLDLOCK) WHERE idempotency_key = @key)
        """;

    public override string Claim(string table, string key, string columns, bool triedBefore, string which) => $"""
        WITH c AS (SELECT TOP (@limit) * FROM {table} WITH (READPAST, UPDLOCK, ROWLOCK) WHERE next_at <= @now AND attempts {Tried(triedBefore, which)})
        UPDATE c SET attempts = attempts + 1, claim_id = @claim, next_at = @lease
        OUTPUT {string.Join(", ", columns.Split(", ").Select(c => "inserted." + c))}
        """;

    public override bool IsUniqueViolation(Exception exception) => Inner(exception) is SqlException { Number: 2601 or 2627 };
    public override bool IsTransient(Exception exception) => Inner(exception) is SqlException { Number: 1205 or 1222 or -2 or 4060 or 233 or 10054 };
    public override bool IsDiskFull(Exception exception) => Inner(exception) is SqlException { Number: 1105 or 9002 };
}

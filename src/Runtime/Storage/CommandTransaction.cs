using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;

namespace CrmFlow.Runtime;

/// <summary>One open transaction and the runtime's own statements on it. Counts its round trips.</summary>
internal sealed class CommandTransaction(Dialect dialect, DbConnection connection, DbTransaction transaction, CommandCounters counters, SqliteStatements? prepared)
{
    public DbConnection Connection => connection;
    public DbTransaction Transaction => transaction;
    public Dialect Dialect => dialect;

    /// <summary>Runs the batch in one round trip (on SQLite there is none: prepared statements one by one).</summary>
    public async Task SendAsync(WriteBatch batch, CancellationToken ct)
    {
        if (batch.Statements.Count == 0) return;
        counters.Sent(batch.Statements.Count);
        if (prepared is not null)
        {
            foreach (var statement in batch.Statements)
            {
                var command = prepared.Get(statement.Sql, transaction);
                prepared.Bind(command, statement.Parameters, dialect);
                Check(statement, command.ExecuteNonQuery());
            }
        }
        else
        {
            await using var sent = connection.CreateBatch();
            sent.Transaction = transaction;
            foreach (var statement in batch.Statements)
            {
                var command = sent.CreateBatchCommand();
                Fill(command, statement.Sql, statement.Parameters);
                sent.BatchCommands.Add(command);
            }
            await sent.ExecuteNonQueryAsync(ct);
            for (var i = 0; i < batch.Statements.Count; i++) Check(batch.Statements[i], sent.BatchCommands[i].RecordsAffected);
        }
        batch.Statements.Clear();
    }

    /// <summary>Reads rows, or the rows a statement returns.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> map, CancellationToken ct)
    {
        counters.Sent(1);
        var rows = new List<T>();
        if (prepared is not null)
        {
            var command = prepared.Get(sql, transaction);
            prepared.Bind(command, parameters, dialect);
            using var reader = command.ExecuteReader();
            while (reader.Read()) rows.Add(map(reader));
            return rows;
        }
        await using var query = connection.CreateCommand();
        query.Transaction = transaction;
        var (text, names) = PositionalSql.Of(sql, dialect);
        query.CommandText = text;
        foreach (var name in names) query.Parameters.Add(Parameter(query.CreateParameter(), name, parameters));
        await using (var reader = await query.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) rows.Add(map(reader));
        return rows;
    }

    /// <summary>Sends one statement at once and returns the affected rows.</summary>
    public async Task<int> ExecuteAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken ct)
    {
        counters.Sent(1);
        if (prepared is not null)
        {
            var command = prepared.Get(sql, transaction);
            prepared.Bind(command, parameters, dialect);
            return command.ExecuteNonQuery();
        }
        await using var query = connection.CreateCommand();
        query.Transaction = transaction;
        var (text, names) = PositionalSql.Of(sql, dialect);
        query.CommandText = text;
        foreach (var name in names) query.Parameters.Add(Parameter(query.CreateParameter(), name, parameters));
        return await query.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The gate's own savepoints on SQLite; they are no work of the command and not counted.</summary>
    public void Control(string sql) => prepared!.Get(sql, transaction).ExecuteNonQuery();

    private void Fill(DbBatchCommand command, string sql, (string Name, object? Value)[] parameters)
    {
        var (text, names) = PositionalSql.Of(sql, dialect);
        command.CommandText = text;
        foreach (var name in names) command.Parameters.Add(Parameter(command.CreateParameter(), name, parameters));
    }

    private DbParameter Parameter(DbParameter parameter, string name, (string Name, object? Value)[] parameters)
    {
        if (dialect.Provider != DatabaseProvider.PostgreSql) parameter.ParameterName = "@" + name;
        parameter.Value = dialect.Parameter(ValueOf(name, parameters));
        return parameter;
    }

    /// <summary>A plain loop: this runs for every parameter of every statement, and a predicate would be allocated each time.</summary>
    internal static object? ValueOf(ReadOnlySpan<char> name, (string Name, object? Value)[] parameters)
    {
        foreach (var (known, value) in parameters)
            if (name.SequenceEqual(known)) return value;
        throw new InvalidOperationException($"The statement has no value for @{name}.");
    }

    private static void Check(WriteBatch.Statement statement, int affected)
    {
        if (statement.MustAffect is { } wanted && affected != wanted)
            throw statement.IsClaim ? new ClaimLostException() : new FencedException(statement.Sql, wanted, affected);
    }
}

/// <summary>
/// Npgsql takes <c>$1</c> without rewriting the text at every execution, and prepares by text: so the named parameters are turned into positions once per text.
/// </summary>
internal static class PositionalSql
{
    private static readonly ConcurrentDictionary<(string Sql, bool Positional), (string Sql, string[] Names)> Known = new();

    public static (string Sql, string[] Names) Of(string sql, Dialect dialect) =>
        Known.GetOrAdd((sql, dialect.Provider == DatabaseProvider.PostgreSql), static k => Rewrite(k.Sql, k.Positional));

    internal static (string, string[]) Rewrite(string sql, bool positional)
    {
        var (text, names, quoted) = (new StringBuilder(), new List<string>(), false);
        for (var i = 0; i < sql.Length; i++)
        {
            if (sql[i] == '\'') quoted = !quoted;
            if (quoted || sql[i] != '@')
            {
                text.Append(sql[i]);
                continue;
            }
            var end = i + 1;
            while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] == '_')) end++;
            var name = sql[(i + 1)..end];
            if (!names.Contains(name)) names.Add(name);
            if (positional) text.Append('$').Append(names.IndexOf(name) + 1);
            else text.Append('@').Append(name);
            i = end - 1;
        }
        return (text.ToString(), [.. names]);
    }
}

/// <summary>The writer connection's prepared statements, by text.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public SqliteCommand Get(string sql, DbTransaction? transaction)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in PositionalSql.Rewrite(sql, positional: false).Item2) command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
            _commands.Add(sql, command);
        }
        command.Transaction = (SqliteTransaction?)transaction;
        return command;
    }

    public void Bind(SqliteCommand command, (string Name, object? Value)[] values, Dialect dialect)
    {
        for (var i = 0; i < command.Parameters.Count; i++)
        {
            var parameter = command.Parameters[i];
            parameter.ResetSqliteType();
            parameter.Value = dialect.Parameter(CommandTransaction.ValueOf(parameter.ParameterName.AsSpan(1), values));
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
    }
}

/// <summary>What the runtime costs the database, for benches and metrics. Modules' own EF statements are counted apart.</summary>
public sealed class CommandCounters
{
    private long _commits, _roundTrips, _statements, _moduleRoundTrips;

    public long Commits => Interlocked.Read(ref _commits);
    /// <summary>Messages the runtime sent and waited for, commits among them. A batch is one.</summary>
    public long RoundTrips => Interlocked.Read(ref _roundTrips);
    public long Statements => Interlocked.Read(ref _statements);
    /// <summary>EF's commands: what modules read and save.</summary>
    public long ModuleRoundTrips => Interlocked.Read(ref _moduleRoundTrips);

    internal void Sent(int statements)
    {
        Interlocked.Increment(ref _roundTrips);
        Interlocked.Add(ref _statements, statements);
    }

    internal void Committed()
    {
        Interlocked.Increment(ref _roundTrips);
        Interlocked.Increment(ref _commits);
    }

    internal void Module() => Interlocked.Increment(ref _moduleRoundTrips);
}

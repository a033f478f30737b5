using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;

namespace CrmFlow.Runtime;

/// <summary>One open transaction and the runtime's own statements on it. Counts its round trips.</summary>
internal sealed class CommandTransaction(Dialect dialect, DbConnection connection, DbTransaction transaction, CommandCounters counters,
    SqliteStatements? prepared)
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
            foreach (var statement in batch.Statements) Check(statement, prepared.Execute(statement.Sql, statement.Parameters));
        }
        else
        {
            await using var sent = connection.CreateBatch();
            sent.Transaction = transaction;
            var parameters = new DbParameter[batch.Statements.Count][];
            for (var i = 0; i < parameters.Length; i++) parameters[i] = Fill(sent, batch.Statements[i]);
            await sent.ExecuteNonQueryAsync(ct);
            for (var i = 0; i < parameters.Length; i++)
            {
                sent.BatchCommands[i].Parameters.Clear(); // a parameter belongs to one collection
                PositionalSql.Of(batch.Statements[i].Sql, dialect).GiveBack(parameters[i]);
            }
            for (var i = 0; i < parameters.Length; i++) Check(batch.Statements[i], sent.BatchCommands[i].RecordsAffected);
        }
        batch.Statements.Clear();
    }

    /// <summary>Reads rows, or the rows a statement returns.</summary>
    public Task<List<T>> QueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> map, CancellationToken ct)
    {
        counters.Sent(1);
        return ReadAsync(sql, parameters, map, ct);
    }

    /// <summary>The same, counted as a module's read.</summary>
    public Task<List<T>> ModuleQueryAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> map, CancellationToken ct)
    {
        counters.Module();
        return ReadAsync(sql, parameters, map, ct);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> map, CancellationToken ct)
    {
        var rows = new List<T>();
        if (prepared is not null)
        {
            using var reader = prepared.Query(sql, parameters, transaction, dialect).ExecuteReader();
            while (reader.Read()) rows.Add(map(reader));
            return rows;
        }
        await using var query = Command(sql, parameters);
        await using (var reader = await query.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) rows.Add(map(reader));
        return rows;
    }

    /// <summary>Sends one statement at once and returns the affected rows.</summary>
    public async Task<int> ExecuteAsync(string sql, (string Name, object? Value)[] parameters, CancellationToken ct)
    {
        counters.Sent(1);
        if (prepared is not null) return prepared.Execute(sql, parameters);
        await using var query = Command(sql, parameters);
        return await query.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The gate's own savepoints on SQLite; they are no work of the command and not counted.</summary>
    public void Control(string sql) => prepared!.Execute(sql, []);

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        var query = connection.CreateCommand();
        query.Transaction = transaction;
        var known = PositionalSql.Of(sql, dialect);
        query.CommandText = known.Text;
        foreach (var name in known.Names) query.Parameters.Add(Set(query.CreateParameter(), name, parameters));
        return query;
    }

    private DbParameter[] Fill(DbBatch batch, WriteBatch.Statement statement)
    {
        var command = batch.CreateBatchCommand();
        var known = PositionalSql.Of(statement.Sql, dialect);
        command.CommandText = known.Text;
        var parameters = known.Take();
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters.Add(Set(parameters[i] ??= command.CreateParameter(), known.Names[i], statement.Parameters));
        batch.BatchCommands.Add(command);
        return parameters;
    }

    private DbParameter Set(DbParameter parameter, string name, (string Name, object? Value)[] parameters)
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
/// Npgsql takes <c>$1</c> without rewriting the text at every execution, and prepares by text: so the named parameters are turned into positions once
/// per text.
/// Parameters that were sent wait here for the next sending of the same text: they are the largest part of what a batch allocates, and they remember
/// their types, which keeps a null from looking like another statement to Npgsql's cache of prepared ones.
/// </summary>
internal sealed class PositionalSql(string text, string[] names)
{
    private static readonly ConcurrentDictionary<(string Sql, bool Positional), PositionalSql> Known = new();
    private readonly ConcurrentBag<DbParameter[]> _idle = [];

    public string Text => text;
    public string[] Names => names;

    public static PositionalSql Of(string sql, Dialect dialect) => Known.GetOrAdd((sql, dialect.Provider == DatabaseProvider.PostgreSql), static k =>
    {
        var (text, names) = Rewrite(k.Sql, k.Positional);
        return new(text, names);
    });

    /// <summary>Parameters of an earlier sending in the order of <see cref="Names"/>; an empty array to fill when none are idle.</summary>
    public DbParameter[] Take() => _idle.TryTake(out var parameters) ? parameters : new DbParameter[names.Length];

    public void GiveBack(DbParameter[] sent)
    {
        foreach (var parameter in sent) parameter.Value = DBNull.Value; // keeps the type, lets go of the text
        _idle.Add(sent);
    }

    internal static (string Text, string[] Names) Rewrite(string sql, bool positional)
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

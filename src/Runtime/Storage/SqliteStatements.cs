using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CrmFlow.Runtime;

/// <summary>
/// The writer connection's prepared statements, by text. What is written goes straight to SQLite, value by value at its position: ADO's binder makes
/// several objects of every value, which was a third of what a decision allocated. What is read goes through ADO, whose reader the callers map. What
/// EF asks inside a command is answered from here as well: it would have SQLite compile the text again at every call, which was two fifths of a
/// decision.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    /// <summary>
    /// EF's texts differ with the rows of a save and the values of a list: beyond so many all are let go, and those in use come back.
    /// </summary>
    private const int MostOfEf = 300;

    private readonly Dictionary<string, SqliteCommand> _queries = [];
    private readonly Dictionary<string, (SqliteCommand Command, SqliteDataReader? Last)> _ofEf = [];
    private readonly Dictionary<string, (sqlite3_stmt Statement, string[] Names)> _writes = [];

    /// <summary>Runs a statement that returns no rows; the rows it affected.</summary>
    public int Execute(string sql, (string Name, object? Value)[] values)
    {
        if (!_writes.TryGetValue(sql, out var write)) _writes.Add(sql, write = Prepare(sql));
        var (statement, names) = write;
        try
        {
            for (var i = 0; i < names.Length; i++) Check(Bind(statement, i + 1, CommandTransaction.ValueOf(names[i], values)));
            var rc = raw.sqlite3_step(statement);
            while (rc == raw.SQLITE_ROW) rc = raw.sqlite3_step(statement);
            if (rc != raw.SQLITE_DONE) Check(rc);
            return raw.sqlite3_changes(connection.Handle!);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    public SqliteCommand Query(string sql, (string Name, object? Value)[] values, DbTransaction? transaction, Dialect dialect)
    {
        if (!_queries.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in PositionalSql.Rewrite(sql, positional: false).Names)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
            _queries.Add(sql, command);
        }
        command.Transaction = (SqliteTransaction?)transaction;
        for (var i = 0; i < command.Parameters.Count; i++)
        {
            var parameter = command.Parameters[i];
            parameter.ResetSqliteType();
            parameter.Value = dialect.Parameter(CommandTransaction.ValueOf(parameter.ParameterName.AsSpan(1), values));
        }
        return command;
    }

    /// <summary>
    /// Runs a command of EF's by the statement prepared for its text; null while a reader of that text is still open: then it runs as it is.
    /// </summary>
    public SqliteDataReader? QueryOfEf(SqliteCommand asked)
    {
        if (_ofEf.TryGetValue(asked.CommandText, out var known))
        {
            if (known.Last is { IsClosed: false }) return null;
        }
        else
        {
            if (_ofEf.Count == MostOfEf) ForgetEf();
            known.Command = connection.CreateCommand();
            known.Command.CommandText = asked.CommandText;
        }
        var command = known.Command;
        command.Transaction = asked.Transaction;
        command.CommandTimeout = asked.CommandTimeout;
        command.Parameters.Clear();
        foreach (SqliteParameter parameter in asked.Parameters) command.Parameters.Add(parameter);
        var reader = command.ExecuteReader();
        _ofEf[asked.CommandText] = (command, reader);
        return reader;
    }

    private void ForgetEf()
    {
        foreach (var (text, (command, last)) in _ofEf)
        {
            if (last is { IsClosed: false }) continue;
            command.Dispose();
            _ofEf.Remove(text);
        }
    }

    private (sqlite3_stmt, string[]) Prepare(string sql)
    {
        // SQLite numbers a name at its first occurrence, as the names are listed here.
        var (text, names) = PositionalSql.Rewrite(sql, positional: false);
        Check(raw.sqlite3_prepare_v3(connection.Handle!, text, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return (statement, names);
    }

    /// <summary>As Microsoft.Data.Sqlite stores them, for EF reads the same columns.</summary>
    private static int Bind(sqlite3_stmt statement, int position, object? value)
    {
        switch (value)
        {
            case null or DBNull: return raw.sqlite3_bind_null(statement, position);
            case string text: return BindText(statement, position, text);
            case Guid id:
                Span<byte> letters = stackalloc byte[36];
                id.TryFormat(letters, out _);
                Ascii.ToUpperInPlace(letters, out _);
                return raw.sqlite3_bind_text(statement, position, letters);
            case DateTimeOffset instant: return raw.sqlite3_bind_int64(statement, position, instant.UtcTicks);
            case long number: return raw.sqlite3_bind_int64(statement, position, number);
            case int number: return raw.sqlite3_bind_int64(statement, position, number);
            case bool yes: return raw.sqlite3_bind_int64(statement, position, yes ? 1 : 0);
            case decimal amount: return BindText(statement, position,
                amount.ToString("0.0###########################", CultureInfo.InvariantCulture));
            case DateOnly date: return BindText(statement, position, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            default: throw new NotSupportedException($"A statement's value cannot be a {value.GetType().Name}.");
        }
    }

    private static int BindText(sqlite3_stmt statement, int position, string text)
    {
        if (text.Length == 0) return raw.sqlite3_bind_text(statement, position, text); // an empty span would be bound as null
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, bytes);
        var rc = raw.sqlite3_bind_text(statement, position, bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        return rc;
    }

    private void Check(int rc)
    {
        if (rc != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(rc, connection.Handle);
    }

    public void Dispose()
    {
        foreach (var command in _queries.Values) command.Dispose();
        foreach (var (command, _) in _ofEf.Values) command.Dispose();
        foreach (var (statement, _) in _writes.Values) statement.Dispose();
    }
}

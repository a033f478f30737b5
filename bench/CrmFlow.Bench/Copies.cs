using System.Data.Common;
using CrmFlow.Runtime;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmFlow.Bench;

/// <summary>
/// Many instances like one that is there, made by the database itself in set-based statements: rows as the runtime wrote them, under ids of their
/// own. Outside the clock.
/// </summary>
internal sealed class Copies(DatabaseOptions database)
{
    private bool IsPostgres => database.Provider == DatabaseProvider.PostgreSql;

    /// <summary>Copies of a waiting instance with their bookmarks and, at that instant, their due rows.</summary>
    public async Task WaitingAsync(Guid instance, int count, DateTimeOffset? due)
    {
        await using var connection = await OpenAsync();
        var bookmark = await AskAsync(connection, $"SELECT id FROM bookmark WHERE instance_id = {Id(instance)}");
        await InstancesAsync(connection, instance, bookmark, count, set: "");
        await RunAsync(connection, $"""
            {Numbers(count)}
            INSERT INTO bookmark (id, instance_id, activity_id, node_id, name, bookmark_key, correlation_id, due_at, created_at)
            SELECT {NewId("b")}, {NewId("a")}, activity_id, node_id, name, bookmark_key, NULL, {(due is null ? "NULL" : "@at")}, created_at FROM n, bookmark WHERE instance_id = {Id(instance)}
            """, due);
        if (due is null) return;
        await RunAsync(connection, $"""
            {Numbers(count)}
            INSERT INTO due (kind, due_key, instance_id, due_at, next_at, attempts)
            SELECT 'bookmark', {Lower(NewId("b"))}, {NewId("a")}, @at, @at, 0 FROM n
            """, due);
    }

    /// <summary>
    /// Copies of an instance as if they had ended, each with that many journal rows, and as many unpublished versions of its definition.
    /// </summary>
    public async Task FinishedAsync(Guid instance, int count, int journalRows, int versions)
    {
        await using var connection = await OpenAsync();
        var bookmark = await AskAsync(connection, $"SELECT id FROM bookmark WHERE instance_id = {Id(instance)}");
        await InstancesAsync(connection, instance, bookmark, count, set: "Finished");
        await RunAsync(connection, $"""
            {Numbers(count)}
            INSERT INTO journal (instance_id, seq, activity_instance_id, node_id, activity_id, activity_type, entered, event, occurred_at, round, outcomes, data)
            SELECT {NewId("a")}, seq, activity_instance_id, node_id, activity_id, activity_type, entered, event, occurred_at, round, outcomes, data FROM n, journal WHERE instance_id = {Id(instance)} AND seq <= {journalRows}
            """);
        await RunAsync(connection, $"""
            {Numbers(versions)}
            INSERT INTO workflow_definition (id, definition_id, version, name, is_latest, is_published, json, changed_at, changed_by, changed_by_name)
            SELECT {Lower(Text(NewId("d")))}, definition_id, version + i, name, @no, @no, json, changed_at, changed_by, changed_by_name FROM n, workflow_definition
            WHERE id = (SELECT version_id FROM workflow_instance WHERE id = {Id(instance)})
            """);
        await RunAsync(connection, IsPostgres ? "VACUUM ANALYZE" : "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private Task InstancesAsync(DbConnection connection, Guid instance, string bookmark, int count, string set) => RunAsync(connection, $"""
        {Numbers(count)}
        INSERT INTO workflow_instance (id, definition_id, version_id, definition_version, name, correlation_id, status, sub_status, state, version, journal_count, incident_count, created_at, updated_at, finished_at)
        SELECT {NewId("a")}, definition_id, version_id, definition_version, name, NULL, {(set.Length > 0 ? $"'{set}'" : "status")}, {(set.Length > 0 ? $"'{set}'" : "sub_status")},
            REPLACE(REPLACE(state, '{instance}', {Lower(Text(NewId("a")))}), '{bookmark.ToLowerInvariant()}', {Lower(Text(NewId("b")))}),
            version, journal_count, 0, created_at, updated_at, {(set.Length > 0 ? "updated_at" : "NULL")}
        FROM n, workflow_instance WHERE id = {Id(instance)}
        """);

    /// <summary>A counter from 1 as the table n.</summary>
    private string Numbers(int count) => IsPostgres
        ? $"WITH n AS (SELECT i FROM generate_series(1, {count}) AS i)"
        : $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})";

    /// <summary>
    /// The id of the kind (a letter) and the counter, as the provider keeps it. Version 7 of a moment long ago: what is past lies before what comes,
    /// as it does in life.
    /// </summary>
    private string NewId(string kind) => IsPostgres
        ? $"('00000000-000{kind}-7000-8000-' || LPAD(TO_HEX(i), 12, '0'))::uuid"
        : $"PRINTF('00000000-000{kind.ToUpperInvariant()}-7000-8000-%012X', i)";

    private string Id(Guid id) => IsPostgres ? $"'{id}'" : $"'{id.ToString().ToUpperInvariant()}'";
    private string Text(string id) => IsPostgres ? $"({id})::text" : id;
    private string Lower(string text) => IsPostgres ? $"({text})::text" : $"LOWER({text})";

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = IsPostgres ? new NpgsqlConnection(database.ConnectionString + ";Command Timeout=600")
            : new SqliteConnection(database.ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        if (!IsPostgres) await RunAsync(connection, "PRAGMA synchronous = OFF; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -500000");
        return connection;
    }

    public static async Task<string> AskAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    public static async Task RunAsync(DbConnection connection, string sql, DateTimeOffset? at = null)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 600);
        void Add(string name, object value)
        {
            if (!sql.Contains(name, StringComparison.Ordinal)) return;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        var isPostgres = connection is NpgsqlConnection;
        if (at is { } instant) Add("@at", isPostgres ? instant.ToUniversalTime() : instant.UtcTicks);
        Add("@no", isPostgres ? false : 0);
        await command.ExecuteNonQueryAsync();
    }
}

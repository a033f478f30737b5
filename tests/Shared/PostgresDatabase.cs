using CrmFlow.Runtime;
using Npgsql;

namespace CrmFlow.TestSupport;

/// <summary>Databases of a test's own on the <see cref="PostgresServer"/>.</summary>
internal static class PostgresDatabase
{
    /// <summary>An empty one, or a copy of one nobody is connected to.</summary>
    public static DatabaseOptions Create(DatabaseOptions? like = null)
    {
        var database = $"crmflow_{Guid.CreateVersion7():N}";
        Execute($"CREATE DATABASE \"{database}\"{(like is null ? "" : $" TEMPLATE \"{NameOf(like)}\"")}");
        return new(DatabaseProvider.PostgreSql,
            new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString) { Database = database }.ConnectionString);
    }

    public static void Drop(DatabaseOptions options) => Execute($"DROP DATABASE IF EXISTS \"{NameOf(options)}\" WITH (FORCE)");

    private static string? NameOf(DatabaseOptions options) => new NpgsqlConnectionStringBuilder(options.ConnectionString).Database;

    private static void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(PostgresServer.ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}

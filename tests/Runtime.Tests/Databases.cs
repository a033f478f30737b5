using CrmFlow.TestSupport;
using Microsoft.Data.SqlClient;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace CrmFlow.Runtime.Tests;

/// <summary>Which database a test class runs on. Every class of tests runs on each of them.</summary>
public interface ITestDatabase
{
    static abstract DatabaseOptions Create();
    /// <summary>A new database like this one, which nobody is connected to.</summary>
    static abstract DatabaseOptions Copy(DatabaseOptions template);
    static abstract void Drop(DatabaseOptions options);
}

public sealed class Sqlite : ITestDatabase
{
    public static DatabaseOptions Create() =>
        new(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(Directory.CreateTempSubdirectory("crmflow-test-").FullName, "crmflow.db")}");

    public static DatabaseOptions Copy(DatabaseOptions template)
    {
        var copy = Create();
        File.Copy(template.SqliteFile, copy.SqliteFile);
        return copy;
    }

    public static void Drop(DatabaseOptions options) => Directory.Delete(Path.GetDirectoryName(options.SqliteFile)!, recursive: true);
}

public sealed class PostgreSql : ITestDatabase
{
    public static DatabaseOptions Create() => PostgresDatabase.Create();
    public static DatabaseOptions Copy(DatabaseOptions template) => PostgresDatabase.Create(template);
    public static void Drop(DatabaseOptions options) => PostgresDatabase.Drop(options);
}

/// <summary>
/// Databases on a live SQL Server that CRMFLOW_TEST_SQLSERVER names (its login may create databases); the tests are skipped when it names none.
/// </summary>
public sealed class SqlServer : ITestDatabase
{
    /// <summary>Only named: whoever prepares the schema creates it.</summary>
    public static DatabaseOptions Create() => new(DatabaseProvider.SqlServer,
        new SqlConnectionStringBuilder(Server) { InitialCatalog = $"crmflow_{Guid.CreateVersion7():N}" }.ConnectionString);

    public static DatabaseOptions Copy(DatabaseOptions template)
    {
        var (copy, from) = (Create(), NameOf(template));
        var to = NameOf(copy);
        Execute($"""
            BACKUP DATABASE [{from}] TO DISK = '{to}.bak' WITH COPY_ONLY, INIT;
            DECLARE @rows nvarchar(128) = (SELECT name FROM sys.master_files WHERE database_id = DB_ID('{from}') AND type = 0), @log nvarchar(128) = (SELECT name FROM sys.master_files WHERE database_id = DB_ID('{from}') AND type = 1);
            DECLARE @restore nvarchar(max) = N'RESTORE DATABASE [{to}] FROM DISK = ''{to}.bak'' WITH MOVE ''' + @rows + N''' TO ''' + CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(260))
                + N'{to}.mdf'', MOVE ''' + @log + N''' TO ''' + CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(260)) + N'{to}.ldf''';
            EXEC (@restore);
            """);
        return copy;
    }

    public static void Drop(DatabaseOptions options) =>
        Execute($"IF DB_ID('{NameOf(options)}') IS NOT NULL BEGIN ALTER DATABASE [{NameOf(options)}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{NameOf(options)}]; END");

    private static string Server
    {
        get
        {
            var named = Environment.GetEnvironmentVariable("CRMFLOW_TEST_SQLSERVER");
            if (string.IsNullOrEmpty(named)) Assert.Skip("CRMFLOW_TEST_SQLSERVER names no SQL Server.");
            return named!;
        }
    }

    private static string NameOf(DatabaseOptions options) => new SqlConnectionStringBuilder(options.ConnectionString).InitialCatalog;

    private static void Execute(string sql)
    {
        using var connection =
            new SqlConnection(new SqlConnectionStringBuilder(Server) { InitialCatalog = "master", Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new SqlCommand(sql, connection) { CommandTimeout = 120 };
        command.ExecuteNonQuery();
    }
}

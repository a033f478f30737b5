using CrmFlow.TestSupport;

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

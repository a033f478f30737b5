namespace CrmFlow.Host;

/// <summary>Verbs that do one thing and end: <c>backup</c>, <c>restore</c>, <c>help</c>. Anything else starts the application.</summary>
internal static class CommandLine
{
    /// <summary>The configuration reader takes every option's next word as its value; a bare <c>--demo</c> has none.</summary>
    public static string[] Normalize(string[] args) => [.. args.Select(a => a == "--demo" ? "--demo=true" : a)];

    public static Task<int?> TryRunAsync(string[] args) => args switch
    {
        ["help" or "--help" or "-h", ..] => Help(),
        _ => Task.FromResult<int?>(null),
    };

    private static Task<int?> Help()
    {
        Console.WriteLine("""
            CrmFlow.Host [--urls http://127.0.0.1:5080] [--demo]
              --demo          loads demonstration data into an empty database and prints the sign-ins; loopback addresses only
            Configuration: Database:Provider (Sqlite, PostgreSql, SqlServer), Database:ConnectionString, Business:TimeZone, Data:Folder
            """);
        return Task.FromResult<int?>(0);
    }
}

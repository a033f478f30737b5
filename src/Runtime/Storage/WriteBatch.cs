namespace CrmFlow.Runtime;

/// <summary>
/// Prepared statements of one command, sent together. SQL is the portable subset all three providers take, names in snake_case, parameters
/// <c>@name</c>; where they differ the runtime's dialect offers the text. Values: Guid, string, long, int, bool, decimal, DateTimeOffset, DateOnly,
/// null;
/// on PostgreSQL alone also arrays of them.
/// </summary>
public sealed class WriteBatch
{
    internal WriteBatch() { }

    internal readonly record struct Statement(string Sql, (string Name, object? Value)[] Parameters, int? MustAffect, bool IsClaim = false);

    /// <summary>Room for what the completion of a task writes.</summary>
    internal List<Statement> Statements { get; } = new(24);

    /// <summary>Adds a statement. The text must be a constant: it is the key of the prepared-statement cache.</summary>
    /// <param name="mustAffect">When set, another number of affected rows fences the command out: it is rolled back and run again from the
    /// start.</param>
    public void Add(string sql, ReadOnlySpan<(string Name, object? Value)> parameters, int? mustAffect = null) =>
        Statements.Add(new(sql, parameters.ToArray(), mustAffect));

    /// <summary>A statement that gives up claims: when it misses a row a claim is lost, and running again would not bring it back.</summary>
    internal void AddClaim(string sql, ReadOnlySpan<(string Name, object? Value)> parameters, int claims = 1) =>
        Statements.Add(new(sql, parameters.ToArray(), claims, IsClaim: true));
}

/// <summary>A statement met another number of rows than it must: somebody else was faster. The command is run again.</summary>
internal sealed class FencedException(string sql, int expected, int actual) : Exception($"Expected {expected} affected rows and met {actual}: {sql}");

/// <summary>The row a pump worked for is no longer its own.</summary>
internal sealed class ClaimLostException() : Exception("The claimed row is gone or was claimed by another.");

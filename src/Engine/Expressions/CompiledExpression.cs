namespace CrmFlow.Engine;

/// <summary>
/// A program of the closed JavaScript grammar (docs/expressions.md), parsed and resolved once, evaluated many times, by many threads.
/// No reflection, no host objects; steps, bytes and depth are counted.
/// </summary>
public sealed class CompiledExpression
{
    /// <summary>Parses. Throws <see cref="ExpressionSyntaxException"/> with line and column for anything outside the grammar.</summary>
    public static CompiledExpression Parse(string source) => throw new NotImplementedException();

    /// <summary>Evaluates: top-level return, else the completion value of the last expression statement (elsa-format §6.1). Throws <see cref="ExpressionException"/> on a runtime error or an exceeded limit.</summary>
    public Value Evaluate(IExpressionScope scope) => throw new NotImplementedException();
}

/// <summary>What an expression can reach of its surroundings: the accessors of elsa-format §6.1 and nothing else.</summary>
public interface IExpressionScope
{
    Value GetVariable(string name);
    void SetVariable(string name, Value value);
    /// <summary>Names of variables in scope, for generated accessors such as <c>getTheSum()</c>.</summary>
    bool HasVariable(string name);
    Value GetInput(string name);
    bool HasInput(string name);
    Value GetOutputFrom(string activityIdOrName, string? outputName);
    Value GetLastResult();
    string DefinitionId { get; }
    string DefinitionVersionId { get; }
    int DefinitionVersion { get; }
    string InstanceId { get; }
    string? CorrelationId { get; set; }
    string? InstanceName { get; set; }
    DateTimeOffset Now { get; }
    Guid NewId();
    /// <summary>The business time zone: what local time means to Date.</summary>
    TimeZoneInfo Zone { get; }
}

/// <summary>Source outside the grammar. <see cref="Exception.Message"/> says what and what to write instead.</summary>
public sealed class ExpressionSyntaxException(string message, int line, int column) : Exception($"{message} (line {line}, column {column})")
{
    public int Line { get; } = line;
    public int Column { get; } = column;
}

/// <summary>A runtime error or exceeded limit while evaluating.</summary>
public sealed class ExpressionException(string message) : Exception(message);

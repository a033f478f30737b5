using CrmFlow.Engine.Expressions;

namespace CrmFlow.Engine;

/// <summary>
/// A program of the closed JavaScript grammar (docs/expressions.md), parsed and resolved once, evaluated many times, by many threads.
/// No reflection, no host objects; steps, bytes and depth are counted.
/// </summary>
public sealed class CompiledExpression
{
    private readonly Program _program;

    private CompiledExpression(Program program) => _program = program;

    /// <summary>Parses. Throws <see cref="ExpressionSyntaxException"/> with line and column for anything outside the grammar.</summary>
    public static CompiledExpression Parse(string source) => Parse(source, []);

    /// <summary>
    /// Parses a program that may also call the named functions, which <see cref="ExpressionHost.Functions"/> then gives it (<c>setOutcome</c>).
    /// </summary>
    public static CompiledExpression Parse(string source, params IReadOnlyCollection<string> hostFunctions) =>
        new(new Parser(source, hostFunctions).ParseProgram());

    /// <summary>
    /// Evaluates: top-level return, else the completion value of the last expression statement (elsa-format §6.1). Variables are changed when the
    /// program ends well and not at all when it throws. The result may share arrays and objects with a variable: store a <see cref="Value.Clone"/>.
    /// Throws <see cref="ExpressionException"/> on a runtime error or an exceeded limit.
    /// </summary>
    public Value Evaluate(IExpressionScope scope) => Evaluate(scope, ExpressionHost.None);

    /// <inheritdoc cref="Evaluate(IExpressionScope)"/>
    public Value Evaluate(IExpressionScope scope, ExpressionHost host)
    {
        var context = new Context(scope, host, _program.MayMutate);
        try
        {
            return context.Finish(_program.Run(context));
        }
        catch (ThrownValue thrown)
        {
            throw new ExpressionException(thrown.Describe(context, _program.Source));
        }
    }
}

/// <summary>What a caller adds to an evaluation beside the scope.</summary>
public sealed record ExpressionHost
{
    internal static readonly ExpressionHost None = new();

    /// <summary>The functions named to <see cref="CompiledExpression.Parse(string, IReadOnlyCollection{string})"/>.</summary>
    public IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Functions { get; init; } =
        new Dictionary<string, Func<IReadOnlyList<Value>, Value>>();

    /// <summary>The <c>args</c> object: a handler's arguments, such as the item of a bulk dispatch. Also read as <c>getItem()</c>.</summary>
    public ValueObject? Arguments { get; init; }

    public ExpressionLimits Limits { get; init; } = ExpressionLimits.Default;
}

/// <summary>
/// What one evaluation may use up. The numbers stop every hostile program within a second and leave real ones a factor of a hundred.
/// </summary>
public sealed record ExpressionLimits
{
    public static readonly ExpressionLimits Default = new();

    /// <summary>Evaluated nodes, loop turns and items visited by methods.</summary>
    public int Steps { get; init; } = 5_000_000;
    /// <summary>Bytes of all strings, arrays and objects made during the evaluation, whether still used or not.</summary>
    public long Bytes { get; init; } = 32 * 1024 * 1024;
    /// <summary>Calls inside calls.</summary>
    public int Depth { get; init; } = 400;
    /// <summary>Characters of one string.</summary>
    public int TextLength { get; init; } = 1024 * 1024;
    /// <summary>Items of one array, map or set.</summary>
    public int Items { get; init; } = 250_000;
    /// <summary>Wall-clock backstop behind the counted limits.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);
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

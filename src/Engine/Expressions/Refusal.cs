namespace CrmFlow.Engine.Expressions;

/// <summary>Source outside the grammar at an offset; becomes an <see cref="ExpressionSyntaxException"/> with line and column.</summary>
internal sealed class Refusal(string message, int at) : Exception(message)
{
    public int At { get; } = at;

    public ExpressionSyntaxException With(string source)
    {
        var (line, column) = Position(source, At);
        return new(Message, line, column);
    }

    /// <summary>Line and column, both counted from 1.</summary>
    public static (int Line, int Column) Position(string source, int at)
    {
        at = Math.Clamp(at, 0, source.Length);
        var line = source.AsSpan(0, at).Count('\n') + 1;
        return (line, at - (at == 0 ? -1 : source.LastIndexOf('\n', at - 1)));
    }
}

using CrmFlow.Engine.Expressions;

namespace CrmFlow.Engine;

/// <summary>
/// A text in the closed part of Liquid (docs/expressions.md), parsed once and rendered many times, by many threads: how a process writes mails,
/// titles and lines (elsa-format §6.2). Steps, bytes, sizes and time are counted by the limits of <see cref="CompiledExpression"/>; nothing of the
/// host can be reached.
/// </summary>
public sealed class LiquidTemplate
{
    private readonly string _source;
    private readonly LiquidNode[] _nodes;

    private LiquidTemplate(string source, LiquidNode[] nodes) => (_source, _nodes) = (source, nodes);

    /// <summary>
    /// Parses. Throws <see cref="ExpressionSyntaxException"/> with line and column, naming a tag, filter or name that does not exist here.
    /// </summary>
    public static LiquidTemplate Parse(string source) => new(source, new LiquidParser(source).ParseTemplate());

    /// <summary>
    /// The text. Throws <see cref="ExpressionException"/> on a runtime error or an exceeded limit; reads variables and changes none.
    /// </summary>
    public string Render(IExpressionScope scope) => Render(scope, ExpressionLimits.Default);

    /// <inheritdoc cref="Render(IExpressionScope)"/>
    public string Render(IExpressionScope scope, ExpressionLimits limits)
    {
        var context = new Context(scope, new ExpressionHost { Limits = limits }, mayMutate: false);
        context.CheckClock();
        var frame = new LiquidFrame(context, _source);
        try
        {
            frame.Run(_nodes);
            return frame.Text;
        }
        catch (ThrownValue thrown)
        {
            throw new ExpressionException(thrown.Describe(context, _source));
        }
    }
}

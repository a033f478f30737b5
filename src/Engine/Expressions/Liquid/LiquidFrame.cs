using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>One rendering: the text so far, the names the template has assigned, and the loops it is in.</summary>
internal sealed class LiquidFrame(Context context, string source)
{
    private readonly Dictionary<string, Value> _assigned = new(StringComparer.Ordinal);
    private StringBuilder _text = new();

    public Context Context => context;
    public LiquidLoop? Loop { get; set; }
    /// <summary>A break or continue on its way to the loop around it.</summary>
    public LiquidLeave Leaving { get; set; }
    public string Text => _text.ToString();

    public void Run(LiquidNode[] nodes)
    {
        foreach (var node in nodes)
        {
            context.Step();
            node.Render(this);
            if (Leaving != LiquidLeave.Nothing) return;
        }
    }

    public void Write(string text)
    {
        context.Step(1 + text.Length / 64);
        context.TextLength((long)_text.Length + text.Length);
        context.Bytes(2L * text.Length);
        _text.Append(text);
    }

    /// <summary>What the nodes write, apart from the text (<c>capture</c>).</summary>
    public string Capture(LiquidNode[] nodes)
    {
        var outer = _text;
        _text = new();
        Run(nodes);
        var captured = Text;
        _text = outer;
        return captured;
    }

    public void Assign(string name, in Value value)
    {
        context.Bytes(64);
        _assigned[name] = value;
    }

    /// <summary>A name the template gave a value: the variable of a loop around, else what was assigned.</summary>
    public bool TryRead(string name, out Value value)
    {
        for (var loop = Loop; loop is not null; loop = loop.Parent)
        {
            if (loop.Name != name) continue;
            value = loop.Current;
            return true;
        }
        return _assigned.TryGetValue(name, out value);
    }

    public ExpressionException Fault(string message, int position)
    {
        var (line, column) = Refusal.Position(source, position);
        return new($"{message} (line {line}, column {column})");
    }
}

internal enum LiquidLeave : byte { Nothing, Break, Continue }

/// <summary>A running <c>for</c>, read as <c>forloop</c>.</summary>
internal sealed class LiquidLoop(string name, int length, LiquidLoop? parent)
{
    public string Name => name;
    public LiquidLoop? Parent => parent;
    public int Index { get; set; }
    public Value Current { get; set; }

    public Value Member(string member) => member switch
    {
        "index" => Index + 1,
        "index0" => Index,
        "rindex" => length - Index,
        "rindex0" => length - Index - 1,
        "first" => Index == 0,
        "last" => Index == length - 1,
        "length" => length,
        _ => Value.Undefined,
    };
}

namespace CrmFlow.Engine.Expressions;

/// <summary>How a statement ended.</summary>
internal enum Flow : byte { Next, Break, Continue, Return }

/// <summary>A statement. Those of the program, not of functions, keep the completion value in the frame as JavaScript defines it.</summary>
internal abstract class Statement
{
    public abstract Flow Execute(Frame frame);
}

/// <summary>A whole program.</summary>
internal sealed class Program(string source, Statement[] body, FunctionScope scope, BlockPlan plan, int weight, bool mayMutate)
{
    private readonly int _slots = scope.Slots;
    /// <summary>A program that is one expression needs no statement loop.</summary>
    private readonly Node? _expression = body is [ExpressionStatement only] ? only.Expression : body is [ReturnStatement { Value: { } value }] ? value
        : null;

    public string Source => source;
    /// <summary>Somewhere in the source an array or object is changed, so what comes from stored state is copied first.</summary>
    public bool MayMutate => mayMutate;

    public Value Run(Context context)
    {
        var frame = new Frame(context, _slots == 0 ? [] : new Value[_slots], []);
        context.Enter();
        context.Step(weight);
        if (_expression is not null && plan.IsEmpty) return _expression.Evaluate(frame);
        plan.Enter(frame);
        foreach (var statement in body)
        {
            if (statement.Execute(frame) == Flow.Return) return frame.Result;
        }
        return frame.Completion;
    }
}

internal sealed class ExpressionStatement(Node expression, bool isProgramLevel, int weight) : Statement
{
    public Node Expression => expression;

    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight);
        var value = expression.Evaluate(frame);
        if (isProgramLevel) frame.Completion = value;
        return Flow.Next;
    }
}

/// <summary>One declared name or pattern. Without an initializer a let starts as undefined, a var keeps what it has.</summary>
internal readonly record struct Declarator(Pattern Pattern, Node? Value);

internal sealed class DeclarationStatement(Declarator[] declarators, bool isVar, int weight) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight);
        foreach (var (pattern, value) in declarators)
        {
            if (value is not null || !isVar) pattern.Bind(frame, value?.Evaluate(frame) ?? Value.Undefined, declares: true);
        }
        return Flow.Next;
    }
}

internal sealed class EmptyStatement : Statement
{
    public static readonly EmptyStatement Instance = new();
    public override Flow Execute(Frame frame) => Flow.Next;
}

internal sealed class Block(Statement[] body, BlockPlan plan) : Statement
{
    public override Flow Execute(Frame frame)
    {
        plan.Enter(frame);
        return Run(frame, body);
    }

    public static Flow Run(Frame frame, Statement[] body)
    {
        foreach (var statement in body)
        {
            var flow = statement.Execute(frame);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

internal sealed class IfStatement(Node test, Statement then, Statement? otherwise, int weight) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight);
        var holds = Coercion.ToBoolean(test.Evaluate(frame));
        frame.Completion = Value.Undefined;
        if (holds) return then.Execute(frame);
        return otherwise?.Execute(frame) ?? Flow.Next;
    }
}

internal sealed class ReturnStatement(Node? value, int weight) : Statement
{
    public Node? Value => value;

    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight);
        frame.Result = value?.Evaluate(frame) ?? Engine.Value.Undefined;
        return Flow.Return;
    }
}

/// <param name="label">Where to; null for the loop or switch around.</param>
internal sealed class JumpStatement(Flow flow, string? label) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Context.Step();
        frame.Label = label;
        return flow;
    }
}

/// <summary>A block or choice that <c>break label</c> leaves. Loops know their labels themselves.</summary>
internal sealed class LabeledStatement(string label, Statement body) : Statement
{
    public override Flow Execute(Frame frame)
    {
        var flow = body.Execute(frame);
        if (flow != Flow.Break || frame.Label != label) return flow;
        frame.Label = null;
        return Flow.Next;
    }
}

internal sealed class ThrowStatement(Node value, int position, int weight) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight + 500);
        throw new ThrownValue(value.Evaluate(frame), position);
    }
}

internal sealed class TryStatement(Block body, BlockPlan? catchPlan, Pattern? parameter, Block? handler, Block? finalizer) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Completion = Value.Undefined;
        if (finalizer is null) return Guarded(frame);
        var depth = frame.Context.Depth;
        Flow flow;
        ThrownValue? pending = null;
        try
        {
            flow = Guarded(frame);
        }
        catch (ThrownValue thrown)
        {
            (pending, flow) = (thrown, Flow.Next);
            frame.Context.LeaveTo(depth);
        }
        var (completion, result, label) = (frame.Completion, frame.Result, frame.Label);
        frame.Completion = Value.Undefined;
        frame.Label = null;
        var last = finalizer.Execute(frame);
        if (last != Flow.Next) return last;
        (frame.Completion, frame.Result, frame.Label) = (completion, result, label);
        return pending is null ? flow : throw pending;
    }

    private Flow Guarded(Frame frame)
    {
        if (handler is null) return body.Execute(frame);
        var depth = frame.Context.Depth;
        ThrownValue caught;
        try
        {
            return body.Execute(frame);
        }
        catch (ThrownValue thrown)
        {
            caught = thrown;
        }
        // outside the catch clause: the handler runs on an unwound stack
        frame.Context.LeaveTo(depth);
        frame.Completion = Value.Undefined;
        catchPlan!.Enter(frame);
        parameter?.Bind(frame, caught.Value, declares: true);
        return handler.Execute(frame);
    }
}

/// <summary>A case without a test is the default.</summary>
internal readonly record struct SwitchCase(Node? Test, Statement[] Body);

internal sealed class SwitchStatement(Node subject, SwitchCase[] cases, BlockPlan plan, int weight) : Statement
{
    public override Flow Execute(Frame frame)
    {
        frame.Context.Step(weight);
        var value = subject.Evaluate(frame);
        frame.Completion = Value.Undefined;
        plan.Enter(frame);
        var start = Array.FindIndex(cases, c => c.Test is not null && Coercion.StrictEquals(frame.Context, value, c.Test.Evaluate(frame)));
        if (start < 0) start = Array.FindIndex(cases, c => c.Test is null);
        if (start < 0) return Flow.Next;
        foreach (var (_, body) in cases.AsSpan(start))
        {
            var flow = Block.Run(frame, body);
            if (flow == Flow.Break && frame.Label is null) return Flow.Next;
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

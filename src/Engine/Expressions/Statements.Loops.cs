namespace CrmFlow.Engine.Expressions;

/// <summary>A loop, and the labels before it that <c>break</c> and <c>continue</c> may name.</summary>
internal abstract class LoopStatement : Statement
{
    public List<string> Labels { get; } = [];

    /// <summary>After a turn: does the loop end? Then the flow is what it ends with.</summary>
    protected bool Ends(Frame frame, ref Flow flow)
    {
        if (flow == Flow.Next) return false;
        if (flow == Flow.Return) return true;
        if (frame.Label is { } label)
        {
            if (!Labels.Contains(label)) return true; // for a loop further out
            frame.Label = null;
        }
        if (flow == Flow.Continue) return false;
        flow = Flow.Next;
        return true;
    }
}

internal sealed class WhileStatement(Node test, Statement body, bool testsFirst, int weight) : LoopStatement
{
    public override Flow Execute(Frame frame)
    {
        frame.Completion = Value.Undefined;
        if (testsFirst && !Test(frame)) return Flow.Next;
        do
        {
            frame.Context.Step();
            var flow = body.Execute(frame);
            if (Ends(frame, ref flow)) return flow;
        } while (Test(frame));
        return Flow.Next;
    }

    private bool Test(Frame frame)
    {
        frame.Context.Step(weight);
        return Coercion.ToBoolean(test.Evaluate(frame));
    }
}

internal sealed class ForStatement(Statement? start, Node? test, Node? update, Statement body, BlockPlan plan, int weight) : LoopStatement
{
    public override Flow Execute(Frame frame)
    {
        plan.Enter(frame);
        start?.Execute(frame);
        frame.Completion = Value.Undefined;
        // functions made in the test, the body or the update see the variables of their own turn
        if (plan.HasCells) plan.Renew(frame);
        while (true)
        {
            frame.Context.Step(weight);
            if (test is not null && !Coercion.ToBoolean(test.Evaluate(frame))) break;
            var flow = body.Execute(frame);
            if (Ends(frame, ref flow)) return flow;
            if (plan.HasCells) plan.Renew(frame);
            update?.Evaluate(frame);
        }
        return Flow.Next;
    }
}

/// <summary>for…of over items and for…in over member names.</summary>
internal sealed class ForEachStatement(Pattern pattern, bool declares, Node subject, bool overNames, Statement body, BlockPlan plan, int weight)
    : LoopStatement
{
    public override Flow Execute(Frame frame)
    {
        var context = frame.Context;
        context.Step(weight);
        plan.Enter(frame);
        var value = subject.Evaluate(frame);
        frame.Completion = Value.Undefined;
        var iterator = overNames ? Iteration.Names(context, value) : Iteration.Start(context, value);
        while (iterator.MoveNext(out var current))
        {
            context.Step(weight);
            // a member deleted meanwhile is not visited
            if (overNames && value.Kind == ValueKind.Object && !value.Members.ContainsKey(current.String)) continue;
            plan.Enter(frame);
            pattern.Bind(frame, current, declares);
            var flow = body.Execute(frame);
            if (Ends(frame, ref flow)) return flow;
        }
        return Flow.Next;
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>Something in a tag that has a value.</summary>
internal abstract class LiquidValue
{
    public abstract Value Evaluate(LiquidFrame frame);
}

internal sealed class LiquidLiteral(Value value) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame) => value;
}

/// <summary><c>empty</c> and <c>blank</c>: equal to what holds nothing; as a value of their own the empty text.</summary>
internal sealed class LiquidNothing(bool isBlank) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame) => "";

    public bool Fits(in Value value) => value.Kind switch
    {
        ValueKind.String => value.String.Length == 0 || (isBlank && value.String.AsSpan().Trim(Coercion.White).Length == 0),
        ValueKind.Array => value.Items.Count == 0,
        ValueKind.Object => value.Members.Count == 0,
        _ => isBlank && (value.IsNothing || value is { Kind: ValueKind.Boolean, IsTrue: false }),
    };
}

/// <summary><c>(1..n)</c></summary>
internal sealed class LiquidRange(LiquidValue from, LiquidValue to) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame)
    {
        var (first, last) = (Math.Truncate(LiquidValues.Number(frame.Context, from.Evaluate(frame))),
            Math.Truncate(LiquidValues.Number(frame.Context, to.Evaluate(frame))));
        var count = (long)Math.Clamp(last - first + 1, 0, int.MaxValue);
        frame.Context.Items(count, count);
        frame.Context.Steps(count);
        var items = new List<Value>((int)count);
        for (var i = 0; i < count; i++) items.Add(Value.From(first + i));
        return Value.From(items);
    }
}

/// <summary>A name and the members behind it: <c>Variables.Order.Lines[0].Name</c>.</summary>
internal sealed class LiquidPath(string root, LiquidValue[] members) : LiquidValue
{
    /// <summary>
    /// Where a path may begin without having been assigned: Elsa's names (elsa-format §6.2), the outputs of earlier steps, and the loop.
    /// </summary>
    public static readonly string[] Roots = ["Variables", "Input", "Output", "LastResult", "CorrelationId", "WorkflowInstanceId",
        "WorkflowInstanceName", "WorkflowDefinitionId", "WorkflowDefinitionVersionId", "WorkflowDefinitionVersion", "forloop"];

    public override Value Evaluate(LiquidFrame frame)
    {
        frame.Context.Step(1 + members.Length);
        var next = 0;
        if (!frame.TryRead(root, out var value)) value = FromScope(frame, ref next);
        for (; next < members.Length; next++) value = LiquidValues.Member(frame.Context, value, members[next].Evaluate(frame));
        return value;
    }

    private Value FromScope(LiquidFrame frame, ref int next)
    {
        var scope = frame.Context.Scope;
        switch (root)
        {
            case "Variables": return Named(frame, ref next) is { } variable ? scope.GetVariable(variable) : Value.Undefined;
            case "Input": return Named(frame, ref next) is { } input ? scope.GetInput(input) : Value.Undefined;
            case "Output": return Named(frame, ref next) is { } step ? scope.GetOutputFrom(step, Named(frame, ref next)) : Value.Undefined;
            case "LastResult": return scope.GetLastResult();
            case "CorrelationId": return scope.CorrelationId;
            case "WorkflowInstanceId": return scope.InstanceId;
            case "WorkflowInstanceName": return scope.InstanceName;
            case "WorkflowDefinitionId": return scope.DefinitionId;
            case "WorkflowDefinitionVersionId": return scope.DefinitionVersionId;
            case "WorkflowDefinitionVersion": return scope.DefinitionVersion;
            case "forloop":
                var loop = frame.Loop;
                var name = Named(frame, ref next);
                for (; name == "parentloop"; name = Named(frame, ref next)) loop = loop?.Parent;
                return name is null || loop is null ? Value.Undefined : loop.Member(name);
            default: return Value.Undefined;
        }
    }

    private string? Named(LiquidFrame frame, ref int next) =>
        next < members.Length ? LiquidValues.Text(frame.Context, members[next++].Evaluate(frame)) : null;
}

/// <summary>A filter as it is used: its arguments, already parsed.</summary>
internal sealed record LiquidFilterCall(LiquidFilter Filter, LiquidValue[] Arguments, int Position);

/// <summary>A value through filters, one after the other.</summary>
internal sealed class LiquidFiltered(LiquidValue value, LiquidFilterCall[] filters) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame)
    {
        var current = value.Evaluate(frame);
        foreach (var (filter, arguments, position) in filters)
        {
            frame.Context.Step(4);
            var given = arguments.Length == 0 ? [] : Array.ConvertAll(arguments, a => a.Evaluate(frame));
            try
            {
                current = filter.Apply(frame.Context, current, given);
            }
            catch (LiquidFilterException e)
            {
                throw frame.Fault($"{filter.Name}: {e.Message}", position);
            }
        }
        return current;
    }
}

internal sealed class LiquidComparison(LiquidValue left, string comparison, LiquidValue right) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame)
    {
        var context = frame.Context;
        context.Step();
        if (comparison is "==" or "!=" or "<>")
        {
            var equal = right is LiquidNothing nothing ? nothing.Fits(left.Evaluate(frame)) : left is LiquidNothing other
                ? other.Fits(right.Evaluate(frame)) : LiquidValues.AreEqual(context, left.Evaluate(frame), right.Evaluate(frame));
            return equal == (comparison == "==");
        }
        var (a, b) = (left.Evaluate(frame), right.Evaluate(frame));
        // empty and blank have no order; like nil they are at most and at least each other
        if (left is LiquidNothing && comparison == "contains") return false;
        if ((left is LiquidNothing || right is LiquidNothing) && comparison != "contains")
            return comparison is "<=" or ">=" && (left is LiquidNothing || a.IsNothing) && (right is LiquidNothing || b.IsNothing);
        return comparison == "contains" ? LiquidValues.Contains(context, a, b) : LiquidValues.Compare(context, a, b) is { } order && comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }
}

/// <summary>Conditions joined by <c>and</c> and <c>or</c>: read from the right, without precedence, as Liquid does.</summary>
internal sealed class LiquidLogic(LiquidValue[] conditions, bool[] ands) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame)
    {
        var holds = LiquidValues.IsTrue(conditions[^1].Evaluate(frame));
        for (var i = ands.Length - 1; i >= 0; i--)
        {
            frame.Context.Step();
            var own = LiquidValues.IsTrue(conditions[i].Evaluate(frame));
            holds = ands[i] ? own && holds : own || holds;
        }
        return holds;
    }
}

internal sealed class LiquidNot(LiquidValue condition) : LiquidValue
{
    public override Value Evaluate(LiquidFrame frame) => !LiquidValues.IsTrue(condition.Evaluate(frame));
}

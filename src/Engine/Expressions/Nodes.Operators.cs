namespace CrmFlow.Engine.Expressions;

internal enum Operator : byte
{
    Add, Subtract, Multiply, Divide, Remainder, Power,
    BitAnd, BitOr, BitXor, ShiftLeft, ShiftRight, ShiftRightUnsigned,
    Equal, NotEqual, StrictEqual, StrictNotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In,
    And, Or, Coalesce,
}

internal sealed class Binary(Operator op, Node left, Node right) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var a = left.Evaluate(frame);
        var b = right.Evaluate(frame);
        if (a.Kind == ValueKind.Number && b.Kind == ValueKind.Number)
        {
            switch (op)
            {
                case Operator.Add: return Value.From(a.RawNumber + b.RawNumber);
                case Operator.Subtract: return Value.From(a.RawNumber - b.RawNumber);
                case Operator.Multiply: return Value.From(a.RawNumber * b.RawNumber);
                case Operator.Divide: return Value.From(a.RawNumber / b.RawNumber);
                case Operator.Less: return Value.From(a.RawNumber < b.RawNumber);
                case Operator.LessOrEqual: return Value.From(a.RawNumber <= b.RawNumber);
                case Operator.Greater: return Value.From(a.RawNumber > b.RawNumber);
                case Operator.GreaterOrEqual: return Value.From(a.RawNumber >= b.RawNumber);
            }
        }
        return Apply(frame.Context, op, a, b);
    }

    public static Value Apply(Context context, Operator op, in Value a, in Value b)
    {
        switch (op)
        {
            case Operator.Add: return Add(context, a, b);
            case Operator.StrictEqual: return Coercion.StrictEquals(context, a, b);
            case Operator.StrictNotEqual: return !Coercion.StrictEquals(context, a, b);
            case Operator.Equal: return Coercion.LooseEquals(context, a, b);
            case Operator.NotEqual: return !Coercion.LooseEquals(context, a, b);
            case Operator.Less: return Coercion.Less(context, a, b) == true;
            case Operator.GreaterOrEqual: return Coercion.Less(context, a, b) == false;
            case Operator.Greater or Operator.LessOrEqual:
                // the operands are converted left to right but compared the other way round
                var x = Coercion.ToPrimitive(context, a, preferText: false);
                var y = Coercion.ToPrimitive(context, b, preferText: false);
                return Coercion.LessPrimitive(context, y, x) == (op == Operator.Greater);
            case Operator.In: return Members.Has(context, b, a);
        }
        var left = Coercion.ToNumber(context, a);
        var right = Coercion.ToNumber(context, b);
        switch (op)
        {
            case Operator.Subtract: return Value.From(left - right);
            case Operator.Multiply: return Value.From(left * right);
            case Operator.Divide: return Value.From(left / right);
            case Operator.Remainder: return Value.From(left % right);
            case Operator.Power: return Value.From(Power(left, right));
        }
        var p = Coercion.ToInt32(context, Value.From(left));
        var q = Coercion.ToInt32(context, Value.From(right));
        return Value.From((double)(op switch
        {
            Operator.BitAnd => p & q,
            Operator.BitOr => p | q,
            Operator.BitXor => p ^ q,
            Operator.ShiftLeft => p << (q & 31),
            Operator.ShiftRight => p >> (q & 31),
            Operator.ShiftRightUnsigned => (double)((uint)p >> (q & 31)),
            _ => throw new InvalidOperationException(op.ToString()),
        }));
    }

    private static Value Add(Context context, in Value a, in Value b)
    {
        if (a.Kind == ValueKind.String && b.Kind == ValueKind.String) return Concat(context, (string)a.Reference!, (string)b.Reference!);
        var left = Coercion.ToPrimitive(context, a);
        var right = Coercion.ToPrimitive(context, b);
        if (left.Kind == ValueKind.String || right.Kind == ValueKind.String)
            return Concat(context, Coercion.ToText(context, left), Coercion.ToText(context, right));
        return Value.From(Coercion.ToNumber(context, left) + Coercion.ToNumber(context, right));
    }

    private static Value Concat(Context context, string left, string right)
    {
        context.Text((long)left.Length + right.Length);
        return left + right;
    }

    /// <summary>JavaScript's power: 1 to an infinite or unknown power is not a number.</summary>
    public static double Power(double x, double y) => double.IsNaN(y) || (Math.Abs(x) == 1 && double.IsInfinity(y)) ? double.NaN : Math.Pow(x, y);
}

internal sealed class Logical(Operator op, Node left, Node right) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = left.Evaluate(frame);
        return Decides(op, value) ? value : right.Evaluate(frame);
    }

    /// <summary>The left side is the result already.</summary>
    public static bool Decides(Operator op, in Value value) => op switch
    {
        Operator.And => !Coercion.ToBoolean(value),
        Operator.Or => Coercion.ToBoolean(value),
        _ => !value.IsNothing,
    };
}

internal sealed class Conditional(Node test, Node then, Node otherwise) : Node
{
    public override Value Evaluate(Frame frame) => Coercion.ToBoolean(test.Evaluate(frame)) ? then.Evaluate(frame) : otherwise.Evaluate(frame);
}

internal sealed class Sequence(Node[] parts) : Node
{
    public override Value Evaluate(Frame frame)
    {
        for (var i = 0; i < parts.Length - 1; i++) parts[i].Evaluate(frame);
        return parts[^1].Evaluate(frame);
    }
}

internal sealed class Unary(char op, Node operand) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        return op switch
        {
            '!' => !Coercion.ToBoolean(value),
            '-' => Value.From(-Coercion.ToNumber(frame.Context, value)),
            '+' => Value.From(Coercion.ToNumber(frame.Context, value)),
            '~' => ~Coercion.ToInt32(frame.Context, value),
            't' => Coercion.TypeOf(value),
            _ => Value.Undefined,
        };
    }
}

/// <summary>instanceof with one of the types of the language; there are no others.</summary>
internal sealed class InstanceOf(Node operand, string type) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        return type switch
        {
            "Object" => value.Kind >= ValueKind.Array,
            "Array" => value.Kind == ValueKind.Array,
            "Date" => value.Kind == ValueKind.Date,
            "Map" => value.Kind == ValueKind.Map,
            "Set" => value.Kind == ValueKind.Set,
            "RegExp" => value.Kind == ValueKind.RegExp,
            "Function" => value.Kind == ValueKind.Function,
            "String" or "Number" or "Boolean" => false,
            _ => value.Kind == ValueKind.Object && value.Reference is ErrorObject error && (type == "Error" || error.Type == type),
        };
    }
}

internal sealed class Assignment(Target target, Node value) : Node
{
    public Target Target => target;
    public Node Value => value;

    public override Value Evaluate(Frame frame)
    {
        target.Resolve(frame, out var place, out var key);
        var result = value.Evaluate(frame);
        target.Write(frame, place, key, result);
        return result;
    }
}

internal sealed class PatternAssignment(Pattern pattern, Node value) : Node
{
    public Pattern Pattern => pattern;
    public Node Value => value;

    public override Value Evaluate(Frame frame)
    {
        var result = value.Evaluate(frame);
        pattern.Bind(frame, result, declares: false);
        return result;
    }
}

/// <summary><c>+=</c> and its kin, <c>&amp;&amp;=</c>, <c>||=</c> and <c>??=</c> included.</summary>
internal sealed class CompoundAssignment(Operator op, Target target, Node value) : Node
{
    public override Value Evaluate(Frame frame)
    {
        target.Resolve(frame, out var place, out var key);
        var old = target.Read(frame, place, key);
        if (op >= Operator.And && Logical.Decides(op, old)) return old;
        var operand = value.Evaluate(frame);
        var result = op >= Operator.And ? operand : Binary.Apply(frame.Context, op, old, operand);
        target.Write(frame, place, key, result);
        return result;
    }
}

internal sealed class Increment(Target target, int by, bool isPrefix) : Node
{
    public override Value Evaluate(Frame frame)
    {
        target.Resolve(frame, out var place, out var key);
        var old = Coercion.ToNumber(frame.Context, target.Read(frame, place, key));
        var result = Value.From(old + by);
        target.Write(frame, place, key, result);
        return isPrefix ? result : Value.From(old);
    }
}

internal sealed class Delete(Member member) : Node
{
    public override Value Evaluate(Frame frame)
    {
        member.Resolve(frame, out var target, out var key);
        return Members.Delete(frame.Context, target, Coercion.ToKey(frame.Context, key));
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>An expression: the parsed tree is what runs.</summary>
internal abstract class Node
{
    public abstract Value Evaluate(Frame frame);
}

internal sealed class Literal(Value value) : Node
{
    public Value Value => value;
    public override Value Evaluate(Frame frame) => value;
}

/// <summary>
/// Something that can be assigned to. Resolve evaluates its parts once, so that compound assignment reads and writes the same place.
/// </summary>
internal abstract class Target : Node
{
    public virtual void Resolve(Frame frame, out Value target, out Value key) => target = key = Value.Undefined;
    public abstract Value Read(Frame frame, in Value target, in Value key);
    public abstract void Write(Frame frame, in Value target, in Value key, in Value value);

    /// <summary>A declaration gives the name its first value.</summary>
    public virtual void Initialize(Frame frame, in Value value)
    {
        Resolve(frame, out var target, out var key);
        Write(frame, target, key, value);
    }

    public override Value Evaluate(Frame frame)
    {
        Resolve(frame, out var target, out var key);
        return Read(frame, target, key);
    }
}

/// <summary>A name. Where its value lies is known when the program is parsed.</summary>
internal sealed class Identifier(string name, FunctionScope function, int position) : Target
{
    private enum Place : byte { Slot, Cell, Capture, Fixed, Arguments }

    private Place _place;
    private int _index;
    private Value _fixed;

    public string Name => name;
    public FunctionScope Function => function;
    public int Position => position;
    public Binding? Binding { get; set; }
    /// <summary>This use is the declaration itself, not a read that could come too early.</summary>
    public bool IsDeclaration { get; set; }

    public void Link()
    {
        if (Binding is null) return;
        (_place, _index) = Binding.Function != function ? (Place.Capture, function.Capture(Binding))
            : (Binding.Captured ? Place.Cell : Place.Slot, Binding.Slot);
    }

    /// <summary>A name of the library.</summary>
    public void Fix(in Value value) => (_place, _fixed) = (Place.Fixed, value);
    public void FixArguments() => _place = Place.Arguments;

    public override Value Evaluate(Frame frame)
    {
        switch (_place)
        {
            case Place.Fixed: return _fixed;
            case Place.Arguments: return frame.Context.Host.Arguments is { } arguments ? frame.Context.CopyIn(Value.From(arguments))
                : Value.From(new ValueObject());
        }
        ref readonly var value = ref Locate(frame);
        if (Marker.IsHole(value)) throw TooEarly(frame);
        return value;
    }

    private ref Value Locate(Frame frame)
    {
        if (_place == Place.Slot) return ref frame.Slots[_index];
        return ref (_place == Place.Cell ? frame.CellAt(_index) : frame.Captures[_index]).Value;
    }

    private ThrownValue TooEarly(Frame frame)
    {
        frame.Context.Position = position;
        return Error.Of(frame.Context, "ReferenceError", $"Cannot access '{name}' before initialization");
    }

    public override Value Read(Frame frame, in Value target, in Value key) => Evaluate(frame);

    public override void Write(Frame frame, in Value target, in Value key, in Value value)
    {
        ref var place = ref Locate(frame);
        if (Marker.IsHole(place)) throw TooEarly(frame);
        if (Binding!.IsConstant)
        {
            frame.Context.Position = position;
            throw Error.Type(frame.Context, "Assignment to constant variable.");
        }
        place = value;
    }

    public override void Initialize(Frame frame, in Value value) => Locate(frame) = value;
}

/// <summary><c>variables.Name</c>, or <c>variables[expression]</c>: a variable of the process.</summary>
internal sealed class VariableMember(Node name) : Target
{
    private readonly string? _name = (name as Literal)?.Value.ToText();

    public override Value Evaluate(Frame frame) => frame.Context.ReadVariable(_name ?? Coercion.ToKey(frame.Context, name.Evaluate(frame)));

    public override void Resolve(Frame frame, out Value target, out Value key)
    {
        target = Value.Undefined;
        key = _name ?? Coercion.ToKey(frame.Context, name.Evaluate(frame));
    }

    public override Value Read(Frame frame, in Value target, in Value key) => frame.Context.ReadVariable(key.String);
    public override void Write(Frame frame, in Value target, in Value key, in Value value) => frame.Context.WriteVariable(key.String, value);
}

internal sealed class TemplateNode(string[] chunks, Node[] holes) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var context = frame.Context;
        var parts = new string[chunks.Length + holes.Length];
        long length = chunks[0].Length;
        parts[0] = chunks[0];
        for (var i = 0; i < holes.Length; i++)
        {
            length += (parts[2 * i + 1] = Coercion.ToText(context, holes[i].Evaluate(frame))).Length;
            length += (parts[2 * i + 2] = chunks[i + 1]).Length;
        }
        context.Text(length);
        return string.Concat(parts);
    }
}

/// <summary><c>...x</c> in a call, an array or an object.</summary>
internal sealed class Spread(Node operand) : Node
{
    public Node Operand => operand;
    public override Value Evaluate(Frame frame) => throw new InvalidOperationException("A spread is taken apart by what contains it.");
}

internal sealed class ArrayNode(Node?[] items, int position) : Node
{
    private readonly bool _hasSpread = items.Any(item => item is Spread);

    public Node?[] Items => items;
    public int Position => position;

    public override Value Evaluate(Frame frame)
    {
        frame.Context.Items(items.Length, items.Length);
        if (_hasSpread) return Value.From(Evaluate(frame, items!));
        var list = new List<Value>(items.Length);
        foreach (var item in items) list.Add(item!.Evaluate(frame));
        return Value.From(list);
    }

    /// <summary>Evaluates items or arguments of which some are spread.</summary>
    public static List<Value> Evaluate(Frame frame, Node[] items)
    {
        var list = new List<Value>(items.Length);
        foreach (var item in items)
        {
            if (item is Spread spread) Iteration.Append(frame.Context, spread.Operand.Evaluate(frame), list);
            else list.Add(item.Evaluate(frame));
        }
        return list;
    }
}

/// <summary>
/// A member of an object literal; a spread has no key. <see cref="Default"/> is only allowed when the literal turns out to be a pattern.
/// </summary>
internal readonly record struct MemberNode(Node? Key, Node Value, Node? Default);

internal sealed class ObjectNode(MemberNode[] members, int position) : Node
{
    private readonly string?[] _names = [.. members.Select(m => (m.Key as Literal)?.Value.ToText())];

    public MemberNode[] Members => members;
    public int Position => position;

    public override Value Evaluate(Frame frame)
    {
        var context = frame.Context;
        context.Bytes(64 * members.Length + 64);
        var result = new ValueObject();
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[i];
            if (member.Key is null) Library.CopyMembers(context, result, member.Value.Evaluate(frame));
            else
            {
                var name = _names[i] ?? Coercion.ToKey(context, member.Key.Evaluate(frame));
                result[name] = member.Value.Evaluate(frame);
            }
        }
        return Value.From(result);
    }
}

/// <summary>A function expression, arrow or declaration; evaluating it makes the function.</summary>
internal sealed class FunctionNode : Node
{
    private Statement[] _body = [];
    private Node? _expression;
    private (bool FromSlot, int Index)[] _captures = [];
    private BlockPlan _plan = new();
    private bool _plainParameters;

    public required string Name { get; set; }
    public required string Source { get; init; }
    public required Parameter[] Parameters { get; init; }
    public required bool HasRest { get; init; }
    public int Length { get; init; }
    public int Slots { get; private set; }
    public int ThisSlot { get; private set; } = -1;
    public int SelfSlot { get; private set; } = -1;
    public required int Weight { get; init; }
    public required FunctionScope Scope { get; init; }

    public void Seal(Statement[] body, Node? expression, BlockPlan plan)
    {
        (_body, _expression, _plan) = (body, expression, plan);
        _plainParameters = Parameters.All(p => p.Pattern is null && p.Default is null);
    }

    /// <summary>All names are resolved: takes over how many slots there are and what is captured.</summary>
    public void Link()
    {
        Slots = Scope.Slots;
        _captures = [.. Scope.Captures];
        ThisSlot = Scope.This?.Slot ?? -1;
        SelfSlot = Scope.Self?.Slot ?? -1;
    }

    public override Value Evaluate(Frame frame)
    {
        frame.Context.Bytes(96 + 8 * _captures.Length);
        var captures = _captures.Length == 0 ? [] : new Cell[_captures.Length];
        for (var i = 0; i < captures.Length; i++)
        {
            var (fromSlot, index) = _captures[i];
            captures[i] = fromSlot ? frame.CellAt(index) : frame.Captures[index];
        }
        return new Closure(this, captures).AsValue();
    }

    public Value Run(Frame frame)
    {
        _plan.Enter(frame);
        if (!_plainParameters) BindParameters(frame);
        if (_expression is not null) return _expression.Evaluate(frame);
        foreach (var statement in _body)
        {
            if (statement.Execute(frame) == Flow.Return) return frame.Result;
        }
        return Value.Undefined;
    }

    private void BindParameters(Frame frame)
    {
        for (var i = 0; i < Parameters.Length; i++)
        {
            var (name, pattern, defaultValue) = Parameters[i];
            if (defaultValue is not null)
            {
                var given = name is null ? frame.Slots[i] : name.Evaluate(frame);
                if (given.Kind == ValueKind.Undefined)
                {
                    if (name is null) frame.Slots[i] = defaultValue.Evaluate(frame);
                    else name.Initialize(frame, defaultValue.Evaluate(frame));
                }
            }
            pattern?.Bind(frame, frame.Slots[i], declares: true);
        }
    }
}

/// <summary>A parameter: a name in the slot of its position, or a pattern that takes that slot apart.</summary>
internal readonly record struct Parameter(Identifier? Name, Pattern? Pattern, Node? Default);

using System.Runtime.CompilerServices;

namespace CrmFlow.Engine.Expressions;

/// <summary><c>a.b</c>, <c>a[b]</c>, <c>a?.b</c>.</summary>
internal sealed class Member(Node target, Node key, bool isOptional, int position) : Target
{
    /// <summary>The name when it is written in the source.</summary>
    private readonly string? _name = key is Literal { Value.Kind: ValueKind.String } literal ? literal.Value.String : null;

    public Node Object => target;
    public string? Name => _name;
    public Node Key => key;
    public bool IsOptional => isOptional;
    public int Position => position;

    public override Value Evaluate(Frame frame)
    {
        var value = target.Evaluate(frame);
        if (value.Kind == ValueKind.Object && _name is not null && value.Members.TryGetValue(_name, out var member)) return member;
        if (value.IsNothing && isOptional || Marker.IsSkipped(value)) return Marker.Skipped;
        return Get(frame, value, _name is null ? key.Evaluate(frame) : default);
    }

    private Value Get(Frame frame, in Value value, in Value computed)
    {
        if (value.IsNothing)
        {
            frame.Context.Position = position;
            throw Error.Type(frame.Context,
                $"Cannot read properties of {Coercion.ToText(frame.Context, value)} (reading '{_name ?? Coercion.ToKey(frame.Context, computed)}')");
        }
        return _name is null ? Members.Get(frame.Context, value, computed) : Members.Get(frame.Context, value, _name);
    }

    public override void Resolve(Frame frame, out Value place, out Value resolved)
    {
        place = target.Evaluate(frame);
        resolved = key.Evaluate(frame);
        frame.Context.Position = position;
    }

    public override Value Read(Frame frame, in Value place, in Value resolved)
    {
        if (place.IsNothing) Get(frame, place, resolved);
        return Members.Get(frame.Context, place, resolved);
    }

    public override void Write(Frame frame, in Value place, in Value resolved, in Value value)
    {
        if (place.IsNothing)
        {
            frame.Context.Position = position;
            throw Error.Type(frame.Context,
                $"Cannot set properties of {Coercion.ToText(frame.Context, place)} (setting '{Coercion.ToKey(frame.Context, resolved)}')");
        }
        Members.Set(frame.Context, place, resolved, value);
    }
}

/// <summary>The outside of an optional chain: skipped means undefined.</summary>
internal sealed class OptionalChain(Node chain) : Node
{
    public Node Chain => chain;

    public override Value Evaluate(Frame frame)
    {
        var value = chain.Evaluate(frame);
        return Marker.IsSkipped(value) ? Value.Undefined : value;
    }
}

/// <summary>A function of the library named in full (<c>Math.max(a, b)</c>, <c>getInput('x')</c>): found when the program is parsed.</summary>
internal sealed class NativeCall(NativeFunction function, Node[] arguments, int position) : Node
{
    private readonly bool _isPlain = arguments.Length <= 4 && !arguments.Any(a => a is Spread);

    public override Value Evaluate(Frame frame) => _isPlain ? Plain(frame) : Any(frame);

    private Value Plain(Frame frame)
    {
        var buffer = new FourValues();
        for (var i = 0; i < arguments.Length; i++) buffer[i] = arguments[i].Evaluate(frame);
        frame.Context.Position = position;
        return function.Invoke(frame.Context, Value.Undefined, ((ReadOnlySpan<Value>)buffer)[..arguments.Length]);
    }

    private Value Any(Frame frame)
    {
        frame.Context.Items(arguments.Length, arguments.Length);
        var list = ArrayNode.Evaluate(frame, arguments);
        frame.Context.Position = position;
        return function.Invoke(frame.Context, Value.Undefined, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
    }
}

/// <summary>Arguments of an ordinary call, on the stack.</summary>
[InlineArray(4)]
internal struct FourValues
{
    private Value _first;
}

/// <summary><c>f(x)</c>, <c>a.f(x)</c>, <c>a?.f?.(x)</c>.</summary>
internal sealed class Call : Node
{
    private readonly Node _callee;
    private readonly Node[] _arguments;
    private readonly bool _isOptional, _hasSpread;
    private readonly int _position;
    private readonly Member? _member;
    /// <summary>The built-in method of that name for each kind of value, found when the program is parsed.</summary>
    private readonly NativeFunction?[]? _methods;

    public Call(Node callee, Node[] arguments, bool isOptional, int position)
    {
        (_callee, _arguments, _isOptional, _position) = (callee, arguments, isOptional, position);
        _hasSpread = arguments.Any(a => a is Spread);
        _member = callee as Member;
        if (_member?.Name is { } name) _methods = Library.MethodsByKind(name);
    }

    public override Value Evaluate(Frame frame)
    {
        Value self = default, function;
        if (_member is null) function = _callee.Evaluate(frame);
        else
        {
            self = _member.Object.Evaluate(frame);
            if (Marker.IsSkipped(self) || (_member.IsOptional && self.IsNothing)) return Marker.Skipped;
            if (self.Kind == ValueKind.Object && _member.Name is { } name && self.Members.TryGetValue(name, out function)) { }
            else if (_methods?[(int)self.Kind] is { } method) return Invoke(frame, method, self);
            else function = Lookup(frame, self);
        }
        if (function.Kind == ValueKind.Function) return Invoke(frame, (FunctionObject)function.Reference!, self);
        if (Marker.IsSkipped(function) || (_isOptional && function.IsNothing)) return Marker.Skipped;
        frame.Context.Position = _position;
        throw Error.Type(frame.Context, $"{Describe(_callee)} is not a function");
    }

    private Value Lookup(Frame frame, in Value self)
    {
        var key = _member!.Key.Evaluate(frame);
        if (self.IsNothing)
        {
            frame.Context.Position = _member.Position;
            throw Error.Type(frame.Context,
                $"Cannot read properties of {Coercion.ToText(frame.Context, self)} (reading '{Coercion.ToKey(frame.Context, key)}')");
        }
        return Members.Get(frame.Context, self, key, isCall: true);
    }

    private Value Invoke(Frame frame, FunctionObject function, in Value self)
    {
        var context = frame.Context;
        if (_hasSpread)
        {
            var list = ArrayNode.Evaluate(frame, _arguments);
            context.Position = _position;
            return function.Invoke(context, self, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
        }
        if (function is Closure closure && closure.DirectArguments >= _arguments.Length)
        {
            var slots = new Value[closure.Slots];
            for (var i = 0; i < _arguments.Length; i++) slots[i] = _arguments[i].Evaluate(frame);
            context.Position = _position;
            return closure.Run(context, slots, self);
        }
        return _arguments.Length <= 4 ? InvokeFew(frame, function, self) : InvokeMany(frame, function, self);
    }

    private Value InvokeFew(Frame frame, FunctionObject function, in Value self)
    {
        var buffer = new FourValues();
        for (var i = 0; i < _arguments.Length; i++) buffer[i] = _arguments[i].Evaluate(frame);
        frame.Context.Position = _position;
        return function.Invoke(frame.Context, self, ((ReadOnlySpan<Value>)buffer)[.._arguments.Length]);
    }

    private Value InvokeMany(Frame frame, FunctionObject function, in Value self)
    {
        var given = new Value[_arguments.Length];
        for (var i = 0; i < given.Length; i++) given[i] = _arguments[i].Evaluate(frame);
        frame.Context.Position = _position;
        return function.Invoke(frame.Context, self, given);
    }

    private static string Describe(Node callee) => callee switch
    {
        Identifier identifier => identifier.Name,
        Member { Name: { } name } member => $"{Describe(member.Object)}.{name}",
        Member member => $"{Describe(member.Object)}[...]",
        VariableMember => "variables member",
        _ => "(intermediate value)",
    };
}

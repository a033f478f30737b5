namespace CrmFlow.Engine.Expressions;

/// <summary>Anything callable.</summary>
internal abstract class FunctionObject
{
    public abstract string Name { get; }
    public abstract int Length { get; }
    public virtual string Source => $"function {Name}() {{ [native code] }}";

    public abstract Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args);

    public Value AsValue() => Value.Make(ValueKind.Function, this);
}

internal delegate Value NativeBody(Context context, in Value self, ReadOnlySpan<Value> args);

/// <summary>A function of the library. One object per function, shared by all programs.</summary>
internal sealed class NativeFunction(string name, int length, NativeBody body, bool mutates = false) : FunctionObject
{
    public override string Name => name;
    public override int Length => length;
    /// <summary>Changes the array or object it is called on.</summary>
    public bool Mutates => mutates;

    public override Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        context.Enter();
        context.Step();
        var result = body(context, self, args);
        context.Leave();
        return result;
    }
}

/// <summary>A function the program itself made.</summary>
internal sealed class Closure(FunctionNode code, Cell[] captures) : FunctionObject
{
    public override string Name => code.Name;
    public override int Length => code.Length;
    public override string Source => code.Source;

    public override Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        var slots = new Value[code.Slots];
        if (code.HasRest && args.Length >= code.Parameters.Length)
        {
            var rest = args[(code.Parameters.Length - 1)..];
            context.Items(rest.Length, rest.Length);
            args[..(code.Parameters.Length - 1)].CopyTo(slots);
            slots[code.Parameters.Length - 1] = Value.From([.. rest]);
        }
        else
        {
            args[..Math.Min(args.Length, code.Parameters.Length)].CopyTo(slots);
            if (code.HasRest) slots[code.Parameters.Length - 1] = Value.From(new List<Value>());
        }
        return Run(context, slots, self);
    }

    /// <summary>How many arguments a caller may evaluate straight into the slots; -1 when there is a rest parameter.</summary>
    public int DirectArguments => code.HasRest ? -1 : code.Parameters.Length;
    public int Slots => code.Slots;

    public Value Run(Context context, Value[] slots, in Value self)
    {
        context.Enter();
        context.Step(code.Weight);
        context.Bytes(24 * slots.Length + 64);
        var frame = new Frame(context, slots, captures);
        if (code.ThisSlot >= 0) slots[code.ThisSlot] = self;
        if (code.SelfSlot >= 0) slots[code.SelfSlot] = AsValue();
        var result = code.Run(frame);
        context.Leave();
        return result;
    }
}

/// <summary>What bind makes.</summary>
internal sealed class BoundFunction(FunctionObject target, Value self, Value[] first) : FunctionObject
{
    public override string Name => "bound " + target.Name;
    public override int Length => Math.Max(0, target.Length - first.Length);

    public override Value Invoke(Context context, in Value ignored, ReadOnlySpan<Value> args)
    {
        context.Enter();
        context.Bytes(24 * (first.Length + args.Length));
        var result = target.Invoke(context, self, [.. first, .. args]);
        context.Leave();
        return result;
    }
}

/// <summary>A function the caller of the evaluation gave by name.</summary>
internal sealed class HostFunction(string name) : FunctionObject
{
    public override string Name => name;
    public override int Length => 0;

    public override Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        if (!context.Host.Functions.TryGetValue(name, out var function)) throw Error.Of(context, "ReferenceError", $"{name} cannot be used here");
        var given = new Value[args.Length];
        for (var i = 0; i < args.Length; i++) given[i] = Copies.Out(context, args[i]);
        return context.CopyIn(function(given));
    }
}

/// <summary>A variable shared between a function and the functions made inside it.</summary>
internal sealed class Cell(Value value)
{
    public Value Value = value;
}

/// <summary>One call of a function, or the run of the program.</summary>
internal sealed class Frame(Context context, Value[] slots, Cell[] captures)
{
    public readonly Context Context = context;
    public readonly Value[] Slots = slots;
    public readonly Cell[] Captures = captures;
    /// <summary>The value of the last expression statement of the program; of no meaning inside functions.</summary>
    public Value Completion;
    /// <summary>What return returned.</summary>
    public Value Result;
    /// <summary>Where a break or continue on its way goes; null for the nearest.</summary>
    public string? Label;

    public Cell CellAt(int slot) => (Cell)Slots[slot].Reference!;
}

/// <summary>Values that exist only between nodes of one program, never in a variable a program could read.</summary>
internal static class Marker
{
    private const ValueKind HoleKind = (ValueKind)255, SkippedKind = (ValueKind)254;

    /// <summary>A let or const before its declaration was reached.</summary>
    public static readonly Value Hole = Value.Make(HoleKind, null);
    /// <summary>The rest of an optional chain is skipped.</summary>
    public static readonly Value Skipped = Value.Make(SkippedKind, null);

    public static bool IsHole(in Value value) => value.Kind == HoleKind;
    public static bool IsSkipped(in Value value) => value.Kind == SkippedKind;

    public static Value Of(Cell cell) => Value.Make(ValueKind.Undefined, cell);
}

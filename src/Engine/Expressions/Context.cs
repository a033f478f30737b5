using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CrmFlow.Engine.Expressions;

/// <summary>One evaluation: what it may still use up, the variables it has touched, and what it writes when it ends well.</summary>
/// <param name="mayMutate">The program changes arrays or objects, so it gets copies of those that are stored.</param>
internal sealed class Context(IExpressionScope scope, ExpressionHost host, bool mayMutate)
{
    private const int StepsBetweenClockReads = 16_384;

    private readonly ExpressionLimits _limits = host.Limits;
    private int _steps = host.Limits.Steps;
    private int _nextCheck = Math.Max(0, host.Limits.Steps - StepsBetweenClockReads);
    private long _bytes = host.Limits.Bytes;
    private long _started;
    private ulong _random;
    private HashSet<List<Value>>? _joining;

    /// <summary>Values of variables as this program sees them: its own writes, and copies of arrays and objects it might change.</summary>
    private Dictionary<string, (Value Value, bool Written)>? _variables;
    private (string? Value, bool Set) _correlationId, _instanceName;

    public IExpressionScope Scope => scope;
    public ExpressionHost Host => host;
    public TimeZoneInfo Zone => scope.Zone;
    /// <summary>Offset of the call or member being evaluated, for messages.</summary>
    public int Position { get; set; } = -1;
    public int Depth { get; private set; }
    /// <summary>Arrays whose text is being made: one inside itself counts as empty.</summary>
    public HashSet<List<Value>> Joining => _joining ??= new(ReferenceEqualityComparer.Instance);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(int count = 1)
    {
        _steps -= count;
        if (_steps < _nextCheck) CheckLimits();
    }

    public void Steps(long count)
    {
        if (count > _steps) throw Exceeded("steps", $"{_limits.Steps:N0} steps");
        Step((int)count);
    }

    /// <summary>Charges the search of a text of one length for a text of another, which may cost their product.</summary>
    public void Search(int length, int sought) => Steps(1 + length / 64 + (sought > 8 ? (long)length * sought / 256 : 0));

    /// <summary>Charges comparing or hashing a text of some length.</summary>
    public void Length(int length)
    {
        if (length > 64) Step(length / 32);
    }

    private void CheckLimits()
    {
        if (_steps < 0) throw Exceeded("steps", $"{_limits.Steps:N0} steps");
        _nextCheck = Math.Max(0, _steps - StepsBetweenClockReads); // the limit itself is exact, however small
        CheckClock();
    }

    /// <summary>Starts the clock at its first call, later refuses when the time is over.</summary>
    public void CheckClock()
    {
        if (_started == 0) _started = Stopwatch.GetTimestamp();
        else if (Stopwatch.GetElapsedTime(_started) > _limits.Time) throw Exceeded("time", $"{_limits.Time.TotalSeconds} s");
    }

    public void Bytes(long count)
    {
        if ((_bytes -= count) < 0) throw Exceeded("bytes", $"{_limits.Bytes:N0} bytes of strings, arrays and objects");
    }

    /// <summary>Charges a string about to be made.</summary>
    public void Text(long length)
    {
        TextLength(length);
        Bytes(2 * length + 24);
    }

    public void TextLength(long length)
    {
        if (length > _limits.TextLength) throw Exceeded("string length", $"{_limits.TextLength:N0} characters");
    }

    public string Charged(string text)
    {
        Text(text.Length);
        return text;
    }

    public string Written(double number)
    {
        Bytes(48);
        return NumberText.Of(number);
    }

    /// <summary>Charges items about to be added to a collection that then has <paramref name="total"/>.</summary>
    public void Items(long added, long total)
    {
        if (total > _limits.Items) throw Exceeded("items", $"{_limits.Items:N0} items in one array, map or set");
        Bytes(32 * added);
    }

    public void Enter()
    {
        if (++Depth > _limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Exceeded("depth", $"{_limits.Depth} calls inside calls");
    }

    public void Leave() => Depth--;

    /// <summary>A caught exception skipped the leaving of the calls it passed through.</summary>
    public void LeaveTo(int depth) => Depth = depth;

    public static ExpressionException Exceeded(string limit, string allowed) =>
        new($"The expression exceeds the limit on {limit}: {allowed} are allowed. Do less in one expression, or move the work into an activity.");

    public Value ReadVariable(string name)
    {
        if (_variables is not null && _variables.TryGetValue(name, out var known)) return known.Value;
        var value = scope.GetVariable(name);
        if (!mayMutate || value.Kind is not (ValueKind.Array or ValueKind.Object)) return value;
        value = CopyIn(value);
        (_variables ??= [])[name] = (value, false);
        return value;
    }

    public bool HasVariable(string name) => (_variables is not null && _variables.ContainsKey(name)) || scope.HasVariable(name);

    public void WriteVariable(string name, Value value) => (_variables ??= [])[name] = (value, true);

    /// <summary>A value from outside as this program may hold it: its own copy when it might change it.</summary>
    public Value CopyIn(Value value) => mayMutate ? Copies.In(this, value) : value;

    public string? CorrelationId { get => _correlationId.Set ? _correlationId.Value : scope.CorrelationId; set => _correlationId = (value, true); }
    public string? InstanceName { get => _instanceName.Set ? _instanceName.Value : scope.InstanceName; set => _instanceName = (value, true); }

    /// <summary>Pseudo-random in [0, 1), seeded from the scope's ids, so that a command that runs twice sees the same numbers.</summary>
    public double Random()
    {
        if (_random == 0)
        {
            Span<byte> seed = stackalloc byte[16];
            scope.NewId().TryWriteBytes(seed);
            _random = BitConverter.ToUInt64(seed) ^ BitConverter.ToUInt64(seed[8..]) | 1;
        }
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (_random >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The program ended well: writes what it changed and hands out its result, both as storable values.</summary>
    public Value Finish(Value result)
    {
        result = Copies.Out(this, result);
        if (_variables is not null)
        {
            // everything is converted before anything is written: a value that cannot be stored changes nothing
            var changed = _variables.Select(v => (v.Key, Value: Copies.Out(this, v.Value.Value))).ToList();
            foreach (var (name, value) in changed) scope.SetVariable(name, value);
        }
        if (_correlationId.Set) scope.CorrelationId = _correlationId.Value;
        if (_instanceName.Set) scope.InstanceName = _instanceName.Value;
        return result;
    }
}

/// <summary>Values crossing the border between stored state and a running program.</summary>
internal static class Copies
{
    /// <summary>Deepest nesting of a stored value; state around it stays below the 64 levels JSON readers allow.</summary>
    public const int StoredDepth = 48;

    public static Value In(Context context, Value value)
    {
        if (value.Kind is ValueKind.Array)
        {
            var items = value.Items;
            context.Step(items.Count);
            context.Items(items.Count, 0);
            var copy = new List<Value>(items.Count);
            foreach (var item in items) copy.Add(In(context, item));
            return Value.From(copy);
        }
        if (value.Kind is not ValueKind.Object) return value;
        context.Step(value.Members.Count);
        context.Bytes(64 * value.Members.Count);
        return Value.From(value.Members.Copy(member => In(context, member)));
    }

    /// <summary>
    /// What can be stored of a value: dates as ISO text, maps and sets as the empty object JSON makes of them, functions as undefined, lone
    /// surrogates replaced. Refuses what refers to itself. Arrays and objects without such parts are returned as they are.
    /// </summary>
    public static Value Out(Context context, in Value value, int depth = 0)
    {
        context.Step();
        // what is shared here is written out at each place when it is stored: every visit costs its size
        context.Bytes(24);
        switch (value.Kind)
        {
            case ValueKind.String:
                context.Bytes(2L * value.String.Length);
                return value.String.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Library.ToWellFormed(value.String) : value;
            case ValueKind.Date:
                return ((DateObject)value.Reference!).ToIso();
            case ValueKind.Map or ValueKind.Set or ValueKind.RegExp:
                return Value.From(new ValueObject());
            case ValueKind.Function:
                return Value.Undefined;
            case ValueKind.Array:
                Deeper(depth);
                var items = value.Items;
                List<Value>? newItems = items.GetType() == typeof(List<Value>) ? null : [.. items];
                for (var i = 0; i < items.Count; i++)
                {
                    var item = Out(context, items[i], depth + 1);
                    if (Coercion.SameReference(item, items[i])) continue;
                    newItems ??= [.. items];
                    newItems[i] = item;
                }
                return newItems is null ? value : Value.From(newItems);
            case ValueKind.Object:
                Deeper(depth);
                var members = value.Members;
                ValueObject? newMembers = members.GetType() == typeof(ValueObject) ? null : members.Copy(member => member);
                for (var i = 0; i < members.Count; i++)
                {
                    var (name, member) = members.GetAt(i);
                    context.Bytes(2L * name.Length);
                    var stored = Out(context, member, depth + 1);
                    var storedName = name.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Library.ToWellFormed(name) : name;
                    if (Coercion.SameReference(stored, member) && ReferenceEquals(name, storedName)) continue;
                    newMembers ??= members.Copy(m => m);
                    if (!ReferenceEquals(name, storedName)) newMembers.Remove(name);
                    newMembers[storedName] = stored;
                }
                return newMembers is null ? value : Value.From(newMembers);
            default:
                return value;
        }
    }

    private static void Deeper(int depth)
    {
        if (depth >= StoredDepth)
            throw new ExpressionException($"The value is nested more than {StoredDepth} levels deep, or refers to itself; it cannot be stored.");
    }
}

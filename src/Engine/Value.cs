using System.Globalization;

namespace CrmFlow.Engine;

/// <summary>
/// What a <see cref="Value"/> is. The last five exist only while an expression runs; they are stored as what JSON.stringify makes of them.
/// </summary>
public enum ValueKind : byte { Undefined, Null, Boolean, Number, String, Array, Object, Date, Map, Set, RegExp, Function }

/// <summary>
/// The one value type of processes: what variables, inputs, outputs, bookmarks' payloads and expressions hold.
/// It is JavaScript's closed world (numbers are doubles) without host objects, so persisted state can never name a CLR type.
/// Money passes through unharmed up to 15 significant digits (<see cref="ToDecimal"/>); amounts are computed in module code as decimal.
/// Arrays and objects are shared by reference, as in JavaScript.
/// </summary>
public readonly partial struct Value
{
    private readonly object? _reference;
    private readonly double _number;

    private Value(ValueKind kind, object? reference, double number = 0) => (Kind, _reference, _number) = (kind, reference, number);

    public ValueKind Kind { get; }

    public static readonly Value Undefined = default;
    public static readonly Value Null = new(ValueKind.Null, null);
    public static readonly Value True = new(ValueKind.Boolean, null, 1);
    public static readonly Value False = new(ValueKind.Boolean, null);

    public static Value From(bool value) => value ? True : False;
    public static Value From(double value) => new(ValueKind.Number, null, value);
    public static Value From(decimal value) => new(ValueKind.Number, null, (double)value);
    public static Value From(string? value) => value is null ? Null : new(ValueKind.String, value);
    public static Value From(Guid value) => From(value.ToString());
    public static Value From(List<Value> items) => new(ValueKind.Array, items);
    public static Value From(ValueObject members) => new(ValueKind.Object, members);
    public static Value List(IEnumerable<Value> items) => From(items.ToList());
    public static Value Object(params ReadOnlySpan<(string Name, Value Value)> members)
    {
        var o = new ValueObject();
        foreach (var (name, value) in members) o[name] = value;
        return From(o);
    }

    public static implicit operator Value(string? value) => From(value);
    public static implicit operator Value(bool value) => From(value);
    public static implicit operator Value(int value) => From((double)value);
    public static implicit operator Value(decimal value) => From(value);
    public static implicit operator Value(Guid value) => From(value);

    /// <summary>True for undefined and null.</summary>
    public bool IsNothing => Kind is ValueKind.Undefined or ValueKind.Null;
    public bool IsTrue => Kind == ValueKind.Boolean && _number != 0;
    public double Number => Kind == ValueKind.Number ? _number : throw Wrong("a number");
    public string String => Kind == ValueKind.String ? (string)_reference! : throw Wrong("a string");
    public List<Value> Items => Kind == ValueKind.Array ? (List<Value>)_reference! : throw Wrong("an array");
    public ValueObject Members => Kind == ValueKind.Object ? (ValueObject)_reference! : throw Wrong("an object");
    internal object? Reference => _reference;
    internal double RawNumber => _number;
    internal static Value Make(ValueKind kind, object? reference, double number = 0) => new(kind, reference, number);

    /// <summary>A member of an object or an item of an array by its name; undefined when there is none.</summary>
    public Value this[string name] => Kind == ValueKind.Object && Members.TryGetValue(name, out var value) ? value : Undefined;

    /// <summary>The text of a string, number or boolean; null for nothing; JSON for the rest.</summary>
    public string? ToText() => Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => null,
        ValueKind.String => String,
        ValueKind.Boolean => IsTrue ? "true" : "false",
        ValueKind.Number => Expressions.NumberText.Of(_number),
        _ => ToJson(),
    };

    /// <summary>The decimal of a number or numeric text, rounded to 15 significant digits; null when it is neither.</summary>
    public decimal? ToDecimal() => Kind switch
    {
        ValueKind.Number when Math.Abs(_number) < 7.9e27 => (decimal)_number,
        ValueKind.String when decimal.TryParse(String, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var d) =>
            d,
        _ => null,
    };

    /// <summary>
    /// A deep copy of arrays and objects; the rest is immutable and returned as it is. Whoever stores a value somewhere else than where it came from
    /// stores a copy, else a later change shows in both.
    /// </summary>
    public Value Clone() => Kind switch
    {
        ValueKind.Array => List(Items.Select(item => item.Clone())),
        ValueKind.Object => From(Members.Copy(value => value.Clone())),
        _ => this,
    };

    /// <summary>As loops take it: the items of an array or of JSON text of one, nothing, or the value itself.</summary>
    public IReadOnlyList<Value> ToList() => ClrValue.ToList(this);

    public Guid? ToGuid() => Kind == ValueKind.String && Guid.TryParse(String, out var id) ? id : null;

    private InvalidOperationException Wrong(string wanted) =>
        new($"The value is {Kind}, not {wanted}: {(Kind is ValueKind.Function ? "(function)" : ToText())}");

    public override string ToString() => Kind is ValueKind.Function ? "function" : ToText() ?? Kind.ToString();
}

/// <summary>The members of an object value in the order they were set; <see cref="InOrder"/> gives them as JavaScript lists them.</summary>
public class ValueObject : OrderedDictionary<string, Value>
{
    public ValueObject() : base(StringComparer.Ordinal) { }

    /// <summary>The members as JavaScript lists them: integer names first, ascending, then the rest in the order they were set.</summary>
    public IEnumerable<KeyValuePair<string, Value>> InOrder()
    {
        foreach (var name in Keys)
        {
            if (IsIndex(name, out _)) return this.OrderBy(member => IsIndex(member.Key, out var index) ? index : long.MaxValue);
        }
        return this;
    }

    internal ValueObject Copy(Func<Value, Value> map)
    {
        var copy = new ValueObject();
        foreach (var (name, value) in this) copy[name] = map(value);
        return copy;
    }

    /// <summary>An array index written canonically: <c>0</c>, <c>12</c>, not <c>012</c> or <c>4294967295</c>.</summary>
    internal static bool IsIndex(string name, out long index)
    {
        index = 0;
        if (name.Length is 0 or > 10 || (name[0] == '0' && name.Length > 1)) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiDigit(c)) return false;
            index = index * 10 + (c - '0');
        }
        return index < uint.MaxValue;
    }
}

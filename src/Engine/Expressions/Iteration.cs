namespace CrmFlow.Engine.Expressions;

/// <summary>Goes through what can be iterated, seeing changes made meanwhile as JavaScript does.</summary>
internal abstract class ValueIterator
{
    public abstract bool MoveNext(out Value current);

    protected static Value Pair(Context context, in Value key, in Value value)
    {
        context.Bytes(160);
        return Value.From([key, value]);
    }
}

internal static class Iteration
{
    /// <summary>The iterator of for…of, spread and destructuring. Throws a TypeError for what has none.</summary>
    public static ValueIterator Start(Context context, in Value value) => value.Kind switch
    {
        ValueKind.Array => new ArrayIterator(context, value.Items, Entry.Value),
        ValueKind.String => new TextIterator(context, value.String),
        ValueKind.Map => new MapIterator(context, (MapObject)value.Reference!, Entry.Pair),
        ValueKind.Set => new MapIterator(context, (MapObject)value.Reference!, Entry.Key),
        ValueKind.Object when value.Reference is IteratorObject iterator => iterator.Source,
        _ => throw Error.Type(context, $"{(value.Kind == ValueKind.Object ? "object" : Shorten(Coercion.ToText(context, value)))} is not iterable"),
    };

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;

    /// <summary>The names for…in visits: those there at its start, in JavaScript's order.</summary>
    public static ValueIterator Names(Context context, in Value value)
    {
        var names = Library.OwnNames(context, value);
        return new ArrayIterator(context, names, Entry.Value);
    }

    public static void Append(Context context, in Value value, List<Value> list)
    {
        if (value.Kind == ValueKind.Array)
        {
            var items = value.Items;
            context.Step(items.Count);
            context.Items(items.Count, list.Count + items.Count);
            list.AddRange(items);
            return;
        }
        var iterator = Start(context, value);
        while (iterator.MoveNext(out var current))
        {
            context.Step();
            context.Items(1, list.Count + 1);
            list.Add(current);
        }
    }
}

internal enum Entry : byte { Key, Value, Pair }

internal sealed class ArrayIterator(Context context, List<Value> items, Entry entry) : ValueIterator
{
    private int _next;

    public override bool MoveNext(out Value current)
    {
        current = Value.Undefined;
        if (_next < 0 || _next >= items.Count)
        {
            // once ended it stays ended, even if the array grows again
            _next = -1;
            return false;
        }
        var i = _next++;
        current = entry switch
        {
            Entry.Key => Value.From((double)i),
            Entry.Value => items[i],
            _ => Pair(context, Value.From((double)i), items[i]),
        };
        return true;
    }
}

/// <summary>The code points of a string.</summary>
internal sealed class TextIterator(Context context, string text) : ValueIterator
{
    private int _next;

    public override bool MoveNext(out Value current)
    {
        current = Value.Undefined;
        if (_next >= text.Length) return false;
        var length = char.IsHighSurrogate(text[_next]) && _next + 1 < text.Length && char.IsLowSurrogate(text[_next + 1]) ? 2 : 1;
        context.Bytes(32);
        current = text.Substring(_next, length);
        _next += length;
        return true;
    }
}

internal sealed class MapIterator(Context context, MapObject map, Entry entry) : ValueIterator
{
    private int _next;
    private int _cleared = map.Cleared;

    public override bool MoveNext(out Value current)
    {
        if (_cleared != map.Cleared) (_next, _cleared) = (0, map.Cleared);
        while (map.TryEntry(_next, out var key, out var value, out var isThere))
        {
            _next++;
            if (!isThere) continue;
            current = entry switch { Entry.Key => key, Entry.Value => value, _ => Pair(context, key, value) };
            return true;
        }
        current = Value.Undefined;
        return false;
    }
}

/// <summary>What entries(), keys(), values() and matchAll() give.</summary>
internal sealed class IteratorObject(ValueIterator source, string name) : ValueObject
{
    public ValueIterator Source => source;
    public string Name => name;
}

/// <summary>
/// The entries of a Map, or of a Set (key and value are the same), in the order they were set. Deleted entries leave a gap, so that running
/// iterations keep their place.
/// </summary>
internal sealed class MapObject
{
    private readonly Dictionary<Value, int> _places = new(SameValueZeroComparer.Instance);
    private readonly List<(Value Key, Value Value, bool IsThere)> _entries = [];

    public int Count => _places.Count;
    /// <summary>How often it was cleared; iterations start over then.</summary>
    public int Cleared { get; private set; }

    /// <summary>A value about to be looked up: hashing a long text costs its length.</summary>
    public static Value Key(Context context, in Value key)
    {
        if (key.Kind == ValueKind.String) context.Length(key.String.Length);
        return key;
    }

    public bool Has(in Value key) => _places.ContainsKey(key);
    public Value Get(in Value key) => _places.TryGetValue(key, out var place) ? _entries[place].Value : Value.Undefined;

    public void Set(Context context, in Value key, in Value value)
    {
        if (_places.TryGetValue(Key(context, key), out var place))
        {
            _entries[place] = (_entries[place].Key, value, true);
            return;
        }
        context.Items(3, _entries.Count + 1);
        _places[key] = _entries.Count;
        _entries.Add((key is { Kind: ValueKind.Number, RawNumber: 0 } ? Value.From(0.0) : key, value, true));
    }

    public bool Delete(in Value key)
    {
        if (!_places.Remove(key, out var place)) return false;
        _entries[place] = default;
        return true;
    }

    public void Clear()
    {
        _places.Clear();
        _entries.Clear();
        Cleared++;
    }

    public bool TryEntry(int place, out Value key, out Value value, out bool isThere)
    {
        isThere = false;
        key = value = Value.Undefined;
        if (place >= _entries.Count) return false;
        (key, value, isThere) = _entries[place];
        return true;
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>Object.keys and its kin.</summary>
internal static partial class Library
{
    private static readonly NativeFunction[] ObjectStatics =
    [
        new("keys", 1, (c, in _, a) => Value.From(OwnNames(c, Present(c, a.At(0))))),
        new("values", 1, (c, in _, a) => Value.From(Entries(c, a.At(0)).ConvertAll(e => e.Value))),
        new("entries", 1, (c, in _, a) => Value.From(Entries(c, a.At(0)).ConvertAll(e =>
        {
            c.Bytes(80);
            return Value.From([e.Key, e.Value]);
        }))),
        new("assign", 2, (c, in _, a) =>
        {
            var target = Present(c, a.At(0));
            for (var i = 1; i < a.Length; i++)
            {
                if (target.Kind == ValueKind.Object) CopyMembers(c, target.Members, a[i]);
                else foreach (var (name, value) in Entries(c, a[i], nothingIsEmpty: true)) Members.Set(c, target, name, value);
            }
            return target;
        }, mutates: true),
        new("fromEntries", 1, (c, in _, a) =>
        {
            var result = new ValueObject();
            var iterator = Iteration.Start(c, a.At(0));
            while (iterator.MoveNext(out var entry))
            {
                c.Step();
                if (entry.Kind < ValueKind.Array) throw Error.Type(c, $"Iterator value {Coercion.ToText(c, entry)} is not an entry object");
                Members.SetMember(c, result, Coercion.ToKey(c, Members.Get(c, entry, "0")), Members.Get(c, entry, "1"));
            }
            return Value.From(result);
        }),
        new("groupBy", 2, (c, in _, a) =>
        {
            var groups = new ValueObject();
            foreach (var (key, item) in Grouped(c, a))
            {
                var name = Coercion.ToKey(c, key);
                if (!groups.TryGetValue(name, out var group)) Members.SetMember(c, groups, name, group = Value.From(new List<Value>()));
                Append(c, group.Items, item);
            }
            return Value.From(groups);
        }),
        // nothing can be frozen: programs that freeze do so to be safe from themselves
        new("freeze", 1, (_, in _, a) => a.At(0)),
        new("hasOwn", 2, (c, in _, a) => Members.HasOwn(Present(c, a.At(0)), Coercion.ToKey(c, a.At(1)))),
        new("is", 2, (c, in _, a) => Coercion.SameValueZero(c, a.At(0), a.At(1))
            && !(a.At(0) is { Kind: ValueKind.Number, RawNumber: 0 } x && double.IsNegative(x.RawNumber) != double.IsNegative(a.At(1).RawNumber))),
    ];

    private static readonly NativeFunction[] MapStatics =
    [
        new("groupBy", 2, (c, in _, a) =>
        {
            c.Bytes(200);
            var groups = new MapObject();
            foreach (var (key, item) in Grouped(c, a))
            {
                var at = MapObject.Key(c, key);
                if (!groups.Has(at)) groups.Set(c, key, Value.From(new List<Value>()));
                Append(c, groups.Get(at).Items, item);
            }
            return Value.Make(ValueKind.Map, groups);
        }),
    ];

    /// <summary>Every item with what the callback says of it.</summary>
    private static List<(Value Key, Value Item)> Grouped(Context context, ReadOnlySpan<Value> args)
    {
        var callback = Callback(context, args, 1);
        var iterator = Iteration.Start(context, args.At(0));
        var keyed = new List<(Value, Value)>();
        while (iterator.MoveNext(out var item))
        {
            context.Step();
            context.Items(2, keyed.Count + 1);
            keyed.Add((callback.Invoke(context, Value.Undefined, [item, keyed.Count]), item));
        }
        return keyed;
    }

    private static void Append(Context context, List<Value> group, in Value item)
    {
        context.Items(1, group.Count + 1);
        group.Add(item);
    }

    private static Value NewObject(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        context.Bytes(64);
        return args.At(0).Kind >= ValueKind.Array ? args[0] : args.At(0).IsNothing ? Value.From(new ValueObject())
            : throw Error.Type(context, "Object makes no wrappers of strings, numbers and booleans here");
    }

    private static Value Present(Context context, in Value value) =>
        value.IsNothing ? throw Error.Type(context, "Cannot convert undefined or null to object") : value;

    /// <summary>The names a value lists, in JavaScript's order.</summary>
    public static List<Value> OwnNames(Context context, in Value value)
    {
        var count = value.Kind switch { ValueKind.Object => value.Members.Count, ValueKind.Array => value.Items.Count, ValueKind.String =>
            value.String.Length, _ => 0 };
        context.Step(1 + count);
        context.Items(count, count);
        if (value.Kind == ValueKind.Object) return value.Members.InOrder().Select(m => Value.From(m.Key)).ToList();
        return Enumerable.Range(0, count).Select(i => Value.From(NumberText.Of(i))).ToList();
    }

    private static List<(string Key, Value Value)> Entries(Context context, in Value value, bool nothingIsEmpty = false)
    {
        if (nothingIsEmpty && value.IsNothing) return [];
        var owner = Present(context, value);
        if (owner.Kind == ValueKind.Object)
        {
            context.Step(1 + owner.Members.Count);
            context.Items(2 * owner.Members.Count, owner.Members.Count);
            return owner.Members.InOrder().Select(m => (m.Key, m.Value)).ToList();
        }
        return OwnNames(context, owner).ConvertAll(name => (name.String, Members.Get(context, owner, name.String)));
    }

    /// <summary>Spread and assign: the members of one value become members of another.</summary>
    public static void CopyMembers(Context context, ValueObject into, in Value from)
    {
        foreach (var (name, value) in Entries(context, from, nothingIsEmpty: true)) Members.SetMember(context, into, name, value);
    }
}

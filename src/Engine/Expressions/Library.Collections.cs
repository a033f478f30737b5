namespace CrmFlow.Engine.Expressions;

/// <summary>Map and Set.</summary>
internal static partial class Library
{
    private delegate Value MapBody(Context context, MapObject map, ReadOnlySpan<Value> args);

    private static NativeFunction OfMap(string name, int length, MapBody body) =>
        new(name, length, (c, in self, a) =>
            self.Kind == ValueKind.Map ? body(c, (MapObject)self.Reference!, a) : throw Error.Type(c, $"Map.{name} works on maps only"));

    private static NativeFunction OfSet(string name, int length, MapBody body) =>
        new(name, length, (c, in self, a) =>
            self.Kind == ValueKind.Set ? body(c, (MapObject)self.Reference!, a) : throw Error.Type(c, $"Set.{name} works on sets only"));

    private static readonly NativeFunction[] MapMethods =
    [
        OfMap("get", 1, (c, map, a) => map.Get(Key(c, a))),
        OfMap("set", 2, (c, map, a) =>
        {
            map.Set(c, a.At(0), a.At(1));
            return Value.Make(ValueKind.Map, map);
        }),
        OfMap("has", 1, (c, map, a) => map.Has(Key(c, a))),
        OfMap("delete", 1, (c, map, a) => map.Delete(Key(c, a))),
        OfMap("clear", 0, (_, map, _) => Clear(map)),
        OfMap("forEach", 1, (c, map, a) => ForEach(c, map, ValueKind.Map, a)),
        OfMap("entries", 0, (c, map, _) => Iterator(c, new MapIterator(c, map, Entry.Pair), "Map Iterator")),
        OfMap("keys", 0, (c, map, _) => Iterator(c, new MapIterator(c, map, Entry.Key), "Map Iterator")),
        OfMap("values", 0, (c, map, _) => Iterator(c, new MapIterator(c, map, Entry.Value), "Map Iterator")),
    ];

    private static readonly NativeFunction[] SetMethods =
    [
        OfSet("add", 1, (c, set, a) =>
        {
            set.Set(c, a.At(0), a.At(0));
            return Value.Make(ValueKind.Set, set);
        }),
        OfSet("has", 1, (c, set, a) => set.Has(Key(c, a))),
        OfSet("delete", 1, (c, set, a) => set.Delete(Key(c, a))),
        OfSet("clear", 0, (_, set, _) => Clear(set)),
        OfSet("forEach", 1, (c, set, a) => ForEach(c, set, ValueKind.Set, a)),
        OfSet("entries", 0, (c, set, _) => Iterator(c, new MapIterator(c, set, Entry.Pair), "Set Iterator")),
        OfSet("keys", 0, (c, set, _) => Iterator(c, new MapIterator(c, set, Entry.Key), "Set Iterator")),
        OfSet("values", 0, (c, set, _) => Iterator(c, new MapIterator(c, set, Entry.Key), "Set Iterator")),
    ];

    private static Value NewMap(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        context.Bytes(200);
        var map = new MapObject();
        if (!args.At(0).IsNothing)
        {
            var iterator = Iteration.Start(context, args[0]);
            while (iterator.MoveNext(out var entry))
            {
                context.Step();
                if (entry.Kind < ValueKind.Array)
                    throw Error.Type(context, $"Iterator value {Coercion.ToText(context, entry)} is not an entry object");
                map.Set(context, Members.Get(context, entry, "0"), Members.Get(context, entry, "1"));
            }
        }
        return Value.Make(ValueKind.Map, map);
    }

    private static Value NewSet(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        context.Bytes(200);
        var set = new MapObject();
        if (!args.At(0).IsNothing)
        {
            var iterator = Iteration.Start(context, args[0]);
            while (iterator.MoveNext(out var item))
            {
                context.Step();
                set.Set(context, item, item);
            }
        }
        return Value.Make(ValueKind.Set, set);
    }

    private static Value Key(Context context, ReadOnlySpan<Value> args) => MapObject.Key(context, args.At(0));

    private static Value Clear(MapObject map)
    {
        map.Clear();
        return Value.Undefined;
    }

    private static Value ForEach(Context context, MapObject map, ValueKind kind, ReadOnlySpan<Value> args)
    {
        var callback = Callback(context, args);
        var iterator = new MapIterator(context, map, Entry.Pair);
        while (iterator.MoveNext(out var pair)) callback.Invoke(context, args.At(1), [pair.Items[1], pair.Items[0], Value.Make(kind, map)]);
        return Value.Undefined;
    }
}

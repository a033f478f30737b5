namespace CrmFlow.Engine.Expressions;

/// <summary>Methods of arrays. Arrays have no holes here.</summary>
internal static partial class Library
{
    private delegate Value ArrayBody(Context context, List<Value> items, ReadOnlySpan<Value> args);

    private static NativeFunction OfArray(string name, int length, ArrayBody body) =>
        new(name, length, (c, in self, a) => body(c, Items(c, self), a), IsMutating(name));

    private static List<Value> Items(Context context, in Value self) =>
        self.Kind == ValueKind.Array ? self.Items : throw Error.Type(context, "The method works on arrays only");

    private static readonly NativeFunction[] ArrayMethods =
    [
        OfArray("at", 1, (c, items, a) =>
        {
            var at = Coercion.ToInteger(c, a.At(0));
            if (at < 0) at += items.Count;
            return at >= 0 && at < items.Count ? items[(int)at] : Value.Undefined;
        }),
        OfArray("concat", 1, (c, items, a) =>
        {
            var result = Copy(c, items);
            foreach (var more in a)
            {
                if (more.Kind == ValueKind.Array) Iteration.Append(c, more, result);
                else
                {
                    c.Items(1, result.Count + 1);
                    result.Add(more);
                }
            }
            return Value.From(result);
        }),
        OfArray("copyWithin", 2, (c, items, a) =>
        {
            var to = Relative(c, a.At(0), items.Count, 0);
            var from = Relative(c, a.At(1), items.Count, 0);
            var end = Relative(c, a.At(2), items.Count, items.Count);
            var moved = items.GetRange(from, Math.Max(0, Math.Min(end - from, items.Count - to)));
            c.Steps(moved.Count);
            c.Items(moved.Count, items.Count);
            for (var i = 0; i < moved.Count; i++) items[to + i] = moved[i];
            return Value.From(items);
        }),
        OfArray("entries", 0, (c, items, _) => Iterator(c, new ArrayIterator(c, items, Entry.Pair), "Array Iterator")),
        OfArray("keys", 0, (c, items, _) => Iterator(c, new ArrayIterator(c, items, Entry.Key), "Array Iterator")),
        OfArray("values", 0, (c, items, _) => Iterator(c, new ArrayIterator(c, items, Entry.Value), "Array Iterator")),
        OfArray("every", 1, (c, items, a) => Find(c, items, a, wanted: false) < 0),
        OfArray("some", 1, (c, items, a) => Find(c, items, a, wanted: true) >= 0),
        OfArray("find", 1, (c, items, a) => Find(c, items, a, wanted: true) is >= 0 and var at && at < items.Count ? items[at] : Value.Undefined),
        OfArray("findIndex", 1, (c, items, a) => Find(c, items, a, wanted: true)),
        OfArray("findLast", 1, (c, items, a) => FindLast(c, items, a) is >= 0 and var at && at < items.Count ? items[at] : Value.Undefined),
        OfArray("findLastIndex", 1, (c, items, a) => FindLast(c, items, a)),
        OfArray("fill", 1, (c, items, a) =>
        {
            var end = Relative(c, a.At(2), items.Count, items.Count);
            c.Steps(items.Count);
            for (var i = Relative(c, a.At(1), items.Count, 0); i < end; i++) items[i] = a.At(0);
            return Value.From(items);
        }),
        OfArray("filter", 1, (c, items, a) =>
        {
            var result = new List<Value>();
            Each(c, items, a, (item, kept) =>
            {
                if (!Coercion.ToBoolean(kept)) return;
                c.Items(1, result.Count + 1);
                result.Add(item);
            });
            return Value.From(result);
        }),
        OfArray("map", 1, (c, items, a) =>
        {
            c.Items(items.Count, items.Count);
            var result = new List<Value>(items.Count);
            Each(c, items, a, (_, mapped) => result.Add(mapped));
            return Value.From(result);
        }),
        OfArray("forEach", 1, (c, items, a) =>
        {
            Each(c, items, a, (_, _) => { });
            return Value.Undefined;
        }),
        OfArray("flat", 0, (c, items, a) =>
        {
            var result = new List<Value>();
            Flatten(c, items, a.At(0).Kind == ValueKind.Undefined ? 1 : Coercion.ToInteger(c, a[0]), result);
            return Value.From(result);
        }),
        OfArray("flatMap", 1, (c, items, a) =>
        {
            var result = new List<Value>();
            Each(c, items, a, (_, mapped) => Flatten(c, [mapped], 1, result));
            return Value.From(result);
        }),
        OfArray("includes", 1, (c, items, a) => IndexOf(c, items, a, Coercion.SameValueZero) >= 0),
        OfArray("indexOf", 1, (c, items, a) => IndexOf(c, items, a, Coercion.StrictEquals)),
        OfArray("lastIndexOf", 1, (c, items, a) =>
        {
            c.Step(items.Count);
            var from = a.Length > 1 ? Coercion.ToInteger(c, a[1]) : items.Count - 1;
            if (from < 0) from += items.Count;
            for (var i = (int)Math.Min(from, items.Count - 1); i >= 0; i--)
            {
                if (Coercion.StrictEquals(c, items[i], a.At(0))) return i;
            }
            return -1;
        }),
        OfArray("join", 1, (c, items, a) => Join(c, items, a.At(0).Kind == ValueKind.Undefined ? "," : Coercion.ToText(c, a[0]))),
        OfArray("push", 1, (c, items, a) =>
        {
            c.Items(a.Length, items.Count + a.Length);
            items.AddRange(a);
            return items.Count;
        }),
        OfArray("pop", 0, (_, items, _) => items.Count == 0 ? Value.Undefined : Take(items, items.Count - 1)),
        OfArray("shift", 0, (c, items, _) =>
        {
            c.Step(1 + items.Count / 16);
            return items.Count == 0 ? Value.Undefined : Take(items, 0);
        }),
        OfArray("unshift", 1, (c, items, a) =>
        {
            c.Step(1 + items.Count / 16);
            c.Items(a.Length, items.Count + a.Length);
            items.InsertRange(0, a.ToArray());
            return items.Count;
        }),
        OfArray("splice", 2, (c, items, a) => Splice(c, items, a)),
        OfArray("toSpliced", 2, (c, items, a) =>
        {
            var copy = Copy(c, items);
            Splice(c, copy, a);
            return Value.From(copy);
        }),
        OfArray("slice", 2, (c, items, a) =>
        {
            var from = Relative(c, a.At(0), items.Count, 0);
            var count = Math.Max(0, Relative(c, a.At(1), items.Count, items.Count) - from);
            c.Step(1 + count / 16);
            c.Items(count, count);
            return Value.From(items.GetRange(from, count));
        }),
        OfArray("reverse", 0, (c, items, _) =>
        {
            c.Step(items.Count);
            items.Reverse();
            return Value.From(items);
        }),
        OfArray("toReversed", 0, (c, items, _) =>
        {
            var copy = Copy(c, items);
            copy.Reverse();
            return Value.From(copy);
        }),
        OfArray("sort", 1, (c, items, a) =>
        {
            var sorted = Sort(c, items, a.At(0));
            // the order function may have changed the array meanwhile
            for (var i = 0; i < sorted.Length; i++) Members.Set(c, Value.From(items), Value.From((double)i), sorted[i]);
            return Value.From(items);
        }),
        OfArray("toSorted", 1, (c, items, a) => Value.From([.. Sort(c, items, a.At(0))])),
        OfArray("with", 2, (c, items, a) =>
        {
            var at = Coercion.ToInteger(c, a.At(0));
            if (at < 0) at += items.Count;
            if (!(at >= 0 && at < items.Count)) throw Error.Range(c, "Invalid index : " + NumberText.Of(at));
            var copy = Copy(c, items);
            copy[(int)at] = a.At(1);
            return Value.From(copy);
        }),
        OfArray("reduce", 1, (c, items, a) => Reduce(c, items, a, fromEnd: false)),
        OfArray("reduceRight", 1, (c, items, a) => Reduce(c, items, a, fromEnd: true)),
    ];

    private static readonly NativeFunction[] ArrayStatics =
    [
        new("isArray", 1, (_, in _, a) => a.At(0).Kind == ValueKind.Array),
        new("of", 0, (c, in _, a) =>
        {
            c.Items(a.Length, a.Length);
            return Value.From([.. a]);
        }),
        new("from", 1, (c, in _, a) =>
        {
            var source = a.At(0);
            if (source.IsNothing) throw Error.Type(c, $"{Coercion.ToText(c, source)} is not iterable");
            var list = new List<Value>();
            if (source.Kind is ValueKind.Array or ValueKind.String or ValueKind.Map or ValueKind.Set || source.Reference is IteratorObject)
                Iteration.Append(c, source, list);
            else if (source.Kind == ValueKind.Object)
            {
                var length = Coercion.ToInteger(c, Members.Get(c, source, "length"));
                c.Items((long)Math.Clamp(length, 0, long.MaxValue / 64), (long)Math.Clamp(length, 0, long.MaxValue / 64));
                c.Step((int)Math.Max(0, length));
                for (var i = 0; i < length; i++) list.Add(Members.Get(c, source, NumberText.Of(i)));
            }
            if (a.At(1).Kind == ValueKind.Undefined) return Value.From(list);
            var map = Callback(c, a, 1);
            for (var i = 0; i < list.Count; i++) list[i] = map.Invoke(c, a.At(2), [list[i], i]);
            return Value.From(list);
        }),
    ];

    private static Value NewArray(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        var items = new List<Value>();
        if (args.Length == 1 && args[0].Kind == ValueKind.Number)
        {
            var length = args[0].Number;
            if (length < 0 || length != Math.Floor(length) || length > uint.MaxValue) throw Error.Range(context, "Invalid array length");
            Members.Grow(context, items, length);
            return Value.From(items);
        }
        context.Items(args.Length, args.Length);
        items.AddRange(args);
        return Value.From(items);
    }
}

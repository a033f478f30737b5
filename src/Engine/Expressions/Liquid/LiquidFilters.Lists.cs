using System.Text;

namespace CrmFlow.Engine.Expressions;

internal static partial class LiquidFilters
{
    private static LiquidFilter[] Lists() =>
    [
        new("size", 0, 0, (_, v, _) => v.Kind switch
        {
            ValueKind.String => v.String.Length,
            ValueKind.Array => v.Items.Count,
            ValueKind.Object => v.Members.Count,
            _ => Value.Undefined,
        }),
        new("first", 0, 0, (c, v, _) => v.Kind == ValueKind.String ? LiquidValues.Member(c, v, "first")
            : LiquidValues.Items(c, v) is { Count: > 0 } items ? items[0] : Value.Undefined),
        new("last", 0, 0, (c, v, _) => v.Kind == ValueKind.String ? LiquidValues.Member(c, v, "last")
            : LiquidValues.Items(c, v) is { Count: > 0 } items ? items[^1] : Value.Undefined),
        new("join", 0, 1, (c, v, a) => v.Kind is ValueKind.Number or ValueKind.Boolean ? v
            : Join(c, v, a.Length > 0 ? LiquidValues.Text(c, a[0]) : " ")),
        new("reverse", 0, 0, (c, v, _) => v.Kind is ValueKind.Number or ValueKind.Boolean ? v
            : List(c, v.Kind == ValueKind.String ? Split(c, v.String, "").Items : LiquidValues.Items(c, v), items => Enumerable.Reverse(items))),
        new("compact", 0, 0, (c, v, _) => List(c, LiquidValues.Items(c, v), items => items.Where(i => !i.IsNothing))),
        new("concat", 1, 1, (c, v, a) => List(c, [.. v.Kind == ValueKind.Array ? v.Items : [v], .. LiquidValues.Items(c, a[0])], items => items)),
        new("map", 1, 1, (c, v, a) => List(c, LiquidValues.Items(c, v), items => items.Select(i => LiquidValues.Member(c, i, a[0])))),
        new("where", 1, 2, (c, v, a) => v.Kind != ValueKind.Array ? v
            : List(c, LiquidValues.Items(c, v), items => items.Where(i => LiquidValues.Member(c, i, a[0]) is var m
            && (!At(a, 1).IsNothing ? LiquidValues.AreEqual(c, m, a[1]) : LiquidValues.IsTrue(m))))),
        new("sum", 0, 1, (c, v, a) => Sum(c, LiquidValues.Items(c, v), At(a, 0))),
        new("uniq", 0, 0, (c, v, _) => List(c, LiquidValues.Items(c, v), items => items.DistinctBy(i => (i.Kind, LiquidValues.Text(c, i))))),
        new("sort", 0, 1, (c, v, a) => Sort(c, v, At(a, 0), a.Length > 0 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)),
        new("sort_natural", 0, 1, (c, v, a) => Sort(c, v, At(a, 0), StringComparison.OrdinalIgnoreCase)),
        new("slice", 1, 2, (c, v, a) => Slice(c, v, LiquidValues.Number(c, a[0]), a.Length > 1 ? LiquidValues.Number(c, a[1]) : 1)),
        new("keys", 0, 0, (c, v, _) =>
            v.Kind == ValueKind.Object ? List(c, [.. v.Members.InOrder().Select(m => Value.From(m.Key))], items => items) : Value.List([])),
    ];

    private static Value List(Context context, List<Value> items, Func<List<Value>, IEnumerable<Value>> make)
    {
        context.Step(1 + items.Count);
        context.Items(items.Count, items.Count);
        return Value.List(make(items));
    }

    private static Value Sum(Context context, List<Value> items, Value member)
    {
        var sum = Value.From(0d);
        foreach (var item in items)
        {
            context.Step(2);
            sum = Calculate(context, sum, member.IsNothing ? item : LiquidValues.Member(context, item, member), (x, y) => x + y, (x, y) => x + y);
        }
        return sum;
    }

    private static Value Join(Context context, in Value value, string separator)
    {
        var text = new StringBuilder();
        foreach (var (i, item) in LiquidValues.Items(context, value).Index())
        {
            if (i > 0) LiquidValues.Append(context, text, separator);
            LiquidValues.Append(context, text, LiquidValues.Text(context, item));
        }
        return text.ToString();
    }

    /// <summary>What has nothing to sort by comes first, then numbers by value, then texts by their characters; by a member,
    /// capitals do not count.</summary>
    private static Value Sort(Context context, in Value value, Value member, StringComparison comparison)
    {
        var items = LiquidValues.Items(context, value);
        var keyed = items.ConvertAll(item => (Item: item, Key: member.IsNothing ? item : LiquidValues.Member(context, item, member)))
            .ConvertAll(p => (p.Item, p.Key, Text: LiquidValues.Text(context, p.Key)));
        // charged before: a limit that ends the sorting itself would come out as another exception
        foreach (var (_, _, text) in keyed) context.Step(20 + Math.Min(text.Length, 1000));
        return List(context, items, _ => keyed.Order(Comparer<(Value Item, Value Key, string Text)>.Create((a, b) =>
        {
            var (x, y) = (Rank(a.Key), Rank(b.Key));
            return x != y ? x.CompareTo(y) : x == 1 ? a.Key.RawNumber.CompareTo(b.Key.RawNumber) : string.Compare(a.Text, b.Text, comparison);
        })).Select(p => p.Item));
    }

    private static int Rank(in Value key) => key.IsNothing ? 0 : key.Kind == ValueKind.Number ? 1 : 2;

    /// <summary>Part of a text or list; a negative start counts from the end.</summary>
    private static Value Slice(Context context, in Value value, double start, double length)
    {
        var isList = value.Kind == ValueKind.Array;
        var text = isList ? "" : LiquidValues.Text(context, value);
        var total = isList ? value.Items.Count : text.Length;
        var from = start < 0 ? total + Math.Truncate(start) : Math.Truncate(start);
        if (from < 0 || from > total || length <= 0) return isList ? Value.List([]) : "";
        var count = (int)Math.Min(Math.Truncate(length), total - from);
        return isList ? List(context, value.Items.GetRange((int)from, count), items => items) : context.Charged(text.Substring((int)from, count));
    }
}

using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>What the methods of arrays share: visiting, joining, flattening, sorting.</summary>
internal static partial class Library
{
    private static List<Value> Copy(Context context, List<Value> items)
    {
        context.Step(1 + items.Count / 16);
        context.Items(items.Count, items.Count);
        return [.. items];
    }

    private static Value Take(List<Value> items, int at)
    {
        var item = items[at];
        items.RemoveAt(at);
        return item;
    }

    private static void Each(Context context, List<Value> items, ReadOnlySpan<Value> args, Action<Value, Value> use)
    {
        var callback = Callback(context, args);
        var count = items.Count;
        for (var i = 0; i < count && i < items.Count; i++)
        {
            var item = items[i];
            use(item, callback.Invoke(context, args.At(1), [item, i, Value.From(items)]));
        }
    }

    private static int Find(Context context, List<Value> items, ReadOnlySpan<Value> args, bool wanted)
    {
        var callback = Callback(context, args);
        var count = items.Count;
        for (var i = 0; i < count; i++)
        {
            var item = i < items.Count ? items[i] : Value.Undefined;
            if (Coercion.ToBoolean(callback.Invoke(context, args.At(1), [item, i, Value.From(items)])) == wanted) return i;
        }
        return -1;
    }

    private static int FindLast(Context context, List<Value> items, ReadOnlySpan<Value> args)
    {
        var callback = Callback(context, args);
        for (var i = items.Count - 1; i >= 0; i--)
        {
            var item = i < items.Count ? items[i] : Value.Undefined;
            if (Coercion.ToBoolean(callback.Invoke(context, args.At(1), [item, i, Value.From(items)]))) return i;
        }
        return -1;
    }

    private delegate bool Equality(Context context, in Value a, in Value b);

    private static int IndexOf(Context context, List<Value> items, ReadOnlySpan<Value> args, Equality equals)
    {
        context.Step(items.Count);
        for (var i = Relative(context, args.At(1), items.Count, 0); i < items.Count; i++)
        {
            if (equals(context, items[i], args.At(0))) return i;
        }
        return -1;
    }

    private static Value Reduce(Context context, List<Value> items, ReadOnlySpan<Value> args, bool fromEnd)
    {
        var callback = Callback(context, args);
        var count = items.Count;
        var i = 0;
        if (args.Length < 2 && count == 0) throw Error.Type(context, "Reduce of empty array with no initial value");
        var result = args.Length > 1 ? args[1] : items[fromEnd ? count - 1 - i++ : i++];
        for (; i < count; i++)
        {
            var at = fromEnd ? count - 1 - i : i;
            if (at < items.Count) result = callback.Invoke(context, Value.Undefined, [result, items[at], at, Value.From(items)]);
        }
        return result;
    }

    private static Value Splice(Context context, List<Value> items, ReadOnlySpan<Value> args)
    {
        var start = Relative(context, args.At(0), items.Count, 0);
        var count = args.Length switch { 0 => 0, 1 => items.Count - start, _ =>
            (int)Math.Clamp(Coercion.ToInteger(context, args[1]), 0, items.Count - start) };
        var added = args.Length > 2 ? args[2..].ToArray() : [];
        context.Step(1 + items.Count / 16);
        context.Items(count + added.Length, items.Count - count + added.Length);
        var removed = items.GetRange(start, count);
        items.RemoveRange(start, count);
        items.InsertRange(start, added);
        return Value.From(removed);
    }

    private static void Flatten(Context context, List<Value> items, double depth, List<Value> into)
    {
        context.Enter();
        for (var i = 0; i < items.Count; i++)
        {
            context.Step();
            if (items[i].Kind == ValueKind.Array && depth >= 1) Flatten(context, items[i].Items, depth - 1, into);
            else
            {
                context.Items(1, into.Count + 1);
                into.Add(items[i]);
            }
        }
        context.Leave();
    }

    /// <summary>The items as text with a separator; nothing for null and undefined, nor for an array inside itself.</summary>
    public static string Join(Context context, List<Value> items, string separator)
    {
        context.Enter();
        if (!context.Joining.Add(items))
        {
            context.Leave();
            return "";
        }
        try
        {
            var result = new StringBuilder();
            for (var i = 0; i < items.Count; i++)
            {
                context.Step();
                var part = items[i].IsNothing ? "" : Coercion.ToText(context, items[i]);
                var length = result.Length + part.Length + (i > 0 ? separator.Length : 0L);
                context.Bytes(2 * (length - result.Length));
                context.TextLength(length);
                if (i > 0) result.Append(separator);
                result.Append(part);
            }
            return result.ToString();
        }
        finally
        {
            context.Joining.Remove(items);
            context.Leave();
        }
    }

    /// <summary>A stable merge sort; undefined goes to the end unasked. Without an order function, by text.</summary>
    private static Value[] Sort(Context context, List<Value> items, in Value order)
    {
        if (order.Kind is not (ValueKind.Undefined or ValueKind.Function))
            throw Error.Type(context, "The comparison function must be either a function or undefined");
        context.Items(3 * items.Count, items.Count);
        var defined = items.Where(item => item.Kind != ValueKind.Undefined).ToArray();
        if (order.Kind == ValueKind.Function)
        {
            var function = (FunctionObject)order.Reference!;
            MergeSort(context, defined, (a, b) => Coercion.ToNumber(context, function.Invoke(context, Value.Undefined, [a, b])) is not > 0);
        }
        else
        {
            var texts = new (string Text, Value Value)[defined.Length];
            for (var i = 0; i < texts.Length; i++) texts[i] = (Coercion.ToText(context, defined[i]), defined[i]);
            MergeSort(context, texts, (a, b) =>
            {
                context.Length(Math.Min(a.Text.Length, b.Text.Length));
                return string.CompareOrdinal(a.Text, b.Text) <= 0;
            });
            defined = [.. texts.Select(t => t.Value)];
        }
        return [.. defined, .. Enumerable.Repeat(Value.Undefined, items.Count - defined.Length)];
    }

    private static void MergeSort<T>(Context context, T[] items, Func<T, T, bool> inOrder)
    {
        var (from, to) = (items, new T[items.Length]);
        for (var width = 1; width < items.Length; width *= 2)
        {
            for (var start = 0; start < items.Length; start += 2 * width)
            {
                var (left, right) = (start, Math.Min(start + width, items.Length));
                var (leftEnd, rightEnd) = (right, Math.Min(start + 2 * width, items.Length));
                for (var i = start; i < rightEnd; i++)
                {
                    context.Step();
                    to[i] = left < leftEnd && (right >= rightEnd || inOrder(from[left], from[right])) ? from[left++] : from[right++];
                }
            }
            (from, to) = (to, from);
        }
        if (!ReferenceEquals(from, items)) from.CopyTo(items, 0);
    }
}

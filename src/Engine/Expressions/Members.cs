namespace CrmFlow.Engine.Expressions;

/// <summary>Reading and changing members of values: own members, and the methods of the library. There is nothing else to reach.</summary>
internal static class Members
{
    public static Value Get(Context context, in Value target, in Value key, bool isCall = false)
    {
        if (key.Kind == ValueKind.Number)
        {
            var index = (int)key.RawNumber;
            if (index == key.RawNumber && index >= 0)
            {
                if (target.Kind == ValueKind.Array)
                {
                    var items = (List<Value>)target.Reference!;
                    return index < items.Count ? items[index] : Value.Undefined;
                }
                if (target.Kind == ValueKind.String)
                {
                    var text = (string)target.Reference!;
                    return index < text.Length ? Library.Character(text[index]) : Value.Undefined;
                }
            }
        }
        var value = Get(context, target, Coercion.ToKey(context, key));
        // a changing method detached under a computed name could change what was not copied; called or named openly, the parser saw it
        return !isCall && key.Kind == ValueKind.String && value is { Kind: ValueKind.Function, Reference: NativeFunction { Mutates: true } }
            ? Value.Undefined : value;
    }

    public static Value Get(Context context, in Value target, string name)
    {
        switch (target.Kind)
        {
            case ValueKind.Object:
                if (target.Members.TryGetValue(name, out var member)) return member;
                if (target.Reference is ErrorObject error && error.Hidden(name) is { Kind: not ValueKind.Undefined } hidden) return hidden;
                break;
            case ValueKind.Array:
                var items = target.Items;
                if (name == "length") return items.Count;
                if (ValueObject.IsIndex(name, out var index)) return index < items.Count ? items[(int)index] : Value.Undefined;
                if (items is MatchItems match && match.Extra(name) is { Kind: not ValueKind.Undefined } extra) return extra;
                break;
            case ValueKind.String:
                if (name == "length") return target.String.Length;
                if (ValueObject.IsIndex(name, out var at))
                    return at < target.String.Length ? Library.Character(target.String[(int)at]) : Value.Undefined;
                break;
            case ValueKind.Map when name == "size": return ((MapObject)target.Reference!).Count;
            case ValueKind.Set when name == "size": return ((MapObject)target.Reference!).Count;
            case ValueKind.RegExp:
                if (((RegExpObject)target.Reference!).Member(name) is { Kind: not ValueKind.Undefined } part) return part;
                break;
            case ValueKind.Function:
                var function = (FunctionObject)target.Reference!;
                if (name == "name") return function.Name;
                if (name == "length") return function.Length;
                if (Library.Static(function, name) is { } known) return known;
                break;
            case ValueKind.Undefined or ValueKind.Null:
                throw Error.Type(context, $"Cannot read properties of {(target.Kind == ValueKind.Null ? "null" : "undefined")} (reading '{name}')");
        }
        return Library.Method(target.Kind, name)?.AsValue() ?? Value.Undefined;
    }

    public static void Set(Context context, in Value target, in Value key, in Value value)
    {
        switch (target.Kind)
        {
            case ValueKind.Array:
                if (key.Kind == ValueKind.Number && key.RawNumber >= 0 && key.RawNumber == Math.Floor(key.RawNumber))
                    SetItem(context, target.Items, key.RawNumber, value);
                else SetOnArray(context, target.Items, Coercion.ToKey(context, key), value);
                break;
            case ValueKind.Object:
                SetMember(context, target.Members, Coercion.ToKey(context, key), value);
                break;
            case ValueKind.RegExp when Coercion.ToKey(context, key) == "lastIndex":
                ((RegExpObject)target.Reference!).LastIndex = (int)Math.Clamp(Coercion.ToInteger(context, value), 0, int.MaxValue);
                break;
            case ValueKind.Boolean or ValueKind.Number or ValueKind.String:
                break;
            default:
                throw Error.Type(context, $"Cannot set '{Coercion.ToKey(context, key)}': only objects and arrays have members that can be set");
        }
    }

    public static void SetMember(Context context, ValueObject members, string name, in Value value)
    {
        if (!members.ContainsKey(name)) context.Items(2, members.Count + 1);
        members[name] = value;
    }

    private static void SetOnArray(Context context, List<Value> items, string name, in Value value)
    {
        if (ValueObject.IsIndex(name, out var index)) SetItem(context, items, index, value);
        else if (name == "length") SetLength(context, items, value);
        else throw Error.Type(context, $"Cannot set '{name}' on an array: arrays hold numbered items only");
    }

    private static void SetLength(Context context, List<Value> items, in Value value)
    {
        var length = Coercion.ToNumber(context, value);
        if (length < 0 || length != Math.Floor(length) || length > uint.MaxValue) throw Error.Range(context, "Invalid array length");
        if (length <= items.Count) items.RemoveRange((int)length, items.Count - (int)length);
        else Grow(context, items, length);
    }

    private static void SetItem(Context context, List<Value> items, double index, in Value value)
    {
        if (index >= items.Count) Grow(context, items, index + 1);
        items[(int)index] = value;
    }

    /// <summary>Lengthens an array; there are no holes, the new items are undefined.</summary>
    public static void Grow(Context context, List<Value> items, double length)
    {
        context.Items((long)length - items.Count, (long)length);
        System.Runtime.InteropServices.CollectionsMarshal.SetCount(items, (int)length);
    }

    public static bool Has(Context context, in Value target, in Value key)
    {
        if (target.Kind < ValueKind.Array) throw Error.Type(context,
            $"Cannot use 'in' operator to search for '{Coercion.ToText(context, key)}' in {Coercion.ToText(context, target)}");
        var name = Coercion.ToKey(context, key);
        return HasOwn(target, name) || Library.Method(target.Kind, name) is not null;
    }

    public static bool HasOwn(in Value target, string name) => target.Kind switch
    {
        ValueKind.Object => target.Members.ContainsKey(name) || (target.Reference is ErrorObject && name is "message" or "stack"),
        ValueKind.Array => name == "length" || (ValueObject.IsIndex(name, out var index) && index < target.Items.Count),
        ValueKind.String => name == "length" || (ValueObject.IsIndex(name, out var at) && at < target.String.Length),
        _ => false,
    };

    public static bool Delete(Context context, in Value target, string name)
    {
        switch (target.Kind)
        {
            case ValueKind.Object:
                context.Step(1 + target.Members.Count / 8);
                target.Members.Remove(name);
                return true;
            case ValueKind.Array when ValueObject.IsIndex(name, out var index):
                if (index < target.Items.Count) target.Items[(int)index] = Value.Undefined;
                return true;
            case ValueKind.Undefined or ValueKind.Null:
                throw Error.Type(context, "Cannot convert undefined or null to object");
            default:
                return true;
        }
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>Every function there is, by name. What is not in these tables cannot be reached.</summary>
internal static partial class Library
{
    private static readonly HashSet<string> Namespaces =
        ["Math", "JSON", "Object", "Array", "String", "Number", "Boolean", "Date", "Map", "Set", "RegExp", .. ErrorObject.Types];

    /// <summary>Methods of values, by kind. A kind without methods has an empty table.</summary>
    private static readonly Dictionary<string, NativeFunction>[] MethodTables;
    private static readonly Dictionary<string, Dictionary<string, Value>> Statics;
    private static readonly Dictionary<string, NativeFunction> Constructors;
    private static readonly Dictionary<string, Value> Globals;

    /// <summary>Runs after the initializers of all parts of this class, whose order is not defined.</summary>
    static Library()
    {
        MethodTables = MakeMethodTables();
        Constructors = MakeConstructors();
        Globals = MakeGlobals();
        Statics = new()
        {
            ["Math"] = MathStatics(),
            ["JSON"] = Values(JsonStatics),
            ["Object"] = Values(ObjectStatics),
            ["Array"] = Values(ArrayStatics),
            ["String"] = Values(StringStatics),
            ["Number"] = NumberStaticValues(),
            ["Date"] = Values(DateStatics),
            ["Map"] = Values(MapStatics),
        };
    }

    /// <summary>Names that cannot be declared, since their members are looked up when the program is parsed.</summary>
    public static bool IsNamespace(string name) => Namespaces.Contains(name);
    /// <summary>Methods that change the array or object they are given.</summary>
    public static bool IsMutating(string name) =>
        name is "push" or "pop" or "shift" or "unshift" or "splice" or "sort" or "reverse" or "fill" or "copyWithin" or "assign";
    public static Value? Global(string name) => Globals.TryGetValue(name, out var value) ? value : default(Value?);
    public static Value? Static(string type, string name) =>
        Statics.TryGetValue(type, out var table) && table.TryGetValue(name, out var value) ? value : default(Value?);
    public static NativeFunction? Constructor(string name) => Constructors.GetValueOrDefault(name);

    /// <summary>A static of a type that is held as a value.</summary>
    public static Value? Static(FunctionObject function, string name) =>
        function is NativeFunction && Namespaces.Contains(function.Name) && Globals.TryGetValue(function.Name, out var own)
            && ReferenceEquals(own.Reference, function) ? Static(function.Name, name) : default(Value?);

    public static NativeFunction? Method(ValueKind kind, string name) => MethodTables[(int)kind].GetValueOrDefault(name);

    public static NativeFunction?[]? MethodsByKind(string name)
    {
        var methods = new NativeFunction?[MethodTables.Length];
        for (var kind = 0; kind < methods.Length; kind++) methods[kind] = MethodTables[kind].GetValueOrDefault(name);
        return methods.Any(m => m is not null) ? methods : null;
    }

    private static Dictionary<string, NativeFunction>[] MakeMethodTables()
    {
        var tables = new Dictionary<string, NativeFunction>[Enum.GetValues<ValueKind>().Length];
        for (var kind = 0; kind < tables.Length; kind++)
        {
            var own = (ValueKind)kind switch
            {
                ValueKind.String => StringMethods,
                ValueKind.Number => NumberMethods,
                ValueKind.Array => ArrayMethods,
                ValueKind.Object => IteratorMethods,
                ValueKind.Date => DateMethods,
                ValueKind.Map => MapMethods,
                ValueKind.Set => SetMethods,
                ValueKind.RegExp => RegExpMethods,
                ValueKind.Function => FunctionMethods,
                _ => [],
            };
            var table = tables[kind] = (ValueKind)kind is ValueKind.Undefined or ValueKind.Null ? [] : ToTable(AnyMethods);
            foreach (var method in own) table[method.Name] = method;
        }
        return tables;
    }

    private static Dictionary<string, NativeFunction> MakeConstructors()
    {
        var constructors = ToTable(
        [
            new("Date", 7, NewDate), new("Map", 0, NewMap), new("Set", 0, NewSet), new("Array", 1, NewArray), new("Object", 1, NewObject),
                new("RegExp", 2, NewRegExp),
        ]);
        foreach (var type in ErrorObject.Types)
        {
            constructors[type] = new(type, 1, (c, in _, a) =>
            {
                var error = new ErrorObject(type, a.At(0).Kind == ValueKind.Undefined ? "" : c.Charged(Coercion.ToText(c, a[0])));
                if (a.At(1).Kind == ValueKind.Object && a[1].Members.TryGetValue("cause", out var cause)) error["cause"] = cause;
                c.Bytes(200);
                return Value.From(error);
            });
        }
        return constructors;
    }

    private static Dictionary<string, Value> MakeGlobals()
    {
        var globals = Values([.. NumberGlobals, .. UriGlobals, .. Accessors.Functions]);
        foreach (var name in (string[])["Array", "Object", "RegExp", .. ErrorObject.Types]) globals[name] = Constructors[name].AsValue();
        globals["String"] = new NativeFunction("String", 1, (c, in _, a) => a.Length == 0 ? "" : Coercion.ToText(c, a[0])).AsValue();
        globals["Number"] = new NativeFunction("Number", 1, (c, in _, a) => Value.From(a.Length == 0 ? 0 : Coercion.ToNumber(c, a[0]))).AsValue();
        globals["Boolean"] = new NativeFunction("Boolean", 1, (_, in _, a) => Coercion.ToBoolean(a.At(0))).AsValue();
        globals["Date"] = new NativeFunction("Date", 7, (c, in _, _) => c.Charged(new DateObject(Now(c)).ToText(c.Zone))).AsValue();
        return globals;
    }

    private static Dictionary<string, NativeFunction> ToTable(NativeFunction[] functions) => functions.ToDictionary(f => f.Name);
    private static Dictionary<string, Value> Values(NativeFunction[] functions) => functions.ToDictionary(f => f.Name, f => f.AsValue());

    /// <summary>The argument at a place; undefined when fewer were given.</summary>
    public static Value At(this ReadOnlySpan<Value> args, int index) => index < args.Length ? args[index] : Value.Undefined;

    private static FunctionObject Callback(Context context, ReadOnlySpan<Value> args, int index = 0)
    {
        var value = args.At(index);
        return value.Kind == ValueKind.Function ? (FunctionObject)value.Reference!
            : throw Error.Type(context, $"{Brief(context, value)} is not a function");
    }

    private static string Brief(Context context, in Value value)
    {
        var text = value.Kind switch { ValueKind.Object => "#<Object>", ValueKind.String => $"\"{value.String}\"", _ =>
            Coercion.ToText(context, value) };
        return text.Length > 60 ? text[..60] + "…" : text;
    }

    /// <summary>A start or end given as in slice: negative counts from the end.</summary>
    private static int Relative(Context context, in Value value, int length, int whenMissing)
    {
        if (value.Kind == ValueKind.Undefined) return whenMissing;
        var at = Coercion.ToInteger(context, value);
        return (int)(at < 0 ? Math.Max(0, length + at) : Math.Min(at, length));
    }

    /// <summary>What every value has.</summary>
    private static readonly NativeFunction[] AnyMethods =
    [
        new("toString", 0, (c, in self, _) => self.Kind == ValueKind.Object ? Coercion.BuiltInText(self.Members) : Coercion.ToText(c, self)),
        new("toLocaleString", 0, (c, in self, a) => ForPeople(c, self, a.At(0), a.At(1))),
        new("valueOf", 0, (_, in self, _) => self),
        new("hasOwnProperty", 1, (c, in self, a) => Members.HasOwn(self, Coercion.ToKey(c, a.At(0)))),
    ];

    private static readonly NativeFunction[] FunctionMethods =
    [
        new("call", 1, (c, in self, a) => ((FunctionObject)self.Reference!).Invoke(c, a.At(0), a.Length > 1 ? a[1..] : [])),
        new("apply", 2, (c, in self, a) =>
        {
            var list = new List<Value>();
            if (!a.At(1).IsNothing) Iteration.Append(c, a[1], list);
            return ((FunctionObject)self.Reference!).Invoke(c, a.At(0), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
        }),
        new("bind", 1, (c, in self, a) =>
        {
            c.Bytes(64 + 24 * a.Length);
            return new BoundFunction((FunctionObject)self.Reference!, a.At(0), a.Length > 1 ? a[1..].ToArray() : []).AsValue();
        }),
    ];

    private static readonly NativeFunction[] IteratorMethods =
    [
        new("next", 0, (c, in self, _) =>
        {
            if (self.Reference is not IteratorObject iterator) throw Error.Type(c, "next is not a function");
            c.Bytes(192);
            var more = iterator.Source.MoveNext(out var current);
            return Value.Object(("value", current), ("done", !more));
        }),
    ];

    private static Value Iterator(Context context, ValueIterator source, string name)
    {
        context.Bytes(96);
        return Value.From(new IteratorObject(source, name));
    }
}

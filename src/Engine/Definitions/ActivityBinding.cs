using System.Collections.Concurrent;
using System.Reflection;

namespace CrmFlow.Engine;

/// <summary>The [Input] and [Output] properties of an activity class as typed delegates, made once per class: no reflection while running.</summary>
internal sealed class ActivityBinding
{
    private static readonly ConcurrentDictionary<Type, ActivityBinding> Known = new();

    public required InputProperty[] Inputs { get; init; }
    public required OutputProperty[] Outputs { get; init; }
    /// <summary>The class undoes something when it is cancelled; otherwise cancelling it costs no call.</summary>
    public required bool HandlesCancel { get; init; }

    public static ActivityBinding For(Type activity) => Known.GetOrAdd(activity, Build);

    private static ActivityBinding Build(Type activity)
    {
        var inputs = new List<InputProperty>();
        var outputs = new List<OutputProperty>();
        foreach (var property in activity.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (property.GetCustomAttribute<InputAttribute>() is { } input)
                inputs.Add((InputProperty)Activator.CreateInstance(typeof(InputProperty<,>).MakeGenericType(activity, property.PropertyType),
                    property, input)!);
            if (property.GetCustomAttribute<OutputAttribute>() is not null)
                outputs.Add((OutputProperty)Activator.CreateInstance(typeof(OutputProperty<,>).MakeGenericType(activity, property.PropertyType),
                    property)!);
        }
        var map = activity.GetInterfaceMap(typeof(IActivity));
        var cancel = Array.FindIndex(map.InterfaceMethods, m => m.Name == nameof(IActivity.CanceledAsync));
        return new ActivityBinding { Inputs = [.. inputs], Outputs = [.. outputs],
            HandlesCancel = map.TargetMethods[cancel].DeclaringType is { IsInterface: false } };
    }

    internal static string JsonNameOf(string name) =>
        string.Create(name.Length, name, static (span, from) => { from.CopyTo(span); span[0] = char.ToLowerInvariant(span[0]); });
}

internal abstract class InputProperty(PropertyInfo property, InputAttribute attribute)
{
    public string Name { get; } = property.Name;
    public string JsonName { get; } = ActivityBinding.JsonNameOf(property.Name);
    public Type Type { get; } = property.PropertyType;
    public bool Plain { get; } = attribute.Plain;

    /// <summary>Converts and sets. Nothing (null, undefined) leaves the declared default, except on a <see cref="Value"/>.</summary>
    public abstract void Set(IActivity activity, Value value);

    /// <summary>A setter of a value converted now; throws <see cref="FormatException"/> when it does not convert.</summary>
    public abstract Action<IActivity>? Constant(Value value);
}

internal sealed class InputProperty<TActivity, T> : InputProperty where TActivity : class, IActivity
{
    private readonly Action<TActivity, T> _set;
    private readonly Func<Value, T> _convert;

    public InputProperty(PropertyInfo property, InputAttribute attribute) : base(property, attribute)
    {
        var setter = property.GetSetMethod(nonPublic: true)
            ?? throw new InvalidOperationException($"[Input] {typeof(TActivity).Name}.{property.Name} needs a setter.");
        _set = setter.CreateDelegate<Action<TActivity, T>>();
        _convert = ClrValue.Reader<T>() ?? throw new InvalidOperationException(
            $"[Input] {typeof(TActivity).Name}.{property.Name} has type {typeof(T).Name}, which no definition can bind; use Value.");
    }

    public override void Set(IActivity activity, Value value)
    {
        if (value.IsNothing && typeof(T) != typeof(Value)) return;
        _set((TActivity)activity, _convert(value));
    }

    public override Action<IActivity>? Constant(Value value)
    {
        if (value.IsNothing && typeof(T) != typeof(Value)) return null;
        // arrays and objects are shared by reference, so every run gets its own copy of a constant
        if (value.Kind is ValueKind.Array or ValueKind.Object && typeof(T) == typeof(Value)) return activity =>
            _set((TActivity)activity, _convert(value.Clone()));
        var converted = _convert(value);
        return activity => _set((TActivity)activity, converted);
    }
}

internal abstract class OutputProperty(PropertyInfo property)
{
    public string Name { get; } = property.Name;
    public string JsonName { get; } = ActivityBinding.JsonNameOf(property.Name);
    public abstract Value Get(IActivity activity);
}

internal sealed class OutputProperty<TActivity, T> : OutputProperty where TActivity : class, IActivity
{
    private readonly Func<TActivity, T> _get;
    private readonly Func<T, Value> _convert;

    public OutputProperty(PropertyInfo property) : base(property)
    {
        _get = property.GetGetMethod(nonPublic: true)!.CreateDelegate<Func<TActivity, T>>();
        _convert = ClrValue.Writer<T>() ?? throw new InvalidOperationException(
            $"[Output] {typeof(TActivity).Name}.{property.Name} has type {typeof(T).Name}, which no definition can hold; use Value.");
    }

    public override Value Get(IActivity activity) => _convert(_get((TActivity)activity));
}

namespace CrmFlow.Engine.Expressions;

/// <summary>What a declaration, parameter or assignment takes a value apart with.</summary>
internal abstract class Pattern
{
    /// <param name="declares">Gives names their first value; otherwise assigns to what exists.</param>
    public abstract void Bind(Frame frame, in Value value, bool declares);

    protected static Value OrDefault(Frame frame, in Value value, Node? defaultValue) =>
        defaultValue is not null && value.Kind == ValueKind.Undefined ? defaultValue.Evaluate(frame) : value;
}

internal sealed class TargetPattern(Target target) : Pattern
{
    public override void Bind(Frame frame, in Value value, bool declares)
    {
        if (declares)
        {
            target.Initialize(frame, value);
            return;
        }
        target.Resolve(frame, out var place, out var key);
        target.Write(frame, place, key, value);
    }
}

internal readonly record struct PatternItem(Node? Key, Pattern? Pattern, Node? Default);

internal sealed class ArrayPattern(PatternItem[] items, Pattern? rest) : Pattern
{
    public override void Bind(Frame frame, in Value value, bool declares)
    {
        var iterator = Iteration.Start(frame.Context, value);
        foreach (var item in items)
        {
            frame.Context.Step();
            if (!iterator.MoveNext(out var current)) current = Value.Undefined;
            item.Pattern?.Bind(frame, OrDefault(frame, current, item.Default), declares);
        }
        if (rest is null) return;
        var remaining = new List<Value>();
        while (iterator.MoveNext(out var current))
        {
            frame.Context.Step();
            frame.Context.Items(1, remaining.Count + 1);
            remaining.Add(current);
        }
        rest.Bind(frame, Value.From(remaining), declares);
    }
}

internal sealed class ObjectPattern(PatternItem[] members, Pattern? rest) : Pattern
{
    public override void Bind(Frame frame, in Value value, bool declares)
    {
        var context = frame.Context;
        if (value.IsNothing)
            throw Error.Type(context, $"Cannot destructure '{Coercion.ToText(context, value)}' as it is {Coercion.ToText(context, value)}.");
        var taken = rest is null ? null : new HashSet<string>();
        foreach (var (key, pattern, defaultValue) in members)
        {
            context.Step();
            var name = key!.Evaluate(frame);
            taken?.Add(Coercion.ToKey(context, name));
            // a written name may name a changing method: the parser has seen it
            var current = key is Literal ? Members.Get(context, value, Coercion.ToKey(context, name)) : Members.Get(context, value, name);
            pattern!.Bind(frame, OrDefault(frame, current, defaultValue), declares);
        }
        if (rest is null) return;
        var remaining = new ValueObject();
        Library.CopyMembers(context, remaining, value);
        foreach (var name in taken!) remaining.Remove(name);
        rest.Bind(frame, Value.From(remaining), declares);
    }
}

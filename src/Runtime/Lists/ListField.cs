using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// What a field of a form or a list holds: how it is drawn, checked, shown, filtered and written into a table file. <see cref="Custom"/> is drawn and
/// checked by its module.
/// </summary>
public enum FieldKind { Text, Number, Money, Percent, Date, Instant, Choice, Person, Boolean, Custom }

public enum ListOperator { Contains, Is, From, To, Empty, NotEmpty }

/// <summary>One condition of a filter: a field, an operator, and the value as typed or chosen.</summary>
public sealed record ListCondition(string Field, ListOperator Operator, string? Value)
{
    /// <summary>As it stands in an address: <c>level:is:key</c>.</summary>
    public override string ToString() => $"{Field}:{Operator.ToString().ToLowerInvariant()}:{Value}";

    public static ListCondition? Parse(string? text) =>
        text?.Split(':', 3) is [var field, var op, var value] && Enum.TryParse<ListOperator>(op, ignoreCase: true, out var parsed)
            ? new(field, parsed, value) : null;
}

/// <summary>A field of a list: a column, something to filter by, perhaps an order.</summary>
/// <param name="Key">In addresses and saved views.</param>
/// <param name="Text">Text key of the label.</param>
public abstract class ListField(string key, string text, FieldKind kind)
{
    public string Key => key;
    public string Text => text;
    public FieldKind Kind => kind;
    /// <summary>A choice's dictionary.</summary>
    public string? Dictionary { get; init; }
    /// <summary>A choice's values when they are no dictionary: an enum's names under the text key <c>{EnumTexts}.{name}</c>.</summary>
    public string? EnumTexts { get; init; }
    /// <summary>Shown before anybody chose columns.</summary>
    public bool IsColumn { get; init; }
    /// <summary>May order the list; only for columns an index stands behind.</summary>
    public bool IsSortable { get; init; }
    /// <summary>Looked into by the search box.</summary>
    public bool IsSearched { get; init; }
    /// <summary>Seen only with this right: the field does not exist for others.</summary>
    public string? Right { get; init; }

    public IReadOnlyList<ListOperator> Operators => Kind switch
    {
        FieldKind.Text => [ListOperator.Contains, ListOperator.Is, ListOperator.Empty, ListOperator.NotEmpty],
        FieldKind.Choice or FieldKind.Person => [ListOperator.Is, ListOperator.Empty, ListOperator.NotEmpty],
        FieldKind.Boolean => [ListOperator.Is],
        _ => [ListOperator.From, ListOperator.To, ListOperator.Is, ListOperator.Empty, ListOperator.NotEmpty],
    };

    /// <summary>Names of an enum's values; empty for other fields.</summary>
    public virtual IReadOnlyList<string> EnumNames => [];
}

/// <summary>What filters need beside the condition.</summary>
/// <param name="People">Who a typed name stands for, by condition.</param>
internal sealed record FilterContext(BusinessTime Time, IReadOnlyDictionary<ListCondition, IReadOnlyList<Guid>> People);

/// <summary>The side of a field the list works with.</summary>
public abstract class ListField<T>(string key, string text, FieldKind kind) : ListField(key, text, kind)
{
    internal abstract LambdaExpression Value { get; }
    internal abstract Expression<Func<T, bool>>? Where(ListCondition condition, FilterContext context);
    internal abstract IOrderedQueryable<T> Order(IQueryable<T> rows, bool descending);
    /// <summary>What comes after a row: its sort value as <see cref="Cursor"/> wrote it, then its id.</summary>
    internal abstract Expression<Func<T, bool>>? After(string cursor, Guid id, Expression<Func<T, Guid>> idOf, bool descending);
    internal abstract string Cursor(object? value);
}

/// <summary>A field by its typed expression.</summary>
public sealed class ListField<T, TValue>(string key, string text, FieldKind kind, Expression<Func<T, TValue>> value) : ListField<T>(key, text, kind)
{
    private static readonly Type Plain = Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue);
    private static readonly bool IsNullable = Nullable.GetUnderlyingType(typeof(TValue)) is not null;

    internal override LambdaExpression Value => value;
    public override IReadOnlyList<string> EnumNames => Plain.IsEnum ? Enum.GetNames(Plain) : [];

    internal override Expression<Func<T, bool>>? Where(ListCondition condition, FilterContext context)
    {
        var body = value.Body;
        switch (condition.Operator)
        {
            case ListOperator.Empty or ListOperator.NotEmpty:
                if (!IsNullable && typeof(TValue) != typeof(string)) return null;
                Expression empty = Expression.Equal(body, Expression.Constant(null, typeof(TValue)));
                if (typeof(TValue) == typeof(string)) empty = Expression.OrElse(empty, Expression.Equal(body, Expression.Constant("")));
                return Lambda(condition.Operator == ListOperator.Empty ? empty : Expression.Not(empty));
            case ListOperator.Contains when typeof(TValue) == typeof(string):
                return string.IsNullOrWhiteSpace(condition.Value) ? null : Lambda(Like(body, condition.Value));
        }
        if (condition.Value is not { Length: > 0 } text) return null;
        if (Kind == FieldKind.Person) return context.People.TryGetValue(condition, out var people) ? Lambda(OneOf(body, people)) : null;
        if (Kind == FieldKind.Choice) return Choice(body, text.Split(','));
        if (Kind == FieldKind.Instant)
        {
            if (!Days.TryParse(text, out var day)) return null;
            var (from, to) = (context.Time.At(day, TimeOnly.MinValue), context.Time.At(day.AddDays(1), TimeOnly.MinValue));
            var (after, before) = (Expression.GreaterThanOrEqual(body, Parameter(from)), Expression.LessThan(body, Parameter(to)));
            return Lambda(condition.Operator switch { ListOperator.From => after, ListOperator.To => before, _ =>
                Expression.AndAlso(after, before) });
        }
        if (Parse(text) is not { } parsed) return null;
        var typed = Parameter(parsed);
        return Lambda(condition.Operator switch
        {
            ListOperator.From => Expression.GreaterThanOrEqual(body, typed),
            ListOperator.To => Expression.LessThanOrEqual(body, typed),
            _ => Expression.Equal(body, typed),
        });
    }

    internal override IOrderedQueryable<T> Order(IQueryable<T> rows, bool descending)
    {
        if (!IsNullable) return descending ? rows.OrderByDescending(value) : rows.OrderBy(value);
        // Databases disagree where nothing stands: it counts as the smallest.
        var lambda = Expression.Lambda(Sorted, value.Parameters);
        var method = descending ? nameof(Queryable.OrderByDescending) : nameof(Queryable.OrderBy);
        return (IOrderedQueryable<T>)rows.Provider.CreateQuery<T>(
            Expression.Call(typeof(Queryable), method, [typeof(T), Plain], rows.Expression, Expression.Quote(lambda)));
    }

    internal override Expression<Func<T, bool>>? After(string cursor, Guid id, Expression<Func<T, Guid>> idOf, bool descending)
    {
        if (Parse(cursor) is not { } parsed) return null;
        var last = Boxed(parsed, Plain);
        var (beyond, same) = Plain == typeof(string)
            ? (Further(Expression.Call(typeof(string), nameof(string.Compare), null, Sorted, last), Expression.Constant(0)),
                Expression.Equal(Sorted, last))
            : (Further(Sorted, last), Expression.Equal(Sorted, last));
        var tie = new Swap(idOf.Parameters[0], value.Parameters[0]).Visit(idOf.Body);
        var later = Further(Expression.Call(tie, typeof(Guid).GetMethod(nameof(Guid.CompareTo), [typeof(Guid)])!, Boxed(id, typeof(Guid))),
            Expression.Constant(0));
        return Lambda(Expression.OrElse(beyond, Expression.AndAlso(same, later)));

        BinaryExpression Further(Expression left, Expression right) =>
            descending ? Expression.LessThan(left, right) : Expression.GreaterThan(left, right);
    }

    internal override string Cursor(object? at) => at switch
    {
        null => Cursor(Smallest),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcTicks.ToString(CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => at.ToString()!,
    };

    private Expression Sorted => IsNullable ? Expression.Coalesce(value.Body, Expression.Constant(Smallest, Plain)) : value.Body;

    private static object Smallest => Plain == typeof(DateOnly) ? DateOnly.MinValue : Plain == typeof(DateTimeOffset) ? DateTimeOffset.MinValue
        : Plain == typeof(decimal) ? -99999999999999999m : Plain == typeof(int) ? int.MinValue : "";

    private Expression<Func<T, bool>> Choice(Expression body, string[] codes)
    {
        if (!Plain.IsEnum) return Lambda(OneOf(body, codes));
        Expression any = Expression.Constant(false);
        foreach (var code in codes)
            if (Enum.TryParse(Plain, code, out var parsed)) any = Expression.OrElse(any, Expression.Equal(body, Parameter(parsed!)));
        return Lambda(any);
    }

    private static MethodCallExpression OneOf<TItem>(Expression body, IReadOnlyList<TItem> items) =>
        Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [typeof(TItem)], Boxed(items.ToList(), typeof(List<TItem>)),
            body.Type == typeof(TItem) ? body : Expression.Convert(body, typeof(TItem)));

    internal static MethodCallExpression Like(Expression body, string text) =>
        Expression.Call(typeof(DbFunctionsExtensions), nameof(DbFunctionsExtensions.Like), null, Expression.Constant(EF.Functions),
            Expression.Call(body, typeof(string).GetMethod(nameof(string.ToLower), [])!),
                Boxed(SearchEverything.Pattern(text.Trim().ToLowerInvariant()), typeof(string)), Expression.Constant("\\"));

    private Expression<Func<T, bool>> Lambda(Expression body) => Expression.Lambda<Func<T, bool>>(body, value.Parameters);

    private static Expression Parameter(object at)
    {
        var boxed = Boxed(at, Plain);
        return IsNullable ? Expression.Convert(boxed, typeof(TValue)) : boxed;
    }

    /// <summary>As a captured variable: a parameter of the statement, so that one plan serves every value.</summary>
    private static MemberExpression Boxed(object at, Type type)
    {
        var box = typeof(Captured<>).MakeGenericType(type);
        return Expression.Field(Expression.Constant(Activator.CreateInstance(box, at), box), nameof(Captured<int>.At));
    }

    private static object? Parse(string text)
    {
        if (Plain == typeof(string)) return text;
        if (Plain == typeof(DateOnly)) return Days.TryParse(text, out var day) ? day : null;
        if (Plain == typeof(DateTimeOffset)) return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture,
            out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        if (Plain == typeof(decimal))
            return decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : null;
        if (Plain == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
        if (Plain == typeof(bool)) return bool.TryParse(text, out var yes) ? yes : null;
        return null;
    }
}

internal sealed class Captured<TAt>(TAt at)
{
    public readonly TAt At = at;
}

internal sealed class Swap(ParameterExpression from, Expression to) : ExpressionVisitor
{
    protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
}

/// <summary>Business dates as text.</summary>
public static class Days
{
    public static bool TryParse(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

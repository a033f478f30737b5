using System.Globalization;
using System.Linq.Expressions;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>What is asked of a list. Everything in it can stand in an address, so that a link restores what was seen.</summary>
public sealed record ListRequest
{
    /// <summary>The search box: found in any searched field.</summary>
    public string? Find { get; init; }
    /// <summary>All must hold (R-QRY-1).</summary>
    public IReadOnlyList<ListCondition> Conditions { get; init; } = [];
    /// <summary>Key of a <see cref="ListView"/>.</summary>
    public string? View { get; init; }
    public string? Sort { get; init; }
    public bool? Descending { get; init; }
    /// <summary>Keys of the columns in order; null for the usual ones.</summary>
    public IReadOnlyList<string>? Columns { get; init; }
    public int Take { get; init; } = 20;
    /// <summary>Where to go on: <see cref="ListPage.Next"/> of the page before.</summary>
    public string? After { get; init; }
}

/// <param name="Values">One per column: text (labels of choices and people included), a number, a date, an instant, or nothing.</param>
public sealed record ListRow(Guid Id, IReadOnlyList<object?> Values);

/// <param name="Next">Hand it back for the following rows; null at the end.</param>
public sealed record ListPage(IReadOnlyList<ListField> Columns, IReadOnlyList<ListRow> Rows, string? Next);

/// <summary>How many there are; <paramref name="IsCapped"/> when there are more and counting stopped.</summary>
public sealed record ListCount(int Count, bool IsCapped);

/// <summary>A view that ships with the list: mine, entered today… (CUS-09).</summary>
/// <param name="Text">Text key.</param>
public sealed record ListView(string Key, string Text);

/// <summary>People as lists name and find them: the identity module, which this one cannot see.</summary>
public sealed record PeopleLookup(
    Func<CrmDbContext, IReadOnlyCollection<Guid>, CancellationToken, Task<Dictionary<Guid, string>>> NamesAsync,
    Func<CrmDbContext, string, CancellationToken, Task<IReadOnlyList<Guid>>> FindAsync);

/// <summary>
/// A list of records: one definition serves the page, its filters, the export and the print, so that what is exported is what was seen. Pages go on
/// where the last ended (keyset), counts stop at <see cref="CountCap"/>. Registered with <c>services.AddList&lt;T&gt;()</c>.
/// </summary>
public abstract class RecordList
{
    public const int CountCap = 1000, ExportCap = 100_000, MaxTake = 500;
    /// <summary>A longer export is a job.</summary>
    public const int LongExport = 5_000;
    public const string ExportKind = "lists.export";

    /// <summary>Module and records, such as <c>customers.customer</c>; in the export's address.</summary>
    public abstract string Key { get; }
    /// <summary>Text key of what the records are called.</summary>
    public abstract string Title { get; }
    /// <summary>Who may see the list; whose records is the list's own scope.</summary>
    public abstract Operation Operation { get; }
    /// <summary>Who may take it away: export and print (R-PER-1).</summary>
    public abstract Operation Export { get; }
    /// <summary>Where a row leads; null when rows have no page.</summary>
    public virtual string? Href(Guid id) => null;
    public abstract IReadOnlyList<ListField> FieldsFor(Actor actor);
    public virtual IReadOnlyList<ListView> Views => [];
    public abstract (string Field, bool Descending) DefaultOrder { get; }
    public abstract Task<Result<ListPage>> ReadAsync(Actor actor, ListRequest request, CancellationToken ct);
    public abstract Task<Result<ListCount>> CountAsync(Actor actor, ListRequest request, CancellationToken ct, int cap = CountCap);

    /// <summary>Writes into the audit that the list was taken away, by whom and filtered how. Refused without the right.</summary>
    public abstract Task<Result> RecordExportAsync(Actor actor, Guid operationId, ListRequest request, CancellationToken ct);

    /// <summary>The same for a long list, which a job writes into a file; returns the job.</summary>
    /// <param name="query">The request as an address keeps it.</param>
    public abstract Task<Result<Guid>> StartExportAsync(Actor actor, Guid operationId, ListRequest request, string query, CancellationToken ct);
}

/// <summary>What the job of a long export is given.</summary>
public sealed record ListExportOrder(string List, string Query);

/// <summary>What lists share.</summary>
public sealed record ListServices(WorkflowRuntime Runtime, BusinessTime Time, Dictionaries Dictionaries, PeopleLookup People, Texts Texts);

/// <inheritdoc cref="RecordList"/>
public abstract class RecordList<T>(ListServices services) : RecordList where T : class
{
    private List<ListField<T>>? _fields;

    /// <summary>The rows the actor may see: the data scope is in here.</summary>
    protected abstract IQueryable<T> Rows(CrmDbContext db, Actor actor);
    protected abstract Expression<Func<T, Guid>> Id { get; }
    protected abstract IEnumerable<ListField<T>> Define();
    /// <summary>What a view of <see cref="RecordList.Views"/> holds.</summary>
    protected virtual Expression<Func<T, bool>>? InView(string view, Actor actor, BusinessTime time) => null;

    public override IReadOnlyList<ListField> FieldsFor(Actor actor) => Fields(actor);

    public override Task<Result<ListPage>> ReadAsync(Actor actor, ListRequest request, CancellationToken ct) =>
        services.Runtime.ReadAsync<ListPage>(Operation, actor, async db =>
        {
            var fields = Fields(actor);
            var columns = request.Columns is { } chosen ? chosen.Select(key => fields.Find(f => f.Key == key)).OfType<ListField<T>>().ToList()
                : fields.FindAll(f => f.IsColumn);
            var sort = fields.Find(f => f.Key == request.Sort && f.IsSortable) ?? fields.Find(f => f.Key == DefaultOrder.Field)!;
            var descending = request.Descending ?? (sort.Key == DefaultOrder.Field && DefaultOrder.Descending);
            var take = Math.Clamp(request.Take, 1, MaxTake);

            var rows = await FilterAsync(db, actor, request, fields, ct);
            if (request.After?.IndexOf('|') is > 0 and var at && Guid.TryParse(request.After.AsSpan(0, at), out var id)
                && sort.After(request.After[(at + 1)..], id, Id, descending) is { } after) rows = rows.Where(after);
            var ordered = sort.Order(rows, descending);
            ordered = descending ? ordered.ThenByDescending(Id) : ordered.ThenBy(Id);
            var found = await ordered.Take(take + 1).Select(Projection([sort, .. columns])).ToListAsync(ct);
            var more = found.Count > take;
            if (more) found.RemoveAt(take);
            var next = more ? $"{found[^1][0]}|{sort.Cursor(found[^1][1])}" : null;
            return new ListPage(columns, await LabelAsync(db, columns, found, ct), next);
        }, ct);

    public override Task<Result<ListCount>> CountAsync(Actor actor, ListRequest request, CancellationToken ct, int cap = CountCap) =>
        services.Runtime.ReadAsync<ListCount>(Operation, actor, async db =>
        {
            var count = await (await FilterAsync(db, actor, request, Fields(actor), ct)).Take(cap + 1).CountAsync(ct);
            return new ListCount(Math.Min(count, cap), count > cap);
        }, ct);

    public override Task<Result> RecordExportAsync(Actor actor, Guid operationId, ListRequest request, CancellationToken ct) =>
        services.Runtime.ExecuteAsync(Export, actor, operationId, null, cmd =>
        Task.FromResult(Record(cmd, request)), ct);

    public override Task<Result<Guid>> StartExportAsync(Actor actor, Guid operationId, ListRequest request, string query, CancellationToken ct) =>
        services.Runtime.ExecuteAsync<Guid>(Export, actor, operationId, query, cmd =>
        Task.FromResult(Record(cmd, request) is { Problem: { } refused } ? refused
            : (Result<Guid>)cmd.StartJob(ExportKind, new ListExportOrder(Key, query), Phrase.Of(Title))), ct);

    private Result Record(Command cmd, ListRequest request)
    {
        if (!Operation.Access.Allows(cmd.Actor)) return new NotFound();
        cmd.Audit("export", cmd.OperationId, null,
            new { List = Key, request.Find, request.View, Conditions = request.Conditions.Select(c => c.ToString()).ToList() });
        return Result.Ok;
    }

    private List<ListField<T>> Fields(Actor actor) => (_fields ??= [.. Define()]).FindAll(f => f.Right is null || actor.Has(f.Right));

    private async Task<IQueryable<T>> FilterAsync(CrmDbContext db, Actor actor, ListRequest request, List<ListField<T>> fields, CancellationToken ct)
    {
        var rows = Rows(db, actor).AsNoTracking();
        if (request.View is { } view && InView(view, actor, services.Time) is { } inView) rows = rows.Where(inView);
        if (!string.IsNullOrWhiteSpace(request.Find))
            rows = rows.Where(Found(fields, request.Find.Length > 100 ? request.Find[..100] : request.Find));
        var people = new Dictionary<ListCondition, IReadOnlyList<Guid>>();
        foreach (var condition in request.Conditions)
            if (fields.Find(f => f.Key == condition.Field) is { Kind: FieldKind.Person } && condition.Value is { Length: > 0 } who)
                people[condition] = who == "me" ? [actor.UserId] : Guid.TryParse(who, out var id) ? [id]
                    : await services.People.FindAsync(db, who, ct);
        var context = new FilterContext(services.Time, people);
        foreach (var condition in request.Conditions)
            if (fields.Find(f => f.Key == condition.Field)?.Where(condition, context) is { } where) rows = rows.Where(where);
        return rows;
    }

    private static Expression<Func<T, bool>> Found(List<ListField<T>> fields, string text)
    {
        var row = Expression.Parameter(typeof(T));
        Expression any = Expression.Constant(false);
        foreach (var field in fields.Where(f => f.IsSearched))
            any = Expression.OrElse(any, ListField<T, string>.Like(new Swap(field.Value.Parameters[0], row).Visit(field.Value.Body), text));
        return Expression.Lambda<Func<T, bool>>(any, row);
    }

    /// <summary>Only what is shown leaves the database: id, sort value, columns.</summary>
    private Expression<Func<T, object?[]>> Projection(IReadOnlyList<ListField<T>> fields)
    {
        var row = Expression.Parameter(typeof(T));
        Expression Of(LambdaExpression value) => Expression.Convert(new Swap(value.Parameters[0], row).Visit(value.Body), typeof(object));
        return Expression.Lambda<Func<T, object?[]>>(Expression.NewArrayInit(typeof(object), fields.Select(f => Of(f.Value)).Prepend(Of(Id))), row);
    }

    private async Task<List<ListRow>> LabelAsync(CrmDbContext db, List<ListField<T>> columns, List<object?[]> found, CancellationToken ct)
    {
        var book = columns.Any(c => c.Dictionary is not null) ? await services.Dictionaries.ReadAsync(db, ct) : null;
        var people = columns.Index().Where(c => c.Item.Kind == FieldKind.Person).SelectMany(c => found.Select(r => r[c.Index + 2])).OfType<Guid>()
            .Where(id => id != Guid.Empty).ToHashSet();
        var names = people.Count == 0 ? [] : await services.People.NamesAsync(db, people, ct);
        return found.ConvertAll(r => new ListRow((Guid)r[0]!, [.. columns.Index().Select(c => Label(c.Item, r[c.Index + 2]))]));

        object? Label(ListField field, object? value) => value switch
        {
            null => null,
            Guid id when field.Kind == FieldKind.Person => id == Guid.Empty ? services.Texts["list.system"] : names.GetValueOrDefault(id, ""),
            string code when field.Dictionary is { } dictionary => book!.Label(dictionary, code),
            Enum item when field.EnumTexts is { } texts => services.Texts[$"{texts}.{item}"],
            _ => value,
        };
    }
}

public static class ListRegistration
{
    public static IServiceCollection AddList<T>(this IServiceCollection services) where T : RecordList =>
        services.AddScoped<T>().AddScoped<RecordList>(sp => sp.GetRequiredService<T>());
}

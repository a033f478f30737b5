using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>Whose records an actor sees: with the right, those of the customers in scope and those one entered or is named in.</summary>
internal static class BookScope
{
    public static IServiceCollection AddBookScopes(this IServiceCollection services) => services
        .AddScope(Of<Interaction>((me, parties) => r => r.CreatedBy == me || parties.Any(p => p.Id == r.CustomerId)))
        .AddScope(Of<FollowUpVisit>((me, parties) => r => r.CreatedBy == me || r.VisitorId == me || parties.Any(p => p.Id == r.CustomerId)))
        .AddScope(Of<ServiceRecord>((me, parties) => r => r.CreatedBy == me || r.EngineerId == me || parties.Any(p => p.Id == r.CustomerId)))
        .AddScope(Of<HotlineRecord>((me, parties) => r => r.CreatedBy == me || r.ServedBy == me || parties.Any(p => p.Id == r.CustomerId)));

    private static Func<CrmDbContext, Actor, Expression<Func<T, bool>>> Of<T>(Func<Guid, IQueryable<Party>, Expression<Func<T, bool>>> ways) where T
        : CustomerRecord =>
        (db, actor) => actor.Kind != ActorKind.Staff || !actor.Has(ServiceRights.ViewRecords) ? r => false
            : actor.Has(CustomersRights.ViewAll) ? r => true
            : ways(actor.UserId, db.Visible<Party>(actor));

    public static IQueryable<RecordLine> VisibleLines(this CrmDbContext db, Actor actor, RecordKind kind) => RecordBook.All[kind].Lines(db, actor);
}

public sealed record RecordRow(Guid Id, RecordKind Kind, DateTimeOffset At, Guid CustomerId, string CustomerName, string? Type, string PersonName,
    string Text, string? Contact, bool? IsDone);

/// <param name="Next">Hand it back for the following rows; null at the end.</param>
public sealed record RecordPage(IReadOnlyList<RecordRow> Rows, string? Next);

/// <summary>What a list of records is narrowed by; null is any.</summary>
public sealed record RecordFilter(RecordKind Kind)
{
    public Guid? CustomerId { get; init; }
    public string? Type { get; init; }
    public bool OnlyMine { get; init; }
    public bool? IsDone { get; init; }
    /// <summary>Part of the text, the contact or the customer.</summary>
    public string? Find { get; init; }
}

/// <summary>The records of one book, newest first.</summary>
public sealed class ListRecords(WorkflowRuntime runtime, Dictionaries dictionaries, Texts texts)
{
    public static readonly Operation Operation = new("Service.ListRecords", Access.Staff(ServiceRights.ViewRecords));

    public Task<Result<RecordPage>> HandleAsync(Actor actor, RecordFilter filter, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<RecordPage>(Operation, actor, async db =>
        {
            var lines = db.VisibleLines(actor, filter.Kind);
            if (filter.CustomerId is { } customer) lines = lines.Where(l => l.CustomerId == customer);
            if (!string.IsNullOrEmpty(filter.Type)) lines = lines.Where(l => l.Type == filter.Type);
            if (filter.OnlyMine) lines = lines.Where(l => l.Person == actor.UserId);
            if (filter.IsDone is { } done) lines = lines.Where(l => l.IsDone == done);
            if (!string.IsNullOrWhiteSpace(filter.Find))
            {
                var pattern = SearchEverything.Pattern(filter.Find.Trim());
                lines = lines.Where(l => EF.Functions.Like(l.Text, pattern, "\\") || EF.Functions.Like(l.Contact!, pattern,
                    "\\") || db.All<Party>().Any(p => p.Id == l.CustomerId && EF.Functions.Like(p.Name, pattern, "\\")));
            }
            if (RecordKeyset.Read(after) is { } from) lines = lines.Where(l => l.At < from.At || l.At == from.At && l.Id.CompareTo(from.Id) < 0);
            var page = await (from line in lines join party in db.All<Party>() on line.CustomerId equals party.Id orderby line.At descending,
                line.Id descending select new { Line = line, Customer = party.Name }).Take(take + 1).ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            var names = await db.UsersByIdAsync(page.Select(r => r.Line.Person).OfType<Guid>().Distinct().ToList(), ct);
            var book = await dictionaries.ReadAsync(db, ct);
            var dictionary = RecordBook.All[filter.Kind].TypeDictionary;
            return new RecordPage(page.ConvertAll(r => new RecordRow(r.Line.Id, filter.Kind, r.Line.At, r.Line.CustomerId, r.Customer,
                r.Line.Type is not { } type ? null : dictionary is null ? texts[$"service.interaction-category.{type}"]
                    : book.Label(dictionary, type),
                r.Line.Person is { } person && names.TryGetValue(person, out var known) ? known.Name : "", r.Line.Text, r.Line.Contact,
                    r.Line.IsDone)), more ? RecordKeyset.Write(page[^1].Line.At, page[^1].Line.Id) : null);
        }, ct);
}

/// <summary>A record, or an empty one, as its page shows it.</summary>
public sealed record RecordView(RecordKind Kind, Guid? Id, int Revision, PartyHead? Customer, IReadOnlyList<FormField> Fields)
{
    /// <summary>Number of an interaction.</summary>
    public string? No { get; init; }
    public string? CreatedByName { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public Guid? ComplaintId { get; init; }
    public string? ComplaintNo { get; init; }
    public Guid? VisitId { get; init; }
    public required bool CanEdit { get; init; }
}

public sealed class GetRecord(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Service.GetRecord", Access.Staff(ServiceRights.ViewRecords, ServiceRights.EditRecords));

    /// <param name="interactionId">For a new visit: the interaction it follows from (C-30).</param>
    public Task<Result<RecordView>> HandleAsync(Actor actor, RecordKind kind, Guid? id, Guid? customerId, Guid? interactionId,
        CancellationToken ct) => runtime.ReadAsync<RecordView>(Operation, actor, async db =>
    {
        var book = RecordBook.All[kind];
        CustomerRecord? record = null;
        if (id is { } known && (!await db.VisibleLines(actor, kind).AnyAsync(l => l.Id == known, ct)
            || (record = await book.FindAsync(db, known, ct)) is null)) return new NotFound();
        if (interactionId is { } unseen && !await db.VisibleLines(actor, RecordKind.Interaction).AnyAsync(l => l.Id == unseen, ct))
            return new NotFound();
        var interaction = interactionId is { } entry && record is null
            ? await db.All<Interaction>().AsNoTracking().SingleAsync(i => i.Id == entry, ct) : null;
        var party = (record?.CustomerId ?? interaction?.CustomerId ?? customerId) is { } wanted
            ? await (record is null ? db.Visible<Party>(actor) : db.All<Party>()).Where(p => p.Id == wanted)
                .Select(p => new PartyHead(p.Id, p.Type, p.No, p.Name)).SingleOrDefaultAsync(ct) : null;
        if (record is null && customerId is not null && party is null) return new NotFound();
        var words = new FormWords(await dictionaries.ReadAsync(db, ct), await ServiceChoices.StaffAsync(db, ct), time, actor);
        var fields = book.Fields(words, record);
        if (interaction is not null) fields = [.. fields.Select(f =>
            f.Key switch { "respondent" => f with { Initial = interaction.ContactName }, "phone" =>
            f with { Initial = interaction.Phone }, "content" => f with { Initial = interaction.Content }, _ => f })];
        var canEdit = actor.Has(ServiceRights.EditRecords);
        var complaint = (record as Interaction)?.ComplaintId ?? (record as FollowUpVisit)?.ComplaintId;
        return new RecordView(kind, id, record?.Revision ?? 0, party, canEdit ? fields : [.. fields.Select(f => f with { Mode = FieldMode.Read })])
        {
            No = (record as Interaction)?.No, CreatedAt = record?.CreatedAt, CanEdit = canEdit, VisitId = (record as Interaction)?.VisitId,
            CreatedByName = record is null ? null : (await db.UsersByIdAsync([record.CreatedBy], ct)).GetValueOrDefault(record.CreatedBy)?.Name,
            ComplaintId = complaint, ComplaintNo = complaint is { } c
                ? await db.Visible<Complaint>(actor).Where(x => x.Id == c).Select(x => x.No).SingleOrDefaultAsync(ct) : null,
        };
    }, ct);
}

/// <summary>Enters or changes a record of one of the books.</summary>
public sealed class SaveRecord(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Service.SaveRecord", Access.Staff(ServiceRights.EditRecords));

    /// <param name="id">Null enters a new one for the customer.</param>
    /// <param name="expectedRevision">The revision the page showed.</param>
    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, RecordKind kind, Guid? id, int expectedRevision, Guid customerId, Guid? interactionId, IReadOnlyDictionary<string, Value> data, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId,
            new { kind, id, customerId, Data = data.ToDictionary(d => d.Key, d => d.Value.ToText()) }, async cmd =>
            {
                var book = RecordBook.All[kind];
                CustomerRecord? record = null;
                if (id is { } known && (!await cmd.Db.VisibleLines(actor, kind).AnyAsync(l => l.Id == known, ct)
                    || (record = await book.FindAsync(cmd.Db, known, ct)) is null)) return new NotFound();
                if (record is not null && record.Revision != expectedRevision) return new RecordChanged();
                var missing = record is null && customerId == Guid.Empty ? new CustomerMissing() : null;
                if (record is null && missing is null && !await cmd.Db.Visible<Party>(actor).AnyAsync(p => p.Id == customerId, ct))
                    return new NotFound { Field = "customerId" };
                if (interactionId is { } from && !await cmd.Db.VisibleLines(actor, RecordKind.Interaction).AnyAsync(i =>
                    i.Id == from && i.CustomerId == customerId, ct)) return new NotFound { Field = "interactionId" };
                var fields = book.Fields(
                    new FormWords(await dictionaries.ReadAsync(cmd.Db, ct), await ServiceChoices.StaffAsync(cmd.Db, ct), time, actor), record);
                var merged = FormRules.Merge(fields, data);
                if (Problem.Together([missing, .. FormRules.Check(fields, "Save", merged)]) is { } wrong) return wrong;
                var values = new FormValues(merged, time);
                var isNew = record is null;
                record ??= await book.AddAsync(cmd, time, customerId, values, ct);
                if (book.Write(record, values).Problem is { } problem) return problem;
                if (isNew && record is FollowUpVisit visit && interactionId is { } entry
                    && await cmd.Db.All<Interaction>().SingleOrDefaultAsync(i => i.Id == entry && i.CustomerId == customerId, ct) is { } interaction)
                    (interaction.VisitId, interaction.Status) = (visit.Id, InteractionStatus.Done);
                if (!cmd.Changes(record)) return record.Id;
                cmd.Audit($"service-{kind.ToString().ToLowerInvariant()}", record.Id, null, new { record.CustomerId, record.At, isNew });
                var customer = await cmd.Db.All<Party>().Where(p => p.Id == record.CustomerId).Select(p => p.Name).SingleAsync(ct);
                await cmd.RecordSavedAsync($"Service.{kind}", record.Id, customer, isNew ? RecordChange.Created : RecordChange.Changed,
                    Value.Object([("CustomerId", record.CustomerId), .. merged.Select(m => (m.Key, m.Value))]), ct);
                return record.Id;
            }, ct);
}

internal sealed record RecordChanged : Problem
{
    public RecordChanged() : base("service.problem.record-changed") => Kind = ProblemKind.Conflict;
}

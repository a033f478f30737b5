using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

public sealed record HandlingView(int Round, string Method, string HandledByName, DateTimeOffset HandledAt, string? Location, string Result,
    int? Satisfaction, string? CustomerComment, string? Remarks, string CreatedByName, DateTimeOffset CreatedAt);
public sealed record CallBackView(int Round, int Attempt, string ByName, DateTimeOffset At, string? Respondent, int? Satisfaction, string? Comment);

/// <summary>A step of the timeline: who holds or decided it, since when, how many working days.</summary>
public sealed record ComplaintStage(SubjectTask Task,
    IReadOnlyList<string> Holders, int WorkingDays, IReadOnlyList<(string Name, string? Opinion)> Said, bool IsMine)
{
    public bool IsOpen => Task.ClosedAt is null;
    public bool Overdue(DateTimeOffset now) => Task.DueAt is { } due && (Task.ClosedAt is { } closed ? due < closed : due <= now);
}

/// <summary>One complaint as pages show it.</summary>
public sealed record ComplaintView
{
    public required Guid Id { get; init; }
    public required string No { get; init; }
    public required ComplaintState State { get; init; }
    public required ComplaintCategory? Category { get; init; }
    public required Guid CustomerId { get; init; }
    public required string CustomerName { get; init; }
    public required string? ProductName { get; init; }
    public required string? SaleOrderNo { get; init; }
    public required string? Source { get; init; }
    public required string Complainant { get; init; }
    public required string ContactInfo { get; init; }
    public required string Content { get; init; }
    public required string? Incident { get; init; }
    public required DateTimeOffset ComplainedAt { get; init; }
    public required DateTimeOffset? ExpectedBy { get; init; }
    public required string? VerificationResult { get; init; }
    public required string ReceivedByName { get; init; }
    public required string CreatedByName { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? SourcePerson { get; init; }
    public required string? Remarks { get; init; }
    public required string? AssignedToName { get; init; }
    public required DateTimeOffset? CallBackDueAt { get; init; }
    public required int? Satisfaction { get; init; }
    public required int Round { get; init; }
    public required ComplaintEnd? End { get; init; }
    public required DateTimeOffset? ClosedAt { get; init; }
    public required string? CancelReason { get; init; }
    public required string? CancelledByName { get; init; }
    public required int ReopenAtOrBelow { get; init; }
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<HandlingView> Handlings { get; init; }
    public required IReadOnlyList<CallBackView> CallBacks { get; init; }
    public required IReadOnlyList<ComplaintStage> Stages { get; init; }
    /// <summary>Names of the steps still to come, as the version it runs on has them.</summary>
    public required IReadOnlyList<string> Ahead { get; init; }
    public required InstanceTrace? Trace { get; init; }
    public required bool MayCancel { get; init; }

    public bool IsOpen => State is not (ComplaintState.Closed or ComplaintState.Cancelled);
    public ComplaintStage? OpenStage => Stages.LastOrDefault(s => s.IsOpen);
    /// <summary>Past what the customer expects, and not over.</summary>
    public bool IsLate(DateTimeOffset now) => IsOpen && ExpectedBy < now;
}

public sealed class GetComplaint(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Service.GetComplaint", Access.Staff());

    public Task<Result<ComplaintView>> HandleAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<ComplaintView>(Operation, actor, async db =>
        await ComplaintScope.MaySeeAsync(db, actor, id, ct) ? await ViewAsync(db, actor, id, ct) : new NotFound(), ct);

    private async Task<ComplaintView> ViewAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        var c = await db.All<Complaint>().AsNoTracking().Include(x => x.Handlings).Include(x => x.CallBacks).AsSplitQuery()
            .SingleAsync(x => x.Id == id, ct);
        var customer = await db.All<Party>().Where(p => p.Id == c.CustomerId).Select(p => p.Name).SingleAsync(ct);
        var product = c.ProductId is { } productId ? await db.All<Product>().Where(p => p.Id == productId).Select(p => p.Name).SingleAsync(ct) : null;
        var sale = c.SalesRecordId is { } saleId ? await db.All<SalesRecord>().Where(s => s.Id == saleId).Select(s => s.SaleOrderNo).SingleAsync(ct)
            : null;
        var tasks = await db.TasksOfAsync(ComplaintScope.Subject, id, ct);
        var people = new[] { c.CreatedBy, c.ReceivedBy }.Concat(new[] { c.AssignedTo, c.CancelledBy }.OfType<Guid>())
            .Concat(c.Handlings.SelectMany(h => new[] { h.HandledBy, h.CreatedBy }))
            .Concat(c.CallBacks.Select(x => x.By)).Concat(tasks.SelectMany(t => t.Decisions).Select(d => d.UserId)).Distinct().ToList();
        var names = await db.UsersByIdAsync(people, ct);
        var holders = await db.PrincipalNamesAsync(tasks.SelectMany(t => t.Holders)
            .Concat(tasks.Select(t => t.ClaimedBy).OfType<Guid>().Select(Principal.User)).Distinct().ToList(), ct);
        var calendar = await calendars.CurrentAsync(ct);
        return new ComplaintView
        {
            Id = c.Id, No = c.No, State = c.State, Category = c.Category, CustomerId = c.CustomerId, CustomerName = customer, ProductName = product,
            SaleOrderNo = sale, Source = c.Source is null ? null
                : (await dictionaries.ReadAsync(db, ct)).Label(ServiceDictionaries.ComplaintSource, c.Source), Complainant = c.Complainant,
            ContactInfo = c.ContactInfo, Content = c.Content, Incident = c.Incident, ComplainedAt = c.ComplainedAt, ExpectedBy = c.ExpectedBy,
            VerificationResult = c.VerificationResult, ReceivedByName = Name(c.ReceivedBy)!,
            CreatedByName = Name(c.CreatedBy)!, CreatedAt = c.CreatedAt, SourcePerson = c.SourcePerson, Remarks = c.Remarks,
            AssignedToName = Name(c.AssignedTo), CallBackDueAt = c.CallBackDueAt, Satisfaction = c.Satisfaction,
            Round = c.Round, End = c.End, ClosedAt = c.ClosedAt, CancelReason = c.CancelReason, CancelledByName = Name(c.CancelledBy),
            ReopenAtOrBelow = c.Rules.ReopenAtOrBelow,
            Handlings = [.. c.Handlings.OrderBy(h => h.Round)
                .Select(h => new HandlingView(h.Round, h.Method, Name(h.HandledBy)!, h.HandledAt, h.Location, h.Result, h.Satisfaction,
                h.CustomerComment, h.Remarks, Name(h.CreatedBy)!, h.CreatedAt))],
            CallBacks = [.. c.CallBacks.OrderBy(x => x.Round).ThenBy(x => x.Attempt)
                .Select(x => new CallBackView(x.Round, x.Attempt, Name(x.By)!, x.At, x.Respondent, x.Satisfaction, x.Comment))],
            Stages = [.. tasks.Select(t =>
                new ComplaintStage(t, HolderNames(t, holders), calendar.WorkingDaysBetween(t.CreatedAt, t.ClosedAt ?? time.Now),
                [.. t.Decisions.Where(d => d.Opinion is not null).Select(d => (Name(d.UserId)!, d.Opinion))],
                    t.ClosedAt is null && ComplaintScope.IsHeldBy(t, actor)))],
            Ahead = await db.StepsAheadAsync(actor, ComplaintScope.Subject, id, ct),
            Trace = c.InstanceId is { } instance ? await db.InstanceTraceAsync(instance, ct) : null,
            MayCancel = c.IsOpen && CancelComplaint.May(actor, c.CreatedBy, c.State),
        };

        string? Name(Guid? user) => user is { } u ? names.TryGetValue(u, out var known) ? known.Name : "" : null;
    }

    /// <summary>Who has claimed it, else whoever it is offered to.</summary>
    internal static IReadOnlyList<string> HolderNames(SubjectTask task, Dictionary<string, string> names) =>
        [.. (task.ClaimedBy is { } claimed ? [Principal.User(claimed)] : task.Holders).Select(h => names.GetValueOrDefault(h, ""))
            .Where(h => h.Length > 0).Distinct()];
}

public enum ComplaintTab { Open, Mine, Late, Over, All }

/// <summary>What a list of complaints is narrowed by; null is any.</summary>
public sealed record ComplaintFilter(ComplaintTab Tab)
{
    public Guid? CustomerId { get; init; }
    public ComplaintState? State { get; init; }
    public ComplaintCategory? Category { get; init; }
    public Guid? ProductId { get; init; }
    public Guid? AssignedTo { get; init; }
    /// <summary>Part of number, customer, complainant or content.</summary>
    public string? Find { get; init; }
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
}

/// <param name="Step">Title of the open step; null when none is open.</param>
public sealed record ComplaintRow(Guid Id, string No, ComplaintState State, ComplaintCategory? Category, Guid CustomerId, string CustomerName,
    string? ProductName, string Complainant, string Content, DateTimeOffset ComplainedAt,
    DateTimeOffset? ExpectedBy, DateTimeOffset? CallBackDueAt, int? Satisfaction, int Round, string? Step, Guid? TaskId,
        IReadOnlyList<string> Holders, DateTimeOffset? DueAt, bool IsMine);

/// <param name="Next">Hand it back for the following rows; null at the end.</param>
public sealed record ComplaintPage(IReadOnlyList<ComplaintRow> Rows, string? Next);

/// <summary>Complaints, newest first, in the scope of every complaint.</summary>
public sealed class ListComplaints(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Service.ListComplaints", Access.Staff());

    public Task<Result<ComplaintPage>> HandleAsync(Actor actor, ComplaintFilter filter, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<ComplaintPage>(Operation, actor, async db =>
        {
            var complaints = Narrow(db, actor, filter);
            if (RecordKeyset.Read(after) is { } from)
                complaints = complaints.Where(c => c.ComplainedAt < from.At || c.ComplainedAt == from.At && c.Id.CompareTo(from.Id) < 0);
            var page = await (from c in complaints
                              join party in db.All<Party>() on c.CustomerId equals party.Id
                              join product in db.All<Product>() on c.ProductId equals (Guid?)product.Id into products
                              from product in products.DefaultIfEmpty()
                              orderby c.ComplainedAt descending, c.Id descending
                              select new { Complaint = c, Customer = party.Name, Product = product == null ? null : product.Name }).Take(take + 1)
                                  .ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            var open = await db.OpenTasksAsync(ComplaintScope.Subject, page.ConvertAll(r => r.Complaint.Id), ct);
            var holders = await db.PrincipalNamesAsync(open.SelectMany(t => t)
                .SelectMany(t => t.Holders.Concat(t.ClaimedBy is { } claimed ? [Principal.User(claimed)] : [])).Distinct().ToList(), ct);
            return new ComplaintPage(page.ConvertAll(r =>
            {
                var (c, task) = (r.Complaint, open[r.Complaint.Id].MinBy(t => t.CreatedAt));
                return new ComplaintRow(c.Id, c.No, c.State, c.Category, c.CustomerId, r.Customer, r.Product, c.Complainant, c.Content,
                    c.ComplainedAt, c.ExpectedBy, c.CallBackDueAt, c.Satisfaction, c.Round, task?.Title, task?.Id,
                    task is null ? [] : GetComplaint.HolderNames(task, holders), task?.DueAt,
                        task is not null && ComplaintScope.IsHeldBy(task, actor));
            }), more ? RecordKeyset.Write(page[^1].Complaint.ComplainedAt, page[^1].Complaint.Id) : null);
        }, ct);

    /// <summary>How many there are per tab, counted to 100 at most.</summary>
    public Task<Result<IReadOnlyDictionary<ComplaintTab, int>>> CountsAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyDictionary<ComplaintTab, int>>(Operation, actor, async db =>
        {
            var counts = new Dictionary<ComplaintTab, int>();
            foreach (var tab in new[] { ComplaintTab.Open, ComplaintTab.Mine, ComplaintTab.Late })
                counts[tab] = await Narrow(db, actor, new(tab)).Take(100).CountAsync(ct);
            return counts;
        }, ct);

    private IQueryable<Complaint> Narrow(CrmDbContext db, Actor actor, ComplaintFilter filter)
    {
        var (complaints, now) = (db.Visible<Complaint>(actor).AsNoTracking(), time.Now);
        complaints = filter.Tab switch
        {
            ComplaintTab.Open => complaints.Where(c => c.State != ComplaintState.Closed && c.State != ComplaintState.Cancelled),
            ComplaintTab.Mine => complaints.Where(c => c.State != ComplaintState.Closed && c.State != ComplaintState.Cancelled && (
                c.AssignedTo == actor.UserId || c.ReceivedBy == actor.UserId)),
            ComplaintTab.Late => complaints.Where(c => c.State != ComplaintState.Closed && c.State != ComplaintState.Cancelled && c.ExpectedBy < now),
            ComplaintTab.Over => complaints.Where(c => c.State == ComplaintState.Closed || c.State == ComplaintState.Cancelled),
            _ => complaints,
        };
        if (filter.CustomerId is { } customer) complaints = complaints.Where(c => c.CustomerId == customer);
        if (filter.State is { } state) complaints = complaints.Where(c => c.State == state);
        if (filter.Category is { } category) complaints = complaints.Where(c => c.Category == category);
        if (filter.ProductId is { } product) complaints = complaints.Where(c => c.ProductId == product);
        if (filter.AssignedTo is { } technician) complaints = complaints.Where(c => c.AssignedTo == technician);
        if (filter.From is { } from) { var begin = time.At(from, TimeOnly.MinValue); complaints = complaints.Where(c => c.ComplainedAt >= begin); }
        if (filter.To is { } to) { var end = time.At(to.AddDays(1), TimeOnly.MinValue); complaints = complaints.Where(c => c.ComplainedAt < end); }
        if (!string.IsNullOrWhiteSpace(filter.Find))
        {
            var pattern = SearchEverything.Pattern(filter.Find.Trim());
            complaints = complaints.Where(c => EF.Functions.Like(c.No, pattern, "\\") || EF.Functions.Like(c.Complainant, pattern,
                "\\") || EF.Functions.Like(c.Content, pattern, "\\")
                || db.All<Party>().Any(p => p.Id == c.CustomerId && EF.Functions.Like(p.Name, pattern, "\\")));
        }
        return complaints;
    }
}

/// <summary>Where a list ordered by an instant, newest first, goes on.</summary>
internal static class RecordKeyset
{
    public static string Write(DateTimeOffset at, Guid id) => $"{at.UtcTicks:x}.{id:N}";

    public static (DateTimeOffset At, Guid Id)? Read(string? text) =>
        text?.Split('.') is [var ticks, var id] && long.TryParse(ticks, System.Globalization.NumberStyles.HexNumber, null, out var t) && t >= 0
            && t <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParse(id, out var guid)
            ? (new DateTimeOffset(t, TimeSpan.Zero), guid) : null;
}

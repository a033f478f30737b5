using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

internal enum FirstVisitTab { Waiting, All }

/// <param name="TaskId">The open step, where the visit is recorded; null when there is none.</param>
public sealed record FirstVisitRow(Guid Id, string CustomerName, string CustomerNo, string SaleOrderNo, string ProductName, DateOnly SaleDate,
    string? ContactName, string? Phone, DateOnly DueOn, FirstVisitState State,
    string? Visitor, DateTimeOffset? VisitedAt, int? Satisfaction, Importance Level, Guid? TaskId);

internal sealed record FirstVisitList(IReadOnlyList<FirstVisitRow> Rows, string? Next);

/// <summary>第一次拜访: what waits, by its due day, or all by sale date; searchable by customer, order, product, contact, visitor (R-FV-1).</summary>
internal sealed class ListFirstVisits(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Care.ListFirstVisits", Access.Staff(CareRights.View));

    public Task<Result<FirstVisitList>> HandleAsync(Actor actor, FirstVisitTab tab, string? find, Guid? customer, int take, string? after,
        CancellationToken ct) => runtime.ReadAsync<FirstVisitList>(Operation, actor, async db =>
    {
        var visits = db.Visible<FirstVisit>(actor).AsNoTracking();
        if (tab == FirstVisitTab.Waiting) visits = visits.Where(v => v.State == FirstVisitState.Waiting);
        if (customer is not null) visits = visits.Where(v => v.CustomerId == customer);
        if (!string.IsNullOrWhiteSpace(find)) visits = Matching(visits, SearchEverything.Pattern(find.Trim()));
        if (after?.Split('|') is [var day, var last] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var date) && Guid.TryParse(last, out var id))
            visits = tab == FirstVisitTab.Waiting
                ? visits.Where(v => v.DueOn > date || v.DueOn == date && v.Id.CompareTo(id) > 0)
                : visits.Where(v => v.SaleDate < date || v.SaleDate == date && v.Id.CompareTo(id) < 0);
        var page = await (tab == FirstVisitTab.Waiting ? visits.OrderBy(v => v.DueOn).ThenBy(v => v.Id)
            : visits.OrderByDescending(v => v.SaleDate).ThenByDescending(v => v.Id)).Take(take + 1).ToListAsync(ct);
        var more = page.Count > take;
        if (more) page.RemoveAt(take);
        var tasks = await db.OpenTasksAsync(FirstVisitScope.Subject, page.Where(v => v.IsWaiting).Select(v => v.Id).ToList(), ct);
        var levels = await ReminderLevels.InForceAsync(db, calendars, time, ct);
        return new FirstVisitList(
            page.ConvertAll(v => new FirstVisitRow(v.Id, v.CustomerName, v.CustomerNo, v.SaleOrderNo, v.ProductName, v.SaleDate, v.ContactName,
                v.MobilePhone ?? v.OfficePhone, v.DueOn, v.State, v.Visitor, v.VisitedAt,
                v.Satisfaction, v.IsWaiting ? levels.Of(FirstVisitReminders.Of(v, time, ""), time.Now) : Importance.Normal,
                    tasks[v.Id].Select(t => (Guid?)t.Id).FirstOrDefault())),
            more ? $"{(tab == FirstVisitTab.Waiting ? page[^1].DueOn : page[^1].SaleDate):yyyy-MM-dd}|{page[^1].Id}" : null);
    }, ct);

    public Task<Result<int>> CountWaitingAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<int>(Operation, actor, async db =>
            await db.Visible<FirstVisit>(actor).Where(v => v.State == FirstVisitState.Waiting).Take(100).CountAsync(ct), ct);

    internal static IQueryable<FirstVisit> Matching(IQueryable<FirstVisit> visits, string pattern) =>
        visits.Where(v => EF.Functions.Like(v.CustomerName, pattern, "\\") || EF.Functions.Like(v.CustomerNo, pattern, "\\")
            || EF.Functions.Like(v.SaleOrderNo, pattern, "\\") || EF.Functions.Like(v.ProductName, pattern, "\\")
            || EF.Functions.Like(v.ContactName!, pattern, "\\") || EF.Functions.Like(v.MobilePhone!, pattern, "\\")
                || EF.Functions.Like(v.Visitor!, pattern, "\\"));
}

/// <summary>One first visit with its open step.</summary>
internal sealed record FirstVisitView(FirstVisit Visit, string CreatedByName, string? CancelledByName, Guid? TaskId, Importance Level);

internal sealed class GetFirstVisit(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Care.GetFirstVisit", Access.Staff());

    public Task<Result<FirstVisitView>> HandleAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<FirstVisitView>(Operation, actor, async db =>
        {
            if (!await db.MaySeeVisitAsync(actor, id, ct)) return new NotFound();
            var visit = await db.All<FirstVisit>().AsNoTracking().SingleAsync(v => v.Id == id, ct);
            var tasks = await db.OpenTasksAsync(FirstVisitScope.Subject, [id], ct);
            var names = await CrmFlow.Identity.Organisation.UsersByIdAsync(db, [visit.CreatedBy, visit.CancelledBy ?? visit.CreatedBy], ct);
            var levels = await ReminderLevels.InForceAsync(db, calendars, time, ct);
            return new FirstVisitView(visit, names.GetValueOrDefault(visit.CreatedBy)?.Name ?? "",
                visit.CancelledBy is { } by ? names.GetValueOrDefault(by)?.Name : null, tasks[id].Select(t => (Guid?)t.Id).FirstOrDefault(),
                visit.IsWaiting ? levels.Of(FirstVisitReminders.Of(visit, time, ""), time.Now) : Importance.Normal);
        }, ct);
}

/// <summary>First visits in the shell's search: the record stays findable when it has left the list (R-FV-1).</summary>
internal sealed class FirstVisitSearch : ISearchSource
{
    public string Heading => "care.visits";
    public int Order => 60;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!ListFirstVisits.Operation.Access.Allows(actor)) return [];
        var rows = await ListFirstVisits.Matching(db.Visible<FirstVisit>(actor).AsNoTracking(), SearchEverything.Pattern(text))
            .OrderByDescending(v => v.SaleDate).ThenByDescending(v => v.Id).Take(take).ToListAsync(ct);
        return rows.ConvertAll(v =>
            new SearchHit($"/care/visits/{v.Id}", v.CustomerName, $"{v.ProductName}　{v.SaleOrderNo}　{v.SaleDate:yyyy-MM-dd}", []));
    }
}

/// <summary>Source 3 of the calendar: from the sale until the visit is made (R-CAL-1).</summary>
internal sealed class FirstVisitReminders(BusinessTime time, Texts texts) : IReminderSource
{
    public async Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct)
    {
        var visits = await db.Visible<FirstVisit>(actor).AsNoTracking().Where(v => v.State == FirstVisitState.Waiting && v.SaleDate <= range.To)
            .OrderBy(v => v.DueOn).ThenBy(v => v.Id).Take(ReminderRange.MaxPerSource).ToListAsync(ct);
        if (range.OnlyMine)
        {
            var tasks = await db.OpenTasksAsync(FirstVisitScope.Subject, visits.ConvertAll(v => v.Id), ct);
            visits.RemoveAll(v => !tasks[v.Id].Any(t => t.ClaimedBy is { } by ? by == actor.UserId : t.Holders.Any(actor.Principals.Contains)));
        }
        return visits.ConvertAll(v => Of(v, time, texts["care.reminder.visit", v.ProductName]));
    }

    public static Reminder Of(FirstVisit visit, BusinessTime time, string title) =>
        new(ReminderSource.FirstVisit, visit.Id, title, $"/care/visits/{visit.Id}")
    {
        About = visit.CustomerName, Since = time.At(visit.SaleDate, TimeOnly.MinValue), DueAt = time.At(visit.DueOn, WorkingCalendar.DayEnd),
        IsAllDay = true,
    };
}

using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

internal sealed record CareRecordRow(Guid Id, Guid PartyId, string TargetName, string CustomerName, DateOnly CaredAt, string CareType,
    string CareMethod, string? PerformedBy, string? Remarks, DateTimeOffset CreatedAt);
internal sealed record CareRecordPage(IReadOnlyList<CareRecordRow> Rows, string? Next);

/// <summary>客户关怀记录, newest first; of all customers in scope or of one.</summary>
internal sealed class ListCareRecords(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.ListCareRecords", Access.Staff(CareRights.View));

    public Task<Result<CareRecordPage>> HandleAsync(Actor actor, string? find, Guid? customer, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<CareRecordPage>(Operation, actor, async db =>
        {
            var records = db.Visible<CareRecord>(actor).AsNoTracking();
            if (customer is not null) records = records.Where(r => r.PartyId == customer);
            if (after?.Split('|') is [var day, var last] && CareMorning.FromIso(day) is { } date && Guid.TryParse(last, out var id))
                records = records.Where(r => r.CaredAt < date || r.CaredAt == date && r.Id.CompareTo(id) < 0);
            var rows = from r in records
                       join p in db.All<Party>() on r.PartyId equals p.Id
                       select new { Record = r, Customer = p.Name };
            if (!string.IsNullOrWhiteSpace(find))
            {
                var pattern = SearchEverything.Pattern(find.Trim());
                rows = rows.Where(r => EF.Functions.Like(r.Record.TargetName, pattern, "\\") || EF.Functions.Like(r.Customer, pattern, "\\")
                    || EF.Functions.Like(r.Record.PerformedBy!, pattern, "\\"));
            }
            var page = await rows.OrderByDescending(r => r.Record.CaredAt).ThenByDescending(r => r.Record.Id).Take(take + 1).ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            return new CareRecordPage(page.ConvertAll(r => new CareRecordRow(r.Record.Id, r.Record.PartyId, r.Record.TargetName, r.Customer,
                r.Record.CaredAt, r.Record.CareType, r.Record.CareMethod, r.Record.PerformedBy, r.Record.Remarks, r.Record.CreatedAt)),
                more ? $"{CareMorning.Iso(page[^1].Record.CaredAt)}|{page[^1].Record.Id}" : null);
        }, ct);
}

/// <summary>An occasion as a person sees it who is to do it.</summary>
public sealed record OccasionView(CareOccasion Occasion, string CustomerName, string? ContactName, string? JobTitle, string? Phone, string? Email,
    string? Address, string? Hobbies, bool NoMails, Guid? TaskId);

internal sealed class GetOccasion(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.GetOccasion", Access.Staff());

    public Task<Result<OccasionView>> HandleAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<OccasionView>(Operation, actor, async db =>
        {
            if (!await new CareOccasionSubject().MaySeeAsync(db, actor, id, ct)) return new NotFound();
            var occasion = await db.All<CareOccasion>().AsNoTracking().SingleAsync(o => o.Id == id, ct);
            var party = await db.All<Party>().AsNoTracking().SingleAsync(p => p.Id == occasion.PartyId, ct);
            var contact = occasion.ContactId is { } c ? await db.All<Contact>().AsNoTracking().SingleOrDefaultAsync(x => x.Id == c, ct) : null;
            var noMails = await db.All<CareOptOut>().AnyAsync(o => o.Id == occasion.PartyId || o.Id == occasion.ContactId, ct);
            var tasks = await db.OpenTasksAsync(CareScope.Subject, [id], ct);
            return new OccasionView(occasion, party.Name, contact?.Name ?? party.ContactName, contact?.JobTitle,
                contact?.MobilePhone ?? contact?.OfficePhone ?? party.MobilePhone ?? party.OfficePhone, contact?.Email ?? party.Email,
                contact?.Address ?? party.Address, contact?.Hobbies, noMails, tasks[id].Select(t => (Guid?)t.Id).FirstOrDefault());
        }, ct);
}

/// <param name="NextOn">The next day of a festival or of regular care; null for days of persons and companies.</param>
internal sealed record CarePlanRow(CarePlan Plan, string? AudienceName, DateOnly? NextOn, int Done);

internal sealed class ListCarePlans(WorkflowRuntime runtime, BusinessTime time)
{
    public static readonly Operation Operation = new("Care.ListCarePlans", Access.Staff(CareRights.View, CareRights.Plan));

    public Task<Result<IReadOnlyList<CarePlanRow>>> HandleAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<CarePlanRow>>(Operation, actor, async db =>
        {
            var audiences = await db.All<Audience>().AsNoTracking().ToDictionaryAsync(a => a.Id, a => a.Name, ct);
            var done = await db.All<CareOccasion>().Where(o => o.State == CareOccasionState.Done).GroupBy(o => o.PlanId)
                .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            var (rules, festivals) =
                (await db.SettingAsync(CareSettings.AnnualDays, time.Now, ct), await db.SettingAsync(CareSettings.Festivals, time.Now, ct));
            var plans = await db.All<CarePlan>().AsNoTracking().OrderByDescending(p => p.IsActive).ThenBy(p => p.Name).ThenBy(p => p.Id).Take(200)
                .ToListAsync(ct);
            return plans.ConvertAll(p => new CarePlanRow(p, p.AudienceId is { } a ? audiences.GetValueOrDefault(a) : null,
                p.Occasion is CareOccasionKind.Festival or CareOccasionKind.Regular ? Next(p, rules, festivals) : null,
                    done.GetValueOrDefault(p.Id)));
        }, ct);

    public Task<Result<CarePlan>> GetAsync(Actor actor, Guid id, CancellationToken ct) => runtime.ReadAsync<CarePlan>(Operation, actor, async db =>
        await db.All<CarePlan>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } plan ? plan : new NotFound(), ct);

    /// <summary>The festivals one can choose.</summary>
    public Task<Result<Festival[]>> FestivalsAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<Festival[]>(Operation, actor, async db => await db.SettingAsync(CareSettings.Festivals, time.Now, ct), ct);

    private DateOnly? Next(CarePlan plan, AnnualDayRules rules, Festival[] festivals)
    {
        for (var (day, end) = (time.Today, time.Today.AddMonths(37)); day < end; day = day.AddDays(1))
            if (plan.Follows(day, DaysOn.Of(day, rules), festivals)) return day;
        return null;
    }
}

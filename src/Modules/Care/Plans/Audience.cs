using System.Text.Json;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>Which customers: every list that is not empty must hold the customer's value, all conditions together.</summary>
public sealed record AudienceFilter
{
    public string[] Levels { get; init; } = [];
    public string[] CustomerTypes { get; init; } = [];
    public string[] Statuses { get; init; } = [];
    public string[] Stages { get; init; } = [];
    public string[] Regions { get; init; } = [];
    public string[] Industries { get; init; } = [];
    public string[] Provinces { get; init; } = [];
    /// <summary>Bought one of these products.</summary>
    public Guid[] Products { get; init; } = [];
    /// <summary>Bought anything on or after this day.</summary>
    public DateOnly? BoughtSince { get; init; }
    public bool OnlyWithEmail { get; init; }

    public IQueryable<Party> Apply(IQueryable<Party> customers, CrmDbContext db)
    {
        customers = customers.Where(p => p.Type == PartyType.Customer);
        if (Levels.Length > 0) customers = customers.Where(p => Levels.Contains(p.Level!));
        if (CustomerTypes.Length > 0) customers = customers.Where(p => CustomerTypes.Contains(p.CustomerType!));
        if (Statuses.Length > 0) customers = customers.Where(p => Statuses.Contains(p.Status!));
        if (Stages.Length > 0) customers = customers.Where(p => Stages.Contains(p.Stage!));
        if (Regions.Length > 0) customers = customers.Where(p => Regions.Contains(p.Region!));
        if (Industries.Length > 0) customers = customers.Where(p => Industries.Contains(p.Industry!));
        if (Provinces.Length > 0) customers = customers.Where(p => Provinces.Contains(p.Province!));
        if (Products.Length > 0)
            customers = customers.Where(p => db.All<SalesRecord>().Any(s => s.CustomerId == p.Id && Products.Contains(s.ProductId)));
        if (BoughtSince is { } since) customers = customers.Where(p => db.All<SalesRecord>().Any(s => s.CustomerId == p.Id && s.SaleDate >= since));
        if (OnlyWithEmail) customers = customers.Where(p =>
            p.Email != null && p.Email != "" || db.All<Contact>().Any(c => c.PartyId == p.Id && c.Email != null && c.Email != ""));
        return customers;
    }
}

/// <summary>A saved customer filter (R-CARE-1): regular care goes to whom it holds on the day.</summary>
internal sealed class Audience : BusinessRecord
{
    public required string Name { get; set; }
    public required AudienceFilter Filter { get; set; }
}

/// <param name="Count">Customers it holds today, counted up to 10,000.</param>
public sealed record AudienceRow(Guid Id, string Name, AudienceFilter Filter, int Count, int Revision);

internal sealed class ListAudiences(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.ListAudiences", Access.Staff(CareRights.View, CareRights.Plan));
    private const int CountCap = 10_000;

    public Task<Result<IReadOnlyList<AudienceRow>>> HandleAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<AudienceRow>>(Operation, actor, async db =>
        {
            List<AudienceRow> rows = [];
            foreach (var a in await db.All<Audience>().AsNoTracking().OrderBy(a => a.Name).ThenBy(a => a.Id).Take(200).ToListAsync(ct))
                rows.Add(new(a.Id, a.Name, a.Filter, await a.Filter.Apply(db.All<Party>(), db).Take(CountCap).CountAsync(ct), a.Revision));
            return rows;
        }, ct);

    /// <summary>How many customers a filter that is being edited holds.</summary>
    public Task<Result<int>> CountAsync(Actor actor, AudienceFilter filter, CancellationToken ct) =>
        runtime.ReadAsync<int>(Operation, actor, async db => await filter.Apply(db.All<Party>(), db).Take(CountCap).CountAsync(ct), ct);
}

internal sealed class SaveAudience(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.SaveAudience", Access.Staff(CareRights.Plan));

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid? id, int revision, string? name, AudienceFilter filter,
        CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { id, revision, name, Filter = JsonSerializer.Serialize(filter) }, async cmd =>
        {
            if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > 60) return new AudienceNameMissing();
            if (await cmd.Db.All<Audience>().AnyAsync(a => a.Name == name.Trim() && a.Id != id, ct)) return new AudienceNameTaken(name.Trim());
            if (id is null)
            {
                var made = new Audience { Id = cmd.NewId(), Name = name.Trim(), Filter = filter };
                cmd.Db.Add(made);
                cmd.Audit("audience", made.Id, null, new { made.Name, made.Filter });
                return made.Id;
            }
            if (await cmd.Db.All<Audience>().AsTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { } audience) return new NotFound();
            if (audience.Revision != revision) return new CareChanged();
            var before = new { audience.Name, audience.Filter };
            (audience.Name, audience.Filter) = (name.Trim(), filter);
            if (cmd.Changes(audience)) cmd.Audit("audience", audience.Id, before, new { audience.Name, audience.Filter });
            return audience.Id;
        }, ct);
}

internal sealed record AudienceNameMissing : Problem
{
    public AudienceNameMissing() : base("care.problem.audience-name") => (Kind, Field) = (ProblemKind.Invalid, "name");
}
internal sealed record AudienceNameTaken : Problem
{
    public AudienceNameTaken(string name) : base("care.problem.audience-taken", name) => Field = "name";
}
/// <summary>Somebody else changed the record while this person edited it.</summary>
internal sealed record CareChanged : Problem
{
    public CareChanged() : base("care.problem.changed") => Kind = ProblemKind.Conflict;
}

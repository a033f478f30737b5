using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <param name="People">Contacts by name.</param>
internal sealed record CareTarget(Guid PartyId, string Name, bool NoMails, IReadOnlyList<(Guid Id, string Name, bool NoMails)> People);

/// <summary>A customer and its contacts, for writing down care.</summary>
internal sealed class GetCareTarget(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.GetTarget", Access.Staff(CareRights.Edit));

    public Task<Result<CareTarget>> HandleAsync(Actor actor, Guid party, CancellationToken ct) =>
        runtime.ReadAsync<CareTarget>(Operation, actor, async db =>
        {
            if (await db.Visible<Party>(actor).Where(p => p.Id == party).Select(p => p.Name).SingleOrDefaultAsync(ct) is not { } name)
                return new NotFound();
            var people = await db.All<Contact>().AsNoTracking().Where(c => c.PartyId == party).OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Name)
                .ThenBy(c => c.Id).Take(200)
                .Select(c => new { c.Id, c.Name, NoMails = db.All<CareOptOut>().Any(o => o.Id == c.Id) }).ToListAsync(ct);
            return new CareTarget(party, name, await db.All<CareOptOut>().AnyAsync(o => o.Id == party, ct),
                people.ConvertAll(p => (p.Id, p.Name, p.NoMails)));
        }, ct);
}

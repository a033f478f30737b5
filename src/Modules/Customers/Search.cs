using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>Customers by name, number, contact or phone; each hit carries every operation possible on it (R-NAV-1).</summary>
internal sealed class CustomerSearch(IEnumerable<PartyAction> actions) : ISearchSource
{
    public string Heading => "customers.list";
    public int Order => 30;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!GetParty.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var parties = db.Visible<Party>(actor).AsNoTracking();
        var rows = await parties
            .Where(p => p.Type == PartyType.Customer && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\")
                || EF.Functions.Like(p.ContactName!, pattern, "\\")
                || EF.Functions.Like(p.OfficePhone!, pattern, "\\") || EF.Functions.Like(p.MobilePhone!, pattern, "\\")
                || db.All<Contact>()
                    .Any(c => c.PartyId == p.Id && (EF.Functions.Like(c.Name, pattern, "\\") || EF.Functions.Like(c.MobilePhone!, pattern, "\\")))))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Take(take).ToListAsync(ct);
        var mine = actions.Where(a => a.Access.Allows(actor) && a.Only is null or PartyType.Customer).OrderBy(a => a.Order).ToList();
        return rows.ConvertAll(p => new SearchHit(PartyRoutes.Page(p.Type, p.Id), p.Name,
            string.Join("　", new[] { p.No, p.ContactName, p.MobilePhone ?? p.OfficePhone }.OfType<string>()),
            [.. mine.Select(a => (a.Text, a.For(p.Id)))]));
    }
}

using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>Customers by name, number, contact or phone.</summary>
internal sealed class CustomerSearch : ISearchSource
{
    public string Heading => "customers.list";
    public int Order => 30;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!ListParties.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var rows = await db.VisibleParties(actor).AsNoTracking()
            .Where(p => p.Type == PartyType.Customer && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\") || EF.Functions.Like(p.ContactName!, pattern, "\\") || EF.Functions.Like(p.OfficePhone!, pattern, "\\")))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Take(take).ToListAsync(ct);
        return rows.ConvertAll(p => new SearchHit($"/customers?find={Uri.EscapeDataString(p.No)}", p.Name, string.Join("　", new[] { p.No, p.ContactName, p.OfficePhone }.OfType<string>()),
            [("customers.link.sales", $"/sales?find={Uri.EscapeDataString(p.Name)}")]));
    }
}

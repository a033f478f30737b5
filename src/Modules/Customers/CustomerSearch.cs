using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>Customers by name, number or phone, for staff.</summary>
internal sealed class CustomerSearch : ISearchSource
{
    public string Heading => "customers.customers";
    public int Order => 200;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!ListParties.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var found = await db.Set<Party>().AsNoTracking().Where(p => p.Type == PartyType.Customer && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\") || EF.Functions.Like(p.Phone!, pattern, "\\")))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Select(p => new { p.No, p.Name, p.ContactName }).Take(take).ToListAsync(ct);
        return found.ConvertAll(p => new SearchHit($"/customers?find={Uri.EscapeDataString(p.No)}", p.Name, p.ContactName is null ? p.No : $"{p.No}，{p.ContactName}", [("customers.their-sales", $"/sales?find={Uri.EscapeDataString(p.Name)}")]));
    }
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>Complaints by number, customer or complainant, in the scope of every complaint list.</summary>
internal sealed class ComplaintSearch(Texts texts) : ISearchSource
{
    public string Heading => "service.complaints";
    public int Order => 40;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        var pattern = SearchEverything.Pattern(text);
        var rows = await (from c in db.Visible<Complaint>(actor).AsNoTracking()
                          join party in db.All<Party>() on c.CustomerId equals party.Id
                          where EF.Functions.Like(c.No, pattern, "\\") || EF.Functions.Like(party.Name, pattern, "\\")
                              || EF.Functions.Like(c.Complainant, pattern, "\\") || EF.Functions.Like(c.ContactInfo, pattern, "\\")
                          orderby c.ComplainedAt descending, c.Id
                          select new { c.Id, c.No, c.State, c.Complainant, Customer = party.Name }).Take(take).ToListAsync(ct);
        return rows.ConvertAll(r =>
            new SearchHit($"/service/complaints/{r.Id}", $"{r.No}　{r.Customer}", $"{texts[$"service.state.{r.State}"]}　{r.Complainant}", []));
    }
}

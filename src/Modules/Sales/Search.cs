using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>Sales lines by order, authorization or dongle number, customer or product, in the scope of the sales list.</summary>
internal sealed class SaleSearch : ISearchSource
{
    public string Heading => "sales.list";
    public int Order => 40;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!SaleRecords.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var rows = await (from s in db.Visible<SalesRecord>(actor).AsNoTracking()
                          join product in db.All<Product>() on s.ProductId equals product.Id
                          join customer in db.All<Party>() on s.CustomerId equals customer.Id
                          where EF.Functions.Like(s.SaleOrderNo, pattern, "\\") || EF.Functions.Like(s.ServiceAuthorizationNo!, pattern, "\\")
                              || EF.Functions.Like(customer.Name, pattern, "\\") || EF.Functions.Like(product.Name, pattern, "\\")
                              || s.Dongles.Any(d => EF.Functions.Like(d.DongleNo, pattern, "\\"))
                          orderby s.SaleDate descending, s.Id descending
                          select new { s.Id, s.SaleOrderNo, s.SaleDate, Product = product.Name, Customer = customer.Name, CustomerId = customer.Id,
                              customer.Type }).Take(take).ToListAsync(ct);
        return rows.ConvertAll(s => new SearchHit($"/sales/{s.Id}", $"{s.SaleOrderNo}　{s.Product}", $"{s.Customer}　{Days.Iso(s.SaleDate)}",
            actor.Kind == ActorKind.Staff && actor.Has(CustomersRights.View) ? [("sales.link.customer", PartyRoutes.Page(s.Type, s.CustomerId))]
                : []));
    }
}

using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>Sales lines by order number, customer or product, in the scope of <see cref="ListSales"/>.</summary>
internal sealed class SaleSearch : ISearchSource
{
    public string Heading => "sales.sales";
    public int Order => 210;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!ListSales.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var found = await (from s in ListSales.VisibleTo(db.Set<SalesRecord>().AsNoTracking(), actor)
                           join product in db.Set<Product>() on s.ProductId equals product.Id
                           join customer in db.Set<Party>() on s.CustomerId equals customer.Id
                           where EF.Functions.Like(s.SaleOrderNo, pattern, "\\") || EF.Functions.Like(customer.Name, pattern, "\\") || EF.Functions.Like(product.Name, pattern, "\\")
                           orderby s.SaleDate descending, s.Id descending
                           select new { s.SaleOrderNo, s.SaleDate, s.Quantity, Product = product.Name, Customer = customer.Name }).Take(take).ToListAsync(ct);
        return found.ConvertAll(s => new SearchHit($"/sales?find={Uri.EscapeDataString(s.SaleOrderNo)}", s.SaleOrderNo, $"{s.Product} ×{s.Quantity}，{s.Customer}，{s.SaleDate:yyyy-MM-dd}", []));
    }
}

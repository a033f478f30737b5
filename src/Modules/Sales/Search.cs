using CrmFlow.Runtime;

namespace CrmFlow.Sales;

/// <summary>Sales lines by order number, customer or product, in the scope of the sales list.</summary>
internal sealed class SaleSearch(ListSales list) : ISearchSource
{
    public string Heading => "sales.list";
    public int Order => 40;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        var page = await list.HandleAsync(actor, text, take, null, ct);
        return page.Failed ? [] : [.. page.Value.Rows.Select(s => new SearchHit($"/sales?find={Uri.EscapeDataString(s.SaleOrderNo)}", $"{s.SaleOrderNo}　{s.ProductName}", $"{s.CustomerName}　{s.SaleDate:yyyy-MM-dd}", []))];
    }
}

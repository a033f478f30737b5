using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

public sealed record SaleRow(Guid Id, string SaleOrderNo, DateOnly SaleDate, string ProductName, int Quantity, string CustomerName, string? AgentName, decimal AmountReceivable, decimal AmountReceived);

/// <param name="Next">Hand it back for the following rows; null at the end.</param>
public sealed record SalePage(IReadOnlyList<SaleRow> Rows, string? Next);

/// <summary>Sales lines, newest first. An agent sees the lines sold through it, staff all; the scope of a line is decided here.</summary>
public sealed class ListSales(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Sales.ListSales", Access.AgentsAndStaff(SalesRights.View));

    public Task<Result<SalePage>> HandleAsync(Actor actor, string? find, int take, string? after, CancellationToken ct) => runtime.ReadAsync<SalePage>(Operation, actor, async db =>
    {
        var sales = db.VisibleSales(actor).AsNoTracking();
        if (after?.Split('|') is [var day, var last] && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && Guid.TryParse(last, out var id))
            sales = sales.Where(s => s.SaleDate < date || s.SaleDate == date && s.Id.CompareTo(id) < 0);
        var rows = from s in sales
                   join product in db.Set<Product>() on s.ProductId equals product.Id
                   join customer in db.Set<Party>() on s.CustomerId equals customer.Id
                   join agent in db.Set<Party>() on s.AgentId equals (Guid?)agent.Id into agents
                   from agent in agents.DefaultIfEmpty()
                   select new { Sale = s, Product = product.Name, Customer = customer.Name, Agent = agent == null ? null : agent.Name };
        if (!string.IsNullOrWhiteSpace(find))
        {
            var pattern = SearchEverything.Pattern(find.Trim());
            rows = rows.Where(r => EF.Functions.Like(r.Sale.SaleOrderNo, pattern, "\\") || EF.Functions.Like(r.Customer, pattern, "\\") || EF.Functions.Like(r.Product, pattern, "\\"));
        }
        var page = await rows.OrderByDescending(r => r.Sale.SaleDate).ThenByDescending(r => r.Sale.Id).Take(take + 1)
            .Select(r => new SaleRow(r.Sale.Id, r.Sale.SaleOrderNo, r.Sale.SaleDate, r.Product, r.Sale.Quantity, r.Customer, r.Agent, r.Sale.AmountReceivable, r.Sale.AmountReceived)).ToListAsync(ct);
        var more = page.Count > take;
        if (more) page.RemoveAt(take);
        return new SalePage(page, more ? $"{page[^1].SaleDate:yyyy-MM-dd}|{page[^1].Id}" : null);
    }, ct);
}

public sealed record ProductRow(Guid Id, string Code, string Name);

/// <summary>All products by code.</summary>
public sealed class ListProducts(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Sales.ListProducts", Access.Staff(SalesRights.View));

    public Task<Result<IReadOnlyList<ProductRow>>> HandleAsync(Actor actor, CancellationToken ct) => runtime.ReadAsync<IReadOnlyList<ProductRow>>(Operation, actor, async db =>
        await db.Set<Product>().AsNoTracking().OrderBy(p => p.Code).Select(p => new ProductRow(p.Id, p.Code, p.Name)).Take(1000).ToListAsync(ct), ct);
}

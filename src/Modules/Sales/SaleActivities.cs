using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>Reads what was sold through an agent in a period, as the system does.</summary>
[Activity("Sales.ReadAgentSales")]
internal sealed class ReadAgentSales(Command cmd) : IActivity
{
    /// <summary>More lines than this are not kept in a process; count and totals are of all.</summary>
    private const int Limit = 200;

    [Input] public Guid AgentId { get; set; }
    /// <summary>First and last sale date, as 2026-01-31.</summary>
    [Input] public string From { get; set; } = "";
    [Input] public string To { get; set; } = "";
    /// <summary>The first 200 lines: id, saleOrderNo, saleDate, productName, quantity, amountReceivable, amountReceived.</summary>
    [Output] public Value Sales { get; private set; }
    [Output] public int Count { get; private set; }
    [Output] public decimal TotalReceivable { get; private set; }
    [Output] public decimal TotalReceived { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (!Days.TryParse(From, out var from) || !Days.TryParse(To, out var to))
            throw new InvalidOperationException($"The period '{From}' to '{To}' is not two dates such as 2026-01-01 and 2026-03-31.");
        var sold = cmd.Db.All<SalesRecord>().AsNoTracking().Where(s => s.AgentId == AgentId && s.SaleDate >= from && s.SaleDate <= to);
        var lines = await (from s in sold
                           join product in cmd.Db.All<Product>() on s.ProductId equals product.Id
                           orderby s.SaleDate, s.SaleOrderNo, s.LineNo
                           select new { s.Id, s.SaleOrderNo, s.SaleDate, Product = product.Name, s.Quantity, s.AmountReceivable, s.AmountReceived })
                               .Take(Limit).ToListAsync(ct);
        // Summed here: SQLite keeps decimals as text and cannot add them exactly.
        var amounts = await sold.Select(s => new { s.AmountReceivable, s.AmountReceived }).ToListAsync(ct);
        (Count, TotalReceivable, TotalReceived) = (amounts.Count, amounts.Sum(l => l.AmountReceivable), amounts.Sum(l => l.AmountReceived));
        Sales = Value.List(lines.Select(l => Value.Object(("id", l.Id), ("saleOrderNo", l.SaleOrderNo), ("saleDate", Days.Iso(l.SaleDate)),
            ("productName", l.Product), ("quantity", l.Quantity), ("amountReceivable", l.AmountReceivable), ("amountReceived", l.AmountReceived))));
        return ActivityResult.Complete();
    }
}

/// <summary>Gives a sale its service authorization number (R-NUM-1); one that has a number keeps it.</summary>
[Activity("Sales.IssueAuthorizationNumber", Outcomes = ["Issued", "Refused"])]
internal sealed class IssueAuthorizationNumber(Command cmd) : IActivity
{
    [Input] public Guid SaleId { get; set; }
    [Output] public string? AuthorizationNo { get; private set; }
    /// <summary>Why not, as stored words: no area, no industry, or the numbers are used up.</summary>
    [Output] public string? Reason { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var sale = await cmd.Db.All<SalesRecord>().FindAsync([SaleId], ct) ?? throw new InvalidOperationException($"Sale {SaleId} does not exist.");
        if (sale.ServiceAuthorizationNo is null)
        {
            if ((await AuthorizationNumbering.IssueAsync(cmd, sale, ct)).Problem is { } problem)
            {
                Reason = Texts.Stored(problem);
                return ActivityResult.Complete("Refused");
            }
            cmd.Audit("sale", sale.Id, null, new { sale.ServiceAuthorizationNo });
        }
        AuthorizationNo = sale.ServiceAuthorizationNo;
        context.Record("authorizationNo", AuthorizationNo!);
        return ActivityResult.Complete("Issued");
    }
}

/// <summary>Enters a sales opportunity. A refused value is an incident of the step, and nothing is entered.</summary>
[Activity("Sales.CreateOpportunity")]
internal sealed class CreateOpportunity(Command cmd, Dictionaries dictionaries, BusinessTime time, Texts texts) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    [Input] public Guid? ProductId { get; set; }
    /// <summary>A code of the dictionary 机会阶段.</summary>
    [Input] public string Stage { get; set; } = "lead";
    [Input] public int Quantity { get; set; } = 1;
    /// <summary>Percent.</summary>
    [Input] public int? Probability { get; set; }
    [Input] public decimal? ExpectedAmount { get; set; }
    /// <summary>As 2026-01-31; without it <see cref="CloseInDays"/> from today.</summary>
    [Input] public string? CloseBy { get; set; }
    [Input] public int CloseInDays { get; set; } = 30;
    [Input] public Guid? SalesRepId { get; set; }
    [Input(Editor = "multiline")] public string? Description { get; set; }
    [Output] public Guid OpportunityId { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        Dictionary<string, string?> values = new()
        {
            ["stage"] = Stage, ["quantity"] = RecordForm<Opportunity>.TextOf(Quantity), ["probability"] = RecordForm<Opportunity>.TextOf(Probability),
            ["expectedAmount"] = RecordForm<Opportunity>.TextOf(ExpectedAmount),
                ["closeBy"] = string.IsNullOrWhiteSpace(CloseBy) ? Days.Iso(time.DateOf(cmd.Now).AddDays(CloseInDays)) : CloseBy,
                ["description"] = Description,
        };
        var saved = await SaveOpportunity.SaveAsync(cmd, await dictionaries.ReadAsync(cmd.Db, ct), null,
            new OpportunityInput(values, CustomerId, ProductId, SalesRepId), ct, Actor.System);
        if (saved.Problem is { } problem) throw new InvalidOperationException($"The opportunity was not created: {texts.OfAll(problem)}");
        OpportunityId = saved.Value;
        return ActivityResult.Complete();
    }
}

using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Sales;

/// <summary>What processes may follow of sales (R-FV-1: a saved sale starts the first visit).</summary>
public static class SaleSaved
{
    /// <summary>Record type for <c>CrmFlow.RecordSaved</c>; the text key is <c>record.Sales.SalesRecord</c>.</summary>
    public const string RecordType = "Sales.SalesRecord";

    /// <summary>Every command that saves a sales line calls this last, when the line stands as it is to be saved.</summary>
    public static Task<int> SaleSavedAsync(this Command cmd, SalesRecord sale, RecordChange change, CancellationToken ct) =>
        cmd.RecordSavedAsync(RecordType, sale.Id, sale.SaleOrderNo, change, Value.Object(
        ("saleOrderNo", sale.SaleOrderNo), ("saleDate", sale.SaleDate.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
            ("customerId", sale.CustomerId),
        ("agentId", sale.AgentId is { } agent ? agent : Value.Null), ("productId", sale.ProductId), ("quantity", sale.Quantity),
            ("amountReceivable", sale.AmountReceivable), ("amountReceived", sale.AmountReceived),
        ("salesRepId", sale.SalesRepId is { } rep ? rep : Value.Null), ("serviceAuthorizationNo", sale.ServiceAuthorizationNo ?? "")), ct);
}

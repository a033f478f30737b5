namespace CrmFlow.Sales;

public sealed class Product
{
    public required Guid Id { get; init; }
    public required string Code { get; set; }
    public required string Name { get; set; }
    public bool IsDemo { get; set; }
}

/// <summary>T-04, one line of a sale (C-33): the fields the settlement needs; later issues add the rest.</summary>
public sealed class SalesRecord
{
    public required Guid Id { get; init; }
    /// <summary>销售单号.</summary>
    public required string SaleOrderNo { get; set; }
    public required DateOnly SaleDate { get; set; }
    public required Guid CustomerId { get; set; }
    /// <summary>The agent it was sold through; null for direct sales.</summary>
    public Guid? AgentId { get; set; }
    public required Guid ProductId { get; set; }
    public required int Quantity { get; set; }
    /// <summary>应收金额, yuan.</summary>
    public required decimal AmountReceivable { get; set; }
    /// <summary>实际回款, yuan.</summary>
    public required decimal AmountReceived { get; set; }
    public bool IsDemo { get; set; }
    public bool IsFullyPaid => AmountReceived >= AmountReceivable;
}

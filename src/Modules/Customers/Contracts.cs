namespace CrmFlow.Customers;

/// <summary>T-14: customers and agents are the same record, marked by type (002 note ⑤).</summary>
public enum PartyType { Customer, Agent }

/// <summary>C-14.</summary>
public enum PartyKind { Organisation, Person }

/// <summary>A customer or agent: the fields the settlement needs; later issues add the rest of T-01, T-02.</summary>
public sealed class Party
{
    public required Guid Id { get; init; }
    public required PartyType Type { get; init; }
    public PartyKind Kind { get; set; }
    /// <summary>客户编号 / 代理商编号.</summary>
    public required string No { get; set; }
    public required string Name { get; set; }
    public string? Address { get; set; }
    public string? ContactName { get; set; }
    public string? Phone { get; set; }
    public string? Email { get; set; }
    public bool IsDemo { get; set; }
}

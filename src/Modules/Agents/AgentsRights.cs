using CrmFlow.Runtime;

namespace CrmFlow.Agents;

/// <summary>Rights of staff round settlement; roles combine them.</summary>
public static class AgentsRights
{
    /// <summary>Sees every application, report, invoice and account.</summary>
    public const string View = "settlement.view";
    /// <summary>Applies for an agent (C-03).</summary>
    public const string ApplyFor = "settlement.apply-for";
    public const string Cancel = "settlement.cancel";
    public const string Reverse = "ledger.reverse";
    public const string EditRates = "fee-rate.edit";

    internal static readonly string[] All = [View, ApplyFor, Cancel, Reverse, EditRates];
    internal static readonly Access Apply = Access.AgentsAndStaff(ApplyFor);
}

using CrmFlow.Runtime;

namespace CrmFlow.Service;

/// <summary>Rights round complaints and service records; roles combine them.</summary>
public static class ServiceRights
{
    /// <summary>Sees the complaints of the customers in scope, not only those one recorded or works on.</summary>
    public const string ViewComplaints = "complaint.view";
    public const string Record = "complaint.record";
    /// <summary>Cancels any complaint that is not over; who recorded one may take it back until it is handled without this.</summary>
    public const string Cancel = "complaint.cancel";
    /// <summary>Sees service records, visits, hotline calls and interactions.</summary>
    public const string ViewRecords = "service-record.view";
    public const string EditRecords = "service-record.edit";

    internal static readonly string[] All = [ViewComplaints, Record, Cancel, ViewRecords, EditRecords];
}

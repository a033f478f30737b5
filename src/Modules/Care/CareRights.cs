using CrmFlow.Runtime;

namespace CrmFlow.Care;

/// <summary>Rights over visits, care and reminders; roles combine them. Which customers' they reach follows the customers one sees.</summary>
public static class CareRights
{
    /// <summary>Sees first visits, care records and the care that is planned.</summary>
    public const string View = "care.view";
    /// <summary>Writes care records, and says who wants no mails.</summary>
    public const string Edit = "care.edit";
    /// <summary>Makes audiences and plans: whom the company writes to, when and what.</summary>
    public const string Plan = "care.plan";

    internal static readonly string[] All = [View, Edit, Plan];
}

/// <summary>Keys of the dictionaries of care and reminders (C-24, R-CARE-1).</summary>
public static class CareDictionaries
{
    public const string CareType = "care.type", CareMethod = "care.method", ReminderType = "care.reminder-type";
    /// <summary>The method that goes out by itself.</summary>
    public const string Mail = "mail";
}

using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Care.Pages;

/// <summary>How sources, satisfaction and days are said on pages.</summary>
internal static class CareWords
{
    public static string Icon(ReminderSource source) => source switch
    {
        ReminderSource.Online => "forum",
        ReminderSource.Complaint => "warning",
        ReminderSource.FirstVisit => "flag",
        ReminderSource.Opportunity => "target",
        ReminderSource.CustomerReminder => "notifications",
        ReminderSource.Care => "favorite",
        _ => "description",
    };

    public static string Satisfaction(Texts texts, int? score) => score is { } s ? texts[$"care.satisfaction.{s}"] : "";
}

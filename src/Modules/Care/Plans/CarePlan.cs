using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// What a plan follows: days of persons and companies (特殊关怀) or its own calendar (定期关怀), R-CARE-1. <see cref="Founding"/> is 公司成立周年庆,
/// <see cref="SpecialDay"/> the other days kept with the customer.
/// </summary>
public enum CareOccasionKind { Birthday, Founding, SpecialDay, Festival, Regular }

/// <summary>
/// Care the company wants done: on which occasion, for which customers, how, and with which words. Nothing goes out to customers before somebody with
/// the right made a plan.
/// </summary>
internal sealed class CarePlan : BusinessRecord
{
    public required string Name { get; set; }
    public required CareOccasionKind Occasion { get; set; }
    /// <summary>关怀类型; dictionary <see cref="CareDictionaries.CareType"/>.</summary>
    public required string CareType { get; set; }
    /// <summary>关怀方式; dictionary <see cref="CareDictionaries.CareMethod"/>.</summary>
    public required string Method { get; set; }
    /// <summary>Null for all customers.</summary>
    public Guid? AudienceId { get; set; }
    /// <summary>Key of the festival, when it follows one.</summary>
    public string? FestivalKey { get; set; }
    /// <summary>Every so many months from <see cref="StartOn"/>, when it follows its own calendar.</summary>
    public int EveryMonths { get; set; } = 1;
    /// <summary>The first day of regular care; the others begin with the day the plan was switched on.</summary>
    public DateOnly? StartOn { get; set; }
    /// <summary>How many days before the day it is begun: a letter or a gift takes its time.</summary>
    public int LeadDays { get; set; }
    /// <summary>Subject and text of mails, with the words <see cref="CareText.Words"/> in braces.</summary>
    public string? Subject { get; set; }
    public string? Body { get; set; }
    public bool IsActive { get; set; }

    /// <summary>
    /// Whether care for this day is in the plan. For days of persons and companies every day is: who has one is asked of the customers.
    /// </summary>
    public bool Follows(DateOnly day, DaysOn days, Festival[] festivals) => Occasion switch
    {
        CareOccasionKind.Festival => festivals.FirstOrDefault(f => f.Key == FestivalKey) is { } festival && days.Has(festival.On()),
        CareOccasionKind.Regular => StartOn is { } start && IsRegularDay(start, EveryMonths, day),
        _ => true,
    };

    /// <summary>Counted from the first day, so that one begun on the 31st keeps the ends of short months and comes back to the 31st.</summary>
    internal static bool IsRegularDay(DateOnly start, int everyMonths, DateOnly day)
    {
        var months = (day.Year - start.Year) * 12 + day.Month - start.Month;
        return months >= 0 && months % everyMonths == 0 && start.AddMonths(months) == day;
    }
}

/// <summary>How far a plan has come. Written in the same commit as the care it begins: after a restart it goes on with the next day.</summary>
internal sealed class CarePlanProgress
{
    public required Guid PlanId { get; init; }
    /// <summary>The last day whose care has been begun.</summary>
    public required DateOnly BegunThrough { get; set; }
}

/// <summary>The words a plan's texts may hold, filled in for each person.</summary>
internal static class CareText
{
    /// <summary>姓名, 称呼, 客户, 日子: name, how to address the person, the customer, the occasion.</summary>
    public static readonly string[] Words = ["{姓名}", "{称呼}", "{客户}", "{日子}"];

    public static string Fill(string? text, string name, string salutation, string customer, string day) =>
        (text ?? "").Replace("{姓名}", name, StringComparison.Ordinal).Replace("{称呼}", salutation, StringComparison.Ordinal)
            .Replace("{客户}", customer, StringComparison.Ordinal).Replace("{日子}", day, StringComparison.Ordinal);

    /// <summary>The first word in braces that nothing fills; null when all are known.</summary>
    public static string? Unknown(string? text)
    {
        for (var at = 0; text is not null && (at = text.IndexOf('{', at)) >= 0; at++)
        {
            var end = text.IndexOf('}', at);
            if (end < 0) return null;
            if (text[at..(end + 1)] is var word && !Words.Contains(word)) return word;
        }
        return null;
    }
}

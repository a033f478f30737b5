using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>Where a reminder comes from: the six sources of R-CAL-1, and the steps of processes that wait for a person.</summary>
public enum ReminderSource { Online, Complaint, FirstVisit, Opportunity, CustomerReminder, Care, Task }

/// <summary>
/// Something that is open and falls due, as the calendar shows it. How pressing it is follows from its source and its times (R-CAL-2) and is not the
/// source's business.
/// </summary>
/// <param name="Id">Of the record or task.</param>
/// <param name="Title">What is to be done, in the reader's language: 首访 K9 三维, 投诉 打印偏移.</param>
public sealed record Reminder(ReminderSource Source, Guid Id, string Title, string Href)
{
    /// <summary>Whom it is about: the customer, the contact.</summary>
    public string? About { get; init; }
    /// <summary>From when on it stands open: the sale, the complaint, the reminder.</summary>
    public required DateTimeOffset Since { get; init; }
    /// <summary>When it is due; null when it only stands open.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>The due time is a day, not an hour of it.</summary>
    public bool IsAllDay { get; init; }
}

/// <summary>What the calendar asks for.</summary>
/// <param name="From">First business day wanted.</param>
/// <param name="To">Last business day wanted.</param>
/// <param name="OnlyMine">Only what waits for the actor; otherwise everything the actor may see.</param>
public sealed record ReminderRange(DateOnly From, DateOnly To, DateTimeOffset Now, bool OnlyMine)
{
    /// <summary>How many reminders one source brings at most.</summary>
    public const int MaxPerSource = 500;
}

/// <summary>
/// One source of reminders, scoped to the actor by the module itself as its lists are. Registered with <c>services.AddReminderSource&lt;T&gt;()</c>;
/// made anew in the scope of each query.
/// </summary>
public interface IReminderSource
{
    /// <summary>
    /// What stands open and is due not after the range; what is overdue is part of every range that holds today. Nothing that is done.
    /// </summary>
    Task<IReadOnlyList<Reminder>> FindAsync(CrmDbContext db, Actor actor, ReminderRange range, CancellationToken ct);
}

public static class ReminderRegistration
{
    public static IServiceCollection AddReminderSource<T>(this IServiceCollection services) where T : class, IReminderSource =>
        services.AddScoped<IReminderSource, T>();
}

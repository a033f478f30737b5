using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>Writes an entry of the interaction stream (CUS-15), or links an entry that is there already to the complaint it became.</summary>
[Activity("Service.RecordInteraction")]
internal sealed class RecordInteraction(Command cmd, BusinessTime time) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    /// <summary>An entry that is there already; null writes a new one.</summary>
    [Input] public Guid? InteractionId { get; set; }
    [Input] public Guid? ComplaintId { get; set; }
    [Input] public string? ContactName { get; set; }
    [Input] public string? Phone { get; set; }
    [Input] public InteractionDirection Direction { get; set; }
    [Input] public InteractionCategory Category { get; set; }
    [Input] public InteractionImportance Importance { get; set; }
    [Input] public InteractionStatus Status { get; set; }
    [Input(Editor = "multiline")] public string? Content { get; set; }
    [Output] public Guid RecordedId { get; private set; }
    [Output] public string? No { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var interaction = InteractionId is { } known
            ? await cmd.Db.All<Interaction>().SingleOrDefaultAsync(i => i.Id == known && i.CustomerId == CustomerId, ct)
                ?? throw new InvalidOperationException($"Interaction {known} of customer {CustomerId} does not exist.")
            : await Interactions.AddAsync(cmd, time, CustomerId, Content ?? "", ct);
        if (InteractionId is null)
            (interaction.ContactName, interaction.Phone, interaction.Direction, interaction.Importance) = (ContactName, Phone, Direction, Importance);
        (interaction.Category, interaction.Status, interaction.ComplaintId) = (Category, Status, ComplaintId ?? interaction.ComplaintId);
        (RecordedId, No) = (interaction.Id, interaction.No);
        return ActivityResult.Complete();
    }
}

/// <summary>Writes a follow-up visit (T-07): what a call-back or visit of a process found out.</summary>
[Activity("Service.RecordVisit")]
internal sealed class RecordVisit(Command cmd) : IActivity
{
    [Input] public Guid CustomerId { get; set; }
    [Input] public Guid? ComplaintId { get; set; }
    /// <summary>Code of <see cref="ServiceDictionaries.VisitNature"/>.</summary>
    [Input] public string Nature { get; set; } = "ServiceFollowUp";
    /// <summary>Code of <see cref="ServiceDictionaries.VisitMethod"/>.</summary>
    [Input] public string? Method { get; set; }
    /// <summary>The person who visited or called; null: whoever decided last.</summary>
    [Input] public Guid? VisitedBy { get; set; }
    [Input] public string? Respondent { get; set; }
    [Input] public string? Phone { get; set; }
    [Input(Editor = "multiline")] public string? Content { get; set; }
    [Input(Editor = "multiline")] public string? Result { get; set; }
    [Output] public Guid VisitId { get; private set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var visit = new FollowUpVisit
        {
            Id = VisitId = cmd.NewId(), CustomerId = CustomerId, ComplaintId = ComplaintId, At = cmd.Now, Nature = Nature, Method = Method,
            VisitorId = VisitedBy ?? cmd.Actor.UserId,
            Respondent = Respondent, Phone = Phone, Content = Content ?? "", Result = Result, IsCompleted = true,
        };
        cmd.Db.Add(visit);
        return new(ActivityResult.Complete());
    }
}

/// <summary>Entries of the interaction stream, for the form and for processes.</summary>
internal static class Interactions
{
    /// <summary>Series of numbers.</summary>
    private const string Series = "interaction";
    public static readonly Setting<string> NumberPattern = new("service.interaction-pattern", "FW-{yyyy}-{seq:5}");

    public static async Task<Interaction> AddAsync(Command cmd, BusinessTime time, Guid customer, string content, CancellationToken ct)
    {
        var interaction = new Interaction { Id = cmd.NewId(), No = await cmd.NextNumberAsync(Series, NumberPattern, time.DateOf(cmd.Now).Year, ct),
            CustomerId = customer, At = cmd.Now, Content = content };
        cmd.Db.Add(interaction);
        return interaction;
    }
}

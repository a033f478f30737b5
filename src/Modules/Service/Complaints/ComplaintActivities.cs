using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>Says when the customer will be called; the wait itself is the next step's.</summary>
[Activity("Service.PlanCallBack")]
internal sealed class PlanCallBack(Command cmd) : IActivity
{
    [Input] public Guid ComplaintId { get; set; }
    [Input] public TimeSpan After { get; set; }
    [Output] public DateTimeOffset DueAt { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        DueAt = context.Now + After;
        (await cmd.ComplaintAsync(ComplaintId, ct)).PlanCallBack(DueAt);
        return ActivityResult.Complete();
    }
}

/// <summary>The customer is not content: the complaint goes into its next round.</summary>
[Activity("Service.ReopenComplaint")]
internal sealed class ReopenComplaint(Command cmd) : IActivity
{
    [Input] public Guid ComplaintId { get; set; }
    /// <summary>Always <c>Reopened</c>: where the process goes on.</summary>
    [Output] public string Stage { get; private set; } = "";
    [Output] public int Round { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var complaint = await cmd.ComplaintAsync(ComplaintId, ct);
        complaint.Reopen();
        (Stage, Round) = (nameof(ComplaintState.Reopened), complaint.Round);
        return ActivityResult.Complete();
    }
}

/// <summary>Ends a complaint: solved, or the customer could not be reached any more. The interaction it came up in is done with it.</summary>
[Activity("Service.CloseComplaint")]
internal sealed class CloseComplaint(Command cmd) : IActivity
{
    [Input] public Guid ComplaintId { get; set; }
    [Input] public ComplaintEnd Result { get; set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        (await cmd.ComplaintAsync(ComplaintId, ct)).Close(Result, cmd.Now);
        foreach (var interaction in await cmd.Db.All<Interaction>().Where(i => i.ComplaintId == ComplaintId).ToListAsync(ct))
            interaction.Status = InteractionStatus.Done;
        return ActivityResult.Complete();
    }
}

/// <summary>
/// Raises a complaint from another process, such as a first visit with a bad score. The record and its number are there at once; its own process
/// starts right after this burst has been committed.
/// </summary>
[Activity("Service.RaiseComplaint")]
internal sealed class RaiseComplaint(Command cmd) : IActivity
{
    /// <summary>Due rows of this kind start the process of a raised complaint.</summary>
    public const string StartKind = "service.start-complaint";

    [Input] public Guid CustomerId { get; set; }
    [Input] public string? Complainant { get; set; }
    [Input] public string? ContactInfo { get; set; }
    [Input(Editor = "multiline")] public string? Content { get; set; }
    [Input] public string? Incident { get; set; }
    [Input] public Guid? ProductId { get; set; }
    [Input] public Guid? SalesRecordId { get; set; }
    [Input] public string? Source { get; set; }
    [Output] public Guid ComplaintId { get; private set; }
    [Output] public string? No { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var written = await RecordComplaint.WriteAsync(cmd,
            new ComplaintEntry(CustomerId, Complainant, ContactInfo, Content) { Incident = Incident, ProductId = ProductId,
            SalesRecordId = SalesRecordId, Source = Source ?? "Process" }, ct, Actor.System);
        if (written.Problem is { } problem) throw new InvalidOperationException(cmd.Services.GetRequiredService<Texts>().Of(problem));
        (ComplaintId, No) = (written.Value.Id, written.Value.No);
        cmd.Schedule(StartKind, ComplaintId.ToString(), cmd.Now, Value.Null);
        return ActivityResult.Complete();
    }
}

/// <summary>Starts the process of a complaint another process raised.</summary>
internal sealed class StartRaisedComplaint : IDueHandler
{
    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var complaint = await cmd.ComplaintAsync(Guid.Parse(key), ct);
        if (complaint is { IsOpen: true, InstanceId: null }
            && (await RecordComplaint.StartAsync(cmd, complaint, interaction: null, ct)).Problem is { } problem)
            throw new InvalidOperationException(
                $"The process of complaint {complaint.No} could not be started: {problem.Key}. Publish the definition 'complaint'.");
    }
}

internal static class ComplaintLoading
{
    public static async Task<Complaint> ComplaintAsync(this Command cmd, Guid id, CancellationToken ct) =>
        await cmd.Db.All<Complaint>().Include(c => c.Handlings).Include(c => c.CallBacks).AsSplitQuery().SingleOrDefaultAsync(c => c.Id == id, ct)
            ?? throw new InvalidOperationException($"Complaint {id} does not exist.");
}

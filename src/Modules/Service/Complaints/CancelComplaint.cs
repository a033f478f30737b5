using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>
/// Ends a complaint without a decision, with a reason: whoever recorded it takes it back until somebody was assigned, who holds the right cancels it
/// at any step.
/// Its number stays used.
/// </summary>
public sealed class CancelComplaint(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Service.CancelComplaint", Access.Staff(ServiceRights.Cancel, ServiceRights.Record));

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, string? reason, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id, reason }, async cmd =>
        {
            var complaint = await cmd.Db.Visible<Complaint>(actor).SingleOrDefaultAsync(c => c.Id == id, ct);
            if (complaint is null) return new NotFound();
            if (!complaint.IsOpen) return new ComplaintOver(complaint.No);
            if (!May(actor, complaint.CreatedBy, complaint.State)) return new CancelTooLate(complaint.No);
            if (string.IsNullOrWhiteSpace(reason)) return new CancelReasonMissing();
            await CancelAsync(cmd, complaint, reason.Trim(), ct);
            return complaint.InstanceId is { } instance ? await cmd.CancelAsync(instance, ct) : Result.Ok;
        }, ct);

    /// <summary>Closes an open complaint as cancelled; the interaction it came up in is done with it.</summary>
    internal static async Task CancelAsync(Command cmd, Complaint complaint, string reason, CancellationToken ct)
    {
        var before = complaint.State;
        if (complaint.Cancel(reason, cmd.Actor.UserId, cmd.Now).Failed)
            throw new InvalidOperationException($"Complaint {complaint.No} is {complaint.State}; it cannot be cancelled.");
        foreach (var interaction in await cmd.Db.All<Interaction>().Where(i => i.ComplaintId == complaint.Id).ToListAsync(ct))
            interaction.Status = InteractionStatus.Done;
        cmd.Audit(ComplaintScope.Subject, complaint.Id, new { State = before }, new { complaint.State, Reason = reason });
    }

    internal static bool May(Actor actor, Guid createdBy, ComplaintState state) =>
        actor.Has(ServiceRights.Cancel) || createdBy == actor.UserId && state is (ComplaintState.New or ComplaintState.Classified);
}

/// <summary>An administrator ends the process of a complaint: that cancels it. One that is over stays as it ended.</summary>
internal sealed class ComplaintProcess : IProcessOwner
{
    public async Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct)
    {
        var complaint = await cmd.Db.All<Complaint>().SingleOrDefaultAsync(c => c.InstanceId == ended.InstanceId, ct);
        if (complaint is { IsOpen: true }) await CancelComplaint.CancelAsync(cmd, complaint, ended.Reason, ct);
        return Result.Ok;
    }
}

internal sealed record CancelTooLate(string No) : Problem("service.problem.cancel-too-late", No);
internal sealed record CancelReasonMissing : Problem
{
    public CancelReasonMissing() : base("service.problem.cancel-reason") => Field = "reason";
}

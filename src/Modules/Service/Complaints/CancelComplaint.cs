using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>
/// Ends a complaint without a decision, with a reason: whoever recorded it takes it back until somebody was assigned, who holds the right cancels it at any step.
/// Its number stays used.
/// </summary>
public sealed class CancelComplaint(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Service.CancelComplaint", Access.Staff(ServiceRights.Cancel, ServiceRights.Record));

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, string? reason, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id, reason }, async cmd =>
        {
            var complaint = await cmd.Db.VisibleComplaints(actor).SingleOrDefaultAsync(c => c.Id == id, ct);
            if (complaint is null) return new NotFound();
            if (!complaint.IsOpen) return new ComplaintOver(complaint.No);
            if (!May(actor, complaint.CreatedBy, complaint.State)) return new CancelTooLate(complaint.No);
            if (string.IsNullOrWhiteSpace(reason)) return new CancelReasonMissing();
            var before = complaint.State;
            if (complaint.Cancel(reason.Trim(), actor.UserId, cmd.Now).Problem is { } refusal) return refusal;
            cmd.Audit(ComplaintScope.Subject, id, new { State = before }, new { complaint.State, Reason = reason });
            return complaint.InstanceId is { } instance ? await cmd.CancelAsync(instance, ct) : Result.Ok;
        }, ct);

    internal static bool May(Actor actor, Guid createdBy, ComplaintState state) =>
        actor.Has(ServiceRights.Cancel) || createdBy == actor.UserId && state is (ComplaintState.New or ComplaintState.Classified);
}

internal sealed record CancelTooLate(string No) : Problem("service.problem.cancel-too-late", No);
internal sealed record CancelReasonMissing : Problem
{
    public CancelReasonMissing() : base("service.problem.cancel-reason") => Field = "reason";
}

using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>
/// Whose complaints an actor may see: one's own, and with the right those of the customers in scope (C-15). The one place that says it, for lists,
/// single records and attachments alike.
/// </summary>
internal static class ComplaintScope
{
    public const string Subject = "complaint";

    public static Expression<Func<Complaint, bool>> Of(CrmDbContext db, Actor actor)
    {
        var me = actor.UserId;
        if (actor.Kind != ActorKind.Staff) return c => false;
        if (!actor.Has(ServiceRights.ViewComplaints)) return c => c.CreatedBy == me || c.ReceivedBy == me || c.AssignedTo == me;
        if (actor.Has(CustomersRights.ViewAll)) return c => true;
        var parties = db.Visible<Party>(actor);
        return c => c.CreatedBy == me || c.ReceivedBy == me || c.AssignedTo == me || parties.Any(p => p.Id == c.CustomerId);
    }

    /// <summary>The same, and whoever a step of it was ever offered to.</summary>
    public static async Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        await db.Visible<Complaint>(actor).AnyAsync(c => c.Id == id, ct)
            || actor.Kind == ActorKind.Staff && await db.WorksOnAsync(actor, Subject, id, ct);

    /// <summary>The open step waits for the actor: it was offered to them and nobody else has claimed it.</summary>
    public static bool IsHeldBy(SubjectTask task, Actor actor) =>
        task.ClaimedBy is { } claimed ? claimed == actor.UserId
            : task.Holders.Any(h => actor.Principals.Contains(h) || h == Principal.User(actor.UserId));
}

/// <summary>What attachments and task pages ask about a complaint.</summary>
internal sealed class ComplaintSubject : ISubject
{
    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => ComplaintScope.MaySeeAsync(db, actor, id, ct);

    /// <summary>Whoever took the call adds what the customer sends later.</summary>
    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        db.All<Complaint>().AnyAsync(c => c.Id == id && c.State != ComplaintState.Closed && c.State != ComplaintState.Cancelled && (
            c.CreatedBy == actor.UserId || c.ReceivedBy == actor.UserId), ct);
}

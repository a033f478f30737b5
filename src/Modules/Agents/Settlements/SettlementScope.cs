using System.Linq.Expressions;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>Whose applications an actor may see: the one place that says it, for lists, single records, attachments and prints alike.</summary>
internal static class SettlementScope
{
    public const string Subject = "settlement";

    public static Expression<Func<SettlementApplication, bool>> Of(CrmDbContext db, Actor actor) => actor.Kind switch
    {
        ActorKind.Agent => a => a.AgentId == actor.AgentId,
        ActorKind.Staff when actor.Has(AgentsRights.ApplyFor) => a => true,
        ActorKind.Staff when actor.Has(AgentsRights.View) => a => a.State != SettlementState.Draft,
        _ => a => false,
    };

    /// <summary>The same, and whoever a step of it was ever offered to.</summary>
    public static async Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        await db.Visible<SettlementApplication>(actor).AnyAsync(a => a.Id == id, ct)
        || actor.Kind == ActorKind.Staff && await db.WorksOnAsync(actor, Subject, id, ct);

    /// <summary>The open step waits for the actor: it was offered to them and nobody else has claimed it.</summary>
    public static bool IsHeldBy(SubjectTask task, Actor actor) =>
        task.ClaimedBy is { } claimed ? claimed == actor.UserId
        : task.Holders.Any(h =>
            actor.Principals.Contains(h) || h == Principal.User(actor.UserId) || actor.AgentId is { } agent && h == Principal.Agent(agent));

    public static IQueryable<SettlementApplication> Whole(this IQueryable<SettlementApplication> applications) =>
        applications.Include(a => a.Lines).Include(a => a.Reports).Include(a => a.Signatures).Include(a => a.Invoices).AsSplitQuery();
}

/// <summary>What attachments and task pages ask about an application.</summary>
internal sealed class SettlementSubject : ISubject
{
    public Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => SettlementScope.MaySeeAsync(db, actor, id, ct);

    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        db.Visible<SettlementApplication>(actor).AnyAsync(a => a.Id == id && a.State == SettlementState.Draft, ct);
}

using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>Skipped is what whoever was to do it decided; Cancelled that its process was ended.</summary>
public enum CareOccasionState { Planned, InHand, Done, Skipped, Cancelled }

/// <summary>
/// One person (or company) to be cared for on one day. Its key holds what, who and which year, and is unique: nobody is greeted twice for the same
/// thing, whatever plans, restarts or hosts there are (R-CARE-1).
/// </summary>
public sealed class CareOccasion
{
    public required Guid Id { get; init; }
    public required string Key { get; init; }
    public required Guid PlanId { get; init; }
    public required CareOccasionKind Kind { get; init; }
    /// <summary>What it is for, as stored words (<see cref="Phrase"/>): 生日, 成立 12 周年, 中秋节.</summary>
    public required string Name { get; init; }
    public required string CareType { get; init; }
    public required string Method { get; init; }
    public required Guid PartyId { get; init; }
    public Guid? ContactId { get; init; }
    public required DateOnly On { get; init; }
    public CareOccasionState State { get; set; }
    public required DateTimeOffset PlannedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    /// <summary>Why its process was ended.</summary>
    public string? CancelReason { get; private set; }
    public bool IsDemo { get; init; }

    public static string Birthday { get; } = Phrase.Of("care.occasion.Birthday");
    public static string Founding(int years) => Phrase.Of("care.occasion.founded", years.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public bool IsOpen => State is CareOccasionState.Planned or CareOccasionState.InHand;

    public void Close(CareOccasionState how, DateTimeOffset now) => (State, ClosedAt) = (how, now);

    public void Cancel(string reason, DateTimeOffset now)
    {
        Close(CareOccasionState.Cancelled, now);
        CancelReason = reason;
    }
}

/// <summary>Somebody who wants no mails of ours. Calls and letters are still to be decided by a person.</summary>
internal sealed class CareOptOut
{
    /// <summary>The contact, or the customer itself.</summary>
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required Guid By { get; init; }
}

/// <summary>
/// A planned occasion's time has come: the processes that follow <c>Care.Occasion</c> start, each occasion in a transaction of its own.
/// </summary>
internal sealed class BeginOccasion : IDueHandler
{
    public const string Kind = "care.occasion";
    public const string RecordType = "Care.Occasion";

    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var id = Guid.Parse(key);
        var occasion = await cmd.Db.All<CareOccasion>().AsTracking().SingleOrDefaultAsync(o => o.Id == id, ct);
        if (occasion is not { State: CareOccasionState.Planned }) return;
        occasion.State = CareOccasionState.InHand;
        await cmd.RecordSavedAsync(RecordType, occasion.Id, occasion.Name, RecordChange.Created,
            Value.Object(("name", occasion.Name), ("kind", occasion.Kind.ToString()), ("careType", occasion.CareType), ("method", occasion.Method),
            ("on", CareMorning.Iso(occasion.On))), ct);
    }
}

/// <summary>
/// An administrator ends the process of an occasion, which correlates by it: the person is not cared for this time, and no later run of the plan's
/// day brings it back.
/// </summary>
internal sealed class CareProcess : IProcessOwner
{
    public const string DefinitionId = "care";

    public async Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct)
    {
        if (!Guid.TryParse(ended.CorrelationId, out var id)
            || await cmd.Db.All<CareOccasion>().AsTracking()
            .SingleOrDefaultAsync(o => o.Id == id, ct) is not { IsOpen: true } occasion) return Result.Ok;
        var before = occasion.State;
        occasion.Cancel(ended.Reason, cmd.Now);
        cmd.Audit(CareScope.Subject, id, new { State = before }, new { occasion.State, ended.Reason });
        return Result.Ok;
    }
}

/// <summary>Whose care an actor sees: that of the customers in scope.</summary>
internal static class CareScope
{
    public const string Subject = "care-occasion";

    public static Expression<Func<CareOccasion, bool>> OfOccasions(CrmDbContext db, Actor actor)
    {
        if (actor.Kind != ActorKind.Staff || !actor.Has(CareRights.View)) return o => false;
        if (actor.Has(CustomersRights.ViewAll)) return o => true;
        var parties = db.Visible<Party>(actor);
        return o => parties.Any(p => p.Id == o.PartyId);
    }

    public static Expression<Func<CareRecord, bool>> OfRecords(CrmDbContext db, Actor actor)
    {
        if (actor.Kind != ActorKind.Staff || !actor.Has(CareRights.View)) return r => false;
        if (actor.Has(CustomersRights.ViewAll)) return r => true;
        var (parties, me) = (db.Visible<Party>(actor), actor.UserId);
        return r => r.CreatedBy == me || parties.Any(p => p.Id == r.PartyId);
    }
}

/// <summary>What task pages ask about an occasion.</summary>
internal sealed class CareOccasionSubject : ISubject
{
    public async Task<bool> MaySeeAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        await db.Visible<CareOccasion>(actor).AnyAsync(o => o.Id == id, ct)
            || actor.Kind == ActorKind.Staff && await db.WorksOnAsync(actor, CareScope.Subject, id, ct);

    public Task<bool> MayAttachAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct) => Task.FromResult(false);
}

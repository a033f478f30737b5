using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>T-13 客户关怀记录: care that was done, by a process or a person.</summary>
internal sealed class CareRecord : BusinessRecord
{
    /// <summary>关怀对象: the customer, and the contact where it was one (C-32).</summary>
    public required Guid PartyId { get; init; }
    public Guid? ContactId { get; init; }
    /// <summary>The name as it was then.</summary>
    public required string TargetName { get; init; }
    /// <summary>关怀日期.</summary>
    public required DateOnly CaredAt { get; init; }
    /// <summary>关怀类型; dictionary <see cref="CareDictionaries.CareType"/>.</summary>
    public required string CareType { get; init; }
    /// <summary>关怀方式; dictionary <see cref="CareDictionaries.CareMethod"/>.</summary>
    public required string CareMethod { get; init; }
    /// <summary>实施人; a process signs with nobody's name.</summary>
    public string? PerformedBy { get; init; }
    /// <summary>The occasion it answers; null when a person did it of their own accord.</summary>
    public Guid? OccasionId { get; init; }

    /// <summary>The record that closes an occasion.</summary>
    public static async Task<CareRecord> OfAsync(Command cmd, CareOccasion occasion, string method, DateOnly on, string? performedBy, string? remarks,
        CancellationToken ct)
    {
        var target = occasion.ContactId is { } contact
            ? await cmd.Db.All<Contact>().Where(c => c.Id == contact).Select(c => c.Name).SingleOrDefaultAsync(ct) : null;
        target ??= await cmd.Db.All<Party>().Where(p => p.Id == occasion.PartyId).Select(p => p.Name).SingleAsync(ct);
        occasion.Close(CareOccasionState.Done, cmd.Now);
        var record = new CareRecord
        {
            Id = cmd.NewId(), PartyId = occasion.PartyId, ContactId = occasion.ContactId, TargetName = target, CaredAt = on,
            CareType = occasion.CareType, CareMethod = method,
            PerformedBy = performedBy, OccasionId = occasion.Id, Remarks = remarks, IsDemo = occasion.IsDemo,
        };
        cmd.Db.Add(record);
        return record;
    }
}

/// <summary>A person writes down care done without a plan: a call, a gift brought along.</summary>
internal sealed class RecordCare(WorkflowRuntime runtime, BusinessTime time, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Care.RecordCare", Access.Staff(CareRights.Edit));

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, CareInput input, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, input, async cmd =>
        {
            if (await cmd.Db.Visible<Party>(actor).SingleOrDefaultAsync(p => p.Id == input.PartyId, ct) is not { } party) return new NotFound();
            var contact = input.ContactId is { } c ? await cmd.Db.All<Contact>().SingleOrDefaultAsync(x => x.Id == c && x.PartyId == party.Id, ct)
                : null;
            if (input.ContactId is not null && contact is null) return new NotFound();
            var book = await dictionaries.ReadAsync(cmd.Db, ct);
            if (input.CareType is null || !book.Has(CareDictionaries.CareType, input.CareType))
                return new CareIncomplete("careType", "care.problem.plan-type");
            if (input.CareMethod is null || !book.Has(CareDictionaries.CareMethod, input.CareMethod))
                return new CareIncomplete("careMethod", "care.problem.plan-method");
            if (input.CaredAt > time.DateOf(cmd.Now)) return new CareIncomplete("caredAt", "care.problem.care-in-future");
            var record = new CareRecord
            {
                Id = cmd.NewId(), PartyId = party.Id, ContactId = contact?.Id, TargetName = contact?.Name ?? party.Name, CaredAt = input.CaredAt,
                CareType = input.CareType, CareMethod = input.CareMethod,
                PerformedBy = string.IsNullOrWhiteSpace(input.PerformedBy) ? actor.Name : input.PerformedBy.Trim(),
                Remarks = string.IsNullOrWhiteSpace(input.Remarks) ? null : input.Remarks.Trim(),
            };
            cmd.Db.Add(record);
            cmd.Audit("care-record", record.Id, null, new { record.TargetName, record.CareType, record.CareMethod });
            return record.Id;
        }, ct);
}

internal sealed record CareInput(Guid PartyId, DateOnly CaredAt, string? CareType, string? CareMethod)
{
    public Guid? ContactId { get; init; }
    public string? PerformedBy { get; init; }
    public string? Remarks { get; init; }
}

internal sealed record CareIncomplete : Problem
{
    public CareIncomplete(string field, string key, params object?[] args) : base(key, args) => (Kind, Field) = (ProblemKind.Invalid, field);
}

/// <summary>Notes that a contact, or a customer as a whole, wants no mails, or takes it back.</summary>
internal sealed class SetCareOptOut(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.SetOptOut", Access.Staff(CareRights.Edit));

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid partyOrContact, bool noMails, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { partyOrContact, noMails }, async cmd =>
        {
            var parties = cmd.Db.Visible<Party>(actor);
            if (!await parties.AnyAsync(p => p.Id == partyOrContact, ct)
                && !await cmd.Db.All<Contact>()
                .AnyAsync(c => c.Id == partyOrContact && parties.Any(p => p.Id == c.PartyId), ct)) return new NotFound();
            var known = await cmd.Db.All<CareOptOut>().AsTracking().SingleOrDefaultAsync(o => o.Id == partyOrContact, ct);
            if (noMails == known is not null) return Result.Ok;
            if (noMails && known is null) cmd.Db.Add(new CareOptOut { Id = partyOrContact, At = cmd.Now, By = actor.UserId });
            if (!noMails && known is not null) cmd.Db.Remove(known);
            cmd.Audit("care-opt-out", partyOrContact, new { NoMails = known is not null }, new { NoMails = noMails });
            return Result.Ok;
        }, ct);
}

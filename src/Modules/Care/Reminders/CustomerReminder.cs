using System.Linq.Expressions;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// T-11 客户提醒: somebody is to do something for a customer, from a moment on until it is done. One sent to be answered at once is an online reminder
/// (source 6 of R-CAL-1): always the most striking.
/// </summary>
internal sealed class CustomerReminder : BusinessRecord
{
    /// <summary>The customer it concerns, if any.</summary>
    public Guid? PartyId { get; init; }
    /// <summary>提醒人.</summary>
    public required string RequestedBy { get; init; }
    /// <summary>提醒时间: from then on it stands open.</summary>
    public required DateTimeOffset RequestedAt { get; set; }
    /// <summary>期待解决时间.</summary>
    public DateTimeOffset? ExpectedBy { get; init; }
    /// <summary>提醒内容.</summary>
    public required string Content { get; init; }
    /// <summary>提醒对象: an employee (<c>u:</c>) or a department (<c>d:</c>), as <see cref="Principal"/> writes them.</summary>
    public required string Target { get; init; }
    /// <summary>提醒类型; dictionary <see cref="CareDictionaries.ReminderType"/>.</summary>
    public required string ReminderType { get; init; }
    public bool IsOnline { get; init; }
    /// <summary>接待人: who took it on.</summary>
    public Guid? ReceivedBy { get; private set; }
    public DateTimeOffset? ReceivedAt { get; private set; }
    /// <summary>是否解决.</summary>
    public bool IsResolved { get; private set; }
    public DateTimeOffset? ResolvedAt { get; private set; }
    public string? Resolution { get; private set; }

    public Result Receive(Actor by, DateTimeOffset now)
    {
        if (IsResolved) return new ReminderResolved();
        if (ReceivedBy is { } other && other != by.UserId) return new ReminderTaken();
        (ReceivedBy, ReceivedAt) = (by.UserId, ReceivedAt ?? now);
        return Result.Ok;
    }

    public Result Resolve(Actor by, string? resolution, DateTimeOffset now)
    {
        if (IsResolved) return new ReminderResolved();
        (ReceivedBy, ReceivedAt) = (ReceivedBy ?? by.UserId, ReceivedAt ?? now);
        (IsResolved, ResolvedAt, Resolution) = (true, now, string.IsNullOrWhiteSpace(resolution) ? null : resolution.Trim());
        return Result.Ok;
    }

    /// <summary>Comes back later.</summary>
    public Result Snooze(TimeSpan by, DateTimeOffset now)
    {
        if (IsResolved) return new ReminderResolved();
        RequestedAt = now + by;
        return Result.Ok;
    }
}

internal sealed record ReminderResolved() : Problem("care.problem.reminder-resolved");
internal sealed record ReminderTaken() : Problem("care.problem.reminder-taken");

/// <summary>Whose reminders: those to oneself or one's department, those one sent, and with the right those about customers in scope.</summary>
internal static class ReminderScope
{
    public static Expression<Func<CustomerReminder, bool>> Of(CrmDbContext db, Actor actor)
    {
        if (actor.Kind != ActorKind.Staff) return r => false;
        var (principals, me) = (actor.Principals.ToList(), actor.UserId);
        if (!actor.Has(CareRights.View)) return r => principals.Contains(r.Target) || r.CreatedBy == me || r.ReceivedBy == me;
        if (actor.Has(CustomersRights.ViewAll)) return r => true;
        var parties = db.Visible<Party>(actor);
        return r => principals.Contains(r.Target) || r.CreatedBy == me || r.ReceivedBy == me || parties.Any(p => p.Id == r.PartyId);
    }

    /// <summary>Tells the person or the department's people; a reminder for later tells them when its time comes.</summary>
    public static void Announce(this Command cmd, CustomerReminder reminder)
    {
        if (reminder.RequestedAt <= cmd.Now) cmd.Notify(reminder.Target);
        else cmd.Schedule(AnnounceReminder.Kind, reminder.Id.ToString(), reminder.RequestedAt, Value.Null);
    }
}

/// <summary>A reminder's time has come: open pages of whom it is for ask again.</summary>
internal sealed class AnnounceReminder : IDueHandler
{
    public const string Kind = "care.reminder";

    public async Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var id = Guid.Parse(key);
        if (await cmd.Db.All<CustomerReminder>().SingleOrDefaultAsync(r => r.Id == id && !r.IsResolved, ct) is { } reminder)
            cmd.Notify(reminder.Target);
    }
}

/// <summary>A reminder as the form sends it.</summary>
internal sealed record ReminderInput(string? Content, string? Target, string? ReminderType)
{
    public Guid? PartyId { get; init; }
    public DateTimeOffset? RequestedAt { get; init; }
    public DateTimeOffset? ExpectedBy { get; init; }
    public bool IsOnline { get; init; }
    public string? SourcePerson { get; init; }
    public string? Remarks { get; init; }
}

/// <summary>Reminds a person or a department of a customer's matter.</summary>
internal sealed class SendReminder(WorkflowRuntime runtime, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Care.SendReminder", Access.Staff());
    /// <summary>Record type, for <c>CrmFlow.RecordSaved</c>.</summary>
    public const string RecordType = "Care.CustomerReminder";

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, ReminderInput input, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, input, async cmd =>
        {
            if (string.IsNullOrWhiteSpace(input.Content) || input.Content.Trim().Length > 400)
                return new ReminderIncomplete("content", "care.problem.reminder-content");
            if (input.PartyId is { } party && !await cmd.Db.Visible<Party>(actor).AnyAsync(p => p.Id == party, ct)) return new NotFound();
            if (input.ReminderType is null || !(await dictionaries.ReadAsync(cmd.Db, ct)).Has(CareDictionaries.ReminderType, input.ReminderType))
                return new ReminderIncomplete("reminderType", "care.problem.reminder-type");
            if (input.Target is null || !(await cmd.Db.PrincipalNamesAsync([input.Target], ct)).ContainsKey(input.Target))
                return new ReminderIncomplete("target", "care.problem.reminder-target");
            var at = input.RequestedAt is { } wanted && wanted > cmd.Now ? wanted : cmd.Now;
            if (input.ExpectedBy < at) return new ReminderIncomplete("expectedBy", "care.problem.reminder-expected");
            var reminder = new CustomerReminder
            {
                Id = cmd.NewId(), PartyId = input.PartyId, RequestedBy = actor.Name, RequestedAt = at, ExpectedBy = input.ExpectedBy,
                Content = input.Content.Trim(), Target = input.Target, ReminderType = input.ReminderType,
                IsOnline = input.IsOnline, SourcePerson = input.SourcePerson, Remarks = input.Remarks,
            };
            cmd.Db.Add(reminder);
            cmd.Announce(reminder);
            cmd.Audit("customer-reminder", reminder.Id, null, new { reminder.Target, reminder.Content });
            await cmd.RecordSavedAsync(RecordType, reminder.Id, reminder.Content, RecordChange.Created,
                Value.Object(("content", reminder.Content), ("target", reminder.Target), ("type", reminder.ReminderType),
                ("isOnline", reminder.IsOnline)), ct);
            return reminder.Id;
        }, ct);
}

internal sealed record ReminderIncomplete : Problem
{
    public ReminderIncomplete(string field, string key) : base(key) => (Kind, Field) = (ProblemKind.Invalid, field);
}

internal enum ReminderAnswer { Receive, Resolve, Snooze }

/// <summary>接手, 解决, 10 分钟后: the answer of whom a reminder is for.</summary>
internal sealed class AnswerReminder(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.AnswerReminder", Access.Staff());
    public static readonly TimeSpan Later = TimeSpan.FromMinutes(10);

    public Task<Result> HandleAsync(Actor actor, Guid operationId, Guid id, ReminderAnswer answer, string? resolution, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { id, answer, resolution }, async cmd =>
        {
            if (await cmd.Db.Visible<CustomerReminder>(actor).AsTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } reminder)
                return new NotFound();
            var done = answer switch
            {
                ReminderAnswer.Receive => reminder.Receive(actor, cmd.Now),
                ReminderAnswer.Resolve => reminder.Resolve(actor, resolution, cmd.Now),
                _ => reminder.Snooze(Later, cmd.Now),
            };
            if (done.Problem is { } refusal) return refusal;
            cmd.Notify(reminder.Target);
            cmd.Notify(Principal.User(reminder.CreatedBy));
            if (answer == ReminderAnswer.Snooze) cmd.Announce(reminder);
            cmd.Audit("customer-reminder", reminder.Id, null, new { Answer = answer.ToString(), reminder.Resolution });
            if (reminder.IsResolved) await cmd.RecordSavedAsync(SendReminder.RecordType, reminder.Id, reminder.Content, RecordChange.Changed,
                Value.Object(("isResolved", true)), ct);
            return Result.Ok;
        }, ct);
}

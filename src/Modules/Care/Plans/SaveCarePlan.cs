using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>A plan as the form sends it.</summary>
internal sealed record CarePlanInput(string? Name, CareOccasionKind Occasion, string? CareType, string? Method)
{
    public Guid? AudienceId { get; init; }
    public string? FestivalKey { get; init; }
    public int EveryMonths { get; init; } = 1;
    public DateOnly? StartOn { get; init; }
    public int LeadDays { get; init; }
    public string? Subject { get; init; }
    public string? Body { get; init; }
    public string? Remarks { get; init; }
    public bool IsActive { get; init; }
}

/// <summary>Makes or changes a plan. Switching it on begins with today; what lies before is past.</summary>
internal sealed class SaveCarePlan(WorkflowRuntime runtime, BusinessTime time, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Care.SaveCarePlan", Access.Staff(CareRights.Plan));

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid? id, int revision, CarePlanInput input, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { id, revision, input }, async cmd =>
        {
            if (Check(input, await dictionaries.ReadAsync(cmd.Db, ct), await cmd.Db.SettingAsync(CareSettings.Festivals, cmd.Now, ct)) is { } refusal)
                return refusal;
            if (input.AudienceId is { } audience && !await cmd.Db.All<Audience>().AnyAsync(a => a.Id == audience, ct)) return new NotFound();
            var plan = id is null ? null : await cmd.Db.All<CarePlan>().AsTracking().SingleOrDefaultAsync(p => p.Id == id, ct);
            if (id is not null && plan is null) return new NotFound();
            if (plan is not null && plan.Revision != revision) return new CareChanged();
            if (plan is null)
            {
                plan = new CarePlan { Id = cmd.NewId(), Name = "", Occasion = input.Occasion, CareType = input.CareType!, Method = input.Method! };
                cmd.Db.Add(plan);
            }
            var before = plan.Name.Length == 0 ? null : new { plan.Name, plan.Occasion, plan.Method, plan.IsActive, plan.Subject, plan.Body };
            // Off and on again, or another calendar: days in between are not made up for.
            if (input.IsActive && (!plan.IsActive || plan.Occasion != input.Occasion || plan.LeadDays != input.LeadDays))
                await BeginTodayAsync(cmd, plan.Id, input.LeadDays, ct);
            (plan.Name, plan.Occasion, plan.CareType, plan.Method, plan.AudienceId) =
                (input.Name!.Trim(), input.Occasion, input.CareType!, input.Method!, input.AudienceId);
            (plan.FestivalKey, plan.EveryMonths, plan.StartOn, plan.LeadDays) = (input.FestivalKey, input.EveryMonths, input.StartOn, input.LeadDays);
            (plan.Subject, plan.Body, plan.Remarks, plan.IsActive) =
                (input.Subject?.Trim(), input.Body?.Trim(), input.Remarks?.Trim(), input.IsActive);
            if (!cmd.Changes(plan)) return plan.Id;
            cmd.Audit("care-plan", plan.Id, before, new { plan.Name, plan.Occasion, plan.Method, plan.IsActive, plan.Subject, plan.Body });
            if (plan.IsActive) cmd.Schedule(CareMorning.Kind, CareMorning.Key, await CareMorning.TodayOrNowAsync(cmd, time, ct), Value.Null);
            return plan.Id;
        }, ct);

    private async Task BeginTodayAsync(Command cmd, Guid plan, int leadDays, CancellationToken ct)
    {
        var before = time.DateOf(cmd.Now).AddDays(leadDays - 1);
        if (await cmd.Db.All<CarePlanProgress>().AsTracking().SingleOrDefaultAsync(p => p.PlanId == plan, ct) is { } known)
            known.BegunThrough = before;
        else cmd.Db.Add(new CarePlanProgress { PlanId = plan, BegunThrough = before });
    }

    private static Problem? Check(CarePlanInput input, DictionaryBook book, Festival[] festivals)
    {
        if (string.IsNullOrWhiteSpace(input.Name) || input.Name.Trim().Length > 60) return new CarePlanIncomplete("name", "care.problem.plan-name");
        if (input.CareType is null || !book.Has(CareDictionaries.CareType, input.CareType))
            return new CarePlanIncomplete("careType", "care.problem.plan-type");
        if (input.Method is null || !book.Has(CareDictionaries.CareMethod, input.Method))
            return new CarePlanIncomplete("method", "care.problem.plan-method");
        if (input.Occasion == CareOccasionKind.Festival && festivals.All(f => f.Key != input.FestivalKey))
            return new CarePlanIncomplete("festival", "care.problem.plan-festival");
        if (input.Occasion == CareOccasionKind.Regular && (input.StartOn is null || input.EveryMonths is < 1 or > 36))
            return new CarePlanIncomplete("startOn", "care.problem.plan-rhythm");
        if (input.LeadDays is < 0 or > 60) return new CarePlanIncomplete("leadDays", "care.problem.plan-lead");
        if (input.Method == CareDictionaries.Mail && (string.IsNullOrWhiteSpace(input.Subject) || string.IsNullOrWhiteSpace(input.Body)))
            return new CarePlanIncomplete("body", "care.problem.plan-mail");
        if (input.Subject?.Length > 200 || input.Body?.Length > 8000) return new CarePlanIncomplete("body", "care.problem.plan-long");
        return (CareText.Unknown(input.Subject) ?? CareText.Unknown(input.Body)) is { } word
            ? new CarePlanIncomplete("body", "care.problem.plan-word", word, string.Join(" ", CareText.Words)) : null;
    }
}

internal sealed record CarePlanIncomplete : Problem
{
    public CarePlanIncomplete(string field, string key, params object?[] args) : base(key, args) => (Kind, Field) = (ProblemKind.Invalid, field);
}

using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// Puts the care of a plan's day on the list for the people selected. Who already has it for the same occasion and year is left out; each of the
/// others begins in a transaction of its own.
/// </summary>
[Activity("Care.AddOccasions")]
internal sealed class AddOccasions(Command cmd) : IActivity
{
    [Input] public Guid PlanId { get; set; }
    /// <summary>yyyy-MM-dd.</summary>
    [Input] public string? Day { get; set; }
    /// <summary>As <c>Care.SelectAudience</c> gives them.</summary>
    [Input] public Value People { get; set; }

    /// <summary>How many were new.</summary>
    [Output] public int Added { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var plan = await cmd.Db.All<CarePlan>().SingleOrDefaultAsync(p => p.Id == PlanId, ct)
            ?? throw new InvalidOperationException($"There is no care plan {PlanId}.");
        var day = CareMorning.FromIso(Day)
            ?? throw new InvalidOperationException($"'{Day}' is no day. Give Care.AddOccasions the plan's day as yyyy-MM-dd.");
        var wanted = (People.Kind == ValueKind.Array ? People.Items : []).Select(p => (Person: p, Key: KeyOf(plan, p, day))).DistinctBy(p => p.Key)
            .ToList();
        var keys = wanted.ConvertAll(p => p.Key);
        var there = await cmd.Db.All<CareOccasion>().Where(o => keys.Contains(o.Key)).Select(o => o.Key).ToListAsync(ct);
        foreach (var (person, key) in wanted.Where(p => !there.Contains(p.Key)))
        {
            var occasion = new CareOccasion
            {
                Id = cmd.NewId(), Key = key, PlanId = plan.Id, Kind = plan.Occasion, Name = person["occasion"].ToText() ?? plan.Name,
                CareType = plan.CareType, Method = plan.Method,
                PartyId = person["partyId"].ToGuid()
                    ?? throw new InvalidOperationException("A person without partyId was handed to Care.AddOccasions."),
                ContactId = person["contactId"].ToGuid(), On = day, PlannedAt = cmd.Now, IsDemo = plan.IsDemo,
            };
            cmd.Db.Add(occasion);
            cmd.Schedule(BeginOccasion.Kind, occasion.Id.ToString(), cmd.Now, Value.Null);
            Added++;
        }
        return ActivityResult.Complete();
    }

    /// <summary>
    /// A birthday is one of the person, a founding day one of the company, a festival one of the year; regular care is told apart by its day.
    /// </summary>
    internal static string KeyOf(CarePlan plan, Value person, DateOnly day)
    {
        var who = person["contactId"].ToGuid() ?? person["partyId"].ToGuid() ?? Guid.Empty;
        var year = ((int)(person["year"].ToDecimal() ?? day.Year)).ToString(CultureInfo.InvariantCulture);
        return plan.Occasion switch
        {
            CareOccasionKind.Birthday => $"birthday:{who:N}:{year}",
            CareOccasionKind.Founding => $"founding:{person["partyId"].ToGuid():N}:{year}",
            CareOccasionKind.SpecialDay => $"special:{person["partyId"].ToGuid():N}:{person["occasion"].ToText()}:{year}",
            CareOccasionKind.Festival => $"festival:{plan.FestivalKey}:{who:N}:{CareMorning.Iso(day)}",
            _ => $"plan:{plan.Id:N}:{who:N}:{CareMorning.Iso(day)}",
        };
    }
}

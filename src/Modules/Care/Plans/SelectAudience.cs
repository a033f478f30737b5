using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// Picks customers or contacts, a page at a time: those of a saved filter, and with a plan and a day those the plan cares for that day (birthdays,
/// anniversaries, festivals, regular care). Ask again with what it gave in Next until that is empty.
/// </summary>
[Activity("Care.SelectAudience")]
internal sealed class SelectAudience(Command cmd) : IActivity
{
    private const int MaxTake = 500;

    /// <summary>A care plan; it says which audience and which occasion.</summary>
    [Input] public Guid? PlanId { get; set; }
    /// <summary>yyyy-MM-dd, with a plan.</summary>
    [Input] public string? Day { get; set; }
    /// <summary>Without a plan: name or id of a saved audience.</summary>
    [Input] public string? Audience { get; set; }
    [Input] public string? After { get; set; }
    /// <summary>1…500.</summary>
    [Input] public int Take { get; set; } = 200;

    /// <summary>A list of <c>{partyId, contactId, name, occasion, year, email}</c>.</summary>
    [Output] public Value People { get; private set; }
    [Output] public int Count { get; private set; }
    /// <summary>Hand it in as After for the following page; nothing at the end.</summary>
    [Output] public string? Next { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        Take = Math.Clamp(Take, 1, MaxTake);
        var plan = PlanId is { } id ? await cmd.Db.All<CarePlan>().SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw new InvalidOperationException($"There is no care plan {id}.") : null;
        var filter = await FilterAsync(plan, ct);
        var day = CareMorning.FromIso(Day);
        if (plan is not null && day is null)
            throw new InvalidOperationException($"'{Day}' is no day. Give Care.SelectAudience the plan's day as yyyy-MM-dd.");

        var found = plan?.Occasion switch
        {
            CareOccasionKind.Birthday => await BirthdaysAsync(filter, await OnAsync(day!.Value, ct), ct),
            CareOccasionKind.Founding => await FoundingsAsync(filter, await OnAsync(day!.Value, ct), ct),
            CareOccasionKind.SpecialDay => await SpecialDaysAsync(filter, await OnAsync(day!.Value, ct), ct),
            _ => await EveryoneAsync(filter, await NameAsync(plan, ct), day?.Year ?? 0, ct),
        };
        if (found.Count > Take)
        {
            found.RemoveAt(Take);
            Next = found[^1].Cursor.ToString();
        }
        (People, Count) = (Value.List(found.Select(f => f.Value)), found.Count);
        return ActivityResult.Complete();
    }

    private readonly record struct Found(Guid Cursor, Value Value);

    private static Found Of(Guid cursor, Guid party, Guid? contact, string name, string? email, string occasion, int year) =>
        new(cursor, Value.Object(
        ("partyId", party), ("contactId", contact is { } c ? (Value)c : Value.Null), ("name", name), ("email", email), ("occasion", occasion),
            ("year", year)));

    private Guid Start => Guid.TryParse(After, out var id) ? id : Guid.Empty;

    private async Task<DaysOn> OnAsync(DateOnly day, CancellationToken ct) =>
        DaysOn.Of(day, await cmd.Db.SettingAsync(CareSettings.AnnualDays, cmd.Now, ct));

    private async Task<AudienceFilter> FilterAsync(CarePlan? plan, CancellationToken ct)
    {
        if (plan is not null && plan.AudienceId is null) return new();
        var named = Guid.TryParse(Audience, out var id) ? id : (Guid?)null;
        var wanted = plan?.AudienceId ?? named;
        var audience = await cmd.Db.All<Audience>().SingleOrDefaultAsync(a => wanted != null ? a.Id == wanted : a.Name == Audience, ct);
        return audience?.Filter ?? throw new InvalidOperationException(
            $"There is no audience '{Audience ?? wanted?.ToString()}'. Save it among the audiences, or choose another.");
    }

    private async Task<string> NameAsync(CarePlan? plan, CancellationToken ct) => plan?.Occasion == CareOccasionKind.Festival
        ? (await cmd.Db.SettingAsync(CareSettings.Festivals, cmd.Now, ct)).FirstOrDefault(f => f.Key == plan.FestivalKey)?.Words() ?? plan.Name
        : plan?.Name ?? Audience ?? "";

    private async Task<List<Found>> BirthdaysAsync(AudienceFilter filter, DaysOn on, CancellationToken ct)
    {
        var (parties, after) = (filter.Apply(cmd.Db.All<Party>(), cmd.Db), Start);
        var (solarMonth, solarDays, solarOnly, lunarMonth, lunarDays, lunarOnly, ordinary, leap) =
            (on.SolarMonth, on.SolarDays, on.SolarMonthOnly, on.LunarMonth, on.LunarDays, on.LunarMonthOnly, on.OrdinaryMonth, on.LeapMonth);
        var rows = await cmd.Db.All<Contact>().Where(c =>
                c.BirthCalendar == CalendarKind.Solar && c.BirthMonth == solarMonth
                    && (c.BirthDay == null ? solarOnly : solarDays.Contains(c.BirthDay.Value))
                || c.BirthCalendar == CalendarKind.Lunar && c.BirthMonth == lunarMonth && (c.BirthIsLeapMonth ? leap : ordinary)
                    && (c.BirthDay == null ? lunarOnly : lunarDays.Contains(c.BirthDay.Value)))
            .Where(c => c.Id.CompareTo(after) > 0 && parties.Any(p => p.Id == c.PartyId)).OrderBy(c => c.Id).Take(Take + 1).ToListAsync(ct);
        return rows.ConvertAll(c => Of(c.Id, c.PartyId, c.Id, c.Name, c.Email, CareOccasion.Birthday, on.YearOf(c.BirthCalendar)));
    }

    private async Task<List<Found>> FoundingsAsync(AudienceFilter filter, DaysOn on, CancellationToken ct)
    {
        var (month, days, year, after) = (on.SolarMonth, on.SolarDays, on.Date.Year, Start);
        var rows = await WithContact(filter.Apply(cmd.Db.All<Party>(), cmd.Db)
            .Where(p => p.FoundedOn != null && p.FoundedOn.Value.Month == month && days.Contains(p.FoundedOn.Value.Day)
                && p.FoundedOn.Value.Year < year && p.Id.CompareTo(after) > 0)).ToListAsync(ct);
        return rows.ConvertAll(r => Of(r.Party.Id, r.Party.Id, r.Contact?.Id, r.Contact?.Name ?? r.Party.Name, r.Contact?.Email ?? r.Party.Email,
            CareOccasion.Founding(year - r.Party.FoundedOn!.Value.Year), year));
    }

    private async Task<List<Found>> SpecialDaysAsync(AudienceFilter filter, DaysOn on, CancellationToken ct)
    {
        var (parties, after) = (filter.Apply(cmd.Db.All<Party>(), cmd.Db), Start);
        var (solarMonth, lunarMonth) = (on.SolarMonth, on.LunarMonth);
        // Few customers keep days of their own: the month narrows them down, the rules are asked of each.
        var days = await cmd.Db.All<Anniversary>().Where(a =>
            (a.Month == solarMonth || a.Month == lunarMonth) && a.Id.CompareTo(after) > 0 && parties.Any(p => p.Id == a.PartyId)).OrderBy(a => a.Id)
            .ToListAsync(ct);
        var kept = days.Where(a => on.Has(a.On)).Take(Take + 1).ToList();
        var ids = kept.ConvertAll(a => a.PartyId);
        var byParty = (await WithContact(cmd.Db.All<Party>().Where(p => ids.Contains(p.Id)), all: true).ToListAsync(ct))
            .ToDictionary(r => r.Party.Id);
        return kept.ConvertAll(a => (a, r: byParty[a.PartyId]))
            .ConvertAll(x => Of(x.a.Id, x.a.PartyId, x.r.Contact?.Id, x.r.Contact?.Name ?? x.r.Party.Name, x.r.Contact?.Email ?? x.r.Party.Email,
            x.a.Name, on.YearOf(x.a.Calendar)));
    }

    private async Task<List<Found>> EveryoneAsync(AudienceFilter filter, string occasion, int year, CancellationToken ct)
    {
        var after = Start;
        var rows = await WithContact(filter.Apply(cmd.Db.All<Party>(), cmd.Db).Where(p => p.Id.CompareTo(after) > 0)).ToListAsync(ct);
        return rows.ConvertAll(r =>
            Of(r.Party.Id, r.Party.Id, r.Contact?.Id, r.Contact?.Name ?? r.Party.Name, r.Contact?.Email ?? r.Party.Email, occasion, year));
    }

    private sealed record PartyAndContact(Party Party, Contact? Contact);

    /// <summary>A company is cared for through its primary contact, or the first there is.</summary>
    private IQueryable<PartyAndContact> WithContact(IQueryable<Party> parties, bool all = false) =>
        (all ? parties : parties.OrderBy(p => p.Id).Take(Take + 1))
        .Select(p => new PartyAndContact(p, cmd.Db.All<Contact>().Where(c => c.PartyId == p.Id).OrderByDescending(c => c.IsPrimary).ThenBy(c =>
            c.Name).ThenBy(c => c.Id).FirstOrDefault()));
}

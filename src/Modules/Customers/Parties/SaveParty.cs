using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>A customer or agent as a form hands it over.</summary>
/// <param name="Values">By field key of <see cref="PartyForm"/>; what is not named stays as it is.</param>
/// <param name="OwnerId">负责人; a new record without one belongs to whoever enters it (CUS-06).</param>
public sealed record PartyInput(Dictionary<string, string?> Values, Guid? OwnerId = null, IReadOnlyList<AnniversaryInput>? Anniversaries = null);

public sealed record AnniversaryInput(string Name, AnnualDay On);

/// <summary>
/// Enters or changes a customer or agent (CUS-06, CUS-08). A name or phone another one has is warned about first and saved when the person says so.
/// </summary>
internal sealed class SaveParty(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Customers.SaveParty", Access.Staff(CustomersRights.Edit));
    public const string RecordType = "Customers.Party";

    /// <param name="expectedRevision">Of the record the form was filled from; null for a new one.</param>
    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, PartyType type, Guid? id, int? expectedRevision, PartyInput input,
        bool despiteDuplicates, CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { type, id, expectedRevision, input, despiteDuplicates }, async cmd =>
        {
            var book = await dictionaries.ReadAsync(cmd.Db, ct);
            if (id is null) return await CreateAsync(cmd, book, type, input, despiteDuplicates, ct);
            var party = await cmd.Db.Visible<Party>(actor).Include(p => p.Anniversaries).SingleOrDefaultAsync(p => p.Id == id && p.Type == type, ct);
            if (party is null) return new NotFound();
            if (expectedRevision is { } expected && expected != party.Revision) return await StaleAsync(cmd.Db, party, time, ct);
            return await ChangeAsync(cmd, book, party, input, despiteDuplicates, ct) is { } problem ? problem : party.Id;
        }, ct);

    /// <summary>Inside any command: the import's and the activities' too.</summary>
    public static async Task<Result<Guid>> CreateAsync(Command cmd, DictionaryBook book, PartyType type, PartyInput input, bool despiteDuplicates,
        CancellationToken ct)
    {
        var party = new Party { Id = cmd.NewId(), Type = type, Name = "", No = "" };
        if (PartyForm.Form.Write(party, input.Values, cmd.Actor, book) is { } wrong) return wrong;
        if (await SettleAsync(cmd, party, input, despiteDuplicates, ct) is { } problem) return problem;
        if (input.OwnerId is null && cmd.Actor.Kind == ActorKind.Staff)
            party.GiveTo(cmd.Actor.UserId, cmd.Actor.Departments.Count > 0 ? cmd.Actor.Departments[0] : null);
        if (string.IsNullOrEmpty(party.No)) party.No = await NextNoAsync(cmd, type, ct);
        cmd.Db.Add(party);
        cmd.Audit("party", party.Id, null, PartyForm.Form.Read(party, Actor.System));
        await cmd.RecordSavedAsync(RecordType, party.Id, party.Name, RecordChange.Created, Facts(party), ct);
        return party.Id;
    }

    /// <param name="by">Whose rights over single fields count; null: of whoever gave the command.</param>
    public static async Task<Problem?> ChangeAsync(Command cmd, DictionaryBook book, Party party, PartyInput input, bool despiteDuplicates,
        CancellationToken ct, Actor? by = null)
    {
        var before = PartyForm.Form.Read(party, Actor.System);
        var (name, no) = (party.Name, party.No);
        if (PartyForm.Form.Write(party, input.Values, by ?? cmd.Actor, book) is { } wrong) return wrong;
        if (string.IsNullOrEmpty(party.No)) party.No = no;
        if (await SettleAsync(cmd, party, input, despiteDuplicates || party.Name == name, ct) is { } problem) return problem;
        if (!cmd.Changes(party)) return null;
        var after = PartyForm.Form.Read(party, Actor.System);
        cmd.Audit("party", party.Id, Differing(before, after), Differing(after, before));
        await cmd.RecordSavedAsync(RecordType, party.Id, party.Name, RecordChange.Changed, Facts(party), ct);
        return null;
    }

    /// <summary>What conditions on the canvas may ask of a saved customer.</summary>
    public static Value Facts(Party party) =>
        Value.Object([("type", party.Type.ToString()), ("ownerId", party.OwnerId is { } owner ? Value.From(owner) : Value.Null),
        .. PartyForm.Form.Fields.Select(f => (f.Key, RecordForm<Party>.TextOf(f.Get(party)) is { } text ? Value.From(text) : Value.Null))]);

    /// <summary>The refusal of a form older than the record, naming who changed it when.</summary>
    public static async Task<ChangedMeanwhile> StaleAsync(CrmDbContext db, BusinessRecord record, BusinessTime time, CancellationToken ct)
    {
        var by = (await db.UsersByIdAsync([record.ChangedBy], ct)).GetValueOrDefault(record.ChangedBy)?.Name ?? "—";
        return new ChangedMeanwhile(by, time.Local(record.ChangedAt).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
    }

    internal static async Task<string> NextNoAsync(Command cmd, PartyType type, CancellationToken ct)
    {
        while (true)
        {
            var count = await cmd.NextInSeriesAsync(type == PartyType.Agent ? "party.agent" : "party.customer", 0, ct);
            var no = type == PartyType.Agent ? $"DL-{count:0000}" : $"KH-{count:00000}";
            // Somebody may have typed the number the series comes to.
            if (!await cmd.Db.All<Party>().AnyAsync(p => p.No == no, ct)) return no;
        }
    }

    private static Dictionary<string, string?> Differing(Dictionary<string, string?> of, Dictionary<string, string?> from) =>
        of.Where(v => from[v.Key] != v.Value).ToDictionary();

    private static async Task<Problem?> SettleAsync(Command cmd, Party party, PartyInput input, bool despiteDuplicates, CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(party.No) && await cmd.Db.All<Party>().AnyAsync(p => p.No == party.No && p.Id != party.Id, ct))
            return new PartyNoTaken(party.No);
        party.NameKey = PartyNames.Key(party.Name);
        if (!despiteDuplicates && await DuplicatesAsync(cmd, party, ct) is { } duplicates) return duplicates;
        if (input.OwnerId is { } owner && owner != party.OwnerId)
        {
            if (await cmd.Db.FindUserAsync(owner, ct) is not { Kind: ActorKind.Staff } user) return new NotFound { Field = "owner" };
            party.GiveTo(user.Id, user.DepartmentKey);
        }
        if (input.Anniversaries is { } days)
        {
            if (days.Any(d => string.IsNullOrWhiteSpace(d.Name) || d.Name.Length > 50 || !IsDay(d.On))) return new AnniversaryInvalid();
            var stays = days.Count == party.Anniversaries.Count
                && days.Select(d => (d.Name.Trim(), AsKept(d.On))).ToHashSet().SetEquals(party.Anniversaries.Select(a => (a.Name, a.On)));
            if (stays) return null;
            if (cmd.Db.Entry(party).State != EntityState.Detached) cmd.Changes(party, parts: true);
            cmd.Db.RemoveRange(party.Anniversaries);
            party.Anniversaries.Clear();
            foreach (var (name, on) in days)
            {
                var kept = AsKept(on);
                var day = new Anniversary { Id = cmd.NewId(), PartyId = party.Id, Name = name.Trim(), Year = on.Year, Month = on.Month, Day = on.Day,
                    Calendar = on.Calendar, IsLeapMonth = kept.IsLeapMonth };
                party.Anniversaries.Add(day);
                if (cmd.Db.Entry(party).State != EntityState.Detached) cmd.Db.Add(day);
            }
        }
        return null;
    }

    /// <summary>Only lunar months are leap months.</summary>
    private static AnnualDay AsKept(AnnualDay on) => on with { IsLeapMonth = on is { Calendar: CalendarKind.Lunar, IsLeapMonth: true } };

    /// <summary>A day some year has: 29 February without a year, the 30th of a lunar month.</summary>
    internal static bool IsDay(AnnualDay on) => on.Month is >= 1 and <= 12 && on.Year is null or (>= 1850 and <= 2100)
        && (on.Day is null || (on.Calendar == CalendarKind.Lunar ? on.Day is >= 1 and <= 30
            : on.Day >= 1 && on.Day <= DateTime.DaysInMonth(on.Year ?? 2000, on.Month)));

    /// <summary>Who has this name or one of these numbers already. One outside the actor's scope is said to exist, not who it is.</summary>
    private static async Task<PossibleDuplicate?> DuplicatesAsync(Command cmd, Party party, CancellationToken ct)
    {
        var others = cmd.Db.All<Party>().Where(p => p.Type == party.Type && p.Id != party.Id);
        var phones = new[] { party.OfficePhone, party.MobilePhone }.OfType<string>().ToList();
        var found = await others.Where(p => p.NameKey == party.NameKey || phones.Contains(p.OfficePhone!) || phones.Contains(p.MobilePhone!))
            .OrderBy(p => p.No).Select(p => new { p.Id, p.Name, p.No }).Take(3).ToListAsync(ct);
        if (found.Count == 0) return null;
        var ids = found.ConvertAll(f => f.Id);
        var seen = await cmd.Db.Visible<Party>(cmd.Actor).Where(p => ids.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct);
        var shown = found.Where(f => seen.Contains(f.Id)).ToList();
        return shown.Count == 0 ? new PossibleDuplicate("customers.problem.duplicate-elsewhere")
            : new PossibleDuplicate("customers.problem.duplicate", string.Join('、', shown.Select(f => $"{f.Name}（{f.No}）")));
    }
}

internal sealed record PartyNoTaken : Problem
{
    public PartyNoTaken(string no) : base("customers.problem.no-taken", no) => Field = "no";
}
/// <summary>A warning: the form offers to save all the same.</summary>
public sealed record PossibleDuplicate : Problem
{
    public PossibleDuplicate(string key, params object?[] args) : base(key, args) => (Kind, Field) = (ProblemKind.Conflict, "name");
}
internal sealed record AnniversaryInvalid() : Problem("customers.problem.anniversary");

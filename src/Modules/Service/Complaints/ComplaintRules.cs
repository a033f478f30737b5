using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;

namespace CrmFlow.Service;

/// <summary>Working days each step may take.</summary>
public sealed record ComplaintDueDays(int Classify, int Assign, int Handle, int CallBack)
{
    internal IEnumerable<int> All => [Classify, Assign, Handle, CallBack];
}

/// <summary>Roles, by key, that do each step; technicians are chosen among the members of a role.</summary>
public sealed record ComplaintRoles([property: RoleSetting] string Classify, [property: RoleSetting] string AssignProduct,
    [property: RoleSetting] string AssignService,
    [property: RoleSetting] string Technicians, [property: RoleSetting] string CallBack)
{
    internal IEnumerable<string> All => [Classify, AssignProduct, AssignService, Technicians, CallBack];
}

/// <summary>When the customer is called.</summary>
/// <param name="AfterHours">Hours between the handling and the first call.</param>
/// <param name="RetryHours">Hours until the next attempt when nobody answered.</param>
/// <param name="Attempts">Calls per round before the complaint is closed as not reached.</param>
public sealed record CallBackTimes(int AfterHours, int RetryHours, int Attempts);

/// <summary>
/// C-01: when a complaint may be recorded with its handling in one sitting. The seed's note ③ allows it when receiver and handler are <em>not</em>
/// the same person and it was solved on the spot; sense says the same person, which is what ships.
/// </summary>
/// <param name="SamePerson">Receiver and handler must be the same person; false: they must differ, as the note says word for word.</param>
/// <param name="Allowed">False: always two parts by two sittings.</param>
public sealed record OneSitting(bool Allowed, bool SamePerson);

/// <summary>The dated settings of complaints. A complaint freezes them when it is recorded.</summary>
public static class ComplaintSettings
{
    /// <summary>Series of numbers.</summary>
    internal const string Complaints = "complaint";

    /// <summary>A score at or below this reopens the complaint; 0 never does.</summary>
    public static readonly Setting<int> ReopenAtOrBelow = new("service.reopen-at-or-below", 2);
    public static readonly Setting<CallBackTimes> CallBack = new("service.call-back", new(48, 24, 3));
    public static readonly Setting<ComplaintDueDays> DueDays = new("service.due-days", new(1, 1, 3, 1));
    public static readonly Setting<ComplaintRoles> Roles =
        new("service.roles", new(ShippedRoles.Support, ShippedRoles.Support, ShippedRoles.Support, ShippedRoles.Technician, ShippedRoles.Reception));
    public static readonly Setting<OneSitting> OneSitting = new("service.one-sitting", new(Allowed: true, SamePerson: true));
    public static readonly Setting<string> NumberPattern = new("service.number-pattern", "TS-{yyyy}-{seq:4}");

    internal static Problem? Check(CallBackTimes times) =>
        times.AfterHours is >= 0 and <= 8760 && times.RetryHours is >= 1 and <= 8760 && times.Attempts is >= 1 and <= 20 ? null
            : new InvalidSetting("service.setting.call-back-range");
}

/// <summary>The rules a complaint was recorded under; a later change of a setting touches only later complaints.</summary>
public sealed record ComplaintRules
{
    public required int ReopenAtOrBelow { get; init; }
    public required CallBackTimes CallBack { get; init; }
    public required ComplaintDueDays Due { get; init; }
    public required ComplaintRoles Roles { get; init; }

    internal static async Task<ComplaintRules> InForceAsync(CrmDbContext db, DateTimeOffset at, CancellationToken ct) => new()
    {
        ReopenAtOrBelow = await db.SettingAsync(ComplaintSettings.ReopenAtOrBelow, at, ct),
        CallBack = await db.SettingAsync(ComplaintSettings.CallBack, at, ct),
        Due = await db.SettingAsync(ComplaintSettings.DueDays, at, ct),
        Roles = await db.SettingAsync(ComplaintSettings.Roles, at, ct),
    };

    /// <summary>What the process reads of them. Durations are texts a delay takes as they are.</summary>
    internal Value ToValue() => Value.Object(
        ("ReopenAtOrBelow", ReopenAtOrBelow),
        ("CallBackAfter", TimeSpan.FromHours(CallBack.AfterHours).ToString("c")),
        ("RetryAfter", TimeSpan.FromHours(CallBack.RetryHours).ToString("c")),
        ("Attempts", CallBack.Attempts),
        ("Due", Value.Object(("Classify", Due.Classify), ("Assign", Due.Assign), ("Handle", Due.Handle), ("CallBack", Due.CallBack))),
        ("Roles", Value.Object(("Classify", Roles.Classify), ("AssignProduct", Roles.AssignProduct), ("AssignService", Roles.AssignService),
            ("CallBack", Roles.CallBack))));
}

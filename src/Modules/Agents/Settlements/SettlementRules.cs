using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Agents;

/// <summary>From this score on the report proposes this ratio.</summary>
/// <param name="Ratio">Percent, 0…100.</param>
public sealed record RatioBand(decimal FromScore, decimal Ratio);

/// <summary>One question of the satisfaction report (T-16).</summary>
/// <param name="Key">Kept with the answers; never changes its meaning.</param>
public sealed record SurveyQuestion(string Key, string Name, string EnglishName, decimal MaxScore);

/// <summary>Working days each step may take.</summary>
public sealed record SettlementDueDays(int Commerce, int Correction, int Report, int Signature, int Invoice, int Receipt, int Finance)
{
    internal IEnumerable<int> All => [Commerce, Correction, Report, Signature, Invoice, Receipt, Finance];
}

/// <summary>The dated settings of settlement (R-SET-2). An application freezes them when it is submitted.</summary>
public static class SettlementSettings
{
    /// <summary>Series of numbers.</summary>
    internal const string Applications = "settlement", Vouchers = "ledger";

    public static readonly Setting<RatioBand[]> RatioBands = new("agents.ratio-bands", [new(90, 100), new(80, 80), new(60, 50), new(0, 0)]);
    /// <summary>How far, in percentage points, a ratio may leave the proposed one.</summary>
    public static readonly Setting<decimal> MaxDeviation = new("agents.max-deviation", 10);
    public static readonly Setting<bool> OnlyFullyPaid = new("agents.only-fully-paid", true);
    public static readonly Setting<SurveyQuestion[]> Questions = new("agents.questions",
    [
        new("first-visit", "首访完成与满意度", "First visits done and rated", 25),
        new("complaints", "投诉处理", "Complaint handling", 25),
        new("follow-up", "客户回访评价", "Follow-up ratings", 20),
        new("documents", "资料与合同完整", "Documents and contracts complete", 15),
        new("support", "技术配合", "Technical cooperation", 15),
    ]);
    /// <summary>From this amount on, in yuan, two leaders sign.</summary>
    public static readonly Setting<decimal> TwoSignaturesFrom = new("agents.two-signatures-from", 10_000);
    public static readonly Setting<SettlementDueDays> DueDays = new("agents.due-days", new(3, 3, 3, 3, 3, 3, 3));
    public static readonly Setting<string> NumberPattern = new("agents.number-pattern", "JS-{yyyy}-{seq:4}");
    public static readonly Setting<string> VoucherPattern = new("agents.voucher-pattern", "WL-{yyyy}-{seq:4}");

    internal static Problem? CheckBands(RatioBand[] bands)
    {
        if (bands.Length == 0 || bands.Min(b => b.FromScore) != 0) return new InvalidSetting("agents.setting.bands-from-zero");
        if (bands.Select(b => b.FromScore).Distinct().Count() != bands.Length) return new InvalidSetting("agents.setting.bands-twice");
        return bands.Any(b => b.FromScore is < 0 or > 100 || b.Ratio is < 0 or > 100) ? new InvalidSetting("agents.setting.bands-range") : null;
    }

    internal static Problem? CheckQuestions(SurveyQuestion[] questions)
    {
        if (questions.Any(q => string.IsNullOrWhiteSpace(q.Key) || string.IsNullOrWhiteSpace(q.Name) || q.MaxScore <= 0))
            return new InvalidSetting("agents.setting.question-incomplete");
        if (questions.Select(q => q.Key).Distinct().Count() != questions.Length) return new InvalidSetting("agents.setting.question-twice");
        var sum = questions.Sum(q => q.MaxScore);
        return sum == 100 ? null : new InvalidSetting("agents.setting.question-sum", sum.ToString("0.##", CultureInfo.InvariantCulture));
    }
}

/// <summary>The rules an application was submitted under; a later change of a setting touches only later applications.</summary>
public sealed record SettlementRules
{
    public required RatioBand[] Bands { get; init; }
    public required decimal MaxDeviation { get; init; }
    public required bool OnlyFullyPaid { get; init; }
    public required SurveyQuestion[] Questions { get; init; }
    public required decimal TwoSignaturesFrom { get; init; }
    public required SettlementDueDays Due { get; init; }

    internal static async Task<SettlementRules> InForceAsync(CrmDbContext db, DateTimeOffset at, CancellationToken ct) => new()
    {
        Bands = await db.SettingAsync(SettlementSettings.RatioBands, at, ct),
        MaxDeviation = await db.SettingAsync(SettlementSettings.MaxDeviation, at, ct),
        OnlyFullyPaid = await db.SettingAsync(SettlementSettings.OnlyFullyPaid, at, ct),
        Questions = await db.SettingAsync(SettlementSettings.Questions, at, ct),
        TwoSignaturesFrom = await db.SettingAsync(SettlementSettings.TwoSignaturesFrom, at, ct),
        Due = await db.SettingAsync(SettlementSettings.DueDays, at, ct),
    };

    /// <summary>The ratio the bands give for a score, in percent.</summary>
    public decimal ProposedRatio(decimal score) => Bands.OrderByDescending(b => b.FromScore).FirstOrDefault(b => score >= b.FromScore)?.Ratio ?? 0;

    /// <summary>What the process reads of them: the tier and the due times.</summary>
    internal Value ToValue() => Value.Object(("TwoSignaturesFrom", TwoSignaturesFrom), ("Due", Value.Object(
        ("Commerce", Due.Commerce), ("Correction", Due.Correction), ("Report", Due.Report), ("Signature", Due.Signature),
        ("Invoice", Due.Invoice), ("Receipt", Due.Receipt), ("Finance", Due.Finance))));
}

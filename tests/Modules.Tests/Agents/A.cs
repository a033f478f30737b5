using CrmFlow.Agents;
using CrmFlow.Runtime;

namespace CrmFlow.Modules.Tests.Agents;

/// <summary>Applications at each stage, each built from the one before; no database.</summary>
internal static class A
{
    public static readonly DateTimeOffset Now = new(2026, 5, 11, 1, 24, 0, TimeSpan.Zero);
    public static readonly BusinessTime Time = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), TimeProvider.System);
    public static readonly Guid AgentId = Id(1);
    public static readonly Actor Agent = new(ActorKind.Agent, Id(2), "吴建国") { AgentId = AgentId };
    public static readonly Actor Support = new(ActorKind.Staff, Id(3), "陈立");
    public static readonly Actor Leader = new(ActorKind.Staff, Id(4), "赵宏远");
    public static readonly Actor OtherLeader = new(ActorKind.Staff, Id(5), "欧阳淼");

    public static readonly SettlementRules Rules = new()
    {
        Bands = SettlementSettings.RatioBands.Default, MaxDeviation = 10, OnlyFullyPaid = true, Questions = SettlementSettings.Questions.Default,
        TwoSignaturesFrom = 10_000, Due = SettlementSettings.DueDays.Default,
    };

    private static int _next = 1000;
    public static Guid Id(int n) => new(n, 0, 0, new byte[8]);
    public static Guid NewId() => Id(Interlocked.Increment(ref _next));

    public static SettlementLine Line(Guid application, decimal fee, int position = 1) => new()
    {
        Id = NewId(), ApplicationId = application, Position = position, SalesRecordId = NewId(), SaleOrderNo = $"XS2026{position:0000}",
        SaleDate = new(2026, 1, 12), CustomerName = "江城水务集团",
        ProductId = Id(9), ProductName = "K9 市政管网", Quantity = 2, AmountReceivable = fee * 20, Rate = 0.05m, Fee = fee,
    };

    public static SettlementApplication Draft(params decimal[] fees)
    {
        var draft = new SettlementApplication { Id = NewId(), AgentId = AgentId, CreatedBy = Agent.UserId, CreatedAt = Now };
        draft.Edit(new(2026, 1, 1), new(2026, 3, 31), null, fees.Select((fee, i) => Line(draft.Id, fee, i + 1)).ToList(), Now);
        return draft;
    }

    public static async Task<SettlementApplication> Submitted(params decimal[] fees)
    {
        var application = Draft(fees);
        (await application.SubmitAsync(Rules, Agent, Now, () => Task.FromResult("JS-2026-0037"))).Failed.ShouldBeFalse();
        return application;
    }

    public static async Task<SettlementApplication> Approved(params decimal[] fees)
    {
        var application = await Submitted(fees);
        application.CommerceDecides(null, Now).Failed.ShouldBeFalse();
        return application;
    }

    /// <summary>Scores that add up to a total, filled from the first question on.</summary>
    public static SurveyAnswer[] Scores(decimal total) => Rules.Questions.Select(q =>
    {
        var score = Math.Min(q.MaxScore, total);
        total -= score;
        return new SurveyAnswer(q.Key, q.Name, q.EnglishName, q.MaxScore, score, null);
    }).ToArray();

    public static async Task<SettlementApplication> Reported(decimal score, params decimal[] fees)
    {
        var application = await Approved(fees);
        Report(application, score);
        return application;
    }

    public static void Report(SettlementApplication application, decimal score) =>
        application.Take(SatisfactionReport.Write(NewId(), application, Scores(score), "服务及时", null, null, Support.UserId, Now).Value, Now)
            .Failed.ShouldBeFalse();

    public static Result<Signature> Sign(SettlementApplication application, Actor by, string? mark = null)
    {
        var signed = Signature.Sign(NewId(), application, "one", by, null, mark ?? by.Name, Now);
        if (!signed.Failed) application.Signatures.Add(signed.Value);
        return signed;
    }
}

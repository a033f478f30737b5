using System.Text.Json;
using CrmFlow.Agents;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Everybody settlement needs on a real runtime with the shipped definition: two agents, six parties, one product at 5 %. Each stage is reached from
/// the one before, through the commands people use: <c>var s = await Settlement.StartAsync(); var id = await s.ReportedAsync(86, fee: 10_000);</c>
/// </summary>
internal sealed class Settlement : IAsyncDisposable
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly string Definition = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workflows", "agents", "settlement.json"));
    public static readonly DateOnly PeriodFrom = new(2026, 1, 1), PeriodTo = new(2026, 3, 31);
    /// <summary>A drawn signature.</summary>
    public const string Png =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABgAAAAMCAAAAABdWyKpAAAATUlEQVR42lWPiREAIQgDt/+mc3okAj7D406CCFTrxlucm/OXagBjr2WmIgHQIqn9AE1Hm6685YfCSPbblgzhuaZtJGyIYebnULcytlM+ME3GOi8hw28AAAAASUVORK5CYII=";
    private int _sales, _invoices;

    private Settlement(TestApp app) => App = app;

    public TestApp App { get; }
    public FakeClock Clock => App.Clock;
    public Guid AgentId { get; private set; }
    public Guid OtherAgentId { get; private set; }
    public Guid ProductId { get; private set; }
    public Guid CustomerId { get; private set; }
    public Actor Agent { get; private set; } = null!;
    public Actor OtherAgent { get; private set; } = null!;
    public Actor Commerce { get; private set; } = null!;
    public Actor Support { get; private set; } = null!;
    public Actor Leader { get; private set; } = null!;
    public Actor SecondLeader { get; private set; } = null!;
    public Actor Finance { get; private set; } = null!;
    /// <summary>Staff without any right.</summary>
    public Actor Outsider { get; private set; } = null!;

    public static async Task<Settlement> StartAsync(bool secondLeader = true, DatabaseOptions? database = null)
    {
        var s = new Settlement(await TestApp.StartAsync(database: database));
        var app = s.App;
        (s.AgentId, s.OtherAgentId, s.ProductId, s.CustomerId) = (app.NewOperation(), app.NewOperation(), app.NewOperation(), app.NewOperation());
        await app.DoAsync(cmd =>
        {
            cmd.Db.Add(new Party { Id = s.AgentId, Type = PartyType.Agent, No = "D001", Name = "武汉图元信息技术有限公司" });
            cmd.Db.Add(new Party { Id = s.OtherAgentId, Type = PartyType.Agent, No = "D002", Name = "长沙经纬数码有限公司" });
            cmd.Db.Add(new Party { Id = s.CustomerId, Type = PartyType.Customer, No = "K001", Name = "江城水务集团" });
            cmd.Db.Add(new Product { Id = s.ProductId, Code = "K9-04", Name = "K9 市政管网" });
            cmd.Db.Add(new FeeRate { Id = cmd.NewId(), ProductId = s.ProductId, Rate = 0.05m, ValidFrom = new(2020, 1, 1), CreatedBy = Guid.Empty,
                CreatedAt = cmd.Now });
            return Task.CompletedTask;
        });
        string[] view = [AgentsRights.View];
        s.Agent = await app.AgentAsync(s.AgentId, "wujianguo", "吴建国");
        s.OtherAgent = await app.AgentAsync(s.OtherAgentId, "tanxiaoyun", "谭晓云");
        s.Commerce = await app.StaffAsync("zhoumin", "周敏", ["commerce"],
            [.. view, AgentsRights.ApplyFor, AgentsRights.EditRates, AgentsRights.Cancel]);
        s.Support = await app.StaffAsync("chenli", "陈立", ["support"], view);
        s.Leader = await app.StaffAsync("zhaohongyuan", "赵宏远", ["leader"], view);
        if (secondLeader) s.SecondLeader = await app.StaffAsync("ouyangmiao", "欧阳淼", ["leader"], view);
        s.Finance = await app.StaffAsync("hejing", "何静", ["finance"], [.. view, AgentsRights.Reverse]);
        s.Outsider = await app.StaffAsync("liuyang", "刘洋", ["sales"]);
        await app.PublishAsync(Definition);
        return s;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>A fully paid sale that earns this fee (receivable = fee × 20), unless said otherwise.</summary>
    public async Task<Guid> SaleAsync(decimal fee, decimal? received = null, Guid? agent = null, Guid? product = null, DateOnly? on = null)
    {
        var id = Guid.Empty;
        var no = Interlocked.Increment(ref _sales);
        await App.DoAsync(cmd =>
        {
            cmd.Db.Add(new SalesRecord
            {
                Id = id = cmd.NewId(), SaleOrderNo = $"XS{no:000000}", SaleDate = on ?? new(2026, 2, 5), CustomerId = CustomerId,
                AgentId = agent ?? AgentId, ProductId = product ?? ProductId,
                Quantity = 1, AmountReceivable = fee * 20, AmountReceived = received ?? fee * 20,
            });
            return Task.CompletedTask;
        });
        return id;
    }

    public async Task<Result<DraftSaved>> TrySaveAsync(Actor actor, params Guid[] sales) =>
        await App.Get<CrmFlow.Agents.SaveDraft>()
            .HandleAsync(actor, App.NewOperation(), null, null, new(actor.AgentId ?? AgentId, PeriodFrom, PeriodTo, sales, null), Ct);

    public async Task<Guid> DraftAsync(Actor actor, params Guid[] sales)
    {
        var saved = await TrySaveAsync(actor, sales);
        saved.Problem.ShouldBeNull();
        return saved.Value.Id;
    }

    public Task<Result<SettlementSubmitted>> SubmitAsync(Actor actor, Guid id, Guid? operation = null) =>
        App.Get<SubmitSettlement>().HandleAsync(actor, operation ?? App.NewOperation(), id, Ct);
    public Task<Result> WithdrawAsync(Actor actor, Guid id) => App.Get<WithdrawSettlement>().HandleAsync(actor, App.NewOperation(), id, Ct);

    /// <summary>Submitted with one line of this fee, waiting for commerce.</summary>
    public async Task<Guid> SubmittedAsync(decimal fee = 5_000, Actor? by = null)
    {
        by ??= Agent;
        var id = await DraftAsync(by, await SaleAsync(fee, agent: by.AgentId ?? AgentId));
        (await SubmitAsync(by, id)).Problem.ShouldBeNull();
        return id;
    }

    public async Task<Guid> ApprovedAsync(decimal fee = 5_000, Actor? by = null)
    {
        var id = await SubmittedAsync(fee, by);
        await DecideAsync(Commerce, id, "Approve");
        return id;
    }

    public async Task<Guid> ReportedAsync(decimal score = 95, decimal fee = 5_000, Actor? by = null)
    {
        var id = await ApprovedAsync(fee, by);
        await DecideAsync(Support, id, "Submit", data: Report(score));
        return id;
    }

    /// <summary>Signed by everybody who must, waiting for the invoice (or ended, when nothing is returned).</summary>
    public async Task<Guid> SignedAsync(decimal score = 95, decimal fee = 5_000, Actor? by = null)
    {
        var id = await ReportedAsync(score, fee, by);
        await SignAllAsync(id);
        return id;
    }

    public async Task SignAllAsync(Guid id)
    {
        var two = (await OpenTaskAsync(id)).ActivityId == "leaders-signature";
        await DecideAsync(Leader, id, "Sign", signature: Leader.Name);
        if (two && SecondLeader is not null) await DecideAsync(SecondLeader, id, "Sign", signature: SecondLeader.Name);
    }

    public async Task<Guid> InvoicedAsync(decimal score = 95, decimal fee = 5_000, Actor? by = null)
    {
        var id = await SignedAsync(score, fee, by);
        await DecideAsync(by ?? Agent, id, "Send", data: await InvoiceAsync(id));
        return id;
    }

    public async Task<Guid> ReceivedAsync(decimal score = 95, decimal fee = 5_000, Actor? by = null)
    {
        var id = await InvoicedAsync(score, fee, by);
        await ReceiveAsync(id);
        return id;
    }

    public async Task ReceiveAsync(Guid id)
    {
        await ScanAsync(Support, id);
        await DecideAsync(Support, id, "Confirm");
    }

    public async Task ScanAsync(Actor actor, Guid id) =>
        (await App.Get<UploadAttachment>().HandleAsync(actor, "settlement", id, "invoice-scan", "发票.pdf",
            new MemoryStream("%PDF-1.4\n%%EOF\n"u8.ToArray()), App.NewOperation(), Ct)).Problem.ShouldBeNull();

    /// <summary>Scores that add up to a total.</summary>
    public static Dictionary<string, Value> Report(decimal total, decimal? ratio = null, string? reason = null)
    {
        var data = new Dictionary<string, Value> { ["comments"] = "服务及时", ["ratio"] = ratio is { } r ? r : Value.Null, ["reason"] = reason };
        foreach (var question in SettlementSettings.Questions.Default)
        {
            var score = Math.Min(question.MaxScore, total);
            data[$"score.{question.Key}"] = score;
            total -= score;
        }
        return data;
    }

    /// <summary>A new invoice of the approved amount.</summary>
    public async Task<Dictionary<string, Value>> InvoiceAsync(Guid id, string? number = null, decimal? amount = null) => new()
    {
        ["code"] = "4200201130", ["number"] = number ?? $"{Interlocked.Increment(ref _invoices):00000000}", ["issuedOn"] = "2026-03-02",
            ["courier"] = "SF4410220817",
        ["amount"] = amount ?? (await ApplicationAsync(id)).ReturnAmount!.Value,
    };

    public async Task<UserTask> OpenTaskAsync(Guid id) =>
        await FindOpenTaskAsync(id) ?? throw new InvalidOperationException("No step of the application is open.");

    public Task<UserTask?> FindOpenTaskAsync(Guid id) =>
        App.ReadAsync(db => db.Set<UserTask>().SingleOrDefaultAsync(t => t.SubjectId == id && t.State == TaskState.Open, Ct));

    public async Task<string?> StepAsync(Guid id) => (await FindOpenTaskAsync(id))?.ActivityId;

    public async Task<Result> TryDecideAsync(Actor actor, Guid id, string outcome, string? opinion = null, Dictionary<string, Value>? data = null,
        string? signature = null, Guid? operation = null)
    {
        var task = await OpenTaskAsync(id);
        return await CompleteAsync(actor, task, outcome, opinion, data, signature, operation);
    }

    public Task<Result> CompleteAsync(Actor actor, UserTask task, string outcome, string? opinion = null, Dictionary<string, Value>? data = null,
        string? signature = null, Guid? operation = null) =>
        App.Get<CompleteTask>().HandleAsync(actor, new(task.Id, task.Revision, operation ?? App.NewOperation(), outcome) { Opinion = opinion,
            Data = data ?? [], Signature = signature }, Ct);

    public async Task DecideAsync(Actor actor, Guid id, string outcome, string? opinion = null, Dictionary<string, Value>? data = null,
        string? signature = null) =>
        (await TryDecideAsync(actor, id, outcome, opinion, data, signature)).Problem.ShouldBeNull();

    public Task<SettlementApplication> ApplicationAsync(Guid id) =>
        App.ReadAsync(db => db.Set<SettlementApplication>().Whole().SingleAsync(a => a.Id == id, Ct));
    public async Task<SettlementState> StateAsync(Guid id) => (await ApplicationAsync(id)).State;
    public Task<List<LedgerEntry>> LedgerAsync() => App.ReadAsync(db => db.Set<LedgerEntry>().OrderBy(e => e.Voucher).ToListAsync(Ct));
    public async Task<SettlementView> ViewAsync(Actor actor, Guid id)
    {
        var read = await App.Get<GetSettlement>().HandleAsync(actor, id, Ct);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    /// <summary>Whether the sale may be applied for now.</summary>
    public async Task<bool> IsFreeAsync(Guid sale) =>
        (await App.Get<FreeLines>().ListAsync(Agent, null, PeriodFrom, PeriodTo, Ct)).Value.Single(s => s.SalesRecordId == sale).IsFree;

    public Task SettingAsync<T>(Setting<T> setting, T value) where T : notnull => App.DoAsync(cmd =>
    {
        cmd.Db.Add(new SettingValue { Id = cmd.NewId(), Key = setting.Key, EffectiveFrom = cmd.Now,
            Value = JsonSerializer.Serialize(value, CrmJson.Options), ChangedBy = Guid.Empty, ChangedAt = cmd.Now });
        return Task.CompletedTask;
    });
}

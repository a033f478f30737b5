using System.Text.Json;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Everybody a complaint needs on a real runtime with the shipped definition. Each stage is reached from the one before, through the commands people
/// use:
/// <c>var s = await Complaints.StartAsync(); var id = await s.HandledAsync();</c>
/// </summary>
internal sealed class Complaints : IAsyncDisposable
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;
    public static readonly string Definition = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workflows", "service", "complaint.json"));

    private int _settings; // several changes at one standing instant stay in order

    private Complaints(TestApp app) => App = app;

    public TestApp App { get; }
    public FakeClock Clock => App.Clock;
    public Guid CustomerId { get; private set; }
    public Guid OtherCustomerId { get; private set; }
    public Guid ProductId { get; private set; }
    public Guid SaleId { get; private set; }
    /// <summary>Takes calls.</summary>
    public Actor Reception { get; private set; } = null!;
    /// <summary>Classifies, assigns, calls back and cancels.</summary>
    public Actor Support { get; private set; } = null!;
    public Actor Technician { get; private set; } = null!;
    public Actor SecondTechnician { get; private set; } = null!;
    public Actor Leader { get; private set; } = null!;
    /// <summary>Staff without any right.</summary>
    public Actor Outsider { get; private set; } = null!;
    public Actor Agent { get; private set; } = null!;

    public static async Task<Complaints> StartAsync()
    {
        var s = new Complaints(await TestApp.StartAsync());
        var app = s.App;
        var agent = app.NewOperation();
        (s.CustomerId, s.OtherCustomerId, s.ProductId, s.SaleId) = (app.NewOperation(), app.NewOperation(), app.NewOperation(), app.NewOperation());
        await app.DoAsync(cmd =>
        {
            cmd.Db.Add(new Party { Id = s.CustomerId, Type = PartyType.Customer, No = "K001", Name = "江城水务集团" });
            cmd.Db.Add(new Party { Id = s.OtherCustomerId, Type = PartyType.Customer, No = "K002", Name = "楚天燃气有限公司" });
            cmd.Db.Add(new Party { Id = agent, Type = PartyType.Agent, No = "D001", Name = "武汉图元信息技术有限公司" });
            cmd.Db.Add(new Product { Id = s.ProductId, Code = "K9-06", Name = "K9 市政管网" });
            cmd.Db.Add(new SalesRecord { Id = s.SaleId, SaleOrderNo = "XS000001", SaleDate = new(2026, 1, 5), CustomerId = s.CustomerId,
                ProductId = s.ProductId, Quantity = 1, AmountReceivable = 1, AmountReceived = 1 });
            return Task.CompletedTask;
        });
        s.Reception = await app.StaffAsync("sunxiaomei", "孙晓梅", ["reception"], [ServiceRights.Record, CustomersRights.View, CustomersRights.ViewAll]);
        s.Support = await app.StaffAsync("chenli", "陈立", ["support"],
            [ServiceRights.ViewComplaints, ServiceRights.Record, ServiceRights.Cancel, ServiceRights.ViewRecords, ServiceRights.EditRecords,
            CustomersRights.View, CustomersRights.ViewAll]);
        s.Technician = await app.StaffAsync("wusiyuan", "吴思远", ["technician"]);
        s.SecondTechnician = await app.StaffAsync("huangxue", "黄雪", ["technician"]);
        s.Leader = await app.StaffAsync("zhaohongyuan", "赵宏远", ["leader"],
            [ServiceRights.ViewComplaints, CustomersRights.View, CustomersRights.ViewAll]);
        s.Outsider = await app.StaffAsync("liuyang", "刘洋", ["sales"]);
        s.Agent = await app.AgentAsync(agent, "wujianguo", "吴建国");
        await s.SettingAsync(ComplaintSettings.Roles, ComplaintSettings.Roles.Default with { CallBack = "support" });
        await app.PublishAsync(Definition);
        return s;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    public ComplaintEntry Entry => new(CustomerId, "李淼", "13800001234", "升级以后打开图层就崩溃，已经影响抢修。");

    public Task<Result<ComplaintRecorded>> RecordAsync(Actor actor, ComplaintEntry entry, Guid? operation = null) =>
        App.Get<RecordComplaint>().HandleAsync(actor, operation ?? App.NewOperation(), entry, Ct);

    public async Task<Guid> RecordedAsync(ComplaintEntry? entry = null)
    {
        var recorded = await RecordAsync(Reception, entry ?? Entry);
        recorded.Problem.ShouldBeNull();
        return recorded.Value.Id;
    }

    public async Task<Guid> ClassifiedAsync(ComplaintCategory category = ComplaintCategory.Product)
    {
        var id = await RecordedAsync();
        await DecideAsync(Support, id, "HandOver", new() { ["category"] = category.ToString(), ["verification"] = "电话核实属实" });
        return id;
    }

    public async Task<Guid> AssignedAsync(ComplaintCategory category = ComplaintCategory.Product)
    {
        var id = await ClassifiedAsync(category);
        await AssignAsync(id, Technician);
        return id;
    }

    public Task AssignAsync(Guid id, Actor technician) => DecideAsync(Support, id, "Assign", new() { ["technician"] = technician.UserId });

    /// <summary>Handled, waiting for the call-back's time.</summary>
    public async Task<Guid> HandledAsync(ComplaintCategory category = ComplaintCategory.Product)
    {
        var id = await AssignedAsync(category);
        await HandleAsync(id, Technician);
        return id;
    }

    public Task HandleAsync(Guid id, Actor technician, string result = "补丁装好，图层能打开") =>
        DecideAsync(technician, id, "Handled", new() { ["method"] = "上门更换补丁", ["result"] = result, ["location"] = "客户机房" });

    /// <summary>The call-back's time has come.</summary>
    public async Task<Guid> CallBackDueAsync(ComplaintCategory category = ComplaintCategory.Product)
    {
        var id = await HandledAsync(category);
        await PassAsync(TimeSpan.FromHours(ComplaintSettings.CallBack.Default.AfterHours));
        return id;
    }

    public async Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await App.RunDueAsync();
    }

    public Task RateAsync(Guid id, int score, string? comment = "能用了") =>
        DecideAsync(Support, id, "Reached", new() { ["satisfaction"] = $"{score}", ["comment"] = comment });

    public Task<UserTask?> FindOpenTaskAsync(Guid id) =>
        App.ReadAsync(db => db.Set<UserTask>().SingleOrDefaultAsync(t => t.SubjectId == id && t.State == TaskState.Open, Ct));
    public async Task<UserTask> OpenTaskAsync(Guid id) =>
        await FindOpenTaskAsync(id) ?? throw new InvalidOperationException("No step of the complaint is open.");
    public async Task<string?> StepAsync(Guid id) => (await FindOpenTaskAsync(id))?.ActivityId;

    public async Task<Result> TryDecideAsync(Actor actor, Guid id, string outcome, Dictionary<string, Value>? data = null, string? opinion = null)
    {
        var task = await OpenTaskAsync(id);
        return await CompleteAsync(actor, task, outcome, data, opinion);
    }

    public Task<Result> CompleteAsync(Actor actor, UserTask task, string outcome, Dictionary<string, Value>? data = null, string? opinion = null,
        Guid? operation = null) =>
        App.Get<CompleteTask>()
            .HandleAsync(actor, new(task.Id, task.Revision, operation ?? App.NewOperation(), outcome) { Opinion = opinion, Data = data ?? [] }, Ct);

    public async Task DecideAsync(Actor actor, Guid id, string outcome, Dictionary<string, Value>? data = null, string? opinion = null) =>
        (await TryDecideAsync(actor, id, outcome, data, opinion)).Problem.ShouldBeNull();

    public Task<Result> CancelAsync(Actor actor, Guid id, string? reason = "客户撤回") =>
        App.Get<CancelComplaint>().HandleAsync(actor, App.NewOperation(), id, reason, Ct);

    public Task<Complaint> ComplaintAsync(Guid id) =>
        App.ReadAsync(db => db.Set<Complaint>().Include(c => c.Handlings).Include(c => c.CallBacks).AsSplitQuery().SingleAsync(c => c.Id == id, Ct));
    public async Task<ComplaintState> StateAsync(Guid id) => (await ComplaintAsync(id)).State;

    public async Task<ComplaintView> ViewAsync(Actor actor, Guid id)
    {
        var read = await App.Get<GetComplaint>().HandleAsync(actor, id, Ct);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    public Task SettingAsync<T>(Setting<T> setting, T value) where T : notnull => App.DoAsync(cmd =>
    {
        cmd.Db.Add(new SettingValue { Id = cmd.NewId(), Key = setting.Key, EffectiveFrom = cmd.Now,
            Value = JsonSerializer.Serialize(value, CrmJson.Options), ChangedBy = Guid.Empty, ChangedAt = cmd.Now.AddTicks(++_settings) });
        return Task.CompletedTask;
    });
}

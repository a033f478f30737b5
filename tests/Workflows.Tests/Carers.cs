using System.Globalization;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Everybody first visits and care need on a real runtime with the shipped definitions, and one customer: <c>await using var c = await
/// Carers.StartAsync();</c>.
/// The clock starts on Monday 2026-03-02 at 09:00 in Shanghai.
/// </summary>
internal sealed class Carers : IAsyncDisposable
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;
    private int _orders, _lines;

    private Carers(TestApp app) => App = app;

    public TestApp App { get; }
    public FakeClock Clock => App.Clock;
    public Guid CustomerId { get; private set; }
    public Guid ProductId { get; private set; }
    public Guid OtherProductId { get; private set; }
    public Actor Commerce { get; private set; } = null!;
    public Actor Support { get; private set; } = null!;
    public Actor Sales { get; private set; } = null!;
    /// <summary>Staff without any right.</summary>
    public Actor Outsider { get; private set; } = null!;

    public static string Definition(string name) => Shipped("care/" + name);
    /// <summary>A shipped definition by folder and name.</summary>
    public static string Shipped(string path) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workflows", path + ".json"));

    public static async Task<Carers> StartAsync(Action<IServiceCollection>? configure = null, DatabaseOptions? database = null)
    {
        var c = new Carers(await TestApp.StartAsync(configure, database));
        (c.CustomerId, c.ProductId, c.OtherProductId) = (c.App.NewOperation(), c.App.NewOperation(), c.App.NewOperation());
        await c.App.DoAsync(cmd =>
        {
            cmd.Db.Add(new Party { Id = c.CustomerId, Type = PartyType.Customer, No = "KH-00001", Name = "江城水务集团", Address = "武汉市演示路 1 号",
                ContactName = "李淼", OfficePhone = "027-80000001", Email = "office@example.com" });
            cmd.Db.Add(new Product { Id = c.ProductId, Code = "K9-06", Name = "K9 市政管网" });
            cmd.Db.Add(new Product { Id = c.OtherProductId, Code = "K9-03", Name = "K9 三维" });
            return Task.CompletedTask;
        });
        string[] rights = [CareRights.View, CareRights.Edit, CustomersRights.View, CustomersRights.ViewAll, CustomersRights.Personal,
            SalesRights.ViewOpportunities];
        c.Commerce = await c.App.StaffAsync("zhoumin", "周敏", ["commerce"], [.. rights, CareRights.Plan], "commerce");
        c.Support = await c.App.StaffAsync("chenli", "陈立", ["support"], rights, "support");
        c.Sales = await c.App.StaffAsync("liuyang", "刘洋", ["sales"],
            [CareRights.View, CareRights.Edit, CustomersRights.View, SalesRights.ViewOpportunities]);
        c.Outsider = await c.App.StaffAsync("heming", "何鸣");
        foreach (var name in (string[])["first-visit", "care-day", "care"]) await c.App.PublishAsync(Definition(name));
        await c.App.PublishAsync(Complaints.Definition);
        return c;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>Instant of a local time in Shanghai.</summary>
    public static DateTimeOffset At(int year, int month, int day, int hour = 9, int minute = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.FromHours(8)).ToUniversalTime();

    /// <summary>Saves a sales line as a command does that saves one.</summary>
    public async Task<Guid> SaleAsync(string? order = null, Guid? product = null, Guid? customer = null, DateOnly? on = null, Guid? rep = null)
    {
        var id = App.NewOperation();
        await App.DoAsync(async cmd =>
        {
            var sale = new SalesRecord
            {
                Id = id, SaleOrderNo = order ?? $"XS{++_orders:0000}", LineNo = ++_lines, SaleDate = on ?? App.Get<BusinessTime>().Today,
                CustomerId = customer ?? CustomerId, ProductId = product ?? ProductId, Quantity = 1,
                AmountReceivable = 10_000, AmountReceived = 10_000, SalesRepId = rep,
            };
            cmd.Db.Add(sale);
            await cmd.SaleSavedAsync(sale, RecordChange.Created, Ct);
        });
        return id;
    }

    public async Task<Guid> ContactAsync(string name, AnnualDay? birthday, string? email = null, Guid? party = null)
    {
        var id = App.NewOperation();
        await App.DoAsync(cmd =>
        {
            cmd.Db.Add(new Contact { Id = id, PartyId = party ?? CustomerId, Name = name, Email = email, MobilePhone = "13800000000",
                Birthday = birthday });
            return Task.CompletedTask;
        });
        return id;
    }

    public async Task<Guid> PlanAsync(CarePlanInput plan)
    {
        var saved = await App.Get<SaveCarePlan>().HandleAsync(Commerce, App.NewOperation(), null, 0, plan, Ct);
        saved.Problem.ShouldBeNull();
        return saved.Value;
    }

    public static CarePlanInput Birthdays(string method = "mail") =>
        new("生日祝福", CareOccasionKind.Birthday, "birthday", method) { Subject = "{姓名}，生日快乐", Body = "{称呼}，{客户}：{日子}快乐", IsActive = true };

    /// <summary>Goes to the next instant by whole days and hours, doing on the way what the clock makes due, each at its own time.</summary>
    public async Task UntilAsync(DateTimeOffset until)
    {
        for (var next = Clock.GetUtcNow(); next < until;)
        {
            next = next.AddHours(12) < until ? next.AddHours(12) : until;
            Clock.Set(next);
            await App.RunDueAsync();
        }
        // Steps that wait a second between two lots of people.
        for (var i = 0; i < 3; i++)
        {
            await App.RunDueAsync();
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await App.RunDueAsync();
    }

    public Task<List<FirstVisit>> VisitsAsync() =>
        App.ReadAsync(db => db.Set<FirstVisit>().OrderBy(v => v.SaleDate).ThenBy(v => v.SaleOrderNo).ToListAsync());
    /// <summary>What the instances of a process are called, as administrators read it in their list.</summary>
    public Task<List<string?>> InstanceNamesAsync(string process) =>
        App.ReadAsync(db => db.Set<WorkflowInstanceRow>().Where(i => i.DefinitionId == process).Select(i => i.Name).ToListAsync());
    public Task<List<CareRecord>> RecordsAsync() =>
        App.ReadAsync(db => db.Set<CareRecord>().OrderBy(r => r.CaredAt).ThenBy(r => r.TargetName).ToListAsync());
    public Task<List<CareOccasion>> OccasionsAsync() =>
        App.ReadAsync(db => db.Set<CareOccasion>().OrderBy(r => r.On).ThenBy(r => r.Key).ToListAsync());
    /// <summary>Stored words as a Chinese reader sees them, or an English one.</summary>
    public string Said(string stored, string language = "zh-CN") => App.Get<Texts>().Say(stored, CultureInfo.GetCultureInfo(language));

    public Task<List<CustomerReminder>> RemindersAsync() => App.ReadAsync(db => db.Set<CustomerReminder>().OrderBy(r => r.RequestedAt).ToListAsync());

    public async Task<SubjectTask> TaskAsync(string subject, Guid id) =>
        (await App.ReadAsync(db => db.OpenTasksAsync(subject, [id], Ct)))[id].ShouldHaveSingleItem();

    public async Task<Result> DecideAsync(Actor actor, Guid task, string outcome, Dictionary<string, Value>? data = null, string? opinion = null)
    {
        var view = await App.Get<TaskPage>().HandleAsync(actor, task, Ct);
        if (view.Problem is { } unseen) return unseen;
        return await App.Get<CompleteTask>().HandleAsync(actor,
            new CompleteTaskRequest(task, view.Value.Info.Revision, App.NewOperation(), outcome) { Data = data ?? [], Opinion = opinion }, Ct);
    }

    public static Dictionary<string, Value> Visited(DateOnly on, int satisfaction = 5) => new()
    {
        ["isCompleted"] = true, ["visitor"] = "陈立", ["visitedOn"] = on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["visitedTime"] = "09:00", ["outcome"] = "已会用", ["satisfaction"] = satisfaction.ToString(CultureInfo.InvariantCulture),
    };
}

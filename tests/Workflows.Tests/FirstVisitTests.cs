using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Service;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

public sealed class FirstVisitTestsOnSqlite() : FirstVisitTests(null);

public sealed class FirstVisitTestsOnPostgreSql() : FirstVisitTests(PostgresDatabase.Create())
{
    protected override void Dropped(DatabaseOptions database) => PostgresDatabase.Drop(database);
}

/// <summary>R-FV-1, T-12 with the shipped definition, on both databases.</summary>
public abstract class FirstVisitTests(DatabaseOptions? database) : IDisposable
{
    protected virtual void Dropped(DatabaseOptions database) { }

    public void Dispose()
    {
        if (database is not null) Dropped(database);
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_saved_sale_puts_the_customer_on_the_list_with_all_that_is_known()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.ContactAsync("李淼", null);
        await c.SaleAsync("XS0001", on: new(2026, 3, 1));

        var visit = (await c.VisitsAsync()).ShouldHaveSingleItem();
        (visit.CustomerNo, visit.CustomerName, visit.Address, visit.ContactName, visit.OfficePhone, visit.MobilePhone, visit.ProductName,
            visit.SaleDate, visit.IsCompleted)
            .ShouldBe(("KH-00001", "江城水务集团", "武汉市演示路 1 号", "李淼", "027-80000001", "13800000000", "K9 市政管网", new DateOnly(2026, 3, 1), false));
        visit.DueOn.ShouldBe(new DateOnly(2026, 3, 4)); // two working days after Monday 2 March
        var task = await c.TaskAsync("first-visit", visit.Id);
        task.Holders.ShouldBe(["r:support"]);
        task.DueAt.ShouldBe(Carers.At(2026, 3, 4));
        var waiting = (await c.App.Get<ListFirstVisits>().HandleAsync(c.Support, FirstVisitTab.Waiting, null, null, 20, null, Ct))
            .Value.Rows.ShouldHaveSingleItem();
        (waiting.Id, waiting.TaskId).ShouldBe((visit.Id, task.Id));
        (await c.InstanceNamesAsync("first-visit")).ShouldBe(["XS0001 江城水务集团"]);
    }

    [Fact]
    public async Task Confirming_needs_the_second_form_and_then_the_visit_leaves_the_list_and_stays_searchable()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync("XS0001");
        var visit = (await c.VisitsAsync()).Single();
        var task = (await c.TaskAsync("first-visit", visit.Id)).Id;

        (await c.DecideAsync(c.Support, task, "Complete", new() { ["isCompleted"] = true })).Problem.ShouldNotBeNull().Field.ShouldBe("outcome");
        var unconfirmed = Carers.Visited(new(2026, 3, 2));
        unconfirmed["isCompleted"] = false;
        (await c.DecideAsync(c.Support, task, "Complete", unconfirmed)).Problem.ShouldBeOfType<VisitNotConfirmed>();
        (await c.DecideAsync(c.Support, task, "Complete", Carers.Visited(new(2026, 3, 3)))).Problem.ShouldBeOfType<VisitInFuture>();
        (await c.DecideAsync(c.Support, task, "Complete", Carers.Visited(new(2026, 3, 2), 4))).Problem.ShouldBeNull();

        var done = (await c.VisitsAsync()).Single();
        (done.IsCompleted, done.Visitor, done.VisitedAt, done.Outcome, done.Satisfaction, done.CreatedAt)
            .ShouldBe((true, "陈立", Carers.At(2026, 3, 2), "已会用", 4, visit.CreatedAt));
        var list = c.App.Get<ListFirstVisits>();
        (await list.HandleAsync(c.Support, FirstVisitTab.Waiting, null, null, 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        foreach (var text in (string[])["江城", "XS0001", "市政管网", "李淼", "KH-00001", "陈立"])
            (await list.HandleAsync(c.Support, FirstVisitTab.All, text, null, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem($"found by {text}")
                .Id.ShouldBe(visit.Id);
        (await c.App.ReadAsync(db => new FirstVisitSearch().FindAsync(db, c.Support, "XS0001", 8, Ct))).ShouldHaveSingleItem()
            .Href.ShouldBe($"/care/visits/{visit.Id}");
        (await c.App.ReadAsync(db => new FirstVisitSearch().FindAsync(db, c.Outsider, "XS0001", 8, Ct))).ShouldBeEmpty();
        (await c.RemindersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_reached_means_another_day_and_the_task_comes_back_for_it()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync();
        var visit = (await c.VisitsAsync()).Single();
        var first = (await c.TaskAsync("first-visit", visit.Id)).Id;
        (await c.DecideAsync(c.Support, first, "Postpone", new() { ["nextOn"] = "2026-03-01" })).Problem.ShouldBeOfType<VisitPutOffBackwards>();
        (await c.DecideAsync(c.Support, first, "Postpone", new() { ["nextOn"] = "2026-03-10" })).Problem.ShouldBeNull();

        var put = (await c.VisitsAsync()).Single();
        (put.DueOn, put.Postponed, put.IsCompleted).ShouldBe((new DateOnly(2026, 3, 10), 1, false));
        var again = await c.TaskAsync("first-visit", visit.Id);
        (again.Round, again.DueAt).ShouldBe((2, Carers.At(2026, 3, 10)));
        (await c.DecideAsync(c.Support, again.Id, "Complete", Carers.Visited(new(2026, 3, 2)))).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_discontented_customer_is_brought_to_the_sales_representative()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync(rep: c.Sales.UserId);
        var visit = (await c.VisitsAsync()).Single();
        (await c.DecideAsync(c.Support, (await c.TaskAsync("first-visit", visit.Id)).Id, "Complete", Carers.Visited(new(2026, 3, 2), 2)))
            .Problem.ShouldBeNull();
        var reminder = (await c.RemindersAsync()).ShouldHaveSingleItem();
        (reminder.Target, reminder.PartyId, c.Said(reminder.RequestedBy), c.Said(reminder.Content))
            .ShouldBe(($"u:{c.Sales.UserId}", c.CustomerId, "首访", "江城水务集团 首访满意度 2 分，请尽快联系客户"));
    }

    [Fact]
    public async Task A_very_discontented_customer_becomes_a_complaint_of_its_own_process()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.ContactAsync("李淼", null);
        var sale = await c.SaleAsync("XS0001", rep: c.Sales.UserId);
        var visit = (await c.VisitsAsync()).Single();
        (await c.DecideAsync(c.Support, (await c.TaskAsync("first-visit", visit.Id)).Id, "Complete", Carers.Visited(new(2026, 3, 2), 1)))
            .Problem.ShouldBeNull();
        await c.App.RunDueAsync();

        var complaint = await c.App.ReadAsync(db => db.Set<Complaint>().SingleAsync(Ct));
        (complaint.CustomerId, complaint.SalesRecordId, complaint.Complainant, complaint.ContactInfo, complaint.Content, complaint.Source,
            complaint.ReceivedBy, complaint.State)
            .ShouldBe((c.CustomerId, sale, "李淼", "13800000000", "首访时客户很不满意：已会用", "Process", c.Support.UserId, ComplaintState.New));
        (await c.TaskAsync("complaint", complaint.Id)).Holders.ShouldNotBeEmpty();
        (await c.RemindersAsync()).ShouldHaveSingleItem().Target.ShouldBe($"u:{c.Sales.UserId}");
    }

    [Fact]
    public async Task Without_a_representative_who_works_here_commerce_is_told()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync(rep: c.Sales.UserId);
        await c.App.DisableAsync(c.Sales);
        var visit = (await c.VisitsAsync()).Single();
        (await c.DecideAsync(c.Support, (await c.TaskAsync("first-visit", visit.Id)).Id, "Complete", Carers.Visited(new(2026, 3, 2), 1)))
            .Problem.ShouldBeNull();
        (await c.RemindersAsync()).ShouldHaveSingleItem().Target.ShouldBe("r:commerce");
    }

    [Fact]
    public async Task The_lines_of_an_order_share_one_visit()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync("XS0001");
        await c.SaleAsync("XS0001", c.OtherProductId);
        await c.SaleAsync("XS0001", c.OtherProductId);
        await c.SaleAsync("XS0002");
        var visits = await c.VisitsAsync();
        visits.Select(v => (v.SaleOrderNo, v.ProductName)).ShouldBe([("XS0001", "K9 市政管网、K9 三维"), ("XS0002", "K9 市政管网")]);
        foreach (var visit in visits) await c.TaskAsync("first-visit", visit.Id);
    }

    [Fact]
    public async Task The_due_days_are_those_in_force_when_the_sale_was_saved()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync("XS0001");
        await c.App.DoAsync(cmd =>
        {
            cmd.Db.Add(new SettingValue { Id = cmd.NewId(), Key = "care.first-visit-days", EffectiveFrom = Carers.At(2026, 3, 3, 0), Value = "5",
                ChangedBy = Guid.Empty, ChangedAt = cmd.Now });
            return Task.CompletedTask;
        });
        await c.SaleAsync("XS0002");
        c.Clock.Set(Carers.At(2026, 3, 3));
        await c.SaleAsync("XS0003");
        (await c.VisitsAsync()).Select(v => (v.SaleOrderNo, v.DueOn))
            .ShouldBe([("XS0001", new(2026, 3, 4)), ("XS0002", new(2026, 3, 4)), ("XS0003", new DateOnly(2026, 3, 10))]);
    }

    [Fact]
    public async Task Others_do_not_see_a_visit_outside_their_scope()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync();
        var visit = (await c.VisitsAsync()).Single();
        (await c.App.Get<GetFirstVisit>().HandleAsync(c.Outsider, visit.Id, Ct)).Problem.ShouldBeOfType<NotFound>();
        // not the owner's customer, not their sale
        (await c.App.Get<GetFirstVisit>().HandleAsync(c.Sales, visit.Id, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await c.App.Get<ListFirstVisits>().HandleAsync(c.Sales, FirstVisitTab.All, null, null, 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await c.App.Get<ListFirstVisits>().HandleAsync(c.Outsider, FirstVisitTab.All, null, null, 20, null, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await c.App.Get<GetFirstVisit>().HandleAsync(c.Support, visit.Id, Ct)).Value.TaskId.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_next_sale_follows_what_an_administrator_changed_on_the_canvas()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.SaleAsync("XS0001");
        // Visits go to commerce from now on, in five days, and only those of large orders.
        await c.App.PublishAsync(Carers.Definition("first-visit")
            .Replace("[\\\"support\\\"]", "[\\\"commerce\\\"]")
            .Replace("\"recordType\": {",
                "\"condition\": {\"typeName\": \"Boolean\", \"expression\": {\"type\": \"JavaScript\", \"value\": \"getInput(\\\"Record\\\").saleOrderNo != \\\"XS0003\\\"\"}},\n        \"recordType\": {")
            .Replace("\"saleId\": {",
                "\"dueInDays\": {\"typeName\": \"Int32\", \"expression\": {\"type\": \"Literal\", \"value\": 5}},\n        \"saleId\": {"));
        await c.SaleAsync("XS0002");
        await c.SaleAsync("XS0003");

        var visits = await c.VisitsAsync();
        visits.Select(v => (v.SaleOrderNo, v.DueOn)).ShouldBe([("XS0001", new(2026, 3, 4)), ("XS0002", new DateOnly(2026, 3, 9))]);
        (await c.TaskAsync("first-visit", visits[0].Id)).Holders.ShouldBe(["r:support"]);
        (await c.TaskAsync("first-visit", visits[1].Id)).Holders.ShouldContain(h => h == "r:commerce" || h == $"u:{c.Commerce.UserId}");
    }
}

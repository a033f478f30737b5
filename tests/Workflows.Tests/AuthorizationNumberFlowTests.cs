using CrmFlow.Customers;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>R-NUM-1, R-NUM-2 with the shipped definition: a sale that was saved without its number gets it after a day.</summary>
public sealed class AuthorizationNumberFlowTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(Carers, Actor Seller)> StartAsync()
    {
        var c = await Carers.StartAsync();
        await c.App.PublishAsync(Carers.Shipped("sales/authorization-number"));
        return (c, await c.App.StaffAsync("hanmei", "韩梅", ["sales"], [.. SalesRights.All, CustomersRights.View, CustomersRights.ViewAll]));
    }

    private static async Task<Guid> SellAsync(Carers c, Actor seller, string? area = "0027", string? industry = "04", Guid? id = null,
        string? remarks = null)
    {
        var input = new SaleInput(new() { ["saleOrderNo"] = "XS-1", ["saleDate"] = "2026-03-02", ["quantity"] = "1", ["areaCode"] = area,
            ["industryCode"] = industry, ["amountReceivable"] = "1", ["remarks"] = remarks }, c.CustomerId, c.ProductId, SalesRepId: seller.UserId);
        var saved = await c.App.Get<SaveSale>().HandleAsync(seller, c.App.NewOperation(), id, null, input, issueNumber: false, Ct);
        saved.Problem.ShouldBeNull();
        return saved.Value.Id;
    }

    private static Task<string?> NumberAsync(Carers c, Guid sale) =>
        c.App.ReadAsync(db => db.Set<SalesRecord>().Where(s => s.Id == sale).Select(s => s.ServiceAuthorizationNo).SingleAsync(Ct));
    private static Task<int> GivenAsync(Carers c) => c.App.ReadAsync(db => db.Set<AuthorizationNumber>().CountAsync(Ct));
    private static Task<List<string>> RunningAsync(Carers c) =>
        c.App.ReadAsync(db =>
        db.Set<WorkflowInstanceRow>().Where(i => i.DefinitionId == "authorization-number").Select(i => i.Status).ToListAsync(Ct));

    [Fact]
    public async Task A_sale_gets_its_number_after_a_day_to_check_it()
    {
        var (c, seller) = await StartAsync();
        await using var _ = c;
        var sale = await SellAsync(c, seller);
        await c.UntilAsync(Carers.At(2026, 3, 3, 8, 59));
        (await NumberAsync(c, sale)).ShouldBeNull();
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));
        (await NumberAsync(c, sale)).ShouldBe("260027040001");
        (await RunningAsync(c)).ShouldBe(["Finished"]);
        (await c.RemindersAsync()).ShouldBeEmpty();
        (await c.App.ReadAsync(db =>
            db.Set<AuditRow>().CountAsync(a => a.Subject == "sale" && a.SubjectId == sale && a.After!.Contains("260027040001"), Ct))).ShouldBe(1);
    }

    [Fact]
    public async Task A_sale_that_was_numbered_keeps_its_number_and_starts_nothing()
    {
        var (c, seller) = await StartAsync();
        await using var _ = c;
        var sale = await SellAsync(c, seller);
        (await c.App.Get<IssueNumber>().IssueAsync(seller, c.App.NewOperation(), sale, Ct)).Problem.ShouldBeNull();
        await c.UntilAsync(Carers.At(2026, 3, 4));
        (await NumberAsync(c, sale), await GivenAsync(c)).ShouldBe(("260027040001", 1));

        await c.App.Get<SaveSale>().HandleAsync(seller, c.App.NewOperation(), null, null,
            new SaleInput(new() { ["saleDate"] = "2026-03-02", ["quantity"] = "1", ["areaCode"] = "0027", ["industryCode"] = "04" }, c.CustomerId,
            c.ProductId), issueNumber: true, Ct);
        (await RunningAsync(c)).ShouldBe(["Finished"]);
    }

    [Fact]
    public async Task What_is_missing_is_asked_for_once_and_the_number_comes_when_it_is_there()
    {
        var (c, seller) = await StartAsync();
        await using var _ = c;
        var sale = await SellAsync(c, seller, area: null);
        await c.UntilAsync(Carers.At(2026, 3, 3));
        var reminder = (await c.RemindersAsync()).ShouldHaveSingleItem();
        (reminder.Target, reminder.PartyId, c.Said(reminder.RequestedBy)).ShouldBe(($"u:{seller.UserId}", c.CustomerId, "服务授权编号"));
        c.Said(reminder.Content).ShouldStartWith("销售单 XS-1 的服务授权编号发不出：");
        c.Said(reminder.Content).ShouldContain("区号");

        await SellAsync(c, seller, area: null, id: sale, remarks: "还在问");
        (await c.RemindersAsync()).Count.ShouldBe(1);
        await SellAsync(c, seller, industry: null, id: sale);
        (await c.RemindersAsync()).Count.ShouldBe(2); // another reason
        await SellAsync(c, seller, id: sale);
        (await NumberAsync(c, sale), await GivenAsync(c)).ShouldBe(("260027040001", 1));
        (await RunningAsync(c)).ShouldBe(["Finished"]);
    }

    [Fact]
    public async Task After_9999_it_is_refused_and_the_refusals_use_no_numbers_up()
    {
        var (c, seller) = await StartAsync();
        await using var _ = c;
        await c.App.DoAsync(async cmd => { for (var i = 0; i < 9999; i++) await cmd.NextInSeriesAsync("authorization:0027-04", 2026, Ct); });
        var sale = await SellAsync(c, seller);
        await c.UntilAsync(Carers.At(2026, 3, 3));
        await SellAsync(c, seller, id: sale, remarks: "再试");
        c.Said((await c.RemindersAsync()).ShouldHaveSingleItem().Content).ShouldContain("已用到 9999");
        (await c.App.ReadAsync(db => db.Set<NumberCounter>().Where(n => n.Series == "authorization:0027-04").Select(n => n.Last).SingleAsync(Ct)))
            .ShouldBe(9999);
        (await NumberAsync(c, sale)).ShouldBeNull();
    }

    [Fact]
    public async Task A_step_that_failed_and_is_run_again_gives_one_number_and_leaves_no_gap()
    {
        var (c, seller) = await StartAsync();
        await using var _ = c;
        var admin = await c.App.StaffAsync("fanglan", "方岚", rights: [DefinitionAdministration.Right]);
        var sale = await SellAsync(c, seller);
        await c.App.BreakAsync("BEFORE INSERT ON authorization_number");
        await c.UntilAsync(Carers.At(2026, 3, 3));
        (await NumberAsync(c, sale)).ShouldBeNull();
        await c.App.MendAsync();
        await c.App.RetryAsync(admin,
            (await c.App.ReadAsync(db => db.Set<WorkflowInstanceRow>().SingleAsync(i => i.DefinitionId == "authorization-number", Ct))).Id);
        (await NumberAsync(c, sale), await GivenAsync(c)).ShouldBe(("260027040001", 1));
    }
}

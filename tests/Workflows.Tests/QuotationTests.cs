using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>T-07 客户报价 and SAL-01 with the shipped definition: a visit at which the customer asks for a quotation becomes an opportunity.</summary>
public sealed class QuotationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Carers> StartAsync(Func<string, string>? change = null)
    {
        var c = await Carers.StartAsync();
        var shipped = Carers.Shipped("sales/quotation");
        await c.App.PublishAsync(change is null ? shipped : change(shipped));
        return c;
    }

    /// <summary>Saved by a technician who sees the customer and may enter no opportunity.</summary>
    private static async Task VisitedAsync(Carers c, string nature = "Quotation")
    {
        var technician = await c.App.StaffAsync("wusiyuan", "吴思远", ["technician"],
            [ServiceRights.ViewRecords, ServiceRights.EditRecords, CustomersRights.View, CustomersRights.ViewAll]);
        var saved = await c.App.Get<SaveRecord>().HandleAsync(technician, c.App.NewOperation(), RecordKind.Visit, null, 0, c.CustomerId, null,
            new Dictionary<string, Value> { ["nature"] = nature, ["visitedAt"] = FormRules.Write(c.App.Get<BusinessTime>(), c.Clock.GetUtcNow()),
                ["visitor"] = technician.UserId, ["method"] = "OnSite", ["content"] = "想加 10 套三维模块，要报价" }, Ct);
        saved.Problem.ShouldBeNull();
    }

    private static Task OwnedAsync(Carers c, string? stage = null) => c.App.DoAsync(async cmd =>
    {
        var party = await cmd.Db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId, Ct);
        party.GiveTo(c.Sales.UserId, null);
        party.Stage = stage;
    });

    private static Task<List<Opportunity>> OpportunitiesAsync(Carers c) => c.App.ReadAsync(db => db.Set<Opportunity>().ToListAsync(Ct));
    private static Task<string?> StageAsync(Carers c) =>
        c.App.ReadAsync(db => db.Set<Party>().Where(p => p.Id == c.CustomerId).Select(p => p.Stage).SingleAsync(Ct));
    private static async Task<Guid> InstanceAsync(Carers c) =>
        (await c.App.ReadAsync(db => db.Set<WorkflowInstanceRow>().SingleAsync(i => i.DefinitionId == "quotation", Ct))).Id;

    [Theory]
    [InlineData(null, "proposal")]
    [InlineData("lead", "proposal")]
    [InlineData("talks", "proposal")]
    [InlineData("deal", "deal")]
    [InlineData("care", "care")]
    public async Task A_quotation_asked_for_becomes_an_opportunity_of_the_customers_owner_and_moves_an_early_customer_on(string? stage, string then)
    {
        await using var c = await StartAsync();
        await OwnedAsync(c, stage);
        await VisitedAsync(c);
        var opportunity = (await OpportunitiesAsync(c)).ShouldHaveSingleItem();
        (opportunity.CustomerId, opportunity.Stage, opportunity.State, opportunity.CloseBy, opportunity.SalesRepId, opportunity.Description)
            .ShouldBe((c.CustomerId, "proposal", OpportunityState.Open, new DateOnly(2026, 4, 1), c.Sales.UserId, "想加 10 套三维模块，要报价"));
        (await StageAsync(c)).ShouldBe(then);
        var reminder = (await c.RemindersAsync()).ShouldHaveSingleItem();
        (reminder.Target, reminder.PartyId, c.Said(reminder.Content)).ShouldBe(($"u:{c.Sales.UserId}", c.CustomerId, "江城水务集团 要报价，销售机会已建好，请准备方案"));
    }

    [Fact]
    public async Task Without_an_owner_commerce_is_told_and_nobody_is_named()
    {
        await using var c = await StartAsync();
        await VisitedAsync(c);
        (await OpportunitiesAsync(c)).ShouldHaveSingleItem().SalesRepId.ShouldBeNull();
        (await c.RemindersAsync()).ShouldHaveSingleItem().Target.ShouldBe("r:commerce");
    }

    [Theory]
    [InlineData("ServiceFollowUp")]
    [InlineData("BusinessContact")]
    public async Task Other_visits_make_none(string nature)
    {
        await using var c = await StartAsync();
        await VisitedAsync(c, nature);
        (await OpportunitiesAsync(c)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("opportunity", 0)]
    [InlineData("customer_reminder", 1)]
    public async Task A_step_that_failed_does_not_cost_the_visit_and_run_again_doubles_nothing(string table, int before)
    {
        await using var c = await StartAsync();
        var admin = await c.App.StaffAsync("fanglan", "方岚", rights: [DefinitionAdministration.Right]);
        await OwnedAsync(c);
        await c.App.BreakAsync($"BEFORE INSERT ON {table}");
        await VisitedAsync(c);
        (await c.App.ReadAsync(db => db.Set<FollowUpVisit>().CountAsync(Ct))).ShouldBe(1);
        (await OpportunitiesAsync(c)).Count.ShouldBe(before);
        await c.App.MendAsync();
        await c.App.RetryAsync(admin, await InstanceAsync(c));
        ((await OpportunitiesAsync(c)).Count, (await c.RemindersAsync()).Count, await StageAsync(c)).ShouldBe((1, 1, "proposal"));
    }

    [Fact]
    public async Task A_stage_nobody_knows_is_an_incident_and_a_retry_after_the_dictionary_was_mended_goes_on()
    {
        await using var c = await StartAsync(json => json.Replace("{\\\"stage\\\":\\\"proposal\\\"}", "{\\\"stage\\\":\\\"quoted\\\"}"));
        await OwnedAsync(c);
        await VisitedAsync(c);
        ((await OpportunitiesAsync(c)).Count, (await c.RemindersAsync()).Count, await StageAsync(c)).ShouldBe((1, 0, null));
        (await c.App.ReadAsync(db => db.Set<IncidentRow>().SingleAsync(i => i.ResolvedAt == null, Ct))).Message.ShouldContain("客户阶段");
    }
}

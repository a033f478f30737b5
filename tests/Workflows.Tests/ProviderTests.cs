using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// What customers and sales offer processes, one step at a time: found, not found, refused. How the shipped processes use them is told by the classes
/// of those.
/// </summary>
public sealed class ProviderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="Outcome">Null: the step stands as an incident.</param>
    /// <param name="Outputs">By property name.</param>
    private sealed record Done(string? Outcome, Value Outputs, string? Incident);

    /// <summary>Runs one step of this type, started by somebody who sees no customer at all: a process acts as the system.</summary>
    private static async Task<Done> RunAsync(Carers c, string type, params (string Name, Value Value)[] inputs)
    {
        var id = "one-" + type.ToLowerInvariant().Replace('.', '-');
        var members = string.Concat(inputs.Select(i =>
            $"\"{i.Name}\": {{\"typeName\": \"Object\", \"expression\": {{\"type\": \"JavaScript\", \"value\": \"getInput(\\\"{i.Name}\\\")\"}}}}, "));
        await c.App.PublishAsync($$$"""
            {"definitionId": "{{{id}}}", "name": "{{{id}}}", "options": {"incidentStrategyType": "ContinueWithIncidentsStrategy"},
             "root": {"id": "flow", "type": "Elsa.Flowchart", "activities": [{"id": "step", "name": "step", "type": "{{{type}}}", {{{members}}}"metadata": {"displayText": "试一步"}}], "connections": []}}
            """);
        var instance = await c.App.StartWorkflowAsync(c.Outsider, id, inputs);
        var admin = c.Outsider with { Rights = new HashSet<string> { DefinitionAdministration.Right } };
        var detail = (await c.App.Get<InstanceAdministration>().GetAsync(admin, instance, Ct)).Value;
        var end = detail.Journal.SingleOrDefault(j => j.ActivityId == "step" && j.Event == JournalEvent.Completed);
        return new(end is null ? null : end.Outcomes.Count > 0 ? end.Outcomes[0] : "Done", end?.Data ?? Value.Undefined,
            detail.Incidents.SingleOrDefault()?.Message);
    }

    private static async Task<Guid> PartyAsync(Carers c, PartyType type, string no, string name)
    {
        var id = c.App.NewOperation();
        await c.App.DoAsync(async cmd =>
        {
            var book = await c.App.Get<Dictionaries>().ReadAsync(cmd.Db, Ct);
            var party = await SaveParty.CreateAsync(cmd, book, type,
                new PartyInput(new() { ["no"] = no, ["name"] = name, ["officePhone"] = "027-8765 4321" }), despiteDuplicates: true, Ct);
            id = party.Value;
        });
        return id;
    }

    [Theory]
    [InlineData("no", "KH-00900", "楚天燃气有限公司")]
    [InlineData("no", " KH-00900 ", "楚天燃气有限公司")]
    [InlineData("customerName", "楚天燃气 有限责任公司", "楚天燃气有限公司")]
    [InlineData("phone", "02787654321", "楚天燃气有限公司")]
    [InlineData("phone", "０２７-87654321", "楚天燃气有限公司")]
    [InlineData("phone", "13800000000", "江城水务集团")]
    public async Task A_customer_is_found_by_number_by_name_or_by_a_phone_however_it_is_written(string by, string text, string expected)
    {
        await using var c = await Carers.StartAsync();
        await c.ContactAsync("李淼", null);
        await PartyAsync(c, PartyType.Customer, "KH-00900", "楚天燃气有限公司");
        var found = await RunAsync(c, "Customers.FindCustomer", (by, text));
        (found.Outcome, found.Outputs["Customer"]["name"].ToText(), found.Incident).ShouldBe(("Found", expected, null));
        found.Outputs["CustomerId"].ToGuid()
            .ShouldBe(await c.App.ReadAsync(db => db.Set<Party>().Where(p => p.Name == expected).Select(p => (Guid?)p.Id).SingleAsync(Ct)));
    }

    [Theory]
    [InlineData("no", "KH-99999")]
    [InlineData("customerName", "没有这个客户")]
    [InlineData("phone", "10086")]
    [InlineData("phone", "")]
    public async Task Nobody_is_found_where_nobody_is(string by, string text)
    {
        await using var c = await Carers.StartAsync();
        (await RunAsync(c, "Customers.FindCustomer", (by, text))).Outcome.ShouldBe("NotFound");
    }

    [Fact]
    public async Task A_customer_is_read_with_its_contacts_the_primary_one_first()
    {
        await using var c = await Carers.StartAsync();
        await c.ContactAsync("何润", null);
        var primary = await c.ContactAsync("李淼", null, "limiao@example.com");
        await c.App.DoAsync(async cmd => (await cmd.Db.Set<Contact>().SingleAsync(x => x.Id == primary)).IsPrimary = true);
        var read = await RunAsync(c, "Customers.ReadCustomer", ("customerId", c.CustomerId));
        (read.Outcome, read.Outputs["Customer"]["no"].ToText(), read.Outputs["Customer"]["ownerId"].IsNothing).ShouldBe(("Found", "KH-00001", true));
        read.Outputs["Contacts"].Items.Select(x => x["name"].ToText()).ShouldBe(["李淼", "何润"]);
        (await RunAsync(c, "Customers.ReadCustomer", ("customerId", c.ProductId))).Outcome.ShouldBe("NotFound");
    }

    [Fact]
    public async Task A_customer_is_changed_as_a_form_changes_it_and_processes_hear_of_it()
    {
        await using var c = await Carers.StartAsync();
        await c.App.PublishAsync("""
            {"definitionId": "heard", "name": "heard", "root": {"id": "flow", "type": "Elsa.Flowchart", "activities": [{"id": "saved", "type": "CrmFlow.RecordSaved", "customProperties": {"canStartWorkflow": true},
             "recordType": {"typeName": "String", "expression": {"type": "Literal", "value": "Customers.Party"}}, "when": {"typeName": "String", "expression": {"type": "Literal", "value": "Changed"}}}], "connections": []}}
            """);
        var changed = await RunAsync(c, "Customers.UpdateCustomer", ("customerId", c.CustomerId),
            ("fields", Value.Object(("stage", "deal"), ("remarks", "已成交"))));
        (changed.Outcome, changed.Incident).ShouldBe(("Done", null));
        var party = await c.App.ReadAsync(db => db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId, Ct));
        (party.Stage, party.Remarks, party.Name, party.Email).ShouldBe(("deal", "已成交", "江城水务集团", "office@example.com"));
        (await c.App.ReadAsync(db =>
            db.Set<AuditRow>().CountAsync(a => a.Subject == "party" && a.SubjectId == c.CustomerId && a.After!.Contains("deal"), Ct))).ShouldBe(1);
        (await c.App.ReadAsync(db => db.Set<WorkflowInstanceRow>().CountAsync(i => i.DefinitionId == "heard", Ct))).ShouldBe(1);
    }

    [Theory]
    [InlineData("stage", "no-such-stage", "客户阶段")]
    [InlineData("email", "not an address", "电子邮箱")]
    [InlineData("name", "", "客户名称")]
    [InlineData("colour", "red", "colour")]
    public async Task A_refused_value_is_an_incident_that_names_the_field_and_changes_nothing(string field, string value, string named)
    {
        await using var c = await Carers.StartAsync();
        var refused = await RunAsync(c, "Customers.UpdateCustomer", ("customerId", c.CustomerId),
            ("fields", Value.Object(("level", "key"), (field, value))));
        refused.Outcome.ShouldBeNull();
        refused.Incident.ShouldNotBeNull().ShouldContain(named);
        var party = await c.App.ReadAsync(db => db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId, Ct));
        (party.Level, party.Stage, party.Name).ShouldBe((null, null, "江城水务集团"));
    }

    [Fact]
    public async Task An_agents_sales_are_those_of_the_period_with_count_and_totals_of_all()
    {
        await using var c = await Carers.StartAsync();
        var (agent, other) = (await PartyAsync(c, PartyType.Agent, "DL-0900", "武汉图元"), await PartyAsync(c, PartyType.Agent, "DL-0901", "长沙经纬"));
        await c.App.DoAsync(cmd =>
        {
            void Sold(Guid by, int number, DateOnly on) => cmd.Db.Add(new SalesRecord { Id = cmd.NewId(), SaleOrderNo = $"D{number:0000}",
                SaleDate = on, CustomerId = c.CustomerId, AgentId = by, ProductId = c.ProductId, Quantity = 1, AmountReceivable = 100.10m,
                AmountReceived = 60.05m });
            for (var i = 0; i < 205; i++) Sold(agent, i, new(2026, 1, 1 + i % 31));
            Sold(agent, 900, new(2025, 12, 31));
            Sold(agent, 901, new(2026, 2, 1));
            Sold(other, 902, new(2026, 1, 5));
            return Task.CompletedTask;
        });
        var read = await RunAsync(c, "Sales.ReadAgentSales", ("agentId", agent), ("from", "2026-01-01"), ("to", "2026-01-31"));
        (read.Outputs["Count"].ToDecimal(), read.Outputs["TotalReceivable"].ToDecimal(), read.Outputs["TotalReceived"].ToDecimal())
            .ShouldBe((205, 205 * 100.10m, 205 * 60.05m));
        var lines = read.Outputs["Sales"].Items;
        (lines.Count, lines[0]["saleDate"].ToText(), lines[0]["productName"].ToText()).ShouldBe((200, "2026-01-01", "K9 市政管网"));

        (await RunAsync(c, "Sales.ReadAgentSales", ("agentId", c.CustomerId), ("from", "2026-01-01"), ("to", "2026-01-31"))).Outputs["Count"]
            .ToDecimal().ShouldBe(0);
        (await RunAsync(c, "Sales.ReadAgentSales", ("agentId", agent), ("from", "一月"), ("to", "2026-01-31"))).Incident.ShouldNotBeNull()
            .ShouldContain("一月");
    }

    [Fact]
    public async Task An_opportunity_is_entered_with_what_is_said_and_what_is_usual()
    {
        await using var c = await Carers.StartAsync();
        var entered = await RunAsync(c, "Sales.CreateOpportunity", ("customerId", c.CustomerId), ("productId", c.ProductId), ("probability", 40),
            ("expectedAmount", 118_000m), ("description", "扩容"), ("salesRepId", c.Sales.UserId));
        var opportunity = await c.App.ReadAsync(db => db.Set<Opportunity>().SingleAsync(Ct));
        (entered.Outputs["OpportunityId"].ToGuid(), opportunity.Stage, opportunity.CloseBy, opportunity.Quantity, opportunity.Probability,
            opportunity.ExpectedAmount, opportunity.SalesRepId, opportunity.Description)
            .ShouldBe((opportunity.Id, "lead", new DateOnly(2026, 4, 1), 1, 40, 118_000m, c.Sales.UserId, "扩容"));
        (await RunAsync(c, "Sales.CreateOpportunity", ("customerId", c.CustomerId), ("closeBy", "2026-05-20"))).Outcome.ShouldBe("Done");
        (await c.App.ReadAsync(db => db.Set<Opportunity>().SingleAsync(o => o.CloseBy == new DateOnly(2026, 5, 20), Ct))).SalesRepId.ShouldBeNull();
    }

    [Theory]
    [InlineData("stage", "no-such-stage", "机会阶段")]
    [InlineData("closeBy", "明天", "截止")]
    [InlineData("probability", "140", "机会概率")]
    public async Task A_refused_opportunity_is_an_incident_and_nothing_is_entered(string field, string value, string named)
    {
        await using var c = await Carers.StartAsync();
        var refused = await RunAsync(c, "Sales.CreateOpportunity", ("customerId", c.CustomerId), (field, value));
        refused.Incident.ShouldNotBeNull().ShouldContain(named);
        (await c.App.ReadAsync(db => db.Set<Opportunity>().CountAsync(Ct))).ShouldBe(0);
        (await RunAsync(c, "Sales.CreateOpportunity", ("customerId", c.ProductId))).Incident.ShouldNotBeNull();
    }
}

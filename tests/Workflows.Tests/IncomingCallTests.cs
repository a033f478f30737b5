using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Service;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>F-TEL-1 with the shipped definition: the number is matched to the data, recorded, and the customer pops up.</summary>
public sealed class IncomingCallTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Carers> StartAsync()
    {
        var c = await Carers.StartAsync();
        await c.App.StaffAsync("sunxiaomei", "孙晓梅", ["reception"]);
        await c.App.PublishAsync(Carers.Shipped("service/incoming-call"));
        return c;
    }

    private static async Task<AnswerHttp> CallAsync(Carers c, string body, params string[] rights)
    {
        var request = Value.Object(("request", Value.Object(("method", "POST"), ("path", "/calls"))), ("query", Value.Object()),
            ("headers", Value.Object()), ("form", Value.Null), ("body", body), ("contentType", "application/json"),
            ("length", body.Length), ("files", Value.List([])), ("isSignedIn", rights.Length > 0), ("rights", Value.List(rights.Select(Value.From))));
        var match = (await c.App.Get<HttpRouting>().HandleAsync("POST", "calls", request, null, null, Ct)).Value;
        return (await c.App.Get<HttpExchanges>().AnswerAsync(match.InstanceId.ShouldNotBeNull(), TimeSpan.Zero, c.Clock, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_known_number_is_recorded_and_its_customer_pops_up_at_reception()
    {
        await using var c = await StartAsync();
        var answer = await CallAsync(c, """{"phone": "02780000001"}""", ServiceRights.Record);
        var interaction = await c.App.ReadAsync(db => db.Set<Interaction>().SingleAsync(Ct));
        (interaction.CustomerId, interaction.Phone, interaction.Direction, interaction.Category, interaction.Status, interaction.No)
            .ShouldBe((c.CustomerId, "02780000001", InteractionDirection.Incoming, InteractionCategory.Consultation, InteractionStatus.Pending,
            "FW-2026-00001"));
        var reminder = (await c.RemindersAsync()).ShouldHaveSingleItem();
        (reminder.Target, reminder.PartyId, reminder.IsOnline, c.Said(reminder.Content))
            .ShouldBe(("r:reception", c.CustomerId, true, "江城水务集团 来电 02780000001"));
        var told = Value.FromJson(answer.Content!);
        (answer.StatusCode, told["customerId"].ToGuid(), told["name"].ToText(), told["interactionId"].ToGuid())
            .ShouldBe((200, c.CustomerId, "江城水务集团", interaction.Id));
    }

    [Theory]
    [InlineData("""{"phone": "13912345678"}""", "陌生号码 13912345678 来电")]
    [InlineData("{}", "陌生号码 （未显示） 来电")]
    public async Task A_stranger_is_told_of_and_recorded_with_nobody(string body, string content)
    {
        await using var c = await StartAsync();
        (await CallAsync(c, body, ServiceRights.Record)).StatusCode.ShouldBe(404);
        (await c.RemindersAsync()).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(r => c.Said(r.Content).ShouldBe(content), r => r.IsOnline.ShouldBeTrue(), r => r.PartyId.ShouldBeNull());
        (await c.App.ReadAsync(db => db.Set<Interaction>().CountAsync(Ct))).ShouldBe(0);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403, ServiceRights.ViewRecords)]
    public async Task Nobody_without_the_right_to_record_asks_whose_number_it_is(int status, params string[] rights)
    {
        await using var c = await StartAsync();
        var request = Value.Object(("request", Value.Object(("method", "POST"))), ("body", """{"phone": "027-80000001"}"""),
            ("contentType", "application/json"), ("isSignedIn", rights.Length > 0), ("rights", Value.List(rights.Select(Value.From))));
        var match = (await c.App.Get<HttpRouting>().HandleAsync("POST", "calls", request, null, null, Ct)).Value;
        var answer = await c.App.Get<HttpExchanges>().AnswerAsync(match.InstanceId.ShouldNotBeNull(), TimeSpan.Zero, c.Clock, Ct);
        answer.ShouldNotBeNull().StatusCode.ShouldBe(status);
        (await c.RemindersAsync()).ShouldBeEmpty();
    }
}

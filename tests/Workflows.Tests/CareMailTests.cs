using CrmFlow.Care;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Workflows.Tests;

/// <summary>A birthday's mail through the shipped process, the outbox and a real SMTP server process.</summary>
public sealed class CareMailTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_birthday_mail_arrives_at_a_real_server_once()
    {
        using var server = await MailServer.StartAsync(Ct);
        var smtp = new SmtpMailTransport(new MailSettings(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{server.Port}",
            ["Mail:From"] = "CrmFlow <care@example.com>" }).Build()), TimeProvider.System);
        await using var c = await Carers.StartAsync(configure: services => services.AddSingleton<IMailTransport>(smtp));
        await c.ContactAsync("李淼", new(1988, 1, 16, Customers.CalendarKind.Lunar), "limiao@example.com"); // 正月十六: 2026-03-04
        await c.PlanAsync(Carers.Birthdays());
        await c.UntilAsync(Carers.At(2026, 3, 4, 9));
        await c.App.RunDueAsync();
        (await c.App.ReadAsync(db => Task.FromResult(db.Set<OutboxRow>().Single().SentAt))).ShouldNotBeNull();

        var text = await server.ReceiveAsync(Ct);
        text.ShouldContain("To: limiao@example.com");
        MailServer.BodyOf(text).ShouldContain("李淼，江城水务集团：生日快乐");
        text.ShouldContain($"Message-ID: <care-{(await c.OccasionsAsync()).Single().Id:N}@example.com>");
        (await c.RecordsAsync()).ShouldHaveSingleItem().CaredAt.ShouldBe(new DateOnly(2026, 3, 4));
    }
}

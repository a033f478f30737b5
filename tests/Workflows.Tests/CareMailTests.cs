using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CrmFlow.Care;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
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
        var port = FreePort();
        using var server = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-u", "-m", "aiosmtpd", "-n", "-l", $"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Debugging", "stdout"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var smtp = new SmtpMailTransport(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{port}", ["Mail:From"] = "CrmFlow <care@example.com>" }).Build());
            await using var c = await Carers.StartAsync(configure: services => services.AddSingleton<IMailTransport>(smtp));
            await c.ContactAsync("李淼", new(1988, 1, 16, Customers.CalendarKind.Lunar), "limiao@example.com"); // 正月十六: 2026-03-04
            await c.PlanAsync(Carers.Birthdays());
            await c.UntilAsync(Carers.At(2026, 3, 4, 9));
            // Until the server listens, the mail waits for its next attempt like any other.
            for (var i = 0; await c.App.ReadAsync(db => Task.FromResult(db.Set<OutboxRow>().Single().SentAt is null)); i++)
            {
                i.ShouldBeLessThan(7, "the SMTP server did not take the mail");
                await Task.Delay(500, Ct);
                c.Clock.Advance(TimeSpan.FromHours(24));
                await c.App.RunDueAsync();
            }
            await c.App.RunDueAsync();

            var text = "";
            while (!text.Contains("END MESSAGE", StringComparison.Ordinal)) text += await server.StandardOutput.ReadLineAsync(Ct) + "\n";
            text.ShouldContain("To: limiao@example.com");
            var body = string.Concat(text.Split('\n').SkipWhile(l => l.Trim().Length > 0).Where(l => l.Length > 0 && l.All(ch => char.IsAsciiLetterOrDigit(ch) || ch is '+' or '/' or '=')));
            System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(body)).ShouldContain("李淼，江城水务集团：生日快乐");
            text.ShouldContain($"Message-ID: <care-{(await c.OccasionsAsync()).Single().Id:N}@example.com>");
            (await c.RecordsAsync()).ShouldHaveSingleItem().CaredAt.ShouldBe(new DateOnly(2026, 3, 4));
        }
        finally
        {
            server.Kill();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

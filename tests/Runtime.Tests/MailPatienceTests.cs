using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CrmFlow.TestSupport;

namespace CrmFlow.Runtime.Tests;

/// <summary>Servers that are not there, and ones that never answer.</summary>
public sealed class MailPatienceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<TestHost<Sqlite>> HostAsync(int port) =>
        TestHost<Sqlite>.StartAsync(settings: new() { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{port}", ["Mail:From"] = "crm@example.com" });

    private static Task SendAsync(TestHost<Sqlite> host) => host.CommandAsync<Sqlite, bool>(cmd =>
    {
        cmd.Send(new Mail("wang@example.com", "待办超期", "请办理"), "k");
        return Task.FromResult<Result<bool>>(true);
    });

    [Fact]
    public async Task A_server_that_hangs_is_left_within_the_lease_and_tried_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = await HostAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        await SendAsync(host);
        var delivery = host.Get<OutboxDelivery>().DeliverAsync(Ct);
        using var connection = await listener.AcceptTcpClientAsync(Ct); // and says nothing
        SmtpMailTransport.Patience.ShouldBeLessThan(Claims.Lease);
        host.Clock.Advance(SmtpMailTransport.Patience);
        await delivery;
        (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            o => o.Error.ShouldStartWith("mail.no-answer\n127.0.0.1\n"), o => o.NextAt.ShouldBe(host.Clock.GetUtcNow().AddSeconds(30)));
    }

    [Fact]
    public async Task A_host_that_stops_does_not_wait_for_a_server_that_hangs()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = await HostAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        await SendAsync(host);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var delivery = host.Get<OutboxDelivery>().DeliverAsync(stop.Token);
        using var connection = await listener.AcceptTcpClientAsync(Ct);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(delivery);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_in_the_readers_language()
    {
        var port = PostgresServer.FreePort();
        await using var host = await HostAsync(port);
        await SendAsync(host);
        await host.Get<OutboxDelivery>().DeliverAsync(Ct);
        var error = (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldHaveSingleItem().Error!;
        error.ShouldStartWith($"mail.unreachable\n127.0.0.1\n{port}\n");
        var texts = host.Get<Texts>();
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = new("zh-CN");
            texts.OfMail(error).ShouldStartWith($"连不上邮件服务器 127.0.0.1 端口 {port}");
            texts.OfMail("no mail server configured").ShouldBe(texts["mail.no-server"]); // as it was stored before
            texts.OfMail("450 busy").ShouldBe("450 busy");
            CultureInfo.CurrentUICulture = new("en");
            texts.OfMail(error).ShouldStartWith($"The mail server 127.0.0.1, port {port}, cannot be reached");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}

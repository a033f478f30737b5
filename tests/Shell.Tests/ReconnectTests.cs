using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Shell.Tests;

/// <summary>
/// A lost connection costs nobody what they typed: the strip counts the tries, the circuit goes on, and after a restart the page comes back with its
/// draft.
/// </summary>
public sealed class ReconnectTests(Chromium browser)
{
    private const string Opinion = "断线前写的意见，不能丢";

    [Fact]
    public async Task The_circuit_goes_on_after_a_broken_line_and_a_restarted_server_gives_the_page_with_its_draft()
    {
        await using var host = new DemoHost();
        await host.InitializeAsync();
        await using var line = new Line(new Uri(host.Address).Port);
        await using var person = await browser.PersonAsync(host, address: line.Address);
        var page = person.Page;
        await person.SignInAsync("zhoumin");
        await person.OpenAsync("/inbox");
        await page.Locator("a[data-row]", new() { HasText = "JS-" }).First.ClickAsync();
        await page.Locator("#opinion").FillAsync(Opinion);
        await Expect(page.Locator("#decision .saved")).ToContainTextAsync("草稿已存");
        await page.EvaluateAsync("window.samePage = true");
        var strip = page.Locator("#components-reconnect-modal");

        line.Cut();
        await Expect(strip).ToContainTextAsync("正在重连（第 2 次）");
        line.Mend();
        await Expect(strip).ToBeHiddenAsync();
        (await page.EvaluateAsync<bool>("window.samePage === true")).ShouldBeTrue("the circuit was resumed, not loaded again");
        await Expect(page.Locator("#opinion")).ToHaveValueAsync(Opinion);
        var back = page.Locator("#decision .acts").GetByRole(AriaRole.Button, new() { NameRegex = new("^退回修改") });
        await page.Locator("#opinion").FillAsync("");
        await Expect(back).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("退回修改…$")); // the server answers what is typed
        await page.Locator("#opinion").FillAsync(Opinion);
        await Expect(back).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("退回修改$"));

        await host.StopAsync();
        await Expect(strip).ToContainTextAsync("正在重连");
        await host.StartAsync();
        await page.WaitForFunctionAsync("() => window.samePage === undefined");
        await Expect(page.Locator("#opinion")).ToHaveValueAsync(Opinion);

        // The browser itself notes every refused connection; our own scripts say nothing.
        person.Console.Where(c =>
            !c.Contains("net::ERR_", StringComparison.Ordinal) && !c.Contains("WebSocket connection to", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>A line between browser and host that can be cut: what runs over it breaks, and nobody gets through until it is mended.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _ends = [];
        private readonly int _port;
        private volatile bool _cut;

        public Line(int port)
        {
            _port = port;
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Cut()
        {
            _cut = true;
            lock (_ends)
            {
                foreach (var end in _ends) end.Dispose();
                _ends.Clear();
            }
        }

        public void Mend() => _cut = false;

        public ValueTask DisposeAsync()
        {
            Cut();
            _listener.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { } // the test is over
        }

        private async Task CarryAsync(TcpClient near)
        {
            using var far = new TcpClient();
            using (near)
            {
                try
                {
                    if (_cut) return;
                    await far.ConnectAsync(IPAddress.Loopback, _port);
                    lock (_ends) _ends.AddRange([near, far]);
                    await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { } // cut, or the host is gone
            }
        }
    }
}

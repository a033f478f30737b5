using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Shell.Tests;

/// <summary>What a browser that was never here has to fetch before somebody can work.</summary>
public sealed class FirstVisitTests(DemoHost host, Chromium browser, ITestOutputHelper output)
{
    private sealed record Answer(string Address, long Bytes, string Encoding, string CacheControl);

    /// <summary>
    /// Counted as the browser counts: every answer to a request, headers and body as they came over the line, redirects among them, from the empty
    /// cache over sign-in to the home page at rest. The web socket that keeps the circuit is not an answer to a request and is left out.
    /// </summary>
    [Theory]
    [InlineData("zhoumin")]
    [InlineData("wujianguo")]
    public async Task A_first_visit_transfers_at_most_350_KB(string login)
    {
        await using var person = await browser.PersonAsync(host);
        var answers = await ListenAsync(person);

        await person.SignInAsync(login);
        await person.SettledAsync();
        await Expect(person.Page.Locator(".sk")).ToHaveCountAsync(0);
        await person.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        foreach (var answer in answers.OrderByDescending(a => a.Bytes)) output.WriteLine($"{answer.Bytes,8} {answer.Encoding,4} {answer.Address}");
        output.WriteLine($"{answers.Sum(a => a.Bytes),8} bytes in {answers.Count} answers");
        answers.ShouldContain(a => a.Address.EndsWith(".woff2", StringComparison.Ordinal));
        answers.Sum(a => a.Bytes).ShouldBeLessThanOrEqualTo(350 * 1024);
        var texts = answers.Where(a => Path.GetExtension(a.Address) is ".css" or ".js").ToList();
        texts.Count.ShouldBeGreaterThan(5);
        texts.Where(a => a.Encoding != "br").ShouldBeEmpty("each is compressed when built");
        answers.Where(a => Path.GetExtension(a.Address) is ".css" or ".js" or ".woff2" or ".svg")
            .Where(a => !a.CacheControl.EndsWith("immutable", StringComparison.Ordinal))
            .ShouldBeEmpty("each is asked for once and never again, for its address has its fingerprint");
    }

    private static async Task<List<Answer>> ListenAsync(Person person)
    {
        var network = await person.Page.Context.NewCDPSessionAsync(person.Page);
        var answers = new List<Answer>();
        var started = new Dictionary<string, Answer>();
        network.Event("Network.requestWillBeSent").OnEvent += (_, e) =>
        {
            if (e!.Value.TryGetProperty("redirectResponse", out var redirect)) answers.Add(Read(redirect) with { Bytes = Length(redirect) });
        };
        network.Event("Network.responseReceived").OnEvent += (_, e) => started[Id(e)] = Read(e!.Value.GetProperty("response"));
        network.Event("Network.loadingFinished").OnEvent += (_, e) =>
        {
            if (started.Remove(Id(e), out var answer)) answers.Add(answer with { Bytes = Length(e!.Value) });
        };
        await network.SendAsync("Network.enable");
        return answers;

        static string Id(JsonElement? e) => e!.Value.GetProperty("requestId").GetString()!;
        static long Length(JsonElement of) => (long)of.GetProperty("encodedDataLength").GetDouble();
        static Answer Read(JsonElement response)
        {
            var headers = response.GetProperty("headers").EnumerateObject()
                .ToDictionary(h => h.Name, h => h.Value.GetString() ?? "", StringComparer.OrdinalIgnoreCase);
            var address = new Uri(response.GetProperty("url").GetString()!).AbsolutePath;
            return new(address, 0, headers.GetValueOrDefault("Content-Encoding", ""), headers.GetValueOrDefault("Cache-Control", ""));
        }
    }
}

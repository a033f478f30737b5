using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>The product's main job in a real browser: six parties take a settlement from draft to ledger.</summary>
public sealed class SettlementTests(DemoHost host, Chromium browser)
{
    [Fact]
    public async Task Six_people_take_a_settlement_from_draft_to_ledger()
    {
        var walk = new SettlementWalk(host, browser);
        await using (var commerce = await browser.SignedInAsync(host, "zhoumin"))
        {
            await commerce.OpenAsync("/inbox");
            await Expect(commerce.Page.Locator("#inbox .ib, #inbox .empty").First).ToBeVisibleAsync();
            await using (var agent = await browser.SignedInAsync(host, "wujianguo"))
            {
                await walk.SubmitAsync(agent, lines: 6, () => agent.ShotAsync("wizard"));
                agent.Console.ShouldBeEmpty();
            }
            // An open inbox hears of it within two seconds: as a row, or as the bar that offers it.
            await Expect(commerce.Page.Locator("#inbox", new() { HasTextRegex = new($"{walk.No}|新待办") })).ToBeVisibleAsync(new() { Timeout = 2_000 });
            commerce.Console.ShouldBeEmpty();
        }

        await walk.ReviewAsync();
        await walk.ReportAsync(0.86m, "report");
        await walk.SignAsync("zhaohongyuan", "task");
        await walk.SignAsync("ouyangmiao");
        await walk.InvoiceAsync("25420000000087654321", "invoice");
        await walk.ReceiveAsync();
        await walk.FinanceAsync("抵货款", "finance");

        await using var owner = await browser.SignedInAsync(host, "wujianguo");
        await owner.OpenAsync("/agents/ledger");
        await Expect(owner.Page.Locator("main tr", new() { HasText = walk.No })).ToContainTextAsync("抵货款");
        await owner.ShotAsync("ledger");
        await owner.OpenAsync("/agents/my");
        await owner.ShotAsync("portal");
        owner.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }
}

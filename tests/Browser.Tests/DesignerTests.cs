using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>An administrator changes the chain on the canvas; what runs stays on its version and the next application follows the new one.</summary>
public sealed class DesignerTests(Chromium browser)
{
    [Fact]
    public async Task A_threshold_changed_on_the_canvas_decides_the_next_application()
    {
        await using var host = new DemoHost(); // its own: what it publishes must not reach other tests
        await host.InitializeAsync();
        await using (var admin = await browser.SignedInAsync(host, "admin"))
        {
            var page = admin.Page;
            await admin.OpenAsync("/admin/workflows/settlement");
            var step = page.Locator("[data-testid=designer-canvas] [data-cell-id=two-leaders]");
            await Expect(step).ToBeVisibleAsync();

            // Move the step by hand.
            var before = (await step.BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(before.X + before.Width / 2, before.Y + before.Height / 2);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(before.X + before.Width / 2 + 30, before.Y + before.Height / 2 + 60, new() { Steps = 8 });
            await page.Mouse.UpAsync();
            await Expect(page.GetByTestId("undo")).ToBeEnabledAsync();

            // Change its threshold in the panel.
            await step.ClickAsync();
            var threshold = page.GetByTestId("step-panel").GetByTestId("condition").Locator("textarea");
            await threshold.FillAsync("variables.Amount >= 100000000");
            await threshold.BlurAsync();
            await admin.ShotAsync("designer");

            await page.GetByTestId("designer").GetByRole(AriaRole.Button, new() { Name = "发布", Exact = true }).ClickAsync();
            await Expect(page.GetByTestId("publish-dialog")).ToBeVisibleAsync();
            await page.GetByTestId("publish-confirm").ClickAsync();
            await Expect(page.GetByTestId("designer").GetByText("线上 v2")).ToBeVisibleAsync();
            admin.Console.ShouldBeEmpty();
        }

        var walk = new SettlementWalk(host, browser);
        await using (var agent = await browser.SignedInAsync(host, "tanxiaoyun")) await walk.SubmitAsync(agent, lines: 6);
        await walk.ReviewAsync();
        await walk.ReportAsync(1m);
        await walk.SignAsync("ouyangmiao"); // one signature is enough now, whatever the amount

        await using var owner = await browser.SignedInAsync(host, "tanxiaoyun");
        await owner.OpenAsync("/agents/my");
        await Expect(owner.Page.Locator("main")).ToContainTextAsync($"{walk.No} 等你办：寄出发票");
        host.ServerErrors().ShouldBeEmpty();
    }
}

using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>Background jobs as people meet them: the page, its live progress, and Hangfire's dashboard under our content policy.</summary>
[Collection(ChangedHost.Name)]
public sealed class JobTests(DemoHost host, Chromium browser)
{
    [Fact]
    public async Task An_import_goes_on_without_its_page_and_is_found_among_the_jobs()
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin");
        var page = person.Page;
        await person.OpenAsync("/jobs");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await using var admin = await browser.SignedInAsync(host, "admin");
        await admin.OpenAsync("/jobs?all=true");

        await person.OpenAsync("/customers/import");
        var csv = "客户名称,邮编\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"后台导入{i:000},{(i == 7 ? "x" : "430074")}\n"));
        await page.Locator("#import-file")
            .SetInputFilesAsync(new FilePayload { Name = "后台.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        await page.Locator("#try").ClickAsync();
        await page.Locator("#commit").ClickAsync();
        await Expect(page.Locator("#import-progress, #import-result")).ToContainTextAsync("600");
        await person.OpenAsync("/jobs");
        var row = page.Locator("[data-job='customers.import']");
        await Expect(row).ToHaveAttributeAsync("data-state", "Partial", new() { Timeout = 60_000 });
        await Expect(row).ToContainTextAsync("新增 599，更新 0，1 行没有导入");
        await person.ShotAsync("jobs", guide: false);
        await row.Locator("td .linkbtn").First.ClickAsync();
        await Expect(page.GetByText("第 9 行")).ToBeVisibleAsync();
        var file = await page.RunAndWaitForDownloadAsync(() => row.Locator("a[download]").ClickAsync());
        file.SuggestedFilename.ShouldEndWith(".xlsx");
        person.Console.ShouldBeEmpty();

        // The open page of the administrator heard of it; the file stays its owner's.
        var theirs = admin.Page.Locator("[data-job='customers.import']");
        await Expect(theirs).ToContainTextAsync("周敏");
        await Expect(theirs.Locator("a[download]")).ToHaveCountAsync(0);
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_dashboard_of_Hangfire_opens_for_administrators_without_an_error_and_changes_nothing()
    {
        await using var admin = await browser.SignedInAsync(host, "admin");
        foreach (var path in (string[])["", "/jobs/enqueued", "/jobs/succeeded", "/servers", "/retries", "/recurring"])
        {
            await admin.Page.GotoAsync(host.Address + "/admin/hangfire" + path, new() { WaitUntil = WaitUntilState.Load });
            await Expect(admin.Page.Locator("body")).ToContainTextAsync("CrmFlow");
            await Expect(admin.Page.Locator("[data-url]:is(button, a.js-jobs-list-command)")).ToHaveCountAsync(0);
        }
        await admin.Page.GotoAsync(host.Address + "/admin/hangfire", new() { WaitUntil = WaitUntilState.NetworkIdle });
        await Expect(admin.Page.Locator("body")).ToContainTextAsync("服务器");
        await admin.ShotAsync("hangfire", guide: false);
        admin.Console.ShouldBeEmpty();

        await using var person = await browser.SignedInAsync(host, "zhoumin");
        var refused = await person.Page.GotoAsync(host.Address + "/admin/hangfire");
        refused!.Status.ShouldBe(404);
        host.ServerErrors().ShouldBeEmpty();
    }
}

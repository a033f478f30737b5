using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>What an administrator does about a process that stands still, without ever reloading a page.</summary>
[Collection(ChangedHost.Name)]
public sealed class InstanceTests(DemoHost host, Chromium browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 2_000 };

    private const string Broken =
        "CREATE TRIGGER broken BEFORE UPDATE OF state ON task WHEN NEW.state = 'Completed' BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END";

    [Fact]
    public async Task An_administrator_hands_a_task_over_retries_skips_and_runs_steps_again_and_ends_the_process()
    {
        var walk = new SettlementWalk(host, browser);
        await using var admin = await browser.SignedInAsync(host, "admin");
        var page = admin.Page;
        await admin.OpenAsync("/admin/instances");
        await Expect(page.GetByTestId("instances")).ToBeVisibleAsync();
        await using (var agent = await browser.SignedInAsync(host, "tanxiaoyun")) await walk.SubmitAsync(agent, lines: 1);

        // The open list hears of it.
        var row = page.GetByTestId("instances").GetByRole(AriaRole.Link, new() { NameRegex = new(walk.No) });
        await Expect(row).ToBeVisibleAsync(Soon);
        await row.ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { NameRegex = new("任务与意见") }).ClickAsync();
        await Expect(page.GetByTestId("instance-tasks")).ToContainTextAsync("周敏");
        var instance = page.Url;

        // Hand the task over; whoever gets it has it in the open inbox.
        await using var support = await browser.SignedInAsync(host, "chenli");
        await support.OpenAsync("/inbox");
        await Expect(support.Page.Locator("#inbox .ib, #inbox .empty").First).ToBeVisibleAsync();
        await page.GetByTestId("instance-tasks").GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "指定办理人" }).ClickAsync();
        await page.Locator("#find-person").FillAsync("陈立");
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("陈立") }).CheckAsync();
        await page.Locator("#assign-reason").FillAsync("周敏休假");
        await page.Locator(".dlg").GetByRole(AriaRole.Button, new() { Name = "指定办理人" }).ClickAsync();
        await Expect(support.Page.Locator("#inbox", new() { HasTextRegex = new($"{walk.No}|新待办") })).ToBeVisibleAsync(Soon);

        await page.GotoAsync(instance);
        await Expect(page.GetByTestId("cancel-instance")).ToBeVisibleAsync();

        // Suspended, nobody can work on it; resumed, it goes on.
        await page.GetByTestId("suspend-instance").ClickAsync();
        await page.Locator("#ask-reason").FillAsync("等总部答复");
        await page.GetByRole(AriaRole.Button, new() { Name = "暂停流程" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("已暂停");
        await page.GetByTestId("resume-instance").ClickAsync();
        await Expect(page.GetByTestId("suspend-instance")).ToBeVisibleAsync();

        // A step fails after the decision: the open page shows the incident, the retry goes on with what was decided.
        Run(host, Broken);
        await walk.OpenTaskAsync(support);
        await support.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "同意返还", Exact = true }).ClickAsync();
        var incident = page.GetByTestId("incident");
        await Expect(incident).ToContainTextAsync("broken on purpose");
        Run(host, "DROP TRIGGER broken");
        await Expect(incident.GetByTestId("skip").First).ToBeVisibleAsync();

        // A variable can be put right; the new value is what the page then shows.
        await page.GetByRole(AriaRole.Tab, new() { NameRegex = new("变量") }).ClickAsync();
        await page.GetByTestId("edit-variable").First.ClickAsync();
        var json = page.GetByTestId("variable-json");
        var shown = await json.InputValueAsync();
        await json.FillAsync("{");
        await page.GetByTestId("variables").GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("不是 JSON");
        await Expect(json).ToHaveValueAsync("{"); // what was refused stays to be mended
        await json.FillAsync(shown);
        await page.GetByTestId("variables").GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Expect(page.GetByTestId("variable-json")).ToHaveCountAsync(0);
        await incident.GetByRole(AriaRole.Button, new() { Name = "重试", Exact = true }).ClickAsync();
        await Expect(incident).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Tab, new() { NameRegex = new("任务与意见") }).ClickAsync();
        var tasks = page.GetByTestId("instance-tasks").Locator("tbody tr");
        await Expect(tasks.First).ToContainTextAsync("满意度报告");

        // Commerce is asked once more: the report goes, the review is open for the second time.
        await page.GetByTestId("run-again-step").SelectOptionAsync(new SelectOptionValue { Label = "商务审核" });
        await page.GetByTestId("run-again").ClickAsync();
        await page.Locator("#ask-reason").FillAsync("审核时看错了金额");
        await page.Locator(".dlg").GetByRole(AriaRole.Button, new() { Name = "重新执行" }).ClickAsync();
        await Expect(tasks.First).ToContainTextAsync("商务审核");
        await Expect(tasks.First).ToContainTextAsync("第 2 轮");
        await Expect(tasks.Nth(1)).ToContainTextAsync("已收回");

        // It fails again; skipped to an outcome, the process goes where that outcome leads.
        Run(host, Broken);
        await using (var commerce = await browser.SignedInAsync(host, "zhoumin"))
        {
            await walk.OpenTaskAsync(commerce);
            await commerce.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "同意返还", Exact = true }).ClickAsync();
            await Expect(incident).ToContainTextAsync("broken on purpose");
        }
        Run(host, "DROP TRIGGER broken");
        await incident.Locator("[data-testid=skip][data-outcome=Approve]").ClickAsync();
        await page.Locator("#ask-reason").FillAsync("商务已口头同意");
        await page.Locator(".dlg").GetByRole(AriaRole.Button, new() { Name = "跳过这一步" }).ClickAsync();
        await Expect(incident).ToHaveCountAsync(0);
        await Expect(tasks.First).ToContainTextAsync("满意度报告");
        await Expect(tasks.First).ToContainTextAsync("第 2 轮");
        await page.GetByRole(AriaRole.Tab, new() { NameRegex = new("邮件") }).ClickAsync();
        await Expect(page.GetByTestId("mails")).ToContainTextAsync("没有邮件");

        // End it: the application is cancelled with it.
        await page.GetByTestId("cancel-instance").ClickAsync();
        await page.Locator("#ask-reason").FillAsync("重复申请");
        await page.GetByRole(AriaRole.Button, new() { Name = "终止流程" }).ClickAsync();
        await Expect(page.GetByTestId("cancel-instance")).ToHaveCountAsync(0);
        await Expect(page.Locator("main")).ToContainTextAsync("已终止");
        await using var owner = await browser.SignedInAsync(host, "tanxiaoyun");
        await owner.OpenAsync("/search?q=" + walk.No);
        await Expect(owner.Page.Locator(".hits")).ToContainTextAsync("已取消");
        admin.Console.ShouldBeEmpty();
        host.ForgetLog(); // what was broken here on purpose
    }

    private static void Run(DemoHost host, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "crmflow.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 10000; " + sql;
        command.ExecuteNonQuery();
    }
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>A host whose shipped processes are changed and whose steps are made to fail: what is done to it must not reach the other tests.</summary>
[CollectionDefinition(Name)]
public sealed class ChangedHost : ICollectionFixture<DemoHost>
{
    public const string Name = "changed host";
}

/// <summary>
/// An administrator changes each shipped process on the canvas; what runs stays on its version and the next one follows the new (issues 2 and 3).
/// </summary>
[Collection(ChangedHost.Name)]
public sealed class DesignerTests(DemoHost host, Chromium browser)
{
    [Fact]
    public async Task A_threshold_changed_on_the_canvas_decides_the_next_application()
    {
        await using (var admin = await browser.SignedInAsync(host, "admin"))
        {
            var page = admin.Page;
            var step = await StepAsync(admin, "settlement", "two-leaders");

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

            await PublishAsync(admin);
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
        host.ServerErrors().ShouldBeEmpty(host.Log);
    }

    [Fact]
    public async Task The_next_complaint_is_called_back_when_the_canvas_says_and_reopened_at_its_score()
    {
        await using var reception = await browser.SignedInAsync(host, "sunxiaomei");
        var before = await SolvedOnTheSpotAsync(reception);
        await Expect(reception.Page.Locator("main")).ToContainTextAsync("待回访");

        await using var admin = await browser.SignedInAsync(host, "admin");
        var wait = await StepAsync(admin, "complaint", "wait");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "适应窗口" }).ClickAsync(); // it is the longest of all
        await wait.ClickAsync();
        var panel = admin.Page.GetByTestId("step-panel");
        await panel.Locator("[data-input=timeSpan] .dz-kind").SelectOptionAsync("Literal"); // no time at all
        await Expect(panel.Locator("#in-wait-timeSpan")).ToHaveValueAsync("0");
        await (await StepAsync(admin, "complaint", "low", isOpen: true)).ClickAsync();
        await panel.GetByTestId("threshold").FillAsync("4");
        await panel.GetByTestId("threshold").BlurAsync();
        await PublishAsync(admin);

        var after = await SolvedOnTheSpotAsync(reception);
        await reception.Page.GetByRole(AriaRole.Link, new() { Name = "回访", Exact = true }).ClickAsync();
        await reception.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^4 分") }).CheckAsync();
        var task = reception.Page.Url;
        await reception.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "记录回访", Exact = true }).ClickAsync();
        await reception.Page.WaitForURLAsync(url => url != task);
        await reception.OpenAsync("/service/complaints");
        await Expect(reception.Page.Locator("tr", new() { HasText = after })).ToContainTextAsync("重开"); // 4 was content enough before
        await Expect(reception.Page.Locator("tr", new() { HasText = before })).ToContainTextAsync("待回访");

        var instances = await InstancesAsync(admin, "complaint");
        await Expect(instances.Locator("tr", new() { HasText = before })).ToContainTextAsync("v1");
        await Expect(instances.Locator("tr", new() { HasText = after })).ToContainTextAsync("v2");
        reception.Console.ShouldBeEmpty();
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty(host.Log);
    }

    /// <summary>The sale also makes the customer one of those who bought today: whom the care plans are for.</summary>
    [Fact]
    public async Task The_next_first_visit_has_the_new_term_and_the_next_care_the_new_task()
    {
        await using var commerce = await browser.SignedInAsync(host, "zhoumin");
        await using var admin = await browser.SignedInAsync(host, "admin");
        await CareAtAnyHourAsync(admin);
        var first = await SellAsync(commerce);
        await AudienceOfTodayAsync(commerce);
        await PlanAsync(commerce, "改之前的问候");
        await Expect((await InstancesAsync(admin, "care")).Locator("tr", new() { HasText = "改之前的问候" }).First).ToContainTextAsync("v1");

        await (await StepAsync(admin, "first-visit", "plan-visit")).ClickAsync();
        var panel = admin.Page.GetByTestId("step-panel");
        await panel.Locator("[data-input=dueInDays] .dz-kind").SelectOptionAsync("Literal");
        await panel.Locator("#in-plan-visit-dueInDays").FillAsync("9");
        await panel.Locator("#in-plan-visit-dueInDays").BlurAsync();
        await PublishAsync(admin);
        await (await StepAsync(admin, "care", "do-care")).ClickAsync();
        await panel.Locator("summary").Last.WaitForAsync();
        foreach (var more in await panel.Locator("summary").AllAsync()) await more.ClickAsync();
        await panel.Locator("[data-input=title] .dz-kind").SelectOptionAsync("Literal");
        await panel.Locator("#in-do-care-title").FillAsync("打电话问候");
        await panel.Locator("#in-do-care-title").BlurAsync();
        await PublishAsync(admin);

        var second = await SellAsync(commerce);
        await PlanAsync(commerce, "改之后的问候");
        await using var support = await browser.SignedInAsync(host, "chenli");
        await support.OpenAsync("/care/visits");
        await support.Page.Locator("main tbody tr", new() { HasText = second }).GetByRole(AriaRole.Link, new() { Name = "填首访" }).ClickAsync();
        // one more on a day off
        await Expect(support.Page.Locator("#task-page")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("还剩 (9|10) 个工作日"));

        var visits = await InstancesAsync(admin, "first-visit");
        await Expect(visits.Locator("tr", new() { HasText = first })).ToContainTextAsync("v1");
        await Expect(visits.Locator("tr", new() { HasText = second })).ToContainTextAsync("v2");
        var cares = await InstancesAsync(admin, "care");
        await Expect(cares.Locator("tr", new() { HasText = "改之前的问候" }).First).ToContainTextAsync("v1");
        var cared = cares.Locator("tr", new() { HasText = "改之后的问候" }).First;
        await Expect(cared).ToContainTextAsync("v2");
        await cared.GetByRole(AriaRole.Link).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Tab, new() { NameRegex = new("任务与意见") }).ClickAsync();
        await Expect(admin.Page.GetByTestId("instance-tasks")).ToContainTextAsync("打电话问候");
        commerce.Console.ShouldBeEmpty();
        support.Console.ShouldBeEmpty();
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty(host.Log);
    }

    /// <summary>A step on the canvas of a process, opened unless it is.</summary>
    private static async Task<ILocator> StepAsync(Person admin, string process, string step, bool isOpen = false)
    {
        var node = admin.Page.Locator($"[data-testid=designer-canvas] [data-cell-id={step}]");
        if (isOpen) return node;
        await admin.OpenAsync($"/admin/workflows/{process}");
        await Expect(node).ToBeVisibleAsync();
        return node;
    }

    private static async Task PublishAsync(Person admin)
    {
        var page = admin.Page;
        await page.GetByTestId("designer").GetByRole(AriaRole.Button, new() { Name = "发布", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("publish-dialog")).ToBeVisibleAsync();
        await page.GetByTestId("publish-confirm").ClickAsync();
        await Expect(page.GetByTestId("designer").GetByText("线上 v2")).ToBeVisibleAsync();
    }

    private static async Task<ILocator> InstancesAsync(Person admin, string process)
    {
        await admin.OpenAsync($"/admin/instances?definition={process}");
        return admin.Page.GetByTestId("instances");
    }

    /// <summary>A call that is solved while it lasts: what remains is the call-back. Returns its number.</summary>
    private static async Task<string> SolvedOnTheSpotAsync(Person reception)
    {
        var page = reception.Page;
        await reception.OpenAsync("/service/complaints/new");
        var find = page.Locator("[role=combobox]").First;
        await find.ClickAsync();
        await find.PressSequentiallyAsync("KH-00003");
        await page.Locator("[role=option]", new() { HasText = "KH-00003" }).First.ClickAsync();
        await Expect(page.Locator("[role=option]")).ToHaveCountAsync(0);
        await Expect(page.Locator("main")).ToContainTextAsync("KH-00003"); // the form is now the one for this customer
        await page.Locator("[name=complainant]").FillAsync("李淼");
        await page.Locator("[name=contactInfo]").FillAsync("13800001234");
        await page.Locator("[name=content]").FillAsync("打印偏移");
        await page.Locator("[name=content]").BlurAsync();
        await page.Locator("[name=solved]").CheckAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "产品", Exact = true }).CheckAsync();
        await page.Locator("[name=method]").FillAsync("电话里改了打印设置");
        await page.Locator("[name=result]").FillAsync("打印正常");
        await page.Locator("[name=result]").BlurAsync();
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "登记投诉", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"TS-\d{4}-\d{4}"));
        return await page.Locator("h1").InnerTextAsync();
    }

    /// <summary>Sells to a customer of the demonstration; returns the order's number.</summary>
    private static async Task<string> SellAsync(Person commerce)
    {
        var page = commerce.Page;
        await commerce.OpenAsync("/customers?find=KH-00086");
        await page.Locator("table.lists tbody tr a").First.ClickAsync();
        await page.Locator("main a[href^='/sales/new']").Last.ClickAsync();
        await page.Locator("#product").ClickAsync();
        await page.Locator("#product").FillAsync("市政");
        await page.Locator("#product-list [role=option]", new() { HasText = "市政" }).First.ClickAsync();
        await Expect(page.Locator("#amountReceivable")).Not.ToHaveValueAsync("");
        await page.Locator("form button[type=submit]").ClickAsync();
        await page.Locator("#authorization-no").WaitForAsync();
        return System.Text.RegularExpressions.Regex.Match(await page.Locator("h1").InnerTextAsync(), @"XS\d+").Value;
    }

    /// <summary>The day of care begins at midnight: the test runs at any hour.</summary>
    private static async Task CareAtAnyHourAsync(Person admin)
    {
        var page = admin.Page;
        await admin.OpenAsync("/admin/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "每天几点开始关怀" }).ClickAsync();
        await page.Locator("#value").FillAsync("0");
        await page.Locator("#value").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "保存", Exact = true }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "每天几点开始关怀" })).ToContainTextAsync("0");
    }

    private static async Task AudienceOfTodayAsync(Person commerce)
    {
        var page = commerce.Page;
        await commerce.OpenAsync("/care/plans");
        await page.Locator("#new-audience").ClickAsync();
        await page.Locator("#a-name").FillAsync("今天买的客户");
        await page.Locator("#a-since").FillAsync(DemoHost.Today);
        await page.Locator("#a-since").BlurAsync();
        await page.Locator("#save-audience").ClickAsync();
        await Expect(page.Locator("main", new() { HasText = "今天买的客户" })).ToBeVisibleAsync();
    }

    /// <summary>A plan of calls whose day is today.</summary>
    private static async Task PlanAsync(Person commerce, string name)
    {
        var page = commerce.Page;
        await commerce.OpenAsync("/care/plans/new");
        await page.Locator("#p-name").FillAsync(name);
        await page.Locator("#p-occasion").SelectOptionAsync("Regular");
        await page.Locator("#p-start").FillAsync(DemoHost.Today);
        await page.Locator("#p-type").SelectOptionAsync("greeting");
        await page.Locator("#p-method").SelectOptionAsync("call");
        await page.Locator("#p-audience").SelectOptionAsync(new SelectOptionValue { Label = "今天买的客户（1）" });
        await page.Locator("#p-active").CheckAsync();
        await page.Locator("#save-plan").ClickAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = name })).ToContainTextAsync("进行中");
    }
}

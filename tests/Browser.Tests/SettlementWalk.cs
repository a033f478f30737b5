using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>What each person of the chain does on their pages. The steps build on each other; what a page must show is asserted on the way.</summary>
internal sealed class SettlementWalk(DemoHost host, Chromium browser)
{
    /// <summary>Number of the application under way, such as JS-2026-0011.</summary>
    public string No { get; private set; } = "";

    /// <summary>The agent takes what the wizard offers for a period, leaves all but some lines out, and submits.</summary>
    /// <param name="agent">Login.</param>
    /// <param name="lines">How many lines stay in; the first ones.</param>
    public async Task SubmitAsync(Person agent, int lines, Func<Task>? beforeSubmit = null)
    {
        var page = agent.Page;
        await agent.OpenAsync("/agents/settlements/new");
        var boxes = page.Locator("tbody input[type=checkbox]:not([disabled])");
        await Expect(boxes.First).ToBeVisibleAsync();
        for (var i = await boxes.CountAsync() - 1; i >= lines; i--) await boxes.Nth(i).UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "下一步：附件与说明" }).First.ClickAsync();
        await page.Locator("#remarks").FillAsync("本季度服务已按合同完成。");
        await page.GetByRole(AriaRole.Button, new() { Name = "下一步：核对并提交" }).First.ClickAsync();
        await Expect(page.GetByText("本季度服务已按合同完成。").First).ToBeVisibleAsync();
        if (beforeSubmit is not null) await beforeSubmit();
        await page.GetByRole(AriaRole.Button, new() { Name = "提交申请" }).First.ClickAsync();
        try
        {
            await page.WaitForURLAsync("**/agents/my?id=*");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The application was not submitted. The page says:\n{await page.Locator("main").InnerTextAsync()}\n{string.Join('\n', host.Log.Split('\n').TakeLast(30))}");
        }
        var head = page.Locator("h2", new() { HasTextRegex = new("JS-\\d{4}-\\d{4}") }).First;
        await head.WaitForAsync();
        No = System.Text.RegularExpressions.Regex.Match(await head.InnerTextAsync(), @"JS-\d{4}-\d{4}").Value;
        No.ShouldNotBeEmpty();
    }

    /// <summary>Opens the task of this application from the person's own inbox.</summary>
    /// <param name="tab">我的待办 or 待认领.</param>
    public async Task OpenTaskAsync(Person person)
    {
        await person.OpenAsync("/inbox");
        var row = person.Page.Locator("a[data-row]", new() { HasText = No });
        await Expect(person.Page.Locator("#inbox .ib, #inbox .empty").First).ToBeVisibleAsync();
        if (await row.CountAsync() == 0) await person.Page.GetByRole(AriaRole.Tab,
            new() { Name = "待认领" }).Or(person.Page.GetByRole(AriaRole.Button, new() { Name = "待认领" })).First.ClickAsync();
        await row.First.ClickAsync();
        await Expect(person.Page.Locator("#decision")).ToBeVisibleAsync();
    }

    public static async Task DecideAsync(Person person, string button)
    {
        var decided = person.Page.Url;
        await person.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Expect(person.Page).Not.ToHaveURLAsync(decided); // on to the next task, or back to the list
    }

    public async Task ReviewAsync(string? opinion = null)
    {
        await using var commerce = await browser.SignedInAsync(host, "zhoumin");
        await OpenTaskAsync(commerce);
        if (opinion is not null) await commerce.Page.Locator("#opinion").FillAsync(opinion);
        await DecideAsync(commerce, "同意返还");
        commerce.Console.ShouldBeEmpty();
    }

    /// <summary>Fills the satisfaction report; shares of the full marks.</summary>
    public async Task ReportAsync(decimal share, string? shot = null, string comments = "一季度服务及时，资料完整，建议按评分返还。")
    {
        await using var support = await browser.SignedInAsync(host, "chenli");
        await OpenTaskAsync(support);
        var scores = support.Page.Locator("input[name^='score.']");
        await Expect(scores.First).ToBeVisibleAsync();
        decimal[] full = [25, 25, 20, 15, 15];
        for (var i = 0; i < full.Length; i++)
            await scores.Nth(i).FillAsync(decimal.Round(full[i] * share).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await support.Page.Locator("#comments").FillAsync(comments);
        await support.Page.Locator("#comments").BlurAsync();
        if (shot is not null) await support.ShotAsync(shot);
        await DecideAsync(support, "提交报告");
        support.Console.ShouldBeEmpty();
    }

    public async Task SignAsync(string leader, string? shot = null, string opinion = "同意按报告返还。")
    {
        await using var person = await browser.SignedInAsync(host, leader);
        await OpenTaskAsync(person);
        await person.Page.Locator("#opinion").FillAsync(opinion);
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "改为输入姓名" }).ClickAsync();
        await Expect(person.Page.Locator("#signature input")).Not.ToHaveValueAsync("");
        if (shot is not null) await person.ShotAsync(shot);
        await DecideAsync(person, "签字同意");
        person.Console.ShouldBeEmpty();
    }

    /// <summary>
    /// The agent enters the invoice from the portal. First with a wrong amount, which is refused with both amounts and the way out.
    /// </summary>
    public async Task InvoiceAsync(string number, string? shot = null)
    {
        await using var agent = await browser.SignedInAsync(host, "wujianguo");
        await agent.OpenAsync("/agents/my");
        await agent.Page.Locator("text=" + No).First.ClickAsync();
        var strip = agent.Page.Locator(":is(div,section,a)", new() { HasText = No }).GetByRole(AriaRole.Link, new() { Name = "填写发票" }).First;
        await strip.ClickAsync();
        var page = agent.Page;
        await Expect(page.Locator("#decision")).ToBeVisibleAsync();
        var right = System.Text.RegularExpressions.Regex.Match(await page.Locator("main").InnerTextAsync(), @"须为 ?([\d,]+\.\d\d)").Groups[1].Value;
        right.ShouldNotBeEmpty("the page says which amount the invoice must have");
        await page.Locator("[name=number]").FillAsync(number);
        await page.Locator("[name=courier]").FillAsync("SF1234567890123");
        await page.Locator("[name=amount]").FillAsync("1.00");
        await page.Locator("[name=amount]").BlurAsync();
        await page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "发票已寄出", Exact = true }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("不能登记");
        await page.Locator("[name=amount]").FillAsync(right.Replace(",", ""));
        await page.Locator("[name=amount]").BlurAsync();
        if (shot is not null) await agent.ShotAsync(shot);
        await DecideAsync(agent, "发票已寄出");
        agent.Console.ShouldBeEmpty();
    }

    public async Task ReceiveAsync()
    {
        await using var support = await browser.SignedInAsync(host, "chenli");
        await OpenTaskAsync(support);
        await support.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "发票扫描件.pdf", MimeType = "application/pdf",
            Buffer = [.. "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"u8] });
        await Expect(support.Page.GetByRole(AriaRole.Link, new() { Name = "发票扫描件.pdf" })).ToBeVisibleAsync();
        await DecideAsync(support, "确认收到");
        support.Console.ShouldBeEmpty();
    }

    public async Task FinanceAsync(string decision, string? shot = null)
    {
        await using var finance = await browser.SignedInAsync(host, "hejing");
        await OpenTaskAsync(finance);
        if (shot is not null) await finance.ShotAsync(shot);
        await DecideAsync(finance, decision);
        finance.Console.ShouldBeEmpty();
    }
}

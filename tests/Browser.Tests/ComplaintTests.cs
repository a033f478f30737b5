using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>
/// R-CMP-1, R-CMP-2 in a real browser: a complaint from the call to the call-back through four people, reopened once; the technician works on a
/// phone.
/// </summary>
public sealed class ComplaintTests(DemoHost host, Chromium browser)
{
    [Fact]
    public async Task A_complaint_goes_from_the_call_to_the_call_back_and_once_more()
    {
        // Call-backs are due at once from here on; nothing else on this host waits for one.
        await using (var admin = await browser.SignedInAsync(host, "admin"))
        {
            var page = admin.Page;
            await admin.OpenAsync("/admin/settings");
            await page.GetByRole(AriaRole.Button, new() { Name = "投诉各步由谁办" }).ClickAsync();
            await Expect(page.Locator("#v-CallBack")).ToHaveValueAsync("reception");
            await admin.ShotAsync("complaint-roles");
            await page.GetByRole(AriaRole.Button, new() { Name = "投诉回访时间" }).ClickAsync();
            await page.Locator("#v-AfterHours").FillAsync("0");
            await page.Locator("#v-AfterHours").BlurAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "保存", Exact = true }).ClickAsync();
            await Expect(page.Locator("tr", new() { HasText = "投诉回访时间" })).ToContainTextAsync("处理完几小时后回访 0");
            admin.Console.ShouldBeEmpty();
        }

        var no = await RecordAsync();
        await using (var support = await browser.SignedInAsync(host, "chenli"))
        {
            await OpenAsync(support, no);
            await support.Page.GetByRole(AriaRole.Radio, new() { Name = "产品", Exact = true }).CheckAsync();
            await support.Page.Locator("[name=verification]").FillAsync("电话核实属实，升级到 10.6 以后出现");
            await support.Page.Locator("[name=verification]").BlurAsync();
            await support.ShotAsync("complaint-classify");
            await DecideAsync(support, "分类并移交");
            await AssignAsync(support, no, "吴思远");
            support.Console.ShouldBeEmpty();
        }
        await HandleAsync("wusiyuan", no, "远程换回 10.5 的渲染模块", shot: "complaint-phone");
        await RateAsync(no, 2, "还是会崩溃，只是次数少了");

        await using (var support = await browser.SignedInAsync(host, "chenli"))
        {
            await support.OpenAsync("/service/complaints");
            await Expect(support.Page.Locator("tr", new() { HasText = no })).ToContainTextAsync("重开");
            await support.ShotAsync("complaints");
            await AssignAsync(support, no, "黄雪");
            support.Console.ShouldBeEmpty();
        }
        await HandleAsync("huangxue", no, "安装 10.6.1 补丁，连续运行一天没有崩溃");
        await RateAsync(no, 5, "彻底好了", shot: "complaint-callback");

        await using var leader = await browser.SignedInAsync(host, "zhaohongyuan");
        await leader.OpenAsync("/service/complaints?tab=over");
        await leader.Page.GetByRole(AriaRole.Link).Filter(new() { HasTextRegex = new(".+") }).And(leader.Page.Locator($"tr:has-text('{no}') a"))
            .First.ClickAsync();
        await Expect(leader.Page.Locator("main")).ToContainTextAsync("结案：已解决");
        await Expect(leader.Page.Locator("main")).ToContainTextAsync("第 2 轮");
        await leader.ShotAsync("complaint", fullPage: true);
        leader.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty(host.Log);
    }

    [Fact]
    public async Task An_interaction_turns_into_a_complaint_that_can_be_taken_back()
    {
        await using var reception = await browser.SignedInAsync(host, "sunxiaomei");
        var page = reception.Page;
        await reception.OpenAsync("/service/records");
        await reception.ShotAsync("service-records");
        await page.GetByRole(AriaRole.Link, new() { Name = "记交流" }).ClickAsync();
        await ChooseCustomerAsync(page);
        await page.GetByRole(AriaRole.Radio, new() { Name = "投诉", Exact = true }).CheckAsync();
        await page.Locator("[name=content]").FillAsync("约好的上门没有来");
        await page.Locator("[name=content]").BlurAsync();
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "保存", Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/service/complaints/new?interaction=*"); // C-30: it goes on as a complaint
        await Expect(page.Locator("[name=content]")).ToHaveValueAsync("约好的上门没有来");
        await page.Locator("[name=complainant]").FillAsync("李淼");
        await page.Locator("[name=contactInfo]").FillAsync("13800001234");
        await page.Locator("[name=contactInfo]").BlurAsync();
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "登记投诉", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"TS-\d{4}-\d{4}"));

        await page.GetByRole(AriaRole.Button, new() { Name = "撤销投诉" }).ClickAsync();
        await page.Locator(".rz-dialog textarea, .rz-dialog input").First.FillAsync("客户自己改了时间");
        await page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "撤销投诉" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("客户自己改了时间");
        await Expect(page.Locator("main")).ToContainTextAsync("已撤销");
        reception.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty(host.Log);
    }

    private async Task<string> RecordAsync()
    {
        await using var reception = await browser.SignedInAsync(host, "sunxiaomei");
        var page = reception.Page;
        await reception.OpenAsync("/service/complaints");
        await page.GetByRole(AriaRole.Link, new() { Name = "登记投诉" }).First.ClickAsync();
        await ChooseCustomerAsync(page);
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "登记投诉", Exact = true }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("处要改"); // nothing is lost, and what is missing is named
        await page.Locator("[name=complainant]").FillAsync("李淼");
        await page.Locator("[name=contactInfo]").FillAsync("13800001234");
        await page.Locator("[name=content]").FillAsync("升级以后打开图层就崩溃，已经影响抢修，要求今天派人处理");
        await page.Locator("[name=incident]").FillAsync("上周升级");
        await page.Locator("[name=incident]").BlurAsync();
        await reception.ShotAsync("complaint-new");
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "登记投诉", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"TS-\d{4}-\d{4}"));
        var no = await page.Locator("h1").InnerTextAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("分类移交");
        reception.Console.ShouldBeEmpty();
        return no;
    }

    private static async Task ChooseCustomerAsync(IPage page)
    {
        var find = page.Locator("[role=combobox]").First;
        await find.ClickAsync();
        await find.PressSequentiallyAsync("KH-00003");
        await page.Locator("[role=option]", new() { HasText = "KH-00003" }).First.ClickAsync();
    }

    /// <summary>Presses the button of a decision; what comes next is another task or the inbox.</summary>
    private static async Task DecideAsync(Person person, string button)
    {
        var here = person.Page.Url;
        await person.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await person.Page.WaitForURLAsync(url => url != here);
    }

    /// <summary>Opens the task of this complaint from the complaint's page.</summary>
    private static async Task OpenAsync(Person person, string no)
    {
        await person.OpenAsync("/inbox");
        var page = person.Page;
        var row = page.Locator("#inbox a", new() { HasText = no });
        await Expect(page.Locator("#inbox .ib, #inbox .empty").First).ToBeVisibleAsync();
        if (await row.CountAsync() == 0) await page.Locator("#inbox").GetByRole(AriaRole.Tab, new() { NameRegex = new("待认领") }).ClickAsync();
        await row.First.ClickAsync();
        await page.WaitForURLAsync("**/tasks/*");
        await page.Locator("#decision").WaitForAsync(new() { State = WaitForSelectorState.Attached }); // on the phone it is a sheet behind the bar
    }

    private static async Task AssignAsync(Person support, string no, string technician)
    {
        await OpenAsync(support, no);
        await support.Page.GetByRole(AriaRole.Radio, new() { Name = technician, Exact = true }).CheckAsync();
        await DecideAsync(support, "派工");
    }

    /// <summary>The technician is on the way: everything on a phone.</summary>
    private async Task HandleAsync(string login, string no, string method, string? shot = null)
    {
        await using var technician = await browser.SignedInAsync(host, login, 390, 844);
        await OpenAsync(technician, no);
        var page = technician.Page;
        await page.Locator("[name=method]").FillAsync(method);
        await page.Locator("[name=result]").FillAsync("图层可以打开，客户在场确认");
        await page.Locator("[name=location]").FillAsync("客户机房");
        await page.Locator("[name=location]").BlurAsync();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0);
        if (shot is not null) await technician.ShotAsync(shot);
        // opens the sheet with the opinion
        await page.Locator(".actbar").GetByRole(AriaRole.Button, new() { Name = "处理完成", Exact = true }).ClickAsync();
        await page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "处理完成", Exact = true }).HoverAsync(); // where the finger was
        (await page.Locator("#decision .acts .btn.on").EvaluateAsync<double>(Contrast)).ShouldBeGreaterThan(4.5);
        await DecideAsync(technician, "处理完成");
        technician.Console.ShouldBeEmpty();
    }

    /// <summary>Of a text on its background, as WCAG 2 computes it.</summary>
    private const string Contrast =
        """
        e => {
            const brightness = color => {
                const [r, g, b] = color.match(/[\d.]+/g).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
            };
            const { color, backgroundColor } = getComputedStyle(e);
            const [dark, light] = [brightness(color), brightness(backgroundColor)].sort((a, b) => a - b);
            return light / dark;
        }
        """;

    private async Task RateAsync(string no, int score, string comment, string? shot = null)
    {
        await using var reception = await browser.SignedInAsync(host, "sunxiaomei");
        var page = reception.Page;
        await reception.OpenAsync("/service/complaints");
        await page.Locator("tr", new() { HasText = no }).Locator("a").First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "回访", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new($"^{score} 分") }).CheckAsync();
        await page.Locator("[name=comment]").FillAsync(comment);
        await page.Locator("[name=comment]").BlurAsync();
        if (shot is not null) await reception.ShotAsync(shot);
        await DecideAsync(reception, "记录回访");
        reception.Console.ShouldBeEmpty();
    }
}

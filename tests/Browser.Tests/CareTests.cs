using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>First visits, care, reminders and the calendar as people use them.</summary>
public sealed class CareTests(DemoHost host, Chromium browser)
{
    [Fact]
    public async Task A_first_visit_is_confirmed_filled_in_and_found_again()
    {
        await using var support = await browser.SignedInAsync(host, "chenli");
        var page = support.Page;
        await support.OpenAsync("/care/visits");
        var row = page.Locator("main tbody tr", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = "填首访" }) }).First;
        await Expect(row).ToBeVisibleAsync();
        await support.ShotAsync("first-visits");
        var order = System.Text.RegularExpressions.Regex.Match(await row.InnerTextAsync(), @"XS\d+").Value;
        await row.GetByRole(AriaRole.Link, new() { Name = "填首访" }).ClickAsync();

        await Expect(page.Locator("#isCompleted")).ToBeVisibleAsync();
        await Expect(page.Locator("#second-form")).ToBeHiddenAsync();
        await page.Locator("#isCompleted").CheckAsync();
        await Expect(page.Locator("#second-form")).ToBeVisibleAsync();
        await page.Locator("#outcome").FillAsync("已安装两台，培训了 4 个人，都会用了");
        await page.Locator("#outcome").BlurAsync();
        await page.GetByLabel("非常满意").CheckAsync();
        await support.ShotAsync("first-visit-form");
        var task = page.Url;
        await page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "完成首访" }).ClickAsync();
        await page.WaitForURLAsync(url => url != task); // the next task, or the inbox

        await support.OpenAsync("/care/visits");
        await Expect(page.Locator("main tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = order })).ToHaveCountAsync(0);
        await support.OpenAsync($"/search?q={order}");
        await page.Locator("main a[href^='/care/visits/']").First.ClickAsync();
        await Expect(page.GetByText("已安装两台，培训了 4 个人，都会用了")).ToBeVisibleAsync();
        await Expect(page.Locator("main").GetByText("非常满意")).ToBeVisibleAsync();
        await support.ShotAsync("first-visit");
        support.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    /// <summary>Issue 3: sale → number → first visit → record, by the two people whose work it is.</summary>
    [Fact]
    public async Task A_new_sale_gets_its_number_and_its_first_visit_whose_record_stays_with_the_customer()
    {
        await using var commerce = await browser.SignedInAsync(host, "zhoumin");
        var page = commerce.Page;
        await commerce.OpenAsync("/customers?find=KH-00086"); // one of the demonstration, complete enough for a number
        await page.Locator("table.lists tbody tr a").First.ClickAsync();
        await Expect(page.Locator(".rec-head")).ToBeVisibleAsync();
        var customer = page.Url;
        var name = await page.Locator("h1").InnerTextAsync();
        await page.Locator("main a[href^='/sales/new']").Last.ClickAsync();
        await Expect(page.Locator("#customer")).ToHaveValueAsync(name);
        await page.Locator("#product").ClickAsync();
        await page.Locator("#product").FillAsync("市政");
        await page.Locator("#product-list [role=option]", new() { HasText = "市政" }).First.ClickAsync();
        await Expect(page.Locator("#amountReceivable")).Not.ToHaveValueAsync("");
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator("#authorization-no")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[0-9]{12}$"));
        var order = System.Text.RegularExpressions.Regex.Match(await page.Locator("h1").InnerTextAsync(), @"XS\d+").Value;

        await using var support = await browser.SignedInAsync(host, "chenli");
        await support.OpenAsync("/care/visits");
        var row = support.Page.Locator("main tbody tr", new() { HasText = order });
        await Expect(row).ToContainTextAsync(name);
        await row.GetByRole(AriaRole.Link, new() { Name = "填首访" }).ClickAsync();
        await support.Page.Locator("#isCompleted").CheckAsync();
        await support.Page.Locator("#outcome").FillAsync($"{order} 装好了");
        await support.Page.Locator("#outcome").BlurAsync();
        await support.Page.GetByLabel("非常满意").CheckAsync();
        var task = support.Page.Url;
        await support.Page.Locator("#decision").GetByRole(AriaRole.Button, new() { Name = "完成首访" }).ClickAsync();
        await support.Page.WaitForURLAsync(url => url != task);

        await page.GotoAsync(customer);
        await page.Locator("main tr", new() { HasText = order }).Locator("a[href^='/care/visits/']").ClickAsync();
        await Expect(page.GetByText($"{order} 装好了")).ToBeVisibleAsync();
        support.Console.ShouldBeEmpty();
        commerce.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task The_month_shows_what_is_due_and_a_day_opens_its_list(int width)
    {
        await using var support = await browser.SignedInAsync(host, "chenli", width, width < 720 ? 844 : 900);
        var page = support.Page;
        await support.OpenAsync("/calendar");
        await Expect(page.Locator("#calendar .dy")).ToHaveCountAsync(await page.Locator("#calendar .cw").CountAsync() * 7 - 7);
        var all = page.GetByRole(AriaRole.Button, new() { Name = "全部", Exact = true });
        await all.ClickAsync();
        await Expect(all).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator(".cal-src .c", new() { HasText = "客户提醒" })).Not.ToContainTextAsync("0");
        await Expect(page.Locator("#calendar .ev").First).ToBeAttachedAsync();
        await support.ShotAsync($"care-calendar-{width}");
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0);

        var day = page.Locator("#calendar .db", new() { Has = page.Locator(".ev") }).First;
        var title = await day.Locator(".ev .el").First.TextContentAsync();
        await day.ClickAsync();
        await Expect(page.Locator("#day-list .cal-ag").First).ToContainTextAsync(title!);

        // The grid is one stop of the Tab key and is walked with the arrows.
        var selected = page.Locator("#calendar [aria-selected=true] button");
        await selected.FocusAsync();
        var before = await selected.GetAttributeAsync("id");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator($"#{before}")).ToHaveAttributeAsync("tabindex", "-1");
        var after = await page.Locator("#calendar [aria-selected=true] button").GetAttributeAsync("id");
        (DateOnly.ParseExact(after!["day-".Length..], "yyyy-MM-dd").DayNumber - DateOnly.ParseExact(before!["day-".Length..], "yyyy-MM-dd").DayNumber)
            .ShouldBe(7);
        await Expect(page.Locator($"#{after}")).ToBeFocusedAsync();

        await page.Locator("#next-month").ClickAsync();
        await Expect(page.Locator("#calendar .dn i").First).ToBeVisibleAsync();
        support.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_online_reminder_stands_above_everything_until_it_is_resolved()
    {
        await using var support = await browser.SignedInAsync(host, "chenli");
        await support.OpenAsync("/");
        await using var commerce = await browser.SignedInAsync(host, "zhoumin");
        var page = commerce.Page;
        await commerce.OpenAsync("/care/reminders");
        await page.Locator("#new-reminder").ClickAsync();
        await page.Locator("#r-content").FillAsync("江城水务集团在线等，打不开工程");
        await page.Locator("#r-target").SelectOptionAsync(new SelectOptionValue { Label = "陈立" });
        await page.Locator("#r-online").CheckAsync();
        await commerce.ShotAsync("reminder-new");
        await page.Locator("#send-reminder").ClickAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = "江城水务集团在线等" })).ToContainTextAsync("陈立");

        var strip = support.Page.Locator(".cr-online", new() { HasText = "江城水务集团在线等" });
        await Expect(strip).ToBeVisibleAsync();
        await support.ShotAsync("reminder-online");
        await strip.GetByRole(AriaRole.Button, new() { Name = "解决" }).ClickAsync();
        await Expect(strip).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Tab, new() { Name = "已解决" }).ClickAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = "江城水务集团在线等" })).ToBeVisibleAsync();
        support.Console.ShouldBeEmpty();
        commerce.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_plan_is_made_for_an_audience_and_care_is_written_down()
    {
        await using var commerce = await browser.SignedInAsync(host, "zhoumin");
        var page = commerce.Page;
        await commerce.OpenAsync("/care/plans");
        await page.Locator("#new-audience").ClickAsync();
        await page.Locator("#a-name").FillAsync("有邮箱的老客户");
        await page.GetByLabel("只要有邮箱的").CheckAsync();
        await Expect(page.GetByText("符合条件的客户 0 家")).ToHaveCountAsync(0);
        await commerce.ShotAsync("care-audience");
        await page.Locator("#save-audience").ClickAsync();
        await Expect(page.Locator("main", new() { HasText = "有邮箱的老客户" })).ToBeVisibleAsync();
        await page.Locator("#new-plan").ClickAsync();
        await page.Locator("#p-name").FillAsync("重阳问候");
        await page.Locator("#p-occasion").SelectOptionAsync("Festival");
        await page.Locator("#p-festival").SelectOptionAsync("double-ninth");
        await page.Locator("#p-type").SelectOptionAsync("festival");
        await page.Locator("#p-method").SelectOptionAsync("mail");
        await page.Locator("#p-subject").FillAsync("{日子}快乐");
        await page.Locator("#p-body").FillAsync("{称呼}：祝{日子}快乐，{问候}");
        await page.Locator("#p-active").CheckAsync();
        await page.Locator("#save-plan").ClickAsync();
        await Expect(page.GetByText("不认识“{问候}”")).ToBeVisibleAsync();
        await page.Locator("#p-body").FillAsync("{称呼}：\n\n祝{日子}快乐。");
        await commerce.ShotAsync("care-plan");
        await page.Locator("#save-plan").ClickAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = "重阳问候" })).ToContainTextAsync("进行中");
        await commerce.ShotAsync("care-plans");

        await commerce.OpenAsync("/care");
        await Expect(page.Locator("main tbody tr").First).ToBeVisibleAsync();
        await page.Locator("#record-care").ClickAsync();
        await page.Locator("#c-find").FillAsync("KH-00003");
        await page.Locator(".rz-dialog-side .cr-links button").First.ClickAsync();
        await page.Locator("#c-remarks").FillAsync("送了一盒茶叶");
        await page.Locator("#c-method").SelectOptionAsync("gift");
        await page.Locator("#save-care").ClickAsync();
        await Expect(page.Locator("main tbody tr", new() { HasText = "送了一盒茶叶" })).ToContainTextAsync("礼品");
        await commerce.ShotAsync("care-records");
        commerce.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>Customer → contact → sale with its number → export, at desk and phone width, in both languages (issue 3).</summary>
public sealed class SalesTests(DemoHost host, Chromium browser)
{
    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task Everything_refused_stands_at_its_field_the_first_has_the_focus_and_what_is_left_stays_in_sight(int width)
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin", width, width < 720 ? 844 : 900);
        var page = person.Page;
        await person.OpenAsync("/customers/new");
        await Expect(page.Locator("label[for=name] .req")).ToBeVisibleAsync();
        await page.Locator("#officePhone").FillAsync("无");
        await page.Locator("#email").FillAsync("nobody");
        await page.Locator("form button[type=submit]").ClickAsync();

        var left = page.Locator(".strip.sum");
        await Expect(left.Locator("button")).ToHaveTextAsync(["客户名称", "办公电话", "电子邮箱"]);
        await Expect(left).ToBeInViewportAsync();
        await Expect(page.Locator("#name")).ToBeFocusedAsync();
        foreach (var field in (string[])["name", "officePhone", "email"]) await Expect(page.Locator($"#{field}-e")).ToBeVisibleAsync();
        await person.ShotAsync("refused" + (width < 720 ? "-390" : ""), guide: false);

        await page.Locator("#officePhone").FillAsync("027-87654321");
        await page.Locator("#officePhone").BlurAsync();
        await Expect(page.Locator("#officePhone-e")).ToHaveCountAsync(0);
        await Expect(left.Locator("button")).ToHaveCountAsync(2);
        await page.Locator("#remarks").ScrollIntoViewIfNeededAsync();
        await Expect(left).ToBeInViewportAsync();
        await left.Locator("button").Last.ClickAsync();
        await Expect(page.Locator("#email")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(1440, "zh")]
    [InlineData(390, "zh")]
    [InlineData(1440, "en")]
    [InlineData(390, "en")]
    public async Task A_customer_gets_a_contact_and_a_sale_with_its_number_and_goes_out_as_a_workbook(int width, string language)
    {
        var shots = language == "zh" ? width == 390 ? "-390" : "" : null;
        var name = $"演示新客户{language}{width}";
        await using var person = await browser.SignedInAsync(host, "zhoumin", width, width < 720 ? 844 : 900, language: language);
        var page = person.Page;

        await person.OpenAsync("/customers");
        await Expect(page.Locator("table.lists tbody tr").First).ToBeVisibleAsync();
        if (shots is not null) await person.ShotAsync("customers" + shots);
        await person.OpenAsync("/customers/new");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#officePhone").FillAsync($"027-8{width}{(language == "zh" ? "111" : "222")}");
        await page.Locator("#level").SelectOptionAsync("key");
        await page.Locator("#areaCode").SelectOptionAsync("0027");
        await page.Locator("#remarks").FillAsync("=1+1");
        if (shots is not null) await person.ShotAsync("customer-new" + shots);
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".rec-head")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(name);
        var customer = page.Url;

        await page.Locator("a[href^='/contacts/new']").Last.ClickAsync();
        await Expect(page.Locator("#party")).ToHaveValueAsync(name);
        await page.Locator("#name").FillAsync("李淼");
        await page.Locator("#mobilePhone").FillAsync("13900001234");
        await page.Locator("#birthCalendar").SelectOptionAsync("Lunar");
        await page.Locator("#birthMonth").SelectOptionAsync("5");
        await page.Locator("#birthDay").SelectOptionAsync("27");
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator(".rec-row", new() { HasText = "李淼" })).ToBeVisibleAsync();

        await page.Locator("main a[href^='/sales/new']").Last.ClickAsync();
        await Expect(page.Locator("#customer")).ToHaveValueAsync(name);
        await page.Locator("#product").ClickAsync();
        await page.Locator("#product").FillAsync("市政");
        await page.Locator("#product-list [role=option]", new() { HasText = "市政" }).First.ClickAsync();
        await Expect(page.Locator("#amountReceivable")).ToHaveValueAsync("118,000.00");
        await page.Locator("#pickupDiscount").FillAsync("0.85");
        await page.Locator("#pickupDiscount").BlurAsync();
        await Expect(page.Locator("#amountReceivable")).ToHaveValueAsync("100,300.00");
        await page.Locator("#dongles").FillAsync($"K9-04-BROWSER-{language}{width}");
        if (shots is not null) await person.ShotAsync("sale-new" + shots);
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator("#authorization-no")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[0-9]{2}002704[0-9]{4}$"));
        if (shots is not null) await person.ShotAsync("sale" + shots);

        await page.GotoAsync(customer);
        await Expect(page.Locator(".rec-row", new() { HasText = "K9 市政管网" })).ToBeVisibleAsync();
        if (shots is not null) await person.ShotAsync("customer" + shots);

        await person.OpenAsync($"/customers?find={name}");
        await Expect(page.Locator("table.lists tbody tr")).ToHaveCountAsync(1);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("a[download]").ClickAsync());
        download.SuggestedFilename.ShouldEndWith(".xlsx");
        using var zip = System.IO.Compression.ZipFile.OpenRead((await download.PathAsync())!);
        using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        (await sheet.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain(name);
        person.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_is_tried_then_imported_and_its_bad_rows_come_back()
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin");
        var page = person.Page;
        await person.OpenAsync("/customers/import");
        await page.Locator("#import-file").SetInputFilesAsync(new FilePayload { Name = "客户.csv", MimeType = "text/csv",
            Buffer = System.Text.Encoding.UTF8.GetBytes("客户名称,手机,邮编\n导入演示甲,13811112222,430074\n导入演示乙,1.38E+10,\n") });
        await page.Locator("#try").ClickAsync();
        await Expect(page.Locator("#import-result")).ToContainTextAsync("会新增 1");
        await person.ShotAsync("customer-import");
        await page.Locator("#commit").ClickAsync();
        await Expect(page.Locator("#import-result")).ToContainTextAsync("新增 1，更新 0，1 行没有导入");
        var errors = await page.RunAndWaitForDownloadAsync(() => page.GetByText("下载没导入的 1 行").ClickAsync());
        errors.SuggestedFilename.ShouldEndWith(".xlsx");
        person.Console.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_has_its_three_tabs_and_a_dictionary_takes_a_new_value()
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin");
        var page = person.Page;
        await person.OpenAsync("/agents?find=图元");
        await page.Locator("table.lists tbody tr a").First.ClickAsync();
        await Expect(page.Locator("[role=tab]")).ToHaveTextAsync(["信息", "交易", "结算"]);
        await page.Locator("#tab-Trade").ClickAsync();
        await Expect(page.Locator(".rec-row").First).ToBeVisibleAsync();
        await page.Locator("#tab-Settlement").ClickAsync();
        await Expect(page.Locator(".figs")).ToBeVisibleAsync();
        await person.ShotAsync("agent-settlement");
        person.Console.ShouldBeEmpty();

        await using var admin = await browser.SignedInAsync(host, "admin");
        await admin.OpenAsync("/admin/dictionaries");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "客户级别" }).ClickAsync();
        await admin.Page.Locator("#new-code").FillAsync("vip");
        await admin.Page.Locator("#name").FillAsync("战略");
        await admin.ShotAsync("dictionaries");
        await admin.Page.Locator("#save-dictionary").ClickAsync();
        await Expect(admin.Page.Locator(".dict-value")).ToHaveCountAsync(3);
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }
}

using Microsoft.Data.Sqlite;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>
/// The sheet of application, report, signatures and opinions as it comes out of the printer: A4, nothing cut, Chinese that can be read (issue 2 §3).
/// </summary>
public sealed class PrintTests(DemoHost host, Chromium browser)
{
    private const int Lines = 64;
    private static readonly string Long = string.Concat(Enumerable.Repeat("该代理商本期按合同完成巡检、培训与应急响应，客户回访逐条核对无异议；", 12));

    [Fact]
    public async Task A_short_settlement_is_one_page()
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin");
        var year = TimeProvider.System.GetUtcNow().AddHours(8).Year;
        await person.OpenAsync($"/agents/settlements/JS-{year}-0002/print");
        var sheet = await Pdf.PrintAsync(person, "print-short");
        sheet.IsA4.ShouldBeTrue($"{sheet.Width} x {sheet.Height}");
        sheet.Pages.ShouldBe(1);
        var text = Joined(sheet.Texts[0]);
        foreach (var words in new[] { "代理商技术费结算审批单", $"JS-{year}-0002", "武汉图元信息技术有限公司", "服务满意度调查报告", "赵宏远", "直接返还", "26420000", "第1页/共1页" })
            text.ShouldContain(words);
        text.ShouldNotContain("返回"); // the bar over the sheet is not printed
    }

    [Fact]
    public async Task A_long_one_cuts_no_row_and_repeats_its_heading_on_every_page()
    {
        await using var own = new DemoHost(); // its own: many sales and a third leader must not reach other tests
        await own.InitializeAsync();
        Prepare(Path.Combine(own.Folder, "data", "crmflow.db"));
        var walk = new SettlementWalk(own, browser);
        await using (var agent = await browser.SignedInAsync(own, "wujianguo")) await walk.SubmitAsync(agent, int.MaxValue);
        await walk.ReviewAsync("一、" + Long);
        await walk.ReportAsync(0.86m, comments: "二、" + Long);
        await walk.SignAsync("zhaohongyuan", opinion: "三、" + Long);
        await walk.SignAsync("ouyangmiao", opinion: "四、同意。");
        await walk.SignAsync("hejing", opinion: "五、" + Long);

        await using var person = await browser.SignedInAsync(own, "zhoumin");
        await person.OpenAsync($"/agents/settlements/{walk.No}/print");
        await Expect(person.Page.Locator("article.ps")).ToBeVisibleAsync();
        var sheet = await Pdf.PrintAsync(person, "print-long");
        sheet.IsA4.ShouldBeTrue($"{sheet.Width} x {sheet.Height}");
        sheet.Pages.ShouldBeGreaterThan(2);

        var texts = sheet.Texts.Select(Joined).ToList();
        var wrong = new List<string>();
        for (var i = 1; i <= Lines; i++)
            if (sheet.Texts.Sum(t => t.Split('\n').Count(l => l.Contains($"XS9{i:00000}") && l.Contains("K9") && l.Contains('.'))) != 1)
                wrong.Add($"line {i} does not stand whole on one page");
        // Headings come with what they head, again on every page it runs on to; every opinion stands whole on one page.
        foreach (var (heading, row) in new[] { ("三、审批意见", "一、该代理商"), ("三、审批意见", "二、该代理商"), ("三、审批意见", "三、该代理商"), ("三、审批意见", "五、该代理商"),
            ("四、发票与财务决定", "发票号码") })
            if (texts.FindAll(t => t.Contains(row)) is not [var page]) wrong.Add($"{row} is not on one page");
            else if (!page.Contains(heading)) wrong.Add($"{row} stands without {heading}");
        foreach (var (heading, rows) in new[] { ("二、服务满意度调查报告", new[] { "返还比例" }), ("三、审批意见", ["该代理商"]), ("四、发票与财务决定", ["发票号码", "财务部"]) })
            for (var page = 0; page < texts.Count; page++)
                if (texts[page].Contains(heading) && !rows.Any(texts[page].Contains)) wrong.Add($"{heading} stands alone on page {page + 1}");
        foreach (var name in new[] { "周敏", "陈立", "赵宏远", "欧阳淼", "何静" })
            if (!texts.Any(t => t.Contains(name))) wrong.Add($"{name} is missing");
        // Pages with lines of the table carry its heading.
        for (var page = 0; page < texts.Count; page++)
        {
            if (texts[page].Contains("XS9") && !texts[page].Contains("序号产品及数量客户销售单号技术费"))
                wrong.Add($"page {page + 1} has lines without their heading");
            if (!texts[page].Contains($"第{page + 1}页/共{texts.Count}页")) wrong.Add($"page {page + 1} has no number");
        }
        wrong.ShouldBeEmpty(string.Join("\n---\n", sheet.Texts));
        own.ServerErrors().ShouldBeEmpty();
    }

    /// <summary>What no page does: a quarter with more sales than usual, as an import would leave it, and one more leader.</summary>
    private static void Prepare(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(name) FROM pragma_table_info('sales_record')";
        var columns = ((string)command.ExecuteScalar()!).Split(',').Where(c => c is not ("id" or "sale_order_no" or "service_authorization_no"))
            .ToList();
        command.CommandText = $"""
            PRAGMA busy_timeout = 10000;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Lines}),
                 quarter(line) AS (SELECT s.id FROM sales_record s JOIN user u ON u.agent_id = s.agent_id WHERE u.user_name = 'wujianguo' AND s.amount_received >= s.amount_receivable
                     AND s.sale_date = (SELECT MAX(sale_date) FROM sales_record x WHERE x.agent_id = u.agent_id AND x.amount_received >= x.amount_receivable
                         AND x.sale_date < date('now', '+8 hours', 'start of month', '-' || ((CAST(strftime('%m', 'now', '+8 hours') AS INTEGER) - 1) % 3) || ' months')) LIMIT 1)
            INSERT INTO sales_record (id, sale_order_no, service_authorization_no, {string.Join(", ", columns)})
            SELECT printf('0193A000-0000-7000-8000-%012X', n.i), printf('XS9%05d', n.i), NULL, {string.Join(", ", columns.Select(c => "s." + c))} FROM n, quarter JOIN sales_record s ON s.id = quarter.line;
            INSERT INTO user_role (user_id, role_id) SELECT u.id, r.id FROM user u, role r WHERE u.user_name = 'hejing' AND r.key = 'leader';
            """;
        command.ExecuteNonQuery().ShouldBeGreaterThan(Lines);
    }

    private static string Joined(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Shell.Tests;

/// <summary>An administrator tries the mail server from its page and reads what it answered.</summary>
public sealed class MailPageTests(Chromium browser)
{
    [Fact]
    public async Task A_test_mail_is_sent_from_the_page_and_a_refusal_is_read_there()
    {
        var ct = TestContext.Current.CancellationToken;
        using var server = await SmtpServer.StartAsync(
            new { password = "let me in", answers = new Dictionary<string, string> { ["gone"] = "550 5.1.1 No such user" } }, ct);
        await using var host = new DemoHost
        {
            Settings = ["--Mail:Host=127.0.0.1", $"--Mail:Port={server.Port}", "--Mail:From=流程 <crm@example.com>",
                "--Mail:User=crm", "--Mail:Password=let me in"],
        };
        await host.InitializeAsync();
        await using var admin = await browser.SignedInAsync(host, "admin");
        var page = admin.Page;
        await admin.OpenAsync("/admin/settings");
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "邮件服务器" }).ClickAsync();
        await Expect(page.GetByTestId("mail-settings")).ToContainTextAsync("crm@example.com");
        await Expect(page.GetByTestId("mail-settings")).ToContainTextAsync("密码（已设置）");
        await Expect(page.GetByTestId("mail-standing")).ToContainTextAsync("密码会不加密地发给邮件服务器");
        (await page.ContentAsync()).ShouldNotContain("let me in");

        async Task SendToAsync(string address)
        {
            await page.Locator("#to").FillAsync(address);
            await page.Locator("#send-test").ClickAsync();
        }
        await SendToAsync("chen");
        await Expect(page.Locator("#to-e")).ToContainTextAsync("“chen”不是一个邮箱地址");
        await SendToAsync("gone@example.com");
        await Expect(page.Locator(".side [role=alert]")).ToContainTextAsync("邮件服务器不接受收件人“gone@example.com”：550 5.1.1 No such user。请核对地址");
        await SendToAsync("chen@example.com");
        await Expect(page.GetByTestId("mail-sent")).ToContainTextAsync("邮件服务器收下了发给 chen@example.com 的测试邮件");
        await Expect(page.Locator(".side [role=alert]")).ToHaveCountAsync(0);
        while ((string)(await server.ReceiveAsync(ct))["subject"]! != "CrmFlow 测试邮件") { } // the demonstration's own come too
        await admin.ShotAsync("mail-server");
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }
}

using System.Net;
using System.Text.RegularExpressions;
using CrmFlow.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

public sealed class PipelineTests
{
    private const string Password = "correct horse battery";
    private static CancellationToken Ct => HostApp.Ct;

    [Fact]
    public async Task Everything_an_installation_keeps_lies_in_its_data_folder()
    {
        await using var app = await HostApp.StartAsync();
        (await app.Browser().GetAsync("/sign-in", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        File.Exists(Path.Combine(app.DataFolder, "crmflow.db")).ShouldBeTrue();
        Directory.GetFiles(Path.Combine(app.DataFolder, "keys")).ShouldNotBeEmpty();
        app.Services.GetRequiredService<CrmFlow.Tasks.FileStore>().Root.ShouldBe(Path.Combine(app.DataFolder, "files"));
        CrmFlow.Host.Maintenance.BackupFolder(app.Services.GetRequiredService<IConfiguration>()).ShouldBe(Path.Combine(app.DataFolder, "backups"));
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        foreach (var url in new[] { "/sign-in", "/", "/tokens.css", "/nowhere", "/healthz" })
        {
            var headers = (await browser.GetAsync(url, Ct)).Headers;
            var policy = headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem(url);
            policy.ShouldContain("frame-ancestors 'none'");
            policy.ShouldContain("object-src 'none'");
            Regex.Match(policy, "script-src ([^;]*)").Groups[1].Value.ShouldNotContain("unsafe");
            headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], url);
            headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"], url);
        }
    }

    [Fact]
    public async Task Inline_scripts_of_the_application_page_have_the_nonce_of_its_policy()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        var answer = await browser.GetAsync("/", Ct);
        var nonce = Regex.Match(answer.Headers.GetValues("Content-Security-Policy").Single(), "'nonce-([^']+)'").Groups[1].Value;
        var page = await answer.Content.ReadAsStringAsync(Ct);
        foreach (Match script in Regex.Matches(page, "<script(?![^>]*\\bsrc=)[^>]*>")) script.Value.ShouldContain($"nonce=\"{nonce}\"");
        page.ShouldNotContain(" onclick=");
    }

    [Fact]
    public async Task Trying_secrets_too_often_is_refused()
    {
        await using var app = await HostApp.StartAsync(("Security:SignInsPerMinute", "3"));
        var browser = app.Browser();
        for (var i = 0; i < 3; i++) (await HostApp.SignInAsync(browser, "nobody", "wrong")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var refused = await HostApp.SignInAsync(browser, "somebody", "wrong");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("试得太频繁");
    }

    [Fact]
    public async Task What_does_not_exist_is_a_page_in_words_with_status_404()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        var answer = await browser.GetAsync("/nowhere", Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("找不到这个页面");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/admin/users")]
    [InlineData("/search?q=x")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/attachments/0193a000-0000-7000-8000-000000000000")]
    public async Task Nothing_opens_before_sign_in(string url)
    {
        await using var app = await HostApp.StartAsync();
        var answer = url.Contains("negotiate") ? await app.Browser().PostAsync(url, null, Ct) : await app.Browser().GetAsync(url, Ct);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Redirect, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Probes_answer_without_sign_in()
    {
        await using var app = await HostApp.StartAsync();
        (await app.Browser().GetStringAsync("/healthz", Ct)).ShouldBe("ok");
        (await app.Browser().GetStringAsync("/readyz", Ct)).ShouldBe("ok");
    }

    [Fact]
    public async Task Static_files_need_no_sign_in_and_the_script_of_the_pages_is_there()
    {
        await using var app = await HostApp.StartAsync();
        foreach (var url in new[] { "/tokens.css", "/app.js", "/theme.js", "/_framework/blazor.web.js", "/radzen/radzen.css",
            "/_content/CrmFlow.Ui/ui.js" })
            (await app.Browser().GetAsync(url, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK, url);
    }
}

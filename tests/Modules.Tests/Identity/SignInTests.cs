using System.Net;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CrmFlow.Modules.Tests.Identity;

public sealed class SignInTests
{
    private const string Password = "correct horse battery";
    private static CancellationToken Ct => HostApp.Ct;

    [Fact]
    public async Task The_right_password_opens_the_application_and_leads_back_to_where_one_wanted_to_go()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();

        var door = await browser.GetAsync("/admin/users?tab=1", Ct);
        door.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        door.Headers.Location!.PathAndQuery.ShouldBe("/sign-in?returnUrl=%2Fadmin%2Fusers%3Ftab%3D1");

        var answer = await HostApp.PostAsync(browser, "/sign-in", ("login", " ZhouMin "), ("password", Password),
            ("returnUrl", "/admin/users?tab=1"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.OriginalString.ShouldBe("/admin/users?tab=1");
        (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/sign-in")]
    public async Task A_return_address_elsewhere_leads_home(string returnUrl)
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var answer = await HostApp.PostAsync(app.Browser(), "/sign-in", ("login", "zhoumin"), ("password", Password), ("returnUrl", returnUrl));
        answer.Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_nobody_has_are_answered_alike()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        foreach (var login in new[] { "zhoumin", "nobody" })
        {
            var browser = app.Browser();
            for (var left = 4; left >= 1; left--)
            {
                var answer = await HostApp.SignInAsync(browser, login, "wrong password " + left);
                answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
                (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain($"用户名或密码不对，还可以再试 {left} 次");
            }
            var locked = await HostApp.SignInAsync(browser, login, "wrong password");
            locked.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            (await locked.Content.ReadAsStringAsync(Ct)).ShouldContain("连续输错 5 次，账号锁定到 09:15");
        }
    }

    [Fact]
    public async Task A_locked_name_refuses_the_right_password_until_the_time_is_over()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        for (var i = 0; i < 5; i++) await HostApp.SignInAsync(browser, "zhoumin", "wrong password");

        app.Clock.Advance(TimeSpan.FromMinutes(14));
        (await HostApp.SignInAsync(browser, "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await HostApp.SignInAsync(browser, "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task An_administrator_unlocks()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        for (var i = 0; i < 5; i++) await HostApp.SignInAsync(browser, "zhoumin", "wrong password");
        await using (var scope = app.Services.CreateAsyncScope())
            (await scope.ServiceProvider.GetRequiredService<Users>().UnlockAsync(Actor.System, id, app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await HostApp.SignInAsync(browser, "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_right_password_in_between_forgets_the_wrong_ones()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        for (var i = 0; i < 4; i++) await HostApp.SignInAsync(app.Browser(), "zhoumin", "wrong password");
        await HostApp.SignInAsync(app.Browser(), "zhoumin", Password);
        var answer = await HostApp.SignInAsync(app.Browser(), "zhoumin", "wrong password");
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("还可以再试 4 次");
    }

    [Fact]
    public async Task A_disabled_user_gets_the_words_of_a_wrong_password()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password);
        await app.DoAsync(async cmd => (await cmd.Db.Set<User>().SingleAsync(u => u.Id == id, Ct)).IsEnabled = false);
        var answer = await HostApp.SignInAsync(app.Browser(), "zhoumin", Password);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("用户名或密码不对");
    }

    [Fact]
    public async Task A_hash_made_at_a_lower_cost_is_renewed()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password);
        var cheap = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(null!, Password);
        await app.DoAsync(async cmd => (await cmd.Db.Set<User>().SingleAsync(u => u.Id == id, Ct)).PasswordHash = cheap);

        (await HostApp.SignInAsync(app.Browser(), "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var stored = await app.ReadAsync(db => db.Set<User>().Where(u => u.Id == id).Select(u => u.PasswordHash!).SingleAsync(Ct));
        stored.ShouldNotBe(cheap);
        BitConverter.ToUInt32([.. Convert.FromBase64String(stored)[5..9].Reverse()]).ShouldBe((uint)Passwords.Iterations);
    }

    [Fact]
    public async Task A_user_disabled_on_another_host_is_out_within_a_minute()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await app.DoAsync(async cmd => (await cmd.Db.Set<User>().SingleAsync(u => u.Id == id, Ct)).IsEnabled = false);
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_changed_role_ends_the_sessions_of_its_holder()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password, ShippedRoles.Commerce);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        await using (var scope = app.Services.CreateAsyncScope())
            (await scope.ServiceProvider.GetRequiredService<Users>()
                .SaveAsync(Actor.System, new UserInput(id, "zhoumin", "周敏", ActorKind.Staff, null, null, null, []), app.NewOperation(), Ct))
                .Failed.ShouldBeFalse();
        (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Rights_taken_from_a_role_are_gone_from_the_session_and_end_the_circuit()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password, ShippedRoles.Commerce);
        var stamp = await app.ReadAsync(db => db.Set<User>().Where(u => u.Id == id).Select(u => u.SecurityStamp!).SingleAsync(Ct));
        var directory = app.Services.GetRequiredService<ActorDirectory>();
        var before = (await directory.FindAsync(id, stamp, Ct))!;
        before.Actor.Rights.ShouldContain("customer.view");

        await app.DoAsync(cmd => cmd.Db.Set<RoleRight>().Where(r => r.Right == "customer.view").ExecuteDeleteAsync(Ct));
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        var after = (await directory.FindAsync(id, stamp, Ct))!;
        after.Actor.Rights.ShouldNotContain("customer.view");
        after.Version.ShouldNotBe(before.Version); // the circuit compares versions and ends
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/account/sign-out")]
    [InlineData("/account/language")]
    [InlineData("/account/theme")]
    public async Task A_form_without_its_token_is_refused(string url)
    {
        await using var app = await HostApp.StartAsync();
        var answer = await app.Browser().PostAsync(url,
            new FormUrlEncodedContent([new("login", "x"), new("password", "y"), new("theme", "dark"), new("language", "en"), new("reason", "")]), Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Language_follows_the_person_to_another_browser()
    {
        await using var app = await HostApp.StartAsync();
        await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);
        var page = await browser.GetStringAsync("/", Ct);
        var token = System.Text.RegularExpressions.Regex.Match(page, "__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        (await browser.PostAsync("/account/language", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("language", "en")]),
            Ct)).StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var other = app.Browser();
        (await other.GetStringAsync("/sign-in", Ct)).ShouldContain("登录");
        await HostApp.SignInAsync(other, "zhoumin", Password);
        (await other.GetStringAsync("/", Ct)).ShouldContain("<html lang=\"en\"");
    }
}

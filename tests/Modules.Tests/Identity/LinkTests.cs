using System.Net;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Identity;

/// <summary>One-time links: first setup and invitations.</summary>
public sealed class LinkTests
{
    private const string Password = "correct horse battery";
    private static CancellationToken Ct => HostApp.Ct;

    [Fact]
    public async Task The_setup_link_creates_the_administrator_and_never_works_again()
    {
        await using var app = await HostApp.StartAsync();
        var setUp = app.Services.GetRequiredService<SetUp>();
        var token = (await setUp.NewTokenAsync(app.NewOperation(), Ct))!;

        var created = await HostApp.PostAsync(app.Browser(), $"/setup/{token}", ("login", "root"), ("name", "管理员"), ("password", Password),
            ("repeat", Password));
        created.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        (await app.Browser().GetAsync($"/setup/{token}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await setUp.HandleAsync(token, new(Password, Password), "second", "第二个", app.NewOperation(), Ct)).Problem.ShouldBeOfType<SetupLinkVoid>();
        (await setUp.NewTokenAsync(app.NewOperation(), Ct)).ShouldBeNull();
        (await HostApp.SignInAsync(app.Browser(), "root", Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var directory = app.Services.GetRequiredService<ActorDirectory>();
        var id = await app.ReadAsync(db => db.Set<User>().Select(u => u.Id).SingleAsync(Ct));
        (await directory.ActorAsync(id, Ct))!.Rights.ShouldContain("admin.users");
    }

    [Fact]
    public async Task A_used_setup_stays_closed_even_when_no_account_is_left()
    {
        await using var app = await HostApp.StartAsync();
        var setUp = app.Services.GetRequiredService<SetUp>();
        var token = (await setUp.NewTokenAsync(app.NewOperation(), Ct))!;
        (await setUp.HandleAsync(token, new(Password, Password), "root", "管理员", app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        await app.DoAsync(async cmd => { await cmd.Db.Set<UserRole>().ExecuteDeleteAsync(Ct); await cmd.Db.Set<User>().ExecuteDeleteAsync(Ct); });
        (await setUp.NewTokenAsync(app.NewOperation(), Ct)).ShouldBeNull();
        (await setUp.CheckAsync(token, Ct)).Failed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_restart_makes_the_earlier_setup_link_void()
    {
        await using var app = await HostApp.StartAsync();
        var setUp = app.Services.GetRequiredService<SetUp>();
        var first = (await setUp.NewTokenAsync(app.NewOperation(), Ct))!;
        var second = (await setUp.NewTokenAsync(app.NewOperation(), Ct))!;
        (await setUp.CheckAsync(first, Ct)).Failed.ShouldBeTrue();
        (await setUp.CheckAsync(second, Ct)).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task Two_people_with_the_setup_link_make_one_administrator()
    {
        await using var app = await HostApp.StartAsync();
        var setUp = app.Services.GetRequiredService<SetUp>();
        var token = (await setUp.NewTokenAsync(app.NewOperation(), Ct))!;
        var results = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(i =>
            setUp.HandleAsync(token, new(Password, Password), $"root{i}", "管理员", Guid.CreateVersion7(app.Clock.GetUtcNow().AddMilliseconds(i)), Ct)));
        results.Count(r => !r.Failed).ShouldBe(1);
        (await app.ReadAsync(db => db.Set<User>().CountAsync(Ct))).ShouldBe(1);
    }

    [Theory]
    [InlineData("short", "密码太短")]
    [InlineData("password1234", "太容易猜到")]
    [InlineData("aaaaaaaaaaaaaa", "太容易猜到")]
    [InlineData("zhoumin12345", "太容易猜到")]
    public async Task A_weak_password_is_refused_with_its_reason(string password, string reason)
    {
        await using var app = await HostApp.StartAsync();
        var token = await InviteAsync(app, "zhoumin");
        var answer = await HostApp.PostAsync(app.Browser(), $"/invitation/{token}", ("password", password), ("repeat", password));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain(reason);
    }

    [Fact]
    public async Task An_invitation_works_once()
    {
        await using var app = await HostApp.StartAsync();
        var token = await InviteAsync(app, "zhoumin");
        (await HostApp.PostAsync(app.Browser(), $"/invitation/{token}", ("password", Password), ("repeat", Password)))
            .StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await app.Browser().GetAsync($"/invitation/{token}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await HostApp.SignInAsync(app.Browser(), "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task An_invitation_expires_after_three_days()
    {
        await using var app = await HostApp.StartAsync();
        var token = await InviteAsync(app, "zhoumin");
        app.Clock.Advance(TimeSpan.FromDays(3));
        (await app.Browser().GetAsync($"/invitation/{token}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_new_link_makes_the_earlier_one_void_and_the_password_replaced_ends_sessions()
    {
        await using var app = await HostApp.StartAsync();
        var id = await app.UserAsync("zhoumin", Password);
        var browser = app.Browser();
        await HostApp.SignInAsync(browser, "zhoumin", Password);

        var first = await LinkAsync(app, id);
        var second = await LinkAsync(app, id);
        (await app.Browser().GetAsync($"/invitation/{first}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await HostApp.PostAsync(app.Browser(), $"/invitation/{second}", ("password", "another long sentence"), ("repeat", "another long sentence")))
            .StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await HostApp.SignInAsync(app.Browser(), "zhoumin", Password)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Only_hashes_of_tokens_are_kept()
    {
        await using var app = await HostApp.StartAsync();
        var token = await InviteAsync(app, "zhoumin");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(app.DataFolder, "crmflow.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync(Ct)).ShouldNotContain(token);
        }
    }

    private static async Task<string> InviteAsync(HostApp app, string login)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<Users>();
        var id = (await users.SaveAsync(Actor.System, new UserInput(null, login, "周敏", ActorKind.Staff, null, null, null, []), app.NewOperation(),
            Ct)).Value;
        return await LinkAsync(app, id);
    }

    private static async Task<string> LinkAsync(HostApp app, Guid id)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<Users>().InviteAsync(Actor.System, id, app.NewOperation(), Ct)).Value;
    }
}

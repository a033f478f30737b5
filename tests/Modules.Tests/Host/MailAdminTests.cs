using CrmFlow.Host.Administration;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>
/// The page of the mail server: what is configured, and a mail by which it is tried, through the real pipeline and a real SMTP server process.
/// </summary>
public sealed class MailAdminTests
{
    private static CancellationToken Ct => TestApp.Ct;
    private static readonly Actor Admin = new(ActorKind.Staff, Guid.Parse("0193a000-0000-7000-8000-0000000000aa"), "陈静")
        { Rights = new HashSet<string> { "admin.settings" } };

    private static Task<HostApp> StartAsync(int port, params (string Key, string Value)[] more) =>
        HostApp.StartAsync([("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{port}"), ("Mail:From", "流程 <crm@example.com>"), .. more]);

    private static async Task<Result> TestAsync(HostApp app, Actor actor, string? to)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MailAdmin>().TestAsync(actor, to, Guid.CreateVersion7(), Ct);
    }

    private static async Task<Result<MailFacts>> ReadAsync(HostApp app, Actor actor)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MailAdmin>().ReadAsync(actor, Ct);
    }

    private static Task<List<AuditRow>> AuditsAsync(HostApp app) =>
        app.ReadAsync(db => db.Set<AuditRow>().AsNoTracking().Where(a => a.Operation == "Host.SendTestMail")
        .ToListAsync(Ct));

    private static string In(HostApp app, Result result) => app.Services.GetRequiredService<Texts>().Of(result.Problem.ShouldNotBeNull());

    [Fact]
    public async Task A_test_mail_leaves_at_once_and_is_audited()
    {
        using var server = await SmtpServer.StartAsync(new { }, Ct);
        await using var app = await StartAsync(server.Port);
        (await TestAsync(app, Admin, " chen@example.com ")).Problem.ShouldBeNull();
        var mail = await server.ReceiveAsync(Ct);
        ((string)mail["subject"]!).ShouldBe("CrmFlow 测试邮件");
        ((string)mail["body"]!).ShouldStartWith("这是 陈静 从 CrmFlow 发出的测试邮件");
        (await AuditsAsync(app)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            a => a.ActorId.ShouldBe(Admin.UserId), a => a.After!.ShouldContain("chen@example.com"));
        (await app.ReadAsync(db => db.Set<OutboxRow>().CountAsync(Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task What_the_server_answers_is_said_in_words_with_the_way_out()
    {
        using var authority = new TestAuthority();
        using var encrypted = await SmtpServer.StartAsync(new { security = "tls", certificate = authority.Certificate, key = authority.Key }, Ct);
        using var guarded = await SmtpServer.StartAsync(
            new { password = "let me in", answers = new Dictionary<string, string> { ["gone"] = "550 5.1.1 No such user" } }, Ct);
        var nobody = PostgresServer.FreePort();

        await using (var app = await StartAsync(encrypted.Port, ("Mail:Security", "tls")))
            In(app, await TestAsync(app, Admin, "chen@example.com")).ShouldBe(
                $"不信任邮件服务器 127.0.0.1 的证书，所以没有发：颁发者“CrmFlow Test Authority”，有效期到 {authority.ValidUntil:yyyy-MM-dd}。"
                + "内部颁发的证书，请把颁发者的 PEM 文件写在 Mail:CaFile；过期的请换证书");
        await using (var app = await StartAsync(guarded.Port, ("Mail:User", "crm"), ("Mail:Password", "wrong")))
            In(app, await TestAsync(app, Admin, "chen@example.com")).ShouldStartWith("邮件服务器不接受用户“crm”的密码：");
        await using (var app = await StartAsync(guarded.Port, ("Mail:User", "crm"), ("Mail:Password", "let me in")))
            In(app, await TestAsync(app, Admin, "gone@example.com")).ShouldBe("邮件服务器不接受收件人“gone@example.com”：550 5.1.1 No such user。请核对地址");
        await using (var app = await StartAsync(nobody))
            In(app, await TestAsync(app, Admin, "chen@example.com")).ShouldStartWith($"连不上邮件服务器 127.0.0.1 端口 {nobody}");
        new[] { encrypted, guarded }.ShouldAllBe(s => s.Count("mail") == 0);
    }

    [Fact]
    public async Task Whoever_waits_for_a_server_that_hangs_is_told_after_twenty_seconds()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await using var app = await StartAsync(((System.Net.IPEndPoint)listener.LocalEndpoint).Port);
        var test = TestAsync(app, Admin, "chen@example.com");
        using var connection = await listener.AcceptTcpClientAsync(Ct);
        app.Clock.Advance(MailAdmin.Patience);
        (await test).Problem.ShouldBeOfType<MailProblem>().Code.ShouldBe("mail.no-answer");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("chen")]
    [InlineData("chen@example.com, li@example.com")]
    public async Task It_goes_to_one_address(string? to)
    {
        await using var app = await StartAsync(25);
        (await TestAsync(app, Admin, to)).Problem.ShouldBeOfType<TestAddressInvalid>().Field.ShouldBe("to");
        (await AuditsAsync(app)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_not_change_settings_neither_reads_nor_tries_them()
    {
        await using var app = await StartAsync(25);
        foreach (var actor in (Actor[])[Actor.Anonymous, Admin with { Rights = new HashSet<string> { "admin.users" } },
            new(ActorKind.Agent, Admin.UserId, "agent")])
        {
            (await ReadAsync(app, actor)).Problem.ShouldBeOfType<NotFound>();
            (await TestAsync(app, actor, "chen@example.com")).Problem.ShouldBeOfType<NotFound>();
        }
    }

    [Fact]
    public async Task The_password_is_used_and_never_shown()
    {
        await using var app = await StartAsync(25, ("Mail:User", "crm"), ("Mail:Password", "let me in"));
        var facts = (await ReadAsync(app, Admin)).Value;
        facts.ShouldSatisfyAllConditions(
            f => f.SignIn.ShouldBe("password"), f => f.SignsInOpenly.ShouldBeTrue(), f => f.Fault.ShouldBeNull(),
            f => f.ToString().ShouldNotContain("let me in"));
    }

    [Fact]
    public async Task Without_a_server_it_says_so_and_tries_nothing()
    {
        await using var app = await HostApp.StartAsync();
        (await ReadAsync(app, Admin)).Value.Fault!.Key.ShouldBe("mail.no-server");
        (await TestAsync(app, Admin, "chen@example.com")).Problem!.Key.ShouldBe("mail.no-server");
    }
}

using CrmFlow.Engine;
using CrmFlow.TestSupport;

namespace CrmFlow.Runtime.Tests;

/// <summary>
/// The outbox and a real SMTP server process: encryption, sign-in, refusals, connections that break, and what Python's e-mail package reads of what
/// arrives.
/// </summary>
public sealed class SmtpDeliveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<TestHost<Sqlite>> HostAsync(int port, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{port}", ["Mail:From"] = "流程 <crm@example.com>" };
        foreach (var (key, value) in settings) all[$"Mail:{key}"] = value;
        return TestHost<Sqlite>.StartAsync(settings: all);
    }

    private static Task SendAsync(TestHost<Sqlite> host, string key, string to = "wang@example.com", Func<Mail, Mail>? more = null) =>
        host.CommandAsync<Sqlite, bool>(cmd =>
        {
            var mail = new Mail(to, "待办超期", "请办理");
            cmd.Send(more?.Invoke(mail) ?? mail, key);
            return Task.FromResult<Result<bool>>(true);
        });

    private static Task<int> DeliverAsync(TestHost<Sqlite> host) => host.Get<OutboxDelivery>().DeliverAsync(Ct);
    private static async Task<OutboxRow> RowAsync(TestHost<Sqlite> host) => (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldHaveSingleItem();

    private static async Task<OutboxRow> TriedAsync(TestHost<Sqlite> host, string to = "wang@example.com", Func<Mail, Mail>? more = null)
    {
        await SendAsync(host, "k", to, more);
        await DeliverAsync(host);
        return await RowAsync(host);
    }

    private static string Code(OutboxRow row) => row.Error.ShouldNotBeNull().Split('\n')[0];

    [Theory]
    [InlineData("tls", "tls")]
    [InlineData("starttls", "starttls-required")]
    [InlineData("starttls", "starttls")]
    public async Task An_encrypted_connection_is_made_to_a_server_whose_authority_is_named(string offers, string asks)
    {
        using var authority = new TestAuthority();
        using var server = await SmtpServer.StartAsync(new { security = offers, certificate = authority.Certificate, key = authority.Key }, Ct);
        await using var host = await HostAsync(server.Port, ("Security", asks), ("CaFile", authority.CaFile));
        (await TriedAsync(host)).ShouldSatisfyAllConditions(o => o.Error.ShouldBeNull(), o => o.SentAt.ShouldNotBeNull());
        ((bool)(await server.ReceiveAsync(Ct))["isEncrypted"]!).ShouldBeTrue();
    }

    [Theory]
    [InlineData("tls", "tls", false, "mail.certificate-untrusted")] // nobody the system knows
    [InlineData("tls", "tls", true, "mail.certificate-untrusted")] // another authority of the same name
    [InlineData("starttls", "starttls", false, "mail.certificate-untrusted")] // also where encryption is only wished for
    [InlineData("starttls", "starttls-required", false, "mail.certificate-untrusted")]
    [InlineData("none", "starttls-required", false, "mail.no-starttls")]
    [InlineData("none", "tls", false, "mail.tls-failed")]
    public async Task Where_the_connection_cannot_be_trusted_nothing_is_sent_and_it_is_said(
        string offers, string asks, bool namesAnother, string code)
    {
        using var authority = new TestAuthority();
        using var another = new TestAuthority();
        using var server = await SmtpServer.StartAsync(new { security = offers, certificate = authority.Certificate, key = authority.Key }, Ct);
        await using var host = await HostAsync(server.Port, [("Security", asks), .. namesAnother ? new[] { ("CaFile", another.CaFile) } : []]);
        (await TriedAsync(host)).ShouldSatisfyAllConditions(
            o => Code(o).ShouldBe(code),
            o => o.NextAt.ShouldBe(host.Clock.GetUtcNow().AddSeconds(30)));
        server.Count("mail").ShouldBe(0);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_with_both_names()
    {
        using var authority = new TestAuthority("mail.example.com");
        using var server = await SmtpServer.StartAsync(new { security = "tls", certificate = authority.Certificate, key = authority.Key }, Ct);
        await using var host = await HostAsync(server.Port, ("Security", "tls"), ("CaFile", authority.CaFile));
        (await TriedAsync(host)).Error.ShouldBe("mail.certificate-name\n127.0.0.1\nmail.example.com");
    }

    [Fact]
    public async Task A_file_of_authorities_that_cannot_be_read_is_named_and_may_come_later()
    {
        using var authority = new TestAuthority();
        using var server = await SmtpServer.StartAsync(new { security = "tls", certificate = authority.Certificate, key = authority.Key }, Ct);
        var later = authority.CaFile + ".later";
        await using var host = await HostAsync(server.Port, ("Security", "tls"), ("CaFile", later));
        (await TriedAsync(host)).Error.ShouldBe($"mail.ca-file\n{later}");
        File.Copy(authority.CaFile, later);
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        await DeliverAsync(host);
        (await RowAsync(host)).SentAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_server_learns_who_sends_by_password()
    {
        using var server = await SmtpServer.StartAsync(new { password = "let me in" }, Ct);
        await using var host = await HostAsync(server.Port, ("User", "crm"), ("Password", "let me in"));
        (await TriedAsync(host)).SentAt.ShouldNotBeNull();
        ((string)server.First("password")["user"]!).ShouldBe("crm");
    }

    [Fact]
    public async Task A_wrong_password_a_missing_one_and_a_server_that_asks_for_none_are_told_apart()
    {
        using var server = await SmtpServer.StartAsync(new { password = "let me in" }, Ct);
        using var open = await SmtpServer.StartAsync(new { }, Ct);
        await using var wrong = await HostAsync(server.Port, ("User", "crm"), ("Password", "let me out"));
        await using var missing = await HostAsync(server.Port);
        await using var needless = await HostAsync(open.Port, ("User", "crm"), ("Password", "x"));
        (await TriedAsync(wrong)).ShouldSatisfyAllConditions(
            o => o.Error.ShouldStartWith("mail.password-refused\ncrm\n"),
            o => o.NextAt.ShouldNotBeNull(), o => o.Error!.ShouldNotContain("let me out"));
        Code(await TriedAsync(missing)).ShouldBe("mail.sign-in-needed");
        Code(await TriedAsync(needless)).ShouldBe("mail.no-sign-in");
    }

    [Fact]
    public async Task A_token_is_read_from_its_file_at_each_connect()
    {
        using var server = await SmtpServer.StartAsync(new { token = "second" }, Ct);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "first\n", Ct);
            await using var host = await HostAsync(server.Port, ("User", "crm@example.com"), ("OAuthTokenFile", file));
            (await TriedAsync(host)).Error.ShouldStartWith("mail.token-refused\ncrm@example.com\n");
            ((string)server.First("token")["token"]!).ShouldBe("first");
            await File.WriteAllTextAsync(file, "second\n", Ct);
            host.Clock.Advance(TimeSpan.FromSeconds(30));
            await DeliverAsync(host);
            (await RowAsync(host)).SentAt.ShouldNotBeNull();
            ((string)(await server.ReceiveAsync(Ct))["user"]!).ShouldBe("crm@example.com");
        }
        finally
        {
            File.Delete(file);
        }
        await using var without = await HostAsync(server.Port, ("User", "crm@example.com"), ("OAuthTokenFile", file));
        (await TriedAsync(without)).Error.ShouldBe($"mail.token-file\n{file}");
    }

    [Fact]
    public async Task Chinese_names_subject_text_and_files_are_read_back_by_another_program()
    {
        var name = "2026年度结算报价（含税）— 武汉图元信息 第二版.txt";
        using var server = await SmtpServer.StartAsync(new { }, Ct);
        await using var host = await HostAsync(server.Port);
        var row = await TriedAsync(host, "\"王芳, 财务\" <wang@example.com>, li@example.com", m => m with
        {
            Subject = "结算申请 JS-2026-0001 等您审批，请在三个工作日内办理，谢谢",
            Body = "<p>王芳：\n请办理。</p>\n.\n<p>完</p>", IsHtml = true, Cc = "陈立 <chen@example.com>", Bcc = "secret@example.com",
            Attachments = [
                new SendFile(name, "text/plain", Convert.ToBase64String("报价"u8)),
                new SendFile("plain.csv", "no type", Convert.ToBase64String("a,b"u8)),
                new SendFile("信.eml", "message/rfc822", Convert.ToBase64String("Subject: x\n\ny"u8))],
        });
        row.Error.ShouldBeNull();

        var mail = await server.ReceiveAsync(Ct);
        ((string)mail["subject"]!).ShouldBe("结算申请 JS-2026-0001 等您审批，请在三个工作日内办理，谢谢");
        ((string)mail["id"]!).ShouldBe("<k@example.com>");
        ((string)mail["body"]!).ReplaceLineEndings("\n").TrimEnd('\n').ShouldBe("<p>王芳：\n请办理。</p>\n.\n<p>完</p>");
        mail["names"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ShouldBe("""
                {"From":[["流程","crm@example.com"]],"To":[["王芳, 财务","wang@example.com"],["","li@example.com"]],"Cc":[["陈立","chen@example.com"]]}
                """);
        mail["recipients"]!.AsArray().Select(r => (string)r!).Order(StringComparer.Ordinal)
            .ShouldBe(["chen@example.com", "li@example.com", "secret@example.com", "wang@example.com"]);
        mail["files"]!.AsArray().Select(f => ((string)f![0]!, (string)f[1]!, (string)f[2]!))
            .ShouldBe([(name, "text/plain", "报价"),
            ("plain.csv", "application/octet-stream", "a,b"), ("信.eml", "application/octet-stream", "Subject: x\n\ny")]);
        mail["dispositions"]!.AsArray().Select(d => (string)d!).ShouldBe([name, "plain.csv", "信.eml"]);
        ((string)mail["raw"]!).ShouldSatisfyAllConditions(
            raw => raw.ShouldContain("filename*0*=utf-8''"), raw => raw.ShouldAllBe(c => c < 128), raw => raw.ShouldNotContain("secret@example.com"));
    }

    [Fact]
    public async Task A_hundred_mails_leave_over_at_most_eight_connections()
    {
        using var server = await SmtpServer.StartAsync(new { }, Ct);
        await using var host = await HostAsync(server.Port);
        for (var i = 0; i < 100; i++) await SendAsync(host, $"k{i}");
        (await DeliverAsync(host)).ShouldBe(100);
        (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldAllBe(o => o.SentAt != null);
        server.Count("mail").ShouldBe(100);
        server.Connections.ShouldBeInRange(1, OutboxDelivery.Senders);
    }

    [Theory]
    [InlineData("550 5.1.1 No such user", "mail.recipient-refused\nwang@example.com\n550 5.1.1 No such user", false)]
    [InlineData("450 4.2.0 Greylisted", "mail.recipient-refused\nwang@example.com\n450 4.2.0 Greylisted", true)]
    [InlineData("452 4.2.2 Mailbox full", "mail.recipient-refused\nwang@example.com\n452 4.2.2 Mailbox full", true)]
    [InlineData("data:554 5.7.1 Looks like spam", "mail.message-refused\n127.0.0.1\n554 5.7.1 Looks like spam", false)]
    [InlineData("data:451 4.3.0 Try later", "mail.message-refused\n127.0.0.1\n451 4.3.0 Try later", true)]
    public async Task What_is_refused_for_good_is_not_tried_again_until_an_administrator_sends_it_and_what_may_pass_is(
        string answer, string error, bool isTriedAgain)
    {
        using var server = await SmtpServer.StartAsync(new { answers = new Dictionary<string, string> { ["wang"] = answer } }, Ct);
        await using var host = await HostAsync(server.Port);
        (await TriedAsync(host)).ShouldSatisfyAllConditions(
            o => o.Error.ShouldBe(error), o => o.NextAt.ShouldBe(isTriedAgain ? host.Clock.GetUtcNow().AddSeconds(30) : null));
        host.Clock.Advance(TimeSpan.FromDays(3));
        (await DeliverAsync(host)).ShouldBe(isTriedAgain ? 1 : 0);
        (await host.Get<FailureAdministration>().RetryMailAsync(NotesModule.Writer, Guid.CreateVersion7(), "k", Ct)).Failed.ShouldBeFalse();
        (await DeliverAsync(host)).ShouldBe(1);
        server.Count("refused").ShouldBe(isTriedAgain ? 3 : 2);
        server.Connections.ShouldBe(1); // a refusal costs no connection
    }

    [Fact]
    public async Task One_recipient_who_is_refused_holds_the_mail_back_from_all_and_is_named()
    {
        using var server = await SmtpServer.StartAsync(new { answers = new Dictionary<string, string> { ["gone"] = "550 5.1.1 No such user" } }, Ct);
        await using var host = await HostAsync(server.Port);
        (await TriedAsync(host, "wang@example.com, gone@example.com"))
            .Error.ShouldBe("mail.recipient-refused\ngone@example.com\n550 5.1.1 No such user");
        server.Count("mail").ShouldBe(0);
    }

    [Fact]
    public async Task A_text_that_is_no_address_is_refused_by_name_and_not_tried_again()
    {
        using var server = await SmtpServer.StartAsync(new { }, Ct);
        await using var host = await HostAsync(server.Port);
        (await TriedAsync(host, "wang@example.com o@example.com")).ShouldSatisfyAllConditions(
            o => o.Error.ShouldBe("mail.no-address\nwang@example.com o@example.com"), o => o.NextAt.ShouldBeNull());
        server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task An_address_of_other_letters_needs_a_server_that_takes_them()
    {
        using var able = await SmtpServer.StartAsync(new { utf8 = true }, Ct);
        using var old = await SmtpServer.StartAsync(new { utf8 = false }, Ct);
        await using var first = await HostAsync(able.Port);
        await using var second = await HostAsync(old.Port);
        (await TriedAsync(first, "王芳@example.com")).SentAt.ShouldNotBeNull();
        (await TriedAsync(second, "王芳@example.com")).ShouldSatisfyAllConditions(o => Code(o).ShouldBe("mail.no-utf8"), o => o.NextAt.ShouldBeNull());
    }

    [Theory]
    [InlineData("IDLE")] // between two mails
    [InlineData("MAIL")] // when the second begins
    public async Task A_server_that_drops_idle_connections_costs_one_reconnect_and_each_mail_arrives_once(string hangUpOn)
    {
        using var server = await SmtpServer.StartAsync(new { hangUpOn }, Ct);
        await using var host = await HostAsync(server.Port);
        for (var i = 1; i <= 2; i++)
        {
            await SendAsync(host, $"k{i}");
            await DeliverAsync(host);
            ((string)(await server.ReceiveAsync(Ct))["id"]!).ShouldBe($"<k{i}@example.com>");
            if (hangUpOn == "IDLE") await server.ClosedAsync(Ct);
        }
        (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldAllBe(o => o.SentAt != null && o.Attempts == 1);
        (server.Connections, server.Count("mail")).ShouldBe((2, 2));
    }

    [Fact]
    public async Task A_mail_whose_answer_is_lost_is_sent_again_only_by_the_outbox_and_under_the_same_id()
    {
        using var server = await SmtpServer.StartAsync(new { hangUpOn = "DATA" }, Ct);
        await using var host = await HostAsync(server.Port);
        (await TriedAsync(host)).SentAt.ShouldNotBeNull();
        await SendAsync(host, "lost"); // over the connection that was kept
        await DeliverAsync(host);
        var lost = (await host.RowsAsync<Sqlite, OutboxRow>()).Single(o => o.IdempotencyKey == "lost");
        lost.ShouldSatisfyAllConditions(o => Code(o).ShouldBe("mail.unreachable"), o => o.NextAt.ShouldBe(host.Clock.GetUtcNow().AddSeconds(30)));
        (server.Connections, server.Count("mail")).ShouldBe((1, 2));

        host.Clock.Advance(TimeSpan.FromSeconds(30));
        await DeliverAsync(host);
        (await host.RowsAsync<Sqlite, OutboxRow>()).ShouldAllBe(o => o.SentAt != null);
        var ids = new[] { await server.ReceiveAsync(Ct), await server.ReceiveAsync(Ct), await server.ReceiveAsync(Ct) }.Select(m => (string)m["id"]!);
        ids.ShouldBe(["<k@example.com>", "<lost@example.com>", "<lost@example.com>"]);
    }

    [Fact]
    public async Task What_waited_for_a_setting_to_be_mended_leaves_after_the_next_start()
    {
        using var server = await SmtpServer.StartAsync(new { }, Ct);
        await using var host = await HostAsync(server.Port, ("Security", "ssl"));
        (await TriedAsync(host)).ShouldSatisfyAllConditions(o => o.Error.ShouldBe("mail.setting-security\nssl"), o => o.NextAt.ShouldBeNull());
        await using var mended = host.Another(settings: new() {
            ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{server.Port}", ["Mail:From"] = "crm@example.com" });
        await mended.Get<OutboxDelivery>().ResumeAsync(Ct);
        await DeliverAsync(mended);
        (await RowAsync(host)).SentAt.ShouldNotBeNull();
    }
}

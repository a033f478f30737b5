using CrmFlow.Mailing;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime.Tests;

/// <summary>What people write where a mail goes to: all of it is used, or nothing.</summary>
public sealed class MailAddressTests
{
    [Theory]
    [InlineData("n@example.com", "n@example.com")]
    [InlineData("n@example.com, o@example.com", "n@example.com|o@example.com")]
    [InlineData("n@example.com;o@example.com; p@example.com", "n@example.com|o@example.com|p@example.com")]
    [InlineData("n@example.com，o@example.com；p@example.com、q@example.com", "n@example.com|o@example.com|p@example.com|q@example.com")]
    [InlineData("n@example.com,", "n@example.com")]
    [InlineData("王芳 <wang@example.com>, \"Li, Lei\" <li@example.com>", "wang@example.com|li@example.com")]
    [InlineData("\"Li; Lei\" <li@example.com>; wang@example.com", "li@example.com|wang@example.com")]
    [InlineData("王芳<wang@example.com>", "wang@example.com")]
    [InlineData("\"wang@example.com\" <wang@example.com>", "wang@example.com")]
    [InlineData("=?utf-8?b?5byg5LiJ?= <zhang@example.com>", "zhang@example.com")]
    [InlineData("a+b@sub.example.com", "a+b@sub.example.com")]
    [InlineData("wang@localhost", "wang@localhost")]
    [InlineData("王芳@例子.中国", "王芳@例子.中国")]
    public void Every_address_of_a_text_is_read(string text, string addresses) =>
        MailAddresses.Read(text).Select(a => a.Address).ShouldBe(addresses.Split('|'));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(null)]
    [InlineData("nobody")]
    [InlineData("@example.com")]
    [InlineData("wang@")]
    [InlineData("wang@@example.com")]
    [InlineData("wang@example..com")]
    [InlineData("wang..fang@example.com")]
    [InlineData("wang@-example.com")]
    [InlineData("wang@exam ple.com")]
    [InlineData("n@example.com o@example.com")]
    [InlineData("n@example.com, nobody")]
    [InlineData("王芳 wang@example.com")]
    [InlineData("Li, Lei <li@example.com>")]
    [InlineData("<n@example.com> o@example.com")]
    [InlineData("o@example.com <n@example.com>")]
    [InlineData("\"o@example.com\" <n@example.com>")]
    [InlineData("n@example.com (o@example.com)")]
    [InlineData("<@relay.example.com:n@example.com>")]
    [InlineData("Team: n@example.com, o@example.com;")]
    [InlineData("undisclosed-recipients: ;")]
    [InlineData("n@example.com <")]
    [InlineData("n@example.com\r\nBcc: o@example.com")]
    public void A_text_in_which_anything_is_no_address_is_none(string? text)
    {
        MailAddresses.Read(text).ShouldBeEmpty();
        Mail.CanGoTo(text).ShouldBeFalse();
    }

    [Fact]
    public void A_field_takes_one_plain_address()
    {
        Mail.IsAddress("n@example.com").ShouldBeTrue();
        Mail.IsAddress("n@example.com, o@example.com").ShouldBeFalse();
        Mail.IsAddress("王芳 <n@example.com>").ShouldBeFalse();
    }

    [Theory]
    [InlineData("Li, Lei", "li@example.com")]
    [InlineData("王芳", "wang@example.com")]
    [InlineData("O'Brien \"Bo\" (北京); x", "o@example.com")]
    public void What_a_step_hands_on_is_read_back_as_the_same(string name, string address)
    {
        var read = MailAddresses.ReadOne(new MimeKit.MailboxAddress(name, address).ToString()).ShouldNotBeNull();
        (read.Name, read.Address).ShouldBe((name, address));
    }
}

public sealed class MailSettingsTests
{
    private static MailSettings Of(params string[] settings) => new(new ConfigurationBuilder()
        .AddInMemoryCollection([new("Mail:Host", "mail.example.com"), new("Mail:From", "crm@example.com")])
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create($"Mail:{s[0]}", (string?)s[1]))).Build());

    [Theory]
    [InlineData("", MailSecurity.None, 25)]
    [InlineData("Port=465", MailSecurity.Tls, 465)]
    [InlineData("Port=587", MailSecurity.StartTlsRequired, 587)]
    [InlineData("Port=2525", MailSecurity.None, 2525)]
    [InlineData("Security=tls", MailSecurity.Tls, 465)]
    [InlineData("Security=starttls", MailSecurity.StartTls, 587)]
    [InlineData("Security=STARTTLS-required Port=25", MailSecurity.StartTlsRequired, 25)]
    [InlineData("Security=none Port=587", MailSecurity.None, 587)]
    [InlineData("StartTls=true Port=25", MailSecurity.StartTlsRequired, 25)]
    [InlineData("StartTls=False Port=587", MailSecurity.None, 587)]
    [InlineData("StartTls=true Security=none", MailSecurity.None, 25)]
    internal void Encryption_and_port_follow_from_each_other_and_the_former_setting_is_still_read(string settings, MailSecurity security, int port)
    {
        var read = Of(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (read.Security, read.Port, read.Fault).ShouldBe((security, port, null));
    }

    [Theory]
    [InlineData("Host=", "mail.no-server")]
    [InlineData("From=", "mail.setting-from")]
    [InlineData("From=a@example.com, b@example.com", "mail.setting-from")]
    [InlineData("Port=mail", "mail.setting-port")]
    [InlineData("Port=70000", "mail.setting-port")]
    [InlineData("Security=ssl", "mail.setting-security")]
    [InlineData("StartTls=often", "mail.setting-security")]
    [InlineData("User=crm", "mail.setting-password")]
    [InlineData("OAuthToken=abc", "mail.setting-user")]
    public void A_setting_that_cannot_be_used_is_named(string setting, string code) => Of(setting).Fault!.Key.ShouldBe(code);
}

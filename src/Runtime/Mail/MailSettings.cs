using System.Globalization;
using CrmFlow.Mailing;
using Microsoft.Extensions.Configuration;
using MimeKit;

namespace CrmFlow.Runtime;

/// <summary>How the connection to the mail server is kept from being read; <c>Mail:Security</c>.</summary>
internal enum MailSecurity
{
    /// <summary><c>none</c></summary>
    None,
    /// <summary><c>starttls</c>: encrypted where the server offers it.</summary>
    StartTls,
    /// <summary><c>starttls-required</c>: encrypted, or nothing is sent.</summary>
    StartTlsRequired,
    /// <summary><c>tls</c>: encrypted from the first byte on.</summary>
    Tls,
}

/// <summary>
/// The mail server as configured (files, environment, command line), read at start. The password and the token are never in the database.
/// <list type="table">
/// <item><term><c>Mail:Host</c></term><description>without it mails wait</description></item>
/// <item><term><c>Mail:Port</c></term><description>25; 465 with <c>tls</c>, 587 with either <c>starttls</c></description></item>
/// <item><term><c>Mail:From</c></term><description>who the mails are from, with a name or without</description></item>
/// <item><term><c>Mail:Security</c></term><description><see cref="MailSecurity"/>; by the port when not set: 465 <c>tls</c>, 587
/// <c>starttls-required</c>, else <c>none</c></description></item>
/// <item><term><c>Mail:StartTls</c></term><description>the former setting, read where <c>Mail:Security</c> is not set: true is
/// <c>starttls-required</c>, false <c>none</c></description></item>
/// <item><term><c>Mail:User</c>, <c>Mail:Password</c></term><description>where the server asks who sends</description></item>
/// <item><term><c>Mail:OAuthToken</c> or <c>Mail:OAuthTokenFile</c></term><description>XOAUTH2 instead of the password; the file is read at each
/// connect</description></item>
/// <item><term><c>Mail:CaFile</c></term><description>certificates (PEM) trusted beside the system's, read at each connect</description></item>
/// </list>
/// </summary>
internal sealed class MailSettings
{
    private static readonly Dictionary<string, MailSecurity> Securities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = MailSecurity.None, ["starttls"] = MailSecurity.StartTls,
        ["starttls-required"] = MailSecurity.StartTlsRequired, ["tls"] = MailSecurity.Tls,
    };

    private readonly string? _token;

    public MailSettings(IConfiguration configuration)
    {
        string? Of(string key) => configuration[$"Mail:{key}"]?.Trim() is { Length: > 0 } value ? value : null;
        (Host, User, CaFile) = (Of("Host"), Of("User"), Of("CaFile"));
        (Password, _token, TokenFile) = (configuration["Mail:Password"], Of("OAuthToken"), Of("OAuthTokenFile"));
        From = MailAddresses.ReadOne(Of("From"));
        var isPort = int.TryParse(Of("Port") ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue;
        var usual = port switch { 465 => "tls", 587 => "starttls-required", _ => "none" };
        var isSecurity = Securities.TryGetValue(Of("Security") ?? Former(Of("StartTls")) ?? usual, out var security);
        (Port, Security) = (port > 0 ? port : security switch { MailSecurity.Tls => 465, MailSecurity.None => 25, _ => 587 }, security);
        Fault = Host is null ? new MailProblem(MailProblem.NoServer)
            : From is null ? new MailProblem("mail.setting-from", Of("From") ?? "")
            : !isPort ? new MailProblem("mail.setting-port", Of("Port"))
            : !isSecurity ? new MailProblem("mail.setting-security", Of("Security") ?? Of("StartTls"))
            : UsesToken && User is null ? new MailProblem("mail.setting-user")
            : User is not null && !UsesToken && string.IsNullOrEmpty(Password) ? new MailProblem("mail.setting-password", User)
            : null;
    }

    public string? Host { get; }
    public int Port { get; }
    public MailboxAddress? From { get; }
    public MailSecurity Security { get; }
    public string? User { get; }
    public string? Password { get; }
    public string? TokenFile { get; }
    public string? CaFile { get; }
    public bool UsesToken => _token is not null || TokenFile is not null;

    /// <summary>Why nothing can be sent with these settings; null when they are whole.</summary>
    public Problem? Fault { get; }

    /// <summary>Tokens last an hour: whoever renews it writes the file, and the next connection signs in with it.</summary>
    public async Task<string> TokenAsync(CancellationToken ct)
    {
        if (TokenFile is null) return _token!;
        try
        {
            return (await File.ReadAllTextAsync(TokenFile, ct)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MailFailedException(new MailProblem("mail.token-file", TokenFile));
        }
    }

    private static string? Former(string? startTls) =>
        !bool.TryParse(startTls, out var required) ? startTls : required ? "starttls-required" : "none";
}

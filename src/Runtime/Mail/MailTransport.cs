using System.Net;
using System.Net.Http.Headers;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime;

/// <summary>The way mails leave. One file to replace where another library is to be used.</summary>
public interface IMailTransport
{
    /// <summary>False: no server is configured, so mails stay in the outbox and say so.</summary>
    bool IsConfigured { get; }

    /// <summary>Hands one mail over. Throws when the server did not take it.</summary>
    /// <param name="idempotencyKey">The same for every attempt of the same mail; becomes its Message-ID.</param>
    Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct);
}

/// <summary>
/// SMTP by configuration: <c>Mail:Host</c>, <c>Mail:Port</c> (25), <c>Mail:From</c>, <c>Mail:User</c>, <c>Mail:Password</c>, <c>Mail:StartTls</c> (true on port 587).
/// Implicit TLS (port 465) is not available in this client.
/// </summary>
internal sealed class SmtpMailTransport(IConfiguration configuration) : IMailTransport
{
    /// <summary>Shorter than a lease: who holds the mail knows what became of it before another host tries.</summary>
    private static readonly TimeSpan Patience = Claims.Lease * 0.75;

    private readonly string? _host = configuration["Mail:Host"];
    private readonly int _port = configuration.GetValue("Mail:Port", 25);
    private readonly string? _user = configuration["Mail:User"];
    private readonly string? _password = configuration["Mail:Password"];

    public bool IsConfigured => !string.IsNullOrWhiteSpace(_host);

    public async Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct)
    {
        var from = new MailAddress(mail.From ?? configuration["Mail:From"] ?? throw new InvalidOperationException("Mail:From is missing: the address mails are sent from."));
        using var message = new MailMessage(from, new MailAddress(mail.To))
        {
            Subject = mail.Subject.ReplaceLineEndings(" "), SubjectEncoding = Encoding.UTF8, HeadersEncoding = Encoding.UTF8,
            Body = mail.Body, IsBodyHtml = mail.IsHtml, BodyEncoding = Encoding.UTF8, BodyTransferEncoding = System.Net.Mime.TransferEncoding.Base64,
        };
        if (mail.Cc is { Length: > 0 } cc) message.CC.Add(cc);
        if (mail.Bcc is { Length: > 0 } bcc) message.Bcc.Add(bcc);
        foreach (var file in mail.Attachments)
            message.Attachments.Add(new Attachment(new MemoryStream(Convert.FromBase64String(file.Content)), file.Name, MediaTypeHeaderValue.TryParse(file.ContentType, out var type) ? type.MediaType : "application/octet-stream") { NameEncoding = Encoding.UTF8 });
        message.Headers.Add("Message-ID", MessageId(idempotencyKey, from.Host));
        using var client = new SmtpClient(_host, _port) { EnableSsl = configuration.GetValue("Mail:StartTls", _port == 587) };
        if (!string.IsNullOrEmpty(_user)) client.Credentials = new NetworkCredential(_user, _password);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        await client.SendMailAsync(message, patience.Token);
    }

    /// <summary>The key itself where a mail header may hold it, else its hash: stable either way.</summary>
    internal static string MessageId(string key, string host)
    {
        var isPlain = key.Length is > 0 and <= 100 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !key.StartsWith('.') && !key.EndsWith('.') && !key.Contains("..");
        return $"<{(isPlain ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40])}@{host}>";
    }
}

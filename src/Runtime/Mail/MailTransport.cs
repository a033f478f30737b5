using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CrmFlow.Engine;
using CrmFlow.Mailing;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

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
/// SMTP by MailKit, configured by <see cref="MailSettings"/>. Connections stay open from one mail to the next, at most one for each sender of the
/// outbox.
/// </summary>
internal sealed class SmtpMailTransport(MailSettings settings, TimeProvider clock) : IMailTransport, IDisposable
{
    /// <summary>Shorter than a lease: who holds the mail knows what became of it before another host tries.</summary>
    public static readonly TimeSpan Patience = Claims.Lease * 0.75;

    private readonly ConcurrentStack<SmtpClient> _idle = new();

    public bool IsConfigured => settings.Host is not null;

    public async Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct)
    {
        if (settings.Fault is MailProblem fault) throw new MailFailedException(fault, isFinal: true);
        using var message = Message(mail, idempotencyKey);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await HandOverAsync(message, isOwnSender: mail.From is not null, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new MailFailedException(new MailProblem("mail.no-answer", settings.Host, settings.Port), cause: e);
        }
    }

    private async Task HandOverAsync(MimeMessage message, bool isOwnSender, CancellationToken ct)
    {
        var kept = await IdleAsync(ct);
        var client = kept ?? await ConnectAsync(ct);
        var body = new BodyProgress();
        try
        {
            // Without the extension the letters would go out as bytes nobody agreed on.
            if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8)
                && message.GetRecipients().Append(message.From.Mailboxes.First()).Any(HasOtherLetters))
                throw new MailFailedException(new MailProblem("mail.no-utf8", settings.Host), isFinal: true);
            try
            {
                await client.SendAsync(message, ct, body);
            }
            catch (Exception e) when (client == kept && !body.HasBegun && MailFailures.IsLost(e))
            {
                // The server closed what it had kept open, before anything of the mail was said. Later than that only the outbox tries again.
                client.Dispose();
                client = await ConnectAsync(ct);
                await client.SendAsync(message, ct, body);
            }
        }
        catch (Exception e) when (MailFailures.OfSending(e, settings, isOwnSender) is { } failure)
        {
            throw failure;
        }
        finally
        {
            if (client.IsConnected && _idle.Count < OutboxDelivery.Senders) _idle.Push(client);
            else client.Dispose();
        }
    }

    /// <summary>A connection of an earlier mail that still answers.</summary>
    private async Task<SmtpClient?> IdleAsync(CancellationToken ct)
    {
        if (!_idle.TryPop(out var client)) return null;
        try
        {
            await client.NoOpAsync(ct);
            return client;
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is OperationCanceledException) throw;
            return null;
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        var certificate = new ServerCertificate(settings);
        _ = certificate.Authorities();
        var client = new SmtpClient
        {
            CheckCertificateRevocation = false, // the lists lie on the internet, which many mail servers' networks do not reach
            ServerCertificateValidationCallback = certificate.IsTrusted, Timeout = (int)Patience.TotalMilliseconds,
        };
        try
        {
            try
            {
                await client.ConnectAsync(settings.Host!, settings.Port, Options(settings.Security), ct);
            }
            catch (Exception e) when (MailFailures.OfConnecting(e, settings, certificate.Refusal) is { } failure)
            {
                throw failure;
            }
            if (settings.User is not null) await SignInAsync(client, settings.User, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static SecureSocketOptions Options(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.StartTlsRequired => SecureSocketOptions.StartTls,
        MailSecurity.StartTls => SecureSocketOptions.StartTlsWhenAvailable,
        _ => SecureSocketOptions.None,
    };

    private async Task SignInAsync(SmtpClient client, string user, CancellationToken ct)
    {
        try
        {
            if (settings.UsesToken) await client.AuthenticateAsync(new SaslMechanismOAuth2(user, await settings.TokenAsync(ct)), ct);
            else await client.AuthenticateAsync(user, settings.Password!, ct);
        }
        catch (Exception e) when (MailFailures.OfSigningIn(e, settings) is { } failure)
        {
            throw failure;
        }
    }

    private MimeMessage Message(Mail mail, string key)
    {
        var message = new MimeMessage { Subject = mail.Subject.ReplaceLineEndings(" "), Date = clock.GetUtcNow() };
        var from = mail.From is null ? settings.From! : Addresses(mail.From) is [var own] ? own : throw NoAddress(mail.From);
        message.From.Add(from);
        message.To.AddRange(Addresses(mail.To));
        if (!string.IsNullOrWhiteSpace(mail.Cc)) message.Cc.AddRange(Addresses(mail.Cc));
        if (!string.IsNullOrWhiteSpace(mail.Bcc)) message.Bcc.AddRange(Addresses(mail.Bcc));
        message.Headers.Replace(HeaderId.MessageId, MessageId(key, MailboxAddress.EncodeAddrspec(from.Address).Split('@')[^1]));
        var text = new TextPart(mail.IsHtml ? "html" : "plain") { ContentTransferEncoding = ContentEncoding.Base64 };
        text.SetText(Encoding.UTF8, mail.Body);
        message.Body = mail.Attachments.Count == 0 ? text : new Multipart("mixed") { text };
        foreach (var file in mail.Attachments) ((Multipart)message.Body).Add(Part(file));
        return message;
    }

    /// <summary>The name stands in both headers, encoded by RFC 2231: readers look at either.</summary>
    private static MimePart Part(SendFile file)
    {
        // What calls itself a mail or several parts would have to be built as such: here it is a file.
        var type = ContentType.TryParse(file.ContentType, out var stated) && stated.MediaType is not ("multipart" or "message")
            ? new ContentType(stated.MediaType, stated.MediaSubtype) : new ContentType("application", "octet-stream");
        type.Name = file.Name;
        return new MimePart(type)
        {
            Content = new MimeContent(new MemoryStream(Convert.FromBase64String(file.Content))),
            ContentTransferEncoding = ContentEncoding.Base64,
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = file.Name },
        };
    }

    /// <summary>Before the @; a domain has a Latin spelling.</summary>
    private static bool HasOtherLetters(MailboxAddress box) => !Ascii.IsValid(box.Address.AsSpan(0, box.Address.LastIndexOf('@')));

    private static IReadOnlyList<MailboxAddress> Addresses(string text) =>
        MailAddresses.Read(text) is { Count: > 0 } read ? read : throw NoAddress(text);

    private static MailFailedException NoAddress(string text) => new(new MailProblem("mail.no-address", text), isFinal: true);

    /// <summary>The key itself where a mail header may hold it, else its hash: stable either way.</summary>
    internal static string MessageId(string key, string host)
    {
        var isPlain = key.Length is > 0 and <= 100 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !key.StartsWith('.')
            && !key.EndsWith('.') && !key.Contains("..");
        return $"<{(isPlain ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40])}@{host}>";
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var client)) client.Dispose();
    }

    /// <summary>Whether the server was given anything of the mail itself.</summary>
    private sealed class BodyProgress : ITransferProgress
    {
        public bool HasBegun { get; private set; }
        public void Report(long bytesTransferred) => HasBegun = true;
        public void Report(long bytesTransferred, long totalSize) => HasBegun = true;
    }
}

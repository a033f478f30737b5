using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace CrmFlow.Runtime;

/// <summary>
/// Why a mail did not leave: a code, which is the key of its sentence, and what the sentence names. In the outbox it stands as one text, the code
/// and its arguments in lines
/// of their own, and becomes words when somebody reads it, in their language.
/// </summary>
internal sealed record MailProblem(string Code, params object?[] Args) : Problem(Code, Args)
{
    /// <summary>Mails that wait for a server to be configured.</summary>
    public const string NoServer = "mail.no-server";
    /// <summary>How <see cref="NoServer"/> was written before codes were.</summary>
    public const string FormerNoServer = "no mail server configured";

    public string Stored =>
        string.Join('\n', [Code, .. Args.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)?.ReplaceLineEndings(" "))]);
}

/// <summary>The error of an unsent mail in the reader's language.</summary>
public static class MailErrors
{
    /// <param name="stored">As the outbox keeps it; what is no code is shown as it is.</param>
    public static string OfMail(this Texts texts, string stored)
    {
        if (stored == MailProblem.FormerNoServer) return texts[MailProblem.NoServer];
        var parts = stored.Split('\n');
        return texts.Chinese.ContainsKey(parts[0]) ? texts[parts[0], [.. parts.Skip(1)]] : stored;
    }
}

/// <summary>The mail did not leave.</summary>
internal sealed class MailFailedException(MailProblem problem, bool isFinal = false, Exception? cause = null) : Exception(problem.Stored, cause)
{
    public MailProblem Problem => problem;
    /// <summary>Trying again would end the same: the recipient, the mail or a setting has to be changed first.</summary>
    public bool IsFinal => isFinal;
}

/// <summary>What MailKit throws, as what it means to whoever has to do something about it.</summary>
internal static class MailFailures
{
    /// <summary>While connecting: nothing of it is the mail's own fault.</summary>
    public static MailFailedException? OfConnecting(Exception e, MailSettings settings, Problem? certificate) => e switch
    {
        SslHandshakeException => new(certificate as MailProblem ?? new("mail.tls-failed", settings.Host, settings.Port), cause: e),
        NotSupportedException => new(new("mail.no-starttls", settings.Host, settings.Port), cause: e),
        SmtpCommandException answer => new(new("mail.server-refused", settings.Host, Answer(answer)), cause: e),
        _ => OfLosing(e, settings),
    };

    /// <summary>While signing in.</summary>
    public static MailFailedException? OfSigningIn(Exception e, MailSettings settings) => e switch
    {
        AuthenticationException => new(new(settings.UsesToken ? "mail.token-refused" : "mail.password-refused", settings.User, Answer(e)), cause: e),
        NotSupportedException => new(new("mail.no-sign-in", settings.Host), cause: e),
        _ => OfLosing(e, settings),
    };

    /// <summary>While handing a mail over. What the server says to the recipient or the mail with 5xx it will say again; 4xx it may not.</summary>
    /// <param name="isOwnSender">The mail names its sender itself; the configured one is the administrator's to mend, for all mails at once.</param>
    public static MailFailedException? OfSending(Exception e, MailSettings settings, bool isOwnSender)
    {
        if (e is not SmtpCommandException answer)
            return e switch
            {
                ServiceNotAuthenticatedException => new(new("mail.sign-in-needed", settings.Host), cause: e),
                _ => OfLosing(e, settings),
            };
        var isRefused = (int)answer.StatusCode >= 500;
        return answer.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted => new(new("mail.recipient-refused", answer.Mailbox?.Address, Answer(answer)), isRefused, e),
            // Servers that know the size beforehand say to the sender that the mail is too large.
            SmtpErrorCode.SenderNotAccepted when answer.StatusCode != SmtpStatusCode.ExceededStorageAllocation =>
                new(new("mail.sender-refused", answer.Mailbox?.Address, Answer(answer)), isRefused && isOwnSender, e),
            SmtpErrorCode.MessageNotAccepted or SmtpErrorCode.SenderNotAccepted =>
                new(new("mail.message-refused", settings.Host, Answer(answer)), isRefused, e),
            _ => new(new("mail.server-refused", settings.Host, Answer(answer)), cause: e),
        };
    }

    /// <summary>The connection is gone, or the server said that it closes it.</summary>
    public static bool IsLost(Exception e) => e is IOException or SocketException or SmtpProtocolException or ServiceNotConnectedException
        or SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable };

    private static MailFailedException? OfLosing(Exception e, MailSettings settings) =>
        IsLost(e) || e is TimeoutException ? new(new("mail.unreachable", settings.Host, settings.Port, Short(e.Message)), cause: e) : null;

    /// <summary>As the server said it.</summary>
    private static string Answer(Exception e) =>
        (e as SmtpCommandException ?? e.InnerException) is SmtpCommandException said
            ? $"{(int)said.StatusCode} {Short(said.Message)}" : Short(e.Message);

    /// <summary>A server may say more than anybody reads.</summary>
    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > 300 ? line[..300] + "…" : line;
    }
}

using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CrmFlow.Runtime;

/// <summary>
/// Whether a mail server is who it says: by the system's certificates or, on networks with an authority of their own, by those in
/// <c>Mail:CaFile</c>. Nothing is fetched for
/// it. Keeps why it refused.
/// </summary>
internal sealed class ServerCertificate(MailSettings settings)
{
    public MailProblem? Refusal { get; private set; }

    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return false;
        var shown = certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        Refusal = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? new("mail.certificate-name", settings.Host, shown.GetNameInfo(X509NameType.DnsName, forIssuer: false))
            : errors == SslPolicyErrors.None || settings.CaFile is not null && IsByAuthority(shown, chain) ? null
            : new("mail.certificate-untrusted", settings.Host, shown.GetNameInfo(X509NameType.SimpleName, forIssuer: true), Day(shown.NotAfter));
        return Refusal is null;
    }

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private bool IsByAuthority(X509Certificate2 shown, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // a server's
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(e => e.Certificate).ToArray());
        return chain.Build(shown);
    }

    /// <summary>Also asked before connecting, so that a file that cannot be read is named and not taken for a wrong certificate.</summary>
    public X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            if (settings.CaFile is not null) authorities.ImportFromPemFile(settings.CaFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new MailFailedException(new MailProblem("mail.ca-file", settings.CaFile), cause: e);
        }
        return settings.CaFile is null || authorities.Count > 0
            ? authorities
            : throw new MailFailedException(new MailProblem("mail.ca-file", settings.CaFile));
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace CrmFlow.TestSupport;

/// <summary>
/// A real SMTP server process that does as it is ordered (<c>mail_server.py</c>): encrypts, asks who sends, refuses, hangs up. It reads every mail
/// with Python's own e-mail
/// package and says what it found.
/// </summary>
internal sealed class SmtpServer : IDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonObject> _mails = Channel.CreateUnbounded<JsonObject>(), _closed = Channel.CreateUnbounded<JsonObject>();
    private readonly ConcurrentQueue<JsonObject> _events = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SmtpServer(Process process) => _process = process;

    public int Port { get; private set; }
    public int Connections => Count("connected");
    public int Count(string what) => _events.Count(e => (string)e["event"]! == what);
    public JsonObject First(string what) => _events.First(e => (string)e["event"]! == what);

    /// <param name="order">Members as the script reads them: security, certificate, key, password, token, answers, hangUpOn, utf8.</param>
    public static async Task<SmtpServer> StartAsync(object? order, CancellationToken ct)
    {
        // Debian's own Python has the module; another one may be first on the path.
        var server = new SmtpServer(Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-u", Script, JsonSerializer.Serialize(order ?? new { })])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8, Environment = { ["PYTHONIOENCODING"] = "utf-8" },
        })!);
        var complaints = server._process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = server.ListenAsync(complaints);
        server.Port = await server._port.Task.WaitAsync(ct);
        return server;
    }

    private async Task ListenAsync(Task<string> complaints)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = (JsonObject)JsonNode.Parse(line)!;
            _events.Enqueue(said);
            switch ((string)said["event"]!)
            {
                case "listening": _port.TrySetResult((int)said["port"]!); break;
                case "mail": _mails.Writer.TryWrite(said); break;
                case "closed": _closed.Writer.TryWrite(said); break;
            }
        }
        _port.TrySetException(new InvalidOperationException(
            $"The SMTP server for tests ended (Debian: apt-get install python3-aiosmtpd).\n{await complaints}"));
        _mails.Writer.TryComplete();
    }

    /// <summary>The next mail, as Python reads it.</summary>
    public async Task<JsonObject> ReceiveAsync(CancellationToken ct) => await _mails.Reader.ReadAsync(ct);

    /// <summary>Until the server has closed one more connection.</summary>
    public async Task ClosedAsync(CancellationToken ct) => await _closed.Reader.ReadAsync(ct);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static string Script
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "CrmFlow.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException("The tests run from inside the repository.");
            return Path.Combine(folder.FullName, "tests", "Shared", "mail_server.py");
        }
    }
}

/// <summary>An authority made for one test and a server's certificate by it, as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crmflow-ca-").FullName;

    /// <param name="name">Whom the certificate is for; an address or a name.</param>
    public TestAuthority(string name = "127.0.0.1")
    {
        // The system's clock judges it, not the test's.
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=CrmFlow Test Authority", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = root.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        ValidUntil = now.AddDays(10);
        using var certificate = server.Create(authority, now.AddDays(-1), ValidUntil, RandomNumberGenerator.GetBytes(12));
        (Certificate, Key, CaFile) = (Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "ca.pem"));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CaFile, authority.ExportCertificatePem());
    }

    public DateTimeOffset ValidUntil { get; }
    public string Certificate { get; }
    public string Key { get; }
    public string CaFile { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

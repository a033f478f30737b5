using System.Diagnostics;

namespace CrmFlow.TestSupport;

/// <summary>A real SMTP server process on a loopback port that prints what it takes; started when it listens, killed with the test.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly Process _process;

    private MailServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<MailServer> StartAsync(CancellationToken ct)
    {
        var port = PostgresServer.FreePort();
        // Debian's own Python has the module; another one may be first on the path.
        var server = new MailServer(Process.Start(new ProcessStartInfo("/usr/bin/python3",
            ["-u", "-m", "aiosmtpd", "-d", "-n", "-l", $"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Debugging", "stdout"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!, port);
        for (string? line;
            (line = await server._process.StandardError.ReadLineAsync(ct))?.Contains("Server is listening", StringComparison.Ordinal) != true;)
            if (line is null)
                throw new InvalidOperationException("The SMTP server for tests did not start (Debian: apt-get install python3-aiosmtpd).");
        _ = server._process.StandardError.ReadToEndAsync(CancellationToken.None); // a full pipe would stop the server
        return server;
    }

    /// <summary>The next mail as it came over the wire.</summary>
    public async Task<string> ReceiveAsync(CancellationToken ct)
    {
        var text = "";
        while (!text.Contains("END MESSAGE", StringComparison.Ordinal))
            text += (await _process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The SMTP server for tests ended."))
            + "\n";
        return text;
    }

    /// <summary>The body of a received mail, decoded.</summary>
    public static string BodyOf(string message) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
        string.Concat(message.Split('\n').SkipWhile(l => l.Trim().Length > 0)
            .Where(l => l.Length > 0 && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=')))));

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}

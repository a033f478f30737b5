using CrmFlow.Runtime;

namespace CrmFlow.CrashHost;

/// <summary>
/// The world outside: appends each delivery's key to a file and flushes it to disk. What is in it happened, whatever the process believes.
/// </summary>
internal sealed class MailFile(string folder) : IMailTransport
{
    public static string PathIn(string folder) => System.IO.Path.Combine(folder, "mails.txt");

    public bool IsConfigured => true;

    public Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct)
    {
        DurableFile.Append(PathIn(folder), $"{idempotencyKey} {mail.To}");
        return Task.CompletedTask;
    }
}

/// <summary>Lines that survive SIGKILL of the writer.</summary>
internal static class DurableFile
{
    public static void Append(string path, string line)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        file.Flush(flushToDisk: true);
    }

    public static string[] Read(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}

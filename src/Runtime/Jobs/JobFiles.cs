using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime;

/// <summary>
/// What jobs are given and what they leave, as files: beside the attachments (configuration <c>Storage:Files</c>, default <c>files</c> in the data
/// folder), so that every host sees them. Kept for a week.
/// </summary>
public sealed class JobFiles(IConfiguration configuration)
{
    private readonly string _folder = Path.GetFullPath(
        Path.Combine(configuration["Storage:Files"] is { Length: > 0 } path ? path : Path.Combine(DataFolder.Of(configuration), "files"), "jobs"));

    internal string ResultOf(Guid job, long fence)
    {
        Directory.CreateDirectory(_folder);
        return Path.Combine(_folder, $"{job:N}-{fence}.result");
    }

    /// <summary>Keeps what a job is to work on; the name goes into its arguments. On the disk before the row that names it.</summary>
    public async Task<string> KeepAsync(Func<Stream, Task> write)
    {
        Directory.CreateDirectory(_folder);
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)) + ".input";
        await using var file =
            new FileStream(Path.Combine(_folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 65536, FileOptions.Asynchronous);
        await write(file);
        await file.FlushAsync();
        file.Flush(flushToDisk: true);
        return name;
    }

    public Stream Open(string name) => new FileStream(Path.Combine(_folder, Path.GetFileName(name)), FileMode.Open, FileAccess.Read, FileShare.Read,
        65536, FileOptions.Asynchronous);

    /// <summary>Deletes what was last written before the instant.</summary>
    internal void ClearBefore(DateTimeOffset before)
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
            if (file.LastWriteTimeUtc < before.UtcDateTime) file.Delete();
    }
}

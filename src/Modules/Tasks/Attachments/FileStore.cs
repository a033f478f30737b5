using System.Security.Cryptography;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Tasks;

/// <summary>
/// The directory of uploaded files (configuration <c>Storage:Files</c>, default <c>files</c> in the data folder), outside the web root, names random.
/// </summary>
public sealed class FileStore(IConfiguration configuration)
{
    public string Root { get; } =
        Path.GetFullPath(configuration["Storage:Files"] is { Length: > 0 } path ? path : Path.Combine(DataFolder.Of(configuration), "files"));

    internal string PathOf(string storedName) => Path.Combine(Root, storedName[..2], storedName);

    /// <summary>Writes the stream to a new file; null, and nothing left behind, when it is longer than the limit.</summary>
    internal async Task<(string StoredName, long Size, string Sha256)?> WriteAsync(Stream content, long limit, CancellationToken ct)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var (kept, size) = (false, 0L);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
            {
                var buffer = new byte[64 * 1024];
                while (await content.ReadAsync(buffer, ct) is > 0 and var read)
                {
                    if ((size += read) > limit) return null;
                    hash.AppendData(buffer.AsSpan(0, read));
                    await file.WriteAsync(buffer.AsMemory(0, read), ct);
                }
                file.Flush(flushToDisk: true); // the row that names it must never outlive it in a power cut
            }
            kept = true;
            return (name, size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            if (!kept) Delete(name);
        }
    }

    internal void Delete(string storedName)
    {
        if (File.Exists(PathOf(storedName))) File.Delete(PathOf(storedName));
    }
}

/// <summary>
/// Deletes the bytes of an attachment that was taken off its record. Not with the row but a month later: whoever restores a backup of those days
/// finds the files its rows name. Deleting twice does nothing, so the row may be worked off again.
/// </summary>
internal sealed class DeleteFile(FileStore files) : IDueHandler
{
    public const string Kind = "tasks.delete-file";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public static void Schedule(Command cmd, Attachment attachment) => cmd.Schedule(Kind, attachment.StoredName, cmd.Now + Kept, Value.Null);

    public Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        files.Delete(key);
        return Task.CompletedTask;
    }
}

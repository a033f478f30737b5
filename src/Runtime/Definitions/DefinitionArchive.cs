using System.IO.Compression;
using System.Text;

namespace CrmFlow.Runtime;

/// <summary>A definition as a file of its own.</summary>
public sealed record DefinitionFile(string Name, string Json);

/// <summary>
/// Many definitions in one ZIP (elsa-format §9), and one alone as JSON. What a ZIP says of its sizes is not believed: the bytes are counted as they
/// come out.
/// </summary>
public static class DefinitionArchive
{
    public const int MaxFiles = 200;
    /// <summary>Bytes of one definition.</summary>
    public const int MaxFile = 2 * 1024 * 1024;
    private const int MaxTotal = 20 * 1024 * 1024;

    /// <summary>The definitions of a file; those of a ZIP by the names inside it, folders included. What is no JSON inside is left out.</summary>
    public static Result<IReadOnlyList<DefinitionFile>> Read(string name, byte[] content)
    {
        if (!content.AsSpan().StartsWith("PK"u8)) return content.Length <= MaxFile ? new DefinitionFile[] {
            new(name, Encoding.UTF8.GetString(content).TrimStart('\ufeff')) } : new DefinitionArchiveTooLarge();
        var files = new List<DefinitionFile>();
        var total = 0;
        var bytes = new byte[MaxFile + 1];
        try
        {
            using var zip = new ZipArchive(new MemoryStream(content), ZipArchiveMode.Read);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                if (files.Count == MaxFiles) return new DefinitionArchiveTooLarge();
                using var stream = entry.Open();
                var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                total += read;
                if (read > MaxFile || total > MaxTotal) return new DefinitionArchiveTooLarge();
                files.Add(new DefinitionFile(entry.FullName, Encoding.UTF8.GetString(bytes, 0, read).TrimStart('\ufeff')));
            }
        }
        catch (InvalidDataException)
        {
            return new DefinitionArchiveBroken();
        }
        return files.Count > 0 ? files : new DefinitionArchiveEmpty();
    }

    public static byte[] Write(IEnumerable<DefinitionFile> files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, json) in files)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same definitions give the same bytes
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(json));
            }
        }
        return buffer.ToArray();
    }

    /// <summary>A file name that is one on every system; the id itself is inside.</summary>
    internal static string FileName(string definitionId, int version) =>
        $"{string.Concat(definitionId.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'))}-v{version}.json";
}

public sealed record DefinitionArchiveTooLarge()
    : Problem("problem.definition-archive-too-large", DefinitionArchive.MaxFiles, DefinitionArchive.MaxFile / 1024 / 1024);
internal sealed record DefinitionArchiveBroken() : Problem("problem.definition-archive-broken");
internal sealed record DefinitionArchiveEmpty() : Problem("problem.definition-archive-empty");

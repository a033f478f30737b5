using System.IO.Compression;

namespace CrmFlow.Tasks;

/// <summary>What a file may be. The content decides, and the name's ending must agree with it, so that nothing opens as something else.</summary>
internal sealed record FileKind(string ContentType, string Label, params string[] Endings)
{
    public static readonly FileKind Pdf = new("application/pdf", "PDF", ".pdf");
    public static readonly FileKind Png = new("image/png", "IMG", ".png");
    public static readonly FileKind Jpeg = new("image/jpeg", "IMG", ".jpg", ".jpeg");
    public static readonly FileKind Word = new("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOC", ".docx");
    public static readonly FileKind Excel = new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLS", ".xlsx");
    public static readonly FileKind Text = new("text/plain", "TXT", ".txt", ".csv");
    private static readonly FileKind[] All = [Pdf, Png, Jpeg, Word, Excel, Text];

    /// <summary>For the file chooser.</summary>
    public static string Accept => string.Join(',', All.SelectMany(k => k.Endings));

    public static string LabelOf(string name) => Array.Find(All, k => k.Fits(name))?.Label ?? "";

    /// <summary>Decides from the content; null when it is none of them or the name says otherwise.</summary>
    public static FileKind? Of(string path, string name)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[8];
        head = head[..file.ReadAtLeast(head, 8, throwOnEndOfStream: false)];
        file.Position = 0;
        var kind = head.StartsWith("%PDF-"u8) ? Pdf
            : head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ? Png
            : head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? Jpeg
            : head.StartsWith("PK\u0003\u0004"u8) ? Office(file)
            : IsText(file) ? Text : null;
        return kind is not null && kind.Fits(name) ? kind : null;
    }

    private bool Fits(string name) => Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Looks at the table of contents only: nothing is unpacked, so no bomb can go off. Macros are refused.</summary>
    private static FileKind? Office(Stream file)
    {
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > 10_000) return null;
            var names = zip.Entries.Select(e => e.FullName).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (!names.Contains("[Content_Types].xml") || names.Any(n => n.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)))
                return null;
            return names.Contains("word/document.xml") ? Word : names.Contains("xl/workbook.xml") ? Excel : null;
        }
        catch (InvalidDataException) { return null; }
    }

    /// <summary>UTF-8 or GB18030 text: no control characters but line ends, tab and byte order mark.</summary>
    private static bool IsText(Stream file)
    {
        var buffer = new byte[8192];
        while (file.Read(buffer) is > 0 and var read)
            for (var i = 0; i < read; i++)
                if (buffer[i] is < 0x20 and not (0x09 or 0x0a or 0x0d) or 0x7f) return false;
        return true;
    }
}

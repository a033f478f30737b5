using System.Globalization;
using System.Text;
using CrmFlow.Runtime;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace CrmFlow.Customers;

/// <summary>One row as the file has it; every cell as text, empty ones null.</summary>
/// <param name="Number">As Excel counts, the heading being 1.</param>
public sealed record ImportRow(int Number, IReadOnlyList<string?> Cells);

/// <summary>A table file (xlsx, xls, csv) as text: one heading line, then rows; blank rows are left out and keep their number.</summary>
public sealed record ImportFile(IReadOnlyList<string> Headings, IReadOnlyList<ImportRow> Rows)
{
    public const int MaxRows = 5_000, MaxColumns = 200;
    public const long MaxBytes = 10 * 1024 * 1024;
    /// <summary>Cells a person writes for "nothing".</summary>
    private static readonly string[] Nothing = ["无", "-", "/", "—", "N/A", "NULL"];

    static ImportFile() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Result<ImportFile> Read(Stream file, string name)
    {
        try
        {
            using var reader = name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
                ? ExcelReaderFactory.CreateCsvReader(file, new ExcelReaderConfiguration { FallbackEncoding = EncodingOf(file),
                    AutodetectSeparators = [',', ';', '\t', '，'], AnalyzeInitialCsvRows = 0 })
                : ExcelReaderFactory.CreateReader(file);
            if (!reader.Read()) return new ImportEmpty(name);
            var width = Math.Min(reader.FieldCount, MaxColumns);
            var headings = Enumerable.Range(0, width).Select(i => Text(reader.GetValue(i)) ?? "").ToList();
            if (headings.All(h => h.Length == 0)) return new ImportEmpty(name);
            List<ImportRow> rows = [];
            for (var number = 2; reader.Read(); number++)
            {
                var cells = Enumerable.Range(0, width).Select(i => i < reader.FieldCount ? Text(reader.GetValue(i)) : null).ToList();
                if (cells.All(c => c is null)) continue;
                if (rows.Count == MaxRows) return new ImportTooLong(MaxRows);
                rows.Add(new ImportRow(number, cells));
            }
            return rows.Count == 0 ? new ImportEmpty(name) : new ImportFile(headings, rows);
        }
        catch (Exception e) when (e is HeaderException or ExcelReaderException or InvalidDataException or DecoderFallbackException
            or NotSupportedException or System.Xml.XmlException or FormatException or ArgumentException)
        {
            return new ImportUnreadable(name);
        }
    }

    /// <summary>BOM, else strict UTF-8, else GB18030: what Chinese Excel writes without saying so.</summary>
    private static Encoding EncodingOf(Stream file)
    {
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        file.Position = 0;
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(copy.GetBuffer(), 0, (int)copy.Length);
            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return Encoding.GetEncoding("GB18030");
        }
    }

    private static string? Text(object? cell)
    {
        var text = cell switch
        {
            null => null,
            DateTime at => at.TimeOfDay == TimeSpan.Zero ? at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            // Beyond 15 digits a numeric cell has lost the rest: shown as it is, so that the check of the field refuses it.
            double number => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? number.ToString("0", CultureInfo.InvariantCulture)
                : number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => cell.ToString(),
        };
        text = text is null ? null : string.Concat(text.Where(c => c is not ('\u200B' or '\uFEFF' or '\u200E' or '\u200F'))).Replace('\u00A0', ' ')
            .Trim(' ', '\u3000', '\t', '\r', '\n');
        return string.IsNullOrEmpty(text) || Nothing.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : text.Length > 4000 ? text[..4000]
            : text;
    }
}

internal sealed record ImportEmpty(string Name) : Problem("customers.import.problem.empty", Name);
internal sealed record ImportTooLong(int Max) : Problem("customers.import.problem.too-long", Max);
internal sealed record ImportUnreadable(string Name) : Problem("customers.import.problem.unreadable", Name);

using System.Globalization;
using System.IO.Compression;
using System.Xml;
using CrmFlow.Runtime;

namespace CrmFlow.Ui;

/// <summary>
/// Writes one sheet of a workbook as a stream: rows go out as they come, so memory stays flat however many there are. Text is always text: a cell is
/// never a formula, and what begins like one carries the quote mark Excel itself gives to typed-in text, so that editing the cell does not wake it
/// either (formula injection). The value stays as it is.
/// </summary>
public sealed class XlsxWriter : IDisposable
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private static readonly XmlWriterSettings Settings = new() { CheckCharacters = false, CloseOutput = true };

    // Styles by index: general, text, money, date, date and time, percent, heading, text that begins like a formula.
    private const int Text = 1, Money = 2, Date = 3, DateTime = 4, Percent = 5, Heading = 6, Quoted = 7;
    private static readonly DateTime Epoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly ZipArchive _zip;
    private readonly XmlWriter _sheet;
    private int _row;

    public XlsxWriter(Stream output, string sheetName, IReadOnlyList<string> headings)
    {
        _zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        Part("[Content_Types].xml",
            """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>""");
        Part("_rels/.rels",
            $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        Part("xl/_rels/workbook.xml.rels",
            $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{Office}/styles" Target="styles.xml"/></Relationships>""");
        Part("xl/workbook.xml",
            $"""<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets><sheet name="{System.Security.SecurityElement.Escape(SheetName(sheetName))}" sheetId="1" r:id="r1"/></sheets></workbook>""");
        Part("xl/styles.xml",
            $"""<styleSheet xmlns="{Main}"><numFmts count="3"><numFmt numFmtId="164" formatCode="#,##0.00"/><numFmt numFmtId="165" formatCode="yyyy-mm-dd"/><numFmt numFmtId="166" formatCode="yyyy-mm-dd hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="8"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="166" applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/><xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/></cellXfs></styleSheet>""");
        _sheet = XmlWriter.Create(_zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open(), Settings);
        _sheet.WriteStartElement("worksheet", Main);
        _sheet.WriteRaw("""<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" baseColWidth="14"/>""");
        _sheet.WriteStartElement("sheetData", Main);
        Begin();
        foreach (var heading in headings) String(heading, BeginsLikeFormula(heading) ? Quoted : Heading);
        _sheet.WriteEndElement();
    }

    /// <summary>Instants are given as local times of the business zone (<see cref="BusinessTime.Local"/>).</summary>
    public void Row(IEnumerable<(object? Value, FieldKind Kind)> cells)
    {
        Begin();
        foreach (var (value, kind) in cells)
            switch (value)
            {
                case null: Number(null, 0); break;
                case decimal amount: Number(amount.ToString(CultureInfo.InvariantCulture),
                    kind == FieldKind.Percent ? Percent : kind == FieldKind.Money ? Money : 0); break;
                case int whole: Number(whole.ToString(CultureInfo.InvariantCulture), 0); break;
                case DateOnly day: Number((day.ToDateTime(TimeOnly.MinValue) - Epoch).Days.ToString(CultureInfo.InvariantCulture), Date); break;
                case DateTimeOffset local: Number((local.DateTime - Epoch).TotalDays.ToString("0.#####", CultureInfo.InvariantCulture), DateTime);
                    break;
                default:
                    var text = value.ToString()!;
                    String(text, BeginsLikeFormula(text) ? Quoted : Text);
                    break;
            }
        _sheet.WriteEndElement();
    }

    public void Dispose()
    {
        _sheet.WriteEndElement();
        _sheet.WriteEndElement();
        _sheet.Dispose();
        _zip.Dispose();
    }

    internal static bool BeginsLikeFormula(string text) => text.Length > 0 && "=+-@\t\r\n＝＋－＠".Contains(text[0], StringComparison.Ordinal);

    private void Begin()
    {
        _sheet.WriteStartElement("row", Main);
        _sheet.WriteAttributeString("r", (++_row).ToString(CultureInfo.InvariantCulture));
    }

    private void Number(string? value, int style)
    {
        _sheet.WriteStartElement("c", Main);
        if (style > 0) _sheet.WriteAttributeString("s", style.ToString(CultureInfo.InvariantCulture));
        if (value is not null) _sheet.WriteElementString("v", Main, value);
        _sheet.WriteEndElement();
    }

    private void String(string value, int style)
    {
        _sheet.WriteStartElement("c", Main);
        _sheet.WriteAttributeString("t", "inlineStr");
        _sheet.WriteAttributeString("s", style.ToString(CultureInfo.InvariantCulture));
        _sheet.WriteStartElement("is", Main);
        _sheet.WriteStartElement("t", Main);
        _sheet.WriteAttributeString("xml", "space", null, "preserve");
        _sheet.WriteString(Clean(value));
        _sheet.WriteEndElement();
        _sheet.WriteEndElement();
        _sheet.WriteEndElement();
    }

    /// <summary>What XML cannot hold is left out; Excel takes at most 32,767 characters in a cell.</summary>
    private static string Clean(string value)
    {
        if (value.Length > 32_767) value = value[..32_767];
        return value.All(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)) ? value
            : string.Concat(value.Where(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)));
    }

    private static string SheetName(string name)
    {
        var clean = string.Concat(name.Where(c => !"[]:*?/\\'".Contains(c, StringComparison.Ordinal)));
        return clean.Length == 0 ? "Sheet1" : clean[..Math.Min(31, clean.Length)];
    }

    private void Part(string name, string xml)
    {
        using var writer = new StreamWriter(_zip.CreateEntry(name, CompressionLevel.Fastest).Open());
        writer.Write("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""");
        writer.Write(xml);
    }
}

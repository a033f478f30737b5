using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CrmFlow.Browser.Tests;

/// <summary>A printed page as poppler reads it: number and size of the pages, and the text of each.</summary>
internal sealed partial record Pdf(int Pages, double Width, double Height, IReadOnlyList<string> Texts)
{
    /// <summary>210 × 297 mm in points, to half a point.</summary>
    public bool IsA4 => Math.Abs(Width - 595.28) < 0.5 && Math.Abs(Height - 841.89) < 0.5;

    /// <summary>
    /// Prints what the browser shows, as its print dialog would, and reads the file back. Pictures of the pages lie beside the screenshots.
    /// </summary>
    public static async Task<Pdf> PrintAsync(Person person, string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "shots");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, name + ".pdf");
        await person.Page.PdfAsync(new() { Path = file, PreferCSSPageSize = true, PrintBackground = false });
        var info = await RunAsync("pdfinfo", file);
        var size = PageSize().Match(info);
        var pages = int.Parse(PageCount().Match(info).Groups[1].Value, CultureInfo.InvariantCulture);
        var texts = new List<string>();
        for (var page = 1; page <= pages; page++) texts.Add(await RunAsync("pdftotext", "-f", $"{page}", "-l", $"{page}", "-layout", file, "-"));
        await RunAsync("pdftoppm", "-r", "80", "-png", file, Path.Combine(folder, name));
        return new(pages, double.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(size.Groups[2].Value, CultureInfo.InvariantCulture), texts);
    }

    private static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        return await output;
    }

    [GeneratedRegex(@"Page size:\s+([\d.]+) x ([\d.]+) pts")]
    private static partial Regex PageSize();

    [GeneratedRegex(@"Pages:\s+(\d+)")]
    private static partial Regex PageCount();
}

using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace CrmFlow.Host;

/// <summary>Durations as people type them: <c>90s</c>, <c>1h30m</c>, <c>2d</c>, <c>01:30:00</c>, <c>PT1H30M</c>.</summary>
internal static partial class Durations
{
    public static TimeSpan? Parse(string text)
    {
        if (Words().Match(text) is { Success: true } words)
            return Enumerable.Range(0, words.Groups[1].Captures.Count)
                .Aggregate(TimeSpan.Zero, (sum, i) => sum + Part(words.Groups[2].Captures[i].Value, words.Groups[3].Captures[i].Value));
        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)) return span < TimeSpan.Zero ? null : span;
        try
        {
            return XmlConvert.ToTimeSpan(text) is var iso && iso >= TimeSpan.Zero ? iso : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static TimeSpan Part(string number, string unit)
    {
        var count = double.Parse(number, CultureInfo.InvariantCulture);
        return unit switch { "d" => TimeSpan.FromDays(count), "h" => TimeSpan.FromHours(count), "m" => TimeSpan.FromMinutes(count), "s" =>
            TimeSpan.FromSeconds(count), _ => TimeSpan.FromMilliseconds(count) };
    }

    [GeneratedRegex(@"^(?:((\d{1,9}(?:\.\d{1,9})?)(d|h|ms|m|s)))+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}

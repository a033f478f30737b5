using System.Globalization;
using System.Text.Json;
using Radzen;

namespace CrmFlow.Host;

/// <summary>Radzen's own texts in Chinese (it ships none); other languages are Radzen's.</summary>
internal sealed class RadzenTexts : ILocalizer
{
    private readonly Dictionary<string, string> _zh;

    public RadzenTexts()
    {
        using var stream = typeof(RadzenTexts).Assembly.GetManifestResourceStream("CrmFlow.Host.Texts.radzen-zh.json")!;
        _zh = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }

    public string? Get(string key, CultureInfo culture) => culture.TwoLetterISOLanguageName == "zh" ? _zh.GetValueOrDefault(key) : null;
}

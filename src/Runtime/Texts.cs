using System.Globalization;
using System.Reflection;
using System.Text.Json;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>
/// An assembly whose embedded <c>Texts/zh.json</c> and <c>Texts/en.json</c> hold its texts. Registered with <c>services.AddTexts(assembly)</c>.
/// </summary>
public sealed record TextSource(Assembly Assembly);

/// <summary>
/// Every text a person reads, by key, in the language of the current UI culture. Chinese is complete; English falls back to Chinese, never to a key.
/// Placeholders are <c>{0}</c>, <c>{1}</c>…; amounts and dates are formatted by the caller.
/// </summary>
public sealed class Texts
{
    private const int MaxPlaces = 9;

    private readonly Dictionary<string, string> _zh = [], _en = [];

    public Texts(IEnumerable<TextSource> sources)
    {
        foreach (var assembly in sources.Select(s => s.Assembly).Distinct())
        {
            Read(assembly, "zh", _zh);
            Read(assembly, "en", _en);
        }
    }

    public string this[string key] => Find(key, CultureInfo.CurrentUICulture) ?? key;
    public string this[string key, params object?[] args] => string.Format(CultureInfo.CurrentCulture, this[key], args);

    /// <summary>The text in one language, for mails and prints that follow the process and not the reader; null when no language has it.</summary>
    public string? Find(string key, CultureInfo culture) =>
        culture.TwoLetterISOLanguageName == "en" && _en.TryGetValue(key, out var en) ? en : _zh.GetValueOrDefault(key);

    /// <summary>
    /// Stored words for whoever reads them: every <see cref="Phrase"/> in the text is said in the language of the culture, or of the current UI
    /// culture.
    /// </summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(stored))]
    public string? Say(string? stored, CultureInfo? culture = null)
    {
        if (stored is null) return null;
        var language = culture ?? CultureInfo.CurrentUICulture;
        return Phrase.Say(stored, (key, arguments) =>
            Find(key, language) is { } text ? Format(language, text, arguments) : null, language.TwoLetterISOLanguageName == "en");
    }

    /// <summary>Places without an argument stay empty: the end of a phrase may have been cut off.</summary>
    private static string Format(CultureInfo culture, string text, string[] arguments)
    {
        for (var places = 0; places <= MaxPlaces; places++)
            if (text.Contains($"{{{places}", StringComparison.Ordinal) && places >= arguments.Length) Array.Resize(ref arguments, places + 1);
        return string.Format(culture, text, arguments);
    }

    /// <summary>A refusal as stored words, for whoever reads it later (<see cref="Say"/>).</summary>
    public static string Stored(Problem problem) =>
        Phrase.Of(problem.Key,
            [.. problem.Args.Select(a => a is Label label ? Phrase.Of(label.Key) : Convert.ToString(a, CultureInfo.InvariantCulture))]);

    /// <summary>A refusal in words; labels among its arguments are read in the same language.</summary>
    public string Of(Problem problem) => this[problem.Key, [.. problem.Args.Select(a => a is Label label ? this[label.Key] : a)]];

    /// <summary>Everything that was refused, in one line.</summary>
    public string OfAll(Problem problem) => string.Join(this["problem.semicolon"], problem.All.Select(Of));

    public IReadOnlyDictionary<string, string> Chinese => _zh;
    public IReadOnlyDictionary<string, string> English => _en;

    private static void Read(Assembly assembly, string language, Dictionary<string, string> into)
    {
        var name = Array.Find(assembly.GetManifestResourceNames(), n => n.EndsWith($".Texts.{language}.json", StringComparison.Ordinal));
        if (name is null) return;
        using var stream = assembly.GetManifestResourceStream(name)!;
        foreach (var (key, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
            if (!into.TryAdd(key, value)) throw new InvalidOperationException(
                $"Text key '{key}' of {assembly.GetName().Name} is already defined by another assembly. Give it the module's prefix.");
    }
}

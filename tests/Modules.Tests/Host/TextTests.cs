using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmFlow.Host;
using CrmFlow.Modules.Tests.Architecture;
using Radzen.Blazor;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>Chinese first, complete English: both languages have the same keys, and every key the sources name exists.</summary>
public sealed partial class TextTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Folders => [.. TextFolders()];
    private static IEnumerable<string> TextFolders() => Directory.EnumerateDirectories(Source, "Texts", SearchOption.AllDirectories).Where(d =>
        !IsOutput(d)).Select(d => Path.GetRelativePath(Source, d));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Both_languages_have_the_same_keys(string folder)
    {
        var (zh, en) = (Read(folder, "zh"), Read(folder, "en"));
        zh.Keys.Except(en.Keys).ShouldBeEmpty("missing in en.json");
        en.Keys.Except(zh.Keys).ShouldBeEmpty("missing in zh.json");
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_Chinese_in_English_texts(string folder) =>
        Read(folder, "en").Where(t => Chinese().IsMatch(t.Value)).Select(t => t.Key).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Folders))]
    public void Both_languages_fill_the_same_placeholders(string folder)
    {
        var (zh, en) = (Read(folder, "zh"), Read(folder, "en"));
        static int Highest(string text) => Placeholder().Matches(text.Replace("{{", "").Replace("}}", "")).Select(m =>
            int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Max();
        // Exceptions by name: the number or the name of a month; a parser's own words, which are English, beside the place, which is not.
        zh.Where(t => en.ContainsKey(t.Key) && t.Key != "admin.month" && !t.Key.StartsWith("engine.problem.expression", StringComparison.Ordinal)
            && Highest(t.Value) != Highest(en[t.Key])).Select(t => t.Key).ShouldBeEmpty();
    }

    [Fact]
    public void No_key_is_defined_twice()
    {
        TextFolders().SelectMany(f => Read(f, "zh").Keys).GroupBy(k => k).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_the_sources_name_exists()
    {
        var keys = TextFolders().SelectMany(d => Read(d, "zh").Keys).ToHashSet();
        var missing = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Source, "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal)).Where(f => !IsOutput(f)))
            foreach (Match use in Use().Matches(File.ReadAllText(file)))
                if (use.Groups["key"].Value is { } key && !keys.Contains(key)) missing.Add($"{Path.GetFileName(file)}: {key}");
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Radzens_own_texts_are_all_translated()
    {
        var localizer = new RadzenTexts();
        var zh = System.Globalization.CultureInfo.GetCultureInfo("zh-CN");
        var names = typeof(RadzenStrings).GetProperties(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public)
            .Where(p => p.PropertyType == typeof(string)).Select(p => p.Name).ToList();
        names.Count.ShouldBeGreaterThan(700);
        names.Where(n => localizer.Get(n, zh) is null).ShouldBeEmpty();
        localizer.Get(names[0], System.Globalization.CultureInfo.GetCultureInfo("en")).ShouldBeNull();
    }

    private static bool IsOutput(string path) => path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") || path.Contains(
        $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}");
    private static Dictionary<string, string> Read(string folder, string language) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Source, folder, language + ".json")))!;

    // T["key"], T["key", …], texts["key"], : base("key"), Problem("key"), new MenuEntry("/…", "key"
    [GeneratedRegex("""(?:\bT\[|[tT]exts\[|: base\(|: Problem\(|MenuEntry\([^,]+, )"(?<key>[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)"(?=[\],)])""")]
    private static partial Regex Use();

    [GeneratedRegex(@"\{(\d+)[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[\u3400-\u9fff\uff00-\uffef]")]
    private static partial Regex Chinese();
}

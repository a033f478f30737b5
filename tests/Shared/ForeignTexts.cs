using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrmFlow.TestSupport;

/// <summary>Texts a reader of one language must not meet: those of the other one, as the sources have them.</summary>
internal static partial class ForeignTexts
{
    /// <summary>
    /// Names the demonstration's people gave, which no language changes and which happen to be a text as well: departments, a role, a person.
    /// </summary>
    private static readonly string[] DemoNames = ["商务部", "技术支持中心", "财务部", "分管领导", "系统管理员"];

    /// <summary>Every text of the other language that differs from this one's, whole; a place to be filled stands for anything.</summary>
    /// <param name="language">zh or en.</param>
    /// <param name="sources">The folder the sources lie in.</param>
    public static Regex For(string language, string sources)
    {
        var mine = new HashSet<string>();
        var others = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(sources, "zh.json", SearchOption.AllDirectories).Where(IsSource))
        {
            var (zh, en) = (Read(file), Read(Path.Combine(Path.GetDirectoryName(file)!, "en.json")));
            foreach (var key in zh.Keys)
            {
                mine.Add(language == "zh" ? zh[key] : en[key]);
                others.Add(language == "zh" ? en[key] : zh[key]);
            }
        }
        others.ExceptWith(mine);
        others.ExceptWith(DemoNames);
        // A single Latin word may be anyone's name or unit; a sentence is not.
        var texts = others.Where(text =>
            Place().Replace(text, "") is var t && (language == "en" ? Chinese().IsMatch(t) : t.Count(char.IsAsciiLetter) > 7 && t.Contains(' ')));
        return new($"^(?:{string.Join('|', texts.Select(t => string.Join(".+", Place().Split(t).Select(Regex.Escape))))})$");
    }

    private static bool IsSource(string file) =>
        file.Split(Path.DirectorySeparatorChar) is var parts && parts.Contains("Texts") && !parts.Contains("bin") && !parts.Contains("obj");

    private static Dictionary<string, string> Read(string file) => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!;

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();
}

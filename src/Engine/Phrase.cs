using System.Text;

namespace CrmFlow.Engine;

/// <summary>
/// Words that are stored before it is known who will read them: a key of the texts with its arguments, written <c>⟦key|argument|…⟧</c>, or the words
/// in both languages, <c>⟦=|中文|English⟧</c>. A phrase is a part of any stored text (the name of an instance, the title of a task, a reminder) and may
/// stand inside another's argument; <see cref="Say"/> turns it into words when somebody reads.
/// </summary>
public static class Phrase
{
    private const char Open = '⟦', Close = '⟧', Bar = '|', Literal = '\\';
    private const string BothKey = "=";
    /// <summary>What came from outside may nest them as deep as it likes; nobody says anything that deep.</summary>
    private const int MaxDepth = 8;

    /// <summary>The phrase of a text key. Arguments are whole texts, which may hold phrases; null is the empty text.</summary>
    public static string Of(string key, params ReadOnlySpan<string?> arguments)
    {
        var text = new StringBuilder().Append(Open).Append(key);
        foreach (var argument in arguments) Write(text.Append(Bar), argument ?? "");
        return text.Append(Close).ToString();
    }

    /// <summary>Words given in both languages, where no key stands for them: what an administrator or a definition says.</summary>
    public static string Both(string chinese, string? english) => string.IsNullOrWhiteSpace(english) ? chinese : Of(BothKey, chinese, english);

    /// <summary>
    /// The text with its phrases in words. A key nobody knows leaves its phrase as it stands, for it may be no phrase; a phrase whose end was cut off
    /// is said with what is left of it.
    /// </summary>
    /// <param name="format">The words of a key with its arguments; null when there is no such key.</param>
    /// <param name="isEnglish">Which of both languages is taken where a phrase holds them.</param>
    public static string Say(string text, Func<string, string[], string?> format, bool isEnglish) =>
        text.Contains(Open) ? Say(text, format, isEnglish, depth: 0) : text;

    private static string Say(string text, Func<string, string[], string?> format, bool isEnglish, int depth)
    {
        var said = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (depth > 0 && text[at] == Literal && at + 1 < text.Length) at++;
            else if (text[at] == Open && depth < MaxDepth)
            {
                var (parts, end) = Parts(text, at + 1);
                var (key, arguments) = (parts[0], parts[1..].ConvertAll(p => Say(p, format, isEnglish, depth + 1)).ToArray());
                var words = key == BothKey && arguments.Length > 0 ? arguments[isEnglish && arguments.Length > 1 ? 1 : 0] : format(key, arguments);
                said.Append(words ?? text[at..end]);
                at = end;
                continue;
            }
            said.Append(text[at++]);
        }
        return said.ToString();
    }

    /// <summary>The key and the arguments of the phrase whose inside begins at a place, and the place behind it.</summary>
    private static (List<string> Parts, int End) Parts(string text, int at)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var inner = 0;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == Literal && at + 1 < text.Length)
            {
                part.Append(c).Append(text[++at]); // read when the argument itself is said
                continue;
            }
            if (c == Close && inner == 0) break;
            if (c == Bar && inner == 0)
            {
                parts.Add(part.ToString());
                part.Clear();
                continue;
            }
            inner += c == Open ? 1 : c == Close ? -1 : 0;
            part.Append(c);
        }
        parts.Add(part.ToString());
        return (parts, Math.Min(at + 1, text.Length));
    }

    /// <summary>An argument: its own phrases stay such, and what would end it or the phrase is marked as a mere character.</summary>
    private static void Write(StringBuilder into, string argument)
    {
        var (opened, closed) = (argument.Count(c => c == Open), argument.Count(c => c == Close));
        var isNested = opened > 0 && opened == closed;
        var inner = 0;
        foreach (var c in argument)
        {
            inner += isNested && c == Open ? 1 : 0;
            if (c is Bar or Literal && inner == 0 || !isNested && c is Open or Close) into.Append(Literal);
            into.Append(c);
            inner -= isNested && c == Close ? 1 : 0;
        }
    }
}

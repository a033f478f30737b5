using System.Net;
using System.Text;

namespace CrmFlow.Engine.Expressions;

internal static partial class LiquidFilters
{
    private static LiquidFilter[] Texts() =>
    [
        new("append", 1, 1, (c, v, a) => Joined(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]))),
        new("prepend", 1, 1, (c, v, a) => Joined(c, LiquidValues.Text(c, a[0]), LiquidValues.Text(c, v))),
        OfText("capitalize", t => t.Length == 0 ? t : char.ToUpperInvariant(t[0]) + t[1..]),
        OfText("downcase", t => t.ToLowerInvariant()),
        OfText("upcase", t => t.ToUpperInvariant()),
        OfText("strip", t => t.Trim(Coercion.White.ToCharArray())),
        OfText("lstrip", t => t.TrimStart(Coercion.White.ToCharArray())),
        OfText("rstrip", t => t.TrimEnd(Coercion.White.ToCharArray())),
        OfText("strip_newlines", t => t.Replace("\r", "").Replace("\n", "")),
        new("newline_to_br", 0, 0, (c, v, _) => Replace(c, LiquidValues.Text(c, v).Replace("\r\n", "\n"), "\n", "<br />", How.All)),
        new("strip_html", 0, 0, (c, v, _) => WithoutTags(c, LiquidValues.Text(c, v))),
        new("escape", 0, 0, (c, v, _) => Escape(c, LiquidValues.Text(c, v), once: false)),
        new("escape_once", 0, 0, (c, v, _) => Escape(c, LiquidValues.Text(c, v), once: true)),
        new("replace", 2, 2, (c, v, a) => Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), LiquidValues.Text(c, a[1]), How.All)),
        new("replace_first", 2, 2, (c, v, a) =>
            Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), LiquidValues.Text(c, a[1]), How.First)),
        new("replace_last", 2, 2, (c, v, a) => Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), LiquidValues.Text(c, a[1]), How.Last)),
        new("remove", 1, 1, (c, v, a) => Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), "", How.All)),
        new("remove_first", 1, 1, (c, v, a) => Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), "", How.First)),
        new("remove_last", 1, 1, (c, v, a) => Replace(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]), "", How.Last)),
        new("split", 1, 1, (c, v, a) => Split(c, LiquidValues.Text(c, v), LiquidValues.Text(c, a[0]))),
        new("truncate", 0, 2, (c, v, a) => Truncate(c, LiquidValues.Text(c, v), a.Length > 0 ? LiquidValues.Number(c, a[0]) : 50,
            a.Length > 1 ? LiquidValues.Text(c, a[1]) : "...")),
        new("truncatewords", 0, 2, (c, v, a) => TruncateWords(c, LiquidValues.Text(c, v), a.Length > 0 ? LiquidValues.Number(c, a[0]) : 15,
            a.Length > 1 ? LiquidValues.Text(c, a[1]) : "...")),
        OfText("url_encode", t => WebUtility.UrlEncode(Library.ToWellFormed(t)), growth: 9),
        OfText("url_decode", t => Uri.UnescapeDataString(t.Replace('+', ' '))),
        OfText("base64", t => Convert.ToBase64String(Encoding.UTF8.GetBytes(Library.ToWellFormed(t))), growth: 4),
        OfText("base64_encode", t => Convert.ToBase64String(Encoding.UTF8.GetBytes(Library.ToWellFormed(t))), growth: 4),
        OfText("base64_decode", FromBase64),
        new("json", 0, 0, (c, v, _) => v.Kind == ValueKind.Undefined ? "null" : LiquidValues.Json(c, v)),
        new("default", 1, 2, (c, v, a) =>
            v.IsNothing || v.Kind == ValueKind.String && v.String.Length == 0 || v.Kind == ValueKind.Array && v.Items.Count == 0
            || v is { Kind: ValueKind.Boolean, IsTrue: false } && !At(a, 1).IsTrue ? a[0] : v),
    ];

    /// <param name="growth">How much longer than its input the result may be.</param>
    private static LiquidFilter OfText(string name, Func<string, string> make, int growth = 1) => new(name, 0, 0, (c, v, _) =>
    {
        var text = LiquidValues.Text(c, v);
        c.Text((long)growth * text.Length);
        c.Step(1 + text.Length / 16);
        return make(text);
    });

    private static Value Joined(Context context, string first, string second)
    {
        context.Text((long)first.Length + second.Length);
        context.Step(1 + (first.Length + second.Length) / 64);
        return first + second;
    }

    private enum How : byte { All, First, Last }

    private static Value Replace(Context context, string text, string sought, string replacement, How how)
    {
        context.Search(text.Length, sought.Length);
        if (sought.Length == 0) return text;
        var result = new StringBuilder();
        var start = 0;
        for (var at = how == How.Last ? text.LastIndexOf(sought, StringComparison.Ordinal) : text.IndexOf(sought, StringComparison.Ordinal);
            at >= 0; at = how == How.All ? text.IndexOf(sought, start, StringComparison.Ordinal) : -1)
        {
            context.Step();
            LiquidValues.Append(context, result, text[start..at]);
            LiquidValues.Append(context, result, replacement);
            start = at + sought.Length;
        }
        LiquidValues.Append(context, result, text[start..]);
        return result.ToString();
    }

    private static Value Escape(Context context, string text, bool once)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var written = text[i] switch { '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", '\'' => "&#39;", '&' when !once || !IsEntity(text, i) =>
                "&amp;", _ => null };
            if (written is null) result.Append(text[i]);
            else result.Append(written);
        }
        context.Step(1 + text.Length / 16);
        return context.Charged(result.ToString());
    }

    private static bool IsEntity(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && end < at + 12 && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '#' && end == at + 1)) end++;
        return end > at + 1 && end < text.Length && text[end] == ';';
    }

    /// <summary>Without tags, comments, and what stands in script and style.</summary>
    private static Value WithoutTags(Context context, string html)
    {
        context.Step(1 + html.Length / 16);
        var text = new StringBuilder(html.Length);
        for (var i = 0; i < html.Length;)
        {
            if (html[i] != '<')
            {
                text.Append(html[i++]);
                continue;
            }
            var end = Skipped(html, i, "<!--", "-->") ?? Skipped(html, i, "<script", "</script>") ?? Skipped(html, i, "<style", "</style>")
                ?? html.IndexOf('>', i) + 1;
            if (end <= 0) break;
            i = end;
        }
        return context.Charged(text.ToString());
    }

    private static int? Skipped(string html, int at, string open, string close)
    {
        if (string.Compare(html, at, open, 0, open.Length, StringComparison.OrdinalIgnoreCase) != 0) return null;
        var end = html.IndexOf(close, at, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html.Length : end + close.Length;
    }

    private static Value Split(Context context, string text, string separator)
    {
        context.Search(text.Length, separator.Length);
        var most = separator.Length == 0 ? text.Length : text.AsSpan().Count(separator) + 1;
        context.Items(2L * most, most);
        var parts = separator.Length == 0 ? text.Select(ch => ch.ToString()).ToList() : separator == " "
            ? [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)] : [.. text.Split(separator)];
        while (parts.Count > 0 && parts[^1].Length == 0) parts.RemoveAt(parts.Count - 1);
        context.Step(parts.Count);
        context.Bytes(2L * text.Length);
        return Value.List(parts.Select(Value.From));
    }

    private static Value Truncate(Context context, string text, double length, string ending)
    {
        var most = (int)Math.Clamp(length, 0, int.MaxValue);
        if (text.Length <= most) return text;
        var kept = Math.Max(0, most - ending.Length);
        if (kept > 0 && char.IsHighSurrogate(text[kept - 1])) kept--;
        return Joined(context, text[..kept], ending);
    }

    private static Value TruncateWords(Context context, string text, double count, string ending)
    {
        context.Step(1 + text.Length / 16);
        context.Text(2L * text.Length);
        var words = text.Split(Coercion.White.ToCharArray(), StringSplitOptions.RemoveEmptyEntries);
        var most = (int)Math.Clamp(count, 1, int.MaxValue);
        return words.Length <= most ? text : Joined(context, string.Join(' ', words.Take(most)), ending);
    }

    private static string FromBase64(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new LiquidFilterException("the text is not base64");
        }
    }
}

using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

internal enum LiquidTokenType : byte { End, Name, Number, Text, Mark }

/// <summary>One token inside a tag; <see cref="LiquidTokenType.End"/> is the tag's own end.</summary>
internal readonly record struct LiquidToken(LiquidTokenType Type, string Text, int Start, double Number = 0)
{
    public bool Is(string mark) => Type == LiquidTokenType.Mark && Text == mark;
    public bool IsName(string name) => Type == LiquidTokenType.Name && Text == name;
}

/// <summary>
/// Reads a template: the text up to the next tag, and the tokens inside one. A dash at a tag's brackets takes the blanks beside it away.
/// </summary>
internal sealed class LiquidScanner(string source)
{
    private int _at;
    private bool _trims;
    private char _closing;

    public LiquidToken Current { get; private set; }
    /// <summary>The tag now read is <c>{{ }}</c>, not <c>{% %}</c>.</summary>
    public bool IsOutput => _closing == '}';

    private bool AtEnd => _at >= source.Length;

    /// <summary>The text before the next tag; then the scanner stands on the tag's first token, or at the end.</summary>
    public string ReadText(out bool hasTag)
    {
        var start = _at;
        for (hasTag = false; _at < source.Length; _at++)
        {
            if (source[_at] != '{' || _at + 1 >= source.Length || source[_at + 1] is not ('{' or '%')) continue;
            hasTag = true;
            break;
        }
        var text = source.AsSpan(start, _at - start);
        if (_trims) text = text.TrimStart(Coercion.White);
        _trims = false;
        if (!hasTag) return text.ToString();
        if (_at + 2 < source.Length && source[_at + 2] == '-') text = text.TrimEnd(Coercion.White);
        Open();
        return text.ToString();
    }

    private void Open()
    {
        _closing = source[_at + 1] == '{' ? '}' : '%';
        _at += _at + 2 < source.Length && source[_at + 2] == '-' ? 3 : 2;
        Current = Read();
    }

    /// <summary>Everything up to <c>{% name %}</c>, unread.</summary>
    public string ReadUntil(string name, int opened)
    {
        var depth = 1;
        for (var (start, at) = (_at, source.IndexOf("{%", _at, StringComparison.Ordinal));
            at >= 0; at = source.IndexOf("{%", at + 2, StringComparison.Ordinal))
        {
            var word = at + 2;
            while (word < source.Length && (source[word] == '-' || Coercion.IsWhite(source[word]))) word++;
            var rest = source.AsSpan(word);
            if (name == "endcomment" && IsWord(rest, "comment")) depth++;
            if (!IsWord(rest, name) || --depth > 0) continue;
            var raw = source.AsSpan(start, at - start);
            if (_trims) raw = raw.TrimStart(Coercion.White);
            if (source[at + 2] == '-') raw = raw.TrimEnd(Coercion.White);
            (_trims, _at) = (false, at);
            Open();
            Take(); // the name
            return raw.ToString();
        }
        throw new Refusal($"'{name[3..]}' is not closed; write {{% {name} %}}", opened);
    }

    private static bool IsWord(ReadOnlySpan<char> text, string word) =>
        text.StartsWith(word, StringComparison.Ordinal)
        && (text.Length == word.Length || !(char.IsLetterOrDigit(text[word.Length]) || text[word.Length] == '_'));

    /// <summary>The rest of the tag does not matter.</summary>
    public void SkipTag()
    {
        if (Current.Type == LiquidTokenType.End) return;
        while (!AtEnd && !IsClosing()) _at++;
        Current = Read();
    }

    /// <summary>The current token; the end of a tag is left where it is.</summary>
    public LiquidToken Take()
    {
        var token = Current;
        if (token.Type != LiquidTokenType.End) Current = Read();
        return token;
    }

    private bool IsClosing() => _at + 1 < source.Length && source[_at] == _closing && source[_at + 1] == '}'
        || _at + 2 < source.Length && source[_at] == '-' && source[_at + 1] == _closing && source[_at + 2] == '}';

    private LiquidToken Read()
    {
        while (!AtEnd && Coercion.IsWhite(source[_at])) _at++;
        var start = _at;
        if (AtEnd) throw new Refusal($"The tag does not end; write {(IsOutput ? "}}" : "%}")}", start);
        if (IsClosing())
        {
            _trims = source[_at] == '-';
            _at += _trims ? 3 : 2;
            return new(LiquidTokenType.End, "the end of the tag", start);
        }
        var c = source[_at];
        if (char.IsLetter(c) || c == '_') return ReadName(start);
        if (char.IsAsciiDigit(c) || (c == '-' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1]))) return ReadNumber(start);
        if (c is '"' or '\'') return ReadString(c, start);
        foreach (var mark in (ReadOnlySpan<string>)["==", "!=", "<>", "<=", ">=", "..", "<", ">", "=", ".", "|", ":", ",", "[", "]", "(", ")", "#"])
        {
            if (!source.AsSpan(_at).StartsWith(mark, StringComparison.Ordinal)) continue;
            _at += mark.Length;
            return new(LiquidTokenType.Mark, mark, start);
        }
        throw new Refusal($"'{c}' has no meaning here; put text in quotes", start);
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '-';

    private LiquidToken ReadName(int start)
    {
        while (!AtEnd && IsNamePart(source[_at]) && !(source[_at] == '-' && IsClosing())) _at++;
        if (!AtEnd && source[_at] == '?') _at++;
        return new(LiquidTokenType.Name, source[start.._at], start);
    }

    private LiquidToken ReadNumber(int start)
    {
        _at++;
        while (!AtEnd && char.IsAsciiDigit(source[_at])) _at++;
        if (_at + 1 < source.Length && source[_at] == '.' && char.IsAsciiDigit(source[_at + 1]))
        {
            _at++;
            while (!AtEnd && char.IsAsciiDigit(source[_at])) _at++;
        }
        var text = source[start.._at];
        return new(LiquidTokenType.Number, text, start, double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    /// <summary>Liquid has no escapes; a backslash stands for itself except before a quote, n, r, t or another backslash.</summary>
    private LiquidToken ReadString(char quote, int start)
    {
        var text = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (AtEnd) throw new Refusal("The text in quotes does not end", start);
            var c = source[_at];
            if (c == quote) break;
            if (c != '\\' || _at + 1 >= source.Length)
            {
                text.Append(c);
                continue;
            }
            var escaped = source[_at + 1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '\\' => '\\', '\'' => '\'', '"' => '"', _ => '\0' };
            text.Append(escaped == '\0' ? '\\' : escaped);
            if (escaped != '\0') _at++;
        }
        _at++;
        return new(LiquidTokenType.Text, text.ToString(), start);
    }
}

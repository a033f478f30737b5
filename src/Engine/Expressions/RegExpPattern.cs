using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CrmFlow.Engine.Expressions;

/// <summary>
/// A JavaScript regular expression run by .NET's non-backtracking engine, in time proportional to the text; one that looks ahead by
/// <see cref="RegExpMatcher"/>, whose steps are counted. What neither can do is refused.
/// Differences that remain (docs/expressions.md): \b counts all letters as word characters, a group in a repetition keeps its last text, $ with flag
/// m ends lines at \n only.
/// </summary>
internal sealed class RegExpPattern
{
    private const int MaxLength = 1000;
    private static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(250);

    private readonly Regex _regex;
    /// <summary>For patterns that look ahead: then the regex has only checked the syntax.</summary>
    private readonly RegExpMatcher? _matcher;

    private RegExpPattern(string source, string flags, Regex regex, RegExpMatcher? matcher, string?[] names) =>
        (Source, Flags, _regex, _matcher, GroupNames) = (source, flags, regex, matcher, names);

    public string Source { get; }
    public string Flags { get; }
    public bool IsGlobal => Flags.Contains('g');
    /// <summary>The name of each group; null for those without.</summary>
    public string?[] GroupNames { get; }

    /// <summary>Translates and compiles. Throws <see cref="RegExpRefusal"/>.</summary>
    public static RegExpPattern Compile(string source, string flags)
    {
        if (source.Length > MaxLength) throw new RegExpRefusal($"The regular expression is longer than {MaxLength:N0} characters");
        if (flags.FirstOrDefault(f => !"gimsu".Contains(f)) is not '\0' and var other)
            throw new RegExpRefusal(other is 'y' or 'd' or 'v' ? $"The flag '{other}' is not in the grammar; use g, i, m, s or u"
            : $"Invalid regular expression flags '{flags}'");
        if (flags.Distinct().Count() != flags.Length) throw new RegExpRefusal($"Invalid regular expression flags '{flags}'");
        var translator = new RegExpTranslator(source, flags);
        var options = RegexOptions.CultureInvariant
            | (flags.Contains('i') ? RegexOptions.IgnoreCase : 0) | (flags.Contains('m') ? RegexOptions.Multiline : 0);
        try
        {
            var translated = translator.Translate();
            if (!translator.LooksAhead) options |= RegexOptions.NonBacktracking;
            var regex = new Regex(translated, options, MatchTime);
            var matcher = translator.LooksAhead ? RegExpMatcher.Compile(source, flags) : null;
            return new(source, string.Concat("gimsu".Where(flags.Contains)), regex, matcher, [.. translator.Groups]);
        }
        catch (NotSupportedException)
        {
            throw new RegExpRefusal(
                $"The regular expression /{source}/ needs too many states or a feature beyond linear time; make its repetitions smaller");
        }
        catch (ArgumentException e) when (e is not ArgumentNullException)
        {
            throw new RegExpRefusal($"Invalid regular expression: /{source}/");
        }
    }

    /// <summary>The first match at or after a place; null when there is none.</summary>
    public RegExpMatch? Match(Context context, string text, int from)
    {
        // a text of n characters takes about this many steps of the automaton
        context.Steps(16 + 2L * (text.Length - from));
        context.CheckClock();
        if (_matcher is not null) return _matcher.Match(context, text, from);
        try
        {
            var match = _regex.Match(text, from);
            context.CheckClock();
            if (!match.Success) return null;
            var groups = new string?[GroupNames.Length];
            for (var i = 0; i < GroupNames.Length; i++)
            {
                var group = match.Groups[RegExpTranslator.GroupName(i)];
                if (group.Success) groups[i] = context.Charged(group.Value);
            }
            return new(match.Index, context.Charged(match.Value), groups);
        }
        catch (RegexMatchTimeoutException)
        {
            throw Context.Exceeded("regular expression time", $"{MatchTime.TotalMilliseconds} ms");
        }
    }
}

internal sealed record RegExpMatch(int Index, string Text, string?[] Groups)
{
    public int End => Index + Text.Length;
}

/// <summary>A pattern outside the grammar.</summary>
internal sealed class RegExpRefusal(string message) : Exception(message);

/// <summary>The syntax of JavaScript's patterns in that of .NET.</summary>
internal sealed class RegExpTranslator(string source, string flags)
{
    private const string Digit = "0-9", Word = "A-Za-z0-9_", LineEnds = @"\n\r\u2028\u2029";
    private const string Han = @"\u2E80-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF";
    private static readonly string Space = string.Concat(Coercion.White.Select(c => $"\\u{(int)c:x4}"));
    private static readonly HashSet<string> Categories = ["L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
        "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp"];

    private readonly StringBuilder _result = new();
    private int _at;

    public List<string?> Groups { get; } = [];
    /// <summary>There is a (?=…) or (?!…), known when it is translated.</summary>
    public bool LooksAhead { get; private set; }

    public static string GroupName(int index) => $"g{index}";

    public string Translate()
    {
        while (_at < source.Length)
        {
            var c = source[_at++];
            switch (c)
            {
                case '\\': Escape(inClass: false); break;
                case '[': Class(); break;
                case '(': Group(); break;
                case '.': _result.Append(flags.Contains('s') ? @"[\s\S]" : $"[^{LineEnds}]"); break;
                case '$': _result.Append(flags.Contains('m') ? "$" : @"\z"); break;
                case '{' when !IsQuantifier(): _result.Append(@"\{"); break;
                case '}' when _openBraces == 0: _result.Append(@"\}"); break;
                case ']': _result.Append(@"\]"); break;
                case '#' or ' ': _result.Append('\\').Append(c); break;
                default:
                    if (c == '{') _openBraces++;
                    if (c == '}') _openBraces--;
                    _result.Append(c);
                    break;
            }
        }
        return _result.ToString();
    }

    private int _openBraces;

    private bool IsQuantifier()
    {
        var at = _at;
        while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
        if (at == _at) return false;
        if (at < source.Length && source[at] == ',') at++;
        while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
        return at < source.Length && source[at] == '}';
    }

    private void Group()
    {
        if (_at < source.Length && source[_at] == '?')
        {
            var rest = source.AsSpan(_at);
            if (rest.StartsWith("?:"))
            {
                _at += 2;
                _result.Append("(?:");
                return;
            }
            if (rest.StartsWith("?=") || rest.StartsWith("?!"))
            {
                LooksAhead = true;
                _result.Append('(').Append(rest[..2]);
                _at += 2;
                return;
            }
            if (rest.StartsWith("?<=") || rest.StartsWith("?<!"))
                throw new RegExpRefusal(
                    "Looking behind in a regular expression ((?<=…), (?<!…)) is not in the grammar; match the whole and use a group");
            var end = source.IndexOf('>', _at);
            if (!rest.StartsWith("?<") || end < _at + 3) throw new RegExpRefusal("Invalid group in the regular expression");
            var name = source[(_at + 2)..end];
            if (!Lexer.IsNameStart(name[0]) || Groups.Contains(name))
                throw new RegExpRefusal("Invalid or repeated group name in the regular expression");
            Groups.Add(name);
            _at = end + 1;
        }
        else Groups.Add(null);
        _result.Append("(?<").Append(GroupName(Groups.Count - 1)).Append('>');
    }

    private void Class()
    {
        var negated = _at < source.Length && source[_at] == '^';
        if (negated) _at++;
        if (_at < source.Length && source[_at] == ']')
        {
            _at++;
            _result.Append(negated ? @"[\s\S]" : @"[^\s\S]");
            return;
        }
        _result.Append(negated ? "[^" : "[");
        while (true)
        {
            if (_at >= source.Length) throw new RegExpRefusal("The class [ of the regular expression does not end");
            var c = source[_at++];
            if (c == ']') break;
            if (c == '\\') Escape(inClass: true);
            else if (c == '[') _result.Append(@"\[");
            // only between two characters is it a range; anywhere else .NET could see a subtraction
            else if (c == '-' && (_at >= source.Length || source[_at] == ']' || source[_at] == '[' || _result[^1] is '[' or '^'))
                _result.Append(@"\-");
            else _result.Append(c);
        }
        _result.Append(']');
    }

    private void Escape(bool inClass)
    {
        if (_at >= source.Length) throw new RegExpRefusal("The regular expression ends with \\");
        var c = source[_at++];
        switch (c)
        {
            case 'd': Set(Digit, inClass); break;
            case 'w': Set(Word, inClass); break;
            case 's': Set(Space, inClass); break;
            case 'D': Negated(Digit, inClass); break;
            case 'W': Negated(Word, inClass); break;
            case 'S': Negated(Space, inClass); break;
            case 'b' when inClass: _result.Append(@"\x08"); break;
            case 'b' or 'B': _result.Append('\\').Append(c); break;
            case 'p' or 'P' when flags.Contains('u'): Property(c, inClass); break;
            case >= '1' and <= '9' or 'k' when !inClass: throw new RegExpRefusal(
                "Back references (\\1, \\k<name>) are not in the grammar; compare the groups after the match");
            case '0': _result.Append(@"\x00"); break;
            case 'n' or 't' or 'r' or 'f' or 'v': _result.Append('\\').Append(c); break;
            case 'x' when Hex(2) is { } code: Code(code); break;
            case 'u' when _at < source.Length && source[_at] == '{' && flags.Contains('u'):
                var end = source.IndexOf('}', _at);
                if (end < 0 || !int.TryParse(source.AsSpan(_at + 1, end - _at - 1), System.Globalization.NumberStyles.AllowHexSpecifier, null,
                    out var point) || point > 0xFFFF)
                    throw new RegExpRefusal("\\u{…} in a regular expression reaches to FFFF here");
                _at = end + 1;
                Code(point);
                break;
            case 'u' when Hex(4) is { } unit: Code(unit); break;
            case 'c': throw new RegExpRefusal("Control escapes (\\cX) are not in the grammar; write \\x01");
            default: Code(c); break;
        }
    }

    private void Code(int code) => _result.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");

    private int? Hex(int count)
    {
        if (_at + count > source.Length
            || !int.TryParse(source.AsSpan(_at, count), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code)) return null;
        _at += count;
        return code;
    }

    private void Set(string set, bool inClass) => _result.Append(inClass ? set : $"[{set}]");

    private void Negated(string set, bool inClass)
    {
        if (!inClass)
        {
            _result.Append(CultureInfo.InvariantCulture, $"[^{set}]");
            return;
        }
        // the characters between those of the set
        _result.Append(set switch
        {
            Digit => @"\u0000-/:-\uffff",
            Word => @"\u0000-/:-@\[-\^`{-\uffff",
            _ => @"\u0000-\u0008\u000e-\u001f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff",
        });
    }

    private void Property(char p, bool inClass)
    {
        var end = source.IndexOf('}', _at);
        var name = _at < source.Length && source[_at] == '{' && end > 0 ? source[(_at + 1)..end] : "";
        _at = end + 1;
        if (name is "Script=Han" or "sc=Han" or "Script_Extensions=Han" or "Unified_Ideograph")
        {
            if (p == 'P' && inClass) throw new RegExpRefusal("\\P{Script=Han} inside […] is not in the grammar; use [^\\p{Script=Han}]");
            _result.Append(p == 'P' ? $"[^{Han}]" : inClass ? Han : $"[{Han}]");
            return;
        }
        name = name switch { "Letter" or "Alphabetic" => "L", "Number" => "N", "Punctuation" => "P", "Uppercase_Letter" or "Uppercase" =>
            "Lu", "Lowercase_Letter" or "Lowercase" => "Ll", _ => name };
        if (!Categories.Contains(name))
            throw new RegExpRefusal($"\\p{{{name}}} is not in the grammar; general categories (L, Lu, N, P …) and Script=Han are");
        _result.Append('\\').Append(p).Append('{').Append(name).Append('}');
    }
}

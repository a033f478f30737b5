using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

internal enum TokenType : byte { End, Name, Number, String, Template, RegExp, Punctuator, Refused }

/// <summary>One token. <see cref="Text"/> is the name, the punctuator, the cooked string or chunk, the pattern, or the refusal; template chunks say whether they are the last.</summary>
internal readonly record struct Token(TokenType Type, string Text, int Start, int End, bool NewLineBefore)
{
    public double Number { get; init; }
    public string Flags { get; init; } = "";
    public bool IsLastChunk { get; init; }

    public bool Is(string punctuator) => Type == TokenType.Punctuator && Text == punctuator;
    public bool IsName(string name) => Type == TokenType.Name && Text == name;
}

/// <summary>
/// Source to tokens in one pass. What it cannot read becomes a <see cref="TokenType.Refused"/> token, so that the first problem in the text is the one reported.
/// </summary>
internal sealed class Lexer(string source)
{
    private static readonly string[] Punctuators =
    [
        "...", "===", "!==", "**=", "<<=", ">>>=", ">>>", ">>=", "&&=", "||=", "??=",
        "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
        "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "=", ".",
    ];

    private readonly List<Token> _tokens = [];
    /// <summary>Open brackets: '(' and 'c' (a parenthesis of if, while, for), '{', '[' and '`' for the braces of a template.</summary>
    private readonly Stack<char> _open = [];
    private int _at;
    private bool _newLine;
    private bool _closedControl;

    public List<Token> Read()
    {
        while (true)
        {
            try
            {
                SkipBlanks();
                if (_at >= source.Length) break;
                ReadToken();
            }
            catch (Refusal refusal)
            {
                Add(new(TokenType.Refused, refusal.Message, refusal.At, source.Length, _newLine));
                break;
            }
        }
        Add(new(TokenType.End, "the end", source.Length, source.Length, _newLine));
        return _tokens;
    }

    private void Add(Token token)
    {
        _tokens.Add(token);
        _newLine = false;
    }

    private void ReadToken()
    {
        var c = source[_at];
        if (IsNameStart(c)) ReadName();
        else if (char.IsAsciiDigit(c) || (c == '.' && Peek(1) is >= '0' and <= '9')) ReadNumber();
        else if (c is '"' or '\'') ReadString(c);
        else if (c == '`') ReadTemplate();
        else if (c == '}' && _open.TryPeek(out var open) && open == '`')
        {
            _open.Pop();
            ReadTemplate();
        }
        else if (c == '/' && RegExpMayStart()) ReadRegExp();
        else ReadPunctuator();
    }

    private char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    internal static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' || (c > 127 && char.IsLetter(c));
    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || (c > 127 && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));

    private void SkipBlanks()
    {
        while (_at < source.Length)
        {
            var c = source[_at];
            if (c is '\n' or '\r' or '\u2028' or '\u2029') { _newLine = true; _at++; }
            else if (Coercion.IsWhite(c)) _at++;
            else if (c == '/' && Peek(1) == '/')
            {
                while (_at < source.Length && source[_at] is not ('\n' or '\r' or '\u2028' or '\u2029')) _at++;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                var end = source.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw new Refusal("The comment does not end", _at);
                if (source.AsSpan(_at, end - _at).IndexOfAny("\n\r\u2028\u2029") >= 0) _newLine = true;
                _at = end + 2;
            }
            else return;
        }
    }

    private void ReadName()
    {
        var start = _at;
        while (_at < source.Length && IsNamePart(source[_at])) _at++;
        Add(new(TokenType.Name, source[start.._at], start, _at, _newLine));
    }

    private void ReadNumber()
    {
        var start = _at;
        double number;
        if (source[_at] == '0' && char.ToLowerInvariant(Peek(1)) is 'x' or 'o' or 'b')
        {
            var radix = char.ToLowerInvariant(Peek(1)) switch { 'x' => 16, 'o' => 8, _ => 2 };
            _at += 2;
            var digits = TakeDigits(c => char.IsAsciiHexDigit(c) && Convert.ToInt32(c.ToString(), 16) < radix);
            if (digits.Length == 0) throw new Refusal("A number needs digits after its prefix", start);
            number = Coercion.ParseDigits(digits, radix);
        }
        else
        {
            if (source[_at] == '0' && char.IsAsciiDigit(Peek(1))) throw new Refusal("Numbers with a leading zero are not in the grammar; write 0o17 for octal, 17 for decimal", start);
            var text = TakeDigits(char.IsAsciiDigit);
            if (_at < source.Length && source[_at] == '.')
            {
                _at++;
                text += "." + TakeDigits(char.IsAsciiDigit);
            }
            if (_at < source.Length && source[_at] is 'e' or 'E')
            {
                var sign = Peek(1) is '+' or '-' ? Peek(1).ToString() : "";
                _at += 1 + sign.Length;
                var exponent = TakeDigits(char.IsAsciiDigit);
                if (exponent.Length == 0) throw new Refusal("A number needs digits after its e", start);
                text += "e" + sign + exponent;
            }
            number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        if (_at < source.Length && source[_at] == 'n') throw new Refusal("BigInt numbers (11n) are not in the grammar; write the number without n", start);
        if (_at < source.Length && (IsNameStart(source[_at]) || char.IsAsciiDigit(source[_at]))) throw new Refusal("A number is followed directly by a letter or digit", _at);
        Add(new(TokenType.Number, source[start.._at], start, _at, _newLine) { Number = number });
    }

    private string TakeDigits(Func<char, bool> isDigit)
    {
        var digits = new StringBuilder();
        while (_at < source.Length && (isDigit(source[_at]) || (source[_at] == '_' && digits.Length > 0 && isDigit(Peek(1)) && source[_at - 1] != '_')))
        {
            if (source[_at] != '_') digits.Append(source[_at]);
            _at++;
        }
        return digits.ToString();
    }

    private void ReadString(char quote)
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= source.Length || source[_at] is '\n' or '\r') throw new Refusal("The string does not end", start);
            var c = source[_at++];
            if (c == quote) break;
            if (c == '\\') ReadEscape(text);
            else text.Append(c);
        }
        Add(new(TokenType.String, text.ToString(), start, _at, _newLine));
    }

    /// <summary>A chunk of a template: from the backtick or the closing brace to the next <c>${</c> or the backtick.</summary>
    private void ReadTemplate()
    {
        var start = _at++;
        var text = new StringBuilder();
        while (true)
        {
            if (_at >= source.Length) throw new Refusal("The template does not end", start);
            var c = source[_at++];
            if (c == '`') break;
            if (c == '$' && Peek(0) == '{')
            {
                _at++;
                _open.Push('`');
                Add(new(TokenType.Template, text.ToString(), start, _at, _newLine));
                return;
            }
            if (c == '\\') ReadEscape(text);
            else if (c == '\r')
            {
                if (Peek(0) == '\n') _at++;
                text.Append('\n');
            }
            else text.Append(c);
        }
        Add(new(TokenType.Template, text.ToString(), start, _at, _newLine) { IsLastChunk = true });
    }

    private void ReadEscape(StringBuilder text)
    {
        if (_at >= source.Length) throw new Refusal("The string does not end", _at - 1);
        var c = source[_at++];
        switch (c)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case '0' when !char.IsAsciiDigit(Peek(0)): text.Append('\0'); break;
            case >= '0' and <= '9': throw new Refusal("Octal escapes are not in the grammar; write \\x41", _at - 2);
            case 'x': text.Append((char)TakeHex(2)); break;
            case 'u' when Peek(0) == '{':
                var end = source.IndexOf('}', _at);
                if (end < 0 || end - _at is < 2 or > 7 || !int.TryParse(source.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) || point > 0x10FFFF)
                    throw new Refusal("The \\u{…} escape needs a code point in hexadecimal", _at - 2);
                _at = end + 1;
                if (point is >= 0xD800 and <= 0xDFFF) text.Append((char)point);
                else text.Append(char.ConvertFromUtf32(point));
                break;
            case 'u': text.Append((char)TakeHex(4)); break;
            case '\r':
                if (Peek(0) == '\n') _at++;
                break;
            case '\n' or '\u2028' or '\u2029': break;
            default: text.Append(c); break;
        }
    }

    private int TakeHex(int count)
    {
        if (_at + count > source.Length || !int.TryParse(source.AsSpan(_at, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new Refusal($"The escape needs {count} hexadecimal digits", _at - 2);
        _at += count;
        return code;
    }

    /// <summary>A slash starts a regular expression where a value may start: not after a name, a literal or a closing bracket.</summary>
    private bool RegExpMayStart()
    {
        if (_tokens.Count == 0) return true;
        var last = _tokens[^1];
        return last.Type switch
        {
            TokenType.Name => last.Text is "return" or "typeof" or "case" or "in" or "of" or "delete" or "void" or "throw" or "new" or "do" or "else" or "instanceof",
            TokenType.Punctuator => last.Text == ")" ? _closedControl : last.Text is not ("]" or "++" or "--"),
            TokenType.Template => !last.IsLastChunk,
            _ => false,
        };
    }

    private void ReadRegExp()
    {
        var start = _at++;
        var inClass = false;
        for (; ; _at++)
        {
            if (_at >= source.Length || source[_at] is '\n' or '\r') throw new Refusal("The regular expression does not end", start);
            var c = source[_at];
            if (c == '\\') _at++;
            else if (c == '[') inClass = true;
            else if (c == ']') inClass = false;
            else if (c == '/' && !inClass) break;
        }
        var pattern = source[(start + 1).._at++];
        var flags = _at;
        while (_at < source.Length && IsNamePart(source[_at])) _at++;
        Add(new(TokenType.RegExp, pattern, start, _at, _newLine) { Flags = source[flags.._at] });
    }

    private void ReadPunctuator()
    {
        var start = _at;
        foreach (var punctuator in Punctuators)
        {
            if (string.CompareOrdinal(source, start, punctuator, 0, punctuator.Length) != 0) continue;
            // a?.5:b is a conditional with a number, not optional chaining
            if (punctuator == "?." && Peek(2) is >= '0' and <= '9') continue;
            if (punctuator is "(" or "{" or "[") _open.Push(punctuator == "(" && _tokens.Count > 0 && _tokens[^1] is { Type: TokenType.Name, Text: "if" or "while" or "for" } ? 'c' : punctuator[0]);
            else if (punctuator is ")" or "}" or "]" && _open.TryPop(out var open)) _closedControl = open == 'c';
            _at += punctuator.Length;
            Add(new(TokenType.Punctuator, punctuator, start, _at, _newLine));
            return;
        }
        throw new Refusal(source[start] switch
        {
            '#' => "Private members (#x) are not in the grammar; use an ordinary member",
            '@' => "Decorators (@x) are not in the grammar",
            '\\' => "Escapes in names are not in the grammar; write the letter itself",
            _ => $"The character '{source[start]}' has no meaning here",
        }, start);
    }
}

/// <summary>Source outside the grammar at an offset; becomes an <see cref="ExpressionSyntaxException"/> with line and column.</summary>
internal sealed class Refusal(string message, int at) : Exception(message)
{
    public int At { get; } = at;

    public ExpressionSyntaxException With(string source)
    {
        var (line, column) = Position(source, At);
        return new(Message, line, column);
    }

    /// <summary>Line and column, both counted from 1.</summary>
    public static (int Line, int Column) Position(string source, int at)
    {
        at = Math.Clamp(at, 0, source.Length);
        var line = source.AsSpan(0, at).Count('\n') + 1;
        return (line, at - (at == 0 ? -1 : source.LastIndexOf('\n', at - 1)));
    }
}

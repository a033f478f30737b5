using System.Globalization;

namespace CrmFlow.Engine.Expressions;

internal enum TokenType : byte { End, Name, Number, String, Template, RegExp, Punctuator, Refused }

/// <summary>
/// One token. <see cref="Text"/> is the name, the punctuator, the cooked string or chunk, the pattern, or the refusal; template chunks say whether
/// they are the last.
/// </summary>
internal readonly record struct Token(TokenType Type, string Text, int Start, int End, bool NewLineBefore)
{
    public double Number { get; init; }
    public string Flags { get; init; } = "";
    public bool IsLastChunk { get; init; }

    public bool Is(string punctuator) => Type == TokenType.Punctuator && Text == punctuator;
    public bool IsName(string name) => Type == TokenType.Name && Text == name;
}

/// <summary>
/// Source to tokens in one pass. What it cannot read becomes a <see cref="TokenType.Refused"/> token, so that the first problem in the text is the
/// one reported.
/// </summary>
internal sealed partial class Lexer(string source)
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
    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || (c > 127
        && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));

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

    /// <summary>A slash starts a regular expression where a value may start: not after a name, a literal or a closing bracket.</summary>
    private bool RegExpMayStart()
    {
        if (_tokens.Count == 0) return true;
        var last = _tokens[^1];
        return last.Type switch
        {
            TokenType.Name => last.Text is "return" or "typeof" or "case" or "in" or "of" or "delete" or "void" or "throw" or "new" or "do" or "else"
                or "instanceof",
            TokenType.Punctuator => last.Text == ")" ? _closedControl : last.Text is not ("]" or "++" or "--"),
            TokenType.Template => !last.IsLastChunk,
            _ => false,
        };
    }

    private void ReadPunctuator()
    {
        var start = _at;
        foreach (var punctuator in Punctuators)
        {
            if (string.CompareOrdinal(source, start, punctuator, 0, punctuator.Length) != 0) continue;
            // a?.5:b is a conditional with a number, not optional chaining
            if (punctuator == "?." && Peek(2) is >= '0' and <= '9') continue;
            if (punctuator is "(" or "{" or "[") _open.Push(punctuator == "(" && _tokens.Count > 0
                && _tokens[^1] is { Type: TokenType.Name, Text: "if" or "while" or "for" } ? 'c' : punctuator[0]);
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

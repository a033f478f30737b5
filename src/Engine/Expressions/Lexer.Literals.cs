using System.Globalization;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Numbers, strings, templates and regular expressions: tokens that hold a value.</summary>
internal sealed partial class Lexer
{
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
            if (source[_at] == '0' && char.IsAsciiDigit(Peek(1)))
                throw new Refusal("Numbers with a leading zero are not in the grammar; write 0o17 for octal, 17 for decimal", start);
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
        if (_at < source.Length && source[_at] == 'n')
            throw new Refusal("BigInt numbers (11n) are not in the grammar; write the number without n", start);
        if (_at < source.Length && (IsNameStart(source[_at]) || char.IsAsciiDigit(source[_at])))
            throw new Refusal("A number is followed directly by a letter or digit", _at);
        Add(new(TokenType.Number, source[start.._at], start, _at, _newLine) { Number = number });
    }

    private string TakeDigits(Func<char, bool> isDigit)
    {
        var digits = new StringBuilder();
        while (_at < source.Length
            && (isDigit(source[_at]) || (source[_at] == '_' && digits.Length > 0 && isDigit(Peek(1)) && source[_at - 1] != '_')))
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
                if (end < 0 || end - _at is < 2 or > 7 || !int.TryParse(source.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture, out var point) || point > 0x10FFFF)
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
        if (_at + count > source.Length
            || !int.TryParse(source.AsSpan(_at, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new Refusal($"The escape needs {count} hexadecimal digits", _at - 2);
        _at += count;
        return code;
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
}

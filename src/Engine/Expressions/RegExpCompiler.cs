using System.Buffers;
using System.Text.RegularExpressions;

namespace CrmFlow.Engine.Expressions;

/// <summary>The characters one place of a pattern takes, asked of .NET once each and remembered.</summary>
internal sealed class RegExpSet(string translated, RegexOptions options)
{
    private readonly Regex _regex = new($@"\A(?:{translated})\z", options);
    private readonly byte[] _known = new byte[128]; // written by several threads, always with the same answer

    public bool Contains(char c)
    {
        if (c >= _known.Length) return Ask(c);
        if (_known[c] == 0) _known[c] = Ask(c) ? (byte)2 : (byte)1;
        return _known[c] == 2;
    }

    private bool Ask(char c) => _regex.IsMatch([c]);
}

/// <summary>Pattern to instructions, by recursive descent; repetitions are written out, so their size is bounded.</summary>
internal sealed class RegExpCompiler(string source, string flags)
{
    private const int MostInstructions = 20_000;

    private readonly List<RegExpInstruction> _code = [];
    private readonly List<RegExpSet> _sets = [];
    private readonly Dictionary<string, int> _setOf = [];
    private readonly RegexOptions _options = RegexOptions.CultureInvariant | (flags.Contains('i') ? RegexOptions.IgnoreCase : 0);
    private int _at, _groups, _loops, _allGroups;

    public RegExpCode Compile()
    {
        _allGroups = CountGroups();
        Alternatives();
        Emit(RegExpOperation.Match);
        return new([.. _code], [.. _sets], _groups, 2 * _allGroups + _loops);
    }

    private int Emit(RegExpOperation operation, int a = 0, int b = 0)
    {
        if (_code.Count >= MostInstructions)
            throw new RegExpRefusal($"The regular expression /{source}/ is too large when its repetitions are written out; make them smaller");
        _code.Add(new(operation, a, b));
        return _code.Count - 1;
    }

    private void Alternatives()
    {
        var start = _code.Count;
        Sequence();
        if (_at >= source.Length || source[_at] != '|') return;
        // the split goes before the first alternative: it is moved up by one
        _at++;
        var first = _code.GetRange(start, _code.Count - start);
        _code.RemoveRange(start, first.Count);
        var split = Emit(RegExpOperation.Split);
        Append(first, 1);
        var jump = Emit(RegExpOperation.Jump);
        _code[split] = new(RegExpOperation.Split, split + 1, _code.Count);
        Alternatives();
        _code[jump] = new(RegExpOperation.Jump, _code.Count);
    }

    /// <summary>Instructions that were compiled elsewhere; their jumps move with them.</summary>
    private void Append(List<RegExpInstruction> code, int by)
    {
        foreach (var (operation, a, b) in code)
        {
            switch (operation)
            {
                case RegExpOperation.Split: Emit(operation, a + by, b + by); break;
                case RegExpOperation.Jump or RegExpOperation.Look: Emit(operation, a + by, b); break;
                default: Emit(operation, a, b); break;
            }
        }
    }

    private void Sequence()
    {
        while (_at < source.Length && source[_at] is not ('|' or ')'))
        {
            var (start, groups) = (_code.Count, _groups);
            Atom();
            if (Quantifier() is var (least, most, isLazy)) Repeat(start, groups, least, most, isLazy);
        }
    }

    private void Atom()
    {
        var begin = _at;
        var c = source[_at++];
        switch (c)
        {
            case '^': Emit(RegExpOperation.Begin, flags.Contains('m') ? 1 : 0); return;
            case '$': Emit(RegExpOperation.End, flags.Contains('m') ? 1 : 0); return;
            case '(': Group(); return;
            case '[':
                for (var escaped = false; escaped || source[_at] != ']'; _at++) escaped = !escaped && source[_at] == '\\';
                _at++;
                break;
            case '\\':
                c = source[_at++];
                if (c is 'b' or 'B')
                {
                    Emit(RegExpOperation.Boundary, c == 'b' ? 1 : 0);
                    return;
                }
                if (c is 'p' or 'P' or 'u' && flags.Contains('u') && _at < source.Length && source[_at] == '{') _at = source.IndexOf('}', _at) + 1;
                else if (c == 'x' && IsHex(2)) _at += 2;
                else if (c == 'u' && IsHex(4)) _at += 4;
                break;
        }
        var atom = source[begin.._at];
        if (!_setOf.TryGetValue(atom, out var set))
        {
            set = _setOf[atom] = _sets.Count;
            _sets.Add(new(new RegExpTranslator(atom, flags).Translate(), _options));
        }
        Emit(RegExpOperation.Set, set);
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private bool IsHex(int digits) => _at + digits <= source.Length && !source.AsSpan(_at, digits).ContainsAnyExcept(HexDigits);

    private void Group()
    {
        if (_at < source.Length && source[_at] == '?' && source[_at + 1] is '=' or '!')
        {
            var isNegative = source[_at + 1] == '!';
            _at += 2;
            var look = Emit(RegExpOperation.Look);
            Alternatives();
            _at++;
            Emit(RegExpOperation.Match);
            _code[look] = new(RegExpOperation.Look, _code.Count, isNegative ? 0 : 1);
            return;
        }
        var slot = -1;
        if (source[_at] != '?') slot = 2 * _groups++;
        else if (source[_at + 1] == ':') _at += 2;
        else
        {
            slot = 2 * _groups++;
            _at = source.IndexOf('>', _at) + 1;
        }
        if (slot < 0) Alternatives();
        else
        {
            // the end is written last, so a group that is begun and not ended has none
            Emit(RegExpOperation.Save, slot);
            Alternatives();
            Emit(RegExpOperation.Save, slot + 1);
        }
        _at++;
    }

    private (int Least, int Most, bool IsLazy)? Quantifier()
    {
        if (_at >= source.Length) return null;
        var (least, most) = (0, int.MaxValue);
        switch (source[_at])
        {
            case '*': break;
            case '+': least = 1; break;
            case '?': most = 1; break;
            case '{' when source.IndexOf('}', _at) is > 0 and var end && Bounds(source[(_at + 1)..end]) is var (from, to):
                (least, most, _at) = (from, to, end);
                break;
            default: return null;
        }
        _at++;
        var isLazy = _at < source.Length && source[_at] == '?';
        if (isLazy) _at++;
        return (least, most, isLazy);
    }

    private static (int Least, int Most)? Bounds(string text)
    {
        var comma = text.IndexOf(',');
        if (!int.TryParse(comma < 0 ? text : text[..comma], System.Globalization.NumberStyles.None, null, out var least)) return null;
        if (comma < 0) return (least, least);
        if (comma == text.Length - 1) return (least, int.MaxValue);
        return int.TryParse(text[(comma + 1)..], System.Globalization.NumberStyles.None, null, out var most) ? (least, most) : null;
    }

    /// <summary>The code from start on, least times, and then up to most times more.</summary>
    private void Repeat(int start, int groups, int least, int most, bool isLazy)
    {
        var body = _code.GetRange(start, _code.Count - start);
        _code.RemoveRange(start, body.Count);
        for (var i = 0; i < least; i++) Turn(body, start, groups);
        if (most == int.MaxValue)
        {
            var loop = 2 * _allGroups + _loops++;
            var split = Emit(RegExpOperation.Split);
            Emit(RegExpOperation.Save, loop);
            Turn(body, start, groups);
            Emit(RegExpOperation.Moved, loop);
            Emit(RegExpOperation.Jump, split);
            Fork(split, isLazy);
            return;
        }
        var splits = new List<int>();
        for (var i = least; i < most; i++)
        {
            splits.Add(Emit(RegExpOperation.Split));
            var turn = 2 * _allGroups + _loops;
            Emit(RegExpOperation.Save, turn);
            Turn(body, start, groups);
            Emit(RegExpOperation.Moved, turn);
        }
        if (splits.Count > 0) _loops++;
        foreach (var split in splits) Fork(split, isLazy);
    }

    private void Turn(List<RegExpInstruction> body, int start, int groups)
    {
        if (_groups > groups) Emit(RegExpOperation.Clear, 2 * groups, 2 * _groups);
        Append(body, _code.Count - start);
    }

    private void Fork(int split, bool isLazy) =>
        _code[split] = isLazy ? new(RegExpOperation.Split, _code.Count, split + 1) : new(RegExpOperation.Split, split + 1, _code.Count);

    private int CountGroups()
    {
        var count = 0;
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\') i++;
            else if (source[i] == '[') inClass = true;
            else if (source[i] == ']') inClass = false;
            else if (source[i] == '(' && !inClass && (source.AsSpan(i + 1) is var rest && (!rest.StartsWith("?") || rest.StartsWith("?<")))) count++;
        }
        return count;
    }
}

using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Methods of strings, by UTF-16 code units as in JavaScript.</summary>
internal static partial class Library
{
    private static readonly Value[] Characters = [.. Enumerable.Range(0, 128).Select(c => Value.From(((char)c).ToString()))];

    /// <summary>A string of one character; the common ones are there already.</summary>
    public static Value Character(char c) => c < Characters.Length ? Characters[c] : c.ToString();

    private static NativeFunction OfText(string name, int length, Func<Context, string, Value, Value, Value> body) =>
        new(name, length, (c, in self, a) => body(c, Text(c, self), a.At(0), a.At(1)));

    private static string Text(Context context, in Value self) =>
        self.IsNothing ? throw Error.Type(context, "The method was called on null or undefined") : Coercion.ToText(context, self);

    private static readonly NativeFunction[] StringMethods =
    [
        OfText("at", 1, (c, s, i, _) =>
        {
            var at = Coercion.ToInteger(c, i);
            if (at < 0) at += s.Length;
            return at >= 0 && at < s.Length ? Character(s[(int)at]) : Value.Undefined;
        }),
        OfText("charAt", 1, (c, s, i, _) => Coercion.ToInteger(c, i) is >= 0 and var at && at < s.Length ? Character(s[(int)at]) : ""),
        OfText("charCodeAt", 1, (c, s, i, _) => Coercion.ToInteger(c, i) is >= 0 and var at && at < s.Length ? s[(int)at] : Value.From(double.NaN)),
        OfText("codePointAt", 1, (c, s, i, _) =>
        {
            var at = Coercion.ToInteger(c, i);
            if (!(at >= 0 && at < s.Length)) return Value.Undefined;
            var p = (int)at;
            return char.IsHighSurrogate(s[p]) && p + 1 < s.Length && char.IsLowSurrogate(s[p + 1]) ? char.ConvertToUtf32(s[p], s[p + 1]) : s[p];
        }),
        new("concat", 1, (c, in self, a) =>
        {
            var text = Text(c, self);
            foreach (var part in a)
            {
                var more = Coercion.ToText(c, part);
                c.Text((long)text.Length + more.Length);
                text += more;
            }
            return text;
        }),
        OfText("endsWith", 1, (c, s, sought, end) =>
        {
            var what = Sought(c, sought, "endsWith");
            var length = end.Kind == ValueKind.Undefined ? s.Length : (int)Math.Clamp(Coercion.ToInteger(c, end), 0, s.Length);
            c.Step(1 + what.Length / 64);
            return s.AsSpan(0, length).EndsWith(what, StringComparison.Ordinal);
        }),
        OfText("startsWith", 1, (c, s, sought, start) =>
        {
            var what = Sought(c, sought, "startsWith");
            c.Step(1 + what.Length / 64);
            return s.AsSpan((int)Math.Clamp(Coercion.ToInteger(c, start), 0, s.Length)).StartsWith(what, StringComparison.Ordinal);
        }),
        OfText("includes", 1, (c, s, sought, start) => IndexOf(c, s, Sought(c, sought, "includes"), Coercion.ToInteger(c, start)) >= 0),
        OfText("indexOf", 1, (c, s, sought, start) => IndexOf(c, s, Coercion.ToText(c, sought), Coercion.ToInteger(c, start))),
        new("localeCompare", 1, (c, in self, a) => CompareTexts(c, Text(c, self), a.At(0), a.At(1))),
        OfText("lastIndexOf", 1, (c, s, sought, start) =>
        {
            var what = Coercion.ToText(c, sought);
            var from = Coercion.ToNumber(c, start);
            c.Search(s.Length, what.Length);
            var last = Math.Min(double.IsNaN(from) ? s.Length : Math.Clamp(Math.Truncate(from), 0, s.Length), s.Length - what.Length);
            return last < 0 ? -1 : s.AsSpan(0, (int)last + what.Length).LastIndexOf(what, StringComparison.Ordinal);
        }),
        OfText("padStart", 1, (c, s, length, filler) => Pad(c, s, length, filler) + s),
        OfText("padEnd", 1, (c, s, length, filler) => s + Pad(c, s, length, filler)),
        OfText("repeat", 1, (c, s, count, _) =>
        {
            var times = Coercion.ToInteger(c, count);
            if (times < 0 || double.IsInfinity(times)) throw Error.Range(c, $"Invalid count value: {Coercion.ToText(c, count)}");
            if (s.Length == 0) return "";
            c.Text((long)Math.Min(s.Length * times, long.MaxValue / 4));
            return Filled(s, s.Length * (int)times);
        }),
        new("replace", 2, (c, in self, a) => Replace(c, Text(c, self), a.At(0), a.At(1), all: false)),
        new("replaceAll", 2, (c, in self, a) => Replace(c, Text(c, self), a.At(0), a.At(1), all: true)),
        OfText("match", 1, Match),
        OfText("matchAll", 1, MatchAll),
        OfText("search", 1, (c, s, pattern, _) => RegExpFrom(c, pattern, "").Pattern.Match(c, s, 0)?.Index ?? -1),
        OfText("slice", 2, (c, s, start, end) =>
        {
            var from = Relative(c, start, s.Length, 0);
            var to = Relative(c, end, s.Length, s.Length);
            return from >= to ? "" : c.Charged(s[from..to]);
        }),
        OfText("substring", 2, (c, s, start, end) =>
        {
            var from = (int)Math.Clamp(Coercion.ToInteger(c, start), 0, s.Length);
            var to = end.Kind == ValueKind.Undefined ? s.Length : (int)Math.Clamp(Coercion.ToInteger(c, end), 0, s.Length);
            return c.Charged(s[Math.Min(from, to)..Math.Max(from, to)]);
        }),
        OfText("substr", 2, (c, s, start, length) =>
        {
            var from = Relative(c, start, s.Length, 0);
            var count = length.Kind == ValueKind.Undefined ? s.Length - from : (int)Math.Clamp(Coercion.ToInteger(c, length), 0, s.Length - from);
            return c.Charged(s.Substring(from, count));
        }),
        OfText("split", 2, Split),
        OfText("toLowerCase", 0, (c, s, _, _) => c.Charged(s.ToLowerInvariant())),
        // the one letter of business texts whose capital is two letters
        OfText("toUpperCase", 0, (c, s, _, _) => c.Charged(s.ToUpperInvariant().Replace("ß", "SS"))),
        OfText("trim", 0, (c, s, _, _) => Trimmed(c, s, s.AsSpan().Trim(Coercion.White))),
        OfText("trimStart", 0, (c, s, _, _) => Trimmed(c, s, s.AsSpan().TrimStart(Coercion.White))),
        OfText("trimEnd", 0, (c, s, _, _) => Trimmed(c, s, s.AsSpan().TrimEnd(Coercion.White))),
        OfText("normalize", 0, (c, s, form, _) =>
        {
            c.Text(4L * s.Length);
            c.Step(s.Length / 4);
            return ToWellFormed(s).Normalize(form.Kind == ValueKind.Undefined ? NormalizationForm.FormC : Coercion.ToText(c, form) switch
            {
                "NFC" => NormalizationForm.FormC,
                "NFD" => NormalizationForm.FormD,
                "NFKC" => NormalizationForm.FormKC,
                "NFKD" => NormalizationForm.FormKD,
                _ => throw Error.Range(c, "The normalization form should be one of NFC, NFD, NFKC, NFKD."),
            });
        }),
        OfText("isWellFormed", 0, (_, s, _, _) => ToWellFormed(s) == s),
        OfText("toWellFormed", 0, (c, s, _, _) => c.Charged(ToWellFormed(s))),
    ];

    private static readonly NativeFunction[] StringStatics =
    [
        new("fromCharCode", 1, (c, in _, a) =>
        {
            c.Text(a.Length);
            var text = new StringBuilder(a.Length);
            foreach (var code in a) text.Append((char)(ushort)Coercion.ToInt32(c, code));
            return text.ToString();
        }),
        new("fromCodePoint", 1, (c, in _, a) =>
        {
            c.Text(2 * a.Length);
            var text = new StringBuilder(a.Length);
            foreach (var code in a)
            {
                var point = Coercion.ToNumber(c, code);
                if (point != Math.Floor(point) || point is not (>= 0 and <= 0x10FFFF))
                    throw Error.Range(c, $"Invalid code point {Coercion.ToText(c, code)}");
                if (point is >= 0xD800 and <= 0xDFFF) text.Append((char)point);
                else text.Append(char.ConvertFromUtf32((int)point));
            }
            return text.ToString();
        }),
    ];

    private static Value Trimmed(Context context, string text, ReadOnlySpan<char> trimmed)
    {
        context.Step((text.Length - trimmed.Length) / 2);
        return trimmed.Length == text.Length ? text : context.Charged(trimmed.ToString());
    }

    private static string Sought(Context context, in Value value, string method) =>
        value.Kind == ValueKind.RegExp ? throw Error.Type(context, $"First argument to String.prototype.{method} must not be a regular expression")
            : Coercion.ToText(context, value);

    private static int IndexOf(Context context, string text, string sought, double start)
    {
        var from = (int)Math.Clamp(start, 0, text.Length);
        context.Search(text.Length - from, sought.Length);
        return text.IndexOf(sought, from, StringComparison.Ordinal);
    }

    private static string Pad(Context context, string text, in Value length, in Value filler)
    {
        var wanted = Coercion.ToInteger(context, length);
        var fill = filler.Kind == ValueKind.Undefined ? " " : Coercion.ToText(context, filler);
        if (wanted <= text.Length || fill.Length == 0) return "";
        context.Text((long)Math.Min(wanted, long.MaxValue / 4));
        return Filled(fill, (int)wanted - text.Length);
    }

    /// <summary>A text repeated up to a length, by doubling what is there.</summary>
    private static string Filled(string text, int length) => string.Create(length, text, (span, filler) =>
    {
        var done = Math.Min(filler.Length, span.Length);
        filler.AsSpan(0, done).CopyTo(span);
        for (; done < span.Length; done *= 2) span[..Math.Min(done, span.Length - done)].CopyTo(span[done..]);
    });

    private static Value Split(Context context, string text, Value separator, Value limitValue)
    {
        var limit = limitValue.Kind == ValueKind.Undefined ? uint.MaxValue : Coercion.ToUInt32(context, limitValue);
        var parts = new List<Value>();
        if (separator.Kind == ValueKind.RegExp) return SplitByPattern(context, text, ((RegExpObject)separator.Reference!).Pattern, limit);
        var between = separator.Kind == ValueKind.Undefined ? null : Coercion.ToText(context, separator);
        if (limit == 0) return Value.From(parts);
        if (between is null) return Value.From([text]);
        context.Bytes(2L * text.Length);
        if (between.Length == 0)
        {
            context.Step(text.Length);
            context.Items(2 * Math.Min(text.Length, limit), Math.Min(text.Length, limit));
            for (var i = 0; i < text.Length && parts.Count < limit; i++) parts.Add(Character(text[i]));
            return Value.From(parts);
        }
        context.Search(text.Length, between.Length);
        var from = 0;
        while (parts.Count < limit)
        {
            context.Step();
            context.Items(2, parts.Count + 1);
            var at = text.IndexOf(between, from, StringComparison.Ordinal);
            parts.Add(at < 0 ? text[from..] : text[from..at]);
            if (at < 0) break;
            from = at + between.Length;
        }
        return Value.From(parts);
    }

    private static Value Replace(Context context, string text, in Value sought, in Value replacement, bool all)
    {
        if (sought.Kind == ValueKind.RegExp) return ReplacePattern(context, text, (RegExpObject)sought.Reference!, replacement, all);
        var what = Coercion.ToText(context, sought);
        var with = replacement.Kind == ValueKind.Function ? null : Coercion.ToText(context, replacement);
        context.Search(text.Length, what.Length);
        var result = new StringBuilder();
        var from = 0;
        var searchFrom = 0;
        while (searchFrom <= text.Length)
        {
            var at = text.IndexOf(what, searchFrom, StringComparison.Ordinal);
            if (at < 0) break;
            context.Step();
            var put = with is null ? Coercion.ToText(context,
                ((FunctionObject)replacement.Reference!).Invoke(context, Value.Undefined, [what, at, text]))
                : Expand(context, with, text, at, what, [], null);
            context.Text((long)result.Length + (at - from) + put.Length);
            result.Append(text, from, at - from).Append(put);
            from = at + what.Length;
            searchFrom = what.Length == 0 ? at + 1 : from;
            if (!all) break;
        }
        if (from == 0 && result.Length == 0) return text;
        context.Text((long)result.Length + text.Length - from);
        return result.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>The text put for a match: <c>$&amp;</c>, <c>$1</c>, <c>$&lt;name&gt;</c>, <c>$`</c>, <c>$'</c> and <c>$$</c> filled in.</summary>
    private static string Expand(Context context, string template, string text, int at, string match,
        IReadOnlyList<string?> groups, Func<string, string?>? named)
    {
        if (!template.Contains('$')) return template;
        var result = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var next = i + 1 < template.Length ? template[i + 1] : '\0';
            if (template[i] != '$' || next == '\0') { result.Append(template[i]); continue; }
            context.Step();
            string? put = next switch { '$' => "$", '&' => match, '`' => text[..at], '\'' => text[(at + match.Length)..], _ => null };
            var used = 1;
            if (char.IsAsciiDigit(next))
            {
                var group = next - '0';
                if (i + 2 < template.Length && char.IsAsciiDigit(template[i + 2]) && group * 10 + template[i + 2] - '0' is var two && two >= 1
                    && two <= groups.Count) (group, used) = (two, 2);
                if (group >= 1 && group <= groups.Count) put = groups[group - 1] ?? "";
            }
            else if (next == '<' && named is not null && template.IndexOf('>', i) is > 0 and var end)
            {
                put = named(template[(i + 2)..end]) ?? "";
                used = end - i;
            }
            if (put is null) { result.Append('$'); continue; }
            context.Text((long)result.Length + put.Length);
            result.Append(put);
            i += used;
        }
        return result.ToString();
    }

    /// <summary>Lone surrogates replaced by U+FFFD, so that the text can be encoded.</summary>
    public static string ToWellFormed(string text)
    {
        StringBuilder? fixedText = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) { i++; continue; }
            (fixedText ??= new(text))[i] = '\uFFFD';
        }
        return fixedText?.ToString() ?? text;
    }
}

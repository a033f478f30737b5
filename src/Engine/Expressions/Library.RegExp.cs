using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>A RegExp: its pattern, and where the next search with flag g begins.</summary>
internal sealed class RegExpObject(RegExpPattern pattern)
{
    public RegExpPattern Pattern => pattern;
    public int LastIndex { get; set; }

    public Value Member(string name) => name switch
    {
        "source" => pattern.Source,
        "flags" => pattern.Flags,
        "lastIndex" => LastIndex,
        "global" => pattern.IsGlobal,
        "ignoreCase" => pattern.Flags.Contains('i'),
        "multiline" => pattern.Flags.Contains('m'),
        "dotAll" => pattern.Flags.Contains('s'),
        "unicode" => pattern.Flags.Contains('u'),
        "sticky" => false,
        _ => Value.Undefined,
    };

    public override string ToString() => $"/{pattern.Source}/{pattern.Flags}";
}

internal sealed class RegExpNode(RegExpObject prototype) : Node
{
    public override Value Evaluate(Frame frame)
    {
        frame.Context.Bytes(40);
        return Value.Make(ValueKind.RegExp, new RegExpObject(prototype.Pattern));
    }
}

/// <summary>What match and exec give: the texts, with index, input and groups beside.</summary>
internal sealed class MatchItems(int index, string input, Value groups) : List<Value>
{
    public Value Extra(string name) => name switch { "index" => index, "input" => input, "groups" => groups, _ => Value.Undefined };
}

internal static partial class Library
{
    private static RegExpObject RegExp(Context context, in Value self) =>
        self.Kind == ValueKind.RegExp ? (RegExpObject)self.Reference! : throw Error.Type(context, "The method works on regular expressions only");

    private static readonly NativeFunction[] RegExpMethods =
    [
        new("test", 1, (c, in self, a) => Next(c, RegExp(c, self), Coercion.ToText(c, a.At(0))) is not null),
        new("exec", 1, (c, in self, a) =>
        {
            var pattern = RegExp(c, self);
            var text = Coercion.ToText(c, a.At(0));
            return Next(c, pattern, text) is { } match ? ToValue(c, pattern.Pattern, match, text) : Value.Null;
        }),
    ];

    private static Value NewRegExp(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        var flags = args.At(1).Kind == ValueKind.Undefined ? null : Coercion.ToText(context, args[1]);
        if (args.At(0).Kind == ValueKind.RegExp && flags is null)
            return Value.Make(ValueKind.RegExp, new RegExpObject(RegExp(context, args[0]).Pattern));
        var source = args.At(0).Kind == ValueKind.RegExp ? RegExp(context, args[0]).Pattern.Source : args.At(0).Kind == ValueKind.Undefined ? "(?:)"
            : Coercion.ToText(context, args[0]);
        return Value.Make(ValueKind.RegExp, new RegExpObject(Compile(context, source.Length == 0 ? "(?:)" : source, flags ?? "")));
    }

    private static RegExpObject RegExpFrom(Context context, in Value value, string flags) =>
        value.Kind == ValueKind.RegExp ? (RegExpObject)value.Reference!
            : new(Compile(context, value.Kind == ValueKind.Undefined ? "(?:)" : Coercion.ToText(context, value), flags));

    private static RegExpPattern Compile(Context context, string source, string flags)
    {
        // building an automaton costs about this much
        context.Step(20_000);
        context.Bytes(100_000);
        context.CheckClock();
        try
        {
            return RegExpPattern.Compile(EscapeSlashes(source), flags);
        }
        catch (RegExpRefusal refusal)
        {
            throw Error.Syntax(context, refusal.Message);
        }
    }

    /// <summary>The pattern as it would stand between slashes.</summary>
    private static string EscapeSlashes(string source)
    {
        if (!source.Contains('/')) return source;
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '\\' && i + 1 < source.Length) result.Append(c).Append(source[++i]);
            else if (c == '/' && !inClass) result.Append("\\/");
            else
            {
                inClass = c == '[' || (inClass && c != ']');
                result.Append(c);
            }
        }
        return result.ToString();
    }

    /// <summary>test and exec: with flag g the search goes on behind the last match.</summary>
    private static RegExpMatch? Next(Context context, RegExpObject pattern, string text)
    {
        if (!pattern.Pattern.IsGlobal) return pattern.Pattern.Match(context, text, 0);
        var match = pattern.LastIndex > text.Length ? null : pattern.Pattern.Match(context, text, pattern.LastIndex);
        pattern.LastIndex = match?.End ?? 0;
        return match;
    }

    private static Value ToValue(Context context, RegExpPattern pattern, RegExpMatch match, string text)
    {
        context.Items(2 * match.Groups.Length + 4, match.Groups.Length);
        var items = new MatchItems(match.Index, text, NamedGroups(pattern, match)) { match.Text };
        foreach (var group in match.Groups) items.Add(group is null ? Value.Undefined : group);
        return Value.From(items);
    }

    private static Value NamedGroups(RegExpPattern pattern, RegExpMatch match)
    {
        if (pattern.GroupNames.All(name => name is null)) return Value.Undefined;
        var groups = new ValueObject();
        for (var i = 0; i < match.Groups.Length; i++)
        {
            if (pattern.GroupNames[i] is { } name) groups[name] = match.Groups[i] is { } text ? text : Value.Undefined;
        }
        return Value.From(groups);
    }

    private static IEnumerable<RegExpMatch> AllMatches(Context context, RegExpPattern pattern, string text)
    {
        for (var from = 0; from <= text.Length;)
        {
            if (pattern.Match(context, text, from) is not { } match) yield break;
            yield return match;
            from = match.Text.Length == 0 ? match.End + 1 : match.End;
        }
    }

    private static Value Match(Context context, string text, Value pattern, Value unused)
    {
        var expression = RegExpFrom(context, pattern, "");
        if (!expression.Pattern.IsGlobal)
            return expression.Pattern.Match(context, text, 0) is { } first ? ToValue(context, expression.Pattern, first, text) : Value.Null;
        var all = new List<Value>();
        foreach (var match in AllMatches(context, expression.Pattern, text))
        {
            context.Items(1, all.Count + 1);
            all.Add(match.Text);
        }
        expression.LastIndex = 0;
        return all.Count == 0 ? Value.Null : Value.From(all);
    }

    private static Value MatchAll(Context context, string text, Value pattern, Value unused)
    {
        var expression = RegExpFrom(context, pattern, "g");
        if (!expression.Pattern.IsGlobal) throw Error.Type(context, "String.prototype.matchAll called with a non-global RegExp argument");
        var all = new List<Value>();
        foreach (var match in AllMatches(context, expression.Pattern, text)) all.Add(ToValue(context, expression.Pattern, match, text));
        return Iterator(context, new ArrayIterator(context, all, Entry.Value), "RegExp String Iterator");
    }

    private static Value ReplacePattern(Context context, string text, RegExpObject expression, in Value replacement, bool all)
    {
        var pattern = expression.Pattern;
        if (all && !pattern.IsGlobal) throw Error.Type(context, "replaceAll must be called with a global RegExp");
        var function = replacement.Kind == ValueKind.Function ? (FunctionObject)replacement.Reference! : null;
        var template = function is null ? Coercion.ToText(context, replacement) : "";
        var result = new StringBuilder();
        var from = 0;
        foreach (var match in AllMatches(context, pattern, text))
        {
            var put = function is null
                ? Expand(context, template, text, match.Index, match.Text, match.Groups, pattern.GroupNames.Any(n => n is not null) ? name =>
                    Array.IndexOf(pattern.GroupNames, name) is >= 0 and var at ? match.Groups[at] : null : null)
                : Coercion.ToText(context, function.Invoke(context, Value.Undefined, Arguments(pattern, match, text)));
            context.TextLength((long)result.Length + match.Index - from + put.Length);
            context.Bytes(2L * (match.Index - from + put.Length));
            result.Append(text, from, match.Index - from).Append(put);
            from = match.End;
            if (!pattern.IsGlobal) break;
        }
        if (pattern.IsGlobal) expression.LastIndex = 0;
        context.Text((long)result.Length + text.Length - from);
        return result.Append(text, from, text.Length - from).ToString();
    }

    private static Value[] Arguments(RegExpPattern pattern, RegExpMatch match, string text)
    {
        List<Value> arguments = [match.Text, .. match.Groups.Select(g => g is null ? Value.Undefined : g), match.Index, text];
        var groups = NamedGroups(pattern, match);
        if (groups.Kind == ValueKind.Object) arguments.Add(groups);
        return [.. arguments];
    }

    private static Value SplitByPattern(Context context, string text, RegExpPattern pattern, uint limit)
    {
        var parts = new List<Value>();
        if (limit == 0) return Value.From(parts);
        if (text.Length == 0) return pattern.Match(context, text, 0) is { Text.Length: 0 } ? Value.From(parts) : Value.From([text]);
        var from = 0;
        foreach (var match in AllMatches(context, pattern, text))
        {
            // an empty match at the end of a part or of the text separates nothing
            if (match.Text.Length == 0 && (match.Index == from || match.Index >= text.Length)) continue;
            context.Items(2 + match.Groups.Length, parts.Count + 1 + match.Groups.Length);
            parts.Add(context.Charged(text[from..match.Index]));
            foreach (var group in match.Groups) parts.Add(group is null ? Value.Undefined : group);
            from = match.End;
            if (parts.Count >= limit) return Value.From(parts.GetRange(0, (int)limit));
        }
        parts.Add(context.Charged(text[from..]));
        return Value.From(parts.GetRange(0, (int)Math.Min(parts.Count, limit)));
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>Template to nodes, by recursive descent over tags. What does not exist here is refused by name (docs/expressions.md).</summary>
internal sealed partial class LiquidParser
{
    private const int MaxNesting = 100;

    private static readonly Dictionary<string, string> Refusals = new()
    {
        ["include"] = "there are no other templates; write the text here",
        ["render"] = "there are no other templates; write the text here",
        ["layout"] = "there are no other templates; write the text here",
        ["cycle"] = "use case on forloop.index0 with the filter modulo",
        ["tablerow"] = "write the table with for",
        ["increment"] = "use assign with the filter plus",
        ["decrement"] = "use assign with the filter minus",
        ["liquid"] = "write each tag in its own {% %}",
        ["echo"] = "write {{ }}",
    };

    private readonly string _source;
    private readonly LiquidScanner _scanner;
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly List<(string Name, int Position)> _used = [];
    private int _nesting;

    public LiquidParser(string source)
    {
        if (source.Length > Parser.MaxSourceLength) throw new ExpressionSyntaxException(
            $"The template is longer than {Parser.MaxSourceLength:N0} characters; keep long texts in variables", 1, 1);
        (_source, _scanner) = (source, new LiquidScanner(source));
    }

    public LiquidNode[] ParseTemplate()
    {
        try
        {
            var nodes = ParseBody(null, 0, out _);
            foreach (var (name, position) in _used)
            {
                if (_declared.Contains(name) || LiquidPath.Roots.Contains(name)) continue;
                throw new Refusal(name is "Configuration" ? "Configuration is not available to templates; give the value as a workflow input"
                    : $"'{name}' is not known here; write Variables.{name} or Input.{name}, or assign it first", position);
            }
            return nodes;
        }
        catch (Refusal refusal)
        {
            throw refusal.With(_source);
        }
    }

    /// <summary>Nodes up to a tag that ends or divides the block, whose name is then current.</summary>
    private LiquidNode[] ParseBody(string? block, int opened, out string end, params ReadOnlySpan<string> dividers)
    {
        var nodes = new List<LiquidNode>();
        while (true)
        {
            var text = _scanner.ReadText(out var hasTag);
            if (text.Length > 0) nodes.Add(new LiquidText(text));
            if (!hasTag)
            {
                end = "";
                return block is null ? [.. nodes] : throw new Refusal($"'{block}' is not closed; write {{% end{block} %}}", opened);
            }
            if (_scanner.IsOutput)
            {
                if (_scanner.Current.Type == LiquidTokenType.End) continue;
                nodes.Add(new LiquidOutput(ParseFiltered()));
                EndTag();
                continue;
            }
            var name = _scanner.Current;
            if (name.Type == LiquidTokenType.Name && block is not null && (name.Text == "end" + block || dividers.Contains(name.Text)))
            {
                _scanner.Take();
                end = name.Text;
                return [.. nodes];
            }
            if (ParseTag() is { } node) nodes.Add(node);
        }
    }

    private LiquidNode? ParseTag()
    {
        if (_scanner.Current.Is("#"))
        {
            _scanner.SkipTag();
            return null;
        }
        var name = _scanner.Take();
        if (name.Type != LiquidTokenType.Name) throw new Refusal("Expected the name of a tag", name.Start);
        switch (name.Text)
        {
            case "if": return Nested(name, () => ParseIf(name, isUnless: false));
            case "unless": return Nested(name, () => ParseIf(name, isUnless: true));
            case "case": return Nested(name, () => ParseCase(name));
            case "for": return Nested(name, () => ParseFor(name));
            case "capture":
                var captured = Declare();
                EndTag();
                var body = Nested(name, () => ParseBody("capture", name.Start, out _));
                EndTag();
                return new LiquidCapture(captured, body);
            case "assign":
                var assigned = Declare();
                Expect("=");
                var value = ParseFiltered();
                EndTag();
                return new LiquidAssign(assigned, value);
            case "break":
                EndTag();
                return new LiquidLeaveTag(LiquidLeave.Break);
            case "continue":
                EndTag();
                return new LiquidLeaveTag(LiquidLeave.Continue);
            case "comment":
                _scanner.SkipTag();
                _scanner.ReadUntil("endcomment", name.Start);
                EndTag();
                return null;
            case "raw":
                EndTag();
                var raw = _scanner.ReadUntil("endraw", name.Start);
                EndTag();
                return new LiquidText(raw);
            default:
                throw new Refusal(Refusals.TryGetValue(name.Text, out var instead) ? $"The tag '{name.Text}' is not in the grammar; {instead}"
                    : name.Text.StartsWith("end", StringComparison.Ordinal) || name.Text is "else" or "elsif" or "when"
                        ? $"'{name.Text}' closes or divides nothing that is open here"
                    : $"There is no tag '{name.Text}'; there are assign, capture, case, comment, for, if, raw and unless", name.Start);
        }
    }

    private LiquidIf ParseIf(LiquidToken opening, bool isUnless)
    {
        var condition = ParseCondition();
        var branches = new List<LiquidBranch>();
        LiquidValue? next = isUnless ? new LiquidNot(condition) : condition;
        while (true)
        {
            EndTag();
            var body = next is null ? ParseBody(opening.Text, opening.Start, out var end)
                : ParseBody(opening.Text, opening.Start, out end, "elsif", "else");
            branches.Add(new(next, body));
            if (end.StartsWith("end", StringComparison.Ordinal)) break;
            next = end == "elsif" ? ParseCondition() : null;
        }
        EndTag();
        return new([.. branches]);
    }

    private LiquidCase ParseCase(LiquidToken opening)
    {
        var subject = ParseFiltered();
        EndTag();
        ParseBody("case", opening.Start, out var end, "when", "else"); // what stands before the first when is never written
        var whens = new List<LiquidWhen>();
        while (end != "endcase")
        {
            List<LiquidValue>? values = null;
            if (end == "when")
            {
                values = [ParseValue()];
                while (_scanner.Current.Is(",") || _scanner.Current.IsName("or"))
                {
                    _scanner.Take();
                    values.Add(ParseValue());
                }
            }
            EndTag();
            whens.Add(new(values is null ? null : [.. values], ParseBody("case", opening.Start, out end, "when", "else")));
        }
        EndTag();
        return new(subject, [.. whens]);
    }

    private LiquidFor ParseFor(LiquidToken opening)
    {
        var name = Declare();
        if (!_scanner.Current.IsName("in")) throw Unexpected("'in'");
        _scanner.Take();
        var list = ParseValue();
        LiquidValue? limit = null, offset = null;
        var isReversed = false;
        while (_scanner.Current.Type != LiquidTokenType.End)
        {
            if (_scanner.Current.Is(",")) _scanner.Take();
            var option = _scanner.Take();
            if (option.IsName("reversed"))
            {
                isReversed = true;
                continue;
            }
            if (!option.IsName("limit") && !option.IsName("offset"))
                throw new Refusal($"Unexpected '{option.Text}': for takes limit, offset and reversed", option.Start);
            Expect(":");
            var number = ParseValue();
            if (option.Text == "limit") limit = number;
            else offset = number;
        }
        EndTag();
        var body = ParseBody("for", opening.Start, out var end, "else");
        EndTag();
        var otherwise = end == "else" ? ParseBody("for", opening.Start, out _) : [];
        if (end == "else") EndTag();
        return new(name, list, limit, offset, isReversed, body, otherwise);
    }

    private string Declare()
    {
        var name = _scanner.Take();
        if (name.Type != LiquidTokenType.Name) throw new Refusal("Expected a name", name.Start);
        if (LiquidPath.Roots.Contains(name.Text))
            throw new Refusal($"'{name.Text}' cannot be assigned: it is what the process has; choose another name", name.Start);
        _declared.Add(name.Text);
        return name.Text;
    }

    private T Nested<T>(LiquidToken opening, Func<T> parse)
    {
        if (++_nesting > MaxNesting) throw new Refusal($"Nested more than {MaxNesting} levels deep", opening.Start);
        var result = parse();
        _nesting--;
        return result;
    }

    private void EndTag()
    {
        if (_scanner.Current.Type != LiquidTokenType.End) throw Unexpected("the end of the tag");
    }

    private void Expect(string mark)
    {
        if (!_scanner.Current.Is(mark)) throw Unexpected($"'{mark}'");
        _scanner.Take();
    }

    private Refusal Unexpected(string expected) =>
        new($"Unexpected {(_scanner.Current.Type == LiquidTokenType.End ? "end of the tag" : $"'{_scanner.Current.Text}'")}: expected {expected}",
        _scanner.Current.Start);
}

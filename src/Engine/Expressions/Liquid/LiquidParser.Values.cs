namespace CrmFlow.Engine.Expressions;

internal sealed partial class LiquidParser
{
    /// <summary>A value and the filters behind it.</summary>
    private LiquidValue ParseFiltered()
    {
        var value = ParseValue();
        if (!_scanner.Current.Is("|")) return value;
        var filters = new List<LiquidFilterCall>();
        while (_scanner.Current.Is("|"))
        {
            _scanner.Take();
            filters.Add(ParseFilter());
        }
        return new LiquidFiltered(value, [.. filters]);
    }

    private LiquidFilterCall ParseFilter()
    {
        var name = _scanner.Take();
        if (name.Type != LiquidTokenType.Name) throw new Refusal("Expected the name of a filter behind '|'", name.Start);
        if (LiquidFilters.Find(name.Text) is not { } filter) throw new Refusal(LiquidFilters.Unknown(name.Text), name.Start);
        var arguments = new List<LiquidValue>();
        if (_scanner.Current.Is(":"))
        {
            do
            {
                _scanner.Take();
                // default: x, allow_false: true — the only argument Liquid names
                if (_scanner.Current.IsName("allow_false") && name.Text == "default")
                {
                    _scanner.Take();
                    Expect(":");
                }
                else if (name.Text == "divided_by" && _scanner.Current is { Type: LiquidTokenType.Number } divisor && divisor.Text.Contains('.'))
                    filter = LiquidFilters.DividedExactly;
                arguments.Add(ParseValue());
            }
            while (_scanner.Current.Is(","));
        }
        if (arguments.Count < filter.Least || arguments.Count > filter.Most)
            throw new Refusal(
                $"The filter '{name.Text}' takes {(filter.Least == filter.Most ? $"{filter.Least}" : $"{filter.Least} to {filter.Most}")} values behind its colon, not {arguments.Count}", name.Start);
        return new(filter, [.. arguments], name.Start);
    }

    private LiquidValue ParseCondition()
    {
        var conditions = new List<LiquidValue> { ParseComparison() };
        var ands = new List<bool>();
        while (_scanner.Current.IsName("and") || _scanner.Current.IsName("or"))
        {
            ands.Add(_scanner.Take().Text == "and");
            conditions.Add(ParseComparison());
        }
        return ands.Count == 0 ? conditions[0] : new LiquidLogic([.. conditions], [.. ands]);
    }

    private LiquidValue ParseComparison()
    {
        var left = ParseFiltered();
        var token = _scanner.Current;
        if (!token.IsName("contains") && !(token.Type == LiquidTokenType.Mark && token.Text is "==" or "!=" or "<>" or "<" or "<=" or ">" or ">="))
            return left;
        _scanner.Take();
        return new LiquidComparison(left, token.Text, ParseFiltered());
    }

    private LiquidValue ParseValue()
    {
        var token = _scanner.Take();
        switch (token.Type)
        {
            case LiquidTokenType.Number: return new LiquidLiteral(Value.From(token.Number));
            case LiquidTokenType.Text: return new LiquidLiteral(token.Text);
            case LiquidTokenType.Name:
                switch (token.Text)
                {
                    case "true": return new LiquidLiteral(true);
                    case "false": return new LiquidLiteral(false);
                    case "nil" or "null": return new LiquidLiteral(Value.Null);
                    case "empty": return new LiquidNothing(isBlank: false);
                    case "blank": return new LiquidNothing(isBlank: true);
                }
                _used.Add((token.Text, token.Start));
                return new LiquidPath(token.Text, ParseMembers());
        }
        if (!token.Is("(")) throw new Refusal(
            $"Unexpected {(token.Type == LiquidTokenType.End ? "end of the tag" : $"'{token.Text}'")}: expected a value", token.Start);
        return Nested(token, () =>
        {
            var from = ParseValue();
            if (!_scanner.Current.Is(".."))
                throw Unexpected("'..': parentheses hold a range such as (1..5); conditions are read from the right without them");
            _scanner.Take();
            var to = ParseValue();
            Expect(")");
            return new LiquidRange(from, to);
        });
    }

    private LiquidValue[] ParseMembers()
    {
        var members = new List<LiquidValue>();
        while (true)
        {
            if (_scanner.Current.Is("."))
            {
                _scanner.Take();
                var name = _scanner.Take();
                if (name.Type != LiquidTokenType.Name) throw new Refusal("Expected the name of a member behind '.'", name.Start);
                members.Add(new LiquidLiteral(name.Text));
            }
            else if (_scanner.Current.Is("["))
            {
                var bracket = _scanner.Take();
                members.Add(Nested(bracket, ParseValue));
                Expect("]");
            }
            else return [.. members];
        }
    }
}

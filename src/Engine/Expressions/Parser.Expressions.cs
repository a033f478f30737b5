namespace CrmFlow.Engine.Expressions;

internal sealed partial class Parser
{
    private static readonly Dictionary<string, (int Precedence, Operator Operator)> BinaryOperators = new()
    {
        ["??"] = (1, Operator.Coalesce), ["||"] = (2, Operator.Or), ["&&"] = (3, Operator.And),
        ["|"] = (4, Operator.BitOr), ["^"] = (5, Operator.BitXor), ["&"] = (6, Operator.BitAnd),
        ["=="] = (7, Operator.Equal), ["!="] = (7, Operator.NotEqual), ["==="] = (7, Operator.StrictEqual), ["!=="] = (7, Operator.StrictNotEqual),
        ["<"] = (8, Operator.Less), ["<="] = (8, Operator.LessOrEqual), [">"] = (8, Operator.Greater), [">="] = (8, Operator.GreaterOrEqual),
        ["<<"] = (9, Operator.ShiftLeft), [">>"] = (9, Operator.ShiftRight), [">>>"] = (9, Operator.ShiftRightUnsigned),
        ["+"] = (10, Operator.Add), ["-"] = (10, Operator.Subtract),
        ["*"] = (11, Operator.Multiply), ["/"] = (11, Operator.Divide), ["%"] = (11, Operator.Remainder),
        ["**"] = (12, Operator.Power),
    };

    private static readonly Dictionary<string, Operator> Compounds = BinaryOperators
        .Where(b => b.Value.Precedence is not (7 or 8)).ToDictionary(b => b.Key + "=", b => b.Value.Operator);

    /// <summary>Offsets of <c>{ a = 1 }</c> not yet known to be a pattern.</summary>
    private readonly List<int> _coverDefaults = [];

    private Node ParseExpression(bool allowIn = true)
    {
        var first = ParseAssignment(allowIn);
        if (!Current.Is(",")) return first;
        var parts = new List<Node> { first };
        while (TryTake(",")) parts.Add(ParseAssignment(allowIn));
        return new Sequence([.. parts]);
    }

    private Node ParseAssignment(bool allowIn = true) => Nested(() => ParseAssignmentCore(allowIn));

    private Node ParseAssignmentCore(bool allowIn)
    {
        var start = Current;
        if (IsArrow()) return ParseFunctionRest("", start.Start, isArrow: true, isExpression: true, allowIn);
        var pending = _coverDefaults.Count;
        var left = ParseConditional(allowIn);
        if (Current.Type != TokenType.Punctuator) return left;
        if (Current.Is("="))
        {
            if (left is ArrayNode or ObjectNode)
            {
                _next++;
                _coverDefaults.RemoveRange(pending, _coverDefaults.Count - pending);
                var pattern = ToPattern(left, start);
                return new PatternAssignment(pattern, ParseAssignment(allowIn));
            }
            var target = ToTarget(left, start);
            _next++;
            var value = ParseAssignment(allowIn);
            if (left is Identifier identifier) NameFunction(value, identifier.Name);
            return new Assignment(target, value);
        }
        if (!Compounds.TryGetValue(Current.Text, out var compound)) return left;
        var place = ToTarget(left, start);
        _next++;
        return new CompoundAssignment(compound, place, ParseAssignment(allowIn));
    }

    /// <summary>A name and =>, or parentheses with => behind them.</summary>
    private bool IsArrow()
    {
        if (Current.Type == TokenType.Name) return Ahead(1).Is("=>") && !Refused.IsReserved(Current.Text);
        if (!Current.Is("(")) return false;
        var depth = 0;
        for (var at = _next; at < _tokens.Count; at++)
        {
            var token = _tokens[at];
            if (token.Type != TokenType.Punctuator) continue;
            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}" && --depth == 0) return _tokens[at + 1].Is("=>");
        }
        return false;
    }

    private Node ParseConditional(bool allowIn)
    {
        var test = ParseBinary(0, allowIn);
        if (!TryTake("?")) return test;
        var then = ParseAssignment();
        Expect(":", "in the conditional");
        var otherwise = ParseAssignment(allowIn);
        Higher();
        return new Conditional(test, then, otherwise);
    }

    private Node ParseBinary(int above, bool allowIn)
    {
        var start = Current;
        var left = ParseUnary();
        Operator? mixed = null;
        while (true)
        {
            var token = Current;
            int precedence;
            Operator op;
            if (token.Type == TokenType.Name && token.Text is "in" or "instanceof")
            {
                if (token.Text == "in" && !allowIn) return left;
                (precedence, op) = (8, Operator.In);
            }
            else if (token.Type != TokenType.Punctuator || !BinaryOperators.TryGetValue(token.Text, out var known)) return left;
            else (precedence, op) = known;
            if (precedence <= above) return left;
            _next++;
            if (op == Operator.Power && left is Unary && !start.Is("("))
                throw new Refusal("A sign before ** is ambiguous; use parentheses: (-a) ** b or -(a ** b)", token.Start);
            if (op is Operator.Coalesce or Operator.Or or Operator.And && mixed is { } other
                && (op == Operator.Coalesce) != (other == Operator.Coalesce))
                throw new Refusal("?? cannot be mixed with || or && without parentheses", token.Start);
            if (token.Text == "instanceof")
            {
                left = ParseInstanceOf(left);
                continue;
            }
            var rightStart = Current;
            var right = op == Operator.Power ? ParseBinary(11, allowIn) : ParseBinary(precedence, allowIn);
            if (op == Operator.Coalesce && right is Logical && !rightStart.Is("("))
                throw new Refusal("?? cannot be mixed with || or && without parentheses", token.Start);
            Higher();
            if (op >= Operator.And) (left, mixed) = (new Logical(op, left, right), op);
            else left = new Binary(op, left, right);
        }
    }

    private InstanceOf ParseInstanceOf(Node left)
    {
        var type = Take();
        if (type.Type != TokenType.Name || type.Text is "Math" or "JSON" || !(Library.IsNamespace(type.Text) || type.Text == "Function"))
            throw new Refusal("instanceof needs Array, Date, Map, Set, RegExp, Object, Function or an Error type", type.Start);
        Higher();
        return new(left, type.Text);
    }

    private Node ParseUnary()
    {
        var token = Current;
        if (token.Type == TokenType.Punctuator)
        {
            switch (token.Text)
            {
                case "!" or "-" or "+" or "~":
                    _next++;
                    var operand = Nested(ParseUnary);
                    Higher();
                    return new Unary(token.Text[0], operand);
                case "++" or "--":
                    _next++;
                    var start = Current;
                    var target = ToTarget(Nested(ParseUnary), start);
                    return new Increment(target, token.Text == "++" ? 1 : -1, isPrefix: true);
            }
        }
        else if (token.Type == TokenType.Name)
        {
            switch (token.Text)
            {
                case "typeof":
                    _next++;
                    // the one place where an unknown name is no error
                    if (Current.Type == TokenType.Name && !Refused.IsReserved(Current.Text) && !IsMemberNext() && Unknown(Current.Text))
                        { _next++; return new Literal("undefined"); }
                    return new Unary('t', Nested(ParseUnary));
                case "void":
                    _next++;
                    return new Unary('v', Nested(ParseUnary));
                case "delete":
                    _next++;
                    var start = Current;
                    if (Nested(ParseUnary) is not Member member)
                        throw new Refusal("delete needs a member: delete object.name; to forget a process variable set it to null", start.Start);
                    _mayMutate = true;
                    return new Delete(member);
                case "await":
                    throw new Refusal(Refused.Keyword("await")!, token.Start);
            }
        }
        return ParsePostfix();
    }

    private bool IsMemberNext() => Ahead(1).Type == TokenType.Punctuator && Ahead(1).Text is "." or "[" or "(" or "?.";

    private bool Unknown(string name)
    {
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            if (scope.Find(name) is not null) return false;
        }
        // it may still be declared further down
        return !_tokens.Any(t => t.IsName(name) && t.Start != Current.Start) && !_hostFunctions.Contains(name)
            && name is not ("args" or "NaN" or "Infinity" or "undefined" or "variables") && Accessors.Generated(name) is null
            && !Library.IsNamespace(name) && Library.Global(name) is null;
    }

    private Node ParsePostfix()
    {
        var start = Current;
        var operand = ParseChain();
        if (Current is not { Type: TokenType.Punctuator, Text: "++" or "--", NewLineBefore: false }) return operand;
        var target = ToTarget(operand, start);
        return new Increment(target, Take().Text == "++" ? 1 : -1, isPrefix: false);
    }

    /// <summary>A primary expression and the members, indexes and calls behind it.</summary>
    private Node ParseChain()
    {
        var node = Current.IsName("new") ? ParseNew() : ParsePrimary();
        var hasOptional = false;
        while (true)
        {
            var token = Current;
            if (token.Type == TokenType.Template && _source[token.Start] == '`')
                throw new Refusal("Tagged templates are not in the grammar; call the function with the text", token.Start);
            if (token.Type != TokenType.Punctuator || token.Text is not ("." or "?." or "[" or "(")) break;
            Higher();
            var optional = token.Text == "?.";
            hasOptional |= optional;
            if (optional || token.Text == ".") _next++;
            if (token.Text == "(" || (optional && Current.Is("("))) node = ParseCall(node, optional, token.Start);
            else if (token.Text == "[" || (optional && Current.Is("["))) node = ParseIndex(node, optional, token.Start);
            else node = new Member(node, new Literal(ParseMemberName()), optional, token.Start);
        }
        return hasOptional ? new OptionalChain(node) : node;
    }

    private string ParseMemberName()
    {
        var name = Take();
        if (name.Type != TokenType.Name) throw new Refusal("Expected the name of a member after the dot", name.Start);
        return CheckMemberName(name.Text, name.Start);
    }

    /// <summary>Refuses what no value has here, and notes the methods that change what they are called on.</summary>
    private string CheckMemberName(string name, int at)
    {
        if (Refused.MemberName(name) is { } reason) throw new Refusal(reason, at);
        if (Library.IsMutating(name)) _mayMutate = true;
        return name;
    }

    private Member ParseIndex(Node node, bool optional, int position)
    {
        Expect("[", "");
        var key = ParseExpression();
        Expect("]", "after the index");
        // which method a computed name calls is not known here
        if (Current.Is("(") || Current.Is("?.")) _mayMutate = true;
        if (key is Literal { Value.Kind: ValueKind.String } literal) CheckMemberName(literal.Value.String, position);
        return new(node, key, optional, position);
    }

    /// <summary>A language that is written out is refused here, not when the program runs.</summary>
    private static void CheckLocale(Node callee, Node[] arguments, Token open)
    {
        if (callee is not Member { Key: Literal { Value: { Kind: ValueKind.String, String: var name } } }) return;
        var at = name switch { "localeCompare" => 1, "toLocaleString" or "toLocaleDateString" or "toLocaleTimeString" => 0, _ => -1 };
        if (at < 0 || at >= arguments.Length || arguments[at] is not Literal { Value: { Kind: ValueKind.String, String: var locale } }) return;
        if (!Library.IsLocale(locale)) throw new Refusal($"'{locale}' is no language of {name}: {Library.LocaleRefusal}", open.Start);
    }

    private Node ParseCall(Node callee, bool optional, int position)
    {
        var from = Current;
        var arguments = ParseArguments();
        CheckLocale(callee, arguments, from);
        if (!optional && callee is Literal { Value: { Kind: ValueKind.Function, Reference: NativeFunction native } })
            return new NativeCall(native, arguments, position);
        return new Call(callee, arguments, optional, position);
    }

    private Node[] ParseArguments()
    {
        Expect("(", "to begin the arguments");
        var arguments = new List<Node>();
        while (!TryTake(")"))
        {
            arguments.Add(TryTake("...") ? new Spread(ParseAssignment()) : ParseAssignment());
            if (!Current.Is(")")) Expect(",", "between arguments");
        }
        return [.. arguments];
    }
}

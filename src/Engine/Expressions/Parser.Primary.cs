namespace CrmFlow.Engine.Expressions;

internal sealed partial class Parser
{
    private Node ParsePrimary()
    {
        var token = Take();
        _nodes++;
        switch (token.Type)
        {
            case TokenType.Number: return new Literal(Value.From(token.Number));
            case TokenType.String: return new Literal(token.Text);
            case TokenType.Template: return ParseTemplate(token);
            case TokenType.RegExp: return RegExpNode(token);
            case TokenType.Name: return ParseName(token);
            case TokenType.Punctuator:
                switch (token.Text)
                {
                    case "(":
                        var inner = ParseExpression();
                        Expect(")", "to close the parenthesis");
                        return inner;
                    case "[": return ParseArray(token.Start);
                    case "{": return ParseObject(token.Start);
                }
                break;
        }
        if (token.Type != TokenType.End) _next--;
        throw Unexpected("expected a value");
    }

    private Node ParseName(Token name)
    {
        switch (name.Text)
        {
            case "true": return new Literal(Value.True);
            case "false": return new Literal(Value.False);
            case "null": return new Literal(Value.Null);
            case "undefined": return new Literal(Value.Undefined);
            case "NaN": return new Literal(Value.From(double.NaN));
            case "Infinity": return new Literal(Value.From(double.PositiveInfinity));
            case "function":
                if (Current.Is("*")) throw new Refusal(Refused.Keyword("yield")!, name.Start);
                var own = "";
                if (!Current.Is("("))
                {
                    CheckName(Current);
                    own = Take().Text;
                }
                return ParseFunctionRest(own, name.Start, isArrow: false, isExpression: true);
            case "variables": return ParseVariable(name);
            case "this": return ParseThis(name);
        }
        if (Refused.Keyword(name.Text) is { } reason) throw new Refusal(reason, name.Start);
        if (Refused.IsReserved(name.Text))
        {
            _next--;
            throw Unexpected("expected a value");
        }
        return Library.IsNamespace(name.Text) ? ParseNamespace(name) : Use(name.Text, name.Start);
    }

    /// <summary><c>Math.max</c>, <c>Object.keys</c>, <c>Number</c>: known here and now, since these names cannot be declared.</summary>
    private Literal ParseNamespace(Token name)
    {
        if (Current.Is(".") && Ahead(1).Type == TokenType.Name)
        {
            var member = Ahead(1);
            _next += 2;
            CheckMemberName(member.Text, member.Start);
            return Library.Static(name.Text, member.Text) is { } value ? new(value)
                : throw new Refusal($"{name.Text}.{member.Text} is not in the grammar; docs/expressions.md lists what is", member.Start);
        }
        return Library.Global(name.Text) is { } function ? new(function)
            : throw new Refusal(
            $"{name.Text} cannot be used alone here; {(name.Text is "Map" or "Set" ? $"write new {name.Text}()" : $"write {name.Text}. and one of its functions")}", name.Start);
    }

    private VariableMember ParseVariable(Token token)
    {
        if (TryTake(".") || TryTake("?."))
        {
            if (!Current.Is("["))
            {
                var name = Take();
                if (name.Type != TokenType.Name) throw new Refusal("Expected the name of a variable after the dot", name.Start);
                return new(new Literal(name.Text));
            }
        }
        if (!TryTake("[")) throw new Refusal("variables is not a value of its own; write variables.Name or variables['Name']", token.Start);
        var key = ParseExpression();
        Expect("]", "after the name of the variable");
        return new(key is Literal { Value.Kind: not ValueKind.String } ? new TemplateNode(["", ""], [key]) : key);
    }

    private Identifier ParseThis(Token token)
    {
        for (var scope = _scope; scope is not null; scope = scope.Parent)
        {
            if (!scope.IsFunctionTop || scope.Function.IsArrow || scope.Parent is null) continue;
            scope.Function.This ??= scope.Declare("this", token.Start, lexical: false, parameterSlot: scope.Function.NewSlot());
            return Use("this", token.Start);
        }
        throw new Refusal(Refused.Name("this"), token.Start);
    }

    private TemplateNode ParseTemplate(Token first)
    {
        var chunks = new List<string> { first.Text };
        var holes = new List<Node>();
        for (var chunk = first; !chunk.IsLastChunk;)
        {
            holes.Add(ParseExpression());
            chunk = Take();
            if (chunk.Type != TokenType.Template) throw new Refusal("Expected '}' after the value in the template", chunk.Start);
            chunks.Add(chunk.Text);
        }
        return new([.. chunks], [.. holes]);
    }

    private static RegExpNode RegExpNode(Token token)
    {
        try
        {
            return new(new(RegExpPattern.Compile(token.Text, token.Flags)));
        }
        catch (RegExpRefusal refusal)
        {
            throw new Refusal(refusal.Message, token.Start);
        }
    }

    private NativeCall ParseNew()
    {
        var start = Take();
        var name = Take();
        if (name.Type != TokenType.Name || Library.Constructor(name.Text) is not { } constructor)
            throw new Refusal(Refused.Keyword(name.Text) ?? (name.Text is "Promise" or "Proxy" or "Function" or "WeakMap" or "WeakSet" or "WeakRef"
                or "Uint8Array" or "ArrayBuffer" ? Refused.Name(name.Text)
                : name.IsName("target") || name.Is(".") ? "new.target is not in the grammar"
                    : $"new {name.Text} is not in the grammar; new makes Date, Map, Set, Array, Object, RegExp and errors, a function that returns an object makes the rest"), start.Start);
        return new(constructor, Current.Is("(") ? ParseArguments() : [], start.Start);
    }

    private ArrayNode ParseArray(int position)
    {
        var items = new List<Node?>();
        while (!TryTake("]"))
        {
            if (TryTake(",")) { items.Add(null); continue; }
            items.Add(TryTake("...") ? new Spread(ParseAssignment()) : ParseAssignment());
            if (!Current.Is("]")) Expect(",", "between items");
        }
        // [, a] is a pattern or a hole; which, the = behind it tells
        if (items.Contains(null)) _coverHoles.Add(position);
        return new([.. items], position);
    }

    private ObjectNode ParseObject(int position)
    {
        var members = new List<MemberNode>();
        while (!TryTake("}"))
        {
            members.Add(TryTake("...") ? new(null, ParseAssignment(), null) : ParseMember());
            if (!Current.Is("}")) Expect(",", "between members");
        }
        return new([.. members], position);
    }

    private MemberNode ParseMember()
    {
        var first = Current;
        if (first.Is("*")) throw new Refusal(Refused.Keyword("yield")!, first.Start);
        if (first.Type == TokenType.Name && first.Text is "get" or "set" or "async"
            && Ahead(1) is { Type: TokenType.Name or TokenType.String or TokenType.Number } or { Text: "[", Type: TokenType.Punctuator })
            throw new Refusal(first.Text == "async" ? Refused.Keyword("async")!
                : "Getters and setters are not in the grammar; use an ordinary member or a function", first.Start);
        var key = ParseKey();
        if (TryTake(":"))
        {
            if (key is Literal { Value: { Kind: ValueKind.String, String: "__proto__" } })
                throw new Refusal(Refused.MemberName("__proto__")!, first.Start);
            var value = ParseAssignment();
            if (key is Literal name) NameFunction(value, name.Value.ToText()!);
            return new(key, value, null);
        }
        if (Current.Is("("))
        {
            var name = (key as Literal)?.Value.ToText() ?? "";
            return new(key, Nested(() => ParseFunctionRest(name, first.Start, isArrow: false, isExpression: false)), null);
        }
        if (first.Type != TokenType.Name || Refused.IsReserved(first.Text)) throw Unexpected("expected ':' after the name of the member");
        if (first.Text == "variables")
            throw new Refusal("variables is not a value of its own; write variables.Name or variables['Name']", first.Start);
        _next--;
        var shorthand = ParseName(Take());
        if (!Current.Is("=")) return new(key, shorthand, null);
        _coverDefaults.Add(first.Start);
        _next++;
        return new(key, shorthand, ParseAssignment());
    }

    private Node ParseKey()
    {
        var token = Take();
        switch (token.Type)
        {
            case TokenType.Name or TokenType.String: return new Literal(token.Text);
            case TokenType.Number: return new Literal(NumberText.Of(token.Number));
        }
        if (!token.Is("["))
        {
            if (token.Type != TokenType.End) _next--;
            throw Unexpected("expected the name of a member");
        }
        var key = ParseAssignment();
        Expect("]", "after the computed name");
        return key;
    }
}

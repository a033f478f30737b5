namespace CrmFlow.Engine.Expressions;

internal sealed partial class Parser
{
    private int _loops, _switches, _functionDepth;

    private Statement ParseStatement()
    {
        var token = Current;
        if (token.Is("{")) return ParseBlock();
        if (TryTake(";")) return EmptyStatement.Instance;
        if (token.Type != TokenType.Name) return ParseExpressionStatement();
        if (Ahead(1).Is(":") && !Refused.IsReserved(token.Text)) return ParseLabeled();
        switch (token.Text)
        {
            case "const" or "var":
            case "let" when Ahead(1) is { Type: TokenType.Name, Text: not ("in" or "instanceof") }
                or { Text: "[" or "{", Type: TokenType.Punctuator }:
                var declaration = ParseDeclaration(inFor: false);
                EndStatement();
                return declaration;
            case "function": return ParseFunctionDeclaration();
            case "if": return Nested(ParseIf);
            case "for": return Nested(ParseFor);
            case "while": return Nested(ParseWhile);
            case "do": return Nested(ParseDo);
            case "switch": return Nested(ParseSwitch);
            case "try": return Nested(ParseTry);
            case "return": return ParseReturn();
            case "throw": return ParseThrow();
            case "break" or "continue": return ParseJump();
            default: return ParseExpressionStatement();
        }
    }

    /// <summary>The labels in scope, innermost last. Those of a loop may be continued.</summary>
    private List<(string Name, bool IsLoop)> _labels = [];

    private Statement ParseLabeled()
    {
        var token = Current;
        var next = Ahead(2);
        var isLoop = next.Type == TokenType.Name && next.Text is "for" or "while" or "do";
        var isLabel = next.Type == TokenType.Name && Ahead(3).Is(":");
        if (!isLoop && !isLabel && !next.Is("{") && !(next.Type == TokenType.Name && next.Text is "if" or "switch" or "try"))
        {
            throw new Refusal(_next > 0 && _tokens[_next - 1].Is("{")
                ? "A statement that starts with { is a block; put an object in parentheses: ({ name: value })"
                : "A label stands before a loop, a block or a choice; put an object in parentheses: ({ name: value })", token.Start);
        }
        CheckName(token);
        if (_labels.Exists(l => l.Name == token.Text)) throw new Refusal($"The label '{token.Text}' is there already", token.Start);
        _next += 2;
        return Nested(() =>
        {
            _labels.Add((token.Text, LoopFollows()));
            var body = ParseStatement();
            _labels.RemoveAt(_labels.Count - 1);
            if (body is not LoopStatement loop) return new LabeledStatement(token.Text, body);
            loop.Labels.Add(token.Text);
            return body;
        });
    }

    /// <summary>Behind further labels too.</summary>
    private bool LoopFollows()
    {
        var at = 0;
        while (Ahead(at).Type == TokenType.Name && Ahead(at + 1).Is(":")) at += 2;
        return Ahead(at) is { Type: TokenType.Name, Text: "for" or "while" or "do" };
    }

    private Statement ParseExpressionStatement()
    {
        var from = _nodes;
        if (Current.Is("{")) return ParseBlock();
        var expression = ParseExpression();
        EndStatement();
        return new ExpressionStatement(expression, _functionDepth == 0, Weight(from));
    }

    /// <summary>What an execution of the nodes parsed since is charged.</summary>
    private int Weight(int from) => Math.Max(1, _nodes - from);

    private Block ParseBlock() => Nested(() =>
    {
        var scope = new Scope(_scope, _scope.Function, isFunctionTop: false);
        return InScope(scope, () => new Block(ParseBody(), scope.Plan));
    });

    private Statement[] ParseBody()
    {
        var open = Expect("{", "to begin the block");
        var body = new List<Statement>();
        while (!Current.Is("}"))
        {
            if (Current.Type == TokenType.End) throw new Refusal("The block does not end: '}' is missing", open.Start);
            body.Add(ParseStatement());
        }
        Take();
        return [.. body];
    }

    /// <summary>The body of if and loops, where a declaration would have no block to live in.</summary>
    private Statement ParseSubStatement()
    {
        if (Current.Type == TokenType.Name && Current.Text is "const" or "let" or "function" && Ahead(1).Type == TokenType.Name)
            throw new Refusal($"A {Current.Text} declaration needs a block here; put it in braces", Current.Start);
        return ParseStatement();
    }

    private DeclarationStatement ParseDeclaration(bool inFor)
    {
        var from = _nodes;
        var keyword = Take().Text;
        var declarators = new List<Declarator>();
        do
        {
            var start = Current;
            var bindings = new List<Binding>();
            var pattern = ParseBindingPattern(keyword, bindings);
            Node? value = null;
            if (TryTake("="))
            {
                value = ParseAssignment(allowIn: !inFor);
                NameFunction(value, start.Text);
            }
            else if (!(inFor && (Current.IsName("of") || Current.IsName("in"))))
            {
                if (keyword == "const") throw new Refusal($"const {start.Text} needs a value", start.Start);
                if (start.Is("{") || start.Is("[")) throw new Refusal("A destructuring declaration needs a value", start.Start);
            }
            foreach (var binding in bindings) binding.DeclaredAt = Current.Start;
            declarators.Add(new(pattern, value));
        } while (TryTake(","));
        return new([.. declarators], keyword == "var", Weight(from));
    }

    private static void NameFunction(Node? value, string name)
    {
        if (value is FunctionNode { Name: "" } function) function.Name = name;
    }

    /// <summary>The scope a declared name belongs to: var to the function, the rest to the block.</summary>
    private Binding Declare(string keyword, Token name)
    {
        CheckName(name);
        var scope = _scope;
        if (keyword == "var")
        {
            for (; !scope.IsFunctionTop; scope = scope.Parent!)
            {
                if (scope.Find(name.Text) is { IsLexical: true }) throw new Refusal($"'{name.Text}' is declared twice in this block", name.Start);
            }
        }
        return scope.Declare(name.Text, name.Start, keyword != "var", keyword == "const");
    }

    private static void CheckName(Token name)
    {
        if (name.Type != TokenType.Name) throw new Refusal($"Expected a name, not '{name.Text}'", name.Start);
        if (Refused.Keyword(name.Text) is { } reason) throw new Refusal(reason, name.Start);
        if (Refused.IsReserved(name.Text)) throw new Refusal($"'{name.Text}' is a word of the language and cannot be a name", name.Start);
        if (Library.IsNamespace(name.Text) || name.Text is "variables" or "eval" or "arguments")
            throw new Refusal($"'{name.Text}' has a meaning of its own; choose another name", name.Start);
    }

    private EmptyStatement ParseFunctionDeclaration()
    {
        var start = Current;
        if (Ahead(1).Is("*")) throw new Refusal(Refused.Keyword("yield")!, start.Start);
        var name = Ahead(1);
        CheckName(name);
        // in the function's own block it may be redeclared like a var, in others it belongs to the block
        var binding = _scope.Declare(name.Text, name.Start, lexical: !_scope.IsFunctionTop);
        var identifier = Use(name.Text, name.Start, isDeclaration: true);
        _next += 2;
        var code = Nested(() => ParseFunctionRest(name.Text, start.Start, isArrow: false, isExpression: false));
        _scope.Plan.Functions.Add((identifier, code));
        binding.DeclaredAt = start.Start;
        return EmptyStatement.Instance;
    }

    private Node ParseTest(string where)
    {
        Expect("(", where);
        var test = ParseExpression();
        Expect(")", "after the condition");
        return test;
    }

    private IfStatement ParseIf()
    {
        var from = _nodes;
        Take();
        var test = ParseTest("after if");
        var weight = Weight(from);
        var then = ParseSubStatement();
        var otherwise = TryTakeName("else") ? ParseSubStatement() : null;
        return new(test, then, otherwise, weight);
    }

    private SwitchStatement ParseSwitch()
    {
        var from = _nodes;
        Take();
        var subject = ParseTest("after switch");
        var scope = new Scope(_scope, _scope.Function, isFunctionTop: false, isSwitch: true);
        return InScope(scope, () =>
        {
            Expect("{", "to begin the cases");
            _switches++;
            var cases = new List<SwitchCase>();
            while (!TryTake("}"))
            {
                Node? test = null;
                if (TryTakeName("case")) test = ParseExpression();
                else if (!TryTakeName("default")) throw Unexpected("expected case or default");
                else if (cases.Any(c => c.Test is null)) throw new Refusal("A switch has one default only", _tokens[_next - 1].Start);
                Expect(":", "after the case");
                var body = new List<Statement>();
                while (!Current.Is("}") && !Current.IsName("case") && !Current.IsName("default"))
                {
                    if (Current.Type == TokenType.End) throw Unexpected("expected '}' to end the switch");
                    body.Add(ParseStatement());
                }
                cases.Add(new(test, [.. body]));
            }
            _switches--;
            return new SwitchStatement(subject, [.. cases], scope.Plan, Weight(from));
        });
    }

    private TryStatement ParseTry()
    {
        Take();
        var body = ParseBlock();
        BlockPlan? plan = null;
        Pattern? parameter = null;
        Block? handler = null;
        if (TryTakeName("catch"))
        {
            var scope = new Scope(_scope, _scope.Function, isFunctionTop: false);
            plan = scope.Plan;
            handler = InScope(scope, () =>
            {
                if (TryTake("("))
                {
                    var bindings = new List<Binding>();
                    parameter = ParseBindingPattern("let", bindings);
                    foreach (var binding in bindings) binding.DeclaredAt = Current.Start;
                    Expect(")", "after the name of the error");
                }
                return ParseBlock();
            });
        }
        var finalizer = TryTakeName("finally") ? ParseBlock() : null;
        if (handler is null && finalizer is null) throw Unexpected("expected catch or finally after the block of try");
        return new(body, plan, parameter, handler, finalizer);
    }

    private ReturnStatement ParseReturn()
    {
        var from = _nodes;
        Take();
        var value = Current.Is(";") || Current.Is("}") || Current.Type == TokenType.End || Current.NewLineBefore ? null : ParseExpression();
        EndStatement();
        return new(value, Weight(from));
    }

    private ThrowStatement ParseThrow()
    {
        var from = _nodes;
        var position = Take().Start;
        if (Current.NewLineBefore) throw new Refusal("throw needs its value on the same line", Current.Start);
        var value = ParseExpression();
        EndStatement();
        return new(value, position, Weight(from));
    }

    private JumpStatement ParseJump()
    {
        var token = Take();
        var isBreak = token.Text == "break";
        string? label = null;
        if (Current is { Type: TokenType.Name, NewLineBefore: false } && !Refused.IsReserved(Current.Text))
        {
            var name = Take();
            label = name.Text;
            var at = _labels.FindIndex(l => l.Name == label);
            if (at < 0) throw new Refusal($"There is no label '{label}' around this {token.Text}", name.Start);
            if (!isBreak && !_labels[at].IsLoop) throw new Refusal($"continue needs the label of a loop, and '{label}' is none", name.Start);
        }
        else if (_loops == 0 && !(isBreak && _switches > 0))
            throw new Refusal($"{token.Text} is outside a loop{(isBreak ? " or switch" : "")}", token.Start);
        EndStatement();
        return new(isBreak ? Flow.Break : Flow.Continue, label);
    }
}

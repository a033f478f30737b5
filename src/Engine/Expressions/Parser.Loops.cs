namespace CrmFlow.Engine.Expressions;

internal sealed partial class Parser
{
    private Statement ParseLoopBody()
    {
        _loops++;
        var body = ParseSubStatement();
        _loops--;
        return body;
    }

    private WhileStatement ParseWhile()
    {
        var from = _nodes;
        Take();
        var test = ParseTest("after while");
        var weight = Weight(from);
        return new(test, ParseLoopBody(), testsFirst: true, weight);
    }

    private WhileStatement ParseDo()
    {
        Take();
        var body = ParseLoopBody();
        if (!TryTakeName("while")) throw Unexpected("expected while after the body of do");
        var from = _nodes;
        var test = ParseTest("after while");
        TryTake(";");
        return new(test, body, testsFirst: false, Weight(from));
    }

    private Statement ParseFor()
    {
        Take();
        if (Current.IsName("await")) throw new Refusal(Refused.Keyword("await")!, Current.Start);
        Expect("(", "after for");
        var scope = new Scope(_scope, _scope.Function, isFunctionTop: false);
        return InScope<Statement>(scope, () =>
        {
            var from = _nodes;
            Statement? start = null;
            Pattern? pattern = null;
            List<Binding> bindings = [];
            var first = Current;
            var declares = first.Type == TokenType.Name && (first.Text is "const" or "var"
                || (first.Text == "let"
                && Ahead(1) is { Type: TokenType.Name, Text: not ("in" or "of") } or { Type: TokenType.Punctuator, Text: "[" or "{" }));
            if (declares)
            {
                if (ForEachFollowsPattern())
                {
                    var keyword = Take().Text;
                    pattern = ParseBindingPattern(keyword, bindings);
                }
                else start = ParseDeclaration(inFor: true);
            }
            else if (!Current.Is(";"))
            {
                var expression = ParseExpression(allowIn: false);
                if (Current.IsName("of") || Current.IsName("in")) pattern = ToPattern(expression, first);
                else start = new ExpressionStatement(expression, false, Weight(from));
            }
            if (pattern is not null)
            {
                var overNames = Take().Text == "in";
                var subject = overNames ? ParseExpression() : ParseAssignment();
                // the items cannot use what each of them will be called
                foreach (var binding in bindings) binding.DeclaredAt = Current.Start;
                Expect(")", "after the items of for");
                var weight = Weight(from);
                return new ForEachStatement(pattern, declares, subject, overNames, ParseLoopBody(), scope.Plan, weight);
            }
            Expect(";", "after the start of for");
            var test = Current.Is(";") ? null : ParseExpression();
            Expect(";", "after the condition of for");
            var update = Current.Is(")") ? null : ParseExpression();
            Expect(")", "after the parts of for");
            var turn = Weight(from);
            return new ForStatement(start, test, update, ParseLoopBody(), scope.Plan, turn);
        });
    }

    /// <summary>After the keyword of a declaration: one name or pattern, then of or in.</summary>
    private bool ForEachFollowsPattern()
    {
        var at = _next + 1;
        var depth = 0;
        do
        {
            var token = _tokens[at++];
            if (token.Type is TokenType.End or TokenType.Refused) return false;
            if (token.Is("{") || token.Is("[")) depth++;
            else if (token.Is("}") || token.Is("]")) depth--;
        } while (depth > 0);
        return _tokens[at].IsName("of") || _tokens[at].IsName("in");
    }
}

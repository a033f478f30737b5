namespace CrmFlow.Engine.Expressions;

internal sealed partial class Parser
{
    /// <summary>Offsets of <c>[, a]</c> not yet known to be a pattern.</summary>
    private readonly List<int> _coverHoles = [];

    /// <summary>Parameters and body, from the parameters on.</summary>
    private FunctionNode ParseFunctionRest(string name, int start, bool isArrow, bool isExpression, bool allowIn = true)
    {
        var function = new FunctionScope(_scope.Function, isArrow);
        var scope = new Scope(_scope, function, isFunctionTop: true);
        var (loops, switches, labels) = (_loops, _switches, _labels);
        (_loops, _switches, _labels) = (0, 0, []);
        _functionDepth++;
        var code = InScope(scope, () =>
        {
            var from = _nodes;
            var (parameters, hasRest) = ParseParameters(scope, isArrow);
            Statement[] body = [];
            Node? expression = null;
            if (isArrow)
            {
                if (Expect("=>", "after the parameters").NewLineBefore) throw new Refusal("=> must be on the line of its parameters", Current.Start);
                if (Current.Is("{")) body = ParseBody();
                else expression = ParseAssignment(allowIn);
            }
            else body = ParseBody();
            // a function expression can call itself by its name, unless a parameter or declaration has taken it
            if (isExpression && name.Length > 0 && scope.Find(name) is null)
                function.Self = scope.Declare(name, start, lexical: false, parameterSlot: function.NewSlot());
            var firstOptional = parameters.FindIndex(p => p.Default is not null);
            var node = new FunctionNode
            {
                Name = name,
                Source = _source[start.._tokens[_next - 1].End],
                Parameters = [.. parameters],
                HasRest = hasRest,
                Length = firstOptional >= 0 ? firstOptional : parameters.Count - (hasRest ? 1 : 0),
                Weight = Weight(from),
                Scope = function,
            };
            node.Seal(body, expression, scope.Plan);
            return node;
        });
        _functionDepth--;
        (_loops, _switches, _labels) = (loops, switches, labels);
        _functions.Add(code);
        return code;
    }

    private (List<Parameter> Parameters, bool HasRest) ParseParameters(Scope scope, bool isArrow)
    {
        var parameters = new List<Parameter>();
        if (isArrow && Current.Type == TokenType.Name)
        {
            parameters.Add(new(DeclareParameter(scope, Take(), scope.Function.NewSlot()), null, null));
            return (parameters, false);
        }
        Expect("(", "to begin the parameters");
        // arguments arrive in the first slots, in their order, before any name inside a pattern gets one
        var slots = Enumerable.Range(0, CountParameters()).Select(_ => scope.Function.NewSlot()).ToArray();
        var hasRest = false;
        while (!TryTake(")"))
        {
            hasRest = TryTake("...");
            var slot = slots[parameters.Count];
            Identifier? name = null;
            Pattern? pattern = null;
            var bindings = new List<Binding>();
            if (Current.Is("[") || Current.Is("{")) pattern = ParseBindingPattern("let", bindings);
            else name = DeclareParameter(scope, Take(), slot);
            Node? defaultValue = null;
            if (TryTake("="))
            {
                if (hasRest) throw new Refusal("A rest parameter has no default", Current.Start);
                defaultValue = ParseAssignment();
                NameFunction(defaultValue, name?.Name ?? "");
            }
            foreach (var binding in bindings) binding.DeclaredAt = Current.Start;
            parameters.Add(new(name, pattern, defaultValue));
            if (hasRest && !Current.Is(")")) throw new Refusal("A rest parameter must be the last", Current.Start);
            if (!Current.Is(")")) Expect(",", "between parameters");
        }
        return (parameters, hasRest);
    }

    private Identifier DeclareParameter(Scope scope, Token name, int slot)
    {
        CheckName(name);
        if (scope.Find(name.Text) is not null) throw new Refusal($"Two parameters are called '{name.Text}'", name.Start);
        scope.Declare(name.Text, name.Start, lexical: false, parameterSlot: slot);
        return Use(name.Text, name.Start, isDeclaration: true);
    }

    private int CountParameters()
    {
        var (depth, count) = (1, 1);
        for (var at = _next; at < _tokens.Count; at++)
        {
            var token = _tokens[at];
            if (token.Type != TokenType.Punctuator) continue;
            if (token.Text is "(" or "[" or "{") depth++;
            else if (token.Text is ")" or "]" or "}" && --depth == 0) break;
            else if (token.Text == "," && depth == 1) count++;
        }
        return count;
    }

    private Pattern ParseBindingPattern(string keyword, List<Binding> bindings) => Nested<Pattern>(() =>
    {
        if (Current.Is("[")) return ParseArrayPattern(keyword, bindings);
        if (Current.Is("{")) return ParseObjectPattern(keyword, bindings);
        var name = Take();
        var binding = Declare(keyword, name);
        // until its declaration ends, every use is too early
        binding.DeclaredAt = int.MaxValue;
        bindings.Add(binding);
        return new TargetPattern(Use(name.Text, name.Start, isDeclaration: true));
    });

    private ArrayPattern ParseArrayPattern(string keyword, List<Binding> bindings)
    {
        Take();
        var items = new List<PatternItem>();
        Pattern? rest = null;
        while (!TryTake("]"))
        {
            if (TryTake(",")) { items.Add(default); continue; }
            if (TryTake("..."))
            {
                rest = ParseBindingPattern(keyword, bindings);
                Expect("]", "after the rest of the pattern");
                break;
            }
            var pattern = ParseBindingPattern(keyword, bindings);
            items.Add(new(null, pattern, TryTake("=") ? ParseAssignment() : null));
            if (!Current.Is("]")) Expect(",", "between the parts of the pattern");
        }
        return new([.. items], rest);
    }

    private ObjectPattern ParseObjectPattern(string keyword, List<Binding> bindings)
    {
        Take();
        var members = new List<PatternItem>();
        Pattern? rest = null;
        while (!TryTake("}"))
        {
            if (TryTake("..."))
            {
                rest = ParseBindingPattern(keyword, bindings);
                Expect("}", "after the rest of the pattern");
                break;
            }
            var first = Current;
            var key = ParseKey();
            if (key is Literal literal) CheckMemberName(literal.Value.ToText()!, first.Start);
            if (!TryTake(":")) _next--;
            var pattern = ParseBindingPattern(keyword, bindings);
            members.Add(new(key, pattern, TryTake("=") ? ParseAssignment() : null));
            if (!Current.Is("}")) Expect(",", "between the parts of the pattern");
        }
        return new([.. members], rest);
    }

    /// <summary>What was read as a value stands left of an assignment.</summary>
    private Target ToTarget(Node node, Token start)
    {
        switch (node)
        {
            case Identifier { Name: "this" }: break;
            case Identifier identifier:
                // only declared names can be assigned to; what is declared is known at the end of the block
                _assigned.Add(identifier);
                return identifier;
            case Member member:
                _mayMutate = true;
                return member;
            case VariableMember variable: return variable;
            case OptionalChain: throw new Refusal("Nothing can be assigned to an optional chain (?.)", start.Start);
        }
        throw new Refusal("Only names, members and variables can be assigned to", start.Start);
    }

    private readonly HashSet<Identifier> _assigned = [];

    private Pattern ToPattern(Node node, Token start)
    {
        switch (node)
        {
            case ArrayNode array:
                _coverHoles.Remove(array.Position);
                var rest = array.Items is [.., Spread last] ? ToPattern(last.Operand, start) : null;
                var items = rest is null ? array.Items : array.Items[..^1];
                return new ArrayPattern([.. items.Select(item => item is null ? default : ToItem(null, item, null, start))], rest);
            case ObjectNode literal:
                var restMember = literal.Members is [.., { Key: null }] ? ToPattern(literal.Members[^1].Value, start) : null;
                var members = restMember is null ? literal.Members : literal.Members[..^1];
                _coverDefaults.RemoveAll(at => at >= literal.Position);
                foreach (var member in members)
                {
                    if (member.Key is Literal key) CheckMemberName(key.Value.ToText()!, literal.Position);
                }
                return new ObjectPattern([.. members.Select(m =>
                    ToItem(m.Key ?? throw new Refusal("The rest of a pattern must be its last part", start.Start), m.Value, m.Default, start))],
                    restMember);
            case Spread: throw new Refusal("The rest of a pattern must be its last part", start.Start);
            default: return new TargetPattern(ToTarget(node, start));
        }
    }

    /// <summary>In a pattern, an assignment inside the literal was a default.</summary>
    private PatternItem ToItem(Node? key, Node value, Node? defaultValue, Token start) => value switch
    {
        Assignment assignment => new(key, new TargetPattern(assignment.Target), assignment.Value),
        PatternAssignment assignment => new(key, assignment.Pattern, assignment.Value),
        _ => new(key, ToPattern(value, start), defaultValue),
    };
}

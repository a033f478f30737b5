namespace CrmFlow.Engine.Expressions;

/// <summary>
/// Source to a resolved <see cref="Program"/>, by recursive descent. Every use of a name finds its slot here; every name of the library finds its
/// function.
/// What is outside the grammar is refused with a sentence that says what to write instead (<see cref="Refused"/>).
/// </summary>
internal sealed partial class Parser
{
    public const int MaxSourceLength = 65_536;
    /// <summary>Nodes above each other; each costs stack when it is evaluated.</summary>
    private const int MaxHeight = 300;
    /// <summary>Brackets, blocks and functions inside each other; each costs stack when it is parsed.</summary>
    private const int MaxNesting = 100;

    private readonly string _source;
    private readonly IReadOnlyCollection<string> _hostFunctions;
    private readonly List<Token> _tokens;
    private readonly List<Scope> _scopes = [];
    private readonly List<Identifier> _identifiers = [];
    private readonly List<FunctionNode> _functions = [];
    private int _next;
    private int _nodes;
    private int _height;
    private int _nesting;
    private bool _mayMutate;
    private Scope _scope;

    public Parser(string source, IReadOnlyCollection<string> hostFunctions)
    {
        (_source, _hostFunctions) = (source, hostFunctions);
        if (source.Length > MaxSourceLength) throw new ExpressionSyntaxException(
            $"The expression is longer than {MaxSourceLength:N0} characters; move parts of it into variables or an activity", 1, 1);
        _tokens = new Lexer(source).Read();
        _scope = new(null, new(null, isArrow: false), isFunctionTop: true);
        _scopes.Add(_scope);
    }

    public Program ParseProgram()
    {
        try
        {
            var top = _scope;
            var body = new List<Statement>();
            while (Current.Type != TokenType.End) body.Add(ParseStatement());
            if (_coverDefaults.Count > 0)
                throw new Refusal("A default inside braces is only possible in destructuring; write name: value", _coverDefaults[0]);
            if (_coverHoles.Count > 0) throw new Refusal("Arrays have no holes here; write undefined", _coverHoles[0]);
            top.Close(ResolveGlobal);
            foreach (var identifier in _identifiers) identifier.Link();
            foreach (var function in _functions) function.Link();
            foreach (var scope in _scopes) scope.Plan.Seal(scope);
            return new(_source, [.. body], top.Function, top.Plan, _nodes, _mayMutate);
        }
        catch (Refusal refusal)
        {
            throw refusal.With(_source);
        }
    }

    private Token Current => _tokens[_next];
    private Token Ahead(int count) => _tokens[Math.Min(_next + count, _tokens.Count - 1)];

    private Token Take()
    {
        var token = _tokens[_next];
        if (token.Type == TokenType.Refused) throw new Refusal(token.Text, token.Start);
        if (token.Type != TokenType.End) _next++;
        return token;
    }

    private bool TryTake(string punctuator)
    {
        if (!Current.Is(punctuator)) return false;
        _next++;
        return true;
    }

    private bool TryTakeName(string name)
    {
        if (!Current.IsName(name)) return false;
        _next++;
        return true;
    }

    private Token Expect(string punctuator, string where)
    {
        if (Current.Is(punctuator)) return Take();
        throw Unexpected($"expected '{punctuator}' {where}");
    }

    private Refusal Unexpected(string expected)
    {
        var token = Current;
        if (token.Type == TokenType.Refused) return new(token.Text, token.Start);
        return new(token.Type == TokenType.End ? $"The expression ends too early: {expected}" : $"Unexpected '{token.Text}': {expected}",
            token.Start);
    }

    /// <summary>The end of a statement: a semicolon, or a place where JavaScript inserts one.</summary>
    private void EndStatement()
    {
        if (TryTake(";") || Current.Is("}") || Current.Type == TokenType.End || Current.NewLineBefore) return;
        throw Unexpected("expected an operator, ';' or a new line");
    }

    /// <summary>Parses something nested, bounding how deep the parser and later the evaluation go.</summary>
    private T Nested<T>(Func<T> parse)
    {
        if (++_nesting > MaxNesting) throw new Refusal($"Nested more than {MaxNesting} levels deep; give parts a name with const", Current.Start);
        var outer = _height;
        _height = 0;
        var result = parse();
        Higher();
        _height = Math.Max(outer, _height);
        _nesting--;
        return result;
    }

    /// <summary>A node was put on top of those just parsed.</summary>
    private void Higher()
    {
        _nodes++;
        if (++_height > MaxHeight)
            throw new Refusal(
            $"Too many operators in one expression (more than {MaxHeight} above each other); give parts a name with const, or join an array",
            Current.Start);
    }

    private T InScope<T>(Scope scope, Func<T> parse)
    {
        var outer = _scope;
        _scope = scope;
        _scopes.Add(scope);
        var result = parse();
        scope.Close(ResolveGlobal);
        _scope = outer;
        return result;
    }

    private Identifier Use(string name, int position, bool isDeclaration = false)
    {
        var identifier = new Identifier(name, _scope.Function, position) { IsDeclaration = isDeclaration };
        _identifiers.Add(identifier);
        _scope.Use(identifier);
        return identifier;
    }

    /// <summary>A name no scope declares: a name of the library, a generated accessor, or a refusal.</summary>
    private void ResolveGlobal(Identifier identifier)
    {
        var name = identifier.Name;
        if (_assigned.Contains(identifier))
            throw new Refusal($"'{name}' is not declared; write let {name} = …, or variables.{name} = … for a process variable", identifier.Position);
        if (name == "args") identifier.FixArguments();
        else if (_hostFunctions.Contains(name)) identifier.Fix(new HostFunction(name).AsValue());
        else if (Library.Global(name) is { } value) identifier.Fix(value);
        else if (!Refused.IsKnownName(name) && Accessors.Generated(name) is { } accessor) identifier.Fix(accessor.AsValue());
        else throw new Refusal(Refused.Name(name), identifier.Position);
    }
}

namespace CrmFlow.Engine.Expressions;

/// <summary>A declared name.</summary>
internal sealed class Binding(string name, FunctionScope function, int slot)
{
    public string Name => name;
    public FunctionScope Function => function;
    public int Slot => slot;
    /// <summary>Used by a function made inside the declaring one, so its slot holds a <see cref="Cell"/>.</summary>
    public bool Captured { get; set; }
    public bool IsConstant { get; init; }
    /// <summary>let, const: not readable before its declaration, fresh at every entry of its block.</summary>
    public bool IsLexical { get; init; }
    public bool IsParameter { get; init; }
    /// <summary>Some use might run before the declaration, so the slot starts with a hole.</summary>
    public bool NeedsCheck { get; set; }
    /// <summary>Offset where the declaration ends.</summary>
    public int DeclaredAt { get; set; }
}

/// <summary>The slots of one function and what it takes from those around it.</summary>
internal sealed class FunctionScope(FunctionScope? parent, bool isArrow)
{
    private readonly Dictionary<Binding, int> _captured = [];

    public FunctionScope? Parent => parent;
    public bool IsArrow => isArrow;
    public int Slots { get; private set; }
    /// <summary>Where each captured cell comes from when the function is made: a slot of the enclosing frame, or a capture of it.</summary>
    public List<(bool FromSlot, int Index)> Captures { get; } = [];
    public Binding? This { get; set; }
    public Binding? Self { get; set; }

    public int NewSlot() => Slots++;

    public int Capture(Binding binding)
    {
        if (_captured.TryGetValue(binding, out var index)) return index;
        (bool, int) source = parent == binding.Function ? (true, binding.Slot) : (false, parent!.Capture(binding));
        Captures.Add(source);
        return _captured[binding] = Captures.Count - 1;
    }
}

/// <summary>A block while it is parsed: its names, the uses not yet resolved, and the plan its node runs at entry.</summary>
internal sealed class Scope(Scope? parent, FunctionScope function, bool isFunctionTop, bool isSwitch = false)
{
    private readonly Dictionary<string, Binding> _names = [];
    private readonly List<Identifier> _uses = [];

    public Scope? Parent => parent;
    public FunctionScope Function => function;
    public bool IsFunctionTop => isFunctionTop;
    public BlockPlan Plan { get; } = new();

    public Binding? Find(string name) => _names.GetValueOrDefault(name);
    public IEnumerable<Binding> Bindings => _names.Values;

    public Binding Declare(string name, int at, bool lexical, bool constant = false, int? parameterSlot = null)
    {
        if (_names.TryGetValue(name, out var existing))
        {
            if (lexical || existing.IsLexical) throw new Refusal($"'{name}' is declared twice in this block", at);
            return existing;
        }
        return _names[name] = new(name, function, parameterSlot ?? function.NewSlot()) { IsLexical = lexical, IsConstant = constant,
            IsParameter = parameterSlot is not null, DeclaredAt = at, NeedsCheck = isSwitch && lexical };
    }

    public void Use(Identifier identifier) => _uses.Add(identifier);

    /// <summary>The block ends: its uses find their declaration here or wait for the enclosing block.</summary>
    public void Close(Action<Identifier> unresolved)
    {
        foreach (var use in _uses)
        {
            if (_names.TryGetValue(use.Name, out var binding)) Bind(use, binding);
            else if (parent is not null) parent.Use(use);
            else unresolved(use);
        }
    }

    private static void Bind(Identifier use, Binding binding)
    {
        if (use.Function != binding.Function) binding.Captured = true;
        if (binding.IsLexical && (use.Function != binding.Function || use.Position < binding.DeclaredAt) && !use.IsDeclaration)
            binding.NeedsCheck = true;
        use.Binding = binding;
    }
}

/// <summary>
/// What a block does at entry: make its names fresh and its function declarations callable. Filled when the whole program is resolved.
/// </summary>
internal sealed class BlockPlan
{
    private int[] _holes = [], _cells = [], _holeCells = [], _parameters = [];
    private (Identifier Name, FunctionNode Code)[] _functions = [];

    public List<(Identifier Name, FunctionNode Code)> Functions { get; } = [];
    public bool IsEmpty { get; private set; }
    /// <summary>Loop variables captured by functions need a fresh cell for each turn.</summary>
    public bool HasCells => _cells.Length + _holeCells.Length > 0;

    public void Seal(Scope scope)
    {
        var bindings = scope.Bindings.ToList();
        _holes = Slots(b => b.IsLexical && b is { Captured: false, NeedsCheck: true });
        _cells = Slots(b => b is { Captured: true, IsParameter: false } && !(b.IsLexical && b.NeedsCheck));
        _holeCells = Slots(b => b is { Captured: true, IsLexical: true, NeedsCheck: true });
        _parameters = Slots(b => b is { Captured: true, IsParameter: true });
        _functions = [.. Functions];
        IsEmpty = _holes.Length + _cells.Length + _holeCells.Length + _parameters.Length + _functions.Length == 0;

        int[] Slots(Func<Binding, bool> which) => [.. bindings.Where(which).Select(b => b.Slot)];
    }

    public void Enter(Frame frame)
    {
        if (IsEmpty) return;
        foreach (var slot in _parameters) frame.Slots[slot] = Marker.Of(new(frame.Slots[slot]));
        foreach (var slot in _holes) frame.Slots[slot] = Marker.Hole;
        foreach (var slot in _cells) frame.Slots[slot] = Marker.Of(new(Value.Undefined));
        foreach (var slot in _holeCells) frame.Slots[slot] = Marker.Of(new(Marker.Hole));
        foreach (var (name, code) in _functions) name.Initialize(frame, code.Evaluate(frame));
    }

    /// <summary>The next turn of a loop gets cells of its own that start with the values of the last.</summary>
    public void Renew(Frame frame)
    {
        foreach (var slot in _cells) frame.Slots[slot] = Marker.Of(new(frame.CellAt(slot).Value));
        foreach (var slot in _holeCells) frame.Slots[slot] = Marker.Of(new(frame.CellAt(slot).Value));
    }
}

namespace CrmFlow.Runtime;

/// <summary>What a refusal means to the caller; the numbers are the HTTP statuses it becomes.</summary>
public enum ProblemKind { Invalid = 400, Forbidden = 403, NotFound = 404, Conflict = 409, Refused = 422, TooMany = 429, Unavailable = 503 }

/// <summary>
/// A refusal a person can cause. <paramref name="Key"/> names a text in both languages that says what was refused, why (with the value) and the way
/// out;
/// <paramref name="Args"/> fill its placeholders. One line beside the slice that refuses.
/// </summary>
public abstract record Problem(string Key, params object?[] Args)
{
    public ProblemKind Kind { get; init; } = ProblemKind.Refused;
    /// <summary>The form field it concerns, as the form names it; null for the request as a whole.</summary>
    public string? Field { get; init; }
    /// <summary>What else was refused of the same form: it is told everything at once.</summary>
    public IReadOnlyList<Problem> Also { get; init; } = [];
    public IEnumerable<Problem> All => [this, .. Also];

    /// <summary>The refusals as one: the first, and the others with it; null when there are none.</summary>
    public static Problem? Together(IEnumerable<Problem?> refusals) =>
        refusals.OfType<Problem>().SelectMany(p => p.All).Select(p => p with { Also = [] }).ToList() is [var first, .. var others]
        ? first with { Also = others } : null;
}

/// <summary>Unseen and absent are the same answer: a caller never learns that a record outside its scope exists.</summary>
public sealed record NotFound : Problem
{
    public NotFound() : base("problem.not-found") => Kind = ProblemKind.NotFound;
}

/// <summary>Nothing, or the refusal.</summary>
public readonly struct Result
{
    private Result(Problem problem) => Problem = problem;
    public static readonly Result Ok = default;
    public Problem? Problem { get; }
    public bool Failed => Problem is not null;
    public static implicit operator Result(Problem problem) => new(problem);
}

/// <summary>A value, or the refusal.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;
    private Result(T value) => _value = value;
    private Result(Problem problem) => Problem = problem;
    public Problem? Problem { get; }
    public bool Failed => Problem is not null;
    /// <summary>The value; throws when failed, because then the caller forgot to look.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException($"The result failed: {Problem.Key}");
    public static implicit operator Result<T>(T value) => new(value);
    public static implicit operator Result<T>(Problem problem) => new(problem);
}

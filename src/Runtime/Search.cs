namespace CrmFlow.Runtime;

/// <summary>
/// One kind of record the search finds. Registered by its module with <c>services.AddSearch&lt;T&gt;()</c>; scoped to the actor by the module itself,
/// as its lists are.
/// </summary>
public interface ISearchSource
{
    /// <summary>Text key of the heading its hits stand under.</summary>
    string Heading { get; }

    int Order { get; }

    /// <summary>The best hits for a trimmed, non-empty text; empty when the actor may see none.</summary>
    Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct);
}

/// <param name="Note">A second line: number, type, state; literal text.</param>
/// <param name="Links">Every operation possible on the record from here (R-NAV-1): text key and address.</param>
public sealed record SearchHit(string Href, string Title, string Note, IReadOnlyList<(string Text, string Href)> Links);

/// <summary>Hits of one kind.</summary>
public sealed record SearchGroup(string Heading, IReadOnlyList<SearchHit> Hits);

/// <summary>The search of the shell: asks every registered source. Each source applies the actor's own scope.</summary>
public sealed class SearchEverything(WorkflowRuntime runtime, IEnumerable<ISearchSource> sources)
{
    public static readonly Operation Operation = new("Search.Everything", Access.SignedIn);

    /// <summary>How many hits a kind shows.</summary>
    public const int PerKind = 8;

    /// <param name="text">What was typed; at most 100 characters of it count. Blank finds nothing.</param>
    public Task<Result<IReadOnlyList<SearchGroup>>> HandleAsync(Actor actor, string? text, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<SearchGroup>>(Operation, actor, async db =>
        {
            var wanted = (text ?? "").Trim();
            if (wanted.Length > 100) wanted = wanted[..100];
            List<SearchGroup> groups = [];
            if (wanted.Length == 0) return groups;
            foreach (var source in sources.OrderBy(s => s.Order))
            {
                var hits = await source.FindAsync(db, actor, wanted, PerKind, ct);
                if (hits.Count > 0) groups.Add(new SearchGroup(source.Heading, hits));
            }
            return groups;
        }, ct);

    /// <summary>A LIKE pattern that finds the text anywhere; use with the escape character <c>\</c>.</summary>
    public static string Pattern(string text) => "%" + text.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
}

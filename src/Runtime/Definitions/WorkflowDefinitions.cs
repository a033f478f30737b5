using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>The compiled graphs of published versions, by version id. A published version never changes, so neither does what is kept here.</summary>
internal sealed class WorkflowDefinitions(ActivityCatalog catalog, BusinessTime time)
{
    private readonly ConcurrentDictionary<string, CompiledWorkflow> _compiled = new();
    private readonly ConcurrentDictionary<string, Activation> _activation = new();

    /// <summary>The business time zone, in which triggers of the clock count.</summary>
    public TimeZoneInfo Zone => time.Zone;

    /// <summary>The published version of a definition. Asked of the table each time: another host may have published.</summary>
    public async Task<CompiledWorkflow?> PublishedAsync(CommandTransaction transaction, string definitionId, CancellationToken ct)
    {
        var ids = await transaction.QueryAsync("SELECT id FROM workflow_definition WHERE definition_id = @definition AND is_published = @yes",
            [("definition", definitionId), ("yes", true)], r => r.GetString(0), ct);
        return ids.Count == 0 ? null : await VersionAsync(transaction, ids[0], ct);
    }

    public async Task<CompiledWorkflow> VersionAsync(CommandTransaction transaction, string versionId, CancellationToken ct)
    {
        if (_compiled.TryGetValue(versionId, out var known)) return known;
        var json = await transaction.QueryAsync("SELECT json FROM workflow_definition WHERE id = @id", [("id", versionId)], r => r.GetString(0), ct);
        if (json.Count == 0) throw new InvalidOperationException($"Definition version '{versionId}' is gone although an instance runs on it.");
        var definition = WorkflowDefinition.Parse(json[0]);
        _activation[versionId] = ActivationOf(definition);
        return _compiled[versionId] = await CompileAsync(transaction, definition, versionId, ct);
    }

    /// <summary>Compiles without the workflows it may use: enough to read its own steps.</summary>
    public CompiledWorkflow Compile(WorkflowDefinition definition, string versionId) => CompiledWorkflow.Compile(definition, versionId, catalog);

    /// <summary>Compiles with the workflows the definition uses as activities, read in the command's transaction.</summary>
    public async Task<CompiledWorkflow> CompileAsync(CommandTransaction transaction, WorkflowDefinition definition, string versionId,
        CancellationToken ct) =>
        CompiledWorkflow.Compile(definition, versionId, catalog, await LibraryAsync(transaction, definition, ct));

    /// <summary>The workflows the definition uses as activities, and those they use.</summary>
    public static Task<WorkflowLibrary> LibraryAsync(CommandTransaction transaction, WorkflowDefinition definition, CancellationToken ct)
    {
        const string Columns = "SELECT id, version, is_published, is_latest, json FROM workflow_definition WHERE ";
        return LibraryAsync(definition, (version, id) => transaction.QueryAsync(
            Columns + (version is not null ? "id = @key" : "definition_id = @key"), [("key", version ?? id)],
            r => new LibraryWorkflow(r.GetString(0), r.GetInt32(1), r.GetBoolean(2), r.GetBoolean(3), WorkflowDefinition.Parse(r.GetString(4))), ct));
    }

    /// <inheritdoc cref="CompileAsync(CommandTransaction, WorkflowDefinition, string, CancellationToken)"/>
    public async Task<CompiledWorkflow> CompileAsync(CrmDbContext db, WorkflowDefinition definition, string versionId, CancellationToken ct) =>
        CompiledWorkflow.Compile(definition, versionId, catalog, await LibraryAsync(definition, async (version, id) =>
        {
            var rows = await db.Set<WorkflowDefinitionRow>().AsNoTracking().Where(d => version != null ? d.Id == version : d.DefinitionId == id)
                .ToListAsync(ct);
            return [.. rows.Select(d => new LibraryWorkflow(d.Id, d.Version, d.IsPublished, d.IsLatest, WorkflowDefinition.Parse(d.Json)))];
        }));

    /// <summary>Follows references until nothing new turns up. Most definitions have none and ask nothing.</summary>
    private static async Task<WorkflowLibrary> LibraryAsync(WorkflowDefinition definition, Func<string?, string?, Task<List<LibraryWorkflow>>> load)
    {
        var found = new Dictionary<string, LibraryWorkflow>();
        var (asked, waiting) = (new HashSet<(string?, string?)>(), new Queue<WorkflowDefinition>([definition]));
        while (waiting.TryDequeue(out var next))
        {
            var (versions, definitions) = WorkflowLibrary.References(next);
            foreach (var (version, id) in versions.Select(v => ((string?)v, (string?)null))
                .Concat(definitions.Select(d => ((string?)null, (string?)d))))
            {
                if (!asked.Add((version, id))) continue;
                foreach (var workflow in await load(version, id))
                    if (found.TryAdd(workflow.VersionId, workflow)) waiting.Enqueue(workflow.Definition);
            }
        }
        return new WorkflowLibrary(found.Values);
    }

    public Activation ActivationStrategy(string versionId) => _activation.GetValueOrDefault(versionId);

    private static Activation ActivationOf(WorkflowDefinition definition)
    {
        var named = (definition.Json["options"] as JsonObject)?["activationStrategyType"] is JsonValue v && v.TryGetValue<string>(out var text) ? text
            : "";
        return named switch
        {
            _ when named.Contains("CorrelatedSingletonStrategy", StringComparison.OrdinalIgnoreCase) => Activation.CorrelatedSingleton,
            _ when named.Contains("SingletonStrategy", StringComparison.OrdinalIgnoreCase) => Activation.Singleton,
            _ when named.Contains("CorrelationStrategy", StringComparison.OrdinalIgnoreCase) => Activation.Correlated,
            _ => Activation.Always,
        };
    }

    internal static string? Literal(JsonNode? input)
    {
        var value = input is JsonObject wrapped ? (wrapped["expression"] as JsonObject)?["value"] : input;
        return value is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;
    }
}

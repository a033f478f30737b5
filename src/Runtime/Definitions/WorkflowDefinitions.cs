using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CrmFlow.Engine;

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
        var ids = await transaction.QueryAsync("SELECT id FROM workflow_definition WHERE definition_id = @definition AND is_published = @yes", [("definition", definitionId), ("yes", true)], r => r.GetString(0), ct);
        return ids.Count == 0 ? null : await VersionAsync(transaction, ids[0], ct);
    }

    public async Task<CompiledWorkflow> VersionAsync(CommandTransaction transaction, string versionId, CancellationToken ct)
    {
        if (_compiled.TryGetValue(versionId, out var known)) return known;
        var json = await transaction.QueryAsync("SELECT json FROM workflow_definition WHERE id = @id", [("id", versionId)], r => r.GetString(0), ct);
        if (json.Count == 0) throw new InvalidOperationException($"Definition version '{versionId}' is gone although an instance runs on it.");
        var definition = WorkflowDefinition.Parse(json[0]);
        _activation[versionId] = ActivationOf(definition);
        return _compiled[versionId] = Compile(definition, versionId);
    }

    public CompiledWorkflow Compile(WorkflowDefinition definition, string versionId) => CompiledWorkflow.Compile(definition, versionId, catalog);

    public Activation ActivationStrategy(string versionId) => _activation.GetValueOrDefault(versionId);

    private static Activation ActivationOf(WorkflowDefinition definition)
    {
        var named = (definition.Json["options"] as JsonObject)?["activationStrategyType"] is JsonValue v && v.TryGetValue<string>(out var text) ? text : "";
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

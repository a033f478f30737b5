using System.Security.Cryptography;
using System.Text;
using CrmFlow.Engine;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Brings the product's own processes from their files into the store: unknown ones are published as version 1; a changed file becomes the next
/// version while the latest is still a shipped one; what an administrator edited is never overwritten.
/// </summary>
internal sealed class ShippedDefinitions(WorkflowRuntime runtime, WorkflowDefinitions definitions, TimeProvider clock,
    ILogger<ShippedDefinitions> log)
{
    public static readonly Operation Import = new("Workflows.ImportShipped", Access.SystemOnly);

    public async Task ImportFolderAsync(string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var result = await ImportAsync(await File.ReadAllTextAsync(file, ct), ct);
            if (result.Problem is DefinitionHasErrors { Problems: var problems })
                throw new InvalidOperationException(
                    $"The shipped definition {file} does not publish: {string.Join("; ", problems.Select(p => $"{p.ActivityId} {p.Property} {p.Code} [{string.Join(", ", p.Args)}]"))}");
            if (result.Problem is { } problem)
                throw new InvalidOperationException(
                $"The shipped definition {file} cannot be imported: {problem.Key} {string.Join(", ", problem.Args)}");
            if (result.Value is { } published)
                log.LogInformation("Published {Definition} version {Version} from {File}", published.DefinitionId, published.Version, file);
        }
    }

    /// <summary>The published version, or null when there was nothing to do.</summary>
    public Task<Result<SavedDefinition?>> ImportAsync(string json, CancellationToken ct) =>
        runtime.ExecuteAsync<SavedDefinition?>(Import, Actor.System, Guid.CreateVersion7(clock.GetUtcNow()), payload: null, async cmd =>
        {
            var definition = WorkflowDefinition.Parse(json);
            var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(definition.ToJson())));
            // Asked without EF, whose model a start need not wait for: nearly always it is there as it was shipped.
            var latest = await cmd.Transaction.QueryAsync(
                "SELECT shipped_hash FROM workflow_definition WHERE definition_id = @id AND is_latest = @yes",
                [("id", definition.DefinitionId), ("yes", true)], r => r.IsDBNull(0) ? null : r.GetString(0), ct);
            if (latest is [var shipped] && (shipped is null || shipped == hash)) return (SavedDefinition?)null;

            var store = new DefinitionStore(cmd, definitions);
            var saved = await store.SaveDraftAsync(json, hash, basedOn: null, ct);
            if (saved.Problem is { } refused) return refused;
            var published = await store.PublishAsync(definition.DefinitionId, ct);
            return published.Problem is { } problem ? problem : published.Value;
        }, ct);
}

using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>What administrators do with definitions: list, open, save, validate, publish, go back to an older version.</summary>
public sealed class DefinitionAdministration
{
    /// <summary>Registered by the task module, which administers tasks under it too.</summary>
    public const string Right = "admin.workflows";

    public static readonly Operation List = new("Workflows.ListDefinitions", Access.Staff(Right));
    public static readonly Operation Get = new("Workflows.GetDefinition", Access.Staff(Right));
    public static readonly Operation SaveDraft = new("Workflows.SaveDraft", Access.Staff(Right));
    public static readonly Operation Validate = new("Workflows.Validate", Access.Staff(Right));
    public static readonly Operation Publish = new("Workflows.Publish", Access.Staff(Right));
    public static readonly Operation Retract = new("Workflows.Retract", Access.Staff(Right));
    public static readonly Operation Import = new("Workflows.ImportDefinition", Access.Staff(Right));
    public static readonly Operation Export = new("Workflows.ExportDefinitions", Access.Staff(Right));
    public static readonly Operation Revert = new("Workflows.Revert", Access.Staff(Right));

    private readonly WorkflowRuntime _runtime;
    private readonly WorkflowDefinitions _definitions;

    internal DefinitionAdministration(WorkflowRuntime runtime, WorkflowDefinitions definitions) => (_runtime, _definitions) = (runtime, definitions);

    /// <summary>Every definition once, by name.</summary>
    public Task<Result<IReadOnlyList<DefinitionSummary>>> ListAsync(Actor actor, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<DefinitionSummary>>(List, actor, async db =>
        {
            var versions = await db.Set<WorkflowDefinitionRow>().Where(d => d.IsLatest || d.IsPublished)
                .Select(d => new { d.DefinitionId, d.Name, d.Version, d.IsLatest, d.IsPublished, d.ShippedHash, d.ChangedAt, d.ChangedByName })
                    .ToListAsync(ct);
            var running = await db.Set<WorkflowInstanceRow>().Where(i => i.Status == nameof(WorkflowStatus.Running)).GroupBy(i => i.DefinitionId)
                .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            return versions.GroupBy(v => v.DefinitionId).Select(g =>
            {
                var latest = g.Single(v => v.IsLatest);
                return new DefinitionSummary(g.Key, latest.Name, latest.Version, g.SingleOrDefault(v => v.IsPublished)?.Version,
                    latest.ShippedHash is not null, latest.ChangedAt, latest.ChangedByName,
                    running.GetValueOrDefault(g.Key));
            }).OrderBy(d => d.Name, StringComparer.Ordinal).ToList();
        }, ct);

    /// <summary>All versions of a definition, newest first.</summary>
    public Task<Result<IReadOnlyList<DefinitionVersion>>> VersionsAsync(Actor actor, string definitionId, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<DefinitionVersion>>(Get, actor, async db =>
        {
            var versions = await db.Set<WorkflowDefinitionRow>().Where(d => d.DefinitionId == definitionId).OrderByDescending(d => d.Version)
                .Select(d => new DefinitionVersion(d.Id, d.Version, d.Name, d.IsLatest, d.IsPublished, d.ShippedHash != null, d.ChangedAt,
                    d.ChangedByName, d.PublishedAt)).ToListAsync(ct);
            return versions.Count == 0 ? new NotFound() : versions;
        }, ct);

    /// <summary>One version with its text; the latest when none is named.</summary>
    public Task<Result<DefinitionDocument>> GetAsync(Actor actor, string definitionId, int? version, CancellationToken ct) =>
        _runtime.ReadAsync<DefinitionDocument>(Get, actor, async db =>
        {
            var row = await db.Set<WorkflowDefinitionRow>()
                .SingleOrDefaultAsync(d => d.DefinitionId == definitionId && (version == null ? d.IsLatest : d.Version == version), ct);
            return row is null ? new NotFound() : new DefinitionDocument(row.DefinitionId, row.Id, row.Version, row.Name, row.IsLatest,
                row.IsPublished, row.Json, DefinitionStore.RevisionOf(row.Json));
        }, ct);

    /// <summary>Saves the text as the draft.</summary>
    /// <param name="basedOn">The <see cref="DefinitionDocument.Revision"/> the editor opened; <see cref="DefinitionChanged"/> when the latest version
    /// is another one now.</param>
    public Task<Result<SavedDefinition>> SaveDraftAsync(Actor actor, Guid operationId, string json, string? basedOn, CancellationToken ct) =>
        _runtime.ExecuteAsync<SavedDefinition>(SaveDraft, actor, operationId, new { json, basedOn }, cmd =>
            new DefinitionStore(cmd, _definitions).SaveDraftAsync(json, shippedHash: null, basedOn, ct), ct);

    /// <summary>What publishing this text would refuse or warn about.</summary>
    public Task<Result<IReadOnlyList<DefinitionProblem>>> ValidateAsync(Actor actor, string json, CancellationToken ct) =>
        _runtime.ReadAsync<IReadOnlyList<DefinitionProblem>>(Validate, actor, async db =>
        {
            try
            {
                return (await _definitions.CompileAsync(db, WorkflowDefinition.Parse(json), "", ct)).Problems.ToList();
            }
            catch (DefinitionException e)
            {
                return new DefinitionUnreadable(e.Message);
            }
        }, ct);

    /// <summary>Takes the published version back: nothing starts any more, what runs goes on.</summary>
    public Task<Result> RetractAsync(Actor actor, Guid operationId, string definitionId, CancellationToken ct) =>
        _runtime.ExecuteAsync(Retract, actor, operationId, new { definitionId }, cmd =>
            new DefinitionStore(cmd, _definitions).RetractAsync(definitionId, ct), ct);

    /// <summary>
    /// Brings in one definition as JSON (elsa-format §9): the new draft of the one with its id, or a new one with the ids of the file. One marked
    /// published is published when nothing speaks against it; what does is in the answer, and then it stays a draft.
    /// </summary>
    public Task<Result<ImportedDefinition>> ImportAsync(Actor actor, Guid operationId, string json, CancellationToken ct) =>
        _runtime.ExecuteAsync<ImportedDefinition>(Import, actor, operationId, new { json }, cmd =>
            new DefinitionStore(cmd, _definitions).ImportAsync(json, ct), ct);

    /// <summary>The latest versions of these definitions in one ZIP; of all when none is named.</summary>
    public Task<Result<byte[]>> ExportAsync(Actor actor, IReadOnlyCollection<string> definitionIds, CancellationToken ct) =>
        _runtime.ReadAsync<byte[]>(Export, actor, async db =>
        {
            var rows = await db.Set<WorkflowDefinitionRow>()
                .Where(d => d.IsLatest && (definitionIds.Count == 0 || definitionIds.Contains(d.DefinitionId)))
                .OrderBy(d => d.DefinitionId).Select(d => new { d.DefinitionId, d.Version, d.Json }).ToListAsync(ct);
            if (rows.Count == 0) return new NotFound();
            return DefinitionArchive.Write(rows.Select(r => new DefinitionFile(DefinitionArchive.FileName(r.DefinitionId, r.Version), r.Json)));
        }, ct);

    /// <summary>Publishes the latest version; instances already running stay on theirs.</summary>
    public Task<Result<SavedDefinition>> PublishAsync(Actor actor, Guid operationId, string definitionId, CancellationToken ct) =>
        _runtime.ExecuteAsync<SavedDefinition>(Publish, actor, operationId, definitionId, cmd =>
            new DefinitionStore(cmd, _definitions).PublishAsync(definitionId, ct), ct);

    /// <summary>Copies an older version as the new draft.</summary>
    public Task<Result<SavedDefinition>> RevertAsync(Actor actor, Guid operationId, string definitionId, int version, CancellationToken ct) =>
        _runtime.ExecuteAsync<SavedDefinition>(Revert, actor, operationId, new { definitionId, version }, cmd =>
            new DefinitionStore(cmd, _definitions).RevertAsync(definitionId, version, ct), ct);
}

/// <param name="PublishedVersion">Null when nothing is published, so nothing can be started.</param>
/// <param name="IsShipped">The latest version is the product's own, untouched.</param>
public sealed record DefinitionSummary(string DefinitionId, string Name, int LatestVersion, int? PublishedVersion, bool IsShipped,
    DateTimeOffset ChangedAt, string ChangedBy, int RunningInstances);

public sealed record DefinitionVersion(string VersionId, int Version, string Name, bool IsLatest, bool IsPublished, bool IsShipped,
    DateTimeOffset ChangedAt, string ChangedBy, DateTimeOffset? PublishedAt);

/// <param name="Revision">Hand it back when saving, so that nobody overwrites what somebody else saved meanwhile.</param>
public sealed record DefinitionDocument(string DefinitionId, string VersionId, int Version, string Name, bool IsLatest, bool IsPublished, string Json,
    string Revision);

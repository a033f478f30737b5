using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// The versions of a definition inside a command (elsa-format §9): one draft at most, on top; publishing takes the others' flags; running instances
/// stay on the version they started with.
/// </summary>
internal sealed class DefinitionStore(Command cmd, WorkflowDefinitions definitions)
{
    /// <summary>Saves as the draft: over the latest version when it is an unpublished one, else as a new version on top of it.</summary>
    /// <param name="shippedHash">Hash of the shipped file it comes from; null when a person edited it.</param>
    /// <param name="basedOn">Revision of the latest version the editor started from; another one now is a conflict. Null does not ask.</param>
    public async Task<Result<SavedDefinition>> SaveDraftAsync(string json, string? shippedHash, string? basedOn, CancellationToken ct,
        bool keepsId = false)
    {
        WorkflowDefinition definition;
        try
        {
            definition = WorkflowDefinition.Parse(json);
        }
        catch (DefinitionException e)
        {
            return new DefinitionUnreadable(e.Message);
        }
        if (definition.DefinitionId is not { Length: > 0 and <= 100 }) return new DefinitionNeedsId();
        await LockAsync(definition.DefinitionId, ct);

        var latest = await Versions(definition.DefinitionId).SingleOrDefaultAsync(d => d.IsLatest, ct);
        if (basedOn is not null && latest is not null && RevisionOf(latest.Json) != basedOn)
            return new DefinitionChanged(latest.ChangedByName, TimeZoneInfo.ConvertTime(latest.ChangedAt, definitions.Zone));
        var isOverwrite = latest is { IsPublished: false };
        var version = latest is null ? 1 : isOverwrite ? latest.Version : latest.Version + 1;
        var id = isOverwrite ? latest!.Id : keepsId && latest is null && await FreeAsync(definition.VersionId, ct) ? definition.VersionId!
            : cmd.NewId().ToString("N");
        var stored = Stamped(definition, id, version);
        if (isOverwrite && (latest!.Json, latest.ShippedHash) == (stored, shippedHash))
            return new SavedDefinition(definition.DefinitionId, id, version, RevisionOf(stored));
        if (isOverwrite)
        {
            (latest!.Json, latest.Name, latest.ShippedHash) = (stored, definition.Name, shippedHash);
            (latest.ChangedAt, latest.ChangedBy, latest.ChangedByName) = (cmd.Now, cmd.Actor.UserId, cmd.Actor.Name);
        }
        else
        {
            if (latest is not null) latest.IsLatest = false;
            cmd.Db.Add(new WorkflowDefinitionRow
            {
                Id = id, DefinitionId = definition.DefinitionId, Version = version, Name = definition.Name, IsLatest = true, IsPublished = false,
                ShippedHash = shippedHash,
                Json = stored, ChangedAt = cmd.Now, ChangedBy = cmd.Actor.UserId, ChangedByName = cmd.Actor.Name,
            });
        }
        await cmd.Db.SaveChangesAsync(ct); // before publishing looks at the rows again
        cmd.Audit("WorkflowDefinition", AuditId(id), isOverwrite ? null : latest?.Version, version);
        return new SavedDefinition(definition.DefinitionId, id, version, RevisionOf(stored));
    }

    /// <summary>Publishes the latest version; refuses with everything validation calls an error.</summary>
    public async Task<Result<SavedDefinition>> PublishAsync(string definitionId, CancellationToken ct)
    {
        await LockAsync(definitionId, ct);
        var rows = await Versions(definitionId).Where(d => d.IsLatest || d.IsPublished).ToListAsync(ct);
        if (rows.SingleOrDefault(d => d.IsLatest) is not { } latest) return new NotFound();
        if (latest.IsPublished) return new SavedDefinition(definitionId, latest.Id, latest.Version, RevisionOf(latest.Json));

        var definition = WorkflowDefinition.Parse(latest.Json);
        if ((await WorkflowDefinitions.LibraryAsync(cmd.Transaction, definition, ct)).Pin(definition.Json["root"]!))
            latest.Json = definition.ToJson();
        var workflow = await definitions.CompileAsync(cmd.Transaction, definition, latest.Id, ct);
        var errors = workflow.Problems.Where(p => p.IsError).ToList();
        if (errors.Count > 0) return new DefinitionHasErrors(errors);

        foreach (var published in rows.Where(d => d.IsPublished)) await RetractAsync(published, ct);
        (latest.IsPublished, latest.PublishedAt) = (true, cmd.Now);
        latest.Json = Flags(latest.Json, isLatest: true, isPublished: true);
        foreach (var step in workflow.TriggerSteps())
        {
            foreach (var stimulus in workflow.Stimuli(step, new TriggerMoment(cmd.Now, null, definitions.Zone)))
            {
                if (stimulus.DueAt is { } at)
                    cmd.Schedule(ClockTrigger.Kind, ClockTrigger.KeyOf(definitionId, step.Id), at, ClockTrigger.PayloadOf(at));
                else cmd.Db.Add(new WorkflowTriggerRow { VersionId = latest.Id, ActivityId = step.Id, DefinitionId = definitionId,
                    Name = stimulus.Name, TriggerKey = stimulus.Key });
            }
        }
        cmd.Audit("WorkflowDefinition", AuditId(latest.Id), new { Published = rows.SingleOrDefault(d => d.IsPublished && d != latest)?.Version },
            new { Published = latest.Version });
        await cmd.Db.SaveChangesAsync(ct);
        if ((definition.Json["options"] as JsonObject)?["autoUpdateConsumingWorkflows"]?.ToString() is "true" or "True")
            await UpdateConsumersAsync(definitionId, latest.Id, ct);
        return new SavedDefinition(definitionId, latest.Id, latest.Version, RevisionOf(latest.Json));
    }

    /// <summary>Definitions that use this one as an activity get a new version with the new one in it, published when they were.</summary>
    private async Task UpdateConsumersAsync(string definitionId, string versionId, CancellationToken ct)
    {
        var mentions = await cmd.Db.Set<WorkflowDefinitionRow>().AsNoTracking()
            .Where(d => d.IsLatest && d.DefinitionId != definitionId && d.Json.Contains(definitionId)).ToListAsync(ct);
        foreach (var consumer in mentions)
        {
            var json = JsonNode.Parse(consumer.Json)!.AsObject();
            var uses = WorkflowLibrary.Steps(json["root"]).Where(s =>
                (string?)s["workflowDefinitionId"] is { } id && id == definitionId && (string?)s["workflowDefinitionVersionId"] != versionId)
                .ToList();
            if (uses.Count == 0) continue;
            foreach (var step in uses) step["workflowDefinitionVersionId"] = versionId;
            if ((await SaveDraftAsync(json.ToJsonString(), shippedHash: null, basedOn: null, ct)).Failed || !consumer.IsPublished) continue;
            await PublishAsync(consumer.DefinitionId, ct);
        }
    }

    /// <summary>See <see cref="DefinitionAdministration.RetractAsync"/>.</summary>
    public async Task<Result> RetractAsync(string definitionId, CancellationToken ct)
    {
        await LockAsync(definitionId, ct);
        if (await Versions(definitionId).SingleOrDefaultAsync(d => d.IsPublished, ct) is not { } published) return new NotFound();
        await RetractAsync(published, ct);
        cmd.Audit("WorkflowDefinition", AuditId(published.Id), new { Published = published.Version }, null);
        return Result.Ok;
    }

    /// <summary>See <see cref="DefinitionAdministration.ImportAsync"/>.</summary>
    public async Task<Result<ImportedDefinition>> ImportAsync(string json, CancellationToken ct)
    {
        var saved = await SaveDraftAsync(json, shippedHash: null, basedOn: null, ct, keepsId: true);
        if (saved.Problem is { } unreadable) return unreadable;
        if (WorkflowDefinition.Parse(json).Json["isPublished"]?.ToString() is not ("true" or "True"))
            return new ImportedDefinition(saved.Value, IsPublished: false, []);
        var published = await PublishAsync(saved.Value.DefinitionId, ct);
        return published.Problem switch
        {
            null => new ImportedDefinition(published.Value, IsPublished: true, []),
            DefinitionHasErrors errors => new ImportedDefinition(saved.Value, IsPublished: false, errors.Problems),
            var refused => refused,
        };
    }

    /// <summary>Copies an older version as the new draft.</summary>
    public async Task<Result<SavedDefinition>> RevertAsync(string definitionId, int version, CancellationToken ct) =>
        await Versions(definitionId).Where(d => d.Version == version).Select(d => d.Json).SingleOrDefaultAsync(ct) is { } json
            ? await SaveDraftAsync(json, shippedHash: null, basedOn: null, ct) : new NotFound();

    /// <summary>What an editor hands back to show which text it started from.</summary>
    internal static string RevisionOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];

    private async Task RetractAsync(WorkflowDefinitionRow published, CancellationToken ct)
    {
        published.IsPublished = false;
        published.Json = Flags(published.Json, published.IsLatest, isPublished: false);
        cmd.Db.RemoveRange(await cmd.Db.Set<WorkflowTriggerRow>().AsTracking().Where(t => t.VersionId == published.Id).ToListAsync(ct));
        foreach (var step in definitions.Compile(WorkflowDefinition.Parse(published.Json), published.Id).TriggerSteps())
            cmd.CancelDue(ClockTrigger.Kind, ClockTrigger.KeyOf(published.DefinitionId, step.Id));
    }

    /// <summary>An imported definition keeps its version id, for others refer to it by that.</summary>
    private async Task<bool> FreeAsync(string? id, CancellationToken ct) =>
        id is { Length: > 0 and <= 100 } && !await cmd.Db.Set<WorkflowDefinitionRow>().AnyAsync(d => d.Id == id, ct);

    /// <summary>Version ids of files are any text.</summary>
    private static Guid AuditId(string id) =>
        Guid.TryParse(id, out var known) ? known : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));

    private IQueryable<WorkflowDefinitionRow> Versions(string definitionId) =>
        cmd.Db.Set<WorkflowDefinitionRow>().AsTracking().Where(d => d.DefinitionId == definitionId);

    private async Task LockAsync(string definitionId, CancellationToken ct)
    {
        if (cmd.Transaction.Dialect.AdvisoryLock is { } wait)
            await cmd.Transaction.QueryAsync(wait, [("name", $"definition:{definitionId}")], _ => 0, ct);
    }

    private static string Stamped(WorkflowDefinition definition, string id, int version)
    {
        var json = (JsonObject)definition.Json.DeepClone();
        (json["id"], json["version"], json["isLatest"], json["isPublished"]) = (id, version, true, false);
        return WorkflowDefinition.Parse(json.ToJsonString()).ToJson();
    }

    private static string Flags(string text, bool isLatest, bool isPublished)
    {
        var json = JsonNode.Parse(text)!.AsObject();
        (json["isLatest"], json["isPublished"]) = (isLatest, isPublished);
        return WorkflowDefinition.Parse(json.ToJsonString()).ToJson();
    }
}

/// <summary>What an import made, and what keeps it from being published.</summary>
public sealed record ImportedDefinition(SavedDefinition Saved, bool IsPublished, IReadOnlyList<DefinitionProblem> Problems);

/// <summary>A version as saved.</summary>
public sealed record SavedDefinition(string DefinitionId, string VersionId, int Version, string Revision);

public sealed record DefinitionUnreadable(string Reason) : Problem("problem.definition-unreadable", Reason);

/// <summary>Somebody else saved the definition while this person edited it.</summary>
public sealed record DefinitionChanged : Problem
{
    /// <param name="at">In the business zone.</param>
    public DefinitionChanged(string by, DateTimeOffset at) : base("problem.definition-changed", by,
        at.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)) => Kind = ProblemKind.Conflict;
}
public sealed record DefinitionNeedsId() : Problem("problem.definition-needs-id");

/// <summary>Validation refuses; the problems name the steps.</summary>
public sealed record DefinitionHasErrors(IReadOnlyList<DefinitionProblem> Problems) : Problem("problem.definition-has-errors", Problems.Count);

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>
/// The versions of a definition inside a command (elsa-format §9): one draft at most, on top; publishing takes the others' flags; running instances stay on
/// the version they started with.
/// </summary>
internal sealed class DefinitionStore(Command cmd, WorkflowDefinitions definitions)
{
    /// <summary>Saves as the draft: over the latest version when it is an unpublished one, else as a new version on top of it.</summary>
    /// <param name="shippedHash">Hash of the shipped file it comes from; null when a person edited it.</param>
    /// <param name="basedOn">Revision of the latest version the editor started from; another one now is a conflict. Null does not ask.</param>
    public async Task<Result<SavedDefinition>> SaveDraftAsync(string json, string? shippedHash, string? basedOn, CancellationToken ct)
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
        if (basedOn is not null && latest is not null && RevisionOf(latest.Json) != basedOn) return new DefinitionChanged(latest.ChangedByName, latest.ChangedAt);
        var isOverwrite = latest is { IsPublished: false };
        var version = latest is null ? 1 : isOverwrite ? latest.Version : latest.Version + 1;
        var id = isOverwrite ? latest!.Id : cmd.NewId().ToString("N");
        var stored = Stamped(definition, id, version);
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
                Id = id, DefinitionId = definition.DefinitionId, Version = version, Name = definition.Name, IsLatest = true, IsPublished = false, ShippedHash = shippedHash,
                Json = stored, ChangedAt = cmd.Now, ChangedBy = cmd.Actor.UserId, ChangedByName = cmd.Actor.Name,
            });
        }
        await cmd.Db.SaveChangesAsync(ct); // before publishing looks at the rows again
        cmd.Audit("WorkflowDefinition", Guid.Parse(id), isOverwrite ? null : latest?.Version, version);
        return new SavedDefinition(definition.DefinitionId, id, version, RevisionOf(stored));
    }

    /// <summary>Publishes the latest version; refuses with everything validation calls an error.</summary>
    public async Task<Result<SavedDefinition>> PublishAsync(string definitionId, CancellationToken ct)
    {
        await LockAsync(definitionId, ct);
        var rows = await Versions(definitionId).Where(d => d.IsLatest || d.IsPublished).ToListAsync(ct);
        if (rows.SingleOrDefault(d => d.IsLatest) is not { } latest) return new NotFound();
        if (latest.IsPublished) return new SavedDefinition(definitionId, latest.Id, latest.Version, RevisionOf(latest.Json));

        var workflow = definitions.Compile(WorkflowDefinition.Parse(latest.Json), latest.Id);
        var errors = workflow.Problems.Where(p => p.IsError).ToList();
        if (errors.Count > 0) return new DefinitionHasErrors(errors);

        foreach (var published in rows.Where(d => d.IsPublished)) await RetractAsync(published, ct);
        (latest.IsPublished, latest.PublishedAt) = (true, cmd.Now);
        latest.Json = Flags(latest.Json, isLatest: true, isPublished: true);
        foreach (var step in workflow.TriggerSteps())
        {
            foreach (var stimulus in workflow.Stimuli(step, new TriggerMoment(cmd.Now, null, definitions.Zone)))
            {
                if (stimulus.DueAt is { } at) cmd.Schedule(ClockTrigger.Kind, ClockTrigger.KeyOf(definitionId, step.Id), at, ClockTrigger.PayloadOf(at));
                else cmd.Db.Add(new WorkflowTriggerRow { VersionId = latest.Id, ActivityId = step.Id, DefinitionId = definitionId, Name = stimulus.Name, TriggerKey = stimulus.Key });
            }
        }
        cmd.Audit("WorkflowDefinition", Guid.Parse(latest.Id), new { Published = rows.SingleOrDefault(d => d.IsPublished && d != latest)?.Version }, new { Published = latest.Version });
        await cmd.Db.SaveChangesAsync(ct);
        return new SavedDefinition(definitionId, latest.Id, latest.Version, RevisionOf(latest.Json));
    }

    /// <summary>Copies an older version as the new draft.</summary>
    public async Task<Result<SavedDefinition>> RevertAsync(string definitionId, int version, CancellationToken ct) =>
        await Versions(definitionId).Where(d => d.Version == version).Select(d => d.Json).SingleOrDefaultAsync(ct) is { } json ? await SaveDraftAsync(json, shippedHash: null, basedOn: null, ct) : new NotFound();

    /// <summary>What an editor hands back to show which text it started from.</summary>
    internal static string RevisionOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];

    private async Task RetractAsync(WorkflowDefinitionRow published, CancellationToken ct)
    {
        published.IsPublished = false;
        published.Json = Flags(published.Json, published.IsLatest, isPublished: false);
        cmd.Db.RemoveRange(await cmd.Db.Set<WorkflowTriggerRow>().AsTracking().Where(t => t.VersionId == published.Id).ToListAsync(ct));
        foreach (var step in definitions.Compile(WorkflowDefinition.Parse(published.Json), published.Id).TriggerSteps()) cmd.CancelDue(ClockTrigger.Kind, ClockTrigger.KeyOf(published.DefinitionId, step.Id));
    }

    private IQueryable<WorkflowDefinitionRow> Versions(string definitionId) => cmd.Db.Set<WorkflowDefinitionRow>().AsTracking().Where(d => d.DefinitionId == definitionId);

    private async Task LockAsync(string definitionId, CancellationToken ct)
    {
        if (cmd.Transaction.Dialect.AdvisoryLock is { } wait) await cmd.Transaction.QueryAsync(wait, [("name", $"definition:{definitionId}")], _ => 0, ct);
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

/// <summary>A version as saved.</summary>
public sealed record SavedDefinition(string DefinitionId, string VersionId, int Version, string Revision);

public sealed record DefinitionUnreadable(string Reason) : Problem("problem.definition-unreadable", Reason);

/// <summary>Somebody else saved the definition while this person edited it.</summary>
public sealed record DefinitionChanged : Problem
{
    public DefinitionChanged(string by, DateTimeOffset at) : base("problem.definition-changed", by, at) => Kind = ProblemKind.Conflict;
}
public sealed record DefinitionNeedsId() : Problem("problem.definition-needs-id");

/// <summary>Validation refuses; the problems name the steps.</summary>
public sealed record DefinitionHasErrors(IReadOnlyList<DefinitionProblem> Problems) : Problem("problem.definition-has-errors", Problems.Count);

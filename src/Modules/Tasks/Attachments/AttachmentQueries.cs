using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>The files of a record as one actor may see them.</summary>
/// <param name="CanAdd">The actor may add files now.</param>
public sealed record RecordFiles(IReadOnlyList<AttachmentInfo> Files, bool CanAdd);

/// <summary>Lists and opens attachments; the record's module decides who sees them, and a foreign one does not exist.</summary>
public sealed class Attachments(WorkflowRuntime runtime, IServiceScopeFactory scopes, FileStore files)
{
    public static readonly Operation Operation = new("Tasks.Attachments", Access.SignedIn);

    public Task<Result<RecordFiles>> HandleAsync(Actor actor, string subjectType, Guid subjectId, string? kind, CancellationToken ct) =>
        runtime.ReadAsync<RecordFiles>(Operation, actor, async db =>
        {
            var (see, change) = await ScopeAsync(db, actor, subjectType, subjectId, ct);
            if (!see) return new NotFound();
            var owner = Attachment.OwnerOf(actor);
            var rows = await db.All<Attachment>().AsNoTracking()
                .Where(a => a.SubjectType == subjectType && a.SubjectId == subjectId && (kind == null || a.Kind == kind))
                .OrderBy(a => a.UploadedAt).ThenBy(a => a.Id).ToListAsync(ct);
            return new RecordFiles([.. rows.Select(a => a.Info(change && a.Owner == owner))], change);
        }, ct);

    /// <summary>Where the bytes are and what to call them.</summary>
    internal Task<Result<(string Path, string Name)>> FindAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<(string, string)>(Operation, actor, async db =>
        {
            if (await db.All<Attachment>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { } attachment) return new NotFound();
            if (await ScopeAsync(db, actor, attachment.SubjectType, attachment.SubjectId, ct) is not (true, _)) return new NotFound();
            return (files.PathOf(attachment.StoredName), attachment.Name);
        }, ct);

    private async Task<(bool See, bool Change)> ScopeAsync(CrmDbContext db, Actor actor, string subjectType, Guid subjectId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await AttachmentScope.OfAsync(db, actor, scope.ServiceProvider.GetKeyedService<ISubject>(subjectType), subjectType, subjectId, ct);
    }

    /// <summary>
    /// <c>GET /attachments/{id}</c>, for staff and agents alike. Always a download of opaque bytes: what somebody uploaded must never run as a page
    /// of ours.
    /// </summary>
    internal static async Task<IResult> DownloadAsync(Guid id, ActorSource actors, Attachments attachments, HttpResponse response,
        CancellationToken ct)
    {
        var found = await attachments.FindAsync(await actors.GetAsync(), id, ct);
        if (found.Failed || !File.Exists(found.Value.Path)) return Results.NotFound();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-store";
        return Results.File(found.Value.Path, "application/octet-stream", found.Value.Name, enableRangeProcessing: true);
    }
}

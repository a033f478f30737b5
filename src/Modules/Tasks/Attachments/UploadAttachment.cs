using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>
/// Adds a file to a record: by who works on it or, as its module allows, by its author. The file is written first under a random name and only the
/// committed row makes it exist; a refused or failed command takes it away again.
/// </summary>
public sealed class UploadAttachment(WorkflowRuntime runtime, FileStore files)
{
    public static readonly Operation Operation = new("Tasks.UploadAttachment", Access.SignedIn);
    public static readonly Setting<int> QuotaMegabytes = new("tasks.attachment-quota", 500);
    public const long MaxSize = 20 * 1024 * 1024;

    public async Task<Result<AttachmentInfo>> HandleAsync(Actor actor, string subjectType, Guid subjectId, string kind, string fileName,
        Stream content, Guid operationId, CancellationToken ct)
    {
        var name = CleanName(fileName);
        if (name.Length == 0) return new AttachmentRefused(fileName);
        if (await files.WriteAsync(content, MaxSize, ct) is not var (stored, size, sha256)) return new AttachmentRefused(name);
        var committed = false;
        try
        {
            if (size == 0 || FileKind.Of(files.PathOf(stored), name) is not { } type) return new AttachmentRefused(name);
            var result = await runtime.ExecuteAsync<AttachmentInfo>(Operation, actor, operationId, new { subjectType, subjectId, kind, name, sha256 },
                async cmd =>
                {
                    var (_, change) =
                        await AttachmentScope.OfAsync(cmd.Db, actor, cmd.Services.GetKeyedService<ISubject>(subjectType), subjectType, subjectId, ct);
                    if (!change) return new NotFound();
                    var owner = Attachment.OwnerOf(actor);
                    var quota = await cmd.Db.SettingAsync(QuotaMegabytes, cmd.Now, ct);
                    var used = await cmd.Db.All<Attachment>().Where(a => a.Owner == owner).SumAsync(a => a.Size, ct);
                    if (used + size > quota * 1024L * 1024) return new QuotaExceeded(name, used / (1024 * 1024), quota);
                    var attachment = new Attachment
                    {
                        Id = cmd.NewId(), SubjectType = subjectType, SubjectId = subjectId, Kind = kind, Name = name, ContentType = type.ContentType,
                        Size = size, Sha256 = sha256,
                        StoredName = stored, Owner = owner, UploadedBy = actor.UserId, UploadedByName = actor.Name, UploadedAt = cmd.Now,
                    };
                    cmd.Db.Add(attachment);
                    cmd.Audit(subjectType, subjectId, null, new { Attachment = attachment.Id, attachment.Name, attachment.Sha256 });
                    return attachment.Info(true);
                }, ct);
            committed = !result.Failed;
            return result;
        }
        finally
        {
            if (!committed) files.Delete(stored);
        }
    }

    /// <summary>The last part of the name without control and path characters, at most 120 of them with the ending kept.</summary>
    private static string CleanName(string fileName)
    {
        var name = string.Concat(fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..]
            .Where(c => !char.IsControl(c) && c is not ('<' or '>' or ':' or '"' or '|' or '?' or '*') && (c < '\u202a' || c > '\u202e')))
            .Trim(' ', '.');
        var ending = Path.GetExtension(name);
        return name.Length <= 120 ? name : name[..(120 - ending.Length)] + ending;
    }
}

internal sealed record AttachmentRefused : Problem
{
    public AttachmentRefused(string name) : base("tasks.problem.attachment-refused", name) => (Kind, Field) = (ProblemKind.Invalid, "file");
}

internal sealed record QuotaExceeded : Problem
{
    public QuotaExceeded(string name, long used, int quota) : base("tasks.problem.quota", name, used, quota) => Field = "file";
}

/// <summary>Takes a file off a record: who uploaded it, as long as they may still add some.</summary>
public sealed class RemoveAttachment(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.RemoveAttachment", Access.SignedIn);

    public Task<Result> HandleAsync(Actor actor, Guid attachmentId, Guid operationId, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, operationId, new { attachmentId }, async cmd =>
        {
            if (await cmd.Db.All<Attachment>().SingleOrDefaultAsync(a => a.Id == attachmentId, ct) is not { } attachment) return new NotFound();
            var (see, change) = await AttachmentScope.OfAsync(cmd.Db, actor, cmd.Services.GetKeyedService<ISubject>(attachment.SubjectType),
                attachment.SubjectType, attachment.SubjectId, ct);
            if (!see) return new NotFound();
            if (!change || attachment.Owner != Attachment.OwnerOf(actor)) return new NotYourAttachment(attachment.Name, attachment.UploadedByName);
            cmd.Db.Remove(attachment);
            DeleteFile.Schedule(cmd, attachment);
            cmd.Audit(attachment.SubjectType, attachment.SubjectId, new { Attachment = attachment.Id, attachment.Name, attachment.Sha256 }, null);
            return Result.Ok;
        }, ct);
}

internal sealed record NotYourAttachment(string Name, string By) : Problem("tasks.problem.not-your-attachment", Name, By);

/// <summary>The connection or the file went away while it was sent.</summary>
internal sealed record UploadBroken(string Name) : Problem("tasks.problem.upload-broken", Name);

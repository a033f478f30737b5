using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>A file that belongs to a business record. Its bytes lie outside the web root under a random name.</summary>
internal sealed class Attachment
{
    public required Guid Id { get; init; }
    public required string SubjectType { get; init; }
    public required Guid SubjectId { get; init; }
    /// <summary>What it is to the record, such as <c>invoice-scan</c>; the record's pages list one kind or all.</summary>
    public required string Kind { get; init; }
    public required string Name { get; init; }
    public required string ContentType { get; init; }
    public required long Size { get; init; }
    public required string Sha256 { get; init; }
    public required string StoredName { get; init; }
    /// <summary>Whose quota it counts against: the user, or the agent for all of its users.</summary>
    public required string Owner { get; init; }
    public required Guid UploadedBy { get; init; }
    public required string UploadedByName { get; init; }
    public required DateTimeOffset UploadedAt { get; init; }

    public static string OwnerOf(Actor actor) => actor.AgentId is { } agent ? Principal.Agent(agent) : Principal.User(actor.UserId);
}

/// <summary>An attachment as lists and prints show it.</summary>
/// <param name="Sha256">Hash of the content, for signatures bound to it.</param>
public sealed record AttachmentInfo(Guid Id, string Name, string Kind, long Size, string Sha256, string UploadedByName, DateTimeOffset UploadedAt)
{
    public required bool CanRemove { get; init; }
    /// <summary>PDF, DOC, XLS, IMG or TXT.</summary>
    public required string Label { get; init; }
    public string Href => $"/attachments/{Id}";
}

public static class AttachmentReading
{
    /// <summary>The files of a record, oldest first, for the module that owns it. The caller has checked that the actor may see the record.</summary>
    /// <param name="kind">Null for all kinds.</param>
    public static async Task<IReadOnlyList<AttachmentInfo>> AttachmentsOfAsync(this CrmDbContext db, string subjectType, Guid subjectId, string? kind,
        CancellationToken ct) =>
        [.. (await db.All<Attachment>().AsNoTracking().Where(a =>
            a.SubjectType == subjectType && a.SubjectId == subjectId && (kind == null || a.Kind == kind)).OrderBy(a => a.UploadedAt).ThenBy(a => a.Id)
            .ToListAsync(ct)).Select(a => a.Info(false))];

    /// <summary>Takes every file off a record that is deleted. Their bytes go later (<see cref="DeleteFile"/>).</summary>
    public static async Task RemoveAttachmentsAsync(this Command cmd, string subjectType, Guid subjectId, CancellationToken ct)
    {
        foreach (var attachment in await cmd.Db.All<Attachment>().Where(a => a.SubjectType == subjectType && a.SubjectId == subjectId)
            .ToListAsync(ct))
        {
            cmd.Db.Remove(attachment);
            DeleteFile.Schedule(cmd, attachment);
            cmd.Audit(subjectType, subjectId, new { Attachment = attachment.Id, attachment.Name, attachment.Sha256 }, null);
        }
    }

    internal static AttachmentInfo Info(this Attachment a, bool canRemove) =>
        new(a.Id, a.Name, a.Kind, a.Size, a.Sha256, a.UploadedByName, a.UploadedAt) { CanRemove = canRemove, Label = FileKind.LabelOf(a.Name) };
}

/// <summary>Who may see and change the files of a record: asked of the record's module, and of the tasks the actor has about it.</summary>
internal static class AttachmentScope
{
    public static async Task<(bool See, bool Change)> OfAsync(CrmDbContext db, Actor actor, ISubject? subject, string subjectType, Guid subjectId,
        CancellationToken ct)
    {
        if (subject is null || !await subject.MaySeeAsync(db, actor, subjectId, ct)) return (false, false);
        return (true, await subject.MayAttachAsync(db, actor, subjectId, ct) || await HasOpenTaskAsync(db, actor, subjectType, subjectId, ct));
    }

    private static async Task<bool> HasOpenTaskAsync(CrmDbContext db, Actor actor, string subjectType, Guid subjectId, CancellationToken ct)
    {
        var principals = LoadedTask.PrincipalsOf(actor);
        return await db.All<UserTask>().Where(t => t.SubjectType == subjectType && t.SubjectId == subjectId && t.State == TaskState.Open)
            .AnyAsync(t => db.All<InboxEntry>()
                .Any(i => i.TaskId == t.Id && (i.Box == InboxBox.Mine || i.Box == InboxBox.Pool) && principals.Contains(i.Principal)), ct);
    }
}

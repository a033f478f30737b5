using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>The tasks of business records, for the modules that own the records. The caller has checked that the actor may see them.</summary>
public static class SubjectTasks
{
    /// <summary>All steps of one record, oldest first.</summary>
    public static async Task<List<SubjectTask>> TasksOfAsync(this CrmDbContext db, string subjectType, Guid subjectId, CancellationToken ct) =>
        [.. (await LoadAsync(db, db.All<UserTask>().Where(t => t.SubjectType == subjectType && t.SubjectId == subjectId), ct))
            .OrderBy(t => t.Task.CreatedAt).ThenBy(t => t.Task.Id).Select(t => t.Task)];

    /// <summary>All steps of one workflow instance, oldest first.</summary>
    public static async Task<List<SubjectTask>> TasksOfInstanceAsync(this CrmDbContext db, Guid instanceId, CancellationToken ct) =>
        [.. (await LoadAsync(db, db.All<UserTask>().Where(t => t.InstanceId == instanceId), ct)).OrderBy(t => t.Task.CreatedAt).ThenBy(t => t.Task.Id)
            .Select(t => t.Task)];

    /// <summary>The open steps of many records, for lists.</summary>
    public static async Task<ILookup<Guid, SubjectTask>> OpenTasksAsync(this CrmDbContext db, string subjectType, IReadOnlyCollection<Guid> subjectIds, CancellationToken ct) =>
        (await LoadAsync(db, db.All<UserTask>().Where(t => t.SubjectType == subjectType && t.State == TaskState.Open && subjectIds.Contains(
            t.SubjectId)), ct)).ToLookup(t => t.Subject, t => t.Task);

    /// <summary>Whether any task of the record, open or over, is or was offered to the actor: whoever works on a record may see it.</summary>
    public static async Task<bool> WorksOnAsync(this CrmDbContext db, Actor actor, string subjectType, Guid subjectId, CancellationToken ct)
    {
        var tasks = await db.All<UserTask>().AsNoTracking().Where(t => t.SubjectType == subjectType && t.SubjectId == subjectId)
            .Select(t => new { Task = t, Assigned = db.All<TaskAssignment>().Any(a => a.TaskId == t.Id && a.UserId == actor.UserId) })
                .ToListAsync(ct);
        var principals = LoadedTask.PrincipalsOf(actor);
        return tasks.Exists(t => t.Assigned || (actor.Kind == ActorKind.Agent ? t.Task.AgentId is not null && t.Task.AgentId == actor.AgentId
            : TaskWrites.PoolOf(t.Task).Any(principals.Contains)));
    }

    /// <summary>Names of the steps still ahead of a record, in flow order of the version it runs on; empty when no step is open.</summary>
    public static async Task<IReadOnlyList<string>> StepsAheadAsync(this CrmDbContext db, Actor actor, string subjectType, Guid subjectId,
        CancellationToken ct)
    {
        var open = await db.All<UserTask>().AsNoTracking()
            .Where(t => t.SubjectType == subjectType && t.SubjectId == subjectId && t.State == TaskState.Open).FirstOrDefaultAsync(ct);
        return open is null ? []
            : [.. (await Trail.LoadAsync(db, open, actor, ct)).Path().Where(s => s.Look == CrmFlow.Ui.StepLook.Future).Select(s => s.Text)];
    }

    private static async Task<List<(Guid Subject, SubjectTask Task)>> LoadAsync(CrmDbContext db, IQueryable<UserTask> tasks, CancellationToken ct)
    {
        var rows = await tasks.AsNoTracking()
            .Select(t => new { Task = t, Assignments = db.All<TaskAssignment>().Where(a => a.TaskId == t.Id).ToList() }).ToListAsync(ct);
        var ids = rows.Select(r => r.Task.Id).ToList();
        var decisions = (await db.All<TaskEvent>().AsNoTracking().Where(e => ids.Contains(e.TaskId) && e.Kind == TaskEventKind.Decided)
            .OrderBy(e => e.No)
            .Select(e => new { e.TaskId, e.UserId, e.Outcome, e.Opinion, e.At }).ToListAsync(ct)).ToLookup(e => e.TaskId);
        return [.. rows.Select(r => (r.Task.SubjectId,
            Describe(r.Task, r.Assignments, [.. decisions[r.Task.Id].Select(d => new SubjectDecision(d.UserId, d.Outcome!, d.Opinion, d.At))])))];
    }

    private static SubjectTask Describe(UserTask task, List<TaskAssignment> assignments, IReadOnlyList<SubjectDecision> decisions)
    {
        var culture = CultureInfo.CurrentUICulture;
        var action = task.Outcome is null ? null : TaskAction.Read(Value.FromJson(task.Actions)).FirstOrDefault(a => a.Name == task.Outcome);
        var pool = TaskWrites.PoolOf(task).ToList();
        return new SubjectTask(task.Id, task.InstanceId, task.ActivityId,
            (culture.TwoLetterISOLanguageName == "en" ? task.TitleEn : null) ?? task.Title, task.Round)
            {
                CreatedAt = task.CreatedAt, DueAt = task.DueAt, ClosedAt = task.ClosedAt,
                Outcome = task.Outcome, OutcomeLabel = action?.LabelIn(culture), OutcomeKind = action?.Kind.ToString().ToLowerInvariant(),
                Holders = pool.Count > 0 ? pool
                    : [.. assignments.Where(a => a.State != AssignmentState.GivenBack).Select(a => Principal.User(a.UserId))],
                ClaimedBy = task.Vote == Vote.First ? assignments.Find(a => a.State is AssignmentState.Active or AssignmentState.Decided)?.UserId
                    : null,
                VotesNeeded = task.Vote == Vote.All ? Math.Max(1, assignments.Count(a => a.State is not AssignmentState.GivenBack)) : 1,
                Decisions = decisions,
            };
    }
}

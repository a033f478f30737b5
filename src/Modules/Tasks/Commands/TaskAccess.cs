using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>A task with its people, and the one place that says who may see it and who may act.</summary>
internal sealed record LoadedTask(UserTask Task, List<TaskAssignment> Assignments)
{
    private static readonly PreparedQuery<Guid, LoadedTask> Load = new((db, taskId, _) =>
        db.All<UserTask>().AsNoTracking().Where(t => t.Id == taskId)
            .Select(t => new LoadedTask(t, db.All<TaskAssignment>().Where(a => a.TaskId == t.Id).ToList())).SingleOrDefault());

    public static Task<LoadedTask?> LoadAsync(CrmDbContext db, Guid taskId, CancellationToken ct) => Load.RunAsync(db, taskId, ct);

    public TaskAssignment? Holding(Actor actor) => Assignments.Find(a => a.UserId == actor.UserId && a.State == AssignmentState.Active);
    /// <summary>
    /// Waits for somebody. A task one decision decides is over with it, even while the process could not take it in yet (an incident).
    /// </summary>
    public bool IsOpen => Task.State == TaskState.Open && !(Task.Vote == Vote.First && Assignments.Exists(a => a.State == AssignmentState.Decided));
    public bool IsClaimed => Task.Vote == Vote.First && Assignments.Exists(a => a.State == AssignmentState.Active);

    /// <summary>The decisions so far in the order they were made.</summary>
    public IEnumerable<TaskAction> Decided(IReadOnlyList<TaskAction> actions) =>
        Assignments.Where(a => a.State == AssignmentState.Decided).OrderBy(a => a.DecidedAt).ThenBy(a => a.Id)
            .Select(a => actions.First(x => x.Name == a.Outcome));

    /// <summary>May take it from the pool, were it unclaimed.</summary>
    public bool IsCandidate(Actor actor) => TaskWrites.PoolOf(Task).Any(PrincipalsOf(actor).Contains);

    /// <summary>The holder may put it back when somebody else could take it.</summary>
    public bool CanBeGivenBack(Actor actor) => Task.Vote == Vote.First && Holding(actor) is not null && TaskWrites.PoolOf(Task).Any(p =>
        p != Principal.User(actor.UserId)) && CandidateCount > 1;

    private int CandidateCount =>
        Value.FromJson(Task.ChosenBy)["rules"].Items.SelectMany(r => r["people"].Items).Select(p => p["id"].ToText()).Distinct().Count();

    /// <summary>
    /// Agents see what is addressed to their own agent, nothing else. Staff see what they hold, held, may claim, got a copy of, or started, every
    /// task of an instance they took part in, everything with the right to administer processes, and tasks about a record its module lets them see.
    /// </summary>
    /// <param name="subject">The record's module; null where looking is not enough anyway.</param>
    public async Task<bool> IsVisibleAsync(CrmDbContext db, Actor actor, CancellationToken ct, ISubject? subject = null)
    {
        if (actor.Kind == ActorKind.System) return true;
        if (Assignments.Exists(a => a.UserId == actor.UserId)) return true;
        if (actor.Kind == ActorKind.Agent) return Task.AgentId is not null && Task.AgentId == actor.AgentId;
        if (actor.Kind != ActorKind.Staff) return false;
        if (actor.Has(TaskRights.Administer) || IsCandidate(actor)) return true;
        var me = Principal.User(actor.UserId);
        return await db.All<TaskAssignment>().AnyAsync(a => a.InstanceId == Task.InstanceId && a.UserId == actor.UserId, ct)
            || await db.All<InboxEntry>().AnyAsync(i => i.TaskId == Task.Id && i.Principal == me, ct)
            || await db.All<StartedInstance>().AnyAsync(s => s.InstanceId == Task.InstanceId && s.Starter == me, ct)
            || subject is not null && await subject.MaySeeAsync(db, actor, Task.SubjectId, ct);
    }

    public TaskInfo Info(Actor actor) => new(Task.Id, Task.InstanceId, Task.NodeId, Task.ActivityId)
    {
        Form = Task.Form, Title = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? Task.TitleEn ?? Task.Title : Task.Title,
        SubjectType = Task.SubjectType, SubjectId = Task.SubjectId, Round = Task.Round, Revision = Task.Revision, Actor = actor,
    };

    /// <summary>What an inbox row must be addressed to for this actor to have it.</summary>
    public static IReadOnlyList<string> PrincipalsOf(Actor actor) =>
        [.. new[] { Principal.User(actor.UserId) }.Concat(actor.Principals).Concat(actor.AgentId is { } agent ? [Principal.Agent(agent)] : [])
            .Distinct()];
}

internal static class TaskRights
{
    /// <summary>May see every task and give one to somebody.</summary>
    public const string Administer = "admin.workflows";
}

/// <summary>Somebody was faster: who did what and when.</summary>
internal sealed record TaskChanged : Problem
{
    private TaskChanged(string key, params object?[] args) : base(key, args) => Kind = ProblemKind.Conflict;

    public static async Task<TaskChanged> OfAsync(Command cmd, UserTask task, CancellationToken ct)
    {
        var (texts, time) = ((Texts)cmd.Services.GetService(typeof(Texts))!, (BusinessTime)cmd.Services.GetService(typeof(BusinessTime))!);
        var last = await cmd.Db.All<TaskEvent>().AsNoTracking().Where(e => e.TaskId == task.Id && e.Kind != TaskEventKind.Overdue)
            .OrderByDescending(e => e.No)
            .Select(e => new { e.UserName, e.Kind, e.At, e.OutcomeLabel, e.OutcomeLabelEn }).FirstOrDefaultAsync(ct);
        if (last is null) return new("tasks.problem.changed-by-process");
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var what = last.Kind == TaskEventKind.Decided ? (english ? last.OutcomeLabelEn : null) ?? last.OutcomeLabel
            : texts[$"tasks.event.{last.Kind}", last.OutcomeLabel];
        var local = time.Local(last.At);
        var when = time.DateOf(last.At) == time.Today ? local.ToString("HH:mm", CultureInfo.InvariantCulture)
            : local.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new("tasks.problem.changed", last.UserName, when, what);
    }
}

/// <summary>They may look but it is another person's turn.</summary>
internal sealed record NotYourTask : Problem
{
    public NotYourTask() : base("tasks.problem.not-yours") => Kind = ProblemKind.Forbidden;
}

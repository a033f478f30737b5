using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>Everything the task page shows one actor.</summary>
public sealed record TaskView(TaskInfo Info)
{
    public required string DefinitionId { get; init; }
    public required string Process { get; init; }
    public required string Step { get; init; }
    public string? Reference { get; init; }
    public string? SubjectName { get; init; }
    public required bool IsOpen { get; init; }
    public required bool IsNobodyFound { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public required DueLevel Due { get; init; }
    /// <summary>Holds it, or could take it right now.</summary>
    public required bool CanAct { get; init; }
    public required bool CanClaim { get; init; }
    public required bool CanGiveBack { get; init; }
    public required bool CanAssign { get; init; }
    /// <summary>Who holds it, or could.</summary>
    public required IReadOnlyList<string> Holders { get; init; }
    public required IReadOnlyList<TaskAction> Actions { get; init; }
    /// <summary>Without hidden ones; empty for who cannot act.</summary>
    public required IReadOnlyList<FormField> Fields { get; init; }
    public IReadOnlyDictionary<string, Value> Values { get; init; } = new Dictionary<string, Value>();
    public string? DraftOpinion { get; init; }
    public DateTimeOffset? DraftSavedAt { get; init; }
    public Type? Evidence { get; init; }
    public Type? Component { get; init; }
    public required IReadOnlyList<PathStep> Path { get; init; }
    public required IReadOnlyList<string> Why { get; init; }
    public required IReadOnlyList<TaskHistoryEntry> History { get; init; }
    /// <summary>Place in the actor's own list, from 1; 0 when it is not there.</summary>
    public required int Position { get; init; }
    public required int Total { get; init; }
    public Guid? Previous { get; init; }
    public Guid? Next { get; init; }
    /// <summary>For the diagram; null for agents, who see their own part only.</summary>
    public InstanceTrace? Trace { get; init; }
    public required bool IsUnreadCopy { get; init; }
}

/// <summary>One line of a process's history as the actor may see it, newest first.</summary>
public sealed record TaskHistoryEntry(TaskEventKind? Kind, string Step, string Who, DateTimeOffset At, int Round)
{
    public string? Outcome { get; init; }
    public ActionKind? OutcomeKind { get; init; }
    public string? Opinion { get; init; }
    public bool IsSigned { get; init; }
    /// <summary>Working days the step took, or has taken so far; null where it says nothing.</summary>
    public int? WorkingDays { get; init; }
}

/// <summary>Reads one task for its page. A task outside the actor's sight does not exist.</summary>
public sealed class TaskPage(WorkflowRuntime runtime, IServiceScopeFactory scopes, WorkingCalendars calendars, TimeProvider clock, Texts texts)
{
    public static readonly Operation Operation = new("Tasks.TaskPage", Access.SignedIn);

    public Task<Result<TaskView>> HandleAsync(Actor actor, Guid taskId, CancellationToken ct) =>
        runtime.ReadAsync<TaskView>(Operation, actor, async db =>
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await LoadedTask.LoadAsync(db, taskId, ct) is not { } loaded
                || !await loaded.IsVisibleAsync(db, actor, ct,
                    scope.ServiceProvider.GetKeyedService<ISubject>(loaded.Task.SubjectType))) return new NotFound();

            var task = loaded.Task;
            var (info, me) = (loaded.Info(actor), Principal.User(actor.UserId));
            var (open, holds) = (loaded.IsOpen, loaded.Holding(actor) is not null);
            var canClaim = open && !holds && task.Vote == Vote.First && !loaded.IsClaimed && loaded.IsCandidate(actor);
            var form = scope.ServiceProvider.GetKeyedService<ITaskForm>(task.Form);
            IReadOnlyList<FormField> fields = form is not null && open && (holds || canClaim)
                ? [.. (await form.FieldsAsync(db, info, ct)).Where(f => f.Mode != FieldMode.Hidden)] : [];
            var draft = fields.Count > 0 || holds || canClaim
                ? await db.All<TaskDraft>().AsNoTracking().SingleOrDefaultAsync(d => d.TaskId == taskId && d.UserId == actor.UserId, ct) : null;
            var trail = await Trail.LoadAsync(db, task, actor, ct);
            var mine = await db.All<InboxEntry>().AsNoTracking().Where(i => i.Principal == me && i.Box == InboxBox.Mine).OrderBy(i => i.Sort)
                .Take(InboxPage.CountCap).Select(i => i.TaskId).ToListAsync(ct);
            var at = mine.IndexOf(taskId);
            var (calendar, now) = (await calendars.CurrentAsync(ct), clock.GetUtcNow());
            return new TaskView(info)
            {
                DefinitionId = task.DefinitionId,
                Process = texts.Find($"workflow.{task.DefinitionId}", CultureInfo.CurrentUICulture) ?? trail.Process ?? task.DefinitionId,
                Step = Trail.Name(task.Step, task.StepEn), Reference = task.Reference, SubjectName = texts.Say(task.SubjectName),
                IsOpen = open, IsNobodyFound = open && task.Health == TaskHealth.NobodyFound, DueAt = task.DueAt,
                Due = DueLevel.Of(calendar, open ? now : task.ClosedAt ?? now, task.DueAt),
                CanAct = open && (holds || canClaim), CanClaim = canClaim, CanGiveBack = open && loaded.CanBeGivenBack(actor),
                CanAssign = open && actor.Has(TaskRights.Administer),
                Holders = open ? await HoldersAsync(db, loaded, ct) : [],
                Actions = open && (holds || canClaim) ? TaskAction.Read(Value.FromJson(task.Actions)) : [],
                Fields = fields, Values = Values(fields, draft), DraftOpinion = draft?.Opinion, DraftSavedAt = draft?.SavedAt,
                Evidence = form?.Evidence, Component = fields.Count > 0 ? form?.Component : null,
                Path = trail.Path(), Why = holds || canClaim || actor.Has(TaskRights.Administer)
                    ? await WhyMe.SentencesAsync(db, loaded, actor, texts, ct) : [],
                History = trail.History(calendar, now), Trace = actor.Kind == ActorKind.Agent ? null
                    : await db.InstanceTraceAsync(task.InstanceId, ct),
                Position = at + 1, Total = mine.Count, Previous = at > 0 ? mine[at - 1] : null,
                Next = at >= 0 && at < mine.Count - 1 ? mine[at + 1] : null,
                IsUnreadCopy = await db.All<InboxEntry>()
                    .AnyAsync(i => i.TaskId == taskId && i.Principal == me && i.Box == InboxBox.Copied && i.ReadAt == null, ct),
            };
        }, ct);

    private static Dictionary<string, Value> Values(IReadOnlyList<FormField> fields, TaskDraft? draft)
    {
        var typed = draft is null ? [] : Value.FromJson(draft.Data).Members;
        return fields.ToDictionary(f => f.Key, f => f.Mode == FieldMode.Write && typed.TryGetValue(f.Key, out var value) ? value : f.Initial);
    }

    private static async Task<IReadOnlyList<string>> HoldersAsync(CrmDbContext db, LoadedTask loaded, CancellationToken ct)
    {
        var holders = loaded.Assignments.Where(a => a.State == AssignmentState.Active).Select(a => Principal.User(a.UserId)).ToList();
        var principals = holders.Count > 0 ? holders : [.. TaskWrites.PoolOf(loaded.Task)];
        var names = await db.PrincipalNamesAsync(principals, ct);
        return [.. principals.Select(p => names.GetValueOrDefault(p)).OfType<string>()];
    }
}

using System.Globalization;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>What happened in a task's instance, as far as the actor may know: its step path and its history with rounds.</summary>
internal sealed class Trail
{
    private sealed record Step(UserTask Task, List<TaskAssignment> Assignments);

    private List<Step> _steps = [];
    private List<TaskEvent> _events = [];
    private Dictionary<Guid, UserRef> _users = [];
    private StartedInstance? _started;
    private bool _ownOnly;

    public string? Process => _started?.Title;

    public static async Task<Trail> LoadAsync(CrmDbContext db, UserTask task, Actor actor, CancellationToken ct)
    {
        var trail = new Trail { _ownOnly = actor.Kind == ActorKind.Agent };
        trail._steps = (await db.All<UserTask>().AsNoTracking().Where(t => t.InstanceId == task.InstanceId)
            .Select(t => new { Task = t, Assignments = db.All<TaskAssignment>().Where(a => a.TaskId == t.Id).ToList() }).ToListAsync(ct))
                .ConvertAll(r => new Step(r.Task, r.Assignments));
        trail._events = await db.All<TaskEvent>().AsNoTracking().Where(e => e.InstanceId == task.InstanceId).OrderByDescending(e => e.No)
            .Select(e => new TaskEvent
            {
                No = e.No, TaskId = e.TaskId, InstanceId = e.InstanceId, SubjectType = e.SubjectType, SubjectId = e.SubjectId,
                ActivityId = e.ActivityId, Step = e.Step, StepEn = e.StepEn,
                Round = e.Round, Kind = e.Kind, At = e.At, UserId = e.UserId, UserName = e.UserName, Outcome = e.Outcome,
                OutcomeLabel = e.OutcomeLabel, OutcomeLabelEn = e.OutcomeLabelEn,
                // the picture itself is large and not shown here
                OutcomeKind = e.OutcomeKind, Opinion = e.Opinion, Signature = e.Signature == null ? null : "",
            }).ToListAsync(ct);
        if (trail._ownOnly)
        {
            // An agent knows what its own people did and what sent a task back to it, not who said what inside.
            var own = trail._steps.Where(s => s.Task.AgentId is not null && s.Task.AgentId == actor.AgentId).ToList();
            trail._events = trail._events.FindAll(e => own.Exists(s =>
                s.Task.Id == e.TaskId || e.Kind == TaskEventKind.Decided && e.TaskId == s.Task.PreviousTaskId && e.At == s.Task.CreatedAt
                && e.OutcomeKind is (nameof(ActionKind.Return) or nameof(ActionKind.Refuse))));
        }
        trail._started = await db.All<StartedInstance>().AsNoTracking().SingleOrDefaultAsync(s => s.InstanceId == task.InstanceId, ct);
        var holders = trail._steps.Where(s => s.Task.State == TaskState.Open).SelectMany(s => s.Assignments).Select(a => a.UserId).Distinct()
            .ToList();
        trail._users = holders.Count == 0 ? [] : await db.UsersByIdAsync(holders, ct);
        return trail;
    }

    public static string Name(string step, string? english) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? english ?? step : step;

    /// <summary>Done, current and coming steps; steps the flow passed by without visiting are left out.</summary>
    public IReadOnlyList<PathStep> Path()
    {
        if (_started is null) return [];
        var steps = StepPath.Read(_started.Steps).ToList();
        var open = _steps.Where(s => s.Task.State == TaskState.Open).ToLookup(s => s.Task.ActivityId);
        var completed = _steps.Where(s => s.Task.State == TaskState.Completed).Select(s => s.Task.ActivityId).ToHashSet();
        var userSteps = _steps.Select(s => s.Task.ActivityId).ToHashSet();
        var current = steps.FindIndex(s => open.Contains(s.ActivityId));
        var path = new List<(string Name, PathStep Step)>();
        foreach (var (index, step) in steps.Index())
        {
            var name = Name(step.Name, step.NameEn);
            if (open[step.ActivityId].MaxBy(s => s.Task.Round) is { } now)
                Add(name, new(now.Task.Vote == Vote.All && Needed(now) is > 1 and var needed ? $"{name} {now.Task.Votes} / {needed}" : name,
                    StepLook.Current));
            else if (step.IsAside && !completed.Contains(step.ActivityId)) continue;
            else if (current < 0 ? completed.Contains(step.ActivityId) || index == 0 && !userSteps.Contains(step.ActivityId) : index < current)
            {
                if (completed.Contains(step.ActivityId) || index == 0) Add(name, new(name, StepLook.Done));
            }
            else Add(name, new(name, StepLook.Future));
        }
        return path.ConvertAll(p => p.Step);

        // Alternatives of one step, such as one signature or two, carry one name and are one place on the path.
        void Add(string name, PathStep step)
        {
            if (path.Count == 0 || path[^1].Name != name) path.Add((name, step));
            else if (path[^1].Step.Look == StepLook.Future) path[^1] = (name, step);
        }
    }

    public IReadOnlyList<TaskHistoryEntry> History(WorkingCalendar calendar, DateTimeOffset now)
    {
        var waiting = _steps.Where(s => s.Task.State == TaskState.Open && (!_ownOnly || s.Task.AgentId is not null)).Select(s => new TaskHistoryEntry(
            null, Name(s.Task.Step, s.Task.StepEn),
            string.Join("、", s.Assignments.Where(a => a.State == AssignmentState.Active).Select(a =>
                _users.GetValueOrDefault(a.UserId)?.Name).OfType<string>()), s.Task.CreatedAt, s.Task.Round)
        {
            WorkingDays = calendar.WorkingDaysBetween(s.Task.CreatedAt, now),
        });
        var created = _steps.ToDictionary(s => s.Task.Id, s => s.Task.CreatedAt);
        var past = _events.Select(e => new TaskHistoryEntry(e.Kind, Name(e.Step, e.StepEn), e.UserName, e.At, e.Round)
        {
            Outcome = e.OutcomeLabel is null ? null : Name(e.OutcomeLabel, e.OutcomeLabelEn),
            OutcomeKind = Enum.TryParse<ActionKind>(e.OutcomeKind, out var kind) ? kind : null,
            Opinion = e.Opinion, IsSigned = e.Signature is not null,
            WorkingDays = e.Kind == TaskEventKind.Decided && created.TryGetValue(e.TaskId, out var from) ? calendar.WorkingDaysBetween(from, e.At)
                : null,
        });
        return [.. waiting, .. past];
    }

    private static int Needed(Step step) => step.Assignments.Count(a => a.State is AssignmentState.Active or AssignmentState.Decided);
}

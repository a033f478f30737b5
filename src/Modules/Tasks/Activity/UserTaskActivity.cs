using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>
/// A step people decide. Reached, it chooses them, records why, writes task, assignments and inbox rows and waits; resumed by <see
/// cref="CompleteTask"/>, it counts the decision, and when the vote is decided follows the action's port or returns to the step the action names.
/// </summary>
[Activity(TypeName)]
internal sealed class UserTaskActivity(Command cmd, WorkingCalendars calendars, TaskBurst burst) : IActivity
{
    public const string TypeName = "CrmFlow.UserTask";
    /// <summary>Due rows of this kind mark a task overdue (<see cref="MarkOverdue"/>).</summary>
    public const string OverdueKind = "tasks.overdue";

    [Input] public string? Title { get; set; }
    /// <summary>Shown on English pages instead of the title.</summary>
    [Input] public string? TitleEn { get; set; }
    /// <summary>
    /// Key of a form registered with <c>AddTaskForm</c>; <see cref="StepFieldsForm"/> where the step lists its own <see cref="Fields"/> instead.
    /// </summary>
    [Input(Editor = "task-form")] public string? Form { get; set; }
    /// <summary>See <see cref="StepField"/>.</summary>
    [Input(Plain = true, Editor = "form-fields")] public Value Fields { get; set; }
    [Input] public string? SubjectType { get; set; }
    /// <summary>The record it is about; the instance itself when there is none.</summary>
    [Input] public Guid? SubjectId { get; set; }
    /// <summary>What the record is called in lists, such as the agent's name.</summary>
    [Input] public string? SubjectName { get; set; }
    /// <summary>The record's number, such as JS-2026-0037.</summary>
    [Input] public string? Reference { get; set; }
    /// <summary>Yuan, for the list.</summary>
    [Input] public decimal? Amount { get; set; }

    /// <summary>Logins or ids.</summary>
    [Input(Editor = "users")] public string[]? Users { get; set; }
    /// <summary>Role keys.</summary>
    [Input(Editor = "roles")] public string[]? Roles { get; set; }
    /// <summary>Key of the department whose head it is.</summary>
    [Input(Editor = "department")] public string? DepartmentHead { get; set; }
    /// <summary>Party id of the agent, all of whose users may act.</summary>
    [Input] public string? Agent { get; set; }
    /// <summary>Name of a variable, or of a field submitted earlier in this instance, that holds a login or user id.</summary>
    [Input] public string? Field { get; set; }
    /// <summary>A list of <c>{user}</c>, <c>{role}</c>, <c>{agent}</c>, <c>{departmentHead}</c> or plain logins.</summary>
    [Input(Editor = "expression")] public Value Assignees { get; set; }

    [Input] public Vote Vote { get; set; } = Vote.First;
    [Input] public RejectPolicy RejectPolicy { get; set; } = RejectPolicy.Veto;
    /// <summary>0 … 3660; 0 is the end of the working day.</summary>
    [Input] public int DueInWorkingDays { get; set; } = 3;
    /// <summary>See <see cref="TaskAction"/>.</summary>
    [Input(Plain = true, Editor = "task-actions")] public Value Actions { get; set; }
    /// <summary>Who gets the decision in 抄送; entries as in <see cref="Assignees"/>.</summary>
    [Input] public Value CopyTo { get; set; }
    /// <summary>The business reason for asking these people, shown first under "why me".</summary>
    [Input] public string? Why { get; set; }
    [Input] public string? WhyEn { get; set; }

    /// <summary>The action followed.</summary>
    [Output] public string? Outcome { get; set; }
    /// <summary>Id of the person whose decision decided.</summary>
    [Output] public string? DecidedBy { get; set; }
    [Output] public string? Opinion { get; set; }

    /// <summary>Workflow variable that gathers every accepted form field of the instance.</summary>
    private const string Submitted = "submitted";

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        _ = TaskAction.Read(Actions);
        if (string.IsNullOrWhiteSpace(Form) && Fields.Kind == ValueKind.Array) Form = StepFieldsForm.Key;
        if (string.IsNullOrWhiteSpace(Form)) throw new InvalidOperationException(
            $"Step '{context.Activity.DisplayText}' has no form. Set its input 'form' to the key of a registered task form.");
        var choice = await Choice.ResolveAsync(cmd.Db, Rules(context), ct);
        var calendar = await calendars.CurrentAsync(ct);
        var chosenBy = choice.ToValue();
        if (Why is not null) chosenBy.Members["why"] = Why;
        if (WhyEn is not null) chosenBy.Members["whyEn"] = WhyEn;
        var origin = await OriginAsync(context, ct);
        var task = new UserTask
        {
            Id = context.ActivityInstanceId,
            InstanceId = context.WorkflowInstanceId,
            BookmarkId = context.NewId(),
            DefinitionId = context.Workflow.DefinitionId,
            NodeId = context.Activity.NodeId,
            ActivityId = context.Activity.Id,
            Step = context.Activity.DisplayText,
            StepEn = StepPath.NameEn(context.Activity),
            Title = string.IsNullOrWhiteSpace(Title) ? context.Activity.DisplayText : Title,
            TitleEn = TitleEn ?? (string.IsNullOrWhiteSpace(Title) ? StepPath.NameEn(context.Activity) : null),
            Form = Form,
            SubjectType = SubjectType ?? "instance",
            SubjectId = SubjectId ?? context.WorkflowInstanceId,
            SubjectName = SubjectName,
            Reference = Reference,
            Amount = Amount,
            AgentId = choice.AgentId,
            Vote = Vote,
            RejectPolicy = RejectPolicy,
            Round = context.Round,
            State = TaskState.Open,
            Health = choice.People.Count > 0 ? TaskHealth.Ok : TaskHealth.NobodyFound,
            Actions = Actions.ToJson(),
            ChosenBy = chosenBy.ToJson(),
            Revision = 1,
            Votes = 0,
            CreatedAt = context.Now,
            DueAt = calendar.AddWorkingDays(context.Now, DueInWorkingDays),
            PreviousTaskId = origin.TaskId,
            PreviousStep = origin.Step,
            PreviousStepEn = origin.StepEn,
            PreviousBy = origin.By,
        };
        context.Record("assignment", chosenBy);
        context.Record("vote", Value.Object(("vote", Vote.ToString()), ("rejectPolicy", RejectPolicy.ToString()),
            ("dueInWorkingDays", DueInWorkingDays), ("dueAt", task.DueAt.ToString("O"))));

        TaskWrites.Create(cmd, task, context.Workflow, origin.Starter?.Id);
        foreach (var person in Vote == Vote.All || choice.People.Count == 1 ? choice.People : []) TaskWrites.Assign(cmd, task, person.Id);
        if (Vote == Vote.First && choice.People.Count != 1) TaskWrites.OfferToPool(cmd, task, choice.Pool);
        if (task.Health == TaskHealth.NobodyFound) TaskWrites.AskForAttention(cmd, task);
        cmd.Schedule(OverdueKind, task.Id.ToString(), task.DueAt, Value.Null);
        return ActivityResult.Wait(new BookmarkRequest(TypeName) { Id = task.BookmarkId, Key = task.Id.ToString(), AutoBurn = false });
    }

    /// <summary>
    /// The decision that led here and who started the instance. When an administrator runs a failed step again it is as if nothing had failed:
    /// neither is the administrator.
    /// </summary>
    private async Task<Origin> OriginAsync(ActivityContext context, CancellationToken ct)
    {
        (Guid, string)? actor = cmd.Actor.Kind == ActorKind.System ? null : (cmd.Actor.UserId, cmd.Actor.Name);
        if (burst.Deciding is { } decision) return new(actor, decision.Task.Id, decision.Task.Step, decision.Task.StepEn, decision.ByName);
        if (cmd.Operation != InstanceAdministration.Retry) return new(actor, null, null, null, actor?.Item2);
        var starter = await cmd.Db.StarterOfAsync(context.WorkflowInstanceId, ct);
        var last = await cmd.Db.All<TaskEvent>().AsNoTracking()
            .Where(e => e.InstanceId == context.WorkflowInstanceId && e.Kind == TaskEventKind.Decided).OrderByDescending(e => e.No)
            .FirstOrDefaultAsync(ct);
        return new(starter, last?.TaskId, last?.Step, last?.StepEn, last?.UserName ?? starter?.Name);
    }

    private sealed record Origin((Guid Id, string Name)? Starter, Guid? TaskId, string? Step, string? StepEn, string? By);

    private IEnumerable<AssignmentRule> Rules(ActivityContext context)
    {
        foreach (var user in Users ?? []) yield return new("user", user);
        foreach (var role in Roles ?? []) yield return new("role", role);
        if (!string.IsNullOrWhiteSpace(DepartmentHead)) yield return new("departmentHead", DepartmentHead);
        if (!string.IsNullOrWhiteSpace(Agent)) yield return new("agent", Agent);
        if (!string.IsNullOrWhiteSpace(Field))
        {
            var value = context.GetVariable(Field);
            if (value.IsNothing) value = context.GetVariable(Submitted)[Field];
            yield return new("field", value.ToText() ?? "") { From = Field };
        }
        foreach (var rule in AssignmentRule.ReadList(Assignees)) yield return rule;
    }

    public async ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        if (burst.Deciding is not { } decision || decision.Task.Id != context.ActivityInstanceId)
            burst.Deciding = decision = await Decision.ReloadAsync(cmd.Db, context.ActivityInstanceId, resumption.Input, ct)
                ?? throw new InvalidOperationException(
                    $"The user task '{context.Activity.DisplayText}' was resumed from outside. Only Tasks.CompleteTask decides it.");
        var task = decision.Task;
        var verdict = Voting.Decide(task.Vote, task.RejectPolicy, decision.Votes, decision.Undecided.Count);

        context.Record($"decision{decision.Number}", Value.Object(
            ("user", decision.By), ("name", decision.ByName), ("outcome", decision.Action.Name), ("opinion", decision.Opinion),
            ("signed", decision.Signature is not null), ("data", Value.From(decision.Data))));
        foreach (var (name, value) in decision.Variables) context.SetVariable(name, value);
        if (decision.Data.Count > 0) context.SetVariable(Submitted, Merge(context.GetVariable(Submitted), decision.Data));
        if (verdict is null) return ActivityResult.Wait();

        context.Record("verdict", Value.Object(("outcome", verdict.Action.Name), ("rule", verdict.Rule)));
        (Outcome, DecidedBy, Opinion) = (verdict.Action.Name, decision.By.ToString(), decision.Opinion);
        // Asked before anything is closed: a return that cannot be made leaves the task as it is, for a retry.
        if (verdict.Action.ReturnTo is { } to && !context.CanReturnTo(to))
            throw new InvalidOperationException(
                $"Step '{context.Activity.DisplayText}' cannot return to '{to}' with its action '{verdict.Action.Name}': that step was never visited or lies on a parallel branch.");
        if (task.State == TaskState.Open)
        {
            TaskWrites.Close(cmd, decision, verdict);
            var copies = await Choice.ResolveAsync(cmd.Db, AssignmentRule.ReadList(CopyTo), ct);
            foreach (var person in copies.People.Where(p => p.Id != decision.By)) TaskWrites.Copy(cmd, task, person.Id, verdict.Action);
            cmd.CancelDue(OverdueKind, task.Id.ToString());
        }
        return verdict.Action.ReturnTo is { } target ? ActivityResult.ReturnTo(target, verdict.Action.StraightBack)
            : ActivityResult.Complete(verdict.Action.Name);
    }

    public async ValueTask CanceledAsync(ActivityContext context, CancellationToken ct)
    {
        await TaskWrites.CancelAsync(cmd, context.ActivityInstanceId, ct);
        cmd.CancelDue(OverdueKind, context.ActivityInstanceId.ToString());
    }

    private static Value Merge(Value before, ValueObject data)
    {
        var merged = new ValueObject();
        if (before.Kind == ValueKind.Object) foreach (var (name, value) in before.Members) merged[name] = value;
        foreach (var (name, value) in data) merged[name] = value;
        return Value.From(merged);
    }
}

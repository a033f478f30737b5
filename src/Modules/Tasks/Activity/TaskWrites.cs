using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>
/// Every statement that changes tasks, assignments and inbox rows, prepared and sent with the command; nothing else writes these tables.
/// </summary>
internal static class TaskWrites
{
    private const string InsertTask = """
        INSERT INTO task (id, instance_id, bookmark_id, definition_id, node_id, activity_id, step, step_en, title, title_en, form, subject_type, subject_id, subject_name,
            reference, amount, agent_id, vote, reject_policy, round, state, health, actions, chosen_by, revision, votes, created_at, due_at, previous_task_id, previous_step, previous_step_en, previous_by)
        VALUES (@id, @instance, @bookmark, @definition, @node, @activity, @step, @stepEn, @title, @titleEn, @form, @subjectType, @subject, @subjectName,
            @reference, @amount, @agent, @vote, @policy, @round, @state, @health, @actions, @chosenBy, @revision, @votes, @created, @due, @previousTask, @previousStep, @previousStepEn, @previousBy)
        """;

    // The first task of an instance names its starter; later ones find the row there.
    private const string InsertStarted = """
        INSERT INTO started_instance (instance_id, starter, sort, definition_id, title, reference, subject_name, subject_type, subject_id, amount, started_at, steps)
        SELECT @instance, @starter, @sort, @definition, @title, @reference, @subjectName, @subjectType, @subject, @amount, @started, @steps
        WHERE NOT EXISTS (SELECT 1 FROM started_instance WHERE instance_id = @instance)
        """;

    private const string InsertAssignment =
        "INSERT INTO task_assignment (id, task_id, instance_id, user_id, state, assigned_at, decided_at, outcome) VALUES (@id, @task, @instance, @user, @state, @at, @decided, @outcome)";

    private const string InsertInbox = """
        INSERT INTO inbox_entry (principal, box, sort, task_id, instance_id, title, title_en, reference, subject_name, amount, previous_step, previous_step_en, previous_by, created_at, due_at, outcome, outcome_en)
        VALUES (@principal, @box, @sort, @task, @instance, @title, @titleEn, @reference, @subjectName, @amount, @previousStep, @previousStepEn, @previousBy, @created, @due, @outcome, @outcomeEn)
        """;

    private const string InsertEvent = """
        INSERT INTO task_event (task_id, instance_id, subject_type, subject_id, activity_id, step, step_en, round, kind, at, user_id, user_name, outcome, outcome_label, outcome_label_en, outcome_kind, opinion, signature)
        VALUES (@task, @instance, @subjectType, @subject, @activity, @step, @stepEn, @round, @kind, @at, @user, @userName, @outcome, @label, @labelEn, @outcomeKind, @opinion, @signature)
        """;

    private const string DeleteOpenInbox = "DELETE FROM inbox_entry WHERE task_id = @task AND box IN ('Mine', 'Pool', 'Attention')";
    private const string DeleteMine = "DELETE FROM inbox_entry WHERE task_id = @task AND box = 'Mine' AND principal = @principal";
    private const string DeleteDrafts = "DELETE FROM task_draft WHERE task_id = @task";
    private const string DeleteDraft = "DELETE FROM task_draft WHERE task_id = @task AND user_id = @user";

    /// <param name="startedBy">Who started the instance, should this be its first task; null when nobody did.</param>
    public static void Create(Command cmd, UserTask task, CompiledWorkflow workflow, Guid? startedBy)
    {
        cmd.Writes.Add(InsertTask,
        [
            ("id", task.Id), ("instance", task.InstanceId), ("bookmark", task.BookmarkId), ("definition", task.DefinitionId), ("node", task.NodeId),
                ("activity", task.ActivityId),
            ("step", task.Step), ("stepEn", task.StepEn), ("title", task.Title), ("titleEn", task.TitleEn), ("form", task.Form),
                ("subjectType", task.SubjectType),
            ("subject", task.SubjectId), ("subjectName", task.SubjectName), ("reference", task.Reference), ("amount", task.Amount),
                ("agent", task.AgentId),
            ("vote", task.Vote.ToString()), ("policy", task.RejectPolicy.ToString()), ("round", task.Round), ("state", task.State.ToString()),
                ("health", task.Health.ToString()),
            ("actions", task.Actions), ("chosenBy", task.ChosenBy), ("revision", task.Revision), ("votes", task.Votes), ("created", task.CreatedAt),
                ("due", task.DueAt),
            ("previousTask", task.PreviousTaskId), ("previousStep", task.PreviousStep), ("previousStepEn", task.PreviousStepEn),
                ("previousBy", task.PreviousBy),
        ]);
        var starter = startedBy is { } person ? Principal.User(person) : "x:system";
        cmd.Writes.Add(InsertStarted,
        [
            ("instance", task.InstanceId), ("starter", starter), ("sort", InboxEntry.Newest(cmd.Now, task.InstanceId)),
                ("definition", task.DefinitionId),
            ("title", workflow.Name), ("reference", task.Reference), ("subjectName", task.SubjectName), ("subjectType", task.SubjectType),
            ("subject", task.SubjectId), ("amount", task.Amount), ("started", cmd.Now), ("steps", StepPath.Of(workflow)),
        ]);
        cmd.Notify(starter);
    }

    /// <summary>Makes a person a holder: an active assignment and a row in 我的待办.</summary>
    public static void Assign(Command cmd, UserTask task, Guid userId)
    {
        AddAssignment(cmd, task, userId, AssignmentState.Active, null);
        AddInbox(cmd, task, Principal.User(userId), InboxBox.Mine);
    }

    public static void OfferToPool(Command cmd, UserTask task, IEnumerable<string> pool)
    {
        foreach (var principal in pool) AddInbox(cmd, task, principal, InboxBox.Pool);
    }

    public static void AskForAttention(Command cmd, UserTask task) => AddInbox(cmd, task, InboxEntry.Attention, InboxBox.Attention);

    public static void Copy(Command cmd, UserTask task, Guid userId, TaskAction outcome) =>
        AddInbox(cmd, task, Principal.User(userId), InboxBox.Copied, outcome);

    /// <summary>
    /// The decision of one person. Written before the process is asked to go on, so that a step that fails takes none of it back; where one decision
    /// is enough, nobody else has the task any more.
    /// </summary>
    public static void Record(Command cmd, Decision decision, IReadOnlyList<TaskAssignment> assignments, TaskAssignment? mine)
    {
        var task = decision.Task;
        var last = task.Vote == Vote.First;
        cmd.Writes.Add("UPDATE task SET votes = @votes, revision = @next WHERE id = @id AND votes = @seen AND revision = @revision AND state = 'Open'",
            [("votes", task.Votes + 1), ("next", last ? task.Revision + 1 : task.Revision), ("id", task.Id), ("seen", task.Votes),
                ("revision", task.Revision)], mustAffect: 1);
        if (mine is not null)
            cmd.Writes.Add("UPDATE task_assignment SET state = 'Decided', decided_at = @at, outcome = @outcome WHERE task_id = @task AND id = @id AND state = 'Active'",
                [("at", cmd.Now), ("outcome", decision.Action.Name), ("task", task.Id), ("id", mine.Id)], mustAffect: 1);
        else
            AddAssignment(cmd, task, decision.By, AssignmentState.Decided, decision.Action.Name);
        AddEvent(cmd, task, TaskEventKind.Decided, decision.Action, decision.Opinion, decision.Signature);

        var me = Principal.User(decision.By);
        if (last)
        {
            Withdraw(cmd, task);
            NotifyHolders(cmd, task, assignments);
        }
        else
        {
            cmd.Writes.Add(DeleteMine, [("task", task.Id), ("principal", me)]);
            cmd.Writes.Add(DeleteDraft, [("task", task.Id), ("user", decision.By)]);
        }
        AddInbox(cmd, task, me, InboxBox.Done, decision.Action);
    }

    /// <summary>The end of a task whose vote is decided; whoever had not spoken no longer has to.</summary>
    public static void Close(Command cmd, Decision decision, Verdict verdict)
    {
        var task = decision.Task;
        cmd.Writes.Add("UPDATE task SET state = 'Completed', outcome = @outcome, closed_at = @at, revision = revision + @more WHERE id = @id AND state = 'Open'",
            [("outcome", verdict.Action.Name), ("at", cmd.Now), ("more", task.Vote == Vote.First ? 0 : 1), ("id", task.Id)], mustAffect: 1);
        if (task.Vote == Vote.First) return; // nobody has had it since the decision was recorded
        if (decision.Undecided.Count > 0)
            cmd.Writes.Add("UPDATE task_assignment SET state = 'Superseded' WHERE task_id = @task AND state = 'Active'", [("task", task.Id)]);
        Withdraw(cmd, task);
        foreach (var holder in decision.Undecided) cmd.Notify(Principal.User(holder));
    }

    /// <summary>Out of every open list, drafts with it.</summary>
    private static void Withdraw(Command cmd, UserTask task)
    {
        cmd.Writes.Add(DeleteOpenInbox, [("task", task.Id)]);
        cmd.Writes.Add(DeleteDrafts, [("task", task.Id)]);
    }

    /// <summary>A candidate takes it out of the pool.</summary>
    public static void Claim(Command cmd, UserTask task)
    {
        Touch(cmd, task, TaskHealth.Ok);
        cmd.Writes.Add(DeleteOpenInbox, [("task", task.Id)]);
        Assign(cmd, task, cmd.Actor.UserId);
        AddEvent(cmd, task, TaskEventKind.Claimed, null, null, null);
        NotifyHolders(cmd, task, []);
    }

    public static void GiveBack(Command cmd, UserTask task, TaskAssignment mine, IEnumerable<string> pool, string? reason)
    {
        Touch(cmd, task, TaskHealth.Ok);
        cmd.Writes.Add("UPDATE task_assignment SET state = 'GivenBack' WHERE task_id = @task AND id = @id AND state = 'Active'",
            [("task", task.Id), ("id", mine.Id)], mustAffect: 1);
        cmd.Writes.Add(DeleteOpenInbox, [("task", task.Id)]);
        OfferToPool(cmd, task, pool);
        AddEvent(cmd, task, TaskEventKind.GivenBack, null, reason, null);
        cmd.Notify(Principal.User(cmd.Actor.UserId));
    }

    /// <summary>An administrator gives it to a person: beside the others where all decide, instead of them where one does.</summary>
    public static void Reassign(Command cmd, UserTask task, IReadOnlyList<TaskAssignment> assignments, UserRef to, string? reason)
    {
        Touch(cmd, task, TaskHealth.Ok);
        if (task.Vote == Vote.First)
        {
            cmd.Writes.Add("UPDATE task_assignment SET state = 'Superseded' WHERE task_id = @task AND state = 'Active'", [("task", task.Id)]);
            cmd.Writes.Add(DeleteOpenInbox, [("task", task.Id)]);
            NotifyHolders(cmd, task, assignments);
        }
        else cmd.Writes.Add("DELETE FROM inbox_entry WHERE task_id = @task AND box = 'Attention'", [("task", task.Id)]);
        Assign(cmd, task, to.Id);
        AddEvent(cmd, task, TaskEventKind.Assigned, null, reason, null, about: to.Name);
        cmd.Notify(InboxEntry.Attention);
    }

    /// <summary>The engine cancelled the step: nobody holds it any more, what was decided stays visible.</summary>
    public static async Task CancelAsync(Command cmd, Guid taskId, CancellationToken ct)
    {
        var task = await cmd.Db.All<UserTask>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == taskId && t.State == TaskState.Open, ct);
        cmd.Writes.Add("UPDATE task SET state = 'Canceled', closed_at = @at, revision = revision + 1 WHERE id = @id AND state = 'Open'",
            [("at", cmd.Now), ("id", taskId)]);
        cmd.Writes.Add("UPDATE task_assignment SET state = 'Canceled' WHERE task_id = @task AND state = 'Active'", [("task", taskId)]);
        cmd.Writes.Add(DeleteOpenInbox, [("task", taskId)]);
        cmd.Writes.Add(DeleteDrafts, [("task", taskId)]);
        if (task is null) return; // made in this very burst: its rows are not sent yet and nobody has seen it
        AddEvent(cmd, task, TaskEventKind.Canceled, null, null, null);
        NotifyHolders(cmd, task,
            await cmd.Db.All<TaskAssignment>().AsNoTracking().Where(a => a.TaskId == taskId && a.State == AssignmentState.Active).ToListAsync(ct));
    }

    public static void MarkOverdue(Command cmd, UserTask task, IEnumerable<TaskAssignment> assignments)
    {
        cmd.Writes.Add("UPDATE task SET overdue_at = @at WHERE id = @id AND state = 'Open'", [("at", cmd.Now), ("id", task.Id)]);
        AddEvent(cmd, task, TaskEventKind.Overdue, null, null, null);
        NotifyHolders(cmd, task, assignments);
    }

    /// <summary>Fence and revision in one: two who saw the same task cannot both move it.</summary>
    private static void Touch(Command cmd, UserTask task, TaskHealth health) =>
        cmd.Writes.Add("UPDATE task SET revision = @next, health = @health WHERE id = @id AND revision = @revision AND state = 'Open'",
            [("next", task.Revision + 1), ("health", health.ToString()), ("id", task.Id), ("revision", task.Revision)], mustAffect: 1);

    private static void AddAssignment(Command cmd, UserTask task, Guid userId, AssignmentState state, string? outcome) =>
        cmd.Writes.Add(InsertAssignment,
        [
            ("id", cmd.NewId()), ("task", task.Id), ("instance", task.InstanceId), ("user", userId), ("state", state.ToString()), ("at", cmd.Now),
            ("decided", outcome is null ? null : (object)cmd.Now), ("outcome", outcome),
        ]);

    private static void AddInbox(Command cmd, UserTask task, string principal, InboxBox box, TaskAction? outcome = null)
    {
        var open = box is InboxBox.Mine or InboxBox.Pool or InboxBox.Attention;
        cmd.Writes.Add(InsertInbox,
        [
            ("principal", principal), ("box", box.ToString()),
                ("sort", open ? InboxEntry.Earliest(task.DueAt, task.Id) : InboxEntry.Newest(cmd.Now, task.Id)),
            ("task", task.Id), ("instance", task.InstanceId), ("title", task.Title), ("titleEn", task.TitleEn), ("reference", task.Reference),
                ("subjectName", task.SubjectName),
            ("amount", task.Amount), ("previousStep", task.PreviousStep), ("previousStepEn", task.PreviousStepEn), ("previousBy", task.PreviousBy),
            ("created", open ? task.CreatedAt : cmd.Now), ("due", task.DueAt), ("outcome", outcome?.Label), ("outcomeEn", outcome?.LabelEn),
        ]);
        cmd.Notify(principal);
    }

    private static void AddEvent(Command cmd, UserTask task, TaskEventKind kind, TaskAction? action, string? opinion, string? signature,
        string? about = null) =>
        cmd.Writes.Add(InsertEvent,
        [
            ("task", task.Id), ("instance", task.InstanceId), ("subjectType", task.SubjectType), ("subject", task.SubjectId),
                ("activity", task.ActivityId), ("step", task.Step),
            ("stepEn", task.StepEn), ("round", task.Round), ("kind", kind.ToString()), ("at", cmd.Now), ("user", cmd.Actor.UserId),
                ("userName", cmd.Actor.Name),
            ("outcome", action?.Name), ("label", action?.Label ?? about), ("labelEn", action?.LabelEn), ("outcomeKind", action?.Kind.ToString()),
                ("opinion", opinion), ("signature", signature),
        ]);

    /// <summary>Everybody who has it in an open list: the holders, and the pool it was offered to.</summary>
    private static void NotifyHolders(Command cmd, UserTask task, IEnumerable<TaskAssignment> assignments)
    {
        foreach (var holder in assignments.Where(a => a.State == AssignmentState.Active)) cmd.Notify(Principal.User(holder.UserId));
        foreach (var principal in PoolOf(task)) cmd.Notify(principal);
        if (task.Health == TaskHealth.NobodyFound) cmd.Notify(InboxEntry.Attention);
    }

    public static IEnumerable<string> PoolOf(UserTask task) =>
        task.Vote == Vote.First && Value.FromJson(task.ChosenBy)["pool"] is { Kind: ValueKind.Array } pool ? pool.Items.Select(p => p.String) : [];
}

using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Tasks;

/// <summary>What a person decided on a task.</summary>
/// <param name="ExpectedRevision">The revision the page showed.</param>
/// <param name="Outcome">Name of one of the step's actions.</param>
public sealed record CompleteTaskRequest(Guid TaskId, int ExpectedRevision, Guid OperationId, string Outcome)
{
    public string? Opinion { get; init; }
    public IReadOnlyDictionary<string, Value> Data { get; init; } = new Dictionary<string, Value>();
    public string? Signature { get; init; }
}

/// <summary>
/// A person decides. Form rules, the module's own rules and records, the vote, the burst it sets off and the next tasks are one transaction.
/// A candidate may decide an unclaimed task straight away: that claims it.
/// </summary>
public sealed class CompleteTask(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Tasks.CompleteTask", Access.SignedIn);

    /// <summary>A drawn signature as data URL; larger is no signature.</summary>
    private const int MaxSignature = 300_000, MaxOpinion = 2_000;

    public Task<Result> HandleAsync(Actor actor, CompleteTaskRequest request, CancellationToken ct) =>
        runtime.ExecuteAsync(Operation, actor, request.OperationId,
            new { request.TaskId, request.Outcome, request.Opinion, Data = request.Data.ToDictionary(d => d.Key, d => d.Value.ToText()) },
            async cmd =>
            {
                if (await LoadedTask.LoadAsync(cmd.Db, request.TaskId, ct) is not { } loaded || !await loaded.IsVisibleAsync(cmd.Db, actor, ct))
                    return new NotFound();
                var (task, mine) = (loaded.Task, loaded.Holding(actor));
                if (!loaded.IsOpen || task.Revision != request.ExpectedRevision) return await TaskChanged.OfAsync(cmd, task, ct);
                if (mine is null && (loaded.IsClaimed || task.Vote == Vote.All || !loaded.IsCandidate(actor))) return new NotYourTask();

                var actions = TaskAction.Read(Value.FromJson(task.Actions));
                if (actions.FirstOrDefault(a => a.Name == request.Outcome) is not { } action) return new UnknownOutcome(request.Outcome);
                var opinion = string.IsNullOrWhiteSpace(request.Opinion) ? null : request.Opinion.Trim();

                var form = cmd.Services.GetKeyedService<ITaskForm>(task.Form)
                    ?? throw new InvalidOperationException(
                    $"Task form '{task.Form}' of step '{task.Step}' is not registered. Add services.AddTaskForm<…>(\"{task.Form}\") in its module.");
                var info = loaded.Info(actor);
                var fields = await form.FieldsAsync(cmd.Db, info, ct);
                var data = FormRules.Merge(fields, request.Data);
                if (Problem.Together(
                    [
                        action.OpinionRequired && opinion is null ? new OpinionRequired(action) : null,
                        opinion?.Length > MaxOpinion ? new OpinionTooLong(opinion.Length, MaxOpinion) : null,
                        action.SignatureRequired && !IsSignature(request.Signature) ? new SignatureRequired(action) : null,
                        .. FormRules.Check(fields, action.Name, data),
                    ]) is { } wrong) return wrong;

                var signature = action.SignatureRequired ? request.Signature : null;
                var submitted = await form.SubmitAsync(cmd, info, new TaskSubmission(action.Name, opinion, data) { Signature = signature }, ct);
                // Where rows are locked one by one, the module may have seen what somebody else's decision did to its record since this command read
                // the task.
                if (submitted.Problem is { } refused) return await LoadedTask.LoadAsync(cmd.Db, task.Id,
                    ct) is { } now && now.Task.Revision == task.Revision ? refused : await TaskChanged.OfAsync(cmd, task, ct);

                var decision = new Decision(task, action)
                {
                    By = actor.UserId, ByName = actor.Name, Opinion = opinion, Signature = signature, Data = data, Variables = submitted.Value,
                    Votes = [.. loaded.Decided(actions), action], Number = task.Votes + 1,
                    Undecided = [.. loaded.Assignments.Where(a => a.State == AssignmentState.Active && a.Id != mine?.Id).Select(a => a.UserId)],
                };
                TaskWrites.Record(cmd, decision, loaded.Assignments, mine);
                cmd.Services.GetRequiredService<TaskBurst>().Deciding = decision;
                cmd.Audit("task", task.Id, new { task.Revision, task.Votes }, new { Outcome = action.Name, Opinion = opinion });
                var resumed = await cmd.ResumeAsync(task.InstanceId, task.BookmarkId, decision.ToInput(), ct);
                // Or that decision was committed while this one waited for the instance.
                return resumed.Problem is BookmarkGone ? await TaskChanged.OfAsync(cmd, task, ct) : resumed;
            }, ct);

    /// <summary>A drawn picture, or a name typed by who cannot draw.</summary>
    private static bool IsSignature(string? signature) =>
        signature is { Length: > 0 and <= MaxSignature } && (signature.StartsWith("data:image/png;base64,", StringComparison.Ordinal)
            ? signature.Length > 200 : signature.Trim().Length is > 1 and <= 40);
}

internal sealed record UnknownOutcome(string Name) : Problem("tasks.problem.unknown-outcome", Name);

internal sealed record OpinionRequired : Problem
{
    public OpinionRequired(TaskAction action) : base(action.Kind == ActionKind.Return ? "tasks.problem.opinion-required-return"
        : "tasks.problem.opinion-required", action.LabelIn(System.Globalization.CultureInfo.CurrentUICulture)) =>
        (Kind, Field) = (ProblemKind.Invalid, "opinion");
}

internal sealed record OpinionTooLong : Problem
{
    public OpinionTooLong(int length, int max) : base("tasks.problem.opinion-too-long", length, max) =>
        (Kind, Field) = (ProblemKind.Invalid, "opinion");
}

internal sealed record SignatureRequired : Problem
{
    public SignatureRequired(TaskAction action) : base("tasks.problem.signature-required",
        action.LabelIn(System.Globalization.CultureInfo.CurrentUICulture)) => (Kind, Field) = (ProblemKind.Invalid, "signature");
}

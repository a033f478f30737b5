using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>What all forms of the settlement share: the application of the task, and what a person sees of it beside the decision.</summary>
internal abstract class SettlementForm : ITaskForm
{
    protected static readonly Dictionary<string, Value> NoVariables = [];

    public Type? Evidence => typeof(Pages.SettlementEvidence);
    public virtual Type? Component => null;

    public virtual Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FormField>>([]);

    public async Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct)
    {
        var application = await cmd.Db.All<SettlementApplication>().Whole().SingleAsync(a => a.Id == task.SubjectId, ct);
        return await DecideAsync(cmd, application, task, submission, ct);
    }

    protected abstract Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct);

    protected static Result<Dictionary<string, Value>> Variables(Result result) => result.Problem is { } problem ? problem : NoVariables;
}

/// <summary>Commerce: returnable, back to the agent with what to correct, or refused with a reason (R-SET-1, R-SET-2).</summary>
internal sealed class CommerceReviewForm : SettlementForm
{
    public const string Key = "agents.commerce-review";

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct) =>
        Task.FromResult(submission.Outcome switch
        {
            "Approve" => Variables(application.CommerceDecides(null, cmd.Now)),
            "Refuse" => Variables(application.CommerceDecides(submission.Opinion, cmd.Now)),
            _ => NoVariables, // back for a correction: not a decision yet
        });
}

/// <summary>The agent answers what commerce asked to correct: leaves lines out, adds a remark or attachments, hands it back.</summary>
internal sealed class CorrectionForm : SettlementForm
{
    public const string Key = "agents.correction";
    public override Type Component => typeof(Pages.CorrectionFields);

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var application = await db.All<SettlementApplication>().AsNoTracking().Include(a => a.Lines).SingleAsync(a => a.Id == task.SubjectId, ct);
        return
        [
            new("lines", "agents.field.lines",
                FieldKind.Custom) { Initial = Value.List(application.Lines.OrderBy(l => l.Position).Select(l => (Value)l.Id)), Required = true },
            new("remarks", "agents.field.remarks", FieldKind.Text) { Lines = 4, Initial = application.Remarks, MaxLength = 2000 },
        ];
    }

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        var keep = submission.Data.TryGetValue("lines", out var lines) && lines.Kind == ValueKind.Array
            ? lines.Items.Select(v => v.ToGuid()).OfType<Guid>().ToHashSet()
            : application.Lines.Select(l => l.Id).ToHashSet();
        var before = application.Lines.Count;
        var corrected = application.Correct(keep, submission.Data.TryGetValue("remarks", out var remarks) ? remarks.ToText() : application.Remarks,
            cmd.Now);
        if (!corrected.Failed)
            cmd.Audit(SettlementScope.Subject, application.Id, new { Lines = before }, new { Lines = application.Lines.Count, application.TotalFee });
        return Task.FromResult<Result<Dictionary<string, Value>>>(corrected.Problem is { } problem ? problem
            : new Dictionary<string, Value> { ["TotalFee"] = application.TotalFee });
    }
}

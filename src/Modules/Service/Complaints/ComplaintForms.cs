using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>What all forms of the complaint share: the record of the task, and what a person sees of it beside the decision.</summary>
internal abstract class ComplaintForm : ITaskForm
{
    public Type? Evidence => typeof(Pages.ComplaintEvidence);

    public abstract Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct);

    public async Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct)
    {
        var complaint = await cmd.Db.All<Complaint>().Include(c => c.Handlings).Include(c => c.CallBacks)
            .SingleAsync(c => c.Id == task.SubjectId, ct);
        var before = complaint.State;
        var decided = await DecideAsync(cmd, complaint, submission, ct);
        if (!decided.Failed)
            cmd.Audit(ComplaintScope.Subject, complaint.Id, new { State = before }, new { submission.Outcome, complaint.State, complaint.Round });
        return decided;
    }

    protected abstract Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct);

    protected static Task<Complaint> ReadAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        db.All<Complaint>().AsNoTracking().Include(c => c.CallBacks).SingleAsync(c => c.Id == task.SubjectId, ct);
    protected static string? Text(TaskSubmission submission, string field) =>
        submission.Data.TryGetValue(field, out var value) ? Complaint.Clean(value.ToText()) : null;
    protected static Guid? Id(TaskSubmission submission, string field) => submission.Data.TryGetValue(field, out var value) ? value.ToGuid() : null;

    protected static ComplaintCategory Category(TaskSubmission submission) => Enum.Parse<ComplaintCategory>(Text(submission, "category")!);

    protected static FormField CategoryField(ComplaintCategory? initial, params string[] required) =>
        new("category", "service.field.category", FieldKind.Choice)
    {
        RequiredFor = required, Choices = [.. Enum.GetNames<ComplaintCategory>().Select(c => new FieldChoice(c, $"service.category.{c}"))],
        Initial = initial?.ToString(),
    };

    /// <summary>Members of the role technicians are chosen from, as the complaint's rules name it.</summary>
    protected static async Task<List<UserRef>> TechniciansAsync(CrmDbContext db, Complaint complaint, CancellationToken ct) =>
        [.. (await db.UsersInRoleAsync(complaint.Rules.Roles.Technicians, ct)).Where(u => u.IsEnabled)];
}

/// <summary>R-CMP-2 (2): what kind of complaint it is, whether what was said holds, and over to whoever assigns.</summary>
internal sealed class ClassifyForm : ComplaintForm
{
    public const string Key = "service.classify";

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var complaint = await ReadAsync(db, task, ct);
        return
        [
            CategoryField(complaint.Category, "*"),
            new("product", "service.field.product", FieldKind.Choice) { AsList = true, Choices = await ServiceChoices.ProductsAsync(db, ct),
                Initial = complaint.ProductId is { } p ? Value.From(p) : Value.Null },
            new("verification", "service.field.verification", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength,
                Initial = complaint.VerificationResult },
        ];
    }

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct)
    {
        var category = Category(submission);
        var classified = complaint.Classify(category, Id(submission, "product"), Text(submission, "verification"));
        return Task.FromResult<Result<Dictionary<string, Value>>>(classified.Problem is { } problem ? problem
            : new Dictionary<string, Value> { ["Category"] = category.ToString() });
    }
}

/// <summary>R-CMP-2 (3): a technician is named.</summary>
internal sealed class AssignForm : ComplaintForm
{
    public const string Key = "service.assign";

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var complaint = await ReadAsync(db, task, ct);
        return
        [
            new("technician", "service.field.technician", FieldKind.Choice) { Required = true,
                Choices = [.. (await TechniciansAsync(db, complaint, ct)).Select(u => new FieldChoice(u.Id.ToString(), u.Name))] },
            CategoryField(complaint.Category, "*"),
        ];
    }

    protected override async Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct)
    {
        var technician = Id(submission, "technician") ?? default;
        if (!(await TechniciansAsync(cmd.Db, complaint, ct)).Exists(u => u.Id == technician)) return new NoSuchTechnician();
        var category = Category(submission);
        if (complaint.Assign(technician, category).Problem is { } problem) return problem;
        return new Dictionary<string, Value> { ["AssignedTo"] = technician, ["Category"] = category.ToString() };
    }
}

/// <summary>T-09: what the technician did, or back to whoever assigns with the reason.</summary>
internal sealed class HandleForm(BusinessTime time) : ComplaintForm
{
    public const string Key = "service.handle";

    public override Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FormField>>(
    [
        new("method", "service.field.method", FieldKind.Text) { Lines = 4, RequiredFor = ["Handled"], MaxLength = ServiceModel.TextLength },
        new("result", "service.field.result", FieldKind.Text) { Lines = 4, RequiredFor = ["Handled"], MaxLength = ServiceModel.TextLength },
        new("handledAt", "service.field.handled-at", FieldKind.Instant) { RequiredFor = ["Handled"], Initial = FormRules.Write(time, time.Now) },
        new("location", "service.field.location", FieldKind.Text),
        new("remarks", "service.field.remarks", FieldKind.Text),
    ]);

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct)
    {
        if (submission.Outcome != "Handled") return Done(complaint.HandBack());
        var at = FormRules.ReadInstant(time, submission.Data["handledAt"]) ?? cmd.Now;
        if (at > cmd.Now.AddMinutes(1)) return Done(new HandledInFuture());
        return Done(complaint.Handle(new ComplaintHandling
        {
            Id = cmd.NewId(), ComplaintId = complaint.Id, Round = complaint.Round, Method = Text(submission, "method")!, HandledBy = cmd.Actor.UserId,
            HandledAt = at,
            Location = Text(submission, "location"), Result = Text(submission, "result")!, Remarks = Text(submission, "remarks"),
            CreatedBy = cmd.Actor.UserId, CreatedAt = cmd.Now,
        }));
    }

    private static Task<Result<Dictionary<string, Value>>> Done(Result result) =>
        Task.FromResult<Result<Dictionary<string, Value>>>(result.Problem is { } problem ? problem : new Dictionary<string, Value>());
}

/// <summary>R-CMP-2 (4): the call-back asks satisfaction and opinion; nobody reached is an attempt too.</summary>
internal sealed class CallBackForm : ComplaintForm
{
    public const string Key = "service.call-back";
    private const string Reached = "Reached";

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var complaint = await ReadAsync(db, task, ct);
        return
        [
            new("satisfaction", "service.field.satisfaction", FieldKind.Choice) { RequiredFor = [Reached], Choices = ServiceChoices.Satisfaction },
            new("comment", "service.field.comment", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength },
            new("respondent", "service.field.respondent", FieldKind.Text) { MaxLength = 100, Initial = complaint.Complainant },
            new("phone", "service.field.phone", FieldKind.Text) { MaxLength = 200, Initial = complaint.ContactInfo },
        ];
    }

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct)
    {
        var reached = submission.Outcome == Reached;
        var attempt = complaint.CallBacks.Count(c => c.Round == complaint.Round) + 1;
        var call = new ComplaintCallBack
        {
            Id = cmd.NewId(), ComplaintId = complaint.Id, Round = complaint.Round, Attempt = attempt, By = cmd.Actor.UserId, At = cmd.Now,
            Respondent = reached ? Text(submission, "respondent") : null,
            Satisfaction = reached ? int.Parse(Text(submission, "satisfaction")!, CultureInfo.InvariantCulture) : null,
            Comment = reached ? Text(submission, "comment") : submission.Opinion,
        };
        return Task.FromResult<Result<Dictionary<string, Value>>>(complaint.CallBack(call).Problem is { } problem ? problem
            : new Dictionary<string, Value>
            {
                ["Attempt"] = attempt, ["Satisfaction"] = call.Satisfaction is { } score ? score : Value.Null, ["Comment"] = call.Comment,
                    ["Respondent"] = call.Respondent, ["Phone"] = Text(submission, "phone"),
            });
    }
}

/// <summary>A step an administrator adds that only reads the complaint and decides: nothing to fill in, the opinion is enough.</summary>
internal sealed class ConfirmForm : ComplaintForm
{
    public const string Key = "service.confirm";

    public override Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FormField>>([]);

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, Complaint complaint, TaskSubmission submission,
        CancellationToken ct) =>
        Task.FromResult<Result<Dictionary<string, Value>>>(complaint.IsOpen ? new Dictionary<string, Value>() : new ComplaintOver(complaint.No));
}

internal sealed record NoSuchTechnician : Problem
{
    public NoSuchTechnician() : base("service.problem.no-such-technician") => Field = "technician";
}
internal sealed record HandledInFuture : Problem
{
    public HandledInFuture() : base("service.problem.handled-in-future") => Field = "handledAt";
}

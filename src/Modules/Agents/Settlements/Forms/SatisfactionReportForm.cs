using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>服务满意度调查报告 (T-16): the questions frozen in the application, comments, and a ratio that the score proposes (C-34).</summary>
internal sealed class SatisfactionReportForm : SettlementForm
{
    public const string Key = "agents.satisfaction-report";
    public override Type Component => typeof(Pages.SatisfactionReportFields);

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var application = await db.All<SettlementApplication>().AsNoTracking().Include(a => a.Reports).SingleAsync(a => a.Id == task.SubjectId, ct);
        var last = application.Report; // a returned report is answered by correcting it, not by typing it again
        var fields = new List<FormField>();
        foreach (var question in application.Rules!.Questions)
        {
            var before = last?.Answers.FirstOrDefault(a => a.Key == question.Key);
            fields.Add(new($"score.{question.Key}", question.Name, FieldKind.Number)
            {
                RequiredFor = ["Submit"], Min = 0, Max = question.MaxScore, Scale = 1, Initial = before is null ? Value.Undefined : before.Score,
            });
            fields.Add(new($"evidence.{question.Key}", "agents.field.evidence", FieldKind.Text) { Initial = before?.Evidence });
        }
        fields.Add(new("ratio", "agents.field.ratio", FieldKind.Number) { Scale = 2, Min = 0, Max = 100, Unit = "agents.unit.percent",
            Help = "agents.field.ratio-help", Initial = last is { } r && r.Ratio != r.ProposedRatio ? r.Ratio : Value.Undefined });
        fields.Add(new("reason", "agents.field.ratio-reason", FieldKind.Text) { Initial = last?.Reason });
        fields.Add(new("comments", "agents.field.comments", FieldKind.Text) { Lines = 4, RequiredFor = ["Submit"], MaxLength = 2000,
            Initial = last?.Comments });
        return fields;
    }

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        var answers = application.Rules!.Questions.Select(q => new SurveyAnswer(q.Key, q.Name, q.EnglishName, q.MaxScore,
            Read(submission, $"score.{q.Key}").ToDecimal() ?? -1, Text(submission, $"evidence.{q.Key}"))).ToArray();
        var written = SatisfactionReport.Write(cmd.NewId(), application, answers, Text(submission, "comments"), Read(submission, "ratio").ToDecimal(),
            Text(submission, "reason"), cmd.Actor.UserId, cmd.Now);
        if (written.Failed) return Refused(written.Problem!);
        if (application.Take(written.Value, cmd.Now).Problem is { } problem) return Refused(problem);
        cmd.Audit(SettlementScope.Subject, application.Id, null,
            new { written.Value.Round, written.Value.Score, written.Value.ProposedRatio, written.Value.Ratio, application.ReturnAmount });
        return Task.FromResult<Result<Dictionary<string, Value>>>(new Dictionary<string, Value>
        {
            ["Score"] = application.Score!.Value,
            ["Ratio"] = application.ReturnRatio!.Value,
            ["Amount"] = application.ReturnAmount!.Value,
        });

        static Task<Result<Dictionary<string, Value>>> Refused(Problem problem) => Task.FromResult<Result<Dictionary<string, Value>>>(problem);
    }

    internal static Value Read(TaskSubmission submission, string field) =>
        submission.Data.TryGetValue(field, out var value) ? value : Value.Undefined;
    internal static string? Text(TaskSubmission submission, string field) =>
        Read(submission, field).ToText() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}

/// <summary>A leader signs the report, or returns it to the support centre with the opinion.</summary>
internal sealed class LeaderSignatureForm : SettlementForm
{
    public const string Key = "agents.leader-signature";

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        if (submission.Outcome != "Sign") return Task.FromResult<Result<Dictionary<string, Value>>>(NoVariables);
        var tier = application.ReturnAmount >= application.Rules!.TwoSignaturesFrom ? "two" : "one";
        var signed = Signature.Sign(cmd.NewId(), application, tier, cmd.Actor, submission.Opinion, submission.Signature, cmd.Now);
        if (signed.Failed) return Task.FromResult<Result<Dictionary<string, Value>>>(signed.Problem!);
        application.Signatures.Add(signed.Value);
        cmd.Db.Add(signed.Value); // two leaders may sign at once: the signature is a row of its own and the application stays as it is
        cmd.Audit(SettlementScope.Subject, application.Id, null, new { Signature = signed.Value.Id, signed.Value.Hash, signed.Value.Round });
        return Task.FromResult<Result<Dictionary<string, Value>>>(NoVariables);
    }
}

using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using static CrmFlow.Agents.SatisfactionReportForm;

namespace CrmFlow.Agents;

/// <summary>The agent sends the invoice: number, date, courier and an amount equal to the approved one to the cent (R-SET-1).</summary>
internal sealed class InvoiceEntryForm(BusinessTime time, Texts texts) : SettlementForm
{
    public const string Key = "agents.invoice-entry";

    public override async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var application = await db.All<SettlementApplication>().AsNoTracking().Include(a => a.Invoices).SingleAsync(a => a.Id == task.SubjectId, ct);
        var last = application.Invoices.MaxBy(i => i.EnteredAt); // sent back: what was typed stands there to be corrected
        return
        [
            new("number", "agents.field.invoice-number", FieldKind.Text) { RequiredFor = ["Send"], MaxLength = 40, Initial = last?.Number,
                Help = "agents.field.invoice-number-help" },
            new("code", "agents.field.invoice-code", FieldKind.Text) { MaxLength = 40, Initial = last?.Code,
                Help = "agents.field.invoice-code-help" },
            new("issuedOn", "agents.field.issued-on", FieldKind.Date) { RequiredFor = ["Send"],
                Initial = (last?.IssuedOn ?? time.Today).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            new("amount", "agents.field.invoice-amount", FieldKind.Money) { RequiredFor = ["Send"], Min = 0, Unit = "agents.unit.yuan",
                Help = texts["agents.field.invoice-amount-help", Yuan.Text(application.ReturnAmount ?? 0)] },
            new("courier", "agents.field.courier", FieldKind.Text) { MaxLength = 60, Initial = last?.CourierNo, Help = "agents.field.courier-help" },
        ];
    }

    protected override async Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        var (code, number) = (Invoice.Normalise(Text(submission, "code")), Invoice.Normalise(Text(submission, "number")));
        if (Invoice.CheckNumber(code, number) is { } shape) return shape;
        if (!DateOnly.TryParseExact(Text(submission, "issuedOn"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var issuedOn))
            return new InvoiceDateMissing();

        var key = Invoice.KeyOf(code, number);
        var invoice = application.Invoices.Find(i => i.Key == key);
        if (invoice is null)
        {
            var usedIn = await (from other in cmd.Db.All<Invoice>()
                                where other.Key == key
                                join used in cmd.Db.All<SettlementApplication>() on other.ApplicationId equals used.Id
                                select new { used.No, used.AgentId }).FirstOrDefaultAsync(ct);
            if (usedIn is not null) return usedIn.AgentId == application.AgentId || cmd.Actor.Kind != ActorKind.Agent ? new InvoiceUsed(number,
                usedIn.No!) : new InvoiceUsed(number);
            invoice = new Invoice { Id = cmd.NewId(), ApplicationId = application.Id, Code = code, Number = number };
        }

        var entered = invoice.Enter(application.ReturnAmount!.Value, Read(submission, "amount").ToDecimal() ?? 0, issuedOn,
            Text(submission, "courier"), time.DateOf(cmd.Now), cmd.Actor.UserId, cmd.Now);
        if (entered.Problem is { } refusal) return refusal;
        if (!application.Invoices.Contains(invoice)) application.Invoices.Add(invoice);
        application.Changed(cmd.Now);
        cmd.Audit(SettlementScope.Subject, application.Id, null, new { Invoice = key, invoice.Amount, invoice.CourierNo });
        return NoVariables;
    }
}

/// <summary>The support centre confirms the paper with a scan, or sends the invoice step back.</summary>
internal sealed class InvoiceReceiptForm(BusinessTime time) : SettlementForm
{
    public const string Key = "agents.invoice-receipt";

    public override Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<FormField>>(
    [
        new("receivedOn", "agents.field.received-on", FieldKind.Date) { RequiredFor = ["Confirm"],
            Initial = time.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
    ]);

    protected override async Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        var invoice = application.Invoice
            ?? throw new InvalidOperationException($"Settlement {application.No} is at the receipt of an invoice but has none.");
        if (submission.Outcome == "Confirm")
        {
            if (!DateOnly.TryParseExact(Text(submission, "receivedOn"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on))
                on = time.DateOf(cmd.Now);
            var files = await cmd.Db.AttachmentsOfAsync(SettlementScope.Subject, application.Id, null, ct);
            if (!files.Any(f => f.UploadedAt >= invoice.EnteredAt)) return new ScanMissing();
            if (invoice.Receive(on, time.DateOf(cmd.Now), cmd.Actor.UserId).Problem is { } refusal) return refusal;
        }
        else invoice.Void(submission.Opinion, cmd.Now);
        application.Changed(cmd.Now);
        cmd.Audit(SettlementScope.Subject, application.Id, null, new { Invoice = invoice.Key, invoice.State });
        return NoVariables;
    }
}

/// <summary>
/// Finance offsets goods payment (C-02) or pays back, returns only the invoice, or refuses for good. What is booked follows in the same transaction.
/// </summary>
internal sealed class FinanceDecisionForm : SettlementForm
{
    public const string Key = "agents.finance-decision";

    protected override Task<Result<Dictionary<string, Value>>> DecideAsync(Command cmd, SettlementApplication application, TaskInfo task,
        TaskSubmission submission, CancellationToken ct)
    {
        Result<Dictionary<string, Value>> answer = NoVariables;
        switch (submission.Outcome)
        {
            case nameof(Disposition.Offset) or nameof(Disposition.PayBack):
                var disposition = Enum.Parse<Disposition>(submission.Outcome);
                if (application.Decide(disposition, cmd.Actor.UserId, cmd.Now).Problem is { } refusal) answer = refusal;
                else answer = new Dictionary<string, Value> { ["Disposition"] = submission.Outcome };
                break;
            case "ReturnInvoice":
                application.Invoice?.Void(submission.Opinion, cmd.Now);
                application.Changed(cmd.Now);
                break;
            case "Refuse":
                application.RefuseFor(submission.Opinion ?? "", cmd.Now);
                break;
        }
        if (!answer.Failed)
            cmd.Audit(SettlementScope.Subject, application.Id, null, new { submission.Outcome, application.ReturnAmount, submission.Opinion });
        return Task.FromResult(answer);
    }
}

/// <summary>The paper is confirmed with its picture: a file added since the invoice was entered.</summary>
internal sealed record ScanMissing : Problem
{
    public ScanMissing() : base("agents.problem.scan-missing") => Field = "file";
}
internal sealed record InvoiceDateMissing : Problem
{
    public InvoiceDateMissing() : base("agents.problem.invoice-date-missing") => Field = "issuedOn";
}

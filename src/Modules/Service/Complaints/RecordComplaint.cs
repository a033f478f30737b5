using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>The first part as the person who took the call wrote it (T-08).</summary>
public sealed record ComplaintEntry(Guid CustomerId, string? Complainant, string? ContactInfo, string? Content)
{
    public string? Source { get; init; }
    public string? Incident { get; init; }
    /// <summary>Null: now.</summary>
    public DateTimeOffset? ComplainedAt { get; init; }
    public DateTimeOffset? ExpectedBy { get; init; }
    public string? VerificationResult { get; init; }
    public Guid? ProductId { get; init; }
    public Guid? SalesRecordId { get; init; }
    /// <summary>接待人, when it is not whoever enters it.</summary>
    public Guid? ReceivedBy { get; init; }
    public string? SourcePerson { get; init; }
    public string? Remarks { get; init; }
    /// <summary>The second part, when it was solved on the spot and may be recorded in one sitting (C-01).</summary>
    public OnTheSpot? Solved { get; init; }
    /// <summary>The interaction it came up in, when that is recorded already (C-30).</summary>
    public Guid? InteractionId { get; init; }
}

/// <param name="HandledBy">Null: the receiver.</param>
public sealed record OnTheSpot(ComplaintCategory Category, string? Method, string? Result, string? Location = null, Guid? HandledBy = null);

public sealed record ComplaintRecorded(Guid Id, string No);

/// <summary>Records a complaint and starts its process (R-CMP-1, R-CMP-2).</summary>
public sealed class RecordComplaint(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Service.RecordComplaint", Access.Staff(ServiceRights.Record));
    public const string DefinitionId = "complaint";

    public Task<Result<ComplaintRecorded>> HandleAsync(Actor actor, Guid operationId, ComplaintEntry entry, CancellationToken ct) =>
        runtime.ExecuteAsync<ComplaintRecorded>(Operation, actor, operationId, entry, async cmd =>
        {
            var written = await WriteAsync(cmd, entry, ct);
            if (written.Failed) return written.Problem!;
            var started = await StartAsync(cmd, written.Value, entry.InteractionId, ct);
            return started.Problem is { } problem ? problem : new ComplaintRecorded(written.Value.Id, written.Value.No);
        }, ct); // record, number, first task: one transaction; the delegate may run twice

    /// <summary>Writes the record without starting its process; the number is taken last, so a refusal never uses one up.</summary>
    /// <param name="by">Whose customers count; null: of whoever gave the command.</param>
    internal static async Task<Result<Complaint>> WriteAsync(Command cmd, ComplaintEntry entry, CancellationToken ct, Actor? by = null)
    {
        var (db, time, actor) = (cmd.Db, cmd.Services.GetRequiredService<BusinessTime>(), by ?? cmd.Actor);
        var at = entry.ComplainedAt ?? cmd.Now;
        if (Problem.Together(
            [
                entry.CustomerId == Guid.Empty ? new CustomerMissing() : null,
                Missing(entry.Complainant, "complainant", 100),
                Missing(entry.ContactInfo, "contactInfo", 200),
                Missing(entry.Content, "content", ServiceModel.TextLength),
                at > cmd.Now.AddMinutes(1) ? new ComplainedInFuture() : null,
                entry.ExpectedBy is { } expected && expected <= at ? new ExpectedBeforeComplaint() : null,
                entry.Solved is { Method: var method } ? Missing(method, "method", ServiceModel.TextLength) : null,
                entry.Solved is { Result: var result } ? Missing(result, "result", ServiceModel.TextLength) : null,
            ]) is { } refused) return refused;
        if (!await db.Visible<Party>(actor).AnyAsync(p => p.Id == entry.CustomerId, ct)) return new NotFound { Field = "customerId" };
        if (entry.InteractionId is { } known && !await db.VisibleLines(actor, RecordKind.Interaction).AnyAsync(i =>
            i.Id == known && i.CustomerId == entry.CustomerId, ct)) return new NotFound { Field = "interactionId" };
        if (entry.ProductId is { } product && !await db.All<Product>().AnyAsync(p => p.Id == product, ct)) return new NotFound { Field = "product" };
        var sale = entry.SalesRecordId is { } saleId
            ? await db.All<SalesRecord>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == saleId && s.CustomerId == entry.CustomerId, ct) : null;
        if (sale is null && entry.SalesRecordId is not null) return new SaleOfAnother();
        var receiver = entry.ReceivedBy ?? cmd.Actor.UserId;
        if (entry.ReceivedBy is { } named && await db.FindUserAsync(named, ct) is not { Kind: ActorKind.Staff })
            return new NotFound { Field = "receivedBy" };

        var rules = await ComplaintRules.InForceAsync(db, cmd.Now, ct);
        ComplaintHandling? handling = null;
        var id = cmd.NewId();
        if (entry.Solved is { } solved)
        {
            var handler = solved.HandledBy ?? receiver;
            var oneSitting = await db.SettingAsync(ComplaintSettings.OneSitting, cmd.Now, ct);
            if (!oneSitting.Allowed) return new TwoSittings();
            if (oneSitting.SamePerson != (handler == receiver)) return new TwoSittings(oneSitting.SamePerson);
            if (handler != receiver && await db.FindUserAsync(handler, ct) is not { Kind: ActorKind.Staff })
                return new NotFound { Field = "handledBy" };
            handling = new ComplaintHandling
            {
                Id = cmd.NewId(), ComplaintId = id, Round = 1, Method = solved.Method!.Trim(), HandledBy = handler, HandledAt = cmd.Now,
                Location = Complaint.Clean(solved.Location), Result = solved.Result!.Trim(),
                CreatedBy = cmd.Actor.UserId, CreatedAt = cmd.Now,
            };
        }

        var complaint = new Complaint
        {
            Id = id, No = await cmd.NextNumberAsync(ComplaintSettings.Complaints, ComplaintSettings.NumberPattern, time.DateOf(cmd.Now).Year, ct),
            CustomerId = entry.CustomerId, SalesRecordId = entry.SalesRecordId, Source = Complaint.Clean(entry.Source),
            Complainant = entry.Complainant!.Trim(), ContactInfo = entry.ContactInfo!.Trim(), Content = entry.Content!.Trim(),
            Incident = Complaint.Clean(entry.Incident), ComplainedAt = at, ExpectedBy = entry.ExpectedBy, ReceivedBy = receiver, Rules = rules,
            SourcePerson = Complaint.Clean(entry.SourcePerson), Remarks = Complaint.Clean(entry.Remarks),
        };
        complaint.About(entry.ProductId ?? sale?.ProductId);
        complaint.Verified(entry.VerificationResult);
        if (handling is not null) complaint.InOneSitting(entry.Solved!.Category, handling);
        db.Add(complaint);
        cmd.Audit(ComplaintScope.Subject, complaint.Id, null,
            new { complaint.No, complaint.CustomerId, complaint.Complainant, OnTheSpot = handling is not null });
        return complaint;
    }

    internal static async Task<Result> StartAsync(Command cmd, Complaint complaint, Guid? interaction, CancellationToken ct)
    {
        var customer = await cmd.Db.All<Party>().Where(p => p.Id == complaint.CustomerId).Select(p => p.Name).SingleAsync(ct);
        var started = await cmd.StartAsync(DefinitionId, new()
        {
            ["ComplaintId"] = complaint.Id,
            ["No"] = complaint.No,
            ["CustomerId"] = complaint.CustomerId,
            ["CustomerName"] = customer,
            ["Complainant"] = complaint.Complainant,
            ["ContactInfo"] = complaint.ContactInfo,
            ["Content"] = complaint.Content,
            ["Stage"] = complaint.Handling is null ? "New" : "Handled",
            ["Category"] = complaint.Category?.ToString(),
            ["InteractionId"] = interaction is { } known ? Value.From(known) : Value.Null,
            ["Rules"] = complaint.Rules.ToValue(),
        }, complaint.Id.ToString(), $"{complaint.No} {customer}", ct);
        if (started.Failed) return started.Problem!;
        complaint.InstanceId = started.Value;
        await cmd.RecordSavedAsync("Service.Complaint", complaint.Id, $"{complaint.No} {customer}", RecordChange.Created,
            Value.Object(("No", complaint.No), ("CustomerId", complaint.CustomerId),
            ("ProductId", complaint.ProductId is { } product ? Value.From(product) : Value.Null),
            ("Content", complaint.Content), ("OnTheSpot", complaint.Handling is not null)), ct);
        return Result.Ok;
    }

    private static FieldMissing? Missing(string? text, string field, int max) =>
        string.IsNullOrWhiteSpace(text) || text.Trim().Length > max ? new FieldMissing(field, max) : null;
}

internal sealed record CustomerMissing : Problem
{
    public CustomerMissing() : base("service.problem.customer-missing") => (Kind, Field) = (ProblemKind.Invalid, "customerId");
}
internal sealed record FieldMissing : Problem
{
    public FieldMissing(string field, int max) : base("service.problem.field-missing", max) => (Kind, Field) = (ProblemKind.Invalid, field);
}
internal sealed record ComplainedInFuture : Problem
{
    public ComplainedInFuture() : base("service.problem.complained-in-future") => (Kind, Field) = (ProblemKind.Invalid, "complainedAt");
}
internal sealed record ExpectedBeforeComplaint : Problem
{
    public ExpectedBeforeComplaint() : base("service.problem.expected-before-complaint") => (Kind, Field) = (ProblemKind.Invalid, "expectedBy");
}
internal sealed record SaleOfAnother : Problem
{
    public SaleOfAnother() : base("service.problem.sale-of-another") => (Kind, Field) = (ProblemKind.Invalid, "salesRecordId");
}
/// <summary>C-01: the two parts come from two people, or from one and at two times.</summary>
internal sealed record TwoSittings : Problem
{
    public TwoSittings() : base("service.problem.two-sittings") => Field = "solved";
    public TwoSittings(bool samePerson) : base(samePerson ? "service.problem.two-sittings-same" : "service.problem.two-sittings-other") =>
        Field = "solved";
}

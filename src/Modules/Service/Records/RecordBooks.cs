using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>The four books of what was done with or for a customer: CUS-15, T-07, T-06, T-10.</summary>
public enum RecordKind { Interaction, Visit, Service, Hotline }

/// <summary>What lists show of any record; queried, so every member is a column.</summary>
internal sealed class RecordLine
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required Guid CustomerId { get; init; }
    public required Guid CreatedBy { get; init; }
    /// <summary>Code of the book's type dictionary or enumeration.</summary>
    public string? Type { get; init; }
    public Guid? Person { get; init; }
    public required string Text { get; init; }
    public string? Contact { get; init; }
    /// <summary>Done, completed or resolved; null where the book does not say.</summary>
    public bool? IsDone { get; init; }
}

/// <summary>What the fields of a book's form are made of.</summary>
internal sealed record FormWords(DictionaryBook Book, IReadOnlyList<FieldChoice> Staff, BusinessTime Time, Actor Actor)
{
    public Value Now => FormRules.Write(Time, Time.Now);
}

/// <summary>Checked values of a form, read as the record keeps them.</summary>
internal readonly record struct FormValues(IReadOnlyDictionary<string, Value> Values, BusinessTime Time)
{
    public string? Text(string name) => Complaint.Clean(Values.TryGetValue(name, out var v) ? v.ToText() : null);
    public Guid? Id(string name) => Values.TryGetValue(name, out var v) ? v.ToGuid() : null;
    public decimal? Money(string name) => Values.TryGetValue(name, out var v) ? v.ToDecimal() : null;
    public bool Yes(string name) => Values.TryGetValue(name, out var v) && v.IsTrue;
    public DateTimeOffset? At(string name) => Values.TryGetValue(name, out var v) ? FormRules.ReadInstant(Time, v) : null;
    public T Choice<T>(string name) where T : struct, Enum => Enum.TryParse<T>(Text(name), out var value) ? value : default;
}

/// <summary>One book: its form (T-06, T-07, T-10, CUS-15 word for word), its lines, and how a filled form becomes a record.</summary>
internal abstract class RecordBook
{
    public static readonly IReadOnlyDictionary<RecordKind, RecordBook> All = new Dictionary<RecordKind, RecordBook>
    {
        [RecordKind.Interaction] = new InteractionBook(), [RecordKind.Visit] = new VisitBook(), [RecordKind.Service] = new ServiceBook(),
            [RecordKind.Hotline] = new HotlineBook(),
    };

    /// <summary>Dictionary of <see cref="RecordLine.Type"/>; null where it is an enumeration (texts <c>service.interaction-category.…</c>).</summary>
    public abstract string? TypeDictionary { get; }
    public abstract IQueryable<RecordLine> Lines(CrmDbContext db, Actor actor);
    public abstract Task<CustomerRecord?> FindAsync(CrmDbContext db, Guid id, CancellationToken ct);
    /// <param name="record">The record to change; null for a new one.</param>
    public IReadOnlyList<FormField> Fields(FormWords words, CustomerRecord? record) =>
    [
        .. OwnFields(words, record),
        new("sourcePerson", "service.field.source-person", FieldKind.Text) { MaxLength = 100, Help = "service.field.source-person-help",
            Initial = record?.SourcePerson },
        new("remarks", "service.field.remarks", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength, Initial = record?.Remarks },
    ];
    public abstract Task<CustomerRecord> AddAsync(Command cmd, BusinessTime time, Guid customer, FormValues values, CancellationToken ct);
    public Result Write(CustomerRecord record, FormValues values)
    {
        (record.SourcePerson, record.Remarks) = (values.Text("sourcePerson"), values.Text("remarks"));
        return WriteOwn(record, values);
    }

    protected abstract IEnumerable<FormField> OwnFields(FormWords words, CustomerRecord? record);
    protected abstract Result WriteOwn(CustomerRecord record, FormValues values);
    protected static FormField Required(string name, string label, FieldKind kind) => new(name, label, kind) { Required = true };
    protected static FormField RequiredText(string name, string label) =>
        Required(name, label, FieldKind.Text) with { Lines = 4, MaxLength = ServiceModel.TextLength };
    protected static FormField Person(FormWords words, string name, string label, Guid? initial) =>
        Required(name, label, FieldKind.Choice) with { AsList = true, Choices = words.Staff, Initial = initial ?? words.Actor.UserId };
}

/// <summary>T-06.</summary>
internal sealed class ServiceBook : RecordBook
{
    public override string TypeDictionary => ServiceDictionaries.ServiceType;
    public override IQueryable<RecordLine> Lines(CrmDbContext db, Actor actor) => db.Visible<ServiceRecord>(actor).Select(r => new RecordLine
        { Id = r.Id, At = r.At, CustomerId = r.CustomerId, CreatedBy = r.CreatedBy, Type = r.ServiceType, Person = r.EngineerId,
            Text = r.CompletionNotes, Contact = r.ContactName, IsDone = r.EndedAt != null });
    public override async Task<CustomerRecord?> FindAsync(CrmDbContext db, Guid id, CancellationToken ct) =>
        await db.All<ServiceRecord>().SingleOrDefaultAsync(r => r.Id == id, ct);

    protected override IEnumerable<FormField> OwnFields(FormWords words, CustomerRecord? record)
    {
        var r = record as ServiceRecord;
        yield return Required("type", "service.field.service-type", FieldKind.Choice) with { AsList = true,
            Choices = ServiceChoices.Of(words.Book, TypeDictionary, r?.ServiceType), Initial = r?.ServiceType };
        yield return new("target", "service.field.service-target", FieldKind.Text) { Initial = r?.ServiceTarget };
        yield return Required("startedAt", "service.field.started-at",
            FieldKind.Instant) with { Initial = r is null ? words.Now : FormRules.Write(words.Time, r.At) };
        yield return new("endedAt", "service.field.ended-at", FieldKind.Instant) { Initial = FormRules.Write(words.Time, r?.EndedAt) };
        yield return new("location", "service.field.service-location", FieldKind.Text) { Initial = r?.Location };
        yield return Person(words, "engineer", "service.field.engineer", r?.EngineerId);
        yield return new("feeReceivable", "service.field.fee-receivable", FieldKind.Money) { Min = 0, Unit = "ui.yuan",
            Initial = r?.FeeReceivable is { } due ? due : Value.Null };
        yield return new("feeReceived", "service.field.fee-received", FieldKind.Money) { Min = 0, Unit = "ui.yuan",
            Initial = r?.FeeReceived is { } paid ? paid : Value.Null };
        yield return new("contactName", "service.field.service-contact", FieldKind.Text) { MaxLength = 100, Initial = r?.ContactName };
        yield return new("contactInfo", "service.field.contact-info", FieldKind.Text) { MaxLength = 200, Initial = r?.ContactInfo };
        yield return RequiredText("notes", "service.field.completion-notes") with { Initial = r?.CompletionNotes };
    }

    public override Task<CustomerRecord> AddAsync(Command cmd, BusinessTime time, Guid customer, FormValues values, CancellationToken ct)
    {
        var record = new ServiceRecord { Id = cmd.NewId(), CustomerId = customer, CompletionNotes = "" };
        cmd.Db.Add(record);
        return Task.FromResult<CustomerRecord>(record);
    }

    protected override Result WriteOwn(CustomerRecord record, FormValues values)
    {
        var r = (ServiceRecord)record;
        (r.ServiceType, r.ServiceTarget, r.At, r.EndedAt, r.Location, r.EngineerId) = (values.Text("type"), values.Text("target"),
            values.At("startedAt")!.Value, values.At("endedAt"), values.Text("location"), values.Id("engineer"));
        (r.FeeReceivable, r.FeeReceived, r.ContactName, r.ContactInfo, r.CompletionNotes) = (values.Money("feeReceivable"),
            values.Money("feeReceived"), values.Text("contactName"), values.Text("contactInfo"), values.Text("notes")!);
        return r.EndedAt < r.At ? new EndsBeforeStart() : Result.Ok;
    }
}

/// <summary>T-07.</summary>
internal sealed class VisitBook : RecordBook
{
    public override string TypeDictionary => ServiceDictionaries.VisitNature;
    public override IQueryable<RecordLine> Lines(CrmDbContext db, Actor actor) => db.Visible<FollowUpVisit>(actor).Select(r => new RecordLine
        { Id = r.Id, At = r.At, CustomerId = r.CustomerId, CreatedBy = r.CreatedBy, Type = r.Nature, Person = r.VisitorId,
            Text = r.Result ?? r.Content, Contact = r.Respondent, IsDone = r.IsCompleted });
    public override async Task<CustomerRecord?> FindAsync(CrmDbContext db, Guid id, CancellationToken ct) =>
        await db.All<FollowUpVisit>().SingleOrDefaultAsync(r => r.Id == id, ct);

    protected override IEnumerable<FormField> OwnFields(FormWords words, CustomerRecord? record)
    {
        var r = record as FollowUpVisit;
        yield return Required("nature", "service.field.nature", FieldKind.Choice) with { AsList = true,
            Choices = ServiceChoices.Of(words.Book, TypeDictionary, r?.Nature), Initial = r?.Nature };
        yield return Required("visitedAt", "service.field.visited-at",
            FieldKind.Instant) with { Initial = r is null ? words.Now : FormRules.Write(words.Time, r.At) };
        yield return Person(words, "visitor", "service.field.visitor", r?.VisitorId);
        yield return new("respondent", "service.field.respondent", FieldKind.Text) { MaxLength = 100, Initial = r?.Respondent };
        yield return new("phone", "service.field.phone", FieldKind.Text) { MaxLength = 200, Initial = r?.Phone };
        yield return new("method", "service.field.visit-method", FieldKind.Choice) { AsList = true,
            Choices = ServiceChoices.Of(words.Book, ServiceDictionaries.VisitMethod, r?.Method), Initial = r is null ? "Phone" : r.Method };
        yield return RequiredText("content", "service.field.visit-content") with { Initial = r?.Content };
        yield return new("result", "service.field.visit-result", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength,
            Initial = r?.Result };
        yield return new("completed", "service.field.is-completed", FieldKind.Boolean) { Initial = r?.IsCompleted ?? true };
    }

    public override Task<CustomerRecord> AddAsync(Command cmd, BusinessTime time, Guid customer, FormValues values, CancellationToken ct)
    {
        var record = new FollowUpVisit { Id = cmd.NewId(), CustomerId = customer, Nature = "", Content = "" };
        cmd.Db.Add(record);
        return Task.FromResult<CustomerRecord>(record);
    }

    protected override Result WriteOwn(CustomerRecord record, FormValues values)
    {
        var r = (FollowUpVisit)record;
        (r.Nature, r.At, r.VisitorId, r.Respondent, r.Phone) =
            (values.Text("nature")!, values.At("visitedAt")!.Value, values.Id("visitor"), values.Text("respondent"), values.Text("phone"));
        (r.Method, r.Content, r.Result, r.IsCompleted) =
            (values.Text("method"), values.Text("content")!, values.Text("result"), values.Yes("completed"));
        return Result.Ok;
    }
}

/// <summary>T-10.</summary>
internal sealed class HotlineBook : RecordBook
{
    public override string TypeDictionary => ServiceDictionaries.HotlineMethod;
    public override IQueryable<RecordLine> Lines(CrmDbContext db, Actor actor) => db.Visible<HotlineRecord>(actor).Select(r => new RecordLine
        { Id = r.Id, At = r.At, CustomerId = r.CustomerId, CreatedBy = r.CreatedBy, Type = r.Method, Person = r.ServedBy, Text = r.Problem,
            Contact = r.ContactName ?? r.CallerNumber, IsDone = r.IsResolved });
    public override async Task<CustomerRecord?> FindAsync(CrmDbContext db, Guid id, CancellationToken ct) =>
        await db.All<HotlineRecord>().SingleOrDefaultAsync(r => r.Id == id, ct);

    protected override IEnumerable<FormField> OwnFields(FormWords words, CustomerRecord? record)
    {
        var r = record as HotlineRecord;
        yield return Required("date", "service.field.service-date",
            FieldKind.Instant) with { Initial = r is null ? words.Now : FormRules.Write(words.Time, r.At) };
        yield return Person(words, "servedBy", "service.field.served-by", r?.ServedBy);
        yield return new("direction", "service.field.direction", FieldKind.Choice) { Required = true,
            Choices = ServiceChoices.Of<InteractionDirection>("service.direction"),
            Initial = (r?.Direction ?? InteractionDirection.Incoming).ToString() };
        yield return new("contactName", "service.field.caller", FieldKind.Text) { MaxLength = 100, Initial = r?.ContactName };
        yield return new("callerNumber", "service.field.caller-number", FieldKind.Text) { MaxLength = 60, Initial = r?.CallerNumber };
        yield return new("callId", "service.field.call-id", FieldKind.Text) { MaxLength = 100, Initial = r?.CallId };
        yield return RequiredText("problem", "service.field.problem") with { Initial = r?.Problem };
        yield return new("method", "service.field.hotline-method", FieldKind.Choice) { AsList = true,
            Choices = ServiceChoices.Of(words.Book, TypeDictionary, r?.Method), Initial = r is null ? "Phone" : r.Method };
        yield return new("solution", "service.field.solution", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength,
            Initial = r?.Solution };
        yield return new("resolved", "service.field.is-resolved", FieldKind.Boolean) { Initial = r?.IsResolved ?? false };
    }

    public override Task<CustomerRecord> AddAsync(Command cmd, BusinessTime time, Guid customer, FormValues values, CancellationToken ct)
    {
        var record = new HotlineRecord { Id = cmd.NewId(), CustomerId = customer, Problem = "" };
        cmd.Db.Add(record);
        return Task.FromResult<CustomerRecord>(record);
    }

    protected override Result WriteOwn(CustomerRecord record, FormValues values)
    {
        var r = (HotlineRecord)record;
        (r.At, r.ServedBy, r.Direction, r.ContactName, r.CallerNumber, r.CallId) = (values.At("date")!.Value, values.Id("servedBy"),
            values.Choice<InteractionDirection>("direction"), values.Text("contactName"), values.Text("callerNumber"), values.Text("callId"));
        (r.Problem, r.Method, r.Solution, r.IsResolved) =
            (values.Text("problem")!, values.Text("method"), values.Text("solution"), values.Yes("resolved"));
        return r is { IsResolved: true, Solution: null } ? new SolutionMissing() : Result.Ok;
    }
}

/// <summary>CUS-15.</summary>
internal sealed class InteractionBook : RecordBook
{
    public override string? TypeDictionary => null;
    public override IQueryable<RecordLine> Lines(CrmDbContext db, Actor actor) => db.Visible<Interaction>(actor).Select(r => new RecordLine
        { Id = r.Id, At = r.At, CustomerId = r.CustomerId, CreatedBy = r.CreatedBy, Type = r.Category.ToString(), Person = r.CreatedBy,
            Text = r.Content, Contact = r.ContactName, IsDone = r.Status == InteractionStatus.Done });
    public override async Task<CustomerRecord?> FindAsync(CrmDbContext db, Guid id, CancellationToken ct) =>
        await db.All<Interaction>().SingleOrDefaultAsync(r => r.Id == id, ct);

    protected override IEnumerable<FormField> OwnFields(FormWords words, CustomerRecord? record)
    {
        var r = record as Interaction;
        yield return new("direction", "service.field.direction", FieldKind.Choice) { Required = true,
            Choices = ServiceChoices.Of<InteractionDirection>("service.direction"),
            Initial = (r?.Direction ?? InteractionDirection.Incoming).ToString() };
        yield return new("category", "service.field.interaction-category", FieldKind.Choice) { Required = true,
            Choices = ServiceChoices.Of<InteractionCategory>("service.interaction-category"), Initial = r?.Category.ToString() };
        yield return new("contactName", "service.field.contact", FieldKind.Text) { MaxLength = 100, Initial = r?.ContactName };
        yield return new("phone", "service.field.phone-number", FieldKind.Text) { MaxLength = 200, Initial = r?.Phone };
        yield return new("importance", "service.field.importance", FieldKind.Choice) { Required = true,
            Choices = ServiceChoices.Of<InteractionImportance>("service.importance"),
            Initial = (r?.Importance ?? InteractionImportance.Normal).ToString() };
        yield return new("status", "service.field.status", FieldKind.Choice) { Required = true,
            Choices = ServiceChoices.Of<InteractionStatus>("service.status"), Initial = (r?.Status ?? InteractionStatus.Pending).ToString() };
        yield return RequiredText("content", "service.field.interaction-content") with { Initial = r?.Content };
    }

    public override async Task<CustomerRecord> AddAsync(Command cmd, BusinessTime time, Guid customer, FormValues values, CancellationToken ct) =>
        await Interactions.AddAsync(cmd, time, customer, "", ct);

    protected override Result WriteOwn(CustomerRecord record, FormValues values)
    {
        var r = (Interaction)record;
        (r.Direction, r.Category, r.ContactName, r.Phone) = (values.Choice<InteractionDirection>("direction"),
            values.Choice<InteractionCategory>("category"), values.Text("contactName"), values.Text("phone"));
        (r.Importance, r.Status, r.Content) =
            (values.Choice<InteractionImportance>("importance"), values.Choice<InteractionStatus>("status"), values.Text("content")!);
        return Result.Ok;
    }
}

internal sealed record EndsBeforeStart : Problem
{
    public EndsBeforeStart() : base("service.problem.ends-before-start") => (Kind, Field) = (ProblemKind.Invalid, "endedAt");
}
internal sealed record SolutionMissing : Problem
{
    public SolutionMissing() : base("service.problem.solution-missing") => (Kind, Field) = (ProblemKind.Invalid, "solution");
}

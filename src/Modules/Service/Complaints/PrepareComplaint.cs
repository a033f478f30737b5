using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>Somebody at the customer who may be the one who complains.</summary>
public sealed record ContactChoice(Guid Id, string Name, string? JobTitle, string? Phone);

/// <summary>What the form for a new complaint shows for one customer.</summary>
/// <param name="Fields">The first part (T-08).</param>
/// <param name="SolvedFields">The second part, when it was solved on the spot and the setting allows one sitting (C-01); else empty.</param>
public sealed record ComplaintFormView(PartyHead? Customer,
    IReadOnlyList<ContactChoice> Contacts, IReadOnlyList<FormField> Fields, IReadOnlyList<FormField> SolvedFields, ComplaintRules Rules,
    IReadOnlyDictionary<string, string> RoleNames, Guid? InteractionId);

/// <summary>Prepares the form in which the person who took the call writes the complaint down.</summary>
public sealed class PrepareComplaint(WorkflowRuntime runtime, BusinessTime time, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Service.PrepareComplaint", Access.Staff(ServiceRights.Record));

    /// <param name="interactionId">The entry of the interaction stream it came up in (C-30): its customer and words stand in the form.</param>
    public Task<Result<ComplaintFormView>> HandleAsync(Actor actor, Guid? customerId, Guid? saleId, Guid? interactionId, CancellationToken ct) =>
        runtime.ReadAsync<ComplaintFormView>(Operation, actor, async db =>
        {
            if (interactionId is { } entry && !await db.VisibleLines(actor, RecordKind.Interaction).AnyAsync(l => l.Id == entry, ct))
                return new NotFound();
            if (saleId is { } known && !await db.Visible<SalesRecord>(actor).AnyAsync(s => s.Id == known, ct)) return new NotFound();
            var interaction = interactionId is null ? null
                : await db.Visible<Interaction>(actor).AsNoTracking().SingleOrDefaultAsync(i => i.Id == interactionId && i.ComplaintId == null, ct);
            if (saleId is not null && customerId is null)
                customerId = await db.Visible<SalesRecord>(actor).Where(s => s.Id == saleId).Select(s => (Guid?)s.CustomerId).SingleAsync(ct);
            var id = interaction?.CustomerId ?? customerId;
            var party = id is { } wanted ? await db.Visible<Party>(actor).Where(p => p.Id == wanted)
                .Select(p => new PartyHead(p.Id, p.Type, p.No, p.Name)).SingleOrDefaultAsync(ct) : null;
            if (id is not null && party is null) return new NotFound();
            var contacts = party is null ? [] : await db.Visible<Contact>(actor).AsNoTracking().Where(c =>
                c.PartyId == party.Id).OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Name).ThenBy(c => c.Id)
                .Select(c => new ContactChoice(c.Id, c.Name, c.JobTitle, c.MobilePhone ?? c.OfficePhone)).Take(200).ToListAsync(ct);
            var sales = party is null ? [] : await (from s in db.All<SalesRecord>().AsNoTracking().Where(s => s.CustomerId == party.Id)
                                                    join product in db.All<Product>() on s.ProductId equals product.Id
                                                    orderby s.SaleDate descending, s.Id
                                                    select new { s.Id, s.SaleOrderNo, s.SaleDate, Product = product.Name }).Take(200).ToListAsync(ct);
            var book = await dictionaries.ReadAsync(db, ct);
            var staff = await ServiceChoices.StaffAsync(db, ct);
            var oneSitting = await db.SettingAsync(ComplaintSettings.OneSitting, time.Now, ct);
            var rules = await ComplaintRules.InForceAsync(db, time.Now, ct);
            var roles = (await db.RolesAndDepartmentsAsync(ct)).Where(r => r.Key.StartsWith("r:", StringComparison.Ordinal))
                .ToDictionary(r => r.Key[2..], r => r.Value);
            return new ComplaintFormView(party, contacts,
            [
                new("complainant", "service.field.complainant", FieldKind.Text) { Required = true, MaxLength = 100,
                    Initial = interaction?.ContactName ?? contacts.FirstOrDefault()?.Name },
                new("contactInfo", "service.field.contact-info", FieldKind.Text) { Required = true, MaxLength = 200,
                    Initial = interaction?.Phone ?? contacts.FirstOrDefault()?.Phone },
                new("content", "service.field.content", FieldKind.Text) { Lines = 4, Required = true, MaxLength = ServiceModel.TextLength,
                    Initial = interaction?.Content },
                new("incident", "service.field.incident", FieldKind.Text) { MaxLength = 400, Help = "service.field.incident-help" },
                new("source", "service.field.source", FieldKind.Choice) { AsList = true,
                    Choices = ServiceChoices.Of(book, ServiceDictionaries.ComplaintSource), Initial = "Phone" },
                new("complainedAt", "service.field.complained-at", FieldKind.Instant) { Required = true,
                    Initial = FormRules.Write(time, interaction?.At ?? time.Now) },
                new("expectedBy", "service.field.expected-by", FieldKind.Instant),
                new("salesRecordId", "service.field.sale", FieldKind.Choice) { AsList = true,
                    Choices = sales.ConvertAll(s => new FieldChoice(s.Id.ToString(), $"{s.SaleOrderNo}　{s.Product}　{s.SaleDate:yyyy-MM-dd}")),
                    Initial = saleId is { } sale ? Value.From(sale) : Value.Null },
                new("product", "service.field.product", FieldKind.Choice) { AsList = true, Choices = await ServiceChoices.ProductsAsync(db, ct) },
                new("verification", "service.field.verification", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength },
                new("receivedBy", "service.field.received-by", FieldKind.Choice) { Required = true, AsList = true, Choices = staff,
                    Initial = actor.UserId },
                new("sourcePerson", "service.field.source-person", FieldKind.Text) { MaxLength = 100, Help = "service.field.source-person-help" },
                new("remarks", "service.field.remarks", FieldKind.Text) { Lines = 4, MaxLength = ServiceModel.TextLength },
            ],
            !oneSitting.Allowed ? [] :
            [
                new("category", "service.field.category", FieldKind.Choice) { Required = true,
                    Choices = [.. Enum.GetNames<ComplaintCategory>().Select(c => new FieldChoice(c, $"service.category.{c}"))] },
                new("method", "service.field.method", FieldKind.Text) { Lines = 4, Required = true, MaxLength = ServiceModel.TextLength },
                new("result", "service.field.result", FieldKind.Text) { Lines = 4, Required = true, MaxLength = ServiceModel.TextLength },
                new("location", "service.field.location", FieldKind.Text),
                new("handledBy", "service.field.handled-by", FieldKind.Choice) { Required = true, AsList = true, Choices = staff,
                    Initial = oneSitting.SamePerson ? actor.UserId : Value.Null },
            ], rules, roles, interaction?.Id);
        }, ct);

    /// <summary>The entry the filled form is.</summary>
    internal static ComplaintEntry Read(BusinessTime time, Guid customerId, Guid? interactionId,
        IReadOnlyDictionary<string, Value> first, IReadOnlyDictionary<string, Value>? solved)
    {
        string? Text(IReadOnlyDictionary<string, Value> from, string name) =>
            from.TryGetValue(name, out var value) && value.ToText() is { Length: > 0 } text ? text : null;
        Guid? Id(IReadOnlyDictionary<string, Value> from, string name) => from.TryGetValue(name, out var value) ? value.ToGuid() : null;
        DateTimeOffset? At(string name) => first.TryGetValue(name, out var value) ? FormRules.ReadInstant(time, value) : null;
        return new ComplaintEntry(customerId, Text(first, "complainant"), Text(first, "contactInfo"), Text(first, "content"))
        {
            Incident = Text(first, "incident"), Source = Text(first, "source"), ComplainedAt = At("complainedAt"), ExpectedBy = At("expectedBy"),
            SalesRecordId = Id(first, "salesRecordId"), ProductId = Id(first, "product"),
            VerificationResult = Text(first, "verification"), ReceivedBy = Id(first, "receivedBy"), SourcePerson = Text(first, "sourcePerson"),
            Remarks = Text(first, "remarks"), InteractionId = interactionId,
            Solved = solved is null ? null : new OnTheSpot(Enum.TryParse<ComplaintCategory>(Text(solved, "category"), out var category) ? category
                : default, Text(solved, "method"), Text(solved, "result"), Text(solved, "location"), Id(solved, "handledBy")),
        };
    }
}

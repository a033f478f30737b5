using System.Linq.Expressions;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>Whose contacts an actor sees: those of the parties in scope.</summary>
internal static class ContactScope
{
    public static Expression<Func<Contact, bool>> Of(CrmDbContext db, Actor actor)
    {
        var parties = db.Visible<Party>(actor);
        return c => parties.Any(p => p.Id == c.PartyId);
    }
}

/// <param name="Birthday">Given only when it is to change; <see cref="BirthdayInput.None"/> takes it away.</param>
public sealed record ContactInput(Dictionary<string, string?> Values, BirthdayInput? Birthday = null);

public sealed record BirthdayInput(AnnualDay? On)
{
    public static readonly BirthdayInput None = new((AnnualDay?)null);
}

/// <summary>Enters or changes a contact (T-03). The first one of a party is its primary contact; the party's lists name it.</summary>
internal sealed class SaveContact(WorkflowRuntime runtime, Dictionaries dictionaries, BusinessTime time)
{
    public static readonly Operation Operation = new("Customers.SaveContact", Access.Staff(CustomersRights.Edit));
    public const string RecordType = "Customers.Contact";

    public Task<Result<Guid>> HandleAsync(Actor actor, Guid operationId, Guid partyId, Guid? id, int? expectedRevision, ContactInput input,
        CancellationToken ct) =>
        runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { partyId, id, expectedRevision, input }, async cmd =>
        {
            var party = await cmd.Db.Visible<Party>(actor).SingleOrDefaultAsync(p => p.Id == partyId, ct);
            if (party is null) return new NotFound();
            var all = await cmd.Db.All<Contact>().Where(c => c.PartyId == partyId && (c.IsPrimary || c.Id == id)).ToListAsync(ct);
            var contact = id is null ? new Contact { Id = cmd.NewId(), PartyId = partyId, Name = "" } : all.Find(c => c.Id == id);
            if (contact is null) return new NotFound();
            if (expectedRevision is { } expected && expected != contact.Revision) return await SaveParty.StaleAsync(cmd.Db, contact, time, ct);
            var before = id is null ? null : ContactForm.Form.Read(contact, Actor.System);
            if (ContactForm.Form.Write(contact, input.Values, actor, await dictionaries.ReadAsync(cmd.Db, ct)) is { } wrong) return wrong;
            if (input.Birthday is { } birthday && actor.Has(CustomersRights.Personal))
            {
                if (birthday.On is { } on && !SaveParty.IsDay(on)) return new BirthdayInvalid();
                contact.Birthday = birthday.On;
            }
            var other = all.Find(c => c.IsPrimary && c.Id != contact.Id);
            if (other is null) contact.IsPrimary = true;
            else if (contact.IsPrimary) other.IsPrimary = false;
            if (contact.IsPrimary) party.ContactName = contact.Name;
            if (id is null) cmd.Db.Add(contact);
            if (!cmd.Changes(contact)) return contact.Id;
            cmd.Audit("contact", contact.Id, before, ContactForm.Form.Read(contact, Actor.System));
            await cmd.RecordSavedAsync(RecordType, contact.Id, contact.Name, id is null ? RecordChange.Created : RecordChange.Changed,
                Engine.Value.Object(("partyId", partyId), ("name", contact.Name), ("mobilePhone", contact.MobilePhone ?? ""),
                    ("email", contact.Email ?? "")), ct);
            return contact.Id;
        }, ct);
}

internal sealed record BirthdayInvalid : Problem
{
    public BirthdayInvalid() : base("customers.problem.birthday") => Field = "birthMonth";
}

/// <summary>A contact with the names its page shows; personal fields are empty for whoever may not see them.</summary>
public sealed record ContactView(Contact Contact, PartyHead Party, DictionaryBook Book, string CreatedByName, string ChangedByName, bool MayEdit);

internal sealed class ContactQueries(WorkflowRuntime runtime, Dictionaries dictionaries)
{
    public static readonly Operation Operation = new("Customers.ReadContacts", Access.Staff(CustomersRights.View));

    public Task<Result<ContactView>> GetAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<ContactView>(Operation, actor, async db =>
        {
            if (await db.Visible<Contact>(actor).AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct) is not { } contact) return new NotFound();
            Hide(contact, actor);
            var party = await db.All<Party>().AsNoTracking().Where(p => p.Id == contact.PartyId)
                .Select(p => new PartyHead(p.Id, p.Type, p.No, p.Name)).SingleAsync(ct);
            var names = await db.UsersByIdAsync([.. new[] { contact.CreatedBy, contact.ChangedBy }.Distinct()], ct);
            return new ContactView(contact, party, await dictionaries.ReadAsync(db, ct), names.GetValueOrDefault(contact.CreatedBy)?.Name ?? "",
                names.GetValueOrDefault(contact.ChangedBy)?.Name ?? "", actor.Has(CustomersRights.Edit));
        }, ct);

    /// <summary>The primary one first, then by name.</summary>
    public Task<Result<IReadOnlyList<Contact>>> OfPartyAsync(Actor actor, Guid partyId, int take, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<Contact>>(Operation, actor, async db =>
        {
            var contacts = await db.Visible<Contact>(actor).AsNoTracking().Where(c => c.PartyId == partyId).OrderByDescending(c => c.IsPrimary)
                .ThenBy(c => c.Name).ThenBy(c => c.Id).Take(take).ToListAsync(ct);
            contacts.ForEach(c => Hide(c, actor));
            return contacts;
        }, ct);

    private static void Hide(Contact contact, Actor actor)
    {
        if (!actor.Has(CustomersRights.Personal)) (contact.Birthday, contact.FamilyNotes) = (null, null);
    }
}

/// <summary>A contact in a list, beside its party.</summary>
internal sealed class ContactRow
{
    public required Contact Contact { get; init; }
    public required string PartyName { get; init; }
}

internal sealed class ContactList(ListServices services) : RecordList<ContactRow>(services)
{
    private static readonly Operation See = new("Customers.ListContacts", Access.Staff(CustomersRights.View)),
        Take = new("Customers.ExportContacts", Access.Staff(CustomersRights.Export));
    public override string Key => "customers.contact";
    public override string Title => "customers.contacts";
    public override Operation Operation => See;
    public override Operation Export => Take;
    public override (string, bool) DefaultOrder => ("name", false);
    public override string Href(Guid id) => $"/contacts/{id}";
    protected override Expression<Func<ContactRow, Guid>> Id => r => r.Contact.Id;

    protected override IQueryable<ContactRow> Rows(CrmDbContext db, Actor actor) =>
        db.Visible<Contact>(actor).Join(db.All<Party>(), c => c.PartyId, p => p.Id, (c, p) => new ContactRow { Contact = c, PartyName = p.Name });

    protected override IEnumerable<ListField<ContactRow>> Define()
    {
        yield return new ListField<ContactRow, string>("name", "customers.contact.name", FieldKind.Text, r =>
            r.Contact.Name) { IsColumn = true, IsSortable = true, IsSearched = true };
        yield return new ListField<ContactRow, string>("party", "customers.contact.party", FieldKind.Text, r =>
            r.PartyName) { IsColumn = true, IsSearched = true };
        yield return new ListField<ContactRow, string?>("gender", "dictionary.contact.gender", FieldKind.Choice, r =>
            r.Contact.Gender) { Dictionary = PartyDictionaries.Gender };
        yield return new ListField<ContactRow, string?>("department", "customers.contact.department", FieldKind.Text, r =>
            r.Contact.Department) { IsColumn = true };
        yield return new ListField<ContactRow, string?>("jobTitle", "customers.contact.job-title", FieldKind.Text, r =>
            r.Contact.JobTitle) { IsColumn = true };
        yield return new ListField<ContactRow, string?>("officePhone", "customers.field.office-phone", FieldKind.Text, r =>
            r.Contact.OfficePhone) { IsColumn = true, IsSearched = true };
        yield return new ListField<ContactRow, string?>("mobilePhone", "customers.field.mobile-phone", FieldKind.Text, r =>
            r.Contact.MobilePhone) { IsColumn = true, IsSearched = true };
        yield return new ListField<ContactRow, string?>("email", "customers.contact.email", FieldKind.Text, r =>
            r.Contact.Email) { IsColumn = true, IsSearched = true };
        yield return new ListField<ContactRow, int?>("birthMonth", "customers.contact.birth-month", FieldKind.Number, r =>
            r.Contact.BirthMonth) { Right = CustomersRights.Personal };
        yield return new ListField<ContactRow, int?>("birthDay", "customers.contact.birth-day", FieldKind.Number, r =>
            r.Contact.BirthDay) { Right = CustomersRights.Personal };
        yield return new ListField<ContactRow, string?>("hobbies", "customers.contact.hobbies", FieldKind.Text, r => r.Contact.Hobbies);
        yield return new ListField<ContactRow, bool>("isPrimary", "customers.contact.primary", FieldKind.Boolean, r => r.Contact.IsPrimary);
        yield return new ListField<ContactRow, DateTimeOffset>("createdAt", "customers.field.created-at", FieldKind.Instant, r =>
            r.Contact.CreatedAt);
    }
}

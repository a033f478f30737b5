using System.Globalization;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// Reads an occasion with the person as known now: whom to address how, whether a mail may go out, the texts filled in. Gone when it is over already
/// or the person was deleted.
/// </summary>
[Activity("Care.ReadOccasion", Outcomes = ["Done", "Gone"])]
internal sealed class ReadOccasion(Command cmd, Texts texts) : IActivity
{
    [Input] public Guid OccasionId { get; set; }

    /// <summary>Stored words: said in the reader's language wherever they are shown.</summary>
    [Output] public string? OccasionName { get; private set; }
    /// <summary>Code of the care method: mail, call, letter, gift, visit, sms.</summary>
    [Output] public string? Method { get; private set; }
    [Output] public string? CareType { get; private set; }
    [Output] public Guid PartyId { get; private set; }
    [Output] public string? PartyName { get; private set; }
    [Output] public string? ContactName { get; private set; }
    [Output] public string? Email { get; private set; }
    [Output] public string? Phone { get; private set; }
    /// <summary>There is an address, and the person wants mails.</summary>
    [Output] public bool MayMail { get; private set; }
    [Output] public string? Subject { get; private set; }
    [Output] public string? Body { get; private set; }
    /// <summary>Id of the member of staff the customer belongs to; nothing when it belongs to nobody who works here.</summary>
    [Output] public string? Owner { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var occasion = await cmd.Db.All<CareOccasion>().SingleOrDefaultAsync(o => o.Id == OccasionId, ct)
            ?? throw new InvalidOperationException($"There is no care occasion {OccasionId}.");
        if (!occasion.IsOpen) return ActivityResult.Complete("Gone");
        var party = await cmd.Db.All<Party>().SingleOrDefaultAsync(p => p.Id == occasion.PartyId, ct);
        var contact = occasion.ContactId is { } c ? await cmd.Db.All<Contact>().SingleOrDefaultAsync(x => x.Id == c, ct) : null;
        if (party is null || occasion.ContactId is not null && contact is null)
        {
            occasion = await cmd.Db.All<CareOccasion>().AsTracking().SingleAsync(o => o.Id == OccasionId, ct);
            occasion.Close(CareOccasionState.Skipped, cmd.Now);
            return ActivityResult.Complete("Gone");
        }
        var plan = await cmd.Db.All<CarePlan>().SingleAsync(p => p.Id == occasion.PlanId, ct);
        var noMails = await cmd.Db.All<CareOptOut>().AnyAsync(o => o.Id == party.Id || o.Id == occasion.ContactId, ct);
        (OccasionName, Method, CareType, PartyId, PartyName) = (occasion.Name, occasion.Method, occasion.CareType, party.Id, party.Name);
        ContactName = contact?.Name ?? party.ContactName ?? party.Name;
        context.InstanceName = ContactName == party.Name ? $"{occasion.Name} {party.Name}" : $"{occasion.Name} {ContactName}，{party.Name}";
        Email = contact?.Email is { Length: > 0 } own ? own : party.Email;
        Phone = contact?.MobilePhone ?? contact?.OfficePhone ?? party.MobilePhone ?? party.OfficePhone;
        MayMail = !noMails && Mail.CanGoTo(Email);
        var salutation = contact?.Salutation is { Length: > 0 } called ? called : ContactName;
        // The mail goes to a customer: in the language of the plan's own text, which is Chinese.
        var day = texts.Say(occasion.Name, CultureInfo.GetCultureInfo("zh-CN"));
        (Subject, Body) = (CareText.Fill(plan.Subject, ContactName, salutation, party.Name, day),
            CareText.Fill(plan.Body, ContactName, salutation, party.Name, day));
        Owner = party.OwnerId is { } owner && await cmd.Db.FindUserAsync(owner, ct) is { } user ? user.Id.ToString() : null;
        context.Record("mail", Value.Object(("mayMail", MayMail), ("optedOut", noMails)));
        return ActivityResult.Complete("Done");
    }
}

/// <summary>Puts a care mail into the outbox; one occasion is mailed once, however often the step runs.</summary>
[Activity("Care.SendMail")]
internal sealed class SendCareMail(Command cmd) : IActivity
{
    [Input] public Guid OccasionId { get; set; }
    [Input] public string? To { get; set; }
    [Input] public string? Subject { get; set; }
    [Input(Editor = "multiline")] public string? Body { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (!Mail.CanGoTo(To))
            throw new InvalidOperationException($"'{To}' is no mail address. Ask Care.ReadOccasion's mayMail before Care.SendMail.");
        cmd.Send(new Mail(To, Subject ?? "", Body ?? ""), $"care-{OccasionId:N}");
        context.Record("to", To);
        return new(ActivityResult.Complete());
    }
}

/// <summary>Writes the care record of an occasion and closes it (T-13). Where the record is written already nothing more is.</summary>
[Activity("Care.WriteRecord")]
internal sealed class WriteCareRecord(Command cmd, BusinessTime time) : IActivity
{
    [Input] public Guid OccasionId { get; set; }
    /// <summary>How it was done; without it as planned.</summary>
    [Input] public string? Method { get; set; }
    [Input] public string? PerformedBy { get; set; }
    [Input] public string? Remarks { get; set; }

    [Output] public Guid RecordId { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var occasion = await cmd.Db.All<CareOccasion>().AsTracking().SingleOrDefaultAsync(o => o.Id == OccasionId, ct)
            ?? throw new InvalidOperationException($"There is no care occasion {OccasionId}.");
        if (await cmd.Db.All<CareRecord>().Where(r => r.OccasionId == OccasionId).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(ct) is { } written)
            RecordId = written;
        else RecordId = (await CareRecord.OfAsync(cmd, occasion, string.IsNullOrWhiteSpace(Method) ? occasion.Method : Method, time.DateOf(cmd.Now),
            PerformedBy, Remarks, ct)).Id;
        return ActivityResult.Complete();
    }
}

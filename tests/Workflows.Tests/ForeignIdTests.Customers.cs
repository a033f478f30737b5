using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// The calls of customers, sales, service and care: everything that hangs on a customer is kept by the scope of that customer (C-15).
/// </summary>
public sealed partial class ForeignIdTests
{
    private static Dictionary<string, Func<Settlement, Task<Record>>> OfCustomers => new()
    {
        ["Customers.GetParty.HandleAsync(id)"] = s => Of(s.CustomerId),
        ["Customers.SaveParty.HandleAsync(id)"] = s => With(s.CustomerId, ("type", PartyType.Customer), ("input", new PartyInput([]))),
        ["Customers.SaveParty.HandleAsync(input.OwnerId)"] = s => OpenAsync(s.Leader.UserId, ("input", new PartyInput(Text("name", "楚天燃气有限公司")))),
        ["Customers.ContactQueries.GetAsync(id)"] = async s => new(await ContactAsync(s)),
        ["Customers.ContactQueries.OfPartyAsync(partyId)"] = async s =>
        {
            await ContactAsync(s);
            return new(s.CustomerId);
        },
        ["Customers.SaveContact.HandleAsync(partyId)"] = s => With(s.CustomerId, ("input", new ContactInput(Text("name", "李淼")))),
        ["Customers.SaveContact.HandleAsync(id)"] = async s => new(await ContactAsync(s), ("partyId", s.CustomerId), ("input", new ContactInput([]))),

        ["Sales.SaveSale.HandleAsync(id)"] = async s => new(await s.SaleAsync(10), ("input", Sale(s))),
        ["Sales.SaveSale.HandleAsync(input.CustomerId)"] = s => With(s.CustomerId, ("input", Sale(s))),
        ["Sales.SaveSale.HandleAsync(input.ProductId)"] = s => OpenAsync(s.ProductId, ("input", Sale(s))),
        ["Sales.SaveSale.HandleAsync(input.AgentId)"] = s => OpenAsync(s.AgentId, ("input", Sale(s))),
        ["Sales.SaveSale.HandleAsync(input.SalesRepId)"] = s => OpenAsync(s.Leader.UserId, ("input", Sale(s))),
        ["Sales.IssueNumber.IssueAsync(saleId)"] = async s => new(await s.SaleAsync(10)),
        ["Sales.IssueNumber.ReissueAsync(saleId)"] = async s => new(await s.SaleAsync(10)),
        ["Sales.SaleRecords.GetAsync(id)"] = async s => new(await s.SaleAsync(10)),
        ["Sales.SaleRecords.OfPartyAsync(partyId)"] = async s =>
        {
            await s.SaleAsync(10);
            return new(s.CustomerId);
        },
        ["Sales.SaveProduct.HandleAsync(id)"] = s => OpenAsync(s.ProductId, ("values", new Dictionary<string, string?>())),
        ["Sales.ProductQueries.GetAsync(id)"] = s => OpenAsync(s.ProductId),
        ["Sales.SaveOpportunity.HandleAsync(id)"] = async s => new(await OpportunityAsync(s), ("input", new OpportunityInput([], s.CustomerId))),
        ["Sales.SaveOpportunity.HandleAsync(input.CustomerId)"] = s => With(s.CustomerId, ("input", new OpportunityInput([], s.CustomerId))),
        ["Sales.SaveOpportunity.HandleAsync(input.ProductId)"] = s => OpenAsync(s.ProductId, ("input", new OpportunityInput([], s.CustomerId))),
        ["Sales.SaveOpportunity.HandleAsync(input.SalesRepId)"] = s => OpenAsync(s.Leader.UserId, ("input", new OpportunityInput([], s.CustomerId))),
        ["Sales.OpportunityQueries.GetAsync(id)"] = async s => new(await OpportunityAsync(s)),
        ["Sales.OpportunityQueries.OfPartyAsync(partyId)"] = async s =>
        {
            await OpportunityAsync(s);
            return new(s.CustomerId);
        },

        ["Service.GetComplaint.HandleAsync(id)"] = async s => new(await ComplaintAsync(s)),
        ["Service.CancelComplaint.HandleAsync(id)"] = async s => new(await ComplaintAsync(s)),
        ["Service.ListComplaints.HandleAsync(filter.CustomerId)"] = s => ComplainedAsync(s, s.CustomerId),
        ["Service.ListComplaints.HandleAsync(filter.ProductId)"] = s => ComplainedAsync(s, s.ProductId),
        ["Service.ListComplaints.HandleAsync(filter.AssignedTo)"] = s => ComplainedAsync(s, s.Leader.UserId),
        ["Service.PrepareComplaint.HandleAsync(customerId)"] = s => Of(s.CustomerId),
        ["Service.PrepareComplaint.HandleAsync(saleId)"] = async s => new(await s.SaleAsync(10)),
        ["Service.PrepareComplaint.HandleAsync(interactionId)"] = async s => new(await InteractionAsync(s)),
        ["Service.RecordComplaint.HandleAsync(entry.CustomerId)"] = s => With(s.CustomerId, ("entry", Complained(s.CustomerId))),
        ["Service.RecordComplaint.HandleAsync(entry.ProductId)"] = s => OpenAsync(s.ProductId, ("entry", Complained(s.CustomerId))),
        ["Service.RecordComplaint.HandleAsync(entry.ReceivedBy)"] = s => OpenAsync(s.Leader.UserId, ("entry", Complained(s.CustomerId))),
        // The stranger's own customer with somebody else's sale under it.
        ["Service.RecordComplaint.HandleAsync(entry.SalesRecordId)"] = async s =>
            new(await s.SaleAsync(10), ("entry", Complained(await StrangersCustomerAsync(s)))) { Refusal = nameof(SaleOfAnother) },
        ["Service.RecordComplaint.HandleAsync(entry.InteractionId)"] = async s => new(await InteractionAsync(s), ("entry", Complained(s.CustomerId))),
        ["Service.ListRecords.HandleAsync(filter.CustomerId)"] = async s =>
        {
            await InteractionAsync(s);
            return new(s.CustomerId);
        },
        ["Service.GetRecord.HandleAsync(id)"] = async s => new(await InteractionAsync(s)),
        ["Service.GetRecord.HandleAsync(customerId)"] = s => Of(s.CustomerId),
        ["Service.GetRecord.HandleAsync(interactionId)"] = async s => new(await InteractionAsync(s), ("kind", RecordKind.Visit)),
        ["Service.SaveRecord.HandleAsync(id)"] = async s => new(await InteractionAsync(s)),
        ["Service.SaveRecord.HandleAsync(customerId)"] = s => Of(s.CustomerId),
        ["Service.SaveRecord.HandleAsync(interactionId)"] = async s =>
            new(await InteractionAsync(s), ("kind", RecordKind.Visit), ("customerId", s.CustomerId)),

        ["Care.ListFirstVisits.HandleAsync(customer)"] = async s =>
        {
            await VisitAsync(s);
            return new(s.CustomerId);
        },
        ["Care.GetFirstVisit.HandleAsync(id)"] = async s => new(await VisitAsync(s)),
        ["Care.SaveAudience.HandleAsync(id)"] = async s => new(await AudienceAsync(s), ("filter", new AudienceFilter())) { IsOpenToStaff = true },
        ["Care.SaveCarePlan.HandleAsync(id)"] = async s => new(await PlanAsync(s), ("input", Carers.Birthdays())) { IsOpenToStaff = true },
        ["Care.SaveCarePlan.HandleAsync(input.AudienceId)"] = async s =>
            new(await AudienceAsync(s), ("input", Carers.Birthdays())) { IsOpenToStaff = true },
        ["Care.ListCarePlans.GetAsync(id)"] = async s => new(await PlanAsync(s)) { IsOpenToStaff = true },
        ["Care.ListCareRecords.HandleAsync(customer)"] = async s =>
        {
            await s.App.DoAsync(cmd =>
            {
                cmd.Db.Add(new CareRecord { Id = cmd.NewId(), PartyId = s.CustomerId, TargetName = "江城水务集团", CaredAt = Settlement.PeriodFrom,
                    CareType = "greeting", CareMethod = "call" });
                return Task.CompletedTask;
            });
            return new(s.CustomerId);
        },
        ["Care.GetOccasion.HandleAsync(id)"] = async s =>
        {
            var (id, plan) = (s.App.NewOperation(), await PlanAsync(s));
            await s.App.DoAsync(cmd =>
            {
                cmd.Db.Add(new CareOccasion { Id = id, Key = id.ToString(), PlanId = plan, Kind = CareOccasionKind.Birthday, Name = "生日",
                    CareType = "birthday", Method = "call", PartyId = s.CustomerId, On = Settlement.PeriodFrom, PlannedAt = cmd.Now });
                return Task.CompletedTask;
            });
            return new(id);
        },
        ["Care.GetCareTarget.HandleAsync(party)"] = s => Of(s.CustomerId),
        ["Care.RecordCare.HandleAsync(input.PartyId)"] = s => With(s.CustomerId, ("input", Cared(s.CustomerId))),
        ["Care.RecordCare.HandleAsync(input.ContactId)"] = async s => new(await ContactAsync(s), ("input", Cared(s.CustomerId))),
        ["Care.SetCareOptOut.HandleAsync(partyOrContact)"] = s => Of(s.CustomerId),
        ["Care.SendReminder.HandleAsync(input.PartyId)"] = s =>
            With(s.CustomerId, ("input", new ReminderInput("回个电话", Identity.Principal.User(s.Leader.UserId), "call-back"))),
        ["Care.AnswerReminder.HandleAsync(id)"] = async s => new(await ReminderAsync(s)),
        ["Care.ListReminders.HandleAsync(customer)"] = async s =>
        {
            await ReminderAsync(s);
            return new(s.CustomerId, ("resolved", false));
        },
    };

    private static string[] ListsOfCustomers =>
    [
        "Customers.ContactQueries.OfPartyAsync(partyId)", "Sales.SaleRecords.OfPartyAsync(partyId)", "Sales.OpportunityQueries.OfPartyAsync(partyId)",
            "Service.ListComplaints.HandleAsync(filter.CustomerId)",
        "Service.ListComplaints.HandleAsync(filter.ProductId)", "Service.ListComplaints.HandleAsync(filter.AssignedTo)",
            "Service.ListRecords.HandleAsync(filter.CustomerId)", "Care.ListFirstVisits.HandleAsync(customer)",
        "Care.ListCareRecords.HandleAsync(customer)", "Care.ListReminders.HandleAsync(customer)",
    ];

    /// <summary>Holds every right over customers, sales, service and care, and sees none of the customers but the one they own.</summary>
    private static async Task<Actor> StrangerAsync(Settlement s)
    {
        string[] rights = [.. CustomersRights.All.Except([CustomersRights.ViewAll, CustomersRights.ViewDepartment]), .. SalesRights.All,
            .. ServiceRights.All, .. CareRights.All];
        var stranger = await s.App.StaffAsync("luyuan", "路远", rights: rights);
        await AddAsync(s, id =>
        {
            var own = new Party { Id = id, Type = PartyType.Customer, No = "K900", Name = "楚天燃气有限公司" };
            own.GiveTo(stranger.UserId, null);
            return own;
        });
        return stranger;
    }

    private static Task<Record> With(object id, params (string, object)[] more) => Task.FromResult(new Record(id, more));
    private static Task<Record> OpenAsync(object id, params (string, object)[] more) =>
        Task.FromResult(new Record(id, more) { IsOpenToStaff = true });
    private static Dictionary<string, string?> Text(string key, string value) => new() { [key] = value };
    private static SaleInput Sale(Settlement s) => new(Text("saleDate", "2026-02-05"), s.CustomerId, s.ProductId);
    private static ComplaintEntry Complained(Guid customer) => new(customer, "李淼", "13800001234", "打不开图层");
    private static CareInput Cared(Guid party) => new(party, Settlement.PeriodFrom, "greeting", "call");

    private static async Task<Guid> AddAsync(Settlement s, Func<Guid, object> record)
    {
        var id = s.App.NewOperation();
        await s.App.DoAsync(cmd => { cmd.Db.Add(record(id)); return Task.CompletedTask; });
        return id;
    }

    private static Task<Guid> ContactAsync(Settlement s) => AddAsync(s, id => new Contact { Id = id, PartyId = s.CustomerId, Name = "李淼" });
    private static Task<Guid> OpportunityAsync(Settlement s) =>
        AddAsync(s, id => new Opportunity { Id = id, CustomerId = s.CustomerId, Stage = "lead", CloseBy = Settlement.PeriodTo });
    private static Task<Guid> InteractionAsync(Settlement s) =>
        AddAsync(s, id => new Interaction { Id = id, No = id.ToString(), CustomerId = s.CustomerId, At = s.Clock.GetUtcNow(), Content = "问升级价格" });
    private static Task<Guid> AudienceAsync(Settlement s) =>
        AddAsync(s, id => new Audience { Id = id, Name = id.ToString(), Filter = new AudienceFilter() });
    private static Task<Guid> PlanAsync(Settlement s) =>
        AddAsync(s, id => new CarePlan { Id = id, Name = "生日祝福", Occasion = CareOccasionKind.Birthday, CareType = "birthday", Method = "call" });
    private static Task<Guid> VisitAsync(Settlement s) => AddAsync(s, id =>
        new FirstVisit { Id = id, CustomerId = s.CustomerId, SaleOrderNo = id.ToString(), CustomerNo = "K001", CustomerName = "江城水务集团",
        ProductName = "K9 市政管网", SaleDate = Settlement.PeriodFrom, DueOn = Settlement.PeriodTo, InstanceId = Guid.Empty });
    private static Task<Guid> ReminderAsync(Settlement s) =>
        AddAsync(s, id => new CustomerReminder { Id = id, PartyId = s.CustomerId, RequestedBy = "周敏", RequestedAt = s.Clock.GetUtcNow(),
        Content = "回个电话", Target = Identity.Principal.User(s.Leader.UserId), ReminderType = "call-back" });

    private static async Task<Guid> ComplaintAsync(Settlement s)
    {
        var rules = await s.App.ReadAsync(db => ComplaintRules.InForceAsync(db, s.Clock.GetUtcNow(), Settlement.Ct));
        return await AddAsync(s, id =>
        {
            var complaint = new Complaint { Id = id, No = id.ToString(), CustomerId = s.CustomerId, Complainant = "李淼", ContactInfo = "1",
                Content = "打不开", ComplainedAt = s.Clock.GetUtcNow(), ReceivedBy = s.Leader.UserId, Rules = rules };
            complaint.About(s.ProductId);
            complaint.Assign(s.Leader.UserId, ComplaintCategory.Product);
            return complaint;
        });
    }

    private static async Task<Record> ComplainedAsync(Settlement s, Guid by)
    {
        await ComplaintAsync(s);
        return new(by);
    }

    private static Task<Guid> StrangersCustomerAsync(Settlement s) =>
        s.App.ReadAsync(db => db.Set<Party>().Where(p => p.No == "K900").Select(p => p.Id).SingleAsync());

    /// <summary>The same of what hangs on a record: its attachments.</summary>
    [Theory]
    [InlineData("complaint")]
    [InlineData("opportunity")]
    [InlineData("first-visit")]
    [InlineData("care-occasion")]
    public async Task Attachments_of_an_unseen_record_are_answered_like_those_of_none(string subject)
    {
        await using var s = await Settlement.StartAsync();
        var id = subject switch
        {
            "complaint" => await ComplaintAsync(s),
            "opportunity" => await OpportunityAsync(s),
            "first-visit" => await VisitAsync(s),
            _ => (Guid)(await OfCustomers["Care.GetOccasion.HandleAsync(id)"](s)).Id,
        };
        foreach (var actor in (Actor[])[s.OtherAgent, s.Outsider, await StrangerAsync(s)])
        {
            (await s.App.Get<Attachments>().HandleAsync(actor, subject, id, null, Settlement.Ct)).Problem.ShouldBeOfType<NotFound>(actor.Name);
            (await s.App.Get<UploadAttachment>().HandleAsync(actor, subject, id, "x", "说明.pdf", new MemoryStream("%PDF-1.4\n%%EOF\n"u8.ToArray()),
                s.App.NewOperation(), Settlement.Ct)).Problem.ShouldBeOfType<NotFound>(actor.Name);
        }
        (await s.App.Get<Attachments>().HandleAsync(Actor.System, subject, id, null, Settlement.Ct)).Problem.ShouldBeNull();
    }
}

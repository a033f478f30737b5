using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// Makes the first visit of a saved sale with everything that is known by itself: customer, contact, product, date (R-FV-1, T-12). Another line of an
/// order that has its visit already joins that one.
/// </summary>
[Activity("Care.PlanFirstVisit", Outcomes = ["Planned", "Joined"])]
internal sealed class PlanFirstVisit(Command cmd, WorkingCalendars calendars, BusinessTime time) : IActivity
{
    /// <summary>The sales record.</summary>
    [Input] public Guid SaleId { get; set; }
    /// <summary>Working days to make it in; without it what the settings say now.</summary>
    [Input] public int? DueInDays { get; set; }

    [Output] public Guid VisitId { get; private set; }
    [Output] public Guid CustomerId { get; private set; }
    [Output] public string? CustomerName { get; private set; }
    [Output] public string? SaleOrderNo { get; private set; }
    /// <summary>Id of the member of staff who sold it; nothing when it was somebody of the agent's.</summary>
    [Output] public string? SalesRep { get; private set; }
    /// <summary>Working days to make it in, frozen for this visit.</summary>
    [Output] public int DueDays { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var found = await (from s in cmd.Db.All<SalesRecord>()
                           where s.Id == SaleId
                           join c in cmd.Db.All<Party>() on s.CustomerId equals c.Id
                           join p in cmd.Db.All<Product>() on s.ProductId equals p.Id
                           select new { Sale = s, Customer = c, Product = p.Name }).SingleOrDefaultAsync(ct)
                               ?? throw new InvalidOperationException($"There is no sales record {SaleId} to plan a first visit for.");
        var (sale, customer) = (found.Sale, found.Customer);
        (CustomerId, CustomerName, SaleOrderNo, SalesRep) = (customer.Id, customer.Name, sale.SaleOrderNo, sale.SalesRepId?.ToString());
        context.InstanceName = $"{sale.SaleOrderNo} {customer.Name}";
        DueDays = DueInDays ?? await cmd.Db.SettingAsync(CareSettings.FirstVisitDays, cmd.Now, ct);

        if (await cmd.Db.All<FirstVisit>().AsTracking()
            .SingleOrDefaultAsync(v => v.CustomerId == customer.Id && v.SaleOrderNo == sale.SaleOrderNo, ct) is { } known)
        {
            known.Covers(found.Product);
            VisitId = known.Id;
            return ActivityResult.Complete("Joined");
        }
        var contact = await cmd.Db.All<Contact>().Where(c => c.PartyId == customer.Id).OrderByDescending(c => c.IsPrimary).ThenBy(c => c.Name)
            .ThenBy(c => c.Id).FirstOrDefaultAsync(ct);
        var calendar = await calendars.CurrentAsync(ct);
        var visit = new FirstVisit
        {
            Id = VisitId = cmd.NewId(), InstanceId = context.WorkflowInstanceId, CustomerId = customer.Id, SaleOrderNo = sale.SaleOrderNo,
            SalesRepId = sale.SalesRepId,
            CustomerNo = customer.No, CustomerName = customer.Name, Address = contact?.Address ?? customer.Address,
            ContactName = contact?.Name ?? customer.ContactName,
            OfficePhone = contact?.OfficePhone ?? customer.OfficePhone, MobilePhone = contact?.MobilePhone ?? customer.MobilePhone,
            ProductName = found.Product, SaleDate = sale.SaleDate,
            DueOn = time.DateOf(calendar.AddWorkingDays(cmd.Now, DueDays)), IsDemo = sale.IsDemo,
        };
        cmd.Db.Add(visit);
        context.Record("visit", visit.Id);
        return ActivityResult.Complete("Planned");
    }
}

using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Service;

/// <summary>Everything the module brings, by name.</summary>
public static class ServiceModule
{
    public static IServiceCollection AddService(this IServiceCollection services)
    {
        foreach (var right in ServiceRights.All) services.AddRight(right, "service.rights");
        return services
            .AddTexts(typeof(ServiceModule).Assembly).AddOperations(typeof(ServiceModule).Assembly)
            .AddModel(ServiceModel.Configure).AddScope<Complaint>(ComplaintScope.Of).AddBookScopes()
            .AddServiceDictionaries()
            .AddSetting(ComplaintSettings.ReopenAtOrBelow, "service.settings", v =>
                v is >= 0 and <= 5 ? null : new InvalidSetting("service.setting.score-range"))
            .AddSetting(ComplaintSettings.CallBack, "service.settings", ComplaintSettings.Check)
            .AddSetting(ComplaintSettings.DueDays, "service.settings", v =>
                v.All.All(d => d is >= 0 and <= 250) ? null : new InvalidSetting("service.setting.due-days-range"))
            .AddSetting(ComplaintSettings.Roles, "service.settings", v =>
                v.All.All(r => !string.IsNullOrWhiteSpace(r)) ? null : new InvalidSetting("service.setting.role-missing"))
            .AddSetting(ComplaintSettings.OneSitting, "service.settings")
            .AddSetting(ComplaintSettings.NumberPattern, "service.settings", NumberPattern.Check)
            .AddSetting(Interactions.NumberPattern, "service.settings", NumberPattern.Check)
            .AddSubject<ComplaintSubject>(ComplaintScope.Subject)
            .AddProcessOwner<ComplaintProcess>(RecordComplaint.DefinitionId)
            .AddTaskForm<ClassifyForm>(ClassifyForm.Key)
            .AddTaskForm<AssignForm>(AssignForm.Key)
            .AddTaskForm<HandleForm>(HandleForm.Key)
            .AddTaskForm<CallBackForm>(CallBackForm.Key)
            .AddTaskForm<ConfirmForm>(ConfirmForm.Key)
            .AddActivity<RecordInteraction>()
            .AddActivity<RecordVisit>()
            .AddActivity<RaiseComplaint>()
            .AddActivity<PlanCallBack>()
            .AddActivity<ReopenComplaint>()
            .AddActivity<CloseComplaint>()
            .AddDueHandler<StartRaisedComplaint>(RaiseComplaint.StartKind)
            .AddGrant(ServiceRights.ViewComplaints, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Sales,
                ShippedRoles.Reception)
            .AddGrant(ServiceRights.Record, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales, ShippedRoles.Reception)
            .AddGrant(ServiceRights.Cancel, ShippedRoles.Support)
            .AddGrant(ServiceRights.ViewRecords, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Sales,
                ShippedRoles.Reception, ShippedRoles.Technician)
            .AddGrant(ServiceRights.EditRecords, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales, ShippedRoles.Reception,
                ShippedRoles.Technician)
            .AddGrant(CustomersRights.View, ShippedRoles.Reception, ShippedRoles.Technician)
            .AddGrant(CustomersRights.ViewAll, ShippedRoles.Reception, ShippedRoles.Technician)
            .AddGrant(SalesRights.View, ShippedRoles.Reception, ShippedRoles.Technician)
            .AddRecordType("Service.Complaint").AddRecordType("Service.Interaction").AddRecordType("Service.Visit").AddRecordType("Service.Service")
                .AddRecordType("Service.Hotline")
            .AddDemoData<DemoRecords>().AddDemoData<DemoComplaints>()
            .AddMenu(new("/service/complaints", "service.complaints", "report", "service.menu", 400,
                Access.Staff(ServiceRights.ViewComplaints, ServiceRights.Record)))
            .AddMenu(new("/service/records", "service.records", "support_agent", "service.menu", 410, Access.Staff(ServiceRights.ViewRecords)))
            .AddPartyPanel(new(typeof(Pages.PartyComplaints), PartyTab.Trade, 300, Access.Staff()))
            .AddPartyPanel(new(typeof(Pages.PartyRecords), PartyTab.Trade, 310, Access.Staff(ServiceRights.ViewRecords)))
            .AddPartyAction(new("service.record", "report", "/service/complaints/new?customer={0}", 300,
                Access.Staff(ServiceRights.Record)) { Only = PartyType.Customer })
            .AddPartyAction(new("service.new.Interaction", "call", "/service/records/interaction/new?customer={0}", 310,
                Access.Staff(ServiceRights.EditRecords)))
            .AddPartyAction(new("service.new.Visit", "reviews", "/service/records/visit/new?customer={0}", 320,
                Access.Staff(ServiceRights.EditRecords)))
            .AddPartyAction(new("service.new.Service", "home_repair_service", "/service/records/service/new?customer={0}", 330,
                Access.Staff(ServiceRights.EditRecords)))
            .AddPartyAction(new("service.new.Hotline", "support_agent", "/service/records/hotline/new?customer={0}", 340,
                Access.Staff(ServiceRights.EditRecords)))
            .AddSearch<ComplaintSearch>()
            .AddReminderSource<ComplaintReminders>()
            .AddScoped<ListRecords>().AddScoped<GetRecord>().AddScoped<SaveRecord>()
            .AddScoped<PrepareComplaint>().AddScoped<RecordComplaint>().AddScoped<CancelComplaint>().AddScoped<GetComplaint>().AddScoped<ListComplaints>();
    }
}

using CrmFlow.Identity;
using CrmFlow.Runtime;
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
            .AddTexts(typeof(ServiceModule).Assembly)
            .AddModel(ServiceModel.Configure)
            .AddServiceDictionaries()
            .AddSetting(ComplaintSettings.ReopenAtOrBelow, "service.settings", v => v is >= 0 and <= 5 ? null : new InvalidSetting("service.setting.score-range"))
            .AddSetting(ComplaintSettings.CallBack, "service.settings", ComplaintSettings.Check)
            .AddSetting(ComplaintSettings.DueDays, "service.settings", v => v.All.All(d => d is >= 0 and <= 250) ? null : new InvalidSetting("service.setting.due-days-range"))
            .AddSetting(ComplaintSettings.Roles, "service.settings", v => v.All.All(r => !string.IsNullOrWhiteSpace(r)) ? null : new InvalidSetting("service.setting.role-missing"))
            .AddSetting(ComplaintSettings.OneSitting, "service.settings")
            .AddSetting(ComplaintSettings.NumberPattern, "service.settings", NumberPattern.Check)
            .AddSetting(Interactions.NumberPattern, "service.settings", NumberPattern.Check)
            .AddSubject<ComplaintSubject>(ComplaintScope.Subject)
            .AddTaskForm<ClassifyForm>(ClassifyForm.Key)
            .AddTaskForm<AssignForm>(AssignForm.Key)
            .AddTaskForm<HandleForm>(HandleForm.Key)
            .AddTaskForm<CallBackForm>(CallBackForm.Key)
            .AddActivity<RecordInteraction>()
            .AddActivity<RecordVisit>()
            .AddActivity<RaiseComplaint>()
            .AddActivity<PlanCallBack>()
            .AddActivity<ReopenComplaint>()
            .AddActivity<CloseComplaint>()
            .AddDueHandler<StartRaisedComplaint>(RaiseComplaint.StartKind)
            .AddGrant(ServiceRights.ViewComplaints, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader)
            .AddGrant(ServiceRights.Record, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales)
            .AddGrant(ServiceRights.Cancel, ShippedRoles.Support)
            .AddGrant(ServiceRights.ViewRecords, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Sales)
            .AddGrant(ServiceRights.EditRecords, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales)
            .AddScoped<RecordComplaint>().AddScoped<CancelComplaint>().AddScoped<GetComplaint>().AddScoped<ListComplaints>();
    }
}

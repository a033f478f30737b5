using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Care;

/// <summary>Everything the module brings, by name.</summary>
public static class CareModule
{
    public static IServiceCollection AddCare(this IServiceCollection services)
    {
        foreach (var right in CareRights.All) services.AddRight(right, "care.rights");
        string[] carers = [ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Sales];
        return services
            .AddTexts(typeof(CareModule).Assembly).AddOperations(typeof(CareModule).Assembly)
            .AddModel(CareModel.Configure)
            .AddScope<FirstVisit>(FirstVisitScope.Of).AddScope<CustomerReminder>(ReminderScope.Of)
            .AddScope<CareOccasion>(CareScope.OfOccasions).AddScope<CareRecord>(CareScope.OfRecords)
            .AddSetting(CareSettings.FirstVisitDays, "care.settings", v => v is >= 0 and <= 250 ? null : new InvalidSetting("care.setting.days"))
            .AddSetting(CareSettings.AnnualDays, "care.settings", CareSettings.Check)
            .AddSetting(CareSettings.Festivals, "care.settings", CareSettings.Check)
            .AddSetting(CareSettings.Morning, "care.settings", v => v is >= 0 and <= 23 ? null : new InvalidSetting("care.setting.hour"))
            .AddSetting(CareSettings.CatchUpDays, "care.settings", v => v is >= 0 and <= 60 ? null : new InvalidSetting("care.setting.days"))
            .AddSetting(CareSettings.Elapsed, "care.settings", CareSettings.Check)
            .AddSetting(CareSettings.Remaining, "care.settings", CareSettings.Check)
            .AddDictionary(CareDictionaries.CareType, "care.menu", ("promotion", "产品推介", "Product news"), ("greeting", "客户问候", "Greeting"),
                ("festival", "节日祝福", "Festival greeting"), ("gift", "赠送礼品", "Gift"),
                ("birthday", "生日", "Birthday"), ("founding", "成立周年庆", "Founding anniversary"), ("special-day", "特殊节日", "Special day"))
            .AddDictionary(CareDictionaries.CareMethod, "care.menu", ("sms", "短信", "SMS"), (CareDictionaries.Mail, "邮件", "Mail"),
                ("call", "电话", "Call"), ("letter", "信函", "Letter"), ("gift", "礼品", "Gift"), ("visit", "上门", "Visit"))
            .AddDictionary(CareDictionaries.ReminderType, "care.menu", ("follow-up", "跟进", "Follow up"), ("call-back", "回电", "Call back"),
                ("documents", "资料", "Documents"), ("payment", "回款", "Payment"), ("other", "其他", "Other"))
            .AddSubject<FirstVisitSubject>(FirstVisitScope.Subject).AddSubject<CareOccasionSubject>(CareScope.Subject)
            .AddProcessOwner<FirstVisitProcess>(FirstVisitProcess.DefinitionId).AddProcessOwner<CareProcess>(CareProcess.DefinitionId)
            .AddTaskForm<FirstVisitForm>(FirstVisitForm.Key).AddTaskForm<CareForm>(CareForm.Key)
            .AddRecordType(CareMorning.PlanDay).AddRecordType(BeginOccasion.RecordType).AddRecordType(SendReminder.RecordType)
            .AddActivity<PlanFirstVisit>().AddActivity<SelectAudience>().AddActivity<AddOccasions>().AddActivity<ReadOccasion>().AddActivity<SendCareMail>().AddActivity<WriteCareRecord>().AddActivity<RaiseReminder>()
            .AddDueHandler<CareMorning>(CareMorning.Kind).AddDueHandler<BeginOccasion>(BeginOccasion.Kind).AddDueHandler<AnnounceReminder>(
                AnnounceReminder.Kind)
            .AddReminderSource<CustomerReminders>().AddReminderSource<OpportunityReminders>().AddReminderSource<CareReminders>().AddReminderSource<FirstVisitReminders>()
            .AddGrant(CareRights.View, [.. carers, ShippedRoles.Leader])
            .AddGrant(CareRights.Edit, carers)
            .AddGrant(CareRights.Plan, ShippedRoles.Commerce)
            .AddMenu(new("/calendar", "care.calendar", "calendar_month", "", 20, Access.Staff()) { OnPhone = true })
            .AddMenu(new("/care/visits", "care.visits", "flag", "care.menu", 400, Access.Staff(CareRights.View)) { CountAsync = CountVisitsAsync })
            .AddMenu(new("/care/reminders", "care.reminders", "notifications", "care.menu", 420, Access.Staff()))
            .AddMenu(new("/care", "care.care", "favorite", "care.menu", 430, Access.Staff(CareRights.View)))
            .AddHomePart(new HomePart(typeof(Pages.OnlineStrip), HomePlace.Top, 50, Access.Staff()))
            .AddPartyPanel(new PartyPanel(typeof(Pages.PartyCarePanel), PartyTab.Trade, 400,
                Access.Staff(CareRights.View)) { Only = PartyType.Customer })
            .AddPartyAction(new PartyAction("care.action.remind", "notification_add", "/care/reminders?for={0}", 400, Access.Staff()))
            .AddPartyAction(new PartyAction("care.action.care", "favorite", "/care?for={0}", 410,
                Access.Staff(CareRights.Edit)) { Only = PartyType.Customer })
            .AddSearch<FirstVisitSearch>()
            .AddDemoData<DemoCare>()
            .AddScoped<ListFirstVisits>().AddScoped<GetFirstVisit>()
            .AddScoped<ListAudiences>().AddScoped<SaveAudience>().AddScoped<ListCarePlans>().AddScoped<SaveCarePlan>()
            .AddScoped<ListCareRecords>().AddScoped<GetOccasion>().AddScoped<GetCareTarget>().AddScoped<RecordCare>().AddScoped<SetCareOptOut>()
            .AddScoped<GetCalendar>().AddScoped<ListReminders>().AddScoped<ReminderTargets>().AddScoped<SendReminder>().AddScoped<AnswerReminder>();
    }

    private static async Task<int> CountVisitsAsync(IServiceProvider services, Actor actor, CancellationToken ct) =>
        await services.GetRequiredService<ListFirstVisits>().CountWaitingAsync(actor, ct) is { Failed: false } count ? count.Value : 0;
}

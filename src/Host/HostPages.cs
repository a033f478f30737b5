using CrmFlow.Host.Administration;
using CrmFlow.Host.Components.Workflows;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary>The shell's own menu entries and handlers.</summary>
internal static class HostPages
{
    public static IServiceCollection AddHostPages(this IServiceCollection services) => services
        .AddWorkflowPages().AddOperations(typeof(HostPages).Assembly)
        .AddSingleton<MetricsText>().AddScoped<SearchEverything>().AddScoped<SettingsAdmin>().AddScoped<MailAdmin>().AddScoped<CalendarAdmin>().AddScoped<DictionaryAdmin>()
        .AddMenu(new MenuEntry("/admin/settings", "admin.settings", "tune", "menu.system", 900, SettingsAdmin.Access))
        .AddMenu(new MenuEntry("/admin/calendar", "admin.calendar", "calendar_month", "menu.system", 910, SettingsAdmin.Access))
        .AddMenu(new MenuEntry("/admin/dictionaries", "admin.dictionaries", "list_alt", "menu.system", 905, SettingsAdmin.Access))
        .AddMenu(new MenuEntry("/jobs", "jobs.title", "sync", "menu.processes", 130, Access.Staff()))
        .AddMenu(new MenuEntry(Routes.Home, "shell.home", "home", "", 0, Access.Staff()) { OnPhone = true });
}

using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary>The shell's own menu entries and handlers.</summary>
internal static class HostPages
{
    public static IServiceCollection AddHostPages(this IServiceCollection services) => services
        .AddScoped<SearchEverything>()
        .AddMenu(new MenuEntry(Routes.Home, "shell.home", "home", "", 0, Access.Staff()) { OnPhone = true });
}

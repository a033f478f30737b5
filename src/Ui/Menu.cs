using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Ui;

/// <summary>An entry of the side menu, brought by a module. It appears by right, not by role.</summary>
/// <param name="Text">Text key.</param>
/// <param name="Icon">Material Symbols name.</param>
/// <param name="Group">Text key of the group heading; empty for the top group.</param>
/// <param name="Access">Who sees it; the page behind it is guarded by its own queries all the same.</param>
public sealed record MenuEntry(string Href, string Text, string Icon, string Group, int Order, Access Access)
{
    /// <summary>Hidden from agents even when the access admits them (staff and portal menus differ).</summary>
    public bool StaffOnly { get; init; }
    public bool AgentOnly { get; init; }
}

public static class MenuRegistration
{
    public static IServiceCollection AddMenu(this IServiceCollection services, MenuEntry entry) => services.AddSingleton(entry);
}

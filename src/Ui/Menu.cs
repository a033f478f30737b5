using CrmFlow.Runtime;
using Microsoft.AspNetCore.Components.Routing;
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
    /// <summary>Work to do behind it, shown beside the text and capped at 99+; asked again when something of the person's changed.</summary>
    public Func<IServiceProvider, Actor, CancellationToken, Task<int>>? CountAsync { get; init; }
    /// <summary>Also stands in the phone's bottom bar (at most five, by order).</summary>
    public bool OnPhone { get; init; }

    /// <summary>An entry lights up for the pages below it, unless another entry stands for some of them.</summary>
    public NavLinkMatch MatchIn(IReadOnlyList<MenuEntry> entries) =>
        entries.Any(e => e != this && e.Href.StartsWith(Href.TrimEnd('/') + "/", StringComparison.Ordinal)) ? NavLinkMatch.All : NavLinkMatch.Prefix;
}

public enum HomePlace { Top, Main, Side }

/// <summary>A part of the staff home page, brought by a module.</summary>
/// <param name="Component">A component without required parameters.</param>
public sealed record HomePart(Type Component, HomePlace Place, int Order, Access Access);

/// <summary>Where agents, who have no staff home page, start; one module registers it.</summary>
/// <param name="Title">Text key of the page's title.</param>
public sealed record AgentHome(string Href, string Title);

/// <summary>Addresses the shell itself links to.</summary>
public static class Routes
{
    public const string Home = "/";
    public const string Search = "/search";
    public const string Inbox = "/inbox";
}

/// <summary>Pages are for staff unless marked: this one is for agents only.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AgentPageAttribute : Attribute;

/// <summary>This page is for staff and agents alike; its queries decide what each sees.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SharedPageAttribute : Attribute;

public static class MenuRegistration
{
    public static IServiceCollection AddMenu(this IServiceCollection services, MenuEntry entry) => services.AddSingleton(entry);
    public static IServiceCollection AddHomePart(this IServiceCollection services, HomePart part) => services.AddSingleton(part);
    public static IServiceCollection AddAgentHome(this IServiceCollection services, AgentHome home) => services.AddSingleton(home);
    /// <summary>The kit's own services; called once by the host.</summary>
    public static IServiceCollection AddUi(this IServiceCollection services) =>
        services.AddTexts(typeof(MenuRegistration).Assembly).AddScoped<Formats>().AddJob<ListExportJob>(RecordList.ExportKind);
}

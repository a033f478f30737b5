using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host.Components.Layout;

/// <summary>Which entries one person sees: by right, not by role (ui.md §2).</summary>
internal static class MenuBuilder
{
    public static List<MenuEntry> For(IEnumerable<MenuEntry> entries, Actor actor) =>
        [.. entries.Where(e => e.Access.Allows(actor) && !(e.StaffOnly && actor.Kind == ActorKind.Agent)
            && !(e.AgentOnly && actor.Kind != ActorKind.Agent)).OrderBy(e => e.Order)];
}

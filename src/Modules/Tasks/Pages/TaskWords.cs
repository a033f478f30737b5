using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.JSInterop;

namespace CrmFlow.Tasks.Pages;

/// <summary>Small things the pages of this module share.</summary>
internal static class TaskWords
{
    public static string Href(Guid taskId) => $"/tasks/{taskId}";
    public static string Href(InboxTab tab) => tab == InboxTab.Mine ? Routes.Inbox : $"{Routes.Inbox}?tab={tab.ToString().ToLowerInvariant()}";

    /// <summary>Whom to listen for: a person's own lists, and what waits for administrators.</summary>
    public static IEnumerable<string> Principals(Actor actor) =>
        actor.Has(TaskRights.Administer) ? [.. LoadedTask.PrincipalsOf(actor), InboxEntry.Attention] : LoadedTask.PrincipalsOf(actor);

    public static async Task ListenForKeysAsync(IJSRuntime js, string id)
    {
        try
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>("import", "./_content/CrmFlow.Tasks/tasks.js");
            await module.InvokeVoidAsync("listen", id);
        }
        catch (JSDisconnectedException) { }
        catch (OperationCanceledException) { }
    }
}

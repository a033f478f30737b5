using Microsoft.JSInterop;

namespace CrmFlow.Ui;

/// <summary>Calls into <c>ui.js</c>; a page that is gone meanwhile is no error.</summary>
public static class UiScript
{
    public const string Path = "./_content/CrmFlow.Ui/ui.js";

    /// <summary>Scrolls to a control by id or name and focuses it.</summary>
    public static Task FocusAsync(IJSRuntime js, string id) => CallAsync(js, "focus", id);

    public static async Task CallAsync(IJSRuntime js, string function, params object?[] args)
    {
        try
        {
            await using var module = await js.InvokeAsync<IJSObjectReference>("import", Path);
            await module.InvokeVoidAsync(function, args);
        }
        catch (JSDisconnectedException) { }
        catch (OperationCanceledException) { }
    }
}

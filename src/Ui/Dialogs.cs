using CrmFlow.Runtime;
using Radzen;

namespace CrmFlow.Ui;

/// <summary>
/// Questions before what cannot be undone (ui.md §5): the title is the question, the button is the verb. Texts come ready from the caller.
/// </summary>
public static class Confirm
{
    /// <summary>True when the verb was pressed; Esc, close and the other button are no.</summary>
    public static async Task<bool> ConfirmAsync(this DialogService dialogs, string question, string? body, string verb, bool danger = true) =>
        await OpenAsync(dialogs, question, body, verb, danger, askFor: null, required: false) is not null;

    /// <summary>Asks for a reason as well. Null when given up.</summary>
    /// <param name="label">What is asked for, such as "原因".</param>
    public static Task<string?> AskAsync(this DialogService dialogs, string question, string? body, string verb, string label, bool required = true,
        bool danger = true) =>
        OpenAsync(dialogs, question, body, verb, danger, label, required);

    private static async Task<string?> OpenAsync(DialogService dialogs, string question, string? body, string verb, bool danger, string? askFor,
        bool required) =>
        await dialogs.OpenAsync<ConfirmDialog>(question, new Dictionary<string, object?>
        {
            [nameof(ConfirmDialog.Body)] = body, [nameof(ConfirmDialog.Verb)] = verb, [nameof(ConfirmDialog.Danger)] = danger,
            [nameof(ConfirmDialog.AskFor)] = askFor, [nameof(ConfirmDialog.Required)] = required,
        }!, new DialogOptions { Width = "440px", CloseDialogOnEsc = true, ShowClose = true, AutoFocusFirstElement = true }) as string;

    /// <summary>A side sheet of 420 px, a full sheet on the phone, for secondary actions.</summary>
    public static async Task<object?> SheetAsync<T>(this DialogService dialogs, string title, Dictionary<string, object?> parameters) where T
        : Microsoft.AspNetCore.Components.ComponentBase =>
        await dialogs.OpenSideAsync<T>(title, parameters!,
            new SideDialogOptions { Width = "420px", Position = DialogPosition.Right, ShowMask = true, CloseDialogOnOverlayClick = false });
}

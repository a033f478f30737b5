using CrmFlow.Identity;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace CrmFlow.Host.Components.Layout;

/// <summary>A page that breaks shows a message with an id that is in the log; the shell round it goes on.</summary>
public sealed class LoggedBoundary : ErrorBoundaryBase
{
    private string _errorId = "";
    [Inject] private ILogger<LoggedBoundary> Log { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;
    [Inject] private NavigationManager Nav { get; set; } = null!;
    [Inject] private CurrentActor Current { get; set; } = null!;

    protected override async Task OnErrorAsync(Exception exception)
    {
        _errorId = ErrorIds.New(Clock);
        Log.LogError(exception, "Error {ErrorId} on {Address} for {UserId}", _errorId, Nav.ToBaseRelativePath(Nav.Uri),
            (await Current.GetAsync()).UserId);
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }
        builder.OpenComponent<Pages.Broken>(1);
        builder.AddAttribute(2, nameof(Pages.Broken.ErrorId), _errorId);
        builder.CloseComponent();
    }
}

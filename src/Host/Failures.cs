using CrmFlow.Host.Components.Pages;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmFlow.Host;

/// <summary>What a plain request sees when it fails: a page or problem details with an id that is in the log, never a stack trace.</summary>
internal static class Failures
{
    public static void Handle(IApplicationBuilder app) => app.Run(async http =>
    {
        var failure = http.Features.Get<IExceptionHandlerFeature>();
        var id = ErrorIds.New(http.RequestServices.GetRequiredService<TimeProvider>());
        // A body the framework could not read is the caller's mistake and has a status of its own.
        var status = failure?.Error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Failures))
            .Log(status < 500 ? LogLevel.Information : LogLevel.Error, failure?.Error, "Error {ErrorId} on {Method} {Path}", id, http.Request.Method,
            failure?.Path);
        http.Response.StatusCode = status;
        if (WantsPage(http)) await new RazorComponentResult<ErrorSheet>(new Dictionary<string, object?> { [nameof(ErrorSheet.ErrorId)] = id }) {
            StatusCode = status }.ExecuteAsync(http);
        else await Results.Problem(statusCode: status, extensions: new Dictionary<string, object?> { ["errorId"] = id }).ExecuteAsync(http);
    });

    public static async Task ShowStatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        if (status == StatusCodes.Status404NotFound && WantsPage(http))
            await new RazorComponentResult<ErrorSheet> { StatusCode = status }.ExecuteAsync(http);
        else if (WantsPage(http))
        {
            var texts = http.RequestServices.GetRequiredService<CrmFlow.Runtime.Texts>();
            var key = status switch { 429 => "shell.too-many", 400 => "shell.bad-request", _ => "shell.refused" };
            await new RazorComponentResult<StatusSheet>(new Dictionary<string, object?> { [nameof(StatusSheet.Message)] = texts[key, status] }) {
                StatusCode = status }.ExecuteAsync(http);
        }
        else await Results.Problem(statusCode: status).ExecuteAsync(http);
    }

    private static bool WantsPage(HttpContext http) => http.Request.GetTypedHeaders().Accept.Any(a =>
        a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)) && !http.Request.Path.StartsWithSegments("/api");
}

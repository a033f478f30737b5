using System.Text.Encodings.Web;
using System.Text.Unicode;
using System.Threading.RateLimiting;
using CrmFlow.Host;
using CrmFlow.Host.Components;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.WebEncoders;
using Radzen;

if (await CommandLine.TryRunAsync(args) is { } exitCode) return exitCode;

try
{
    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = CommandLine.Normalize(args), ContentRootPath = AppContext.BaseDirectory });
    builder.AddStartUp();
    builder.AddTelemetry();
    builder.Services.AddProduct(builder.Configuration);
    builder.Services.AddMaintenance(builder.Configuration);
    builder.Services.AddApiReference();
    builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(o => o.MaximumReceiveMessageSize = 4 * 1024 * 1024);
    builder.Services.AddRadzenComponents();
    builder.Services.AddSingleton<ILocalizer, RadzenTexts>();
    builder.Services.AddRequestLocalization(o =>
    {
        o.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en");
        o.RequestCultureProviders = [new CookieRequestCultureProvider()];
    });
    // Chinese as Chinese, not as numbered entities.
    builder.Services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    builder.Services.AddHsts(o => o.MaxAge = TimeSpan.FromDays(365));
    builder.Services.AddAntiforgery(o => o.SuppressXFrameOptionsHeader = true);
    builder.Services.AddRateLimiter(o =>
    {
        o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        o.AddPolicy(AccountEndpoints.SecretsLimit, http => RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = SecretsPerMinute(http), Window = TimeSpan.FromMinutes(1) }));
    });

    var app = builder.Build();
    app.UseSecurityHeaders();
    app.UseExceptionHandler(Failures.Handle);
    app.UseStatusCodePages(Failures.ShowStatusAsync);
    if (!app.Environment.IsDevelopment()) app.UseHsts();
    app.UseRequestLocalization();
    app.UseRouting();
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.UseAntiforgery();
    app.MapStaticAssets().AllowAnonymous();
    app.MapHealth();
    app.MapAccounts();
    app.MapTasks();
    app.MapWorkflowHttp();
    app.MapDefinitionsExport();
    app.MapLists();
    app.MapApiReference();
    app.MapJobs();
    app.MapHangfire();
    app.MapRazorComponents<App>().AddAdditionalAssemblies(PageAssemblies.All)
        .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = "'none'").RequireAuthorization(Policies.SignedIn);

    app.Services.GetRequiredService<MetricsText>(); // listens from the first command on
    await StartUp.PrepareAsync(app);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is StartRefusedException or NewerSchemaException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static int SecretsPerMinute(HttpContext http) => http.RequestServices.GetRequiredService<IConfiguration>().GetValue("Security:SignInsPerMinute", 20);

public partial class Program;

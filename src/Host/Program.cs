using System.Threading.RateLimiting;
using CrmFlow.Agents;
using CrmFlow.Customers;
using CrmFlow.Host;
using CrmFlow.Host.Components;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Localization;
using Radzen;

if (await CommandLine.TryRunAsync(args) is { } exitCode) return exitCode;

var builder = WebApplication.CreateBuilder(args);
builder.AddStartUp();
builder.Services.AddCrmFlowRuntime(builder.Configuration).AddUi().AddIdentity().AddTasks().AddCustomers().AddSales().AddAgents().AddHostPages();
builder.Services.AddSessions();
builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(o => o.MaximumReceiveMessageSize = 4 * 1024 * 1024);
builder.Services.AddRadzenComponents();
builder.Services.AddSingleton<ILocalizer, RadzenTexts>();
builder.Services.AddRequestLocalization(o =>
{
    o.SetDefaultCulture("zh-CN").AddSupportedCultures("zh-CN", "en").AddSupportedUICultures("zh-CN", "en");
    o.RequestCultureProviders = [new CookieRequestCultureProvider()];
});
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
app.MapRazorComponents<App>().AddAdditionalAssemblies(PageAssemblies.All)
    .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = "'none'").RequireAuthorization(Policies.SignedIn);

await StartUp.PrepareAsync(app);
await app.RunAsync();
return 0;

static int SecretsPerMinute(HttpContext http) => http.RequestServices.GetRequiredService<IConfiguration>().GetValue("Security:SignInsPerMinute", 20);

public partial class Program;

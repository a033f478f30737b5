using CrmFlow.Identity.Accounts;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Identity;

/// <summary>Sign-in, sign-out, setup, invitation, language and theme: plain pages and plain forms, each with its antiforgery token.</summary>
public static class AccountEndpoints
{
    /// <summary>Name of the rate limit on everything that tries a secret; the host defines it.</summary>
    public const string SecretsLimit = "secrets";
    public const string SignInPath = "/sign-in";
    public const string SessionCookie = "crmflow.session";

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var sheets = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        sheets.MapGet(SignInPath, ShowSignIn);
        sheets.MapGet("/setup/{token}", ShowSetupAsync).RequireRateLimiting(SecretsLimit);
        sheets.MapGet("/invitation/{token}", ShowInvitationAsync).RequireRateLimiting(SecretsLimit);

        var forms = app.MapGroup("").AllowAnonymous().WithTags("Accounts")
            .WithDescription("A form with the antiforgery token of the page it stands on. 表单须带所在页面的防伪令牌。")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status302Found),
                new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest));
        Secret(forms.MapPost(SignInPath, SignInAsync)).WithName("SignIn").WithSummary("Sign in; the answer sets the session cookie · 登录");
        Secret(forms.MapPost("/setup/{token}", SetUpAsync)).WithName("SetUp").WithSummary("Create the first administrator, once · 创建首个管理员");
        Secret(forms.MapPost("/invitation/{token}", AcceptAsync)).WithName("AcceptInvitation").WithSummary("Choose a password and enter · 接受邀请");
        forms.MapPost("/account/sign-out", SignOutAsync).WithName("SignOut").WithSummary("Leave · 退出登录");
        forms.MapPost("/account/language", SetLanguageAsync).WithName("SetLanguage").WithSummary("zh or en; remembered for the user · 选择语言");
        forms.MapPost("/account/theme", SetThemeAsync).WithName("SetTheme").WithSummary("light or dark; else as the system has it · 选择主题");
    }

    private static RouteHandlerBuilder Secret(RouteHandlerBuilder form) => form.RequireRateLimiting(SecretsLimit)
        .Produces(StatusCodes.Status422UnprocessableEntity, contentType: "text/html").ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static IResult ShowSignIn(HttpContext http, string? returnUrl) =>
        http.User.Read() is not null ? Results.LocalRedirect(Local(returnUrl))
            : Page<SignInPage>(null, new() { [nameof(SignInPage.ReturnUrl)] = Local(returnUrl) });

    private static async Task<IResult> SignInAsync([FromForm] string? login, [FromForm] string? password, [FromForm] string? returnUrl, SignIn signIn,
        TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var result = await signIn.HandleAsync(login ?? "", password ?? "", Guid.CreateVersion7(clock.GetUtcNow()), ct);
        if (result.Problem is { } problem)
            return Page<SignInPage>(problem, new() { [nameof(SignInPage.ReturnUrl)] = Local(returnUrl), [nameof(SignInPage.Login)] = login });
        return await EnterAsync(http, result.Value, Local(returnUrl));
    }

    private static async Task<IResult> ShowSetupAsync(string token, SetUp setUp, CancellationToken ct) =>
        Page<SetupPage>((await setUp.CheckAsync(token, ct)).Problem, new() { [nameof(SetupPage.Token)] = token });

    private static async Task<IResult> SetUpAsync(string token, [FromForm] string? login, [FromForm] string? name, [FromForm] string? password,
        [FromForm] string? repeat, SetUp setUp, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var result = await setUp.HandleAsync(token, new(password ?? "", repeat ?? ""), login ?? "", name ?? "",
            Guid.CreateVersion7(clock.GetUtcNow()), ct);
        if (result.Problem is { } problem) return Page<SetupPage>(problem,
            new() { [nameof(SetupPage.Token)] = token, [nameof(SetupPage.Login)] = login, [nameof(SetupPage.Name)] = name });
        return await EnterAsync(http, result.Value, "/");
    }

    private static async Task<IResult> ShowInvitationAsync(string token, AcceptInvitation accept, TimeProvider clock, CancellationToken ct)
    {
        var invited = await accept.CheckAsync(token, clock.GetUtcNow(), ct);
        return InvitationSheet(token, invited, invited.Problem);
    }

    private static IResult InvitationSheet(string token, Result<InvitedUser> invited, Problem? problem)
    {
        var user = invited.Failed ? null : invited.Value;
        return Page<InvitationPage>(problem, new() { [nameof(InvitationPage.Token)] = token, [nameof(InvitationPage.Login)] = user?.Login,
            [nameof(InvitationPage.Name)] = user?.Name });
    }

    private static async Task<IResult> AcceptAsync(string token, [FromForm] string? password, [FromForm] string? repeat, AcceptInvitation accept,
        TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var result = await accept.HandleAsync(token, new(password ?? "", repeat ?? ""), now, Guid.CreateVersion7(now), ct);
        if (result.Problem is not { } problem) return await EnterAsync(http, result.Value, "/");
        return InvitationSheet(token, await accept.CheckAsync(token, now, ct), problem);
    }

    private static async Task<IResult> SignOutAsync([FromForm] string? reason, HttpContext http)
    {
        _ = reason; // a form parameter makes the framework demand the antiforgery token
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(SignInPath);
    }

    private static async Task<IResult> SetLanguageAsync([FromForm] string? language, CurrentActor current, SetPreference set, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        WriteLanguage(http, language);
        if (await current.GetAsync() is { Kind: not ActorKind.Anonymous } actor)
            await set.HandleAsync(actor, language, null, Guid.CreateVersion7(clock.GetUtcNow()), ct);
        return Results.LocalRedirect(Back(http));
    }

    private static async Task<IResult> SetThemeAsync([FromForm] string? theme, CurrentActor current, SetPreference set, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        WriteTheme(http, theme);
        if (await current.GetAsync() is { Kind: not ActorKind.Anonymous } actor)
            await set.HandleAsync(actor, null, theme, Guid.CreateVersion7(clock.GetUtcNow()), ct);
        return Results.LocalRedirect(Back(http));
    }

    private static async Task<IResult> EnterAsync(HttpContext http, User user, string to)
    {
        WriteLanguage(http, user.Language);
        WriteTheme(http, user.Theme);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SessionClaims.Principal(user));
        return Results.LocalRedirect(to);
    }

    private static RazorComponentResult<T> Page<T>(Problem? problem, Dictionary<string, object?> parameters) where T
        : Microsoft.AspNetCore.Components.IComponent
    {
        parameters["Problem"] = problem;
        return new RazorComponentResult<T>(parameters) { StatusCode = problem is null ? 200 : (int)problem.Kind };
    }

    private static void WriteLanguage(HttpContext http, string? language) =>
        http.Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName,
        CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language == "en" ? "en" : "zh-CN")), Kept(http));

    private static void WriteTheme(HttpContext http, string? theme)
    {
        if (theme is "light" or "dark") http.Response.Cookies.Append(Plain.ThemeCookie, theme, Kept(http));
        else http.Response.Cookies.Delete(Plain.ThemeCookie);
    }

    private static CookieOptions Kept(HttpContext http) =>
        new() { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, IsEssential = true };

    /// <summary>An address of this site, else home: never a redirect elsewhere.</summary>
    private static string Local(string? url) => url is { Length: > 0 } && url[0] == '/' && !url.StartsWith("//",
        StringComparison.Ordinal) && !url.Contains('\\') && !url.Any(char.IsControl) && !url.StartsWith(SignInPath, StringComparison.Ordinal) ? url
        : "/";

    private static string Back(HttpContext http) =>
        Uri.TryCreate(http.Request.Headers.Referer, UriKind.Absolute, out var from) && from.Authority == http.Request.Host.Value
            ? Local(from.PathAndQuery) : "/";
}

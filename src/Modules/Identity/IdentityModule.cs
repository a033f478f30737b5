using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Identity;

/// <summary>Everything the module brings, by name.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddSingleton(new PeopleLookup(
            async (db, ids, ct) => (await db.UsersByIdAsync(ids, ct)).ToDictionary(u => u.Key, u => u.Value.Name),
            async (db, text, ct) => [.. (await db.FindUsersAsync(text, null, 200, ct)).Select(u => u.Id)]));
        services.AddTexts(typeof(IdentityModule).Assembly).AddOperations(typeof(IdentityModule).Assembly).AddModel(IdentityModel.Configure)
            .AddRight("admin.users", "right.group.admin").AddRight("admin.roles", "right.group.admin").AddRight("admin.settings", "right.group.admin")
            .AddRight(JobAdministration.Right, "right.group.admin");
        services.AddSingleton(sp => new JobActors(async (user, ct) =>
            await sp.GetRequiredService<ActorDirectory>().SessionAsync(user, ct) is { } session ? (session.Actor, session.Language) : null));
        services.AddSingleton<Passwords>().AddSingleton<ActorDirectory>().AddSingleton<SignIn>().AddSingleton<SetUp>().AddSingleton<AcceptInvitation>().AddSingleton<SetPreference>()
            .AddSingleton<ShippedOrganisation>().AddSingleton<DemoMark>();
        services.AddScoped<FindStaff>().AddScoped<Users>().AddScoped<Departments>().AddScoped<Roles>();
        services.AddDemoData<DemoOrganisation>().AddSingleton<DemoSignIns>();
        AddSessions(services);
        return services
            .AddMenu(new MenuEntry("/admin/users", "identity.menu-users", "group", "menu.organisation", 800, Access.Staff("admin.users")))
            .AddMenu(new MenuEntry("/admin/roles", "identity.menu-roles", "shield", "menu.organisation", 810, Access.Staff("admin.roles")));
    }

    private static void AddSessions(IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitState>();
        services.AddScoped<CurrentActor>().AddScoped<ActorSource>(sp => sp.GetRequiredService<CurrentActor>());
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(o =>
        {
            o.Cookie.Name = AccountEndpoints.SessionCookie;
            o.Cookie.HttpOnly = true;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.ExpireTimeSpan = TimeSpan.FromHours(12);
            o.SlidingExpiration = true;
            o.LoginPath = AccountEndpoints.SignInPath;
            o.ReturnUrlParameter = "returnUrl";
            o.Events.OnValidatePrincipal = async context =>
            {
                var directory = context.HttpContext.RequestServices.GetRequiredService<ActorDirectory>();
                if (context.Principal?.Read() is not var (id, stamp)
                    || await directory.FindAsync(id, stamp, context.HttpContext.RequestAborted) is null) context.RejectPrincipal();
            };
            o.Events.OnRedirectToLogin = context =>
            {
                if (HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api"))
                    context.Response.Redirect(context.RedirectUri);
                else context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            };
            // What is outside somebody's scope does not exist for them.
            o.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.SignedIn, p => p.RequireAuthenticatedUser())
            .AddPolicy(Policies.Agent, p => p.RequireClaim(SessionClaims.Kind, nameof(ActorKind.Agent)))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireClaim(SessionClaims.Kind, nameof(ActorKind.Staff)).Build());
    }
}

using System.Security.Claims;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Identity;

/// <summary>
/// Who sits before the page. Scoped to the circuit or request; rights are read again at most every 30 seconds, so a changed role or a disabled user
/// is felt within a minute.
/// </summary>
public sealed class CurrentActor : CrmFlow.Ui.ActorSource
{
    private readonly AuthenticationStateProvider _states;
    private readonly IHttpContextAccessor _http;
    private readonly ActorDirectory _directory;

    public CurrentActor(AuthenticationStateProvider states, IHttpContextAccessor http, ActorDirectory directory) =>
        (_states, _http, _directory) = (states, http, directory);

    public override async ValueTask<Actor> GetAsync() => (await SessionAsync())?.Actor ?? Actor.Anonymous;

    /// <summary>The whole session, with language, theme and department; null before sign-in.</summary>
    public async ValueTask<Session?> SessionAsync()
    {
        // In a circuit the request is long over; outside of one there is no authentication state.
        var user = _states is CircuitState { IsCircuit: true } ? (await _states.GetAuthenticationStateAsync()).User : _http.HttpContext?.User;
        return user?.Read() is var (id, stamp) ? await _directory.FindAsync(id, stamp, CancellationToken.None) : null;
    }
}

/// <summary>What the cookie says: who, and under which stamp. Everything else is read.</summary>
internal static class SessionClaims
{
    private const string UserId = "sub", Stamp = "stamp";
    public const string Kind = "kind";

    public static ClaimsPrincipal Principal(User user) => new(new ClaimsIdentity(
        [new(UserId, user.Id.ToString()), new(Stamp, user.SecurityStamp ?? ""), new(Kind, user.Kind.ToString()), new(ClaimTypes.Name, user.Name)],
            "cookie"));

    public static (Guid Id, string Stamp)? Read(this ClaimsPrincipal user) =>
        user.Identity?.IsAuthenticated == true && Guid.TryParse(user.FindFirstValue(UserId), out var id) ? (id, user.FindFirstValue(Stamp) ?? "")
            : null;
}

/// <summary>Ends a circuit whose user was disabled, signed out everywhere, or got other rights than the circuit began with.</summary>
internal sealed class CircuitState(ILoggerFactory logs, ActorDirectory directory) : RevalidatingServerAuthenticationStateProvider(logs),
    IHostEnvironmentAuthenticationStateProvider
{
    private string? _version;

    /// <summary>The framework sets the state in circuits only (and while a component page is rendered).</summary>
    public bool IsCircuit { get; private set; }

    void IHostEnvironmentAuthenticationStateProvider.SetAuthenticationState(Task<AuthenticationState> authenticationStateTask)
    {
        IsCircuit = true;
        SetAuthenticationState(authenticationStateTask);
    }

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken ct)
    {
        if (state.User.Read() is not var (id, stamp)) return false;
        if (await directory.FindAsync(id, stamp, ct) is not { } session) return false;
        _version ??= session.Version;
        return _version == session.Version;
    }
}

using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>Checks name and password. The answer never tells whether the name exists: same words, same count, same time.</summary>
internal sealed class SignIn(WorkflowRuntime runtime, Passwords passwords, BusinessTime time)
{
    private static readonly Operation ReadCredentials = new("Identity.ReadCredentials", Access.SystemOnly);
    private static readonly Operation Operation = new("Identity.SignIn", Access.Anyone);
    private static readonly TimeSpan GuardsKept = TimeSpan.FromDays(1);

    public async Task<Result<User>> HandleAsync(string login, string password, Guid operationId, CancellationToken ct)
    {
        var normal = Passwords.NormalizeLogin(login);
        if (normal.Length == 0 || password.Length == 0) return new CredentialsMissing(normal.Length == 0 ? "login" : "password");
        if (normal.Length > 100 || password.Length > Passwords.MaxLength) (normal, password) = (normal[..Math.Min(100, normal.Length)], "");

        var known = await runtime.ReadAsync<User?>(ReadCredentials, Actor.System, async db =>
            await db.All<User>().AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normal, ct), ct);
        var (fits, rehash) = passwords.Verify(known.Value?.PasswordHash, password);
        var (userId, stamp) = (known.Value?.Id, known.Value?.SecurityStamp);

        // A wrong password is an outcome to record, so it is an answer of the command and not a refusal, which would roll the count back.
        var guard = Passwords.HashToken(normal);
        var answer = await runtime.ExecuteAsync<Outcome>(Operation, Actor.Anonymous, operationId, payload: null, async cmd =>
        {
            var row = await cmd.Db.All<SignInGuard>().SingleOrDefaultAsync(g => g.LoginHash == guard, ct);
            if (row is not null && row.IsLocked(cmd.Now)) return new Outcome(false, 0, row.LockedUntil);

            var user = fits ? await cmd.Db.All<User>().SingleAsync(u => u.Id == userId, ct) : null;
            if (user is { IsEnabled: true } && user.SecurityStamp == stamp)
            {
                if (row is not null) cmd.Db.Remove(row);
                if (rehash is not null) user.PasswordHash = rehash;
                user.LastSignInAt = cmd.Now;
                cmd.Audit("user", user.Id, null, new { SignedIn = cmd.Now });
                return new Outcome(true, 0, null);
            }

            if (row is null)
            {
                var old = cmd.Now - GuardsKept;
                await cmd.Db.All<SignInGuard>().Where(g => g.ChangedAt < old).ExecuteDeleteAsync(ct);
                cmd.Db.Add(row = new SignInGuard { LoginHash = guard, ChangedAt = cmd.Now });
            }
            row.Count(cmd.Now);
            if (userId is { } tried) cmd.Audit("user", tried, null, new { WrongPassword = row.Failed });
            return new Outcome(false, SignInGuard.MaxTries - row.Failed, row.LockedUntil);
        }, ct);

        if (answer.Problem is { } problem) return problem;
        return answer.Value switch
        {
            { SignedIn: true } => known.Value!,
            { LockedUntil: { } until } => new AccountLocked(SignInGuard.MaxTries, $"{time.Local(until):HH:mm}"),
            var wrong => new WrongCredentials(wrong.TriesLeft),
        };
    }

    private sealed record Outcome(bool SignedIn, int TriesLeft, DateTimeOffset? LockedUntil);
}

internal sealed record CredentialsMissing : Problem
{
    public CredentialsMissing(string field) : base($"identity.{field}-missing") => (Kind, Field) = (ProblemKind.Invalid, field);
}

internal sealed record WrongCredentials : Problem
{
    public WrongCredentials(int triesLeft) : base("identity.wrong-credentials", triesLeft) => Kind = ProblemKind.Invalid;
}

internal sealed record AccountLocked : Problem
{
    public AccountLocked(int tries, string until) : base("identity.account-locked", tries, until) => Kind = ProblemKind.TooMany;
}

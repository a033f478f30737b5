using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>
/// First start of an empty database: one link, printed on the console, creates the administrator. A new start prints a new link and the old one is
/// void; once an administrator was created no link works again.
/// </summary>
internal sealed class SetUp(WorkflowRuntime runtime, Passwords passwords)
{
    private static readonly Operation Prepare = new("Identity.PrepareSetup", Access.SystemOnly);
    private static readonly Operation Check = new("Identity.CheckSetup", Access.Anyone);
    private static readonly Operation Complete = new("Identity.CompleteSetup", Access.Anyone);

    /// <summary>A fresh token when nobody has an account yet; null otherwise.</summary>
    public async Task<string?> NewTokenAsync(Guid operationId, CancellationToken ct)
    {
        var token = Passwords.NewToken();
        var fresh = await runtime.ExecuteAsync<bool>(Prepare, Actor.System, operationId, payload: null, async cmd =>
        {
            if (await IsAnybodyHereAsync(cmd, ct)) return false;
            var setup = await cmd.Db.All<Setup>().SingleOrDefaultAsync(ct);
            if (setup?.UsedAt is not null) return false;
            if (setup is null) cmd.Db.Add(new Setup { TokenHash = Passwords.HashToken(token) });
            else setup.TokenHash = Passwords.HashToken(token);
            return true;
        }, ct);
        return fresh.Value ? token : null;
    }

    public Task<Result<bool>> CheckAsync(string token, CancellationToken ct) => runtime.ReadAsync<bool>(Check, Actor.Anonymous, async db =>
        await IsOpenAsync(db, token, ct) ? true : new SetupLinkVoid(), ct);

    public async Task<Result<User>> HandleAsync(string token, NewPassword chosen, string login, string name, Guid operationId, CancellationToken ct)
    {
        if (await CheckAsync(token, ct) is { Problem: { } gone }) return gone;
        (login, name) = (login.Trim().ToLowerInvariant(), name.Trim());
        if (login.Length is < 3 or > 60) return new LoginInvalid();
        if (name.Length is 0 or > 100) return new NameMissing();
        if (chosen.Check(login) is { } weak) return weak;
        var hash = passwords.Hash(chosen.Password);

        User? created = null;
        var result = await runtime.ExecuteAsync(Complete, Actor.Anonymous, operationId, payload: null, async cmd =>
        {
            if (!await IsOpenAsync(cmd.Db, token, ct)) return new SetupLinkVoid();
            var setup = await cmd.Db.All<Setup>().SingleAsync(ct);
            setup.UsedAt = cmd.Now;

            created = new User { Id = cmd.NewId(), UserName = login, Name = name, Kind = ActorKind.Staff, PasswordHash = hash, CreatedAt = cmd.Now,
                LastSignInAt = cmd.Now };
            created.Assign([await cmd.Db.All<Role>().SingleAsync(r => r.Key == ShippedRoles.Admin, ct)]);
            using var manager = Passwords.Manager(cmd.Db);
            if (!(await manager.CreateAsync(created)).Succeeded) return new LoginInvalid();
            cmd.Audit("user", created.Id, null, new { created.UserName, created.Name, Role = ShippedRoles.Admin });
            return Result.Ok;
        }, ct);
        return result.Problem is { } refusal ? refusal : created!;
    }

    /// <summary>Whether there is any account; without EF, whose model a start need not wait for.</summary>
    internal static async Task<bool> IsAnybodyHereAsync(Command cmd, CancellationToken ct) =>
        (await cmd.QueryAsync("SELECT CASE WHEN EXISTS (SELECT 1 FROM \"user\") THEN 1 ELSE 0 END", [], r => r.GetInt32(0), ct))[0] == 1;

    private static async Task<bool> IsOpenAsync(CrmDbContext db, string token, CancellationToken ct)
    {
        var hash = Passwords.HashToken(token);
        return await db.All<Setup>().AnyAsync(s => s.TokenHash == hash && s.UsedAt == null, ct) && !await db.All<User>().AnyAsync(ct);
    }
}

/// <summary>A password typed twice.</summary>
internal sealed record NewPassword(string Password, string Repeat)
{
    public Problem? Check(string login) => Passwords.Check(Password, login) ?? (Password == Repeat ? null : new PasswordsDiffer());
}

internal sealed record SetupLinkVoid : Problem
{
    public SetupLinkVoid() : base("identity.setup-link-void") => Kind = ProblemKind.NotFound;
}

internal sealed record LoginInvalid : Problem
{
    public LoginInvalid() : base("identity.login-invalid") => (Kind, Field) = (ProblemKind.Invalid, "login");
}

internal sealed record NameMissing : Problem
{
    public NameMissing() : base("identity.name-missing") => (Kind, Field) = (ProblemKind.Invalid, "name");
}

using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>Who an invitation link is for, shown above the two password fields.</summary>
internal sealed record InvitedUser(string Login, string Name);

/// <summary>The invited person opens the link and sets a password, once; also the way back for who forgot it.</summary>
internal sealed class AcceptInvitation(WorkflowRuntime runtime, Passwords passwords, ActorDirectory directory)
{
    private static readonly Operation Check = new("Identity.CheckInvitation", Access.Anyone);
    private static readonly Operation Accept = new("Identity.AcceptInvitation", Access.Anyone);

    public Task<Result<InvitedUser>> CheckAsync(string token, DateTimeOffset now, CancellationToken ct) =>
        runtime.ReadAsync<InvitedUser>(Check, Actor.Anonymous, async db =>
        await FindAsync(db, token, now, ct) is { User: var user } ? new InvitedUser(user.UserName!, user.Name) : new InvitationVoid(), ct);

    public async Task<Result<User>> HandleAsync(string token, NewPassword chosen, DateTimeOffset now, Guid operationId, CancellationToken ct)
    {
        if (await CheckAsync(token, now, ct) is not { Failed: false } invited) return new InvitationVoid();
        if (chosen.Check(invited.Value.Login) is { } weak) return weak;
        var hash = passwords.Hash(chosen.Password);

        User? signedIn = null;
        var result = await runtime.ExecuteAsync(Accept, Actor.Anonymous, operationId, payload: null, async cmd =>
        {
            if (await FindAsync(cmd.Db, token, cmd.Now, ct) is not { User: var user, Invitation: var invitation }) return new InvitationVoid();
            // Every other open link of this person is void with it.
            foreach (var open in await cmd.Db.All<Invitation>().Where(i => i.UserId == user.Id && i.UsedAt == null).ToListAsync(ct))
                open.UsedAt = cmd.Now;
            user.PasswordHash = hash;
            user.LastSignInAt = cmd.Now;
            user.EndSessions();
            cmd.Audit("user", user.Id, null, new { InvitationUsed = invitation.Id });
            signedIn = user;
            return Result.Ok;
        }, ct);
        if (result.Problem is { } refusal) return refusal;
        directory.Changed(signedIn!.Id);
        return signedIn;
    }

    private static async Task<(Invitation Invitation, User User)?> FindAsync(CrmDbContext db, string token, DateTimeOffset now, CancellationToken ct)
    {
        var hash = Passwords.HashToken(token);
        var invitation = await db.All<Invitation>().SingleOrDefaultAsync(i => i.TokenHash == hash, ct);
        if (invitation?.IsOpen(now) != true) return null;
        var user = await db.All<User>().SingleOrDefaultAsync(u => u.Id == invitation.UserId && u.IsEnabled, ct);
        return user is null ? null : (invitation, user);
    }
}

internal sealed record InvitationVoid : Problem
{
    public InvitationVoid() : base("identity.invitation-void") => Kind = ProblemKind.NotFound;
}

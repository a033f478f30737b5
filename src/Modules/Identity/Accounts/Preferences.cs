using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>Language and theme follow the person, not the device.</summary>
internal sealed class SetPreference(WorkflowRuntime runtime, ActorDirectory directory)
{
    private static readonly Operation Operation = new("Identity.SetPreference", Access.SignedIn);

    /// <param name="theme">"light", "dark" or "auto".</param>
    public async Task<Result> HandleAsync(Actor actor, string? language, string? theme, Guid operationId, CancellationToken ct)
    {
        var result = await runtime.ExecuteAsync(Operation, actor, operationId, payload: null, async cmd =>
        {
            var user = await cmd.Db.All<User>().SingleAsync(u => u.Id == actor.UserId, ct);
            if (language is not null) user.Language = language == "en" ? "en" : "zh";
            if (theme is not null) user.Theme = theme is "light" or "dark" ? theme : null;
            return Result.Ok;
        }, ct);
        directory.Changed(actor.UserId);
        return result;
    }
}

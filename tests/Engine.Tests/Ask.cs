namespace CrmFlow.Engine.Tests;

/// <summary>
/// A task as the return primitive meets it: waits under its own id; the answer is an outcome (<c>"Done"</c> for the default), or
/// <c>{to, straight}</c> to return. It fails when told to, and counts on <see cref="Log"/> what happened to it.
/// </summary>
[Activity("Test.Ask", Outcomes = ["Withdraw"])]
internal sealed class Ask(List<string> log) : IActivity
{
    public const string Type = "Test.Ask";

    public static ActivityDescriptor Descriptor(List<string>? log = null)
    {
        log ??= [];
        return ActivityDescriptor.For(_ => new Ask(log));
    }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        context.WriteLine($"{context.Activity.Id}{context.Round}");
        return new(ActivityResult.Wait(new BookmarkRequest("ask") { Key = context.Activity.Id }));
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        var answer = resumption.Input;
        if (answer.Kind == ValueKind.Object) return new(ActivityResult.ReturnTo(answer["to"].String, answer["straight"].IsTrue));
        if (answer.ToText() is "fail") throw new InvalidOperationException("told to fail");
        return new(answer.ToText() is null or "Done" ? ActivityResult.Complete() : ActivityResult.Complete(answer.String));
    }

    public ValueTask CanceledAsync(ActivityContext context, CancellationToken ct)
    {
        log.Add(context.Activity.Id);
        return default;
    }
}

internal static class AskExtensions
{
    /// <summary>Which asks are open, in order of their ids.</summary>
    public static string Asked(this InMemoryRun run) => string.Join(" ", run.State.Bookmarks.Select(b => b.Key).Order());

    public static async Task Answer(this InMemoryRun run, string id, string? outcome = null)
    {
        if (await run.SendAsync("ask", id, outcome) != 1) throw new InvalidOperationException($"'{id}' is not asked; open: {run.Asked()}");
    }

    public static async Task Return(this InMemoryRun run, string from, string to, bool straight = false)
    {
        if (await run.SendAsync("ask", from, Value.Object(("to", to), ("straight", straight))) != 1)
            throw new InvalidOperationException($"'{from}' is not asked; open: {run.Asked()}");
    }
}

using System.Collections.Concurrent;
using CrmFlow.Engine;
using Microsoft.AspNetCore.Routing.Template;

namespace CrmFlow.Runtime;

/// <summary>The HTTP requests held open in this process, by the instance that works for them.</summary>
public sealed class HttpExchanges
{
    /// <summary>However long a process asks for.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, Exchange> _open = new();

    private sealed class Exchange
    {
        public TaskCompletionSource<AnswerHttp> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TimeSpan? Patience { get; set; }
    }

    /// <summary>Waits for the instance's answer, also from a later burst on this host; null when none came in time.</summary>
    /// <param name="patience">How long, unless the process says otherwise (<see cref="HoldHttp"/>); zero when it is over and no answer can come any
    /// more.</param>
    public async Task<AnswerHttp?> AnswerAsync(Guid instanceId, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        if (!_open.TryGetValue(instanceId, out var open)) return null;
        try
        {
            return await open.Answer.Task.WaitAsync(patience > TimeSpan.Zero && open.Patience is { } own ? own : patience, clock, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _open.TryRemove(instanceId, out _);
        }
    }

    internal void Open(Guid instanceId) => _open[instanceId] = new();

    internal void Hold(HoldHttp hold)
    {
        if (_open.TryGetValue(hold.InstanceId, out var open))
            open.Patience = hold.Patience <= TimeSpan.Zero ? TimeSpan.Zero : hold.Patience < MostPatience ? hold.Patience : MostPatience;
    }

    internal void Answer(AnswerHttp answer)
    {
        if (_open.TryGetValue(answer.InstanceId, out var open)) open.Answer.TrySetResult(answer);
    }

    internal void Close(Guid instanceId) => _open.TryRemove(instanceId, out _);
}

/// <summary>What an HTTP request met.</summary>
/// <param name="InstanceId">The instance that works for it; null when no route matched.</param>
/// <param name="IsAmbiguous">Several routes matched.</param>
/// <param name="IsFinished">The instance is over, so an answer that has not come will not come.</param>
public sealed record HttpMatch(Guid? InstanceId, bool IsAmbiguous, bool IsFinished);

/// <summary>
/// Brings HTTP requests to the processes that listen for them (elsa-format §8): a trigger before a bookmark, both found by method and route template.
/// </summary>
public sealed class HttpRouting
{
    private const string Stimulus = "Elsa.HttpEndpoint";
    private static readonly Operation Handle = new("Workflows.HttpRequest", Access.SystemOnly);

    private readonly WorkflowRuntime _runtime;
    private readonly HttpExchanges _exchanges;
    private readonly TimeProvider _clock;

    internal HttpRouting(WorkflowRuntime runtime, HttpExchanges exchanges, TimeProvider clock) =>
        (_runtime, _exchanges, _clock) = (runtime, exchanges, clock);

    /// <param name="request">As the step takes it, but for the data of the route.</param>
    /// <param name="instanceId">Only this instance; null for any, and for triggers.</param>
    public async Task<Result<HttpMatch>> HandleAsync(string method, string path, Value request, string? correlationId, Guid? instanceId,
        CancellationToken ct)
    {
        Guid? opened = null;
        var result = await _runtime.ExecuteAsync<HttpMatch>(Handle, Actor.System, Guid.CreateVersion7(_clock.GetUtcNow()), null, async cmd =>
        {
            if (opened is { } again) _exchanges.Close(again);
            opened = null;
            var triggers = instanceId is not null ? []
                : await MatchesAsync(cmd, "SELECT DISTINCT trigger_key FROM workflow_trigger WHERE name = @name", method, path, ct);
            var matches = triggers.Count > 0 ? triggers
                : await MatchesAsync(cmd, "SELECT DISTINCT bookmark_key FROM bookmark WHERE name = @name", method, path, ct);
            if (matches.Count != 1) return new HttpMatch(null, matches.Count > 1, false);
            request.Members["routeData"] = matches[0].Route;
            var found = await cmd.Instances.HttpRequestAsync(matches[0].Key, isTrigger: triggers.Count > 0, correlationId, instanceId, request, id =>
                _exchanges.Open((opened = id).Value), ct);
            return found;
        }, ct);
        if (opened is { } open && (result.Failed || result.Value.InstanceId is null)) _exchanges.Close(open);
        return result;
    }

    private static async Task<List<(string Key, Value Route)>> MatchesAsync(Command cmd, string sql, string method, string path, CancellationToken ct)
    {
        var matches = new List<(string, Value)>();
        foreach (var key in await cmd.Transaction.QueryAsync(sql, [("name", Stimulus)], r => r.IsDBNull(0) ? "" : r.GetString(0), ct))
        {
            if (!key.StartsWith(method.ToUpperInvariant() + " ", StringComparison.Ordinal)) continue;
            var values = new Microsoft.AspNetCore.Routing.RouteValueDictionary();
            try
            {
                if (!new TemplateMatcher(TemplateParser.Parse(key[(key.IndexOf(' ') + 1)..]), []).TryMatch("/" + path.Trim('/'), values)) continue;
            }
            catch (ArgumentException)
            {
                continue; // a path that is no template matches nothing
            }
            matches.Add((key, Value.Object([.. values.Select(v => (v.Key, Value.From(v.Value?.ToString())))])));
        }
        return matches;
    }
}

using System.Text.Json.Nodes;
using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>
/// Workflows that start workflows. A child run now is one more instance of this command; everything queued is a due row written with the burst, so it
/// happens after the commit, once, on any host.
/// </summary>
internal sealed partial class CommandInstances : IChildWorkflows
{
    /// <summary>A due row that calls an HTTP server, before and outside the command that resumes the bookmark its key names.</summary>
    public const string HttpCallKind = "http";

    private const int MaxDepth = 16;

    private int _depth;

    async ValueTask<bool> IChildWorkflows.ExistsAsync(string definitionId, CancellationToken ct) =>
        await services.Definitions.PublishedAsync(command.Transaction, definitionId, ct) is not null;

    async ValueTask<ChildOutcome> IChildWorkflows.RunAsync(ChildWorkflow child, CancellationToken ct)
    {
        if (_depth >= MaxDepth) throw new InvalidOperationException($"Workflows run each other more than {MaxDepth} deep.");
        _depth++;
        try
        {
            var started = await StartAsync(child, tellsParent: false, ct);
            if (started.Problem is { } refused)
                throw new InvalidOperationException(
                $"The workflow '{child.DefinitionId}' may not be started: {refused.Key} {string.Join(", ", refused.Args)}");
            return ChildOutcome.Of(_loaded[child.Id].State);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Starts a queued child; a parent that waits for one that may not be started is told it was cancelled.</summary>
    public async Task StartQueuedAsync(ChildWorkflow child, CancellationToken ct)
    {
        if (!(await StartAsync(child, tellsParent: true, ct)).Failed || child.Parent is not { } parent) return;
        Tell(parent, new ChildOutcome(child.Id, WorkflowStatus.Finished, WorkflowSubStatus.Cancelled, Value.Object()));
    }

    private async Task<Result<Guid>> StartAsync(ChildWorkflow child, bool tellsParent, CancellationToken ct)
    {
        var state = new WorkflowState { Id = child.Id, Input = child.Input, CorrelationId = child.CorrelationId, Parent = child.Parent };
        return await StartAsync(child.DefinitionId, state, triggerActivityId: null, tellsParent, ct);
    }

    /// <summary>After a burst: what its steps asked for, and the word to whoever waits for its end.</summary>
    private void Perform(LoadedInstance instance, Burst burst, bool tellsParent)
    {
        foreach (var request in burst.Requests)
        {
            switch (request)
            {
                case StartWorkflow { Child: var child }:
                    command.Schedule(QueuedWork.StartKind, child.Id.ToString(), command.Now, QueuedWork.Write(child));
                    break;
                case RaiseEvent raised:
                    command.Raise(raised);
                    break;
                case CallHttp call:
                    command.Schedule(HttpCallKind, call.BookmarkId.ToString(), command.Now,
                        Value.Object(("method", call.Method), ("url", call.Url), ("content", call.Content), ("contentType", call.ContentType),
                        ("headers", Value.Object([.. call.Headers.Select(h => (h.Key, (Value)h.Value))]))).ToJson(), call.InstanceId);
                    break;
                case HoldHttp hold:
                    services.Exchanges.Hold(hold);
                    break;
                case AnswerHttp answer:
                    command.AfterCommit.Add(() => services.Exchanges.Answer(answer));
                    break;
                case SendMail mail:
                    foreach (var (to, index) in mail.To.Select((to, index) => (to, index)))
                        command.Send(new Mail(to, mail.Subject, mail.Body) { From = mail.From, IsHtml = true,
                            Cc = index == 0 ? Listed(mail.Cc) : null, Bcc = index == 0 ? Listed(mail.Bcc) : null, Attachments = mail.Attachments },
                            $"{mail.Key}-{index}");
                    break;
            }
        }
        burst.Requests.Clear();
        if (tellsParent && instance.State is { Status: WorkflowStatus.Finished, Parent: { } parent }) Tell(parent, ChildOutcome.Of(instance.State));
    }

    /// <summary>A request to the trigger or the bookmark of a route. Its exchange is opened before the burst, so that an answer finds it.</summary>
    public async Task<HttpMatch> HttpRequestAsync(string key, bool isTrigger, string? correlationId, Guid? instanceId, Value request, Action<Guid> open, CancellationToken ct)
    {
        var input = Value.Object(("HttpRequest", request));
        if (isTrigger)
        {
            var triggers = await command.Transaction.QueryAsync(
                "SELECT definition_id, activity_id FROM workflow_trigger WHERE name = 'Elsa.HttpEndpoint' AND trigger_key = @key", [("key", key)],
                r => (Definition: r.GetString(0), Activity: r.GetString(1)), ct);
            if (triggers.Count > 1) return new HttpMatch(null, IsAmbiguous: true, false);
            var state = new WorkflowState { Id = command.NewId(), Input = new(input.Members), CorrelationId = correlationId };
            open(state.Id);
            var started = await StartAsync(triggers[0].Definition, state, triggers[0].Activity, tellsParent: true, ct);
            return new HttpMatch(started.Problem is null or StimulusDeclined ? state.Id : null, false,
                started.Failed || state.Status == WorkflowStatus.Finished);
        }
        var waiting = await command.Transaction.QueryAsync(
            "SELECT instance_id, id, correlation_id FROM bookmark WHERE name = 'Elsa.HttpEndpoint' AND bookmark_key = @key", [("key", key)],
            r => (Instance: r.GetGuid(0), Bookmark: r.GetGuid(1), Correlation: r.IsDBNull(2) ? null : r.GetString(2)), ct);
        waiting = [.. waiting.Where(w =>
            (instanceId is null || w.Instance == instanceId) && (correlationId is null || w.Correlation == correlationId))];
        if (waiting.Count != 1) return new HttpMatch(null, waiting.Count > 1, false);
        open(waiting[0].Instance);
        var resumed = await ResumeAsync(waiting[0].Instance, waiting[0].Bookmark, input, ct);
        return new HttpMatch(resumed.Failed ? null : waiting[0].Instance, false,
            _loaded[waiting[0].Instance].State.Status == WorkflowStatus.Finished);
    }

    private static string? Listed(string[] addresses) => addresses.Length == 0 ? null : string.Join(", ", addresses);

    private void Tell(ParentLink parent, ChildOutcome outcome) =>
        command.Schedule(QueuedWork.ResumeKind, $"{outcome.InstanceId}", command.Now,
            Value.Object(("instance", parent.InstanceId), ("bookmark", parent.BookmarkId), ("input", outcome.ToValue())));
}

/// <summary>What bursts queued for after their commit: starts, events, the word to a parent.</summary>
internal sealed class QueuedWork : IDueHandler
{
    public const string StartKind = "start", EventKind = "event", ResumeKind = "resume";

    /// <summary>How long an event that nobody waits for yet is tried again; then it stays among the failures, undelivered (elsa-format §8).</summary>
    public static readonly TimeSpan KeepsEvents = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    public static Value Write(ChildWorkflow child) => Value.Object(("definition", child.DefinitionId),
        ("input", Value.Object([.. child.Input.Select(i => (i.Key, i.Value))])), ("correlation", child.CorrelationId),
        ("parent", child.Parent is { } p ? Value.List([p.InstanceId, p.BookmarkId]) : Value.Null));

    public static Value Write(RaiseEvent raised, DateTimeOffset at) =>
        Value.Object(("name", raised.Name), ("payload", raised.Payload.IsNothing ? Value.Null : raised.Payload),
        ("correlation", raised.CorrelationId),
        ("only", raised.OnlyInstance is { } id ? id : Value.Null), ("at", at.ToUnixTimeMilliseconds()));

    public Task HandleAsync(Command cmd, string key, Value payload, CancellationToken ct) => payload switch
    {
        _ when !payload["definition"].IsNothing => cmd.Instances.StartQueuedAsync(Child(key, payload), ct),
        _ when !payload["bookmark"].IsNothing =>
            cmd.ResumeAsync(payload["instance"].ToGuid()!.Value, payload["bookmark"].ToGuid()!.Value, payload["input"], ct),
        _ => DeliverAsync(cmd, key, payload, ct),
    };

    private static ChildWorkflow Child(string key, Value payload) =>
        new(Guid.Parse(key), payload["definition"].String, new(payload["input"].Members), payload["correlation"].ToText(),
        payload["parent"] is { Kind: ValueKind.Array, Items: [var instance, var bookmark] }
            ? new ParentLink(instance.ToGuid()!.Value, bookmark.ToGuid()!.Value) : null);

    private static async Task DeliverAsync(Command cmd, string key, Value payload, CancellationToken ct)
    {
        var woken = await cmd.Instances.SendEventAsync(payload["name"].String, payload["correlation"].ToText(), payload["only"].ToGuid(),
            payload["payload"], ct);
        if (woken > 0) return;
        var age = cmd.Now - DateTimeOffset.FromUnixTimeMilliseconds((long)payload["at"].Number);
        if (age < KeepsEvents)
        {
            var pause = age / 2 > ShortestPause ? age / 2 : ShortestPause;
            cmd.Schedule(EventKind, key, cmd.Now + (age + pause < KeepsEvents ? pause : KeepsEvents - age), payload);
        }
        else cmd.Abandon(EventKind, key, payload, $"nobody waited for the event {payload["name"].String}");
    }
}

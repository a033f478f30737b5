namespace CrmFlow.Engine;

/// <summary>
/// Several workflows in memory on one virtual clock, as the runtime has them in a database: children, events between instances, and events that come
/// a moment before somebody waits for them. Not thread-safe.
/// </summary>
public sealed class InMemoryHost : IChildWorkflows
{
    /// <summary>How long an event nobody waits for is kept (elsa-format §8).</summary>
    public static readonly TimeSpan KeepsEvents = TimeSpan.FromMinutes(5);

    /// <summary>Beyond as many instances queued starts are dropped: a definition that starts itself would never end.</summary>
    private const int MaxInstances = 2_000;
    private const int MaxDepth = 16;

    private readonly Dictionary<string, CompiledWorkflow> _workflows = new(StringComparer.Ordinal);
    private readonly List<InMemoryRun> _instances = [];
    private readonly Queue<Func<Task>> _queue = new();
    private readonly List<(RaiseEvent Event, DateTimeOffset Until)> _kept = [];
    private readonly TimeZoneInfo _zone;
    private long _ids;
    private int _depth;
    private bool _isDraining;

    /// <param name="definitions">All taken as published; the first is as good as the others.</param>
    public InMemoryHost(IReadOnlyList<WorkflowDefinition> definitions, ActivityCatalog catalog, DateTimeOffset now, TimeZoneInfo zone)
    {
        (Now, _zone) = (now, zone);
        var library = new WorkflowLibrary([.. definitions.Select(d => new LibraryWorkflow(d.VersionId ?? d.DefinitionId, d.Version, true, true, d))]);
        foreach (var definition in definitions) _workflows[definition.DefinitionId] = CompiledWorkflow.Compile(definition,
            definition.VersionId ?? definition.DefinitionId, catalog, library);
    }

    /// <summary>The virtual instant, UTC.</summary>
    public DateTimeOffset Now { get; private set; }
    /// <summary>What all instances wrote, in the order they wrote it.</summary>
    public List<string> Lines { get; } = [];
    /// <summary>Mails steps asked for.</summary>
    public List<SendMail> Mails { get; } = [];
    public IReadOnlyList<InMemoryRun> Instances => _instances;
    /// <summary>Events nobody waited for in time.</summary>
    public List<RaiseEvent> Undelivered { get; } = [];

    public async Task<InMemoryRun> StartAsync(string definitionId, IEnumerable<KeyValuePair<string, Value>>? input = null)
    {
        var run = Make(_workflows[definitionId], NewId());
        await run.StartAsync(input);
        await DrainAsync();
        return run;
    }

    /// <summary>Raises an <c>Elsa.Event</c>; a task of that name that an <c>Elsa.RunTask</c> waits for is done by it too.</summary>
    public async Task SendEventAsync(string name, Value payload = default)
    {
        foreach (var run in _instances.ToList())
            foreach (var task in run.State.Bookmarks.Where(b => b.Name == "Elsa.RunTask" && b.Payload["TaskName"].ToText() == name).ToList())
                await run.ResumeAsync(task.Id, payload);
        Queue(new RaiseEvent(name, payload, null, null), Now + KeepsEvents);
        await DrainAsync();
    }

    /// <summary>Moves the clock on; what falls due on the way runs at its own instant, in order.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Now + by;
        while (_instances.Where(i => i.NextDue <= end).MinBy(i => i.NextDue) is { } next)
        {
            Now = next.NextDue > Now ? next.NextDue.Value : Now;
            foreach (var instance in _instances) instance.Now = Now;
            await next.AdvanceAsync(TimeSpan.Zero);
            await DrainAsync();
        }
        Now = end;
        foreach (var instance in _instances) instance.Now = Now;
        await DrainAsync();
    }

    ValueTask<bool> IChildWorkflows.ExistsAsync(string definitionId, CancellationToken ct) => new(_workflows.ContainsKey(definitionId));

    async ValueTask<ChildOutcome> IChildWorkflows.RunAsync(ChildWorkflow child, CancellationToken ct)
    {
        if (_depth >= MaxDepth) throw new InvalidOperationException($"Workflows run each other more than {MaxDepth} deep.");
        _depth++;
        try
        {
            var run = await StartChildAsync(child, tellsParent: false);
            return ChildOutcome.Of(run.State);
        }
        finally
        {
            _depth--;
        }
    }

    private async Task<InMemoryRun> StartChildAsync(ChildWorkflow child, bool tellsParent)
    {
        var run = Make(_workflows[child.DefinitionId], child.Id);
        run.State.CorrelationId = child.CorrelationId;
        run.TellsParent = tellsParent;
        run.State.Parent = child.Parent;
        await run.StartAsync(child.Input);
        run.TellsParent = true;
        return run;
    }

    private InMemoryRun Make(CompiledWorkflow workflow, Guid id)
    {
        var run = new InMemoryRun(workflow, Now, this, id) { Zone = _zone };
        _instances.Add(run);
        return run;
    }

    /// <summary>After a burst: what it asked for, and whether somebody waits for its end.</summary>
    internal void Finished(InMemoryRun run, Burst burst)
    {
        Lines.AddRange(burst.Lines);
        foreach (var request in burst.Requests)
        {
            switch (request)
            {
                case StartWorkflow start: _queue.Enqueue(() =>
                    _instances.Count < MaxInstances ? StartChildAsync(start.Child, tellsParent: true) : Task.CompletedTask); break;
                case RaiseEvent raised: Queue(raised, Now + KeepsEvents); break;
                case SendMail mail: Mails.Add(mail); break;
            }
        }
        if (run.State.Status != WorkflowStatus.Finished || run.State.Parent is not { } parent || !run.TellsParent) return;
        var outcome = ChildOutcome.Of(run.State).ToValue();
        _queue.Enqueue(async () =>
        {
            if (_instances.Find(i => i.State.Id == parent.InstanceId) is { } waiting) await waiting.ResumeAsync(parent.BookmarkId, outcome);
        });
    }

    internal Guid NewId() => new(0, 0, 0, BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(++_ids)));

    private async Task DrainAsync()
    {
        if (_isDraining) return;
        _isDraining = true;
        try
        {
            do
            {
                while (_queue.TryDequeue(out var work)) await work();
                await DeliverKeptAsync();
            }
            while (_queue.Count > 0);
        }
        finally
        {
            _isDraining = false;
        }
    }

    private void Queue(RaiseEvent raised, DateTimeOffset until) => _queue.Enqueue(async () =>
    {
        if (!await DeliverAsync(raised)) _kept.Add((raised, until));
    });

    private async Task DeliverKeptAsync()
    {
        foreach (var kept in _kept.ToList())
        {
            if (kept.Until < Now)
            {
                _kept.Remove(kept);
                Undelivered.Add(kept.Event);
            }
            else if (await DeliverAsync(kept.Event)) _kept.Remove(kept);
        }
    }

    private async Task<bool> DeliverAsync(RaiseEvent raised)
    {
        var woken = 0;
        foreach (var run in _instances.ToList())
        {
            if (raised.OnlyInstance is { } only && run.State.Id != only
                || raised.CorrelationId is { } correlation && run.State.CorrelationId != correlation) continue;
            woken += await run.SendAsync("Elsa.Event", raised.Name, raised.Payload);
        }
        if (raised.OnlyInstance is not null) return woken > 0;
        foreach (var workflow in _workflows.Values)
        {
            foreach (var step in workflow.TriggerSteps())
            {
                if (!workflow.Stimuli(step, new TriggerMoment(Now, null, _zone)).Any(s => s.Name == "Elsa.Event" && s.Key == raised.Name)) continue;
                var run = Make(workflow, NewId());
                run.State.CorrelationId = raised.CorrelationId;
                await run.StartAsync([new("__EventPayloadWorkflowInput", raised.Payload)], step.Id);
                woken++;
            }
        }
        return woken > 0;
    }
}

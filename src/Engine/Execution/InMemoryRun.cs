namespace CrmFlow.Engine;

/// <summary>
/// One instance in memory under a virtual clock: for trying a definition out and for tests. State is written and read again between bursts, as the
/// runtime does it, so nothing can survive that would not survive a restart. Failing steps become incidents. Not thread-safe.
/// </summary>
public sealed class InMemoryRun
{
    private static readonly WorkflowRunner Runner = new();

    private readonly CompiledWorkflow _workflow;
    private readonly IServiceProvider _services;
    private readonly InMemoryHost? _host;
    private long _ids;

    public InMemoryRun(CompiledWorkflow workflow, DateTimeOffset now, IServiceProvider? services = null)
    {
        (_workflow, Now, _services) = (workflow, now, services ?? NoServices.Instance);
        State = new WorkflowState { Id = NewId() };
    }

    /// <summary>One of several instances.</summary>
    internal InMemoryRun(CompiledWorkflow workflow, DateTimeOffset now, InMemoryHost host, Guid id)
    {
        (_workflow, Now, _services, _host) = (workflow, now, NoServices.Instance, host);
        State = new WorkflowState { Id = id };
    }

    /// <summary>False while its parent runs it and sees its end itself.</summary>
    internal bool TellsParent { get; set; } = true;
    internal DateTimeOffset? NextDue => State.Bookmarks.Min(b => b.DueAt);

    public WorkflowState State { get; private set; }
    /// <summary>The virtual instant, UTC.</summary>
    public DateTimeOffset Now { get; internal set; }
    public List<string> Lines { get; } = [];
    public List<JournalEntry> Journal { get; } = [];
    /// <summary>What the last burst left.</summary>
    public Burst? LastBurst { get; private set; }
    public int StepLimit { get; init; } = 20_000;
    /// <summary>The business time zone, for dates in expressions.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
    public CancellationToken Cancellation { get; init; }

    public Task StartAsync(IEnumerable<KeyValuePair<string, Value>>? input = null, string? trigger = null)
    {
        foreach (var (name, value) in input ?? []) State.Input[name] = value;
        return BurstAsync(async burst =>
        {
            await Runner.StartAsync(burst, trigger, Cancellation);
            return true;
        });
    }

    public Task<bool> ResumeAsync(Guid bookmark, Value input = default) =>
        BurstAsync(burst => Runner.ResumeAsync(burst, bookmark, input, Cancellation));

    /// <summary>Resumes every bookmark of that stimulus name and key; how many there were.</summary>
    public async Task<int> SendAsync(string name, string? key = null, Value input = default)
    {
        var count = 0;
        foreach (var bookmark in State.Bookmarks.Where(b => b.Name == name && (key is null || b.Key == key)).Select(b => b.Id).ToList())
            if (await ResumeAsync(bookmark, input)) count++;
        return count;
    }

    /// <summary>Sends an <c>Elsa.Event</c>.</summary>
    public Task<int> SendEventAsync(string eventName, Value payload = default) => SendAsync("Elsa.Event", eventName, payload);

    /// <summary>Moves the clock on, resuming what falls due on the way at its own instant, in order.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Now + by;
        while (State.Bookmarks.Where(b => b.DueAt <= end).MinBy(b => b.DueAt) is { } due)
        {
            if (due.DueAt > Now) Now = due.DueAt.Value;
            if (!await ResumeAsync(due.Id)) break;
            // a bookmark that stays is due once
            if (State.Bookmarks.FindIndex(b => b.Id == due.Id) is var i and >= 0) State.Bookmarks[i] = State.Bookmarks[i] with { DueAt = null };
        }
        Now = end;
    }

    public Task<bool> ReturnAsync(string target, string? returnAddress = null) =>
        BurstAsync(burst => Runner.ReturnAsync(burst, target, returnAddress, Cancellation));

    public Task<bool> RetryAsync(Guid activityInstance) => BurstAsync(burst => Runner.RetryAsync(burst, activityInstance, Cancellation));

    public Task CancelAsync() => BurstAsync(async burst =>
    {
        await Runner.CancelAsync(burst, Cancellation);
        return true;
    });

    private async Task<bool> BurstAsync(Func<Burst, ValueTask<bool>> work)
    {
        var burst = new Burst { Workflow = _workflow, State = State, Now = Now, NewId = NewId, Services = _services, Guard = NoFence.Instance,
            StepLimit = StepLimit, Zone = Zone, Children = _host };
        LastBurst = burst;
        var result = await work(burst);
        Lines.AddRange(burst.Lines);
        Journal.AddRange(burst.Journal);
        State = StateJson.Read(StateJson.Write(State, _workflow), _workflow);
        _host?.Finished(this, burst);
        return result;
    }

    private Guid NewId() => _host?.NewId() ?? new(0, 0, 0, BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(++_ids)));

    /// <summary>In memory there is nothing to undo.</summary>
    private sealed class NoFence : IActivityGuard
    {
        public static readonly NoFence Instance = new();
        public ValueTask<ActivityResult> RunAsync(Func<ValueTask<ActivityResult>> call, CancellationToken ct) => call();
    }
}

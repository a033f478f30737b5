using CrmFlow.Engine;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>What running bursts needs of the process.</summary>
internal sealed record InstanceServices(WorkflowRunner Runner, WorkflowDefinitions Definitions, BusinessTime Time, HttpExchanges Exchanges,
    ILogger<InstanceServices> Log);

/// <summary>
/// The workflow instances of one command: loaded and locked at first touch, run burst after burst in memory, written once at the flush as the
/// difference between what was loaded and what is.
/// </summary>
internal sealed partial class CommandInstances(Command command, InstanceServices services)
{
    /// <summary>The workflow input under which a trigger finds what came with its stimulus (elsa-format §8).</summary>
    private const string EventPayload = "__EventPayloadWorkflowInput";

    private readonly Dictionary<Guid, LoadedInstance> _loaded = [];
    private readonly ActivityGuard? _guard = command.Careful ? new ActivityGuard(command) : null;

    public bool RanBurst { get; private set; }

    /// <summary>Bookmarks whose due rows the command takes away itself, behind the pump's claim.</summary>
    public HashSet<Guid> Fired { get; } = [];

    /// <summary>The instance whose step is running now, the innermost when workflows run each other; null outside a burst.</summary>
    public Guid? Running => _loaded.Values.LastOrDefault(i => i.IsRunning)?.State.Id;

    public Task<Result<Guid>> StartAsync(string definitionId, Dictionary<string, Value> input, string? correlationId, string? name,
        string? triggerActivityId, CancellationToken ct) =>
        StartAsync(definitionId, new WorkflowState { Id = command.NewId(), Input = input, CorrelationId = correlationId, Name = name },
            triggerActivityId, tellsParent: true, ct);

    private async Task<Result<Guid>> StartAsync(string definitionId, WorkflowState state, string? triggerActivityId, bool tellsParent,
        CancellationToken ct)
    {
        if (await services.Definitions.PublishedAsync(command.Transaction, definitionId, ct) is not { } workflow)
            return new NoPublishedVersion(definitionId);
        if (await RefusedByActivationAsync(workflow, state.CorrelationId, ct)) return new ActivationRefused(workflow.Name);
        var instance = new LoadedInstance(workflow, state, Version: 0, JournalCount: 0);
        _loaded.Add(instance.State.Id, instance);
        var isStarted = await RunAsync(instance, async burst =>
        {
            await services.Runner.StartAsync(burst, triggerActivityId, ct);
            return !burst.Declined;
        }, tellsParent);
        if (isStarted) return instance.State.Id;
        _loaded.Remove(instance.State.Id);
        return new StimulusDeclined(workflow.Name);
    }

    /// <summary>An instance on hold is not resumed by people; what the clock, a child or an outside answer brings is kept for it.</summary>
    public Task<Result> ResumeAsync(Guid instanceId, Guid bookmarkId, Value input, CancellationToken ct) =>
        ResumeAsync(instanceId, bookmarkId, input, keep: command.Actor.Kind == ActorKind.System, ct);

    private async Task<Result> ResumeAsync(Guid instanceId, Guid bookmarkId, Value input, bool keep, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new BookmarkGone();
        if (keep && services.Runner.Hold(instance.State, bookmarkId, input))
        {
            instance.Changed = true;
            return Result.Ok;
        }
        if (instance.State.IsOnHold) return new InstanceOnHold();
        return await RunAsync(instance, burst => services.Runner.ResumeAsync(burst, bookmarkId, input, ct)) ? Result.Ok : new BookmarkGone();
    }

    public async Task<Result> ReturnAsync(Guid instanceId, string activityId, string? returnAddress, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        if (instance.State.IsOnHold) return new InstanceOnHold();
        return await RunAsync(instance, burst => services.Runner.ReturnAsync(burst, activityId, returnAddress, ct)) ? Result.Ok
            : new ReturnRefused(activityId);
    }

    public async Task<Result> CancelAsync(Guid instanceId, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        if (instance.State is { Status: WorkflowStatus.Finished, SubStatus: not WorkflowSubStatus.Faulted }) return new InstanceFinished();
        var wasOver = instance.State.Status == WorkflowStatus.Finished; // whoever waits for its end was told when it stopped
        await RunAsync(instance, async burst =>
        {
            await services.Runner.CancelAsync(burst, ct);
            return true;
        }, tellsParent: !wasOver);
        return Result.Ok;
    }

    public Task<int> SendStimulusAsync(string name, string key, string? correlationId, Value input, CancellationToken ct) =>
        SendStimulusAsync(name, key, correlationId, input, new Dictionary<string, Value> { [EventPayload] = input }, ct);

    /// <summary>What came is an input of the instances it starts, as it is of those it resumes.</summary>
    public Task<int> RecordSavedAsync(string recordType, Guid id, string recordName, Value saved, CancellationToken ct) =>
        SendStimulusAsync(RecordSaved.TypeName, recordType, id.ToString(), saved, new Dictionary<string, Value>(saved.Members), ct,
            instanceName: recordName);

    /// <summary>An event to one instance only, or to all that wait for it and to triggers.</summary>
    public Task<int> SendEventAsync(string name, string? correlationId, Guid? onlyInstance, Value payload, CancellationToken ct) =>
        SendStimulusAsync("Elsa.Event", name, correlationId, payload, new Dictionary<string, Value> { [EventPayload] = payload }, ct, onlyInstance);

    private const string Waiting =
        "SELECT instance_id, id, NULL AS definition_id, NULL AS activity_id FROM bookmark WHERE name = @name AND bookmark_key = @key";
    private const string OfCorrelation = " AND correlation_id = @correlation";
    private const string Triggers =
        " UNION ALL SELECT NULL, NULL, definition_id, activity_id FROM workflow_trigger WHERE name = @name AND trigger_key = @key ORDER BY 1, 2, 3, 4";

    private async Task<int> SendStimulusAsync(string name, string key, string? correlationId, Value input, Dictionary<string, Value> given,
        CancellationToken ct, Guid? onlyInstance = null, string? instanceName = null)
    {
        // Who waits and what it starts in one question. An event for one instance starts nothing.
        var found = await command.Transaction.QueryAsync((correlationId, onlyInstance) switch
        {
            (null, null) => Waiting + Triggers,
            ({ }, null) => Waiting + OfCorrelation + Triggers,
            (null, _) => Waiting + " ORDER BY 1, 2",
            _ => Waiting + OfCorrelation + " ORDER BY 1, 2",
        }, [("name", name), ("key", key), ("correlation", correlationId)],
            r => r.IsDBNull(0) ? (Instance: Guid.Empty, Bookmark: Guid.Empty,
                Trigger: ((string Definition, string Activity)?)(r.GetString(2), r.GetString(3)))
                : (Instance: r.GetGuid(0), Bookmark: r.GetGuid(1), Trigger: default((string Definition, string Activity)?)), ct);
        var waiting = found.Where(f => f.Trigger is null).Select(f => (f.Instance, f.Bookmark));
        var triggers = found.Select(f => f.Trigger).OfType<(string Definition, string Activity)>().ToList();
        // What this command itself has set waiting is not in the table yet.
        var here = _loaded.Values.Where(i => correlationId is null || i.State.CorrelationId == correlationId)
            .SelectMany(i => i.State.Bookmarks.Where(b => b.Name == name && b.Key == key).Select(b => (i.State.Id, b.Id)));

        var woken = 0;
        var bookmarks = waiting.Union(here).ToList();
        if (bookmarks.Count + triggers.Count > 0) await command.FlushAsync(ct); // the steps that run now may read what the command has just written
        foreach (var (instance, bookmark) in bookmarks.Where(b => onlyInstance is null || b.Item1 == onlyInstance))
            if (!(await ResumeAsync(instance, bookmark, input, keep: true, ct)).Failed) woken++;
        foreach (var (definition, activity) in triggers)
        {
            if (!(await StartAsync(definition, new(given), correlationId, instanceName, activity, ct)).Failed) woken++;
        }
        return woken;
    }

    private async Task<bool> RunAsync(LoadedInstance instance, Func<Burst, ValueTask<bool>> run, bool tellsParent = true)
    {
        if (instance.IsRunning) throw new InvalidOperationException(
            $"Instance {instance.State.Id} is in the middle of a burst. A step returns what happens next; it does not resume its own instance.");
        RanBurst = true;
        var burst = new Burst
        {
            Workflow = instance.Workflow, State = instance.State, Now = command.Now, NewId = command.NewId, Services = command.Services,
            Guard = _guard, Zone = services.Time.Zone, Children = this,
        };
        using var span = RuntimeMetrics.BurstSpan(instance.Workflow.DefinitionId, instance.State.Id);
        instance.IsRunning = true;
        bool ran;
        try
        {
            ran = await run(burst);
            RuntimeMetrics.Describe(span, burst, ran ? burst.State.SubStatus.ToString() : "Declined");
        }
        catch (ActivityFailedException)
        {
            RuntimeMetrics.Describe(span, burst, RuntimeMetrics.Failed); // void; the command runs again in careful mode
            throw;
        }
        finally
        {
            instance.IsRunning = false;
        }
        if (_guard?.Poison is { } poison) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(poison);
        if (!ran)
        {
            // a request that was refused
            foreach (var answer in burst.Requests.OfType<AnswerHttp>()) command.AfterCommit.Add(() => services.Exchanges.Answer(answer));
            return false;
        }
        instance.Changed = true;
        instance.Journal.AddRange(burst.Journal);
        instance.Incidents.AddRange(burst.NewIncidents);
        Perform(instance, burst, tellsParent);
        foreach (var line in burst.Lines)
            services.Log.LogInformation("{Definition} {WorkflowInstanceId} writes: {Line}", instance.Workflow.DefinitionId, instance.State.Id, line);
        foreach (var incident in burst.NewIncidents)
            services.Log.LogWarning("{Definition} {WorkflowInstanceId}: incident at {NodeId}: {Message}", instance.Workflow.DefinitionId,
                instance.State.Id, incident.NodeId, incident.Message);
        return true;
    }

    private async Task<LoadedInstance?> FindAsync(Guid id, CancellationToken ct)
    {
        if (_loaded.TryGetValue(id, out var known)) return known;
        var dialect = command.Transaction.Dialect;
        var rows = await command.Transaction.QueryAsync(
            LoadSql(dialect), [("id", id)], r =>
                (VersionId: r.GetString(0), State: r.GetString(1), Version: r.GetInt64(2), Journal: r.GetInt32(3)), ct);
        if (rows.Count == 0) return null;
        var workflow = await services.Definitions.VersionAsync(command.Transaction, rows[0].VersionId, ct);
        var instance = new LoadedInstance(workflow, StateJson.Read(rows[0].State, workflow), rows[0].Version, rows[0].Journal);
        _loaded.Add(id, instance);
        return instance;
    }

    /// <summary>Loads and locks many at once, in the order of their ids; those that are gone stay out. PostgreSQL only.</summary>
    public async Task LoadAsync(Guid[] ids, CancellationToken ct)
    {
        var rows = await command.Transaction.QueryAsync(
            "SELECT version_id, state, version, journal_count, id FROM workflow_instance WHERE id = ANY (@ids) ORDER BY id FOR UPDATE",
            [("ids", ids)],
            r => (VersionId: r.GetString(0), State: r.GetString(1), Version: r.GetInt64(2), Journal: r.GetInt32(3), Id: r.GetGuid(4)), ct);
        foreach (var row in rows)
        {
            var workflow = await services.Definitions.VersionAsync(command.Transaction, row.VersionId, ct);
            _loaded.TryAdd(row.Id, new LoadedInstance(workflow, StateJson.Read(row.State, workflow), row.Version, row.Journal));
        }
    }

    private static string LoadSql(Dialect dialect) => dialect.Provider switch
    {
        DatabaseProvider.PostgreSql => "SELECT version_id, state, version, journal_count FROM workflow_instance WHERE id = @id FOR UPDATE",
        DatabaseProvider.SqlServer =>
            "SELECT version_id, state, version, journal_count FROM workflow_instance WITH (UPDLOCK, ROWLOCK) WHERE id = @id",
        _ => "SELECT version_id, state, version, journal_count FROM workflow_instance WHERE id = @id",
    };

    /// <summary>Elsa's activation strategies (elsa-format §10), found in the name by containment.</summary>
    private async Task<bool> RefusedByActivationAsync(CompiledWorkflow workflow, string? correlationId, CancellationToken ct)
    {
        var strategy = services.Definitions.ActivationStrategy(workflow.VersionId);
        if (strategy == Activation.Always) return false;
        if (command.Transaction.Dialect.AdvisoryLock is { } wait)
            await command.Transaction.QueryAsync(wait,
            [("name", $"activation:{(strategy == Activation.Correlated ? correlationId : workflow.DefinitionId)}")], _ => 0, ct);
        var here = _loaded.Values.Any(i => i.State.Status == WorkflowStatus.Running
            && (strategy == Activation.Correlated || i.Workflow.DefinitionId == workflow.DefinitionId)
                && (strategy == Activation.Singleton || i.State.CorrelationId == correlationId));
        if (here) return true;
        var found = strategy switch
        {
            Activation.Singleton => await command.Transaction.QueryAsync(
                "SELECT COUNT(*) FROM workflow_instance WHERE status = 'Running' AND definition_id = @definition",
                [("definition", workflow.DefinitionId)], r => r.GetInt64(0), ct),
            Activation.CorrelatedSingleton => await command.Transaction.QueryAsync(
                "SELECT COUNT(*) FROM workflow_instance WHERE status = 'Running' AND definition_id = @definition AND correlation_id = @correlation",
                [("definition", workflow.DefinitionId), ("correlation", correlationId)], r => r.GetInt64(0), ct),
            _ => await command.Transaction.QueryAsync(
                "SELECT COUNT(*) FROM workflow_instance WHERE status = 'Running' AND correlation_id = @correlation", [("correlation", correlationId)],
                r => r.GetInt64(0), ct),
        };
        return found[0] > 0;
    }
}

internal enum Activation { Always, Singleton, CorrelatedSingleton, Correlated }

/// <summary>No version of this definition is published, so nothing can be started.</summary>
public sealed record NoPublishedVersion(string DefinitionId) : Problem("problem.no-published-version", DefinitionId);

/// <summary>The definition allows one running instance (of its kind, or of the correlation id), and there is one.</summary>
public sealed record ActivationRefused(string Workflow) : Problem("problem.activation-refused", Workflow);

/// <summary>A trigger looked at what was to start it and it was not for it.</summary>
internal sealed record StimulusDeclined(string Workflow) : Problem("problem.stimulus-declined", Workflow);

/// <summary>The step was never visited, so there is nothing to go back to.</summary>
public sealed record ReturnRefused(string ActivityId) : Problem("problem.return-refused", ActivityId);

public sealed record InstanceFinished : Problem
{
    public InstanceFinished() : base("problem.instance-finished") => Kind = ProblemKind.Conflict;
}

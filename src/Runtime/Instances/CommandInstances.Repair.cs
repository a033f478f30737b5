using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>What administrators have a stopped instance do.</summary>
internal sealed partial class CommandInstances
{
    public Task<Result> RetryAsync(Guid instanceId, Guid activityInstanceId, CancellationToken ct) =>
        RepairAsync(instanceId, burst => services.Runner.RetryAsync(burst, activityInstanceId, ct), new NothingToRetry(), ct);

    public Task<Result> SkipAsync(Guid instanceId, Guid activityInstanceId, string? outcome, CancellationToken ct) =>
        RepairAsync(instanceId, burst => services.Runner.SkipAsync(burst, activityInstanceId, outcome, ct), new NothingToRetry(), ct);

    public Task<Result> RunAgainAsync(Guid instanceId, string activityId, CancellationToken ct) =>
        RepairAsync(instanceId, burst => services.Runner.RunAgainAsync(burst, activityId, ct), new ReturnRefused(activityId), ct);

    private async Task<Result> RepairAsync(Guid instanceId, Func<Burst, ValueTask<bool>> repair, Problem refusal, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        if (instance.State.IsOnHold) return new InstanceOnHold();
        return await RunAsync(instance, repair) ? Result.Ok : refusal;
    }

    public async Task<Result> SuspendAsync(Guid instanceId, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        if (instance.State.IsOnHold) return new InstanceOnHold();
        if (!services.Runner.Suspend(instance.State)) return new InstanceFinished();
        instance.Changed = true;
        return Result.Ok;
    }

    public async Task<Result> ContinueAsync(Guid instanceId, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        return await RunAsync(instance, burst => services.Runner.ContinueAsync(burst, ct)) ? Result.Ok : new InstanceNotOnHold();
    }

    /// <param name="shown">JSON of the value the administrator saw.</param>
    public async Task<Result> SetVariableAsync(Guid instanceId, Guid container, string variableId, string? shown, Value value, CancellationToken ct)
    {
        if (await FindAsync(instanceId, ct) is not { } instance) return new NotFound();
        var (state, workflow) = (instance.State, instance.Workflow);
        if (state is { Status: WorkflowStatus.Finished, SubStatus: not WorkflowSubStatus.Faulted }) return new InstanceFinished();
        if (OpenVariables.Of(state, workflow).FirstOrDefault(v => v.Container == container && v.Id == variableId) is not { } known)
            return new NotFound();
        if (shown != known.Value.ToJson()) return new VariableChanged(known.Name);
        services.Runner.SetVariable(state, container, variableId, value);
        instance.Changed = true;
        return Result.Ok;
    }
}

public sealed record NothingToRetry : Problem
{
    public NothingToRetry() : base("problem.nothing-to-retry") => Kind = ProblemKind.Conflict;
}

/// <summary>An administrator has suspended the instance; it goes on when one resumes it.</summary>
public sealed record InstanceOnHold : Problem
{
    public InstanceOnHold() : base("problem.instance-on-hold") => Kind = ProblemKind.Conflict;
}

internal sealed record InstanceNotOnHold : Problem
{
    public InstanceNotOnHold() : base("problem.instance-not-on-hold") => Kind = ProblemKind.Conflict;
}

/// <summary>The variable has another value than the one the administrator saw.</summary>
internal sealed record VariableChanged : Problem
{
    public VariableChanged(string name) : base("problem.variable-changed", name) => Kind = ProblemKind.Conflict;
}

internal sealed record VariableNoJson : Problem
{
    public VariableNoJson(string name) : base("problem.variable-no-json", name) => (Kind, Field) = (ProblemKind.Invalid, "value");
}

internal sealed record VariableTooLong : Problem
{
    public VariableTooLong(string name, int most) : base("problem.variable-too-long", name, most) => (Kind, Field) = (ProblemKind.Invalid, "value");
}

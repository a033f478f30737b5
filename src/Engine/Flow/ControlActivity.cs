namespace CrmFlow.Engine;

/// <summary>
/// A step the runner itself understands, because it schedules other steps or ends them. It is made anew for every call and keeps what it must
/// remember in <see cref="ActivityInstance.Container"/>. An exception faults it; a retry enters it again, so entering must respect what it remembers.
/// </summary>
internal abstract class ControlActivity : IActivity
{
    /// <summary>The step is reached; its inputs are bound.</summary>
    public abstract void Enter(Run run, ActivityInstance self);

    /// <summary>A child completed. Inputs are not bound; <see cref="Run.Bind"/> evaluates them again where the format says so.</summary>
    public virtual void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes) => run.Complete(self, null);

    ValueTask<ActivityResult> IActivity.ExecuteAsync(ActivityContext context, CancellationToken ct) =>
        throw new NotSupportedException("The runner enters control activities itself.");
}

/// <summary>Position of a sequence or loop.</summary>
internal sealed class CursorState : ContainerState
{
    public long Position { get; set; }
    public long End { get; set; }
    public long Step { get; set; }
    /// <summary>A Break was met: no further turn.</summary>
    public bool Breaking { get; set; }
}

/// <summary>The engine's own activity types.</summary>
public static class EngineActivities
{
    public static IReadOnlyList<ActivityDescriptor> All { get; } =
    [
        ActivityDescriptor.For(_ => Flowchart.Instance),
        ActivityDescriptor.For(_ => new FlowJoin()),
        ActivityDescriptor.For(_ => new FlowSwitch()) with { Ports = FlowSwitch.PortsOf },
        ActivityDescriptor.For(_ => new FlowNode()),
        ActivityDescriptor.For(_ => new Sequence()),
        ActivityDescriptor.For(_ => new Parallel()),
        ActivityDescriptor.For(_ => new Fork()),
        ActivityDescriptor.For(_ => new If()),
        ActivityDescriptor.For(_ => new Switch()),
        ActivityDescriptor.For(_ => new While()),
        ActivityDescriptor.For(_ => new For()),
        ActivityDescriptor.For(_ => new ForEach()),
        ActivityDescriptor.For(_ => new ParallelForEach()),
        ActivityDescriptor.For(_ => new Break()),
        ActivityDescriptor.For(_ => new CompleteWorkflow()),
        ActivityDescriptor.For(_ => new StateMachine()),
        ActivityDescriptor.For(_ => new RunJavaScript()) with { Ports = RunJavaScript.PortsOf },
    ];
}

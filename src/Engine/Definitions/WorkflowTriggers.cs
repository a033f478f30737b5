namespace CrmFlow.Engine;

/// <summary>What starts instances of a version: its steps that may start a workflow, and what each listens to (elsa-format §8).</summary>
public static class WorkflowTriggers
{
    /// <summary>Steps that may start the workflow and are of a type that can.</summary>
    public static IEnumerable<CompiledActivity> TriggerSteps(this CompiledWorkflow workflow) => workflow.Activities.Where(IsTrigger);

    internal static bool IsTrigger(CompiledActivity step) =>
        step.CanStartWorkflow && step.Descriptor is { } d && typeof(ITrigger).IsAssignableFrom(d.Class);

    /// <summary>
    /// What a step listens to. Throws <see cref="FormatException"/> or <see cref="ActivityInputException"/> when its inputs cannot be read without an
    /// instance.
    /// </summary>
    public static IReadOnlyList<TriggerStimulus> Stimuli(this CompiledWorkflow workflow, CompiledActivity step, TriggerMoment moment)
    {
        var state = new WorkflowState { Id = Guid.Empty };
        var burst = new Burst { Workflow = workflow, State = state, Now = moment.Now, NewId = () =>
            Guid.Empty, Services = NoServices.Instance, Zone = moment.Zone };
        var trigger = (ITrigger)step.Descriptor!.Create(burst.Services);
        var nowhere = new ActivityInstance { Id = Guid.Empty, Node = step.Index, Parent = new ActivityInstance { Id = Guid.Empty, Node = 0 } };
        ActivityInputException? unread = null;
        foreach (var input in step.Inputs)
        {
            try
            {
                input.Apply(trigger, burst, nowhere);
            }
            catch (ActivityInputException e)
            {
                unread ??= e; // a condition may need the instance; what it listens to may not
            }
        }
        IReadOnlyList<TriggerStimulus> stimuli = [.. trigger.Listen(moment)];
        return stimuli.Count == 0 && unread is not null ? throw unread : stimuli;
    }

    /// <summary>What keeps the triggers of a version from being indexed.</summary>
    internal static IEnumerable<DefinitionProblem> Check(CompiledWorkflow workflow)
    {
        foreach (var step in workflow.TriggerSteps())
        {
            string? wrong = null;
            try
            {
                workflow.Stimuli(step, new TriggerMoment(DateTimeOffset.UnixEpoch, null, TimeZoneInfo.Utc));
            }
            catch (Exception e) when (e is FormatException or ActivityInputException or ArgumentException or OverflowException)
            {
                wrong = e.Message;
            }
            if (wrong is not null) yield return new(step.Id, null, "engine.problem.trigger", [step.DisplayText, wrong]);
        }
    }
}

internal sealed class NoServices : IServiceProvider
{
    public static readonly NoServices Instance = new();
    public object? GetService(Type serviceType) => null;
}

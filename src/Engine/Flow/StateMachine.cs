using System.Globalization;
namespace CrmFlow.Engine;

/// <summary>
/// Named states and transitions between them (elsa-format §7). Entering a state runs its entry, takes the first transition without a trigger whose
/// condition holds, else schedules the triggers of all that lead away; the first trigger done whose condition holds wins, one whose condition does
/// not is waited for again.
/// The winner's action runs, then the state's exit, then the next state is entered. A state nothing leads away from is the end.
/// </summary>
[Activity("Elsa.StateMachine")]
internal sealed class StateMachine : ControlActivity
{
    [Input(Plain = true)] public string? InitialState { get; set; }
    [Input(Plain = true)] public string? CurrentState { get; set; }

    private enum Next { Enter, Leave, Act, Exit }

    public override void Enter(Run run, ActivityInstance self)
    {
        var machine = (MachineState)(
            self.Container ??= new MachineState(string.IsNullOrWhiteSpace(CurrentState) ? InitialState ?? "" : CurrentState));
        if (self.OpenChildren == 0) Go(run, self, machine, Next.Enter);
    }

    public override void ChildDone(Run run, ActivityInstance self, ActivityInstance child, string[]? outcomes)
    {
        var (machine, compiled) = ((MachineState)self.Container!, run.Node(self).Machine!);
        switch (machine.Phase)
        {
            case MachinePhase.Entry:
                Go(run, self, machine, Next.Leave);
                break;
            case MachinePhase.Triggers when Array.FindIndex(compiled.Transitions, t => t.Trigger == child.Node) is var index and >= 0:
                if (!Holds(run, self, compiled.Transitions[index]))
                {
                    run.Schedule(self, child.Node);
                    break;
                }
                Take(run, self, machine, index);
                Go(run, self, machine, Next.Act);
                break;
            case MachinePhase.Action:
                Go(run, self, machine, Next.Exit);
                break;
            case MachinePhase.Exit:
                machine.State = compiled.Transitions[machine.Transition].To;
                Go(run, self, machine, Next.Enter);
                break;
        }
    }

    /// <summary>Goes on until a step is to run first. A loop, not calls: states without steps may follow each other for long.</summary>
    private static void Go(Run run, ActivityInstance self, MachineState machine, Next next)
    {
        var compiled = run.Node(self).Machine!;
        while (true)
        {
            int step;
            switch (next)
            {
                case Next.Enter:
                    machine.Phase = MachinePhase.Entry;
                    if (compiled.State(machine.State) is not { } state)
                    {
                        run.Complete(self, null);
                        return;
                    }
                    (step, next) = (state.Entry, Next.Leave);
                    break;
                case Next.Leave:
                    if (!LeaveAtOnce(run, self, machine, compiled)) return;
                    (step, next) = (-1, Next.Act);
                    break;
                case Next.Act:
                    (step, next) = (compiled.Transitions[machine.Transition].Action, Next.Exit);
                    break;
                default:
                    machine.Phase = MachinePhase.Exit;
                    step = compiled.State(machine.State)!.Exit;
                    if (step < 0) (machine.State, next) = (compiled.Transitions[machine.Transition].To, Next.Enter);
                    break;
            }
            if (step < 0) continue;
            run.Schedule(self, step);
            return;
        }
    }

    /// <summary>True when a transition without a trigger was taken; else the triggers wait, or it is the end.</summary>
    private static bool LeaveAtOnce(Run run, ActivityInstance self, MachineState machine, CompiledMachine compiled)
    {
        // transitions without a trigger run no step, so they are counted here
        if (++run.Burst.Steps > run.Burst.StepLimit)
            throw new ExpressionException($"More than {run.Burst.StepLimit} steps ran without waiting; the states probably lead round in a circle.");
        var away = Enumerable.Range(0, compiled.Transitions.Length)
            .Where(i => compiled.Transitions[i].From == machine.State && compiled.State(compiled.Transitions[i].To) is not null).ToList();
        if (away.Count == 0)
        {
            run.Complete(self, null);
            return false;
        }
        foreach (var i in away)
        {
            if (compiled.Transitions[i].Trigger >= 0 || !Holds(run, self, compiled.Transitions[i])) continue;
            Take(run, self, machine, i);
            return true;
        }
        machine.Phase = MachinePhase.Triggers;
        foreach (var i in away)
            if (compiled.Transitions[i].Trigger is var trigger and >= 0) run.Schedule(self, trigger);
        return false;
    }

    private static void Take(Run run, ActivityInstance self, MachineState machine, int transition)
    {
        run.CancelChildren(self);
        (machine.Transition, machine.Phase) = (transition, MachinePhase.Action);
    }

    private static bool Holds(Run run, ActivityInstance self, CompiledTransition transition)
    {
        try
        {
            return transition.Condition is not { } condition
                || condition.Evaluate(run.Burst, self) is { IsNothing: false } value && ClrValue.Reader<bool>()!(value);
        }
        catch (Exception e) when (e is ExpressionException or FormatException)
        {
            throw new ActivityInputException($"Failed to evaluate the condition of transition '{transition.From}' to '{transition.To}': {e.Message}",
                e);
        }
    }
}

internal enum MachinePhase { Entry, Triggers, Action, Exit }

internal sealed class MachineState(string state) : ContainerState
{
    public string State { get; set; } = state;
    public MachinePhase Phase { get; set; }
    /// <summary>Index of the transition being taken.</summary>
    public int Transition { get; set; }

    public static MachineState Of(string[] texts) =>
        new(texts[0]) { Phase = Enum.Parse<MachinePhase>(texts[1]), Transition = int.Parse(texts[2], CultureInfo.InvariantCulture) };
}

/// <summary>
/// A state machine's own part of the compiled graph; steps are indexes into <see cref="CompiledWorkflow.Activities"/>, -1 for none.
/// </summary>
internal sealed record CompiledMachine(CompiledState[] States, CompiledTransition[] Transitions)
{
    public CompiledState? State(string name) => Array.Find(States, s => s.Name == name);
}

internal sealed record CompiledState(string Name, int Entry, int Exit);

internal sealed record CompiledTransition(string From, string To, int Trigger, int Action, ValueSource? Condition);

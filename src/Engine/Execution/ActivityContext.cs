namespace CrmFlow.Engine;

/// <summary>What a running step may see and do. Valid only during the call it was passed to.</summary>
public sealed class ActivityContext
{
    internal ActivityContext(Burst burst, ActivityInstance instance, CompiledActivity activity) =>
        (Burst, Instance, Activity) = (burst, instance, activity);

    internal Burst Burst { get; }
    internal ActivityInstance Instance { get; }

    /// <summary>The step as compiled: id, name, type, display text.</summary>
    public CompiledActivity Activity { get; }
    public CompiledWorkflow Workflow => Burst.Workflow;
    public Guid WorkflowInstanceId => Burst.State.Id;
    public Guid ActivityInstanceId => Instance.Id;
    public string? CorrelationId { get => Burst.State.CorrelationId; set => Burst.State.CorrelationId = value; }
    public string? InstanceName { get => Burst.State.Name; set => Burst.State.Name = value; }

    /// <summary>How many times this step was entered in this instance, counted from 1; a return or a loop opens the next round.</summary>
    public int Round => Instance.Round;

    /// <summary>
    /// This step is the trigger that started the instance and runs for the first time: it completes with the stimulus instead of waiting.
    /// </summary>
    public bool IsStartingTrigger => Burst.TriggerActivityId is { } id && id == Activity.Id;

    /// <summary>The command's instant, UTC; the same when the command is run a second time.</summary>
    public DateTimeOffset Now => Burst.Now;
    /// <summary>The business time zone.</summary>
    public TimeZoneInfo Zone => Burst.Zone;
    public Guid NewId() => Burst.NewId();

    /// <summary>The command's scope; prefer constructor injection.</summary>
    public IServiceProvider Services => Burst.Services;

    /// <summary>A variable by name, searched from the step's container outwards; undefined when there is none.</summary>
    public Value GetVariable(string name) => Burst.GetVariable(Instance, name);

    /// <summary>Sets the nearest variable of that name; creates one on the workflow when there is none.</summary>
    public void SetVariable(string name, Value value) => Burst.SetVariable(Instance, name, value);

    /// <summary>Sets a variable by its id, as <c>Elsa.SetVariable</c> does. False when no scope declares it.</summary>
    public bool SetVariableById(string id, Value value) => Burst.SetVariableById(Instance, id, value);

    /// <summary>A workflow input given at start (or by the resumption, in this burst).</summary>
    public Value GetInput(string name) => Burst.GetInput(name);

    /// <summary>Sets an output of the nearest workflow that declares it: one used as an activity, else the instance's own.</summary>
    public void SetOutput(string name, Value value) => Burst.SetOutput(Instance, name, value.Clone());

    /// <summary>A variable of this step itself, kept while it is open and seen by the steps in its slots.</summary>
    public Value GetOwnVariable(string name) => Instance.Variables is { } own && own.TryGetValue(name, out var value) ? value : Value.Undefined;
    public void SetOwnVariable(string name, Value value) => (Instance.Variables ??= [])[name] = value.Clone();

    /// <summary>Asks for something to be done after the burst, with its commit.</summary>
    public void Ask(BurstRequest request) => Burst.Requests.Add(request);

    /// <summary>Other workflows. Throws <see cref="InvalidOperationException"/> where there are none.</summary>
    public IChildWorkflows Children => Burst.Children ?? throw new InvalidOperationException("No other workflows can be started here.");

    /// <summary>Evaluates an expression source in this step's scope, as inputs are: for activities that keep expressions inside plain JSON.</summary>
    public Value Evaluate(CompiledExpression expression) => expression.Evaluate(new ExpressionScope(Burst, Instance));

    /// <summary>Renders a template in the scope of this step.</summary>
    public string Render(LiquidTemplate template) => template.Render(new ExpressionScope(Burst, Instance));

    /// <inheritdoc cref="Evaluate(CompiledExpression)"/>
    public Value Evaluate(CompiledExpression expression, ExpressionHost host) => expression.Evaluate(new ExpressionScope(Burst, Instance), host);

    /// <summary>
    /// Whether <see cref="ActivityResult.ReturnTo"/> with this target would be accepted: a step before this one that was really visited.
    /// </summary>
    public bool CanReturnTo(string activityId) => FlowchartReturn.CanReturn(Burst, Instance, activityId);

    /// <summary>Adds a member to the journal row of this execution: who was chosen, by which rule, what a decision was made of.</summary>
    public void Record(string name, Value value) => (Instance.Recorded ??= [])[name] = value;

    /// <summary>Adds a line to what the instance wrote (<c>Elsa.WriteLine</c>).</summary>
    public void WriteLine(string text) => Burst.Lines.Add(text);
}

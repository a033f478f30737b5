namespace CrmFlow.Engine;

/// <summary>An expression's view of a burst from one activity instance outwards.</summary>
internal sealed class ExpressionScope(Burst burst, ActivityInstance instance) : IExpressionScope
{
    public Value GetVariable(string name) => burst.GetVariable(instance, name);
    public void SetVariable(string name, Value value) => burst.SetVariable(instance, name, value);
    public bool HasVariable(string name) => burst.HasVariable(instance, name);
    public Value GetInput(string name) => burst.GetInput(instance, name);
    public bool HasInput(string name) => burst.HasInput(name);
    public Value GetOutputFrom(string activityIdOrName, string? outputName) => burst.GetOutputFrom(activityIdOrName, outputName);
    public Value GetLastResult() => burst.State.LastResult;
    public string DefinitionId => burst.Workflow.DefinitionId;
    public string DefinitionVersionId => burst.Workflow.VersionId;
    public int DefinitionVersion => burst.Workflow.Version;
    public string InstanceId => burst.State.Id.ToString();
    public string? CorrelationId { get => burst.State.CorrelationId; set => burst.State.CorrelationId = value; }
    public string? InstanceName { get => burst.State.Name; set => burst.State.Name = value; }
    public DateTimeOffset Now => burst.Now;
    public Guid NewId() => burst.NewId();
    public TimeZoneInfo Zone => burst.Zone;
}

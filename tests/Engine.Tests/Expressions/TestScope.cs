namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>A process's variables, inputs and outputs as dictionaries; the clock and the ids are fixed.</summary>
internal sealed class TestScope : IExpressionScope
{
    private int _ids;

    public Dictionary<string, Value> Variables { get; } = [];
    public Dictionary<string, Value> Inputs { get; } = [];
    public Dictionary<(string, string?), Value> Outputs { get; } = [];
    public Value LastResult { get; set; }

    public Value GetVariable(string name) => Variables.GetValueOrDefault(name);
    public void SetVariable(string name, Value value) => Variables[name] = value;
    public bool HasVariable(string name) => Variables.ContainsKey(name);
    public Value GetInput(string name) => Inputs.GetValueOrDefault(name);
    public bool HasInput(string name) => Inputs.ContainsKey(name);
    public Value GetOutputFrom(string activityIdOrName, string? outputName) => Outputs.GetValueOrDefault((activityIdOrName, outputName));
    public Value GetLastResult() => LastResult;
    public string DefinitionId => "settlement";
    public string DefinitionVersionId => "settlement-3";
    public int DefinitionVersion => 3;
    public string InstanceId => "7c5e";
    public string? CorrelationId { get; set; }
    public string? InstanceName { get; set; }
    public DateTimeOffset Now => new(2026, 3, 5, 1, 2, 3, 456, TimeSpan.Zero);
    public Guid NewId() => new(++_ids, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static Value Evaluate(string source) => CompiledExpression.Parse(source).Evaluate(new TestScope());
}

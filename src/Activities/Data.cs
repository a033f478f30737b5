using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>Sets a variable by its id (elsa-format §7).</summary>
[Activity("Elsa.SetVariable")]
internal sealed class SetVariable : IActivity
{
    [Input(Plain = true)] public Value Variable { get; set; }
    [Input] public Value Value { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var id = Variable["id"].ToText()
            ?? throw new InvalidOperationException($"The step '{context.Activity.DisplayText}' names no variable to set.");
        if (!context.SetVariableById(id, Value))
            throw new InvalidOperationException($"The variable '{Variable["name"].ToText() ?? id}' is not declared here.");
        return new(ActivityResult.Complete());
    }
}

[Activity("Elsa.SetOutput")]
internal sealed class SetOutput : IActivity
{
    [Input] public string OutputName { get; set; } = "";
    [Input] public Value OutputValue { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (OutputName.Length == 0) throw new InvalidOperationException($"The step '{context.Activity.DisplayText}' names no output to set.");
        context.SetOutput(OutputName, OutputValue);
        return new(ActivityResult.Complete());
    }
}

/// <summary>Names the instance.</summary>
[Activity("Elsa.SetName")]
internal sealed class SetName : IActivity
{
    [Input] public string? Value { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        context.InstanceName = Value;
        return new(ActivityResult.Complete());
    }
}

/// <summary>Gives the instance its correlation id.</summary>
[Activity("Elsa.Correlate")]
internal sealed class Correlate : IActivity
{
    [Input] public string? CorrelationId { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        context.CorrelationId = CorrelationId;
        return new(ActivityResult.Complete());
    }
}

[Activity("Elsa.WriteLine")]
internal sealed class WriteLine : IActivity
{
    [Input] public string? Text { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        context.WriteLine(Text ?? "");
        return new(ActivityResult.Complete());
    }
}

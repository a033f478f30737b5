using System.Text.Json.Nodes;
using CrmFlow.Engine;

namespace CrmFlow.Activities;

[Activity("Elsa.Start")]
internal sealed class Start : IActivity
{
    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(ActivityResult.Complete());
}

/// <summary>Ends its flowchart; that it is terminal the engine knows by its type (elsa-format §3.2).</summary>
[Activity("Elsa.End")]
internal sealed class End : IActivity
{
    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(ActivityResult.Complete());
}

[Activity("Elsa.Finish")]
internal sealed class Finish : IActivity
{
    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(ActivityResult.FinishWorkflow());
}

[Activity("Elsa.FlowDecision", Outcomes = ["True", "False"])]
internal sealed class FlowDecision : IActivity
{
    private static readonly ActivityResult Yes = ActivityResult.Complete("True"), No = ActivityResult.Complete("False");

    [Input] public bool Condition { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(Condition ? Yes : No);
}

/// <summary>One outcome per branch name, all followed.</summary>
[Activity("Elsa.FlowFork")]
internal sealed class FlowFork : IActivity
{
    [Input] public string[] Branches { get; set; } = [];

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(ActivityResult.Complete(Branches));

    /// <summary>The branches where they are written down; null where an expression decides.</summary>
    public static IEnumerable<string>? PortsOf(CompiledActivity step)
    {
        if (step.Json["branches"] is not JsonObject branches || branches["expression"] is not JsonObject expression) return [];
        if (expression["type"]?.ToString() is not ("Object" or "Json" or "Literal")) return null;
        try
        {
            var value = expression["value"];
            return Value.FromJson(value is JsonArray list ? list.ToJsonString() : value?.ToString() ?? "[]") is { Kind: ValueKind.Array } named
                ? named.Items.Select(b => b.ToText() ?? "") : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

/// <summary>Fails on purpose.</summary>
[Activity("Elsa.Fault")]
internal sealed class Fault : IActivity
{
    [Input] public string? Code { get; set; } = "0";
    [Input] public string? Category { get; set; } = "General";
    [Input] public string? FaultType { get; set; } = "System";
    [Input] public string? Message { get; set; }

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        context.Record("Code", Code);
        context.Record("Category", Category);
        throw new WorkflowFaultException(Message ?? $"{Category}: {Code}");
    }
}

/// <summary>A workflow faulted by its own <c>Elsa.Fault</c>.</summary>
public sealed class WorkflowFaultException(string message) : Exception(message);

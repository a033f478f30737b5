using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>Runs the published version of a workflow now, in the same commit, as an instance of its own; optionally waits for its end.</summary>
[Activity("Elsa.ExecuteWorkflow")]
internal sealed class ExecuteWorkflow : IActivity
{
    [Input] public string WorkflowDefinitionId { get; set; } = "";
    [Input] public string? CorrelationId { get; set; }
    [Input] public Value Input { get; set; }
    [Input] public bool WaitForCompletion { get; set; }
    [Output] public Value Result { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        await Child.RequireAsync(context, WorkflowDefinitionId, ct);
        var (id, bookmark) = (context.NewId(), context.NewId());
        var outcome = await context.Children.RunAsync(
            Child.Of(context, id, WorkflowDefinitionId, Input, CorrelationId, WaitForCompletion ? bookmark : null), ct);
        Result = outcome.ToValue();
        return outcome.Status == WorkflowStatus.Finished || !WaitForCompletion ? ActivityResult.Complete()
            : ActivityResult.Wait(new BookmarkRequest("Elsa.ExecuteWorkflow") { Id = bookmark, Key = id.ToString() });
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        Result = resumption.Input;
        return new(ActivityResult.Complete());
    }
}

/// <summary>Queues the start of a workflow; optionally waits for its end, and then its outputs are the result.</summary>
[Activity("Elsa.DispatchWorkflow")]
internal sealed class DispatchWorkflow : IActivity
{
    [Input] public string WorkflowDefinitionId { get; set; } = "";
    [Input] public string? CorrelationId { get; set; }
    [Input] public Value Input { get; set; }
    [Input] public bool WaitForCompletion { get; set; }
    [Output] public Value Result { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        await Child.RequireAsync(context, WorkflowDefinitionId, ct);
        var (id, bookmark) = (context.NewId(), context.NewId());
        context.Ask(new StartWorkflow(Child.Of(context, id, WorkflowDefinitionId, Input, CorrelationId, WaitForCompletion ? bookmark : null)));
        return WaitForCompletion ? ActivityResult.Wait(new BookmarkRequest("Elsa.DispatchWorkflow") { Id = bookmark, Key = id.ToString() })
            : ActivityResult.Complete();
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        Result = resumption.Input["output"];
        return new(ActivityResult.Complete());
    }
}

/// <summary>
/// Queues a workflow for every item and waits for all of them at one bookmark; each that ended runs a slot. The correlation id of each may be
/// computed from its item (<c>getItem()</c>).
/// </summary>
[Activity("Elsa.BulkDispatchWorkflows", Outcomes = ["Completed", "Canceled"])]
internal sealed class BulkDispatchWorkflows : IActivity
{
    private const string Remaining = "BulkDispatchWorkflows.Remaining";

    [Input] public string WorkflowDefinitionId { get; set; } = "";
    [Input] public Value Items { get; set; }
    [Input] public string DefaultItemInputKey { get; set; } = "Item";
    /// <summary>Evaluated for each item, not before.</summary>
    [Input(Plain = true)] public Value CorrelationIdFunction { get; set; }
    [Input] public Value Input { get; set; }
    [Input] public bool WaitForCompletion { get; set; } = true;

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        await Child.RequireAsync(context, WorkflowDefinitionId, ct);
        var (items, bookmark, correlation) = (Items.ToList(), context.NewId(), CorrelationOf(CorrelationIdFunction));
        foreach (var item in items)
        {
            var child = Child.Of(context, context.NewId(), WorkflowDefinitionId, Input, correlation(context, item),
                WaitForCompletion ? bookmark : null);
            child.Input[DefaultItemInputKey] = item.Clone();
            context.Ask(new StartWorkflow(child));
        }
        if (!WaitForCompletion || items.Count == 0) return ActivityResult.Complete();
        context.SetOwnVariable(Remaining, items.Count);
        return ActivityResult.Wait(
            new BookmarkRequest("Elsa.BulkDispatchWorkflows") { Id = bookmark, Key = context.WorkflowInstanceId.ToString(), AutoBurn = false });
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct)
    {
        var remaining = (int)context.GetOwnVariable(Remaining).Number - 1;
        context.SetOwnVariable(Remaining, remaining);
        context.SetOwnVariable("ChildInstanceId", resumption.Input["workflowInstanceId"]);
        var slot = resumption.Input["subStatus"].ToText() switch { "Finished" => "childCompleted", "Faulted" => "childFaulted", _ => "" };
        return new(ActivityResult.RunSlot(slot, isLast: remaining <= 0, "Completed", "Done"));
    }

    private static Func<ActivityContext, Value, string?> CorrelationOf(Value function)
    {
        var expression = function["expression"].IsNothing ? function : function["expression"];
        if (expression.Kind == ValueKind.String) return (_, _) => expression.String;
        if (expression["value"].ToText() is not { Length: > 0 } source) return (_, _) => null;
        if (expression["type"].ToText() is "Liquid" && LiquidTemplate.Parse(source) is var template) return (context, _) => context.Render(template);
        if (expression["type"].ToText() is not "JavaScript") return (_, _) => source;
        var compiled = CompiledExpression.Parse(source);
        return (context, item) => context.Evaluate(compiled, new ExpressionHost { Arguments = new ValueObject { ["Item"] = item } }).ToText();
    }

    public static IEnumerable<DefinitionProblem> Validate(CompiledActivity step)
    {
        string? wrong = null;
        try
        {
            if (step.Json["correlationIdFunction"] is { } function) CorrelationOf(Value.FromJson(function.ToJsonString()));
        }
        catch (ExpressionSyntaxException e)
        {
            wrong = e.Message;
        }
        if (wrong is not null) yield return new(step.Id, "correlationIdFunction", "engine.problem.expression-syntax", [wrong, "1", "1"]);
    }
}

internal static class Child
{
    public static async ValueTask RequireAsync(ActivityContext context, string definitionId, CancellationToken ct)
    {
        if (definitionId.Length == 0 || !await context.Children.ExistsAsync(definitionId, ct))
            throw new InvalidOperationException(
            $"No published workflow has the id '{definitionId}', which the step '{context.Activity.DisplayText}' is to start.");
    }

    /// <param name="bookmark">Where the parent waits; null when it does not.</param>
    public static ChildWorkflow Of(ActivityContext context, Guid id, string definitionId, Value input, string? correlationId, Guid? bookmark)
    {
        var given = new Dictionary<string, Value> { ["ParentInstanceId"] = context.WorkflowInstanceId };
        if (input.Kind == ValueKind.String) input = Value.FromJson(input.String);
        if (input.Kind == ValueKind.Object)
            foreach (var (name, value) in input.Members) given[name] = value.Clone();
        return new ChildWorkflow(id, definitionId, given, correlationId, bookmark is { } b ? new ParentLink(context.WorkflowInstanceId, b) : null);
    }
}

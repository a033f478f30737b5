using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>What happened to a saved record.</summary>
public enum RecordChange { Created, Changed }

/// <summary>A kind of record whose saving processes may follow.</summary>
public sealed record RecordType(string Name);

/// <summary>Which savings a <c>CrmFlow.RecordSaved</c> step is for.</summary>
internal enum SavedWhen { Created, Changed, Always }

/// <summary>
/// The trigger "record created or changed". As a trigger it starts an instance in the very command that saves the record; met in the middle of a flow
/// it waits until the record of its correlation id is saved. The condition is asked each time, with <c>RecordId</c>, <c>Kind</c> and <c>Record</c> as
/// inputs.
/// </summary>
[Activity(TypeName, IsTrigger = true)]
internal sealed class RecordSaved : ITrigger
{
    public const string TypeName = "CrmFlow.RecordSaved";

    /// <summary>As registered with <c>AddRecordType</c>; a literal, because publishing indexes it.</summary>
    [Input(Editor = "record-type")] public string RecordType { get; set; } = "";
    [Input] public SavedWhen When { get; set; } = SavedWhen.Created;
    [Input(Editor = "expression")] public bool Condition { get; set; } = true;

    [Output] public Guid RecordId { get; private set; }
    /// <summary>The record's type again, for flows several triggers lead into.</summary>
    [Output] public string? SavedType { get; private set; }
    /// <summary><c>Created</c> or <c>Changed</c>.</summary>
    [Output] public string? Kind { get; private set; }
    /// <summary>What the module says of the record.</summary>
    [Output] public Value Record { get; private set; }

    public IEnumerable<TriggerStimulus> Listen(TriggerMoment moment) => RecordType.Length == 0 ? [] : [new TriggerStimulus(TypeName, RecordType)];

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (!context.IsStartingTrigger && context.CorrelationId is null)
            throw new InvalidOperationException(
                $"The step '{context.Activity.DisplayText}' waits for the record of the instance's correlation id, and the instance has none. Set it with Elsa.Correlate before this step.");
        if (!context.IsStartingTrigger) return new(ActivityResult.Wait(new BookmarkRequest(TypeName) { Key = RecordType, AutoBurn = false }));
        return new(IsForMe(context) ? ActivityResult.Complete() : ActivityResult.Decline());
    }

    public ValueTask<ActivityResult> ResumeAsync(ActivityContext context, Resumption resumption, CancellationToken ct) =>
        new(IsForMe(context) ? ActivityResult.Complete() : ActivityResult.Wait());

    private bool IsForMe(ActivityContext context)
    {
        (RecordId, SavedType, Kind, Record) = (context.GetInput("RecordId").ToGuid() ?? Guid.Empty, context.GetInput("RecordType").ToText(),
            context.GetInput("Kind").ToText(), context.GetInput("Record"));
        return Condition && (When == SavedWhen.Always || When.ToString() == Kind);
    }

    /// <summary>Publishing refuses a record type nobody registered: such a trigger would never start anything.</summary>
    public static ActivityDescriptor Describe(IServiceProvider services)
    {
        var known = services.GetServices<RecordType>().Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return ActivityDescriptor.For(_ => new RecordSaved()) with { Validate = step => Validate(step, known) };
    }

    private static IEnumerable<DefinitionProblem> Validate(CompiledActivity step, HashSet<string> known)
    {
        var type = WorkflowDefinitions.Literal(step.Json["recordType"]);
        if (type is null || !known.Contains(type)) yield return new(step.Id, "recordType", "problem.definition-record-type",
            [step.DisplayText, type ?? "", string.Join(", ", known.Order(StringComparer.Ordinal))]);
    }
}

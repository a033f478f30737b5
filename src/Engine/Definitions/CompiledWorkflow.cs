namespace CrmFlow.Engine;

/// <summary>
/// A definition compiled once into an immutable indexed graph: integer node ids, adjacency arrays, compiled expressions.
/// Cached by version id and shared by all instances of that version.
/// </summary>
public sealed class CompiledWorkflow
{
    public required string DefinitionId { get; init; }
    /// <summary>The id of the stored version row.</summary>
    public required string VersionId { get; init; }
    public required int Version { get; init; }
    public required string Name { get; init; }
    /// <summary>All steps depth first; the implicit <c>Workflow1</c> is 0, the root activity 1.</summary>
    public required CompiledActivity[] Activities { get; init; }
    /// <summary>Incident strategy: true for ContinueWithIncidents, false for Elsa's default FaultStrategy.</summary>
    public required bool ContinueWithIncidents { get; init; }
    /// <summary>What publishing would refuse or warn about. A graph with errors still runs until it reaches them.</summary>
    public required IReadOnlyList<DefinitionProblem> Problems { get; init; }

    public CompiledActivity? Find(string activityId) => Array.Find(Activities, a => a.Id == activityId);
    public CompiledActivity? FindNode(string nodeId) => Array.Find(Activities, a => a.NodeId == nodeId);

    /// <summary>Compiles against the registered activity types; never throws for a readable definition.</summary>
    public static CompiledWorkflow Compile(WorkflowDefinition definition, string versionId, ActivityCatalog catalog) => throw new NotImplementedException();
}

/// <summary>A step of the compiled graph.</summary>
public sealed partial class CompiledActivity
{
    public required int Index { get; init; }
    /// <summary>Index of the container; -1 for the workflow itself.</summary>
    public required int Parent { get; init; }
    public required string Id { get; init; }
    /// <summary>Path of ids joined with <c>:</c>, unique in the workflow.</summary>
    public required string NodeId { get; init; }
    public required string Type { get; init; }
    public string? Name { get; init; }
    /// <summary><c>metadata.displayText</c>, else the name, else the id.</summary>
    public required string DisplayText { get; init; }
    /// <summary>The step's JSON, for plain inputs and for the designer.</summary>
    public required System.Text.Json.Nodes.JsonObject Json { get; init; }
}

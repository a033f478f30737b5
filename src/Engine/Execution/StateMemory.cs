namespace CrmFlow.Engine;

/// <summary>
/// What a step can change of the state by itself while it runs, as it was before: when it fails in careful mode its variables go back with its rows.
/// Scheduling, bookmarks and journal are the runner's and change only after the step.
/// </summary>
internal readonly struct StateMemory
{
    private readonly Burst _burst;
    private readonly List<(ActivityInstance Scope, Dictionary<string, Value>? Variables)> _variables = [];
    private readonly Dictionary<string, Value> _output;
    private readonly string? _correlationId, _name;
    private readonly int _lines, _requests;

    public StateMemory(Burst burst, ActivityInstance instance)
    {
        _burst = burst;
        for (var scope = instance; scope is not null; scope = scope.Parent)
            _variables.Add((scope, scope.Variables is null ? null : new(scope.Variables)));
        _output = new(burst.State.Output);
        (_correlationId, _name, _lines, _requests) = (burst.State.CorrelationId, burst.State.Name, burst.Lines.Count, burst.Requests.Count);
    }

    public void Restore()
    {
        foreach (var (scope, variables) in _variables) scope.Variables = variables;
        var state = _burst.State;
        state.Output.Clear();
        foreach (var (name, value) in _output) state.Output[name] = value;
        (state.CorrelationId, state.Name) = (_correlationId, _name);
        _burst.Lines.RemoveRange(_lines, _burst.Lines.Count - _lines);
        _burst.Requests.RemoveRange(_requests, _burst.Requests.Count - _requests);
    }
}

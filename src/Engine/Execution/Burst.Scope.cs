namespace CrmFlow.Engine;

/// <summary>Variables and inputs as seen from a step: nearest container outwards to the workflow (elsa-format §6).</summary>
public sealed partial class Burst
{
    internal Value GetVariable(ActivityInstance from, string name) =>
        Find(from, name) is var (owner, id) && owner is not null ? Read(owner, id!) : Value.Undefined;

    internal bool HasVariable(ActivityInstance from, string name) => Find(from, name).Owner is not null;

    internal void SetVariable(ActivityInstance from, string name, Value value)
    {
        var (owner, id) = Find(from, name);
        owner ??= Outermost(from);
        (owner.Variables ??= [])[id ?? name] = value.Clone(); // never shared with where it came from
    }

    internal Value GetVariableById(ActivityInstance from, string id, string? name)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
            if (scope.Variables?.ContainsKey(id) == true || Declared(scope, id) is not null) return Read(scope, id);
        return name is null ? Value.Null : GetVariable(from, name); // a variable made on the fly has no id but its name
    }

    internal bool SetVariableById(ActivityInstance from, string id, Value value)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
        {
            if (scope.Variables?.ContainsKey(id) != true && Declared(scope, id) is null) continue;
            (scope.Variables ??= [])[id] = value.Clone();
            return true;
        }
        return false;
    }

    /// <summary>
    /// The nearest workflow around a step that declares the output: one used as an activity keeps it with its variables until it ends.
    /// </summary>
    internal void SetOutput(ActivityInstance from, string name, Value value)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
        {
            if (Workflow.Activities[scope.Node].Composite is not { } composite || !composite.Outputs.Contains(name)) continue;
            (scope.Variables ??= [])[CompositeWorkflow.OutputVariable(name)] = value;
            return;
        }
        State.Output[name] = value;
    }

    /// <summary>An input of the nearest workflow around a step: inside one used as an activity its inputs are variables (elsa-format §6.1).</summary>
    internal Value GetInput(ActivityInstance from, string name)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
            if (Workflow.Activities[scope.Node].Composite is { } composite && composite.InputNamed(name) is { } input) return Read(scope, input);
        return GetInput(name);
    }

    internal Value GetInput(string name) =>
        TryInput(ResumeInput, name, out var value) || TryInput(State.Input, name, out value) ? value : Value.Undefined;

    internal bool HasInput(string name) => TryInput(ResumeInput, name, out _) || TryInput(State.Input, name, out _);

    internal Value GetOutputFrom(string activityIdOrName, string? outputName)
    {
        var id = activityIdOrName;
        if (!State.OutputRegister.TryGetValue(id, out var outputs))
        {
            var named = Array.Find(Workflow.Activities, a => a.Name == activityIdOrName)
                ?? Array.Find(Workflow.Activities, a => string.Equals(a.Name, activityIdOrName, StringComparison.OrdinalIgnoreCase));
            if (named is null || !State.OutputRegister.TryGetValue(named.Id, out outputs)) return Value.Undefined;
        }
        return outputs.TryGetValue(outputName ?? "Result", out var value) ? value : Value.Undefined;
    }

    /// <summary>Exact names first; then, for generated accessors such as <c>getTheSum()</c>, names that differ in case only.</summary>
    private (ActivityInstance? Owner, string? Id) Find(ActivityInstance from, string name)
    {
        for (var comparison = StringComparison.Ordinal; ; comparison = StringComparison.OrdinalIgnoreCase)
        {
            for (var scope = from; scope is not null; scope = scope.Parent)
            {
                foreach (var variable in Workflow.Activities[scope.Node].Variables)
                    if (string.Equals(variable.Name, name, comparison)) return (scope, variable.Id);
                if (scope.Variables is not { } own) continue;
                if (own.ContainsKey(name)) return (scope, name);
                if (comparison == StringComparison.Ordinal) continue;
                foreach (var key in own.Keys)
                    if (string.Equals(key, name, comparison)) return (scope, key);
            }
            if (comparison == StringComparison.OrdinalIgnoreCase) return default;
        }
    }

    private CompiledVariable? Declared(ActivityInstance scope, string id)
    {
        foreach (var variable in Workflow.Activities[scope.Node].Variables)
            if (variable.Id == id) return variable;
        return null;
    }

    private Value Read(ActivityInstance owner, string id)
    {
        if (owner.Variables is { } own && own.TryGetValue(id, out var value)) return value;
        value = Declared(owner, id)?.Default ?? Value.Undefined;
        if (value.Kind is not (ValueKind.Array or ValueKind.Object)) return value;
        return (owner.Variables ??= [])[id] = value.Clone(); // this instance's own, so that it can be changed in place
    }

    private static ActivityInstance Outermost(ActivityInstance from)
    {
        while (from.Parent is { } parent) from = parent;
        return from;
    }

    private static bool TryInput(Dictionary<string, Value>? inputs, string name, out Value value)
    {
        value = default;
        if (inputs is null) return false;
        if (inputs.TryGetValue(name, out value)) return true;
        foreach (var (key, candidate) in inputs)
        {
            if (!string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) continue;
            value = candidate;
            return true;
        }
        return false;
    }
}

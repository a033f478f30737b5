namespace CrmFlow.Engine;

public sealed partial class Burst
{
    internal Value GetVariable(ActivityInstance from, string name) => throw new NotImplementedException();
    internal void SetVariable(ActivityInstance from, string name, Value value) => throw new NotImplementedException();
    internal bool SetVariableById(ActivityInstance from, string id, Value value) => throw new NotImplementedException();
    internal Value GetInput(string name) => throw new NotImplementedException();
}

namespace CrmFlow.Runtime;

/// <summary>"Something changed for principal X": told after a commit, across hosts where the database can carry it. Pages ask again; nothing else travels here.</summary>
public sealed class LiveUpdates
{
    /// <summary>Calls back, on any thread, when one of the principals is told. Dispose to stop.</summary>
    public IDisposable Subscribe(IEnumerable<string> principals, Action changed) => throw new NotImplementedException();
    internal void Tell(IEnumerable<string> principals) => throw new NotImplementedException();
}

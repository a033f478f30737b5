using System.Collections.Concurrent;
using System.Text.Json;

namespace CrmFlow.Runtime;

/// <summary>
/// "Something changed for principal X": told after a commit, across hosts where the database can carry it. Pages ask again; nothing else travels
/// here.
/// </summary>
public sealed class LiveUpdates
{
    internal const string Channel = "crmflow_changed";
    /// <summary>Stands for every principal: more were told than fit into one message, or messages may have been missed.</summary>
    internal const string Everybody = "*";
    private const int MaxMessage = 7000;

    private readonly string _host = Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString("N");
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Subscription, bool>> _byPrincipal = new();

    /// <summary>Calls back, on any thread, when one of the principals is told. Dispose to stop.</summary>
    public IDisposable Subscribe(IEnumerable<string> principals, Action changed)
    {
        var subscription = new Subscription(this, [.. principals.Distinct()], changed);
        foreach (var principal in subscription.Principals) _byPrincipal.GetOrAdd(principal, _ => new()).TryAdd(subscription, true);
        return subscription;
    }

    internal void Tell(IEnumerable<string> principals)
    {
        var told = new HashSet<Subscription>();
        foreach (var principal in principals.Distinct())
        {
            if (principal == Everybody) told.UnionWith(_byPrincipal.Values.SelectMany(s => s.Keys));
            else if (_byPrincipal.TryGetValue(principal, out var subscriptions)) told.UnionWith(subscriptions.Keys);
        }
        foreach (var subscription in told) subscription.Changed();
    }

    /// <summary>One message, with the host's own mark: it has told its own pages already.</summary>
    internal string Message(IEnumerable<string> principals)
    {
        var message = JsonSerializer.Serialize(principals.Distinct().Prepend(_host));
        return System.Text.Encoding.UTF8.GetByteCount(message) <= MaxMessage ? message : JsonSerializer.Serialize(new[] { _host, Everybody });
    }

    internal void Heard(string message)
    {
        var parts = JsonSerializer.Deserialize<string[]>(message) ?? [];
        if (parts.Length > 1 && parts[0] != _host) Tell(parts.Skip(1));
    }

    private sealed class Subscription(LiveUpdates owner, string[] principals, Action changed) : IDisposable
    {
        public string[] Principals => principals;
        public void Changed() => changed();

        public void Dispose()
        {
            foreach (var principal in principals)
                if (owner._byPrincipal.TryGetValue(principal, out var subscriptions)) subscriptions.TryRemove(this, out _);
        }
    }
}

using Microsoft.Extensions.Logging;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>
/// Tells other hosts through PostgreSQL what the commits of this one changed: after them and together, for a commit that notifies waits for every
/// other one that does. A host that dies within these milliseconds has told its commit to nobody; its pages are gone with it, and others ask again at
/// their next step.
/// </summary>
internal sealed class LiveUpdateSender(RuntimeDatabase database, LiveUpdates live, ILogger<LiveUpdateSender> log) : IAsyncDisposable
{
    /// <summary>What is told within it goes as one message. Real time, as the server's answers are.</summary>
    private static readonly TimeSpan Gathers = TimeSpan.FromMilliseconds(20);
    // Nothing is lost with the server that is not lost with its listeners, so nobody waits for its disk.
    private const string Notify = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('" + LiveUpdates.Channel + "', $1)";

    private readonly Lock _turn = new();
    private HashSet<string> _untold = [];
    private Task? _sending;

    public void Tell(IEnumerable<string> principals)
    {
        if (database.Postgres is not { } server) return;
        lock (_turn)
        {
            _untold.UnionWith(principals);
            if (_untold.Count > 0) _sending ??= Task.Run(() => SendAsync(server));
        }
    }

    private async Task SendAsync(NpgsqlDataSource server)
    {
        while (true)
        {
            await Task.Delay(Gathers);
            HashSet<string> told;
            lock (_turn)
            {
                (told, _untold) = (_untold, []);
                if (told.Count == 0)
                {
                    _sending = null;
                    return;
                }
            }
            try
            {
                await using var notify = server.CreateCommand(Notify);
                notify.Parameters.AddWithValue(live.Message(told));
                await notify.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or TimeoutException)
            {
                log.LogWarning(e, "Other hosts were not told what changed; they are told to look at everything with the next change");
                lock (_turn)
                {
                    _untold.Add(LiveUpdates.Everybody);
                    _sending = null;
                    return;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sending is { } last) await last;
    }
}

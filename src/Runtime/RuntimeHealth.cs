using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Runtime;

/// <summary>Whether this host can do its work, for <c>/healthz</c> and <c>/readyz</c>.</summary>
public sealed class RuntimeHealth
{
    /// <summary>A row that waits longer than this means nobody is pumping.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromMinutes(2);

    private readonly RuntimeDatabase _database;
    private readonly DuePump _pump;
    private readonly TimeProvider _clock;

    internal RuntimeHealth(RuntimeDatabase database, DuePump pump, TimeProvider clock) => (_database, _pump, _clock) = (database, pump, clock);

    /// <summary>Pages show their "cannot be saved" strip while this is true.</summary>
    public bool IsDiskFull => _database.DiskFull;

    /// <summary>
    /// Asks the database and looks how far the pump is behind. After a full disk it tries a write, so that health turns green by itself.
    /// </summary>
    public async Task<HealthReport> CheckAsync(CancellationToken ct)
    {
        try
        {
            var lag = await _pump.LagAsync(ct);
            if (_database.DiskFull) await ProbeAsync(ct);
            var late = lag.DueAge > lag.OutboxAge ? lag.DueAge : lag.OutboxAge;
            return new HealthReport(DatabaseAnswers: true, CanWrite: !_database.DiskFull, PumpIsOnTime: late < MaxLag, lag.DueAge, lag.OutboxAge);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or DbUpdateException or InvalidOperationException or TimeoutException)
        {
            return new HealthReport(DatabaseAnswers: false, CanWrite: false, PumpIsOnTime: false, default, default);
        }
    }

    private async Task ProbeAsync(CancellationToken ct)
    {
        try
        {
            var key = Guid.CreateVersion7(_clock.GetUtcNow()).ToString();
            await _database.WriteAsync("INSERT INTO due (kind, due_key, due_at, attempts) VALUES ('health', @key, @now, 0)",
                [("key", key), ("now", _clock.GetUtcNow())], ct);
            await _database.WriteAsync("DELETE FROM due WHERE kind = 'health'", [], ct);
            _database.DiskFull = false;
        }
        catch (Exception e) when (_database.Dialect.IsDiskFull(e))
        {
            // Still full.
        }
    }
}

/// <param name="DueAge">How long the oldest due row has been waiting.</param>
public sealed record HealthReport(bool DatabaseAnswers, bool CanWrite, bool PumpIsOnTime, TimeSpan DueAge, TimeSpan OutboxAge)
{
    /// <summary>The process should not be restarted for a full disk or a slow pump; only for a database it cannot reach.</summary>
    public bool IsAlive => DatabaseAnswers;
    public bool IsReady => DatabaseAnswers && CanWrite && PumpIsOnTime;
}

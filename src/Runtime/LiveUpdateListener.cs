using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>Hears what other hosts tell through PostgreSQL. After a gap everybody is told: something may have been missed.</summary>
internal sealed class LiveUpdateListener(RuntimeDatabase database, LiveUpdates live, TimeProvider clock, ILogger<LiveUpdateListener> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Options.Provider != DatabaseProvider.PostgreSql) return;
        var settings = new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { Pooling = false, KeepAlive = 30 };
        for (var isFirst = true; !stoppingToken.IsCancellationRequested; isFirst = false)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(stoppingToken);
                connection.Notification += (_, heard) => live.Heard(heard.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {LiveUpdates.Channel}", connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                if (!isFirst) live.Tell([LiveUpdates.Everybody]);
                while (true) await connection.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "Lost the line to other hosts; calling again in {Pause}", Pause);
            }
            try
            {
                await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

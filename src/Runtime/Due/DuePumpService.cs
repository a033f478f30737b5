using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>Keeps the pump running: sleeps to the nearest row, woken by a commit that inserted an earlier one. It never gives up.</summary>
internal sealed class DuePumpService(DuePump pump, Claims claims, OutboxDelivery outbox, PumpSignal signal, TimeProvider clock, ILogger<DuePumpService> log) : BackgroundService
{
    /// <summary>Looks at least this often: another host may have inserted a row and died before it ran it.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isStarted = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var until = clock.GetUtcNow() + LongestSleep;
            try
            {
                signal.Arm();
                if (!isStarted)
                {
                    await claims.ReleaseAsync(stoppingToken);
                    await outbox.ResumeAsync(stoppingToken);
                    isStarted = true;
                }
                await pump.RunDueAsync(stoppingToken);
                await pump.LagAsync(stoppingToken);
                if (await claims.NextAsync(stoppingToken) is { } next && next < until) until = next;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "The pump could not work; it tries again in {Pause}", AfterFailure);
                until = clock.GetUtcNow() + AfterFailure;
                signal.Arm();
            }
            try
            {
                await signal.SleepAsync(until, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

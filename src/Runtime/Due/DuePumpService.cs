using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Keeps the pump running, and beside it the delivery of mails: a mail server that takes its time holds up no timer. Each sleeps to its nearest row,
/// woken by a commit that inserted an earlier one. Neither ever gives up.
/// </summary>
internal sealed class DuePumpService(DuePump pump, Claims claims, OutboxDelivery outbox, PumpSignals signals, TimeProvider clock,
    ILogger<DuePumpService> log) : BackgroundService
{
    /// <summary>Looks at least this often: another host may have inserted a row and died before it ran it.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        KeepAsync("The pump", signals.Due, claims.ReleaseDueAsync, async ct =>
        {
            await pump.RunDueAsync(ct);
            await pump.LagAsync(ct);
            return await claims.NextDueAsync(ct);
        }, stoppingToken),
        KeepAsync("The delivery of mails", signals.Mail, outbox.ResumeAsync, async ct =>
        {
            await outbox.DeliverAsync(ct);
            return await claims.NextMailAsync(ct);
        }, stoppingToken));

    /// <param name="workAsync">Works off what there is and says when there is more.</param>
    private async Task KeepAsync(string who, PumpSignal signal,
        Func<CancellationToken, Task> startAsync, Func<CancellationToken, Task<DateTimeOffset?>> workAsync, CancellationToken stoppingToken)
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
                    await startAsync(stoppingToken);
                    isStarted = true;
                }
                if (await workAsync(stoppingToken) is { } next && next < until) until = next;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "{Who} could not work; it tries again in {Pause}", who, AfterFailure);
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

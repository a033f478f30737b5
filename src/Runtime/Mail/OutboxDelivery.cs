using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Runtime;

/// <summary>
/// Sends what commits left in the outbox: at least once, several at a time, never inside a transaction. What the server does not take is tried again
/// later and
/// later, for about two days; then it stays with its error until an administrator sends it again, and so does at once what it refuses for good.
/// </summary>
internal sealed class OutboxDelivery(Claims claims, IMailTransport transport, TimeProvider clock, RuntimeMetrics metrics, ILogger<OutboxDelivery> log)
{
    /// <summary>So many mails are claimed and sent at a time: one that waited in line for the others would wait on its lease.</summary>
    public const int Senders = 8;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(4),
            TimeSpan.FromHours(12), TimeSpan.FromHours(24),
    ];

    /// <summary>At start: mails that waited for a server, or for its settings to be mended, have one now.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await claims.ReleaseMailAsync(ct);
        if (transport.IsConfigured) await claims.RequeueMailAsync(ct);
    }

    public async Task<int> DeliverAsync(CancellationToken ct)
    {
        var count = 0;
        foreach (var triedBefore in (bool[])[false, true])
        {
            List<ClaimedItem> items;
            do
            {
                items = await claims.OutboxAsync(triedBefore, Senders, ct);
                count += items.Count;
                await Parallel.ForEachAsync(items, new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Senders },
                    async (item, token) => await SendAsync(item, token));
            }
            while (items.Count == Senders);
        }
        return count;
    }

    private async Task SendAsync(ClaimedItem item, CancellationToken ct)
    {
        if (!transport.IsConfigured)
        {
            await claims.OutboxFailedAsync(item, next: null, MailProblem.NoServer, ct);
            return;
        }
        using var span = RuntimeMetrics.MailSpan(item.Attempts);
        try
        {
            var mail = JsonSerializer.Deserialize<Mail>(item.Payload!, CrmJson.Options)!;
            FaultInjection.Hit(FaultPoint.BeforeEffect);
            await transport.SendAsync(mail, item.Key, ct);
            FaultInjection.Hit(FaultPoint.AfterEffect);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            RuntimeMetrics.Describe(span, RuntimeMetrics.Failed);
            log.LogWarning(e, "Mail {Key} not sent, attempt {Attempt}", item.Key, item.Attempts);
            var isGivenUp = e is MailFailedException { IsFinal: true } || item.Attempts > Pauses.Length;
            DateTimeOffset? next = isGivenUp ? null : clock.GetUtcNow() + Pauses[item.Attempts - 1];
            await claims.OutboxFailedAsync(item, next, e.Message, ct);
            return;
        }
        await claims.SentAsync(item, ct);
        RuntimeMetrics.Describe(span, "Delivered");
        metrics.Delivered(1);
    }
}

namespace CrmFlow.Runtime;

/// <summary>
/// Who sleeps until a table has something for it: the pump over due rows, and the delivery of mails, which keeps nobody waiting but mails.
/// </summary>
internal sealed class PumpSignals
{
    public PumpSignal Due { get; } = new();
    public PumpSignal Mail { get; } = new();
}

/// <summary>Wakes a sleeper when a commit put something into its table that is due before it meant to wake.</summary>
internal sealed class PumpSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _planned = DateTimeOffset.MaxValue;

    public void Wake(DateTimeOffset at)
    {
        lock (_lock)
            if (at < _planned) _woken.TrySetResult();
    }

    /// <summary>Call before looking into the table, so that nothing inserted after the look is missed.</summary>
    public void Arm()
    {
        lock (_lock)
        {
            _planned = DateTimeOffset.MaxValue;
            if (_woken.Task.IsCompleted) _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Sleeps until the instant, or until something earlier came.</summary>
    public async Task SleepAsync(DateTimeOffset until, TimeProvider clock, CancellationToken ct)
    {
        Task woken;
        lock (_lock)
        {
            _planned = until;
            woken = _woken.Task;
        }
        var pause = until - clock.GetUtcNow();
        if (pause <= TimeSpan.Zero) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(woken, Task.Delay(pause, clock, stop.Token));
        await stop.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}

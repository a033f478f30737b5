namespace CrmFlow.Durability.Tests;

/// <summary>
/// A clock that goes several times as fast, so that a lease of a minute is over in seconds. All processes of a run, given the same epoch, read the
/// same time from it.
/// </summary>
internal sealed class FastClock(DateTimeOffset epoch, int speed) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => epoch + (System.GetUtcNow() - epoch) * speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Real(dueTime), Real(period));

    private TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / speed;
}

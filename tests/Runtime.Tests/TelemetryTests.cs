namespace CrmFlow.Runtime.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public void Spans_allocate_nothing_while_nobody_listens()
    {
        var id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        Spans(id); // compiled
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Spans(id);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Spans(Guid id)
    {
        using var burst = RuntimeMetrics.BurstSpan("settlement", id);
        using var batch = RuntimeMetrics.BatchSpan(7);
        using var call = RuntimeMetrics.CallSpan(id, 1);
        using var mail = RuntimeMetrics.MailSpan(1);
        RuntimeMetrics.Describe(burst, RuntimeMetrics.Failed);
    }
}

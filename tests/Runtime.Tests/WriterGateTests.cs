using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

/// <summary>Tests that set the process-wide fault hook run alone.</summary>
[CollectionDefinition(nameof(FaultInjection), DisableParallelization = true)]
public sealed class FaultInjectionTests;

/// <summary>SQLite's one way to write: groups, one commit, nobody told before it.</summary>
[Collection(nameof(FaultInjection))]
public sealed class WriterGateTests : IAsyncLifetime
{
    private TestHost<Sqlite> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<Sqlite>.StartAsync();

    public async ValueTask DisposeAsync()
    {
        FaultInjection.At = null;
        await _host.DisposeAsync();
    }

    private Task<Result<Guid>> WriteAsync(string text) =>
        Task.Run(() => _host.CommandAsync<Sqlite, Guid>(cmd => Task.FromResult<Result<Guid>>(cmd.Add(text).Id)), Ct);

    /// <summary>Stops the loop before a commit and lets it go on.</summary>
    private sealed class Stop : IDisposable
    {
        private readonly ManualResetEventSlim _go = new();
        private int _times = 1;
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stop() => FaultInjection.At = point =>
        {
            if (point != FaultPoint.BeforeCommit || Interlocked.Decrement(ref _times) < 0) return;
            Reached.SetResult();
            _go.Wait(TimeSpan.FromSeconds(20));
        };

        public void Dispose() => _go.Set();
    }

    /// <summary>
    /// EF's questions are answered by statements that are kept: each call has its own values, also while another answer of the same text is being
    /// read, and more texts than are kept do no harm.
    /// </summary>
    [Fact]
    public async Task A_command_asks_the_same_again_with_other_values_and_inside_of_itself()
    {
        foreach (var text in (string[])["一", "二", "三"]) await WriteAsync(text);
        var answers = await _host.ValueAsync(async cmd =>
        {
            var found = new List<string>();
            foreach (var text in (string[])["一", "三", "四", "二"])
                found.AddRange(await cmd.Db.Set<Note>().Where(n => n.Text == text).Select(n => n.Text).ToListAsync(Ct));
            var inside = 0;
            await foreach (var _ in cmd.Db.Set<Note>().AsNoTracking().AsAsyncEnumerable())
                inside += (await cmd.Db.Set<Note>().AsNoTracking().ToListAsync(Ct)).Count;
            for (var i = 0; i < 400; i++) (await cmd.Db.Set<Note>().FromSqlRaw("SELECT * FROM note".PadRight(20 + i)).CountAsync(Ct)).ShouldBe(3);
            return (string.Join(' ', found), inside, await cmd.Db.Set<Note>().CountAsync(n => n.Text == "二", Ct));
        });
        answers.ShouldBe(("一 三 二", 9, 1));
    }

    [Fact]
    public async Task Nobody_is_told_before_the_commit_not_even_of_a_refusal()
    {
        var stop = new Stop();
        var write = WriteAsync("one");
        await stop.Reached.Task;
        write.IsCompleted.ShouldBeFalse();
        (await _host.NotesAsync()).ShouldBeEmpty();
        stop.Dispose();
        (await write).Failed.ShouldBeFalse();
        (await _host.NotesAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_finds_the_writer_idle_writes_on_its_own_thread_and_apart_from_its_circuit()
    {
        await WriteAsync("the connection is open");
        var circuit = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            (int Thread, SynchronizationContext? Circuit) seen = default;
            var written = _host.Gate.RunAsync(background: false, _ =>
            {
                seen = (Environment.CurrentManagedThreadId, SynchronizationContext.Current);
                return Task.FromResult(true);
            }, Ct);
            written.IsCompletedSuccessfully.ShouldBeTrue();
            seen.ShouldBe((Environment.CurrentManagedThreadId, null));
            SynchronizationContext.Current.ShouldNotBeNull();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(circuit);
        }
    }

    [Fact]
    public async Task What_is_queued_when_the_host_stops_is_still_written_and_whoever_comes_later_refused()
    {
        var stop = new Stop();
        var writes = new[] { WriteAsync("first") }.ToList();
        await stop.Reached.Task;
        writes.AddRange(Enumerable.Range(0, 10).Select(i => WriteAsync($"queued {i}")));
        await UntilAsync(() => _host.Gate.Queued == 10);
        var stopped = _host.Gate.DisposeAsync().AsTask();
        stopped.IsCompleted.ShouldBeFalse();
        stop.Dispose();
        (await Task.WhenAll(writes)).ShouldAllBe(r => !r.Failed);
        await stopped;
        (await _host.NotesAsync()).Count.ShouldBe(11);
        await Should.ThrowAsync<ObjectDisposedException>(() => WriteAsync("too late"));
    }

    [Fact]
    public async Task What_queues_up_during_a_commit_shares_the_next_one()
    {
        var stop = new Stop();
        var first = WriteAsync("first");
        await stop.Reached.Task;
        var commits = _host.Database.Counters.Commits;
        var queued = Enumerable.Range(0, 40).Select(i => WriteAsync($"queued {i}")).ToList();
        await UntilAsync(() => _host.Gate.Queued == 40);
        stop.Dispose();
        await first;
        (await Task.WhenAll(queued)).ShouldAllBe(r => !r.Failed);
        (_host.Database.Counters.Commits - commits).ShouldBeLessThan(20); // the first's own, and a few groups of up to 5 ms
        (await _host.NotesAsync()).Count.ShouldBe(41);
    }

    [Fact]
    public async Task When_the_common_commit_fails_each_is_run_again_by_itself()
    {
        var stop = new Stop();
        var first = WriteAsync("first");
        await stop.Reached.Task;
        var queued = Enumerable.Range(0, 10).Select(i => WriteAsync($"queued {i}")).ToList();
        await UntilAsync(() => _host.Gate.Queued == 10);
        var failures = 1;
        FaultInjection.At = point =>
        {
            if (point == FaultPoint.BeforeCommit && Interlocked.Decrement(ref failures) == 0) throw new SqliteException("disk I/O error", 10);
        };
        stop.Dispose();
        await first;
        (await Task.WhenAll(queued)).Count(r => r.Failed).ShouldBeLessThanOrEqualTo(1); // alone in its group it would be its own failure
        (await _host.NotesAsync()).Count.ShouldBeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public async Task A_command_that_fails_takes_nothing_of_its_neighbours()
    {
        var writes = Enumerable.Range(0, 50).Select(i => i % 5 == 0
            ? Task.Run(async () => await Should.ThrowAsync<InvalidTimeZoneException>(() => _host.CommandAsync<Sqlite, Guid>(cmd =>
            {
                cmd.Add($"bad {i}");
                throw new InvalidTimeZoneException();
            })), Ct)
            : WriteAsync($"good {i}") as Task).ToList();
        await Task.WhenAll(writes);
        var notes = await _host.NotesAsync();
        notes.Count.ShouldBe(40);
        notes.ShouldAllBe(n => n.Text.StartsWith("good"));
    }

    [Fact]
    public async Task People_go_before_maintenance_that_queued_first()
    {
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Task Background(string name) => _host.Gate.RunAsync(background: true, _ =>
        {
            order.Enqueue(name);
            return Task.FromResult(true);
        }, Ct);
        var stop = new Stop();
        var first = WriteAsync("first");
        await stop.Reached.Task;
        var maintenance = Enumerable.Range(0, 5).Select(i => Background($"maintenance {i}")).ToList();
        var person = _host.CommandAsync<Sqlite, int>(_ =>
        {
            order.Enqueue("person");
            return Task.FromResult<Result<int>>(1);
        });
        stop.Dispose();
        await Task.WhenAll([first, person, .. maintenance]);
        order.First().ShouldBe("person");
        order.Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_full_disk_refuses_turns_health_red_and_recovers_by_itself()
    {
        await WriteAsync("before");
        async Task<Result<Guid>> FillAsync(Command cmd)
        {
            await cmd.Db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1", Ct); // no page may be added any more
            for (var i = 0; i < 2000; i++) cmd.Add($"big {i} {new string('x', 300)}");
            return Guid.Empty;
        }
        var refused = await _host.CommandAsync<Sqlite, Guid>(FillAsync);
        refused.Problem.ShouldBeOfType<StorageUnavailable>().Kind.ShouldBe(ProblemKind.Unavailable);
        (await _host.NotesAsync()).ShouldHaveSingleItem();
        var health = _host.Get<RuntimeHealth>();
        health.IsDiskFull.ShouldBeTrue();

        await _host.CommandAsync<Sqlite, Guid>(async cmd =>
        {
            await cmd.Db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1000000", Ct);
            return new NoteRefused();
        });
        (await health.CheckAsync(Ct)).IsReady.ShouldBeTrue();
        health.IsDiskFull.ShouldBeFalse();
        (await WriteAsync("after")).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task Writes_reach_the_disk_before_the_answer()
    {
        var settings = await _host.ValueAsync(async cmd =>
        {
            await using var ask = cmd.Db.Database.GetDbConnection().CreateCommand();
            ask.Transaction = cmd.Transaction.Transaction;
            ask.CommandText = "SELECT (SELECT synchronous FROM pragma_synchronous) || ' ' || (SELECT journal_mode FROM pragma_journal_mode)";
            return (string?)await ask.ExecuteScalarAsync(Ct) ?? "";
        });
        settings.ShouldBe("2 wal");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            i.ShouldBeLessThan(2000);
            await Task.Delay(5, Ct);
        }
    }
}

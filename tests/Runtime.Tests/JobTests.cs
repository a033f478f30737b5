using System.Collections.Concurrent;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class JobTestsOnSqlite : JobTests<Sqlite>;
public sealed class JobTestsOnPostgreSql : JobTests<PostgreSql>;
public sealed class JobTestsOnSqlServer : JobTests<SqlServer>;

public abstract class JobTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private readonly Desk _desk = new();
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(s => Configure(s, _desk));
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static void Configure(IServiceCollection services, Desk desk)
    {
        services.AddSingleton(desk).AddJob<WriteNotes>(WriteNotes.Kind).AddJobSchedule(WriteNotes.Kind, "0 30 2 * * *");
        services.Replace(ServiceDescriptor.Singleton(new JobActors((id, _) =>
            Task.FromResult(desk.KnowsNobody ? null
            : ((Actor, string)?)(id == NotesModule.Writer.UserId ? NotesModule.Writer : NotesModule.Reader, "zh")))));
        services.Replace(ServiceDescriptor.Singleton(new JobExecutor((_, id) => desk.Handed.Enqueue(id))));
    }

    private Task<Guid> StartAsync(int rows) =>
        _host.ValueAsync<TDatabase, Guid>(cmd => Task.FromResult(cmd.StartJob(WriteNotes.Kind, new Rows(rows), "名单.xlsx")));
    private static Task RunAsync(TestHost<TDatabase> host, Guid id) => host.Get<JobWorker>().RunAsync(id, Ct);
    private async Task<JobRow> RowAsync(Guid id) => (await _host.RowsAsync<TDatabase, JobRow>()).Single(j => j.Id == id);
    private JobAdministration Jobs => _host.Get<JobAdministration>();

    private async Task EveryRowOnceAsync(int rows)
    {
        var texts = (await _host.NotesAsync()).ConvertAll(n => n.Text);
        texts.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, rows).Select(i => $"row {i:0000}"));
    }

    [Fact]
    public async Task A_job_is_written_with_its_command_handed_over_after_the_commit_and_worked_off()
    {
        await _host.CommandAsync<TDatabase, bool>(cmd =>
            { cmd.StartJob(WriteNotes.Kind, new Rows(1)); return Task.FromResult<Result<bool>>(new NoteRefused()); });
        _desk.Handed.ShouldBeEmpty();
        var id = await StartAsync(40);
        _desk.Handed.ShouldBe([id]);
        await RunAsync(_host, id);
        await EveryRowOnceAsync(40);
        (await RowAsync(id)).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Done), j => (j.Done, j.Total).ShouldBe((40, 40)), j =>
            j.Result.ShouldBe(Phrase.Of("written", "40")),
            j => j.LeaseOwner.ShouldBeNull(), j => j.StartedByName.ShouldBe("王芳"), j => j.FinishedAt.ShouldNotBeNull());
        await RunAsync(_host, id); // told twice
        await EveryRowOnceAsync(40);
    }

    [Fact]
    public async Task A_job_whose_host_is_gone_is_taken_over_when_its_lease_ends_and_goes_on_from_the_last_chunk()
    {
        var id = await StartAsync(100);
        _desk.StopAfterChunks = 2;
        var dying = RunAsync(_host, id);
        await _desk.Stands.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct); // between two chunks, and then never again on time
        await using var other = _host.Another(s => Configure(s, _desk));
        await other.Get<JobSweep>().RunAsync(Ct);
        if (_host.Options.Provider == DatabaseProvider.Sqlite) { _desk.Goes.SetResult(); await dying; await EveryRowOnceOrLessAsync(); return; }
        await RunAsync(other, id); // its lease still holds
        (await RowAsync(id)).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Running), j => j.Fence.ShouldBe(1));
        var before = (await _host.NotesAsync()).Count;
        before.ShouldBeGreaterThan(0);

        await LapseAsync(id);
        _desk.Handed.Clear();
        await other.Get<JobSweep>().RunAsync(Ct);
        _desk.Handed.ShouldContain(id);
        await RunAsync(other, id);
        await EveryRowOnceAsync(100);
        _desk.Goes.SetResult();
        await dying; // the late one writes nothing more
        await EveryRowOnceAsync(100);
        (await RowAsync(id)).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Done), j => j.Fence.ShouldBe(2), j => j.Done.ShouldBe(100));
    }

    /// <summary>On SQLite the process that starts is the only one: it frees what its predecessor held, whose lease has not ended.</summary>
    private async Task EveryRowOnceOrLessAsync()
    {
        var row = (await _host.RowsAsync<TDatabase, JobRow>()).Single(j => j.Kind == WriteNotes.Kind);
        row.State.ShouldBe(JobState.Queued);
        await RunAsync(_host, row.Id);
        await EveryRowOnceAsync(100);
    }

    /// <summary>The lease ends as if the host had not been there to renew it.</summary>
    private Task LapseAsync(Guid id) => _host.Database.WriteAsync("UPDATE job SET lease_until = @past WHERE id = @id",
        [("past", _host.Clock.GetUtcNow().AddSeconds(-1)), ("id", id)], Ct);

    [Fact]
    public async Task The_lease_is_renewed_while_a_chunk_takes_its_time()
    {
        var id = await StartAsync(20);
        _desk.StopAfterChunks = 1;
        var working = RunAsync(_host, id);
        await _desk.Stands.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        for (var i = 1; i <= 6; i++)
        {
            var until = (await RowAsync(id)).LeaseUntil;
            _host.Clock.Advance(TimeSpan.FromSeconds(10));
            // The beat writes on a thread of its own, and may have set its clock only after ours had gone on.
            while ((await RowAsync(id)).LeaseUntil == until) _host.Clock.Advance(TimeSpan.FromMilliseconds(200));
        }
        (await RowAsync(id)).LeaseUntil!.Value.ShouldBeGreaterThan(_host.Clock.GetUtcNow());
        _desk.Goes.SetResult();
        await working;
        await EveryRowOnceAsync(20);
    }

    [Fact]
    public async Task A_stopped_job_stops_between_two_chunks_and_goes_on_where_it_left_off()
    {
        var id = await StartAsync(60);
        _desk.StopAfterChunks = 1;
        var working = RunAsync(_host, id);
        await _desk.Stands.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        (await Jobs.StopAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeNull();
        _desk.Goes.SetResult();
        await working;
        var stopped = await RowAsync(id);
        stopped.State.ShouldBe(JobState.Stopped);
        (await _host.NotesAsync()).Count.ShouldBe(stopped.Done);
        stopped.Done.ShouldBeInRange(1, 59);
        (await Jobs.StopAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeOfType<JobIsOver>();

        (await Jobs.RepeatAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeNull();
        await RunAsync(_host, id);
        await EveryRowOnceAsync(60);
        (await Jobs.RepeatAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeOfType<JobIsNotStopped>();
    }

    [Fact]
    public async Task A_queued_job_is_stopped_at_once_and_taken_by_nobody()
    {
        var id = await StartAsync(5);
        (await Jobs.StopAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeNull();
        await RunAsync(_host, id);
        (await RowAsync(id)).State.ShouldBe(JobState.Stopped);
        (await _host.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_breaks_is_tried_again_later_and_at_last_says_so_in_words()
    {
        var id = await StartAsync(5);
        _desk.Breaks = true;
        for (var attempt = 1; attempt <= JobWorker.MaxAttempts; attempt++)
        {
            await RunAsync(_host, id);
            await RunAsync(_host, id); // not before its time
            (await RowAsync(id)).Attempts.ShouldBe(attempt);
            _host.Clock.Advance(TimeSpan.FromMinutes(2));
        }
        (await RowAsync(id)).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Failed), j =>
            j.Error!.ShouldStartWith("⟦job.problem.broken|"), j => j.Detail!.ShouldContain("the pen broke"));
        _desk.Breaks = false;
        await Jobs.RepeatAsync(NotesModule.Writer, Guid.CreateVersion7(), id, Ct);
        await RunAsync(_host, id);
        await EveryRowOnceAsync(5);
    }

    [Fact]
    public async Task A_job_that_ends_its_host_each_time_is_given_up()
    {
        var id = await StartAsync(5);
        for (var i = 0; i < JobWorker.MaxAttempts; i++)
        {
            await _host.Database.WriteAsync(
                "UPDATE job SET state = 'Running', fence = fence + 1, attempts = attempts + 1, lease_until = @past WHERE id = @id",
                [("past", _host.Clock.GetUtcNow().AddSeconds(-1)), ("id", id)], Ct);
        }
        await RunAsync(_host, id);
        (await RowAsync(id)).ShouldSatisfyAllConditions(j => j.State.ShouldBe(JobState.Failed), j =>
            j.Error.ShouldBe(Phrase.Of("job.problem.dies", $"{JobWorker.MaxAttempts}")));
    }

    [Fact]
    public async Task A_job_ends_when_whoever_started_it_lost_the_right_or_is_gone()
    {
        var mine = await _host.Runtime.ExecuteAsync<Guid>(NotesModule.Read, NotesModule.Reader, Guid.CreateVersion7(), null, cmd =>
            Task.FromResult<Result<Guid>>(cmd.StartJob(WriteNotes.Kind, new Rows(3))), Ct);
        await RunAsync(_host, mine.Value); // a reader may not write
        (await RowAsync(mine.Value)).Error.ShouldBe(Phrase.Of("job.problem.right-gone"));
        var id = await StartAsync(3);
        _desk.KnowsNobody = true;
        await RunAsync(_host, id);
        (await RowAsync(id)).Error.ShouldBe(Phrase.Of("job.problem.starter-gone"));
        (await _host.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_ones_own_does_not_exist_without_the_right()
    {
        var id = await StartAsync(5);
        await RunAsync(_host, id);
        var all = new Actor(ActorKind.Staff, Guid.CreateVersion7(), "管理员") { Rights = new HashSet<string> { JobAdministration.Right } };
        foreach (var (actor, sees) in new[] { (NotesModule.Writer, true), (NotesModule.Reader, false), (all, true) })
        {
            (await Jobs.ListAsync(actor, all: true, JobFilter.All, 20, Ct)).Value.Jobs.Count.ShouldBe(sees ? 1 : 0);
            (await Jobs.GetAsync(actor, id, Ct)).Problem?.GetType().ShouldBe(sees ? null : typeof(NotFound));
            (await Jobs.IssuesAsync(actor, id, Ct)).Problem?.GetType().ShouldBe(sees ? null : typeof(NotFound));
            if (!sees)
            {
                (await Jobs.StopAsync(actor, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeOfType<NotFound>();
                (await Jobs.RepeatAsync(actor, Guid.CreateVersion7(), id, Ct)).Problem.ShouldBeOfType<NotFound>();
            }
        }
        (await Jobs.ListAsync(all, all: false, JobFilter.All, 20, Ct)).Value.Jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_schedule_missed_while_no_host_ran_is_made_up_once()
    {
        var sweep = _host.Get<JobSweep>();
        await sweep.RunAsync(Ct); // Monday, 09:00: nothing is missed yet
        (await JobsOfScheduleAsync()).ShouldBeEmpty();
        _host.Clock.Advance(TimeSpan.FromDays(5)); // five nights
        await using var restarted = _host.Another(s => Configure(s, _desk));
        await Task.WhenAll(sweep.RunAsync(Ct), restarted.Get<JobSweep>().RunAsync(Ct));
        var made = (await JobsOfScheduleAsync()).ShouldHaveSingleItem();
        made.StartedBy.ShouldBeNull();
        await sweep.RunAsync(Ct);
        (await JobsOfScheduleAsync()).Count.ShouldBe(1);
        // 09:00 in Shanghai; the next time is 02:30 there, 17 and a half hours on.
        await RunAsync(_host, made.Id);
        _host.Clock.Advance(TimeSpan.FromHours(17.4));
        await sweep.RunAsync(Ct);
        (await JobsOfScheduleAsync()).Count.ShouldBe(1);
        _host.Clock.Advance(TimeSpan.FromHours(0.2));
        await sweep.RunAsync(Ct);
        (await JobsOfScheduleAsync()).Count.ShouldBe(2);
    }

    private async Task<List<JobRow>> JobsOfScheduleAsync() => (await _host.RowsAsync<TDatabase, JobRow>()).FindAll(j => j.Kind == WriteNotes.Kind);

    [Fact]
    public async Task What_was_handed_over_and_lost_is_handed_over_again()
    {
        var id = await StartAsync(5);
        _desk.Handed.Clear();
        await _host.Get<JobSweep>().RunAsync(Ct);
        _desk.Handed.ShouldBeEmpty(); // it is with whoever executes
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.Get<JobSweep>().RunAsync(Ct);
        _desk.Handed.ShouldContain(id);
    }

    [Fact]
    public async Task A_night_job_clears_away_what_has_served()
    {
        var old = await StartAsync(2);
        await RunAsync(_host, old);
        _host.Clock.Advance(TimeSpan.FromDays(31));
        var id = await _host.ValueAsync<TDatabase, Guid>(async cmd =>
        {
            await Task.CompletedTask;
            cmd.Writes.Add("INSERT INTO job (id, kind, state, revision, done, fence, attempts, is_cancel_requested, created_at) VALUES (@id, @kind, 'Queued', 0, 0, 0, 0, @no, @now)",
                [("id", cmd.OperationId), ("kind", Retention.Kind), ("no", false), ("now", cmd.Now)]);
            return cmd.OperationId;
        });
        await RunAsync(_host, id);
        (await _host.RowsAsync<TDatabase, JobRow>()).Select(j => j.Id).ShouldBe([id]);
        var operations = await _host.RowsAsync<TDatabase, OperationRow>();
        operations.ShouldAllBe(o => o.CreatedAt > _host.Clock.GetUtcNow() - Retention.Operations);
        (await RowAsync(id)).Result.ShouldBe(Phrase.Of("job.result.retention", "2")); // the command that started the old job, and that job
        (await RowAsync(id)).State.ShouldBe(JobState.Done);
    }

    /// <summary>Whatever chunks take, the next one is as large as fits into 25 ms, never empty, never without bound.</summary>
    [Fact]
    public void Chunks_become_as_large_as_fits()
    {
        var random = new Random(20261201);
        for (var run = 0; run < 200; run++)
        {
            var job = new JobContext(_host.Runtime, _host.Clock, _host.Get<JobFiles>(),
                new JobRow { Id = default, Kind = "", State = JobState.Running, Revision = 0, Done = 0, Fence = 1, Attempts = 1,
                IsCancelRequested = false, CreatedAt = default }, 1);
            var perRow = Math.Exp(random.NextDouble() * 12 - 8); // 0.0003 to 54 ms
            for (var chunk = 0; chunk < 12; chunk++) job.Adapt(TimeSpan.FromMilliseconds(job.Room * perRow));
            job.Room.ShouldBeInRange(1, 500);
            if (job.Room > 1) (job.Room * perRow).ShouldBeLessThanOrEqualTo(25.001);
            if (job.Room < 500) (2 * job.Room * perRow).ShouldBeGreaterThanOrEqualTo(12.5);
        }
    }

    internal sealed record Rows(int Count);

    /// <summary>The test's hand on the handlers of all its hosts.</summary>
    internal sealed class Desk
    {
        public ConcurrentQueue<Guid> Handed { get; } = [];
        public bool Breaks { get; set; }
        public bool KnowsNobody { get; set; }
        /// <summary>The first worker that has committed so many chunks stands still until <see cref="Goes"/>.</summary>
        public int? StopAfterChunks { get; set; }
        public TaskCompletionSource Stands { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Goes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed class WriteNotes(Desk desk) : IJobHandler
    {
        public const string Kind = "notes.write";

        public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
        {
            var rows = job.Arguments<Rows?>()?.Count ?? 0;
            for (var chunk = 1; job.Checkpoint<int>() < rows; chunk++)
            {
                if (desk.Breaks) throw new InvalidOperationException("the pen broke");
                var (from, to) = (job.Checkpoint<int>(), Math.Min(rows, job.Checkpoint<int>() + Math.Min(job.Room, 8)));
                await job.ChunkAsync(NotesModule.Write, cmd =>
                {
                    for (var i = from; i < to; i++) cmd.Add($"row {i:0000}");
                    return Task.FromResult<Result<JobProgress>>(new JobProgress(to, to, rows));
                }, ct);
                if (chunk == desk.StopAfterChunks)
                {
                    desk.StopAfterChunks = null;
                    desk.Stands.SetResult();
                    await desk.Goes.Task;
                }
            }
            return new JobOutcome(Phrase.Of("written", $"{rows}"));
        }
    }
}

using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

/// <summary>Two hosts on one PostgreSQL.</summary>
public sealed class SeveralHostsTests : IAsyncLifetime
{
    private TestHost<PostgreSql> _one = null!, _two = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_one, _two) = (await TestHost<PostgreSql>.StartAsync(), null!);

    public async ValueTask DisposeAsync()
    {
        if (_two is not null) await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_on_one_host_is_heard_by_pages_on_the_other()
    {
        _two = _one.Another();
        var listener = _two.Services.GetServices<IHostedService>().OfType<LiveUpdateListener>().Single();
        await listener.StartAsync(Ct);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _two.Get<LiveUpdates>().Subscribe(["u:7"], () => heard.TrySetResult());
        for (var i = 0; !heard.Task.IsCompleted; i++)
        {
            i.ShouldBeLessThan(200);
            await _one.ValueAsync(cmd =>
            {
                cmd.Notify("u:7");
                return Task.FromResult(0);
            });
            await Task.WhenAny(heard.Task, Task.Delay(50, Ct));
        }
        await listener.StopAsync(Ct);
    }

    [Fact]
    public void More_principals_than_fit_into_one_message_are_told_as_everybody()
    {
        new LiveUpdates().Message(Enumerable.Range(0, 10).Select(i => $"u:{i}")).ShouldContain("u:9");
        var message = new LiveUpdates().Message(Enumerable.Range(0, 1000).Select(i => $"u:{Guid.CreateVersion7()}"));
        message.Length.ShouldBeLessThan(8000);
        message.ShouldContain("\"*\"");
    }

    [Fact]
    public async Task Commands_live_through_the_server_throwing_everybody_out()
    {
        await _one.PublishAsync("p", "?go", "");
        using var stop = new CancellationTokenSource();
        var thrower = Task.Run(async () =>
        {
            await using var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_one.Options.ConnectionString) { Pooling = false }.ConnectionString);
            await admin.OpenAsync(Ct);
            while (!stop.IsCancellationRequested)
            {
                await using var kill = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", admin);
                await kill.ExecuteNonQueryAsync(Ct);
                await Task.Delay(60, Ct);
            }
        }, Ct);
        var (saved, refused) = (0, 0);
        for (var i = 0; i < 120; i++)
        {
            var result = await _one.CommandAsync<PostgreSql, Guid>(async cmd =>
            {
                cmd.Add($"note {i}");
                return await cmd.StartAsync("p", [], $"c{i}", null, Ct);
            });
            if (!result.Failed) saved++;
            else result.Problem.ShouldBeOfType<StorageUnavailable>().Kind.ShouldBe(ProblemKind.Unavailable, $"{refused++}");
        }
        await stop.CancelAsync();
        await thrower;
        saved.ShouldBeGreaterThan(60);
        // What was acknowledged is there, once, and whole; what was refused may have been committed with its answer lost, but then whole too.
        var notes = await _one.NotesAsync();
        notes.Count.ShouldBeInRange(saved, 120);
        (await _one.RowsAsync<PostgreSql, WorkflowInstanceRow>()).Count.ShouldBe(notes.Count);
        (await _one.RowsAsync<PostgreSql, BookmarkRow>()).Count.ShouldBe(notes.Count);
        (await _one.RowsAsync<PostgreSql, OperationRow>()).Count(o => o.Name == "Notes.Write").ShouldBe(notes.Count);
    }

    [Fact]
    public async Task Two_hosts_starting_at_once_make_one_schema()
    {
        var empty = PostgreSql.Create();
        var hosts = Enumerable.Range(0, 3).Select(_ => TestHost<PostgreSql>.On(empty)).ToList();
        try
        {
            await Task.WhenAll(hosts.Select(h => Task.Run(() => DatabaseSchema.PrepareAsync(h.Options, h.SchemaContext, Ct), Ct)));
            (await hosts[0].CommandAsync<PostgreSql, Guid>(cmd => Task.FromResult<Result<Guid>>(cmd.Add("made").Id))).Failed.ShouldBeFalse();
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
            PostgreSql.Drop(empty);
        }
    }
}

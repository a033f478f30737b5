using System.Net;
using System.Net.Sockets;
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

    /// <summary>Who was to be told while the server could not be reached is not known any more: with the next word everybody looks again.</summary>
    [Fact]
    public async Task What_could_not_be_told_to_other_hosts_is_made_good_by_telling_everybody()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = new NpgsqlConnection(_one.Options.ConnectionString);
        await listener.OpenAsync(Ct);
        listener.Notification += (_, told) => heard.TrySetResult(told.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {LiveUpdates.Channel}", listener)) await listen.ExecuteNonQueryAsync(Ct);
        var (sender, address) = (_one.Get<LiveUpdateSender>(), new NpgsqlConnectionStringBuilder(_one.Options.ConnectionString));
        await using var elsewhere =
            new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address.ConnectionString) { Database = "postgres" }.ConnectionString);
        await elsewhere.OpenAsync(Ct);
        async Task AllowAsync(bool connections)
        {
            await using var allow = new NpgsqlCommand($"ALTER DATABASE \"{address.Database}\" ALLOW_CONNECTIONS {connections}", elsewhere);
            await allow.ExecuteNonQueryAsync(Ct);
        }

        await AllowAsync(false);
        _one.Database.Postgres!.Clear();
        sender.Tell(["u:7"]);
        await sender.DisposeAsync(); // its attempt is over
        await AllowAsync(true);
        sender.Tell(["u:8"]);
        while (!heard.Task.IsCompleted) await listener.WaitAsync(Ct);
        (await heard.Task).ShouldContain("\"*\"");
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
            await using var admin =
                new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_one.Options.ConnectionString) { Pooling = false }.ConnectionString);
            await admin.OpenAsync(Ct);
            while (!stop.IsCancellationRequested)
            {
                await using var kill = new NpgsqlCommand(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", admin);
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

    [Fact]
    public async Task A_host_that_hangs_in_the_middle_of_a_message_is_ended_by_whoever_waits_for_its_locks()
    {
        await using var host = Impatient();
        await host.PublishAsync("p", "?go n:Notes.Add(\"text\":\"went\")", "go->n");
        await host.StartAsync("p");
        await using var hung = await HungHost.HoldingAsync(host.Options.ConnectionString, "workflow_instance");

        (await host.SendAsync("go")).ShouldBe(1);

        (await host.NotesAsync()).ShouldHaveSingleItem().Text.ShouldBe("went");
        await Should.ThrowAsync<Exception>(hung.GoOnAsync);
    }

    /// <summary>The same where nobody waits: claims pass over locked rows.</summary>
    [Fact]
    public async Task What_a_hung_host_has_claimed_is_taken_over_although_claims_pass_over_its_locks()
    {
        await using var host = Impatient();
        await host.PublishAsync("p", "wait:Delay(\"timeSpan\":\"00:00:01\") n:Notes.Add(\"text\":\"went\")", "wait->n");
        await host.StartAsync("p");
        await using var hung = await HungHost.HoldingAsync(host.Options.ConnectionString, "due");

        for (var rounds = 0; (await host.NotesAsync()).Count == 0; rounds++)
        {
            rounds.ShouldBeLessThan(5_000);
            host.Clock.Advance(Claims.Lease);
            await host.Get<DuePump>().RunDueAsync(Ct);
        }
        await Should.ThrowAsync<Exception>(hung.GoOnAsync);
    }

    /// <summary>A host that waits half a second where others wait a lease.</summary>
    private TestHost<PostgreSql> Impatient() => TestHost<PostgreSql>.On(_one.Options with
    {
        ConnectionString = new NpgsqlConnectionStringBuilder(_one.Options.ConnectionString) { ApplicationName = "CrmFlow",
            Options = "-c idle_in_transaction_session_timeout=500 -c lock_timeout=500" }.ConnectionString,
    });

    /// <summary>
    /// A host that stopped in the middle of a message. The server waits for the rest (here of a COPY), so to its own limits the session is at work;
    /// it holds the rows all the same.
    /// </summary>
    private sealed class HungHost(NpgsqlConnection connection, NpgsqlTransaction transaction, TextWriter message) : IAsyncDisposable
    {
        public static async Task<HungHost> HoldingAsync(string connectionString, string table)
        {
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Ct);
            var transaction = await connection.BeginTransactionAsync(Ct);
            await using (var hold = new NpgsqlCommand($"SELECT 1 FROM {table} FOR UPDATE; CREATE TEMP TABLE half (text text)", connection,
                transaction)) await hold.ExecuteNonQueryAsync(Ct);
            return new HungHost(connection, transaction, await connection.BeginTextImportAsync("COPY half FROM STDIN", Ct));
        }

        public async Task GoOnAsync()
        {
            await message.WriteAsync("late\n");
            await message.DisposeAsync();
            await transaction.CommitAsync(Ct);
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    /// <summary>
    /// What a server does that is just going away: it hangs up at the driver's first question. The connection that is opened then must be a good one.
    /// </summary>
    [Fact]
    public async Task Connections_stay_good_when_a_server_hangs_up_at_the_first_question()
    {
        var direct = new NpgsqlConnectionStringBuilder(_one.Options.ConnectionString);
        using var between = new HangUpAtGss(direct.Port);
        var through = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = between.Port };
        through.Remove("GSS Encryption Mode"); // as a connection string of an installation is
        await using var host = TestHost<PostgreSql>.On(_one.Options with { ConnectionString = through.ConnectionString });
        for (var i = 0; i < 5; i++)
        {
            (await host.ValueAsync(cmd => Task.FromResult(i))).ShouldBe(i);
            (await host.NotesAsync()).ShouldBeEmpty();
        }
    }

    /// <summary>Passes bytes on between the driver and the server, but ends a conversation that begins with the request for GSS encryption.</summary>
    private sealed class HangUpAtGss : IDisposable
    {
        private static readonly byte[] Request = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly int _server;

        public HangUpAtGss(int server)
        {
            _server = server;
            _listener.Start();
            _ = ListenAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        private async Task ListenAsync()
        {
            try
            {
                while (true) _ = PassOnAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // the test is over
            }
        }

        private async Task PassOnAsync(TcpClient caller)
        {
            using (caller)
            using (var server = new TcpClient())
            {
                try
                {
                    var first = new byte[8];
                    await caller.GetStream().ReadExactlyAsync(first);
                    if (first.AsSpan().SequenceEqual(Request)) return;
                    await server.ConnectAsync(IPAddress.Loopback, _server);
                    await server.GetStream().WriteAsync(first);
                    await Task.WhenAny(caller.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(caller.GetStream()));
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
                {
                    // one of them hung up
                }
            }
        }

        public void Dispose() => _listener.Stop();
    }
}

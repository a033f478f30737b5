using CrmFlow.TestSupport;
using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class OutboxTestsOnSqlite : OutboxTests<Sqlite>;
public sealed class OutboxTestsOnPostgreSql : OutboxTests<PostgreSql>;
public sealed class OutboxTestsOnSqlServer : OutboxTests<SqlServer>;

public abstract class OutboxTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private readonly Postman _postman = new();
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(s =>
    {
        s.Replace(ServiceDescriptor.Singleton<IMailTransport>(_postman));
        DuePumpTests<TDatabase>.Handlers(s);
    });
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task SendAsync(string key, bool refused = false) => _host.CommandAsync<TDatabase, bool>(cmd =>
    {
        cmd.Send(new Mail("li@example.com", "待办超期", "请办理"), key);
        return Task.FromResult<Result<bool>>(refused ? new NoteRefused() : true);
    });

    private Task<int> PumpAsync() => _host.Get<OutboxDelivery>().DeliverAsync(Ct);
    private async Task<OutboxRow> RowAsync() => (await _host.RowsAsync<TDatabase, OutboxRow>()).ShouldHaveSingleItem();

    [Fact]
    public async Task A_mail_leaves_after_the_commit_once_and_never_after_a_refusal()
    {
        await SendAsync("refused", refused: true);
        await SendAsync("sent");
        await SendAsync("sent"); // the same key from another command is the same mail
        _postman.Delivered.ShouldBeEmpty();
        (await PumpAsync()).ShouldBe(1);
        (await PumpAsync()).ShouldBe(0);
        _postman.Delivered.ShouldHaveSingleItem().Key.ShouldBe("sent");
        (await RowAsync())
            .ShouldSatisfyAllConditions(o => o.SentAt.ShouldBe(_host.Clock.GetUtcNow()), o => o.NextAt.ShouldBeNull(), o => o.Attempts.ShouldBe(1));
    }

    [Fact]
    public async Task What_the_server_refuses_is_tried_later_and_later_under_the_same_key()
    {
        _postman.Failures = 3;
        await SendAsync("k");
        await PumpAsync();
        (await RowAsync())
            .ShouldSatisfyAllConditions(o => o.Error.ShouldBe("450 busy"), o => o.NextAt.ShouldBe(_host.Clock.GetUtcNow().AddSeconds(30)));
        (await PumpAsync()).ShouldBe(0);
        foreach (var pause in (TimeSpan[])[TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)])
        {
            _host.Clock.Advance(pause);
            (await PumpAsync()).ShouldBe(1);
        }
        _postman.Delivered.ShouldHaveSingleItem().Key.ShouldBe("k");
        (await RowAsync()).Error.ShouldBeNull();
    }

    [Fact]
    public async Task After_about_two_days_it_is_given_up_and_an_administrator_sees_it_and_can_send_it_again()
    {
        _postman.Failures = int.MaxValue;
        await SendAsync("k");
        for (var i = 0; i < 12; i++)
        {
            await PumpAsync();
            _host.Clock.Advance(TimeSpan.FromHours(25));
        }
        (await RowAsync()).ShouldSatisfyAllConditions(o => o.NextAt.ShouldBeNull(), o => o.Attempts.ShouldBe(8));
        var failures = _host.Get<FailureAdministration>();
        (await failures.ListAsync(NotesModule.Writer, Ct)).Value.Mails.ShouldHaveSingleItem().Payload.ShouldContain("待办超期");
        _postman.Failures = 0;
        (await failures.RetryMailAsync(NotesModule.Writer, Guid.CreateVersion7(), "k", Ct)).Failed.ShouldBeFalse();
        await PumpAsync();
        _postman.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_server_mails_wait_visibly_and_leave_when_there_is_one()
    {
        _postman.IsConfigured = false;
        await SendAsync("k");
        await PumpAsync();
        (await RowAsync()).ShouldSatisfyAllConditions(o => o.Error.ShouldBe("mail.no-server"), o => o.NextAt.ShouldBeNull());
        (await _host.Get<FailureAdministration>().ListAsync(NotesModule.Writer, Ct)).Value.Mails.Count.ShouldBe(1);

        _postman.IsConfigured = true;
        await _host.Get<OutboxDelivery>().ResumeAsync(Ct);
        await PumpAsync();
        _postman.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_mails_are_sent_at_the_same_time()
    {
        for (var i = 0; i < 16; i++) await SendAsync($"k{i}");
        _postman.MeetsAt = 8; // each waits until eight are under way: one after the other would never end
        await PumpAsync();
        _postman.Delivered.Count.ShouldBe(16);
    }

    [Fact]
    public async Task A_mail_server_that_does_not_answer_holds_up_no_timer()
    {
        _postman.MeetsAt = 2; // the first waits for a second that does not come
        var service = _host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<DuePumpService>().Single();
        await service.StartAsync(Ct);
        await SendAsync("slow");
        var answer = await _postman.FirstWait.WaitAsync(Ct);
        await _host.CommandAsync<TDatabase, bool>(cmd =>
        {
            cmd.Schedule("ring", "now", cmd.Now, default);
            return Task.FromResult<Result<bool>>(true);
        });
        (await _host.Get<DuePumpTests<TDatabase>.Bell>().NextAsync()).ShouldBe("now");
        answer.IsCompleted.ShouldBeFalse("the timer came only after the mail");
        await service.StopAsync(Ct);
    }

    private sealed class Postman : IMailTransport
    {
        private int _underWay;
        private readonly TaskCompletionSource<Task> _firstWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _met = new();

        public bool IsConfigured { get; set; } = true;
        public int Failures { get; set; }
        public int MeetsAt { get; set; }
        public Task<Task> FirstWait => _firstWait.Task;
        public ConcurrentBag<(Mail Mail, string Key)> Delivered { get; } = [];

        public async Task SendAsync(Mail mail, string idempotencyKey, CancellationToken ct)
        {
            if (Failures-- > 0) throw new InvalidOperationException("450 busy");
            Failures = 0;
            if (MeetsAt > 0)
            {
                if (Interlocked.Increment(ref _underWay) % MeetsAt == 0) Interlocked.Exchange(ref _met, new()).SetResult();
                else
                {
                    var answer = _met.Task.WaitAsync(TimeSpan.FromSeconds(20), ct);
                    _firstWait.TrySetResult(answer);
                    await answer;
                }
            }
            Delivered.Add((mail, idempotencyKey));
        }
    }
}

/// <summary>A real SMTP server process takes a real mail.</summary>
public sealed class SmtpTests
{
    [Fact]
    public async Task A_chinese_mail_arrives_with_its_key_as_message_id()
    {
        var ct = TestContext.Current.CancellationToken;
        using var server = await MailServer.StartAsync(ct);
        await using var host = await TestHost<Sqlite>.StartAsync(
            settings: new() { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{server.Port}", ["Mail:From"] = "流程 <crmflow@example.com>" });
        await host.CommandAsync<Sqlite, bool>(cmd =>
        {
            cmd.Send(new Mail("wang@example.com", "结算申请 JS-2026-0001 等您审批", "王芳：\n请在 3 个工作日内办理。"), "task-0001.overdue");
            return Task.FromResult<Result<bool>>(true);
        });
        await host.Get<OutboxDelivery>().DeliverAsync(ct);
        var row = (await host.RowsAsync<Sqlite, OutboxRow>()).Single();
        row.SentAt.ShouldNotBeNull("the SMTP server did not take the mail: " + row.Error);

        var text = await server.ReceiveAsync(ct);
        text.ShouldContain("Message-ID: <task-0001.overdue@example.com>");
        text.ShouldContain("To: wang@example.com");
        MailServer.BodyOf(text).ShouldContain("请在 3 个工作日内办理");
        text.Split('\n').Single(l => l.StartsWith("Subject:", StringComparison.Ordinal)).ShouldContain("=?utf-8?");
    }

    [Fact]
    public async Task A_mail_with_a_file_goes_over_the_wire_with_it()
    {
        var ct = TestContext.Current.CancellationToken;
        using var server = await MailServer.StartAsync(ct);
        await using var host = await TestHost<Sqlite>.StartAsync(
            settings: new() { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{server.Port}", ["Mail:From"] = "crmflow@example.com" });
        await host.CommandAsync<Sqlite, bool>(cmd =>
        {
            cmd.Send(new Mail("wang@example.com", "quote",
                "see attachment") { Attachments = [new CrmFlow.Engine.SendFile("报价.txt", "text/plain", "aGVsbG8gd29ybGQ=")] }, "quote-1");
            return Task.FromResult<Result<bool>>(true);
        });
        await host.Get<OutboxDelivery>().DeliverAsync(ct);

        var text = await server.ReceiveAsync(ct);
        text.ShouldContain("aGVsbG8gd29ybGQ=");
        text.ShouldContain("attachment");
    }

    [Fact]
    public void A_message_id_is_the_key_where_a_header_may_hold_it_and_its_hash_where_not()
    {
        SmtpMailTransport.MessageId("task-1.v2", "example.com").ShouldBe("<task-1.v2@example.com>");
        var hashed = SmtpMailTransport.MessageId("任务 1\r\nBcc: x@example.com", "example.com");
        hashed.ShouldMatch("^<[0-9a-f]{40}@example.com>$");
        SmtpMailTransport.MessageId("任务 1\r\nBcc: x@example.com", "example.com").ShouldBe(hashed);
    }
}

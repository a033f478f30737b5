using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class CommandTestsOnSqlite : CommandTests<Sqlite>;
public sealed class CommandTestsOnPostgreSql : CommandTests<PostgreSql>;
public sealed class CommandTestsOnSqlServer : CommandTests<SqlServer>;

public abstract class CommandTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static Guid NewOperation() => Guid.CreateVersion7();

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task<Result<Guid>> WriteAsync(string text, Guid? operation = null, object? payload = null) =>
        _host.Runtime.ExecuteAsync<Guid>(NotesModule.Write, NotesModule.Writer, operation ?? NewOperation(), payload ?? text, cmd =>
            Task.FromResult<Result<Guid>>(cmd.Add(text).Id), Ct);

    [Fact]
    public async Task What_a_command_adds_is_there_when_it_returns()
    {
        var id = (await WriteAsync("一")).Value;
        var note = (await _host.NotesAsync()).ShouldHaveSingleItem();
        note.Id.ShouldBe(id);
        note.At.ShouldBe(_host.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_refused_command_leaves_nothing()
    {
        var result = await _host.Runtime.ExecuteAsync<Guid>(NotesModule.Write, NotesModule.Writer, NewOperation(), null, async cmd =>
        {
            cmd.Add("nothing");
            cmd.Audit("Note", cmd.NewId(), null, new { text = "nothing" });
            await cmd.Db.SaveChangesAsync(Ct);
            return new NoteRefused();
        }, Ct);
        result.Problem.ShouldBeOfType<NoteRefused>();
        (await _host.NotesAsync()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, AuditRow>()).ShouldBeEmpty();
        (await _host.RowsAsync<TDatabase, OperationRow>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_not_gets_not_found_and_the_delegate_never_runs()
    {
        var ran = false;
        var result = await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Reader, NewOperation(), null, _ =>
        {
            ran = true;
            return Task.FromResult(Result.Ok);
        }, Ct);
        result.Problem.ShouldBeOfType<NotFound>();
        ran.ShouldBeFalse();
        (await _host.Runtime.ReadAsync<int>(NotesModule.Read, Actor.Anonymous, _ => throw new InvalidOperationException(), Ct))
            .Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task The_same_operation_again_gives_the_first_answer_and_writes_nothing()
    {
        var operation = NewOperation();
        var first = await WriteAsync("一", operation);
        var second = await WriteAsync("一", operation);
        second.Value.ShouldBe(first.Value);
        (await _host.NotesAsync()).Count.ShouldBe(1);
        (await _host.RowsAsync<TDatabase, AuditRow>()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_operation_refused_by_the_delegate_because_its_work_is_done_still_gives_the_first_answer()
    {
        var operation = NewOperation();
        async Task<Result<string>> Once(Command cmd)
        {
            if (await cmd.Db.Set<Note>().AnyAsync(n => n.Text == "一", Ct)) return new NoteRefused();
            cmd.Add("一");
            return "done";
        }
        (await _host.Runtime.ExecuteAsync<string>(NotesModule.Write, NotesModule.Writer, operation, "p", Once, Ct)).Value.ShouldBe("done");
        (await _host.Runtime.ExecuteAsync<string>(NotesModule.Write, NotesModule.Writer, operation, "p", Once, Ct)).Value.ShouldBe("done");
        (await _host.Runtime.ExecuteAsync<string>(NotesModule.Write, NotesModule.Writer, NewOperation(), "p", Once, Ct))
            .Problem.ShouldBeOfType<NoteRefused>();
    }

    [Fact]
    public async Task The_same_operation_with_another_payload_or_by_somebody_else_is_refused()
    {
        var operation = NewOperation();
        await WriteAsync("一", operation);
        (await WriteAsync("二", operation)).Problem.ShouldBeOfType<OperationReused>().Kind.ShouldBe(ProblemKind.Refused);
        var other = NotesModule.Writer with { UserId = Guid.CreateVersion7() };
        (await _host.Runtime.ExecuteAsync<Guid>(NotesModule.Write, other, operation, "一", cmd => Task.FromResult<Result<Guid>>(cmd.Add("三").Id), Ct))
            .Problem.ShouldBeOfType<OperationReused>();
        (await _host.NotesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_double_click_racing_itself_runs_once_and_both_get_the_answer()
    {
        for (var round = 0; round < 20; round++)
        {
            var operation = NewOperation();
            var text = $"race {round}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => WriteAsync(text, operation), Ct)));
            answers.Select(a => a.Value).Distinct().Count().ShouldBe(1);
        }
        (await _host.NotesAsync()).Count.ShouldBe(20);
    }

    [Fact]
    public async Task An_exception_of_the_delegate_comes_out_and_leaves_nothing()
    {
        await Should.ThrowAsync<InvalidTimeZoneException>(() =>
            _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
            {
                cmd.Add("nothing");
                throw new InvalidTimeZoneException("bug");
            }, Ct));
        (await _host.NotesAsync()).ShouldBeEmpty();
        (await WriteAsync("afterwards")).Failed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_fence_runs_the_command_again_with_the_same_time_and_ids()
    {
        var id = (await WriteAsync("一")).Value;
        var seen = new List<(DateTimeOffset, Guid, Guid)>();
        var result = await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            seen.Add((cmd.Now, cmd.NewId(), cmd.NewId()));
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
            cmd.Writes.Add("UPDATE note SET text = 'changed' WHERE id = @id AND text = @text",
                [("id", id), ("text", seen.Count == 1 ? "somebody was faster" : "一")], mustAffect: 1);
            return Task.FromResult(Result.Ok);
        }, Ct);
        result.Failed.ShouldBeFalse();
        seen.Count.ShouldBe(2);
        seen[0].ShouldBe(seen[1]);
        seen[0].Item2.ShouldNotBe(seen[0].Item3);
        (await _host.NotesAsync()).Single().Text.ShouldBe("changed");
    }

    [Fact]
    public async Task A_fence_that_never_opens_ends_as_a_conflict()
    {
        var runs = 0;
        var result = await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            runs++;
            cmd.Add("nothing");
            cmd.Writes.Add("UPDATE note SET text = 'x' WHERE id = @id", [("id", Guid.Empty)], mustAffect: 1);
            return Task.FromResult(Result.Ok);
        }, Ct);
        result.Problem.ShouldBeOfType<ConflictingChange>().Kind.ShouldBe(ProblemKind.Conflict);
        runs.ShouldBe(4);
        (await _host.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_who_insert_the_same_key_get_one_winner_and_one_who_sees_it()
    {
        async Task<Result<Guid>> Add(Command cmd)
        {
            if (await cmd.Db.Set<Note>().AnyAsync(n => n.Text == "only one", Ct)) return new NoteRefused();
            return cmd.Add("only one").Id;
        }
        var results = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(_ => Task.Run(() => _host.Runtime.ExecuteAsync<Guid>(NotesModule.Write, NotesModule.Writer, NewOperation(), null, Add, Ct), Ct)));
        results.Count(r => !r.Failed).ShouldBe(1);
        results.Where(r => r.Failed).ShouldAllBe(r => r.Problem is NoteRefused);
    }

    [Fact]
    public async Task A_command_inside_a_command_is_a_bug_and_says_so()
    {
        var bug = await Should.ThrowAsync<InvalidOperationException>(() =>
            _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null,
            async _ => await WriteAsync("inner") is { Problem: { } p } ? p : Result.Ok, Ct));
        bug.Message.ShouldContain("inside a command");
    }

    [Fact]
    public async Task The_audit_row_tells_who_did_what_for_whom_and_what_it_changed()
    {
        var (subject, principal) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            cmd.Audit("Note", subject, new { text = "旧" }, new { text = "新" }, principal);
            return Task.FromResult(Result.Ok);
        }, Ct);
        var row = (await _host.RowsAsync<TDatabase, AuditRow>()).ShouldHaveSingleItem();
        (row.Operation, row.ActorName, row.SubjectId, row.OnBehalfOf).ShouldBe(("Notes.Write", "王芳", subject, principal));
        row.Before.ShouldBe("""{"text":"旧"}""");
        row.After.ShouldBe("""{"text":"新"}""");
    }

    [Fact]
    public async Task Every_kind_of_value_goes_in_by_statement_and_comes_out_by_entity()
    {
        var at = new DateTimeOffset(2026, 11, 1, 1, 30, 0, 123, 456, TimeSpan.FromHours(-4));
        await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            cmd.Writes.Add("INSERT INTO note (id, text, amount, at, day) VALUES (@id, @text, @amount, @at, @day)",
                [("id", new Guid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")), ("text", "it's @here"), ("amount", 12345678901234567.89m), ("at", at),
                    ("day", new DateOnly(2026, 2, 28))], mustAffect: 1);
            return Task.FromResult(Result.Ok);
        }, Ct);
        var note = (await _host.NotesAsync()).ShouldHaveSingleItem();
        (note.Id, note.Text, note.Amount, note.At, note.Day)
            .ShouldBe((new Guid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"), "it's @here", 12345678901234567.89m, at.ToUniversalTime(),
            new DateOnly(2026, 2, 28)));
    }

    [Fact]
    public async Task Money_sums_exactly_in_the_database()
    {
        await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            for (var i = 0; i < 100; i++) cmd.Add($"{i}", 0.1m + i / 100m);
            return Task.FromResult(Result.Ok);
        }, Ct);
        var sum = await _host.Runtime.ReadAsync<decimal>(NotesModule.Read, NotesModule.Reader, async db =>
            await db.Set<Note>().SumAsync(n => n.Amount, Ct), Ct);
        sum.Value.ShouldBe(59.50m);
    }

    [Fact]
    public async Task Whoever_subscribed_is_told_after_the_commit_and_not_after_a_refusal()
    {
        var (told, updates) = (0, _host.Services.GetRequiredService<LiveUpdates>());
        using (updates.Subscribe(["u:1", "u:2"], () => Interlocked.Increment(ref told)))
        {
            await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
            {
                cmd.Notify("u:1");
                cmd.Notify("u:2");
                return Task.FromResult(Result.Ok);
            }, Ct);
            told.ShouldBe(1);
            await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
            {
                cmd.Notify("u:1");
                return Task.FromResult<Result>(new NoteRefused());
            }, Ct);
            told.ShouldBe(1);
        }
        await _host.Runtime.ExecuteAsync(NotesModule.Write, NotesModule.Writer, NewOperation(), null, cmd =>
        {
            cmd.Notify("u:1");
            return Task.FromResult(Result.Ok);
        }, Ct);
        told.ShouldBe(1);
    }
}

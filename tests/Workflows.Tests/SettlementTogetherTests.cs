using CrmFlow.Agents;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.TestSupport;

namespace CrmFlow.Workflows.Tests;

public sealed class SettlementTogetherTestsOnSqlite() : SettlementTogetherTests(null);

public sealed class SettlementTogetherTestsOnPostgreSql() : SettlementTogetherTests(PostgresDatabase.Create())
{
    protected override void Dropped(DatabaseOptions database) => PostgresDatabase.Drop(database);
}

/// <summary>Several people, or one twice, at the same moment: one writer on SQLite, rows locked by each other on PostgreSQL.</summary>
public abstract class SettlementTogetherTests(DatabaseOptions? database) : IDisposable
{
    protected virtual void Dropped(DatabaseOptions database) { }

    public void Dispose()
    {
        if (database is not null) Dropped(database);
        GC.SuppressFinalize(this);
    }

    private Task<Settlement> StartAsync() => Settlement.StartAsync(database: database);

    [Fact]
    public async Task A_second_click_is_the_first_decision()
    {
        await using var s = await StartAsync();
        var id = await s.SubmittedAsync();
        var (task, operation) = (await s.OpenTaskAsync(id), s.App.NewOperation());
        var clicks = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => s.CompleteAsync(s.Commerce, task, "Approve", operation: operation))));
        clicks.ShouldAllBe(c => c.Problem == null);
        (await s.StepAsync(id)).ShouldBe("satisfaction-report");
    }

    [Fact]
    public async Task A_second_click_on_submit_is_the_first_submission_with_the_same_number()
    {
        await using var s = await StartAsync();
        var (id, operation) = (await s.DraftAsync(s.Agent, await s.SaleAsync(5_000)), s.App.NewOperation());
        var clicks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => s.SubmitAsync(s.Agent, id, operation))));
        clicks.ShouldAllBe(c => c.Problem == null && c.Value.No == "JS-2026-0001");
        (await s.SubmitAsync(s.Agent, id)).Problem.ShouldBeOfType<AlreadySubmitted>();
    }

    [Fact]
    public async Task Two_people_decide_at_once_one_wins_and_the_other_hears_who()
    {
        await using var s = await StartAsync();
        var rival = await s.App.StaffAsync("wangfang", "王芳", ["commerce"]);
        var id = await s.SubmittedAsync();
        var task = await s.OpenTaskAsync(id);
        var decisions = await Task.WhenAll(
            Task.Run(() => s.CompleteAsync(s.Commerce, task, "Approve")),
            Task.Run(() => s.CompleteAsync(rival, task, "Refuse", "不行")));
        decisions.Count(d => d.Problem is null).ShouldBe(1);
        var (loser, winner) = decisions[0].Failed ? (decisions[0], "王芳") : (decisions[1], "周敏");
        loser.Problem.ShouldNotBeNull().ShouldSatisfyAllConditions(p => p.Kind.ShouldBe(ProblemKind.Conflict), p => p.Args.ShouldContain(winner));
    }

    [Fact]
    public async Task Two_leaders_sign_at_the_same_moment_and_both_count()
    {
        await using var s = await StartAsync();
        var id = await s.ReportedAsync(fee: 20_000);
        var task = await s.OpenTaskAsync(id);
        var votes = await Task.WhenAll(
            Task.Run(() => s.CompleteAsync(s.Leader, task, "Sign", signature: s.Leader.Name)),
            Task.Run(() => s.CompleteAsync(s.SecondLeader, task, "Sign", signature: s.SecondLeader.Name)));
        // The revision they saw is one older for the second: that one is told, looks again, and signs.
        foreach (var (vote, leader) in votes.Zip([s.Leader, s.SecondLeader]))
            if (vote.Failed)
            {
                vote.Problem!.Kind.ShouldBe(ProblemKind.Conflict);
                await s.DecideAsync(leader, id, "Sign", signature: leader.Name);
            }
        (await s.StepAsync(id)).ShouldBe("invoice-entry");
        (await s.ApplicationAsync(id)).Signatures.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Withdrawing_and_approving_at_once_has_one_winner()
    {
        await using var s = await StartAsync();
        for (var round = 0; round < 5; round++)
        {
            var id = await s.SubmittedAsync(100);
            var task = await s.OpenTaskAsync(id);
            var both = await Task.WhenAll(Task.Run(() => s.WithdrawAsync(s.Agent, id)), Task.Run(() => s.CompleteAsync(s.Commerce, task, "Approve")));
            both.Count(r => !r.Failed).ShouldBe(1);
            var state = await s.StateAsync(id);
            (state == SettlementState.Withdrawn, await s.StepAsync(id)).ShouldBe(both[0].Failed ? (false, "satisfaction-report") : (true, null));
        }
    }

    [Fact]
    public async Task Two_applications_race_for_the_same_line_and_exactly_one_gets_it()
    {
        await using var s = await StartAsync();
        var shared = await s.SaleAsync(5_000);
        var drafts = new List<Guid>();
        for (var i = 0; i < 6; i++) drafts.Add(await s.DraftAsync(s.Agent, shared, await s.SaleAsync(100)));

        var submissions = await Task.WhenAll(drafts.Select(d => Task.Run(() => s.SubmitAsync(s.Agent, d))));
        submissions.Count(r => !r.Failed).ShouldBe(1);
        submissions.Where(r => r.Failed).ShouldAllBe(r => r.Problem is LineTaken);
        submissions.Single(r => !r.Failed).Value.No.ShouldBe("JS-2026-0001"); // the losers used no number
    }

    [Fact]
    public async Task A_line_of_another_agent_is_not_there()
    {
        await using var s = await StartAsync();
        var foreign = await s.SaleAsync(5_000, agent: s.OtherAgentId);
        (await s.TrySaveAsync(s.Agent, foreign)).Problem.ShouldBeOfType<LineUnknown>();
    }

    [Fact]
    public async Task Numbers_have_no_gaps_however_many_submit_and_are_refused_at_once()
    {
        await using var s = await StartAsync();
        var drafts = new List<(Guid Id, bool Good)>();
        var taken = await s.SaleAsync(70);
        var early = await s.DraftAsync(s.Agent, taken);
        for (var i = 0; i < 24; i++)
            drafts.Add(i % 3 == 0 ? (await s.DraftAsync(s.Agent, taken), false) : (await s.DraftAsync(s.Agent, await s.SaleAsync(50 + i)), true));
        (await s.SubmitAsync(s.Agent, early)).Problem.ShouldBeNull();

        var results = await Task.WhenAll(drafts.Select(d => Task.Run(() => s.SubmitAsync(s.Agent, d.Id))));
        results.Zip(drafts).ShouldAllBe(r => r.First.Failed == !r.Second.Good);
        results.Where(r => !r.Failed).Select(r => r.Value.No).Order().ShouldBe(Enumerable.Range(2, 16).Select(n => $"JS-2026-{n:0000}"));
    }

    [Fact]
    public async Task Numbers_begin_again_with_the_business_year()
    {
        await using var s = await StartAsync();
        s.Clock.Set(new DateTimeOffset(2026, 12, 31, 15, 59, 59, TimeSpan.Zero)); // 23:59:59 in Shanghai
        var sales = (await s.SaleAsync(10, on: new(2026, 3, 1)), await s.SaleAsync(20, on: new(2026, 3, 2)));
        (await s.SubmitAsync(s.Agent, await s.DraftAsync(s.Agent, sales.Item1))).Value.No.ShouldBe("JS-2026-0001");
        s.Clock.Advance(TimeSpan.FromSeconds(1));
        (await s.SubmitAsync(s.Agent, await s.DraftAsync(s.Agent, sales.Item2))).Value.No.ShouldBe("JS-2027-0001");
    }
}

using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>The return primitive: every open step behind the target goes, counters go back, what lies beside goes on.</summary>
public sealed class ReturnTests
{
    /// <summary>A flowchart whose steps are all asks, unless they name a type.</summary>
    private static async Task<InMemoryRun> Asking(string steps, string connections, List<string>? canceled = null)
    {
        var all = string.Join(" ", steps.Split(' ').Select(s => s.Contains(':') || s.StartsWith('?') || s.StartsWith('{') ? s : $"{s}:{Ask.Type}"));
        var run = Scenario.Run(Scenario.Flow(all, connections), Ask.Descriptor(canceled));
        await run.StartAsync();
        return run;
    }

    [Fact]
    public async Task In_a_line_the_steps_between_are_done_again_in_the_next_round()
    {
        var run = await Asking("a b c d", "a->b b->c c->d");
        await run.Answer("a");
        await run.Answer("b");

        await run.Return("c", "a");

        run.Asked().ShouldBe("a");
        await run.Answer("a");
        await run.Answer("b");
        await run.Answer("c");
        await run.Answer("d");
        run.Lines.ShouldBe(["a1", "b1", "c1", "a2", "b2", "c2", "d1"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_return_is_one_journal_row_that_says_where_and_the_step_is_not_completed()
    {
        var run = await Asking("a b", "a->b");
        await run.Answer("a");

        await run.Return("b", "a", straight: true);

        var rows = run.Journal.Where(j => j.ActivityId == "b").Select(j => j.Event);
        rows.ShouldBe([JournalEvent.Started, JournalEvent.Suspended, JournalEvent.Resumed, JournalEvent.Returned]);
        var data = run.Journal.Single(j => j.Event == JournalEvent.Returned).Data.ShouldNotBeNull();
        data["ReturnTo"].String.ShouldBe("a");
        data["StraightBack"].IsTrue.ShouldBeTrue();
    }

    [Fact]
    public async Task Inside_a_fork_branch_the_branch_beside_goes_on_and_the_join_waits_for_both()
    {
        var run = await Asking("s a1 a2 b1 j", "s->a1 s->b1 a1->a2 a2->j b1->j");
        await run.Answer("s");
        await run.Answer("a1");

        await run.Return("a2", "a1");

        run.Asked().ShouldBe("a1 b1");
        await run.Answer("b1");
        await run.Answer("a1");
        run.Asked().ShouldBe("a2");
        await run.Answer("a2");
        run.Asked().ShouldBe("j");
    }

    [Fact]
    public async Task Before_a_fork_every_branch_is_cancelled_and_asked_again()
    {
        var canceled = new List<string>();
        var run = await Asking("s a1 a2 b1 b2 j", "s->a1 s->b1 a1->a2 a2->j b1->b2 b2->j", canceled);
        await run.Answer("s");
        await run.Answer("a1");
        await run.Answer("b1");

        await run.Return("a2", "s");

        run.Asked().ShouldBe("s");
        canceled.ShouldBe(["b2"]);
        await run.Answer("s");
        run.Asked().ShouldBe("a1 b1");
        foreach (var step in "a1 b1 b2 a2".Split(' ')) await run.Answer(step);
        run.Asked().ShouldBe("j");
        run.Lines[^1].ShouldBe("j1");
    }

    [Fact]
    public async Task Past_a_join_into_one_branch_the_other_stays_arrived_and_the_join_fires_again()
    {
        var run = await Asking("s a b j x", "s->a s->b a->j b->j j->x");
        foreach (var step in "s a b j".Split(' ')) await run.Answer(step);

        await run.Return("x", "a");

        run.Asked().ShouldBe("a");
        await run.Answer("a");
        run.Asked().ShouldBe("j");
        await run.Answer("j");
        await run.Answer("x");
        run.Lines.ShouldBe(["s1", "a1", "b1", "j1", "x1", "a2", "j2", "x2"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Past_a_join_for_any_the_join_fires_for_the_returned_branch()
    {
        var run = await Asking("s a b j:Any x", "s->a s->b a->j b->j j->x");
        await run.Answer("s");
        await run.Answer("b"); // a is cancelled by the join

        await run.Return("x", "a");

        run.Asked().ShouldBe("a");
        await run.Answer("a");
        run.Asked().ShouldBe("x");
        await run.Answer("x");
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Straight_back_skips_the_steps_between()
    {
        var run = await Asking("a b c d", "a->b b->c c->d");
        await run.Answer("a");
        await run.Answer("b");

        await run.Return("c", "a", straight: true);
        run.State.Activities.Single(x => x.ReturnAddress is not null).ReturnAddress.ShouldBe("c");
        await run.Answer("a");

        run.Asked().ShouldBe("c");
        await run.Answer("c");
        await run.Answer("d");
        run.Lines.ShouldBe(["a1", "b1", "c1", "a2", "c2", "d1"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Straight_back_into_a_fork_asks_the_cancelled_branches_again_and_keeps_those_that_were_done()
    {
        var run = await Asking("s a b c j", "s->a s->b s->c a->j b->j c->j");
        await run.Answer("s");
        await run.Answer("b");

        await run.Return("a", "s", straight: true);
        run.Asked().ShouldBe("s");
        await run.Answer("s");

        run.Asked().ShouldBe("a c"); // b's answer stands
        await run.Answer("a");
        await run.Answer("c");
        run.Asked().ShouldBe("j");
    }

    [Fact]
    public async Task A_branch_outside_that_reaches_the_join_during_a_straight_back_is_not_forgotten()
    {
        var run = await Asking("s a1 a2 p b j", "s->a1 s->b a1->a2 a1->p a2->j p->j b->j");
        await run.Answer("s");
        await run.Answer("a1");
        await run.Answer("p");

        await run.Return("a2", "a1", straight: true);
        await run.Answer("b");
        run.Asked().ShouldBe("a1");
        await run.Answer("a1");
        run.Asked().ShouldBe("a2"); // p stands, b arrived meanwhile
        await run.Answer("a2");

        run.Asked().ShouldBe("j");
    }

    [Fact]
    public async Task A_merge_that_only_waited_for_the_branch_outside_goes_on_when_the_straight_way_back_is_done()
    {
        var run = await Asking("s a1 a2 p b n", "s->a1 s->b a1->a2 a1->p p->n b->n");
        await run.Answer("s");
        await run.Answer("a1");
        await run.Answer("p");
        await run.Return("a2", "a1", straight: true);
        await run.Answer("b");

        await run.Answer("a1");

        run.Asked().ShouldBe("a2 n");
    }

    [Fact]
    public async Task An_outcome_that_leads_elsewhere_is_followed_instead_of_straight_back()
    {
        var run = await Asking("a b w", "a->b a.Withdraw->w");
        await run.Answer("a");
        await run.Return("b", "a", straight: true);

        await run.Answer("a", "Withdraw");

        run.Asked().ShouldBe("w");
    }

    [Fact]
    public async Task A_straight_back_inside_a_straight_back_finds_both_ways_home()
    {
        var run = await Asking("a b c d", "a->b b->c c->d");
        await run.Answer("a");
        await run.Answer("b");
        await run.Return("c", "b", straight: true);
        await run.Return("b", "a", straight: true);

        await run.Answer("a");
        run.Asked().ShouldBe("b");
        await run.Answer("b");
        run.Asked().ShouldBe("c");
        await run.Answer("c");
        run.Asked().ShouldBe("d");
        run.Lines.ShouldBe(["a1", "b1", "c1", "b2", "a2", "b3", "c2", "d1"]);
    }

    [Fact]
    public async Task In_a_later_turn_of_a_loop_the_join_still_waits_for_this_turns_branches()
    {
        var run = await Asking("h a b j k end", "h->a h->b a->j b->j j->k k.Again->h k->end");
        foreach (var step in "h a b j".Split(' ')) await run.Answer(step);
        await run.Answer("k", "Again");
        foreach (var step in "h a b j".Split(' ')) await run.Answer(step);

        await run.Return("k", "a");
        await run.Answer("a");
        run.Asked().ShouldBe("j");
        await run.Answer("j");
        await run.Answer("k", "Again");
        await run.Answer("h");
        await run.Answer("a");
        run.Asked().ShouldBe("b"); // the third turn waits for its own b
        await run.Answer("b");
        run.Asked().ShouldBe("j");
    }

    [Fact]
    public async Task A_return_in_the_second_turn_of_a_loop_does_not_take_the_first_turns_arrival_for_this_ones()
    {
        var run = await Asking("h a1 a2 b j end", "h->a1 h->b a1->a2 a2->j b->j j.Again->h j->end");
        foreach (var step in "h a1 a2 b".Split(' ')) await run.Answer(step);
        await run.Answer("j", "Again");
        await run.Answer("h");
        await run.Answer("a1");

        await run.Return("a2", "a1");
        await run.Answer("a1");
        await run.Answer("a2");

        run.Asked().ShouldBe("b");
        await run.Answer("b");
        run.Asked().ShouldBe("j");
    }

    [Fact]
    public async Task A_step_in_a_nested_flowchart_returns_to_a_step_of_the_outer_one()
    {
        var inner = Scenario.Chart("inner", $"i1:{Ask.Type} i2:{Ask.Type}", "i1->i2").Replace("\n", "").Replace(" ", "");
        var run = await Asking($"a {inner} z", "a->inner inner->z");
        await run.Answer("a");
        await run.Answer("i1");

        await run.Return("i2", "a");

        run.Asked().ShouldBe("a");
        await run.Answer("a");
        run.Asked().ShouldBe("i1"); // the nested flowchart starts over
        run.State.Activities.Count(x => x.Status == ActivityStatus.Running).ShouldBe(4);
    }

    [Fact]
    public async Task A_target_never_visited_is_refused_and_the_step_stays_with_an_incident()
    {
        var run = await Asking("a b c", "a->b b->c");
        await run.Answer("a");

        await run.Return("b", "c");

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldBe("Cannot return to 'c': it was never visited.");
    }

    [Fact]
    public async Task A_step_beside_on_another_branch_is_refused_as_a_target()
    {
        var run = await Asking("s a b j", "s->a s->b a->j b->j");
        await run.Answer("s");

        await run.Return("b", "a");

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("parallel branch");
        run.Asked().ShouldBe("a");
    }

    [Fact]
    public async Task From_outside_the_runner_returns_too_and_refuses_what_was_never_visited()
    {
        var run = await Asking("a b c", "a->b b->c");
        await run.Answer("a");

        (await run.ReturnAsync("c")).ShouldBeFalse();
        (await run.ReturnAsync("a", "b")).ShouldBeTrue();

        run.Asked().ShouldBe("a");
        await run.Answer("a");
        run.Asked().ShouldBe("b");
        run.Journal.Count(j => j.Event == JournalEvent.Returned).ShouldBe(1);
    }

    [Fact]
    public async Task A_step_may_ask_which_returns_would_be_accepted()
    {
        var run = Scenario.Run(Scenario.Flow("s a b can:Test.Can later", "s->a s->b b->can can->later"), Can.Descriptor);

        await run.StartAsync();

        run.Lines.ShouldContain("s=True a=False b=True can=True later=False ghost=False");
    }

    [Activity("Test.Can")]
    private sealed class Can : IActivity
    {
        public static readonly ActivityDescriptor Descriptor = ActivityDescriptor.For(_ => new Can());

        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
        {
            context.WriteLine(string.Join(" ", "s a b can later ghost".Split(' ').Select(id => $"{id}={context.CanReturnTo(id)}")));
            return new(ActivityResult.Complete());
        }
    }
}
